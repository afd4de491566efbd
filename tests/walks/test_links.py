"""What agents tie a ticket to, on both its ends."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from tests.walks.walk import ADA, ALICE, Walk, body, mail, reply

TRACKER = "https://bugs.example/42?a=1&b=2"


@pytest.fixture
def news(walk: Walk) -> EmailMessage:
    """Two tickets are there; this is what Alice got of the first."""
    told = walk.receive(mail()).mail_to("alice@desk.example")
    walk.receive(mail("Eve <eve@other.example>", "Smoke"))
    return told


def links(walk: Walk, key: str) -> list[tuple[str, str]]:
    return [(x["kind"], x["to"]) for x in walk.ticket(key)["links"]]


@pytest.mark.parametrize("words", ["HELP-2", "[help-2]", "HELP\u20132", "Help - 2"])
def test_a_link_to_a_ticket_stands_on_both(walk: Walk, news: EmailMessage, words: str) -> None:
    step = walk.receive(reply(news, ALICE, f"#link {words}"))
    assert step.events == [("command.done", "alice@desk.example")]
    assert "HELP-2" in body(step.mail_to("alice@desk.example"))
    assert links(walk, "HELP-1") == [("related", "HELP-2")]
    assert links(walk, "HELP-2") == [("related", "HELP-1")]
    for key in ("HELP-1", "HELP-2"):
        assert [e["actor"] for e in walk.ticket(key)["events"] if e["kind"] == "linked"] == [
            "alice@desk.example"
        ]


def test_a_link_twice_is_one(walk: Walk, news: EmailMessage) -> None:
    walk.receive(reply(news, ALICE, "#link HELP-2"))
    again = walk.receive(reply(news, ALICE, "#link HELP-2"))
    assert again.events == [("command.done", "alice@desk.example")]
    assert links(walk, "HELP-1") == [("related", "HELP-2")]


def test_a_link_to_the_outside_is_for_agents(walk: Walk, news: EmailMessage) -> None:
    step = walk.receive(reply(news, ALICE, f"#link {TRACKER}\n\nWe are on it."))
    assert links(walk, "HELP-1") == [("external", TRACKER)]
    assert TRACKER in body(step.mail_to("boris@desk.example"))
    assert "bugs.example" not in step.mail_to("ada@acme.example").as_string()
    later = walk.receive(mail(ADA, "[HELP-1]", "Any news?"))
    told = later.mail_to("alice@desk.example")
    assert f"See {TRACKER}" in body(told)
    assert f'href="{TRACKER.replace("&", "&amp;")}"' in body(told, "html")


def test_a_public_link_is_the_customers_too(walk: Walk, news: EmailMessage) -> None:
    step = walk.receive(reply(news, ALICE, f"#link {TRACKER} public\n\nWe are on it."))
    assert TRACKER in body(step.mail_to("ada@acme.example"))
    later = walk.receive(mail(ALICE, "[HELP-1]", "It is mended."), auth="alice")
    assert TRACKER in body(later.mail_to("ada@acme.example"))
    walk.receive(reply(news, ALICE, f"#link {TRACKER}"))
    later = walk.receive(mail(ALICE, "[HELP-1]", "Really."), auth="alice")
    assert TRACKER not in body(later.mail_to("ada@acme.example"))
    assert links(walk, "HELP-1") == [("external", TRACKER)]


def test_a_public_link_alone_is_told_to_the_customer_at_once(
    walk: Walk, news: EmailMessage
) -> None:
    step = walk.receive(reply(news, ALICE, f"#link {TRACKER} public"))
    assert step.events == [
        ("command.done", "alice@desk.example"),
        ("status.changed", "ada@acme.example"),
    ]
    told = step.mail_to("ada@acme.example")
    assert f"Linked: {TRACKER}" in " ".join(body(told).split())
    assert f'href="{TRACKER.replace("&", "&amp;")}"' in body(told, "html")
    again = walk.receive(reply(news, ALICE, f"#link {TRACKER} public"))
    assert again.events == [("command.done", "alice@desk.example")]


def test_a_link_for_agents_alone_is_told_to_nobody_but_its_writer(
    walk: Walk, news: EmailMessage
) -> None:
    step = walk.receive(reply(news, ALICE, f"#link {TRACKER}"))
    assert step.events == [("command.done", "alice@desk.example")]


def test_a_public_link_beside_a_note_is_told_without_the_note(
    walk: Walk, news: EmailMessage
) -> None:
    text = f"#internal\n#link {TRACKER} public\n\nTheir fault, not ours."
    told = walk.receive(reply(news, ALICE, text)).mail_to("ada@acme.example")
    assert TRACKER in body(told)
    assert "Their fault" not in told.as_string()


def test_a_merge_tells_the_targets_customer_of_no_link(walk: Walk, news: EmailMessage) -> None:
    walk.receive(mail(ALICE, "[HELP-2]", f"#link {TRACKER} public"), auth="alice")
    step = walk.receive(mail(ALICE, "[HELP-2]", "#merge HELP-1"), auth="alice")
    assert "ada@acme.example" not in [to for _, to in step.events]


def test_links_in_a_first_mail_stand_on_both_ends(walk: Walk, news: EmailMessage) -> None:
    text = "#requester ada@acme.example\n#link HELP-2\n\nShe rang."
    walk.receive(mail(ALICE, "A call", text), auth="alice")
    assert links(walk, "HELP-3") == [("related", "HELP-2")]
    assert links(walk, "HELP-2") == [("related", "HELP-3")]


@pytest.mark.parametrize(
    "words",
    [
        "",
        "HELP-1",
        "HELP-99",
        "javascript:alert(1)",
        "ftp://bugs.example/1",
        "https://",
        "https://good.example@evil.example/",
        "https://a.example https://b.example",
        "see the tracker",
        "https://bugs.example:99999/",
        "http://" + "a" * 600 + ".example",
    ],
)
def test_what_no_link_can_lead_to_is_refused(walk: Walk, news: EmailMessage, words: str) -> None:
    step = walk.receive(reply(news, ALICE, f"#link {words}\n#take"))
    assert step.events == [("command.failed", "alice@desk.example")]
    assert links(walk, "HELP-1") == []
    assert walk.ticket("HELP-1")["owner"] is None


def test_a_customer_links_nothing(walk: Walk, news: EmailMessage) -> None:
    walk.receive(mail(ADA, "[HELP-1]", "#link HELP-2\n\nIs it this?"))
    assert links(walk, "HELP-1") == []


@pytest.mark.parametrize(
    "words",
    [
        "https://bugs.example/1<https://bugs.example/1>",
        (
            "https://bugs.example/1<https://eur01.safelinks.protection.outlook.com/"
            "?url=https%3A%2F%2Fbugs.example%2F1&data=05%7C02>"
        ),
        "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fbugs.example%2F1&data=1",
        "<https://bugs.example/1>",
    ],
)
def test_a_link_as_outlook_writes_it_is_taken_for_the_place_it_leads_to(
    walk: Walk, words: str
) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    walk.receive(reply(news, ALICE, f"#link {words}"))
    assert [x["to"] for x in walk.ticket("HELP-1")["links"]] == ["https://bugs.example/1"]

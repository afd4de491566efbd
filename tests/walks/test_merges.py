"""Two tickets become one, and nobody reads what was not for them."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import pytest

from tests.walks.walk import ADA, ALICE, BORIS, STRANGER, Step, Walk, body, flat, mail, reply

Begin = Callable[..., Walk]
EVE = "Eve <eve@other.example>"
SECRET = "the vault is behind the printer"


def by_alice(walk: Walk, key: str, text: str) -> Step:
    return walk.receive(mail(ALICE, f"[{key}]", text), auth="alice")


@pytest.fixture
def two(walk: Walk) -> Walk:
    """HELP-1 is Ada's, with a word that Eve must not see; HELP-2 is Eve's, with Fay on it."""
    walk.receive(mail(text=f"It burns; {SECRET}."))
    walk.receive(mail(EVE, "Smoke", "There is smoke.", cc="Fay <fay@other.example>"))
    by_alice(walk, "HELP-2", "Which room, Eve?")
    return walk


def people(walk: Walk, key: str) -> list[tuple[str, str]]:
    return [(p["email"], p["role"]) for p in walk.ticket(key)["participants"]]


def test_the_old_key_shows_the_ticket_it_became_part_of(two: Walk) -> None:
    step = by_alice(two, "HELP-2", "#merge HELP-1")
    assert step.ticket == "HELP-1"
    ticket = two.ticket("HELP-2")
    assert ticket["key"] == "HELP-1"
    assert [c["text"] for c in ticket["comments"]] == [
        f"It burns; {SECRET}.",
        "There is smoke.",
        "Which room, Eve?",
    ]
    assert two.keys() == ["HELP-1"]
    assert people(two, "HELP-1") == [
        ("ada@acme.example", "requester"),
        ("eve@other.example", "participant"),
        ("fay@other.example", "participant"),
        ("alice@desk.example", "agent"),
    ]
    assert ticket["requester"]["email"] == "ada@acme.example"
    assert [e["detail"]["from"] for e in ticket["events"] if e["kind"] == "merged"] == ["HELP-2"]


def test_the_sources_people_are_told_and_the_targets_are_not(two: Walk) -> None:
    step = by_alice(two, "HELP-2", "#merge HELP-1")
    assert step.events == [
        ("command.done", "alice@desk.example"),
        ("status.changed", "eve@other.example"),
        ("status.changed", "fay@other.example"),
    ]
    told = step.mail_to("eve@other.example")
    assert "HELP-2 is part of HELP-1 now" in flat(told)
    assert str(told["Subject"]).startswith("[HELP-1]")
    assert SECRET not in told.as_string()
    assert "eve@other.example" in flat(step.event("command.done"))


def test_words_below_a_merge_are_the_sources_peoples(two: Walk) -> None:
    step = by_alice(two, "HELP-2", "#merge HELP-1\n\nWe look at both together.")
    told = step.mail_to("eve@other.example")
    assert told["X-Maildesk-Event"] == "comment.public"
    assert "We look at both together." in body(told)
    assert "HELP-2 is part of HELP-1 now" in flat(told)
    assert "ada@acme.example" not in [to for _, to in step.events]


def test_neither_side_reads_what_was_said_on_the_other_before(two: Walk) -> None:
    told = by_alice(two, "HELP-2", "#merge HELP-1").mail_to("eve@other.example")
    by_alice(two, "HELP-1", "The fire is out.")
    hers = two.receive(mail(EVE, "[HELP-2]", "#show")).mail_to("eve@other.example")
    assert "There is smoke." in body(hers)
    assert "Which room, Eve?" in body(hers)
    assert "The fire is out." in body(hers)
    assert SECRET not in hers.as_string()
    ours = two.receive(mail(ADA, "[HELP-1]", "#show")).mail_to("ada@acme.example")
    assert SECRET in body(ours)
    assert "The fire is out." in body(ours)
    assert "smoke" not in ours.as_string()
    assert SECRET not in told.as_string()


def test_who_came_late_to_the_source_reads_no_more_of_it_than_before(two: Walk) -> None:
    by_alice(two, "HELP-2", "#cc zoe@other.example\n\nZoe knows the room.")
    by_alice(two, "HELP-2", "#merge HELP-1")
    hers = two.receive(mail("Zoe <zoe@other.example>", "[HELP-2]", "#show"))
    shown = body(hers.mail_to("zoe@other.example"))
    assert "Zoe knows the room." in shown
    assert "smoke" not in shown
    assert SECRET not in shown


def test_old_keys_and_old_mails_lead_to_the_target_for_ever(two: Walk) -> None:
    first = two.sent()
    receipt = next(m for m in first if m["X-Original-To"] == "eve@other.example")
    by_alice(two, "HELP-2", "#merge HELP-1")
    two.receive(mail("Zoe <zoe@other.example>", "Ash"))
    by_alice(two, "HELP-1", "#merge HELP-3")
    assert two.ticket("HELP-2")["key"] == two.ticket("HELP-1")["key"] == "HELP-3"
    for raw in (
        reply(receipt, EVE, "Room 7.", subject="Re: no key"),
        mail(EVE, "Re: [HELP-2] Smoke", "Room 8."),
        mail(EVE, "Re: [HELP-1] Smoke", "Room 9."),
    ):
        assert two.receive(raw).ticket == "HELP-3"
    stolen = two.receive(reply(receipt, STRANGER, "Room 7.", subject="Re: no key"))
    assert (stolen.state, stolen.reason) == ("held", "reply by another person")
    shown = two.receive(mail(EVE, "[HELP-2]", "#show")).mail_to("eve@other.example")
    assert SECRET not in shown.as_string()
    assert "Room 9." in body(shown)


def test_who_was_on_both_stays_what_they_were(two: Walk) -> None:
    by_alice(two, "HELP-2", "#cc ada@acme.example")
    step = by_alice(two, "HELP-2", "#merge HELP-1")
    assert people(two, "HELP-1")[0] == ("ada@acme.example", "requester")
    assert ("status.changed", "ada@acme.example") in step.events


def test_what_is_worked_and_linked_moves(two: Walk) -> None:
    two.receive(mail("Zoe <zoe@other.example>", "Ash"))
    by_alice(two, "HELP-2", "#time 30m\n#link HELP-3\n#link https://bugs.example/1\n#link HELP-1")
    by_alice(two, "HELP-2", "#merge HELP-1")
    links = [(x["kind"], x["to"]) for x in two.ticket("HELP-1")["links"]]
    assert links == [("external", "https://bugs.example/1"), ("related", "HELP-3")]
    assert [x["to"] for x in two.ticket("HELP-3")["links"]] == ["HELP-1"]
    answer = by_alice(two, "HELP-1", "#time -31m")
    assert answer.events == [("command.failed", "alice@desk.example")]
    assert by_alice(two, "HELP-1", "#time -30m").event("command.done")


def test_an_estimate_that_waits_must_be_asked_again(two: Walk) -> None:
    asked = by_alice(two, "HELP-1", "#estimate 2h").mail_to("ada@acme.example")
    by_alice(two, "HELP-2", "#estimate 90h")
    by_alice(two, "HELP-1", "#merge HELP-2")
    answer = two.receive(reply(asked, ADA, "#approve"))
    assert ("command.failed", "ada@acme.example") in answer.events
    assert two.ticket("HELP-2")["status"] == "Waiting for the client"
    with two.desk.store.read() as conn:
        states = [
            row["state"] for row in conn.execute("SELECT state FROM estimates ORDER BY number")
        ]
    assert states == ["asked", "replaced"]


def test_commands_behind_a_merge_are_the_targets(two: Walk) -> None:
    by_alice(two, "HELP-2", "#merge HELP-1\n#take")
    assert two.ticket("HELP-1")["owner"] == "alice"


def test_owners_hear_of_it(two: Walk) -> None:
    by_alice(two, "HELP-2", "#assign boris")
    step = by_alice(two, "HELP-2", "#merge HELP-1")
    assert ("status.changed", "boris@desk.example") in step.events
    assert "HELP-2 is part of HELP-1 now" in flat(step.mail_to("boris@desk.example"))


def test_tickets_of_two_desks_become_one(two: Walk) -> None:
    two.receive(mail(EVE, "Invoice", to="sales@desk.example"), to=("sales@desk.example",))
    step = two.receive(mail(BORIS, "[SALES-1]", "#merge HELP-1"), auth="boris")
    assert step.ticket == "HELP-1"
    told = step.mail_to("eve@other.example")
    assert "support@desk.example" in str(told["From"])


@pytest.mark.parametrize(
    "text",
    [
        "#merge",
        "#merge HELP-2",
        "#merge HELP-9",
        "#merge soon",
        "#merge HELP-1\n#merge HELP-1",
        "#split A\n#merge HELP-1\n\nWords.",
    ],
)
def test_what_cannot_be_merged_is_refused(two: Walk, text: str) -> None:
    step = by_alice(two, "HELP-2", text)
    assert step.events == [("command.failed", "alice@desk.example")]
    assert two.keys() == ["HELP-1", "HELP-2"]


def test_a_circle_is_a_merge_with_itself(two: Walk) -> None:
    by_alice(two, "HELP-2", "#merge HELP-1")
    step = by_alice(two, "HELP-1", "#merge HELP-2")
    assert step.events == [("command.failed", "alice@desk.example")]


def test_a_merge_is_no_customers(two: Walk) -> None:
    two.receive(mail(EVE, "[HELP-2]", "#merge HELP-1"))
    assert two.keys() == ["HELP-1", "HELP-2"]


@pytest.fixture
def parted(two: Walk) -> tuple[Walk, EmailMessage, EmailMessage]:
    """HELP-2 was part of HELP-1 and is apart again; Eve's mail and Alice's of that time."""
    done = by_alice(two, "HELP-2", "#merge HELP-1").event("command.done")
    hers = by_alice(two, "HELP-1", "The fire is out.").mail_to("eve@other.example")
    news = two.receive(reply(hers, EVE, "And the smoke?")).mail_to("alice@desk.example")
    two.advance(hours=3)
    two.fresh()
    line = next(x for x in body(done).splitlines() if "answer with the line #undo" in x)
    by_alice(two, "HELP-1", line.split("the line ", 1)[1].strip())
    assert two.keys() == ["HELP-1", "HELP-2"]
    return two, hers, news


def test_an_answer_of_the_sources_people_goes_to_the_source_again_after_an_undo(
    parted: tuple[Walk, EmailMessage, EmailMessage],
) -> None:
    two, hers, _ = parted
    step = two.receive(reply(hers, EVE, "My smoke is a secret."))
    assert step.ticket == "HELP-2"
    assert "ada@acme.example" not in [to for _, to in step.events]
    assert "My smoke is a secret." not in [c["text"] for c in two.ticket("HELP-1")["comments"]]


def test_an_agents_answer_to_the_sources_words_goes_to_the_source_again_after_an_undo(
    parted: tuple[Walk, EmailMessage, EmailMessage],
) -> None:
    two, _, news = parted
    step = two.receive(reply(news, ALICE, "Dear Eve, it is gone."))
    assert step.ticket == "HELP-2"
    assert "eve@other.example" in [to for _, to in step.events]
    assert "ada@acme.example" not in [to for _, to in step.events]


def test_the_targets_people_answer_the_target_after_an_undo(
    parted: tuple[Walk, EmailMessage, EmailMessage],
) -> None:
    two, _, _ = parted
    ours = [m for m in two.sent() if m["X-Original-To"] == "ada@acme.example"][-1]
    step = two.receive(reply(ours, ADA, "Thank you, it is cold."))
    assert step.ticket == "HELP-1"
    assert "eve@other.example" not in [to for _, to in step.events]


def test_a_merge_into_another_desks_ticket_is_told_to_that_desks_agents(begin: Begin) -> None:
    walk = begin(more='[[agents]]\nid = "carol"\nname = "Carol"\nemails = ["carol@desk.example"]\n')
    walk.receive(mail())
    walk.receive(mail(EVE, "Invoice", to="sales@desk.example"), to=("sales@desk.example",))
    news = walk.sent()
    assert ("carol@desk.example") not in [m["X-Original-To"] for m in news]
    by_alice(walk, "SALES-1", "#assign carol")
    step = by_alice(walk, "HELP-1", "#merge SALES-1\n\nWe look at both together.")
    hers = step.mail_to("carol@desk.example")
    assert "We look at both together." in body(hers)
    assert "because this ticket is yours" in flat(hers)
    assert "boris@desk.example" not in [to for _, to in step.events]


def test_a_merge_without_words_is_told_to_the_agents_of_the_other_desk(two: Walk) -> None:
    two.receive(mail(EVE, "Invoice", to="sales@desk.example"), to=("sales@desk.example",))
    step = by_alice(two, "HELP-1", "#merge SALES-1")
    assert ("status.changed", "boris@desk.example") in step.events
    assert "an agent of Example Sales" in flat(step.mail_to("boris@desk.example"))


def test_nobody_is_written_to_in_another_organisations_language_after_a_merge(
    begin: Begin,
) -> None:
    walk = begin(
        more='[[organisations]]\nname = "Other"\ndomains = ["other.example"]\nlanguage = "de"\n'
    )
    walk.receive(mail())
    walk.receive(mail(EVE, "Rauch", "Es raucht."))
    by_alice(walk, "HELP-1", "#merge HELP-2")
    step = by_alice(walk, "HELP-2", "The fire is out.")
    assert "To answer, just reply" in flat(step.mail_to("ada@acme.example"))
    assert "To answer, just reply" not in flat(step.mail_to("eve@other.example"))

"""An agent writes about a ticket to somebody beside it, and the desk is only to know of it."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from tests.walks.walk import ADA, ALICE, Step, Walk, body, mail, reply

DESK = "support@desk.example"
VENDOR = "Vic <vic@vendor.example>"
BORIS = "boris@desk.example"
ASKED = "Can you send us a spare part? They must not know."
SHOWN = f"""{ASKED}

---------- Forwarded message ---------
From: Ada Lovelace <ada@acme.example>
Date: Fri, 20 Nov 2026 at 12:00
Subject: The printer burns
To: <support@desk.example>

it burns.
"""


def people(walk: Walk) -> list[str]:
    return sorted(p["email"] for p in walk.ticket("HELP-1")["participants"])


def is_kept(walk: Walk, step: Step) -> bool:
    """Whether it is a note on the ticket, and no customer or stranger has got anything."""
    comments = walk.ticket("HELP-1")["comments"]
    outside = [to for _, to in step.events if not to.endswith("@desk.example")]
    return (
        walk.keys() == ["HELP-1"]
        and len(comments) == 2
        and comments[1]["visibility"] == "internal"
        and not outside
        and "vic@vendor.example" not in people(walk)
    )


@pytest.mark.usefixtures("news")
@pytest.mark.parametrize("cc", [DESK, ""])
def test_a_mail_to_a_supplier_under_the_key_is_a_note_and_the_agent_hears_so(
    walk: Walk, cc: str
) -> None:
    raw = mail(ALICE, "Fwd: [HELP-1] The printer burns", ASKED, to=VENDOR, cc=cc)
    step = walk.receive(raw, auth="alice")
    assert is_kept(walk, step)
    told = step.mail_to("alice@desk.example")
    assert told["X-Maildesk-Event"] == "command.failed"
    words = " ".join(body(told).split())
    assert "The customer has not got your mail." in words
    assert "#public" in words
    later = walk.receive(mail(ALICE, "[HELP-1]", "We look at it."), auth="alice")
    assert ("comment.public", "ada@acme.example") in later.events
    assert "vic@vendor.example" not in [to for _, to in later.events]


def test_the_same_with_our_id_in_it(walk: Walk, news: EmailMessage) -> None:
    assert is_kept(walk, walk.receive(reply(news, ALICE, ASKED, to=VENDOR, cc=DESK)))


@pytest.mark.usefixtures("news")
@pytest.mark.parametrize("to", [VENDOR, BORIS])
def test_a_customers_mail_passed_on_beside_the_ticket_is_a_note(walk: Walk, to: str) -> None:
    raw = mail(ALICE, "Fwd: [HELP-1] The printer burns", SHOWN, to=to, cc=DESK)
    assert is_kept(walk, walk.receive(raw, auth="alice"))


@pytest.mark.parametrize("to", [VENDOR, BORIS])
def test_our_own_mail_passed_on_beside_the_ticket_is_a_note(
    walk: Walk, news: EmailMessage, to: str
) -> None:
    text = f"{ASKED}\n\n---- Forwarded message ----\nFrom: {news['From']}\nSubject: x\n\nHi\n"
    raw = mail(ALICE, f"Fwd: {news['Subject']}", text, answers=news, to=to, cc=DESK)
    assert is_kept(walk, walk.receive(raw))


def test_a_word_to_a_colleague_with_the_desk_in_cc_is_a_note(
    walk: Walk, news: EmailMessage
) -> None:
    step = walk.receive(reply(news, ALICE, "Is this yours?", to=BORIS, cc=DESK))
    assert is_kept(walk, step)
    assert step.events == [("command.failed", "alice@desk.example")]


def test_an_internal_word_to_a_supplier_brings_nobody(walk: Walk, news: EmailMessage) -> None:
    step = walk.receive(reply(news, ALICE, f"#internal\n\n{ASKED}", to=VENDOR, cc=DESK))
    assert is_kept(walk, step)
    assert step.events == [
        ("command.done", "alice@desk.example"),
        ("comment.internal", BORIS),
    ]


def test_public_above_it_sends_it_to_the_customer(walk: Walk, news: EmailMessage) -> None:
    step = walk.receive(reply(news, ALICE, "#public\n\nWe all meet.", to=VENDOR, cc=DESK))
    assert ("comment.public", "ada@acme.example") in step.events


PUBLIC = {
    "to the desk": (DESK, ""),
    "to the desk by another name": ("help@desk.example", VENDOR),
    "to the desk with a supplier in Cc": (DESK, VENDOR),
    "to the desk with a colleague in Cc": (DESK, BORIS),
    "to the customer": (ADA, DESK),
    "to the customer in other letters": ("ADA@acme.example", DESK),
    "to a supplier with the customer in Cc": (VENDOR, f"{ADA}, {DESK}"),
    "to somebody else who is on the ticket": ("carl@acme.example", DESK),
}


@pytest.mark.parametrize("kind", PUBLIC)
def test_an_ordinary_answer_is_for_the_customer(walk: Walk, kind: str) -> None:
    to, cc = PUBLIC[kind]
    news = walk.receive(mail(cc="carl@acme.example")).mail_to("alice@desk.example")
    walk.receive(reply(news, ALICE, "We look at it.", to=to, cc=cc))
    assert walk.ticket("HELP-1")["comments"][1]["visibility"] == "public"

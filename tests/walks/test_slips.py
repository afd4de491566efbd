"""What slips from an agent's hand: an answer without words, a Cc too many, a "no" in haste."""

from __future__ import annotations

import pytest

from tests.walks.walk import ALICE, BORIS, TRUSTED, Walk, body, mail, reply

PASSES = {"Authentication-Results": "mx.desk.example; dmarc=pass header.from=desk.example"}
FAILS = {"Authentication-Results": "mx.desk.example; dmarc=fail header.from=desk.example"}
SECRET = """He never pays.

---------- Forwarded message ---------
From: Ada Lovelace <ada@acme.example>
Date: Thu, Nov 19, 2026 at 9:00 AM
Subject: The printer burns
To: Alice <alice@desk.example>

It burns.
"""


def to_customers(walk: Walk) -> str:
    mails = [m for m in walk.sent() if str(m["X-Original-To"]).endswith("acme.example")]
    return "\n".join(body(m) + body(m, "html") for m in mails)


@pytest.fixture
def forwarded(walk: Walk) -> Walk:
    """A ticket whose news to the agents holds a word for agents alone."""
    walk.receive(mail(ALICE, "Fwd: The printer burns", SECRET, headers=PASSES), peer=TRUSTED)
    [news] = [m for m in walk.sent() if m["X-Original-To"] == "boris@desk.example"]
    assert "never pays" in body(news)
    return walk


def test_an_answer_of_a_file_alone_brings_the_file_and_not_the_quote(forwarded: Walk) -> None:
    [news] = [m for m in forwarded.sent() if m["X-Original-To"] == "boris@desk.example"]
    step = forwarded.receive(reply(news, BORIS, "", files=[("manual.pdf", b"%PDF")]))
    answer = step.mail_to("ada@acme.example")
    assert [a.get_filename() for a in answer.iter_attachments()] == ["manual.pdf"]
    assert "never pays" not in to_customers(forwarded)


def test_an_answer_of_nothing_at_all_goes_to_no_customer_and_its_writer_hears_so(
    forwarded: Walk,
) -> None:
    [news] = [m for m in forwarded.sent() if m["X-Original-To"] == "boris@desk.example"]
    step = forwarded.receive(reply(news, BORIS, ""))
    assert step.state == "done"
    assert forwarded.ticket("HELP-1")["comments"][-1]["visibility"] == "internal"
    assert step.mail_to("boris@desk.example")["X-Maildesk-Event"] == "command.failed"
    assert "ada@acme.example" not in {to for _, to in step.events}
    assert "never pays" not in to_customers(forwarded)


@pytest.mark.parametrize(
    "words",
    [
        "NO! That was NOT me. Please delete it.",
        "Das war ich nicht.",
        "Ce n\u2019est pas moi.",
        "To nie ja!",
        "いいえ、違います。",
    ],
)
def test_a_no_to_was_this_you_lets_nothing_in(walk: Walk, words: str) -> None:
    walk.receive(mail())
    held = walk.receive(mail(ALICE, "[HELP-1] x", "Pay 900 EUR to IBAN XX."))
    question = held.mail_to("alice@desk.example")
    step = walk.receive(reply(question, ALICE, words))
    assert step.reason == f"denied message {held.row['id']}"
    assert walk.row(held.row["id"])["state"] == "held"
    assert "900 EUR" not in to_customers(walk)
    assert step.mail_to("boris@desk.example")["X-Maildesk-Event"] == "admin.alert"


@pytest.mark.parametrize("words", ["", "Yes, that was me.", "Ja."])
def test_a_yes_or_an_empty_answer_lets_it_in(walk: Walk, words: str) -> None:
    walk.receive(mail())
    held = walk.receive(mail(ALICE, "[HELP-1] x", "Pull the plug."))
    walk.receive(reply(held.mail_to("alice@desk.example"), ALICE, words))
    assert walk.row(held.row["id"])["state"] == "done"
    assert "Pull the plug." in to_customers(walk)


def test_an_id_that_a_reader_in_cc_has_seen_makes_him_no_agent_where_dmarc_fails(
    walk: Walk,
) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    walk.receive(reply(news, ALICE, "We look at it.", cc="vic@vendor.example"))
    forged = reply(news, ALICE, "Pay 900 EUR to IBAN XX.", headers=FAILS)
    step = walk.receive(forged, peer=TRUSTED)
    assert (step.state, step.reason) == ("held", "not verified as alice")
    assert "900 EUR" not in to_customers(walk)

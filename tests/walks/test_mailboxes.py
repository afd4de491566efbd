"""What only a mailbox brings: mail that is too large, and mail that has lain there for long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from maildesk.core.model import ImapSpot
from tests.walks.walk import ADA, ALICE, NOON, STRANGER, Step, Walk, body, mail, reply

Begin = Callable[..., Walk]

SIZE = 31_500_000


def too_large(walk: Walk, raw: bytes, **more: object) -> Step:
    """A mail of which the mailbox's reader hands over the header alone."""
    envelope = replace(walk._envelope(raw, "imap:support", None, (), "", None), **more)
    header = raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    receipt = walk.door.note_oversize(envelope, header, SIZE).result()
    mails = walk.work_off()
    return Step(walk.row(receipt.inbox_id), mails)


def lain_for(walk: Walk, raw: bytes, **span: float) -> Step:
    """A mail that came into the mailbox that long ago."""
    envelope = walk._envelope(raw, "imap:support", None, (), "", None)
    old = replace(envelope, arrived_at=NOON - timedelta(**span))
    receipt = walk.door.accept(old, raw).result()
    mails = walk.work_off()
    return Step(walk.row(receipt.inbox_id), mails)


def test_a_mail_that_is_too_large_is_held_and_its_sender_is_told_once(walk: Walk) -> None:
    raw = mail(subject="Core dump")
    step = too_large(walk, raw)
    assert step.state == "held"
    assert step.reason == f"over-size: {SIZE} bytes; it stays in the mailbox"
    assert (step.row["from"], step.row["size"]) == ("ada@acme.example", SIZE)
    assert step.events == [
        ("admin.alert", "boris@desk.example"),
        ("delivery.failed", "ada@acme.example"),
    ]
    told = step.mail_to("ada@acme.example")
    assert (told["Auto-Submitted"], told["Return-Path"]) == ("auto-replied", "<>")
    assert told["Subject"] == "Your mail is too large"
    assert "31.5 MB" in body(told)
    assert "26.2 MB" in body(told)
    assert "Core dump" in body(told)
    assert "because you wrote to Example Support" in " ".join(body(told).split())
    assert "mailbox: support" in body(step.mail_to("boris@desk.example"))
    assert walk.keys() == []
    # The same mail in another mailbox of ours.
    elsewhere = ImapSpot(mailbox="sales@mx/INBOX", uidvalidity=1, uid=1)
    assert [e for e, _ in too_large(walk, raw, spot=elsewhere).events] == ["admin.alert"]


def test_the_whole_mail_is_taken_where_it_comes_by_another_way(walk: Walk) -> None:
    raw = mail()
    too_large(walk, raw)
    assert walk.receive(raw).ticket == "HELP-1"


def test_a_large_mail_under_a_new_number_is_told_of_once(walk: Walk) -> None:
    raw = mail()
    first = too_large(walk, raw)
    again = too_large(walk, raw)
    assert (again.state, again.reason) == ("ignored", f"duplicate of {first.row['id']}")
    assert again.mails == []


def test_an_answer_to_the_note_is_a_ticket(walk: Walk) -> None:
    told = too_large(walk, mail()).mail_to("ada@acme.example")
    assert walk.receive(reply(told, ADA, "Here it is in small.")).ticket == "HELP-1"


@pytest.mark.parametrize(
    "raw",
    [
        mail(headers={"Auto-Submitted": "auto-generated"}),
        mail(headers={"Auto-Submitted": "auto-replied"}),
        mail(headers={"List-Id": "<printers.lists.example>"}),
        mail(headers={"X-Auto-Response-Suppress": "All"}),
        mail("no-reply@shop.example"),
        mail("MAILER-DAEMON@mx.example"),
        mail(ALICE),
        mail("Sales <sales@desk.example>"),
        b"Return-Path: <>\r\n" + mail(),
        b"Subject: nobody\r\n\r\n",
    ],
    ids=[
        "a program",
        "an automatic reply",
        "a list",
        "somebody who wants none",
        "no-reply",
        "a daemon",
        "an agent without a proof",
        "our neighbour",
        "the null sender",
        "nobody",
    ],
)
def test_who_is_never_answered_is_not_told_of_a_size_either(walk: Walk, raw: bytes) -> None:
    step = too_large(walk, raw)
    assert step.state == "held"
    assert step.reason.startswith("over-size: ")
    assert [e for e, _ in step.events] == ["admin.alert"]


def test_strangers_whom_the_desk_would_hold_are_not_told(begin: Begin) -> None:
    step = too_large(begin(desk='unknown_senders = "hold"'), mail(STRANGER))
    assert [e for e, _ in step.events] == ["admin.alert"]


def test_the_note_draws_on_the_allowance(begin: Begin) -> None:
    walk = begin(limits="automatic_mails_per_address = 2")
    steps = [too_large(walk, mail(subject=f"dump {n}")) for n in range(3)]
    assert [("delivery.failed", "ada@acme.example") in s.events for s in steps] == [
        True,
        True,
        False,
    ]


def test_mail_of_an_old_mailbox_is_never_answered(walk: Walk) -> None:
    step = lain_for(walk, mail(), days=3, seconds=1)
    assert (step.state, step.ticket) == ("done", "HELP-1")
    assert {event for event, _ in step.events} == {"ticket.new"}
    detail = walk.ticket("HELP-1")["events"][0]["detail"]
    assert detail["acknowledgement"] == "withheld"
    assert lain_for(walk, mail(ALICE), days=4).mails == []
    assert too_large(walk, mail(), arrived_at=NOON - timedelta(days=4)).events == [
        ("admin.alert", "boris@desk.example")
    ]


def test_mail_of_a_long_weekend_is_answered(walk: Walk) -> None:
    step = lain_for(walk, mail(date=NOON - timedelta(days=400)), days=3)
    assert ("ticket.received", "ada@acme.example") in step.events


def test_an_old_comment_still_reaches_everybody(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    step = lain_for(walk, reply(news, ALICE, "Pull the plug."), days=9)
    assert step.mail_to("ada@acme.example")["X-Maildesk-Event"] == "comment.public"

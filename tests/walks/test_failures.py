"""What goes wrong is kept, told once, and can be tried again; nothing else waits for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from hashlib import sha256

import pytest

from maildesk.mail import prescan
from maildesk.process import retry_after_upgrade
from tests.outbox import relay as relays
from tests.outbox.relay import Relay
from tests.walks.walk import ADA, ALICE, BORIS, Walk, body, mail, reply

HOSTILE = (
    b"From: Eve <eve@evil.example>\r\nTo: support@desk.example\r\nSubject: parts\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    + b"--b\r\n\r\nx\r\n" * (prescan.PARTS_LIMIT + 1)
    + b"--b--\r\n"
)


def test_what_cannot_be_read_whole_is_a_ticket_with_the_original_as_a_file(walk: Walk) -> None:
    step = walk.receive(HOSTILE)
    assert (step.state, step.ticket) == ("done", "HELP-1")
    assert "parts" in step.reason
    assert step.events == [
        ("ticket.new", "alice@desk.example"),
        ("ticket.new", "boris@desk.example"),
        ("ticket.received", "eve@evil.example"),
    ]
    [comment] = walk.ticket("HELP-1")["comments"]
    assert comment["text"] == (
        "This message could not be read whole (the message has more than 1,000 parts); "
        "the original is attached."
    )
    [original] = comment["attachments"]
    stored = walk.raw(step.row["id"])
    assert (original["name"], original["type"]) == ("original.eml", "message/rfc822")
    assert (original["size"], original["sha256"]) == (len(stored), sha256(stored).hexdigest())
    [sent] = step.mail_to("alice@desk.example").iter_attachments()
    assert sent.get_payload(decode=True) == stored
    again = walk.receive(HOSTILE)
    assert (again.state, again.reason) == ("ignored", f"duplicate of {step.row['id']}")


def test_an_agents_mail_beyond_the_limits_needs_a_proof_like_any_other(walk: Walk) -> None:
    forged = HOSTILE.replace(b"Eve <eve@evil.example>", b"Alice <alice@desk.example>")
    step = walk.receive(forged.replace(b"Subject: parts", b"Subject: [HELP-1] #done"))
    assert (step.state, step.ticket) == ("held", None)


def test_an_agents_answer_that_nobody_could_read_is_a_note_and_the_agent_is_told(
    walk: Walk,
) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    answer = reply(news, ALICE, "#internal\n\nShe always breaks it.")
    flood = b"".join(b"X-%d: v\r\n" % n for n in range(1_001))
    step = walk.receive(flood + answer)
    assert step.ticket == "HELP-1"
    assert walk.ticket("HELP-1")["comments"][1]["visibility"] == "internal"
    assert step.events == [
        ("command.failed", "alice@desk.example"),
        ("comment.internal", "boris@desk.example"),
    ]
    assert "could not be read whole" in body(step.event("command.failed"))


@pytest.fixture
def no_decision(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Nothing can be decided, by a bug of ours."""

    def broken(*_: object) -> None:
        message = "a bug"
        raise LookupError(message)

    with monkeypatch.context() as patch:
        patch.setattr("maildesk.recording.decide", broken)
        yield patch


def test_what_cannot_be_decided_is_kept_and_an_admin_is_told_once(
    walk: Walk, no_decision: pytest.MonkeyPatch
) -> None:
    step = walk.receive(mail(subject="=?utf-8?q?Der_Drucker_gl=C3=BCht?="), sender="")
    assert (step.state, step.ticket) == ("failed", None)
    assert (step.row["from"], step.row["subject"]) == ("ada@acme.example", "Der Drucker glüht")
    assert step.row["message_id"]
    assert step.events == [("admin.alert", "boris@desk.example")]
    alert = step.mails[0]
    assert (alert["Return-Path"], alert["Auto-Submitted"]) == ("<>", "auto-generated")
    assert f"maildesk inbox retry {step.row['id']}" in body(alert)
    assert f"message {step.row['id']}, from ada@acme.example\n" in body(alert)
    assert "subject: Der Drucker glüht" in body(alert)
    again = walk.retry(step.row["id"])
    assert (again.state, again.mails) == ("failed", [])
    walk.advance(hours=2)
    assert walk.work_off() == []


def test_a_flood_of_failures_is_one_alert_an_hour_that_names_them_all(
    walk: Walk, no_decision: pytest.MonkeyPatch
) -> None:
    steps = [walk.receive(mail(subject=f"number {n}")) for n in range(4)]
    assert [len(step.mails) for step in steps] == [1, 0, 0, 0]
    walk.advance(minutes=59)
    assert walk.work_off() == []
    walk.advance(minutes=2)
    [alert] = walk.work_off()
    assert "3 messages could not be processed" in str(alert["Subject"])
    assert all(f"number {n}" in body(alert) for n in (1, 2, 3))
    assert "number 0" not in body(alert)
    walk.advance(minutes=61)
    assert walk.work_off() == []


def test_a_new_version_tries_once_what_the_old_one_could_not_process(
    walk: Walk, no_decision: pytest.MonkeyPatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    retry_after_upgrade(walk.desk)
    step = walk.receive(mail())
    retry_after_upgrade(walk.desk)
    walk.work_off()
    assert walk.row(step.row["id"])["state"] == "failed"
    monkeypatch.setattr("maildesk.process.__version__", "9.9.9")
    retry_after_upgrade(walk.desk)
    walk.work_off()
    assert walk.row(step.row["id"])["state"] == "failed"
    no_decision.undo()
    retry_after_upgrade(walk.desk)
    walk.work_off()
    assert walk.row(step.row["id"])["state"] == "failed"
    monkeypatch.setattr("maildesk.process.__version__", "9.9.10")
    retry_after_upgrade(walk.desk)
    walk.work_off()
    assert walk.row(step.row["id"])["ticket"] == "HELP-1"


def test_a_retry_works_once_the_cause_is_gone(walk: Walk, no_decision: pytest.MonkeyPatch) -> None:
    step = walk.receive(mail())
    no_decision.undo()
    assert step.state == "failed"
    assert step.reason.startswith("internal error: LookupError in ")
    assert "a bug" not in step.reason  # the text of an exception may quote the mail
    assert walk.keys() == []
    again = walk.retry(step.row["id"])
    assert (again.state, again.ticket) == ("done", "HELP-1")
    assert ("ticket.received", "ada@acme.example") in again.events


def test_the_mails_around_a_hostile_one_go_on(walk: Walk) -> None:
    for raw in (mail(subject="before"), HOSTILE, mail(subject="after")):
        walk.store(raw)
    walk.work_off()
    assert [walk.row(i)["state"] for i in (1, 2, 3)] == ["done", "done", "done"]
    assert walk.keys() == ["HELP-1", "HELP-2", "HELP-3"]


def test_an_answer_to_an_alert_does_no_harm(walk: Walk, no_decision: pytest.MonkeyPatch) -> None:
    alert = walk.receive(mail("Eve <eve@evil.example>")).mails[0]
    no_decision.undo()
    step = walk.receive(reply(alert, BORIS, "I look."), auth="boris")
    assert step.state in ("done", "ignored", "held")
    assert all(not to.endswith("evil.example") for _, to in step.events)


@pytest.fixture
def relay() -> Iterator[Relay]:
    with relays.running() as running:
        yield running


@pytest.fixture
def sending(begin: Callable[..., Walk], relay: Relay) -> Walk:
    """A desk whose mail goes to a relay that does what it is told."""
    smtp = f'host = "127.0.0.1"\nport = {relay.port}\nretry = ["1m"]\ngive_up_after = "1h"'
    return begin(outgoing=smtp, transport="smtp")


def refuse(relay: Relay, answer: str, recipients: int) -> None:
    """The next mails are answered in the order in which they go out."""
    relay.script["RCPT"] = [answer] * recipients


def state_of(walk: Walk, event: str) -> list[tuple[str, str, int, str]]:
    rows = [row for row in walk.outbox() if row["event"] == event]
    return [(row["to"], row["state"], row["attempts"], row["last_error"]) for row in rows]


def test_mail_that_the_relay_takes_is_sent(sending: Walk, relay: Relay) -> None:
    sending.receive(mail())
    assert [taken.rcpt_to for taken in relay.taken] == [
        "TO:<ada@acme.example>",
        "TO:<alice@desk.example>",
        "TO:<boris@desk.example>",
    ]
    assert relay.taken[0].mail_from.startswith("FROM:<>")
    assert {row["state"] for row in sending.outbox()} == {"sent"}


def test_mail_that_the_relay_refuses_for_good_is_dead_and_the_agents_are_told(
    sending: Walk, relay: Relay
) -> None:
    refuse(relay, "550 5.1.1 no such user", 1)
    sending.receive(mail())
    [(to, state, attempts, error)] = state_of(sending, "ticket.received")
    assert (to, state, attempts) == ("ada@acme.example", "dead", 1)
    assert "550 5.1.1 no such user" in error
    told = [row for row in sending.outbox() if row["event"] == "delivery.failed"]
    assert [(row["to"], row["ticket"], row["state"]) for row in told] == [
        ("alice@desk.example", "HELP-1", "sent"),
        ("boris@desk.example", "HELP-1", "sent"),
    ]
    assert all(row["subject"] == "[HELP-1] The printer burns" for row in told)
    [first, *_] = [t for t in relay.taken if b"delivery.failed" in t.data]
    assert first.mail_from.startswith("FROM:<>")
    assert b"no such user" in first.data


def test_an_agents_address_that_fails_is_not_told_of_it(sending: Walk, relay: Relay) -> None:
    relay.script["RCPT"] = ["250 ok", "550 5.1.1 no such user"]
    sending.receive(mail())
    told = [row["to"] for row in sending.outbox() if row["event"] == "delivery.failed"]
    assert told == ["boris@desk.example"]


def test_a_notice_of_a_failure_that_fails_is_the_end_of_it(sending: Walk, relay: Relay) -> None:
    refuse(relay, "550 5.7.1 never", 99)
    sending.receive(mail())
    for _ in range(3):
        sending.advance(minutes=10)
    assert {row["event"] for row in sending.outbox()} == {
        "ticket.received",
        "ticket.new",
        "delivery.failed",
    }
    assert {row["state"] for row in sending.outbox()} == {"dead"}
    assert len(sending.outbox()) == 3 + 2 + 1 + 1


def test_a_dead_mail_can_be_revived_and_is_the_same_mail(sending: Walk, relay: Relay) -> None:
    refuse(relay, "550 5.1.1 no such user", 1)
    sending.receive(mail())
    row = sending.outbox()[0]
    sending.revive(row["id"])
    assert sending.outbox()[0]["state"] == "sent"
    assert row["message_id"].encode() in relay.taken[-1].data
    assert relay.taken[-1].rcpt_to == "TO:<ada@acme.example>"


def test_mail_that_the_relay_puts_off_goes_later(sending: Walk, relay: Relay) -> None:
    refuse(relay, "451 4.7.1 greylisted", 1)
    sending.receive(mail())
    [(_, state, attempts, error)] = state_of(sending, "ticket.received")
    assert (state, attempts) == ("deferred", 1)
    assert "451 4.7.1 greylisted" in error
    sending.advance(minutes=2)
    assert state_of(sending, "ticket.received")[0][1:3] == ("sent", 2)
    assert len(relay.taken) == 3


def test_mail_that_is_put_off_for_too_long_is_dead(sending: Walk, relay: Relay) -> None:
    relay.script["RCPT"] = ["451 4.7.1 greylisted"] * 200
    sending.receive(mail())
    for _ in range(70):
        sending.advance(minutes=2)
    assert {row["state"] for row in sending.outbox() if row["event"] == "ticket.received"} == {
        "dead"
    }


def test_a_relay_that_is_down_costs_no_attempt(sending: Walk, relay: Relay) -> None:
    relay.script["BANNER"] = ["421 4.3.2 going down"] * 2
    sending.receive(mail())
    assert {(row["state"], row["attempts"]) for row in sending.outbox()} == {("queued", 0)}
    assert "going down" in sending.outbox()[0]["last_error"]
    sending.advance(seconds=60)
    sending.advance(seconds=60)
    assert {row["state"] for row in sending.outbox()} == {"sent"}
    assert len(relay.taken) == 3


def test_mail_that_waited_for_days_in_the_inbox_has_its_whole_time_at_the_relay(
    sending: Walk, relay: Relay
) -> None:
    sending.store(mail())
    sending.moment += timedelta(days=3)
    refuse(relay, "451 4.7.1 greylisted", 3)
    sending.work_off()
    assert {row["state"] for row in sending.outbox()} == {"deferred"}


def test_an_agents_note_on_a_failure_stays_inside(sending: Walk, relay: Relay) -> None:
    refuse(relay, "550 5.1.1 no such user", 1)
    sending.receive(mail())
    told = next(row for row in sending.outbox() if row["event"] == "delivery.failed")
    about = {"In-Reply-To": told["message_id"]}
    raw = mail(ALICE, f"Re: {told['subject']}", "I call her.", headers=about)
    assert sending.receive(raw).ticket == "HELP-1"
    comment = sending.ticket("HELP-1")["comments"][1]
    assert (comment["visibility"], comment["text"]) == ("internal", "I call her.")
    internal = [row["to"] for row in sending.outbox() if row["event"] == "comment.internal"]
    assert internal == ["boris@desk.example"]
    assert not any(b"I call her" in t.data for t in relay.taken if "ada@" in t.rcpt_to)


def test_a_customer_cannot_write_an_internal_note(walk: Walk) -> None:
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    walk.receive(reply(receipt, ADA, "Hello?"))
    assert [c["visibility"] for c in walk.ticket("HELP-1")["comments"]] == ["public", "public"]

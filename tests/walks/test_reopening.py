"""What a customer's mail means to a ticket that is done."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.walks.walk import ADA, ALICE, STRANGER, Step, Walk, mail, reply

Begin = Callable[..., Walk]
CARL = "Carl <carl@acme.example>"


def finish(walk: Walk, key: str = "HELP-1", status: str = "Done") -> None:
    """An agent says that it is done."""
    walk.receive(mail(ALICE, f"[{key}]", f"#status {status}"), auth="alice")


def kinds(walk: Walk, key: str = "HELP-1") -> list[str]:
    return [event["kind"] for event in walk.ticket(key)["events"]]


@pytest.fixture
def done(walk: Walk) -> Step:
    """A ticket of Ada's, with Carl in Cc, that is done."""
    step = walk.receive(mail(cc=CARL))
    finish(walk)
    return step


def test_a_reply_within_the_window_reopens_the_ticket(walk: Walk, done: Step) -> None:
    walk.advance(days=30)
    step = walk.receive(reply(done.mail_to("ada@acme.example"), ADA, "It burns again."))
    assert step.ticket == "HELP-1"
    ticket = walk.ticket("HELP-1")
    assert (ticket["status"], ticket["resolved_at"]) == ("Open", None)
    assert kinds(walk)[-2:] == ["comment added", "reopened"]
    assert ("ticket.reopened", "alice@desk.example") in step.events


@pytest.mark.parametrize("status", ["Closed", "Rejected"])
def test_whatever_end_it_had_it_is_open_again(walk: Walk, status: str) -> None:
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    finish(walk, status=status)
    walk.receive(reply(receipt, ADA, "No."))
    assert walk.ticket("HELP-1")["status"] == "Open"


def test_a_later_reply_opens_a_ticket_that_goes_on_with_the_old_one(walk: Walk, done: Step) -> None:
    walk.advance(days=30, seconds=1)
    step = walk.receive(reply(done.mail_to("ada@acme.example"), ADA, "Another fire."))
    assert step.ticket == "HELP-2"
    old, new = walk.ticket("HELP-1"), walk.ticket("HELP-2")
    assert old["status"] == "Done"
    assert len(old["comments"]) == 1
    assert new["links"] == [{"kind": "related", "to": "HELP-1"}]
    assert old["links"] == [{"kind": "related", "to": "HELP-2"}]
    assert new["participants"] == [
        {"email": "ada@acme.example", "role": "requester"},
        {"email": "carl@acme.example", "role": "participant"},
    ]
    assert ("ticket.received", "ada@acme.example") in step.events
    assert ("comment.public", "carl@acme.example") in step.events
    opened = new["events"][0]["detail"]
    assert opened["goes on with"] == "HELP-1"
    assert {(h["ticket"], h["use"]) for h in opened["hints"]} == {
        ("HELP-1", "that ticket was done for too long")
    }


def test_the_next_reply_to_the_old_ticket_finds_the_new_one(walk: Walk, done: Step) -> None:
    receipt = done.mail_to("ada@acme.example")
    walk.advance(days=31)
    walk.receive(reply(receipt, ADA, "Another fire."))
    assert walk.receive(reply(receipt, ADA, "It spreads.")).ticket == "HELP-2"
    carl = walk.receive(mail(CARL, "Re: [HELP-1] The printer burns", "Here, too."))
    assert carl.ticket == "HELP-2"
    assert walk.keys() == ["HELP-1", "HELP-2"]


def test_a_chain_of_old_tickets_ends_at_the_newest(walk: Walk, done: Step) -> None:
    receipt = done.mail_to("ada@acme.example")
    for number in (2, 3):
        walk.advance(days=31)
        assert walk.receive(reply(receipt, ADA, f"Fire {number}.")).ticket == f"HELP-{number}"
        finish(walk, f"HELP-{number}")
    walk.advance(days=1)
    assert walk.receive(reply(receipt, ADA, "Still.")).ticket == "HELP-3"
    assert walk.ticket("HELP-3")["status"] == "Open"


def test_the_window_is_the_desks(begin: Begin) -> None:
    walk = begin(desk='reopen_within = "1h"')
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    finish(walk)
    walk.advance(hours=2)
    assert walk.receive(reply(receipt, ADA, "Again.")).ticket == "HELP-2"


def test_done_is_done_where_nothing_is_ever_reopened(begin: Begin) -> None:
    walk = begin(desk='reopen_within = "never"')
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    finish(walk)
    assert walk.receive(reply(receipt, ADA, "Again.")).ticket == "HELP-2"


@pytest.mark.parametrize("days", [0, 400])
def test_thanks_alone_are_filed_and_done_stays_done(walk: Walk, done: Step, days: int) -> None:
    walk.advance(days=days)
    receipt = done.mail_to("ada@acme.example")
    step = walk.receive(reply(receipt, ADA, "Hi Alice,\n\nthanks a lot, it works now!"))
    assert step.ticket == "HELP-1"
    assert walk.ticket("HELP-1")["status"] == "Done"
    assert len(walk.ticket("HELP-1")["comments"]) == 2
    assert kinds(walk)[-1] == "thanks filed"
    assert ("comment.public", "alice@desk.example") in step.events


@pytest.mark.parametrize(
    ("text", "files"),
    [("Thanks, and the other one?", ()), ("Thanks!", [("photo.png", b"x")]), ("Danke, nein", ())],
)
def test_when_unsure_it_is_reopened(walk: Walk, done: Step, text: str, files: object) -> None:
    walk.receive(reply(done.mail_to("ada@acme.example"), ADA, text, files=files))
    assert walk.ticket("HELP-1")["status"] == "Open"


def test_thanks_reopen_where_the_desk_wants_it(begin: Begin) -> None:
    walk = begin(desk="thanks_reopen = true")
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    finish(walk)
    walk.receive(reply(receipt, ADA, "Thanks!"))
    assert walk.ticket("HELP-1")["status"] == "Open"


def test_an_agents_word_after_the_end_reopens_nothing(walk: Walk, done: Step) -> None:
    walk.advance(days=90)
    news = done.mail_to("alice@desk.example")
    step = walk.receive(reply(news, ALICE, "One more thing: keep it dry."))
    assert (step.ticket, walk.ticket("HELP-1")["status"]) == ("HELP-1", "Done")
    assert ("comment.public", "ada@acme.example") in step.events


def test_an_out_of_office_reply_reopens_nothing(walk: Walk, done: Step) -> None:
    receipt = done.mail_to("ada@acme.example")
    walk.receive(reply(receipt, ADA, "I am away.", headers={"Auto-Submitted": "auto-replied"}))
    assert walk.ticket("HELP-1")["status"] == "Done"


@pytest.mark.parametrize("days", [1, 40])
def test_what_a_program_writes_reopens_nothing(walk: Walk, done: Step, days: int) -> None:
    receipt = done.mail_to("ada@acme.example")
    finish(walk)
    walk.advance(days=days)
    marks = {"Auto-Submitted": "auto-generated"}
    step = walk.receive(reply(receipt, ADA, "Your request 7 is closed.", headers=marks))
    assert step.ticket == "HELP-1"
    assert {to for _, to in step.events} == {"alice@desk.example", "boris@desk.example"}
    assert walk.ticket("HELP-1")["status"] == "Done"


def test_a_stranger_with_the_key_reopens_nothing(walk: Walk, done: Step) -> None:
    assert walk.receive(mail(STRANGER, "[HELP-1] hello", "Open up.")).ticket == "HELP-2"
    assert walk.ticket("HELP-1")["status"] == "Done"


def test_too_many_reopenings_of_a_day_are_held_with_one_alert(begin: Begin) -> None:
    walk = begin(limits="reopenings_per_ticket = 2")
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    steps = []
    for number in range(4):
        finish(walk)
        steps.append(walk.receive(reply(receipt, ADA, f"Again, the {number}th time.")))
    assert [s.state for s in steps] == ["done", "done", "held", "held"]
    assert steps[2].reason == "too many reopenings of this ticket"
    assert steps[2].events == [("admin.alert", "boris@desk.example")]
    assert steps[3].mails == []
    let_in = walk.retry(steps[2].row["id"])
    assert (let_in.state, walk.ticket("HELP-1")["status"]) == ("done", "Open")
    walk.advance(days=1, seconds=1)
    finish(walk)
    assert walk.receive(reply(receipt, ADA, "A day later.")).state == "done"


def test_a_reply_about_another_matter_stays_and_is_noted(walk: Walk) -> None:
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    walk.receive(reply(receipt, ADA, "And this?", subject="Re: Our invoice of May"))
    assert walk.ticket("HELP-1")["events"][-1]["detail"]["subject"] == "Our invoice of May"
    walk.receive(reply(receipt, ADA, "More."))
    assert "subject" not in walk.ticket("HELP-1")["events"][-1]["detail"]

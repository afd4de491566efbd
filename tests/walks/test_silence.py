"""Tickets on which nobody says anything any more."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import pytest

from maildesk.sweeps import sweep
from tests.walks.walk import ADA, ALICE, Walk, body, mail, reply

Begin = Callable[..., Walk]


def waiting(walk: Walk) -> EmailMessage:
    """Ada's ticket waits for her; what Alice asked."""
    walk.receive(mail())
    asked = mail(ALICE, "[HELP-1]", "#status waiting\n\nWhich printer is it?")
    return walk.receive(asked, auth="alice").mail_to("ada@acme.example")


def later(walk: Walk, **span: float) -> list[tuple[str, str]]:
    """The clock goes on; each mail that goes out because of it."""
    walk.advance(**span)
    sweep(walk.desk)
    walk.courier.deliver_due()
    return sorted((str(m["X-Maildesk-Event"]), str(m["X-Original-To"])) for m in walk.fresh())


def test_a_customer_who_does_not_answer_is_reminded_once(walk: Walk) -> None:
    waiting(walk)
    assert later(walk, days=4, hours=23) == []
    assert later(walk, hours=1) == [("waiting.reminder", "ada@acme.example")]
    told = walk.sent()[-1]
    assert "Which printer is it?" in body(told)
    assert told["Auto-Submitted"] == "auto-generated"
    assert later(walk, days=30) == []
    assert [e["kind"] for e in walk.ticket("HELP-1")["events"]][-1] == "reminded"


def test_an_answer_ends_the_waiting_and_the_next_one_has_its_own_reminder(walk: Walk) -> None:
    asked = waiting(walk)
    walk.advance(days=5)
    walk.receive(reply(asked, ADA, "The one on floor 3."))
    assert later(walk, days=10) == []
    walk.receive(mail(ALICE, "[HELP-1]", "#status waiting\n\nWhich floor?"), auth="alice")
    assert later(walk, days=5) == [("waiting.reminder", "ada@acme.example")]


def test_an_answer_to_the_reminder_sets_the_ticket_going(walk: Walk) -> None:
    waiting(walk)
    later(walk, days=5)
    walk.receive(reply(walk.sent()[-1], ADA, "Floor 3."))
    assert walk.ticket("HELP-1")["status"] == "Open"


def test_never_is_never(begin: Begin) -> None:
    walk = begin(desk='remind_waiting_after = "never"')
    waiting(walk)
    assert later(walk, days=400) == []


def test_a_waiting_ticket_is_closed_where_the_desk_says_so(begin: Begin) -> None:
    walk = begin(desk='close_waiting_after = "10d"')
    waiting(walk)
    walk.receive(mail(ALICE, "[HELP-1]", "#take"), auth="alice")
    later(walk, days=5)
    assert "30 Nov 2026" in body(walk.sent()[-1])
    assert later(walk, days=5) == [
        ("ticket.resolved", "ada@acme.example"),
        ("ticket.resolved", "alice@desk.example"),
    ]
    ticket = walk.ticket("HELP-1")
    assert (ticket["status"], ticket["resolved_at"] is None) == ("Closed", False)
    assert ticket["events"][-1]["detail"]["because"] == "nobody has answered"


def test_done_becomes_closed_without_a_word_when_nobody_objects(begin: Begin) -> None:
    walk = begin(desk='close_done_after = "7d"')
    walk.receive(mail())
    walk.receive(mail(ALICE, "[HELP-1]", "#done"), auth="alice")
    resolved = walk.ticket("HELP-1")["resolved_at"]
    assert later(walk, days=7) == []
    ticket = walk.ticket("HELP-1")
    assert (ticket["status"], ticket["resolved_at"]) == ("Closed", resolved)


def test_how_it_was_is_asked_once_in_a_tickets_life(walk: Walk) -> None:
    walk.receive(mail())
    done = walk.receive(mail(ALICE, "[HELP-1]", "#done"), auth="alice")
    asked = done.event("rating.requested")
    assert asked["X-Original-To"] == "ada@acme.example"
    assert [line for line in body(asked).splitlines() if "#rate 5" in line]
    again = walk.receive(reply(done.event("ticket.resolved"), ADA, "It burns again!"))
    assert again.ticket == "HELP-1"
    twice = walk.receive(mail(ALICE, "[HELP-1]", "#done"), auth="alice")
    assert "rating.requested" not in [event for event, _ in twice.events]


@pytest.mark.parametrize("status", ["Closed", "Rejected"])
def test_nobody_is_asked_how_it_was_not_done(walk: Walk, status: str) -> None:
    walk.receive(mail())
    step = walk.receive(mail(ALICE, "[HELP-1]", f"#status {status}"), auth="alice")
    assert "rating.requested" not in [event for event, _ in step.events]


def test_a_call_for_help_goes_to_the_managers(walk: Walk) -> None:
    walk.receive(mail())
    asked = mail(ALICE, "[HELP-1]", "#escalate\n#internal\n\nIt is beyond me.")
    step = walk.receive(asked, auth="alice")
    told = step.event("ticket.escalated")
    assert told["X-Original-To"] == "boris@desk.example"
    assert "It is beyond me." in body(told)
    assert "Alice Doe" in body(told)


def test_a_call_for_help_goes_to_whom_the_sla_names(begin: Begin) -> None:
    sla = '[sla.gold]\ncalendar = "always"\nescalate_to = ["boss@desk.example"]'
    walk = begin(desk='sla = "gold"', more=sla)
    walk.receive(mail())
    step = walk.receive(mail(ALICE, "[HELP-1]", "#escalate"), auth="alice")
    assert ("ticket.escalated", "boss@desk.example") in step.events


def test_a_ticket_that_is_part_of_another_is_no_more_reminded_of_nor_closed(begin: Begin) -> None:
    walk = begin(desk='close_waiting_after = "10d"\nclose_done_after = "10d"')
    waiting(walk)
    walk.receive(mail(subject="The other one"))
    walk.receive(mail(ALICE, "[HELP-1]", "#merge HELP-2"), auth="alice")
    walk.receive(mail(subject="The third one"))
    walk.receive(mail(ALICE, "[HELP-3]", "#done"), auth="alice")
    walk.receive(mail(ALICE, "[HELP-3]", "#merge HELP-2"), auth="alice")
    assert later(walk, days=5) == []
    assert later(walk, days=30) == []
    assert walk.keys() == ["HELP-2"]

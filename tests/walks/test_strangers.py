"""`unknown_senders`: who may open a ticket at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.walks.walk import ALICE, STRANGER, Walk, mail

Begin = Callable[..., Walk]


def test_a_desk_takes_mail_from_everybody_unless_told_otherwise(walk: Walk) -> None:
    assert walk.receive(mail(STRANGER)).ticket == "HELP-1"


@pytest.mark.parametrize("by", ["smtp", "imap:support"])
def test_a_strangers_mail_may_be_held_for_a_person(begin: Begin, by: str) -> None:
    walk = begin(desk='unknown_senders = "hold"')
    step = walk.receive(mail(STRANGER), by=by)
    assert (step.state, step.reason) == ("held", "unknown sender")
    assert ("ticket.received", "mallory@elsewhere.example") not in step.events
    assert walk.keys() == []
    assert walk.receive(mail(), by=by).ticket == "HELP-1"
    assert walk.receive(mail(ALICE), auth="alice").ticket == "HELP-2"


@pytest.mark.parametrize("by", ["smtp", "lmtp", "pipe"])
def test_a_strangers_mail_may_be_refused_at_the_door(begin: Begin, by: str) -> None:
    walk = begin(desk='unknown_senders = "reject"')
    step = walk.receive(mail(STRANGER), by=by)
    assert step.refusal
    assert walk.work_off() == []
    assert walk.receive(mail(), by=by).ticket == "HELP-1"


def test_a_mailbox_cannot_refuse_so_it_holds(begin: Begin) -> None:
    walk = begin(desk='unknown_senders = "reject"')
    assert walk.receive(mail(STRANGER), by="imap:support").state == "held"


def test_a_desk_that_refuses_strangers_does_not_refuse_them_for_its_neighbour(begin: Begin) -> None:
    walk = begin(desk='unknown_senders = "reject"')
    to_sales = mail(STRANGER, to="sales@desk.example")
    assert walk.receive(to_sales, to=("sales@desk.example",)).ticket == "SALES-1"


def test_reports_reach_a_desk_that_refuses_strangers(begin: Begin) -> None:
    walk = begin(desk='unknown_senders = "reject"')
    step = walk.receive(mail("MAILER-DAEMON@mx.example"), sender="")
    assert step.refusal == ""
    assert step.state == "ignored"

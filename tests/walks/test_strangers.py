"""`unknown_senders`: who may open a ticket at all."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import pytest

from maildesk.store import inbox
from tests.walks.walk import ALICE, STRANGER, Walk, body, mail, reply

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


@pytest.mark.parametrize("by", ["smtp", "lmtp", "pipe"])
def test_a_ticket_at_another_desk_opens_no_door_here(begin: Begin, by: str) -> None:
    walk = begin(desk='unknown_senders = "reject"')
    sales, here = "sales@desk.example", "support@desk.example"
    assert walk.receive(mail(STRANGER, to=sales), to=(sales,)).ticket == "SALES-1"
    assert walk.receive(mail(STRANGER), by=by).refusal
    assert walk.work_off() == []
    if by == "smtp":
        both = walk.receive(mail(STRANGER, "Two of you"), to=(here, sales))
        assert (both.refusal, both.ticket) == ("", "SALES-2")


@pytest.mark.parametrize("by", ["smtp", "pipe"])
@pytest.mark.parametrize("order", [1, -1])
def test_each_recipient_of_a_mail_is_judged_by_its_own_desk(
    begin: Begin, by: str, order: int
) -> None:
    walk = begin(desk='unknown_senders = "reject"')
    both = ("support@desk.example", "sales@desk.example")[::order]
    step = walk.receive(mail(STRANGER, to=", ".join(both)), by=by, to=both)
    assert (step.refusal, step.ticket) == ("", "SALES-1")
    known = walk.receive(mail(to=", ".join(both)), by=by, to=both)
    assert known.ticket == "HELP-1"


def test_a_copy_for_the_desk_that_takes_strangers_is_not_held_by_the_other(begin: Begin) -> None:
    walk = begin(desk='unknown_senders = "reject"')
    both, sales = "support@desk.example, sales@desk.example", "sales@desk.example"
    raw = mail(STRANGER, to=both)
    assert walk.receive(raw).refusal
    assert walk.receive(raw, to=(sales,)).ticket == "SALES-1"


def test_a_ticket_of_a_desk_that_has_a_new_key_still_opens_its_door(begin: Begin) -> None:
    walk = begin(desk='unknown_senders = "reject"')
    sales = "sales@desk.example"
    walk.receive(mail(STRANGER, to=sales), to=(sales,))
    walk.desk.store.write(lambda tx: tx.execute("UPDATE tickets SET desk = 'OLD'"))
    assert walk.receive(mail(STRANGER, "Something else")).refusal == ""


def test_reports_reach_a_desk_that_refuses_strangers(begin: Begin) -> None:
    walk = begin(desk='unknown_senders = "reject"')
    step = walk.receive(mail("MAILER-DAEMON@mx.example"), sender="")
    assert step.refusal == ""
    assert step.state == "ignored"


def alerts(mails: list[EmailMessage]) -> list[str]:
    return [str(m["Subject"]) for m in mails if m["X-Maildesk-Event"] == "admin.alert"]


def test_held_mail_is_told_of_once_a_day(begin: Begin) -> None:
    walk = begin(desk='unknown_senders = "hold"')
    for n in range(3):
        assert walk.receive(mail(f"s{n}@elsewhere.example")).mails == []
    walk.advance(minutes=9)
    assert walk.work_off() == []
    walk.advance(minutes=1)
    told = walk.work_off()
    assert alerts(told) == ["[maildesk] 3 messages are held and nobody was told"]
    assert told[0]["X-Original-To"] == "boris@desk.example"
    assert "3 from unknown senders" in body(told[0])
    assert "maildesk inbox retry ID" in body(told[0])
    walk.receive(mail(STRANGER))
    walk.advance(hours=23)
    assert walk.work_off() == []
    walk.advance(hours=1)
    assert alerts(walk.work_off()) == ["[maildesk] 1 message is held and nobody was told"]
    walk.advance(days=3)
    assert walk.work_off() == []


def test_held_mail_that_a_person_has_dealt_with_is_not_told_of(begin: Begin) -> None:
    walk = begin(desk='unknown_senders = "hold"')
    first, second = (walk.receive(mail(STRANGER, subject=s)).row["id"] for s in "ab")
    walk.retry(first)
    walk.desk.store.write(lambda tx: inbox.dismiss(tx, second, walk.moment))
    walk.advance(days=1)
    assert alerts(walk.work_off()) == []


def test_held_mail_whose_agents_were_told_is_not_told_of_again(walk: Walk) -> None:
    assert [e for e, _ in walk.receive(mail(ALICE)).events] == ["sender.unverified"]
    walk.advance(days=1)
    assert walk.work_off() == []


def test_an_import_alerts_nobody(begin: Begin) -> None:
    walk = begin(desk='unknown_senders = "hold"')
    assert walk.receive(mail(STRANGER), by="import").state == "held"
    walk.advance(days=1)
    assert walk.work_off() == []


CARL = "Carl <carl@elsewhere.example>"


@pytest.mark.parametrize("wanted", ["hold", "reject"])
@pytest.mark.parametrize("by", ["smtp", "pipe", "imap:support"])
def test_who_was_brought_to_a_ticket_is_no_stranger_to_it(
    begin: Begin, wanted: str, by: str
) -> None:
    walk = begin(desk=f'unknown_senders = "{wanted}"')
    news = walk.receive(mail(cc=CARL)).mail_to("alice@desk.example")
    told = walk.receive(reply(news, ALICE, "Pull the plug.")).mail_to("carl@elsewhere.example")
    step = walk.receive(reply(told, CARL, "It is out."), by=by)
    assert (step.refusal, step.state, step.ticket) == ("", "done", "HELP-1")
    other = walk.receive(mail(CARL, "Something else"), by=by)
    assert (other.refusal, other.state) == ("", "held")


def test_a_stranger_with_somebody_elses_mail_stays_a_stranger(begin: Begin) -> None:
    walk = begin(desk='unknown_senders = "hold"')
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    assert walk.receive(reply(receipt, STRANGER)).reason == "unknown sender"

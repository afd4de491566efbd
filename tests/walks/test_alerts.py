"""Answers to what the desk itself tells its people."""

from __future__ import annotations

from collections.abc import Callable

from tests.walks.test_reopening import finish
from tests.walks.walk import ALICE, BORIS, STRANGER, Walk, mail, reply

Begin = Callable[..., Walk]


def last(walk: Walk, key: str = "HELP-1") -> tuple[str, str]:
    comment = walk.ticket(key)["comments"][-1]
    return comment["visibility"], comment["text"]


def test_an_answer_to_an_alert_about_a_ticket_is_a_note_there(walk: Walk) -> None:
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    alert = walk.receive(reply(receipt, STRANGER, "Me, too.")).mail_to("alice@desk.example")
    assert alert["X-Maildesk-Event"] == "admin.alert"
    assert alert["X-Maildesk-Ticket"] == "HELP-1"
    step = walk.receive(reply(alert, ALICE, "That is her brother; let him in."))
    assert step.ticket == "HELP-1"
    assert last(walk) == ("internal", "That is her brother; let him in.")
    assert {event for event, _ in step.events} == {"command.done", "comment.internal"}
    assert walk.keys() == ["HELP-1"]


def test_an_answer_to_an_alert_about_the_installation_opens_nothing(walk: Walk) -> None:
    walk.desk.alert("the disk is nearly full", "free: 1 GiB")
    [alert] = walk.work_off()
    assert alert["X-Maildesk-Ticket"] is None
    step = walk.receive(reply(alert, BORIS, "I have made room."))
    assert (step.state, step.reason) == ("ignored", "answer to an alert")
    assert walk.keys() == []


def test_an_answer_to_an_alert_that_names_a_ticket_goes_there(walk: Walk) -> None:
    walk.receive(mail())
    walk.desk.alert("the disk is nearly full")
    [alert] = walk.work_off()
    step = walk.receive(reply(alert, BORIS, "Same cause.", subject="[HELP-1] the disk"))
    assert step.ticket == "HELP-1"


def test_an_admin_who_is_no_agent_answers_a_tickets_alert_with_a_note(begin: Begin) -> None:
    walk = begin(top='[alerts]\nto = ["ops@desk.example"]', limits="reopenings_per_ticket = 1")
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    for number in range(2):
        finish(walk)
        step = walk.receive(reply(receipt, "ada@acme.example", f"Again {number}."))
    alert = step.mail_to("ops@desk.example")
    answer = walk.receive(reply(alert, "ops@desk.example", "Let it in.", to="support@desk.example"))
    assert answer.ticket == "HELP-1"
    assert last(walk) == ("internal", "Let it in.")
    assert "ops@desk.example" not in {p["email"] for p in walk.ticket("HELP-1")["participants"]}


def test_an_answer_to_the_news_of_a_mail_that_came_back_is_a_note(begin: Begin) -> None:
    walk = begin(outgoing='reverse_path = "verp"')
    news = walk.receive(mail()).mail_to("alice@desk.example")
    told = walk.receive(reply(news, ALICE, "Pull the plug.")).mail_to("ada@acme.example")
    path = str(told["Return-Path"]).strip("<>")
    report = mail("MAILER-DAEMON@mx.example", "failure", to=path)
    failed = walk.receive(report, sender="", to=(path,)).mail_to("alice@desk.example")
    assert failed["X-Maildesk-Event"] == "delivery.failed"
    step = walk.receive(reply(failed, ALICE, "I shall call her."))
    assert (step.ticket, last(walk)) == ("HELP-1", ("internal", "I shall call her."))
    assert "ada@acme.example" not in {to for _, to in step.events}

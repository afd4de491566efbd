"""What agents and customers do to a ticket by mail, and who hears of it."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import pytest

from tests.walks.walk import ADA, ALICE, BORIS, Walk, body, flat, mail, ordered, reply

Begin = Callable[..., Walk]


def facts(walk: Walk, kind: str) -> list[dict[str, str]]:
    return [e["detail"] for e in walk.ticket("HELP-1")["events"] if e["kind"] == kind]


def test_a_status_alone_is_told_to_the_customer_and_is_no_comment(
    walk: Walk, news: EmailMessage
) -> None:
    step = walk.receive(reply(news, ALICE, "#status in progress"))
    assert step.events == [
        ("command.done", "alice@desk.example"),
        ("status.changed", "ada@acme.example"),
    ]
    told = step.mail_to("ada@acme.example")
    assert "In progress" in flat(told)
    assert told["Auto-Submitted"] == "auto-generated"
    ticket = walk.ticket("HELP-1")
    assert (ticket["status"], len(ticket["comments"])) == ("In progress", 1)
    assert facts(walk, "status changed")[0]["to"] == "In progress"


def test_a_status_with_words_is_one_mail(walk: Walk, news: EmailMessage) -> None:
    step = walk.receive(reply(news, ALICE, "#status in progress\n\nI am on my way."))
    assert ("comment.public", "ada@acme.example") in step.events
    assert "status.changed" not in [event for event, _ in step.events]
    told = step.mail_to("ada@acme.example")
    assert "I am on my way." in body(told)
    assert "In progress" in flat(told)
    assert "#status" not in body(told)


def test_done_with_words_is_one_mail_that_holds_them(walk: Walk, news: EmailMessage) -> None:
    step = walk.receive(reply(news, ALICE, "#done\n\nThe plug was out."))
    assert ("ticket.resolved", "ada@acme.example") in step.events
    assert "comment.public" not in [event for event, _ in step.events]
    told = step.event("ticket.resolved")
    assert "The plug was out." in body(told)
    assert told["Auto-Submitted"] is None
    ticket = walk.ticket("HELP-1")
    assert (ticket["status"], ticket["resolved_at"] is None) == ("Done", False)


def test_done_alone_is_told_without_words(walk: Walk, news: EmailMessage) -> None:
    step = walk.receive(reply(news, ALICE, "#done"))
    told = step.event("ticket.resolved")
    assert told["Auto-Submitted"] == "auto-generated"


def test_an_internal_word_with_done_stays_inside(walk: Walk, news: EmailMessage) -> None:
    step = walk.receive(reply(news, ALICE, "#done\n#internal\n\nHe had the plug out again."))
    told = step.event("ticket.resolved")
    assert "plug" not in told.as_string()
    assert walk.ticket("HELP-1")["comments"][1]["visibility"] == "internal"
    assert ("comment.internal", "boris@desk.example") in step.events


def test_the_words_of_close_are_the_customers(walk: Walk, news: EmailMessage) -> None:
    step = walk.receive(reply(news, ALICE, "#close this is a duplicate"))
    told = step.mail_to("ada@acme.example")
    assert told["X-Maildesk-Event"] == "ticket.resolved"
    assert "this is a duplicate" in body(told)
    assert walk.ticket("HELP-1")["status"] == "Closed"


def test_the_customers_answer_sets_a_waiting_ticket_going_again(
    walk: Walk, news: EmailMessage
) -> None:
    ordered(walk, "#status in progress")
    asked = ordered(walk, "#status waiting\n\nWhich printer?").mail_to("ada@acme.example")
    assert walk.ticket("HELP-1")["status"] == "Waiting for the client"
    step = walk.receive(reply(asked, ADA, "The one on floor 3."))
    assert walk.ticket("HELP-1")["status"] == "In progress"
    assert "In progress" in flat(step.mail_to("alice@desk.example"))
    assert facts(walk, "status changed")[-1]["from"] == "Waiting for the client"


def test_an_agents_answer_leaves_a_waiting_ticket_waiting(walk: Walk, news: EmailMessage) -> None:
    ordered(walk, "#status waiting")
    walk.receive(reply(news, ALICE, "Please hurry."))
    assert walk.ticket("HELP-1")["status"] == "Waiting for the client"


def test_a_customer_reopens_and_the_agents_hear_of_it(walk: Walk, news: EmailMessage) -> None:
    told = ordered(walk, "#done").event("ticket.resolved")
    step = walk.receive(reply(told, ADA, "It burns again!"))
    assert ("ticket.reopened", "alice@desk.example") in step.events
    assert "It burns again!" in body(step.mail_to("alice@desk.example"))
    assert walk.ticket("HELP-1")["status"] == "Open"


def test_a_customer_closes_and_nothing_is_reopened_by_the_words(
    walk: Walk, news: EmailMessage
) -> None:
    receipt = walk.sent()[0]
    assert receipt["X-Maildesk-Event"] == "ticket.received"
    step = walk.receive(reply(receipt, ADA, "#close It was the plug."))
    assert walk.ticket("HELP-1")["status"] == "Closed"
    assert ("command.done", "ada@acme.example") in step.events
    assert "It was the plug." in body(step.event("ticket.resolved"))


def test_whoever_takes_a_ticket_has_it(walk: Walk, news: EmailMessage) -> None:
    step = walk.receive(reply(news, ALICE, "#take"))
    assert step.events == [("command.done", "alice@desk.example")]
    assert walk.ticket("HELP-1")["owner"] == "alice"


@pytest.mark.parametrize("whom", ["boris", "Boris Roe", "Boris", "boris@desk.example", "@boris"])
def test_a_ticket_is_given_to_somebody_by_any_name(
    walk: Walk, news: EmailMessage, whom: str
) -> None:
    step = walk.receive(reply(news, ALICE, f"#assign {whom}"))
    assert ("ticket.assigned", "boris@desk.example") in step.events
    assert walk.ticket("HELP-1")["owner"] == "boris"


def test_nobody_may_have_it_too(walk: Walk, news: EmailMessage) -> None:
    ordered(walk, "#take")
    ordered(walk, "#assign nobody")
    assert walk.ticket("HELP-1")["owner"] is None


def test_a_customer_says_how_urgent_it_is(walk: Walk, news: EmailMessage) -> None:
    receipt = walk.sent()[0]
    step = walk.receive(reply(receipt, ADA, "#urgency high\n#impact high\n\nAll stand still!"))
    ticket = walk.ticket("HELP-1")
    assert (ticket["urgency"], ticket["impact"], ticket["priority"]) == ("high", "high", "P1")
    told = step.mail_to("alice@desk.example")
    assert told["X-Maildesk-Event"] == "comment.public"
    assert "P1" in flat(told)


def test_an_agents_own_priority_stays(walk: Walk, news: EmailMessage) -> None:
    ordered(walk, "#priority 4")
    walk.receive(reply(walk.sent()[0], ADA, "#urgency high"))
    assert walk.ticket("HELP-1")["priority"] == "P4"
    ordered(walk, "#priority auto")
    assert walk.ticket("HELP-1")["priority"] == "P3"


def test_urgency_counts_in_a_first_mail(walk: Walk) -> None:
    step = walk.receive(mail(text="#urgency high\n#impact high\n\nIt burns."))
    assert walk.ticket("HELP-1")["priority"] == "P1"
    assert walk.ticket("HELP-1")["comments"][0]["text"] == "It burns."
    assert ("ticket.received", "ada@acme.example") in step.events


def test_public_sends_on_what_would_stay_inside(walk: Walk, news: EmailMessage) -> None:
    note = ordered(walk, "#internal\n\nWhat do you think?").mail_to("boris@desk.example")
    assert note["X-Maildesk-Event"] == "comment.internal"
    step = walk.receive(reply(note, BORIS, "#public\n\nPull the plug, Ada."))
    assert ("comment.public", "ada@acme.example") in step.events


@pytest.mark.parametrize(
    ("line", "form"),
    [
        ("#status progress", "#status In progress"),
        ("#status nowhere", "#status In progress"),
        ("#assign bors", "#assign boris"),
        ("#type incidnt", "#type incident"),
        ("#urgency hgh", "#urgency high"),
        ("#priority P9", "#priority P1"),
        ("#reopen", "#reopen"),
        ("#organisation ACM E", "#organisation ACME"),
        ("#language klingon", "#language de"),
        ("#subject", "#subject The new subject"),
        ("#assgn me", "#assign me"),
    ],
)
def test_a_wrong_command_names_the_right_one_and_does_nothing(
    walk: Walk, news: EmailMessage, line: str, form: str
) -> None:
    step = walk.receive(reply(news, ALICE, f"#priority P1\n{line}\n\nDear Ada, hello."))
    assert step.events == [("command.failed", "alice@desk.example")]
    answer = flat(step.mail_to("alice@desk.example"))
    assert line in answer
    assert form in answer
    ticket = walk.ticket("HELP-1")
    assert (ticket["priority"], ticket["status"]) == ("P3", "Open")
    assert ticket["comments"][1]["visibility"] == "internal"


def test_a_customers_wrong_value_costs_no_word(walk: Walk, news: EmailMessage) -> None:
    step = walk.receive(reply(walk.sent()[0], ADA, "#urgency purple\n\nIt burns."))
    assert ("command.failed", "ada@acme.example") in step.events
    assert ("comment.public", "alice@desk.example") in step.events
    assert walk.ticket("HELP-1")["urgency"] == "medium"


def test_what_a_customer_may_not_order_is_text(walk: Walk, news: EmailMessage) -> None:
    walk.receive(reply(walk.sent()[0], ADA, "#assign boris\n\nPlease."))
    assert walk.ticket("HELP-1")["owner"] is None
    assert walk.ticket("HELP-1")["comments"][1]["text"] == "#assign boris\n\nPlease."


def test_the_workflow_of_the_configuration_holds(begin: Begin) -> None:
    rows = '[[workflow.transitions]]\nafter = "Open"\nmay_follow = ["Analysis"]'
    walk = begin(more=rows)
    news = walk.receive(mail()).mail_to("alice@desk.example")
    step = walk.receive(reply(news, ALICE, "#done"))
    assert step.events == [("command.failed", "alice@desk.example")]
    assert walk.ticket("HELP-1")["status"] == "Open"


def test_a_status_that_is_none_of_the_customers_is_not_told(begin: Begin) -> None:
    rows = """[[workflow.statuses]]
name = "With the lawyers"
category = "active"
customer_visible = false"""
    walk = begin(more=rows)
    news = walk.receive(mail()).mail_to("alice@desk.example")
    step = walk.receive(reply(news, ALICE, "#status with the lawyers"))
    assert step.events[0] == ("command.done", "alice@desk.example")
    assert "Analysis" in flat(step.mail_to("ada@acme.example"))
    answer = walk.receive(mail(ALICE, "[HELP-1]", "Soon."), auth="alice")
    assert "lawyers" not in answer.mail_to("ada@acme.example").as_string()


def test_a_status_may_be_written_as_the_agents_mails_call_it(begin: Begin) -> None:
    walk = begin(desk='language = "de"')
    walk.receive(mail())
    assert ordered(walk, "#status wartet auf").state == "done"
    assert walk.ticket("HELP-1")["status"] == "Waiting for the client"
    told = flat(ordered(walk, "#status in arbeit").mail_to("alice@desk.example"))
    assert "In Arbeit" in told
    assert walk.ticket("HELP-1")["status"] == "In progress"
    wrong = flat(ordered(walk, "#status Zurückgestelt").event("command.failed"))
    assert "Richtig wäre: #status Zurückgestellt" in wrong
    assert "Offen, In Analyse" in wrong
    assert ordered(walk, "#status On hold").state == "done"
    assert walk.ticket("HELP-1")["status"] == "On hold"


TABLE = """
[[workflow.transitions]]
after = "Open"
may_follow = ["Analysis"]
[[workflow.transitions]]
after = "Analysis"
may_follow = ["Done"]
by = ["manager"]
[[workflow.transitions]]
after = "Analysis"
may_follow = ["On hold"]
"""


@pytest.mark.parametrize("line", ["#status", "#status Progres", "#status Nonsense"])
def test_no_hint_names_a_status_that_the_table_forbids(begin: Begin, line: str) -> None:
    walk = begin(more=TABLE)
    news = walk.receive(mail()).mail_to("alice@desk.example")
    told = walk.receive(reply(news, ALICE, line)).mail_to("alice@desk.example")
    assert "Right would be: #status Analysis" in body(told)
    assert "In progress" not in body(told)


def test_who_may_not_take_a_step_reads_who_may(begin: Begin) -> None:
    walk = begin(more=TABLE)
    news = walk.receive(mail()).mail_to("alice@desk.example")
    walk.receive(reply(news, ALICE, "#status Analysis"))
    told = walk.receive(reply(news, ALICE, "#done")).mail_to("alice@desk.example")
    said = " ".join(body(told).split())
    assert "Done may follow Analysis on this ticket only by the word of: manager." in said


def test_a_closed_ticket_is_not_said_to_be_closed_closed(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    told = walk.receive(reply(news, ALICE, "#close")).event("ticket.resolved")
    assert "This ticket is closed\n" in body(told)
    assert "closed: Closed" not in body(told)

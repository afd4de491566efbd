"""What an agent orders by command lines, and what becomes of the rest of the mail."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.walks.walk import ADA, ALICE, BORIS, Step, Walk, body, mail, reply


@pytest.fixture
def news(walk: Walk) -> Callable[[str], Step]:
    """Ada's ticket is there, and Alice answers its news with a text."""
    told = walk.receive(mail()).mail_to("alice@desk.example")
    return lambda text: walk.receive(reply(told, ALICE, text))


def flat(step: Step) -> str:
    return " ".join(body(step.mail_to("alice@desk.example")).split())


def events(walk: Walk) -> list[str]:
    return [event["kind"] for event in walk.ticket("HELP-1")["events"]]


def test_the_requester_is_changed_and_hears_of_it(walk: Walk, news: Callable[[str], Step]) -> None:
    step = news("#requester bea@far.example")
    assert step.events == [
        ("command.done", "alice@desk.example"),
        ("ticket.received", "bea@far.example"),
    ]
    ticket = walk.ticket("HELP-1")
    assert ticket["requester"]["email"] == "bea@far.example"
    assert ticket["organisation"] is None
    assert {p["email"]: p["role"] for p in ticket["participants"]} == {
        "ada@acme.example": "participant",
        "bea@far.example": "requester",
    }
    assert "requester changed" in events(walk)
    transcript = " ".join(body(step.mail_to("alice@desk.example")).split())
    assert "bea@far.example is the requester now." in transcript
    assert [c["visibility"] for c in ticket["comments"]] == ["public"]


def test_the_words_below_go_to_the_new_requester(walk: Walk, news: Callable[[str], Step]) -> None:
    step = news("#requester bea@far.example\n\nDear Bea,\nthis is yours.")
    answer = next(m for m in step.mails if m["X-Maildesk-Event"] == "comment.public")
    assert answer["X-Original-To"] in ("bea@far.example", "ada@acme.example")
    assert ("comment.public", "bea@far.example") in step.events
    assert "#requester" not in body(answer)
    assert "this is yours" in body(answer)
    comment = walk.ticket("HELP-1")["comments"][1]
    assert (comment["text"], comment["visibility"]) == ("Dear Bea,\nthis is yours.", "public")
    assert "#requester" in comment["full_text"]


def test_the_new_requester_answers_into_the_ticket(walk: Walk, news: Callable[[str], Step]) -> None:
    receipt = news("#requester bea@far.example").mail_to("bea@far.example")
    step = walk.receive(reply(receipt, "bea@far.example", "Thank you."))
    assert step.ticket == "HELP-1"


def test_spam_closes_the_ticket_and_ends_the_senders_mail(
    walk: Walk, news: Callable[[str], Step]
) -> None:
    step = news("#spam\n\nthis goes to nobody")
    assert step.events == [("command.done", "alice@desk.example")]
    assert walk.ticket("HELP-1")["status"] == "Closed"
    assert walk.ticket("HELP-1")["resolved_at"] is not None
    assert "marked as spam" in events(walk)
    later = walk.receive(mail(subject="buy this"))
    assert (later.state, later.reason) == ("ignored", "blocked sender")


def test_spam_never_means_one_of_us(walk: Walk) -> None:
    told = walk.receive(mail(ALICE, "mine"), auth="alice").mail_to("boris@desk.example")
    step = walk.receive(reply(told, BORIS, "#spam"))
    assert step.events == [("command.failed", "boris@desk.example")]
    assert walk.ticket("HELP-1")["status"] == "Open"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("#frobnicate", "is no command"),
        ("#requestr ada@x.example", "Right would be: #requester ada@x.example"),
        ("#requester", "exactly one address"),
        ("#requester support@desk.example", "an address of this desk"),
        ("#requester a@x.example, b@x.example", "exactly one address"),
    ],
)
def test_one_fault_and_nothing_is_done_or_sent(
    walk: Walk, news: Callable[[str], Step], line: str, why: str
) -> None:
    step = news(f"#requester bea@far.example\n{line}\n\nDear Ada, pull the plug.")
    assert step.events == [("command.failed", "alice@desk.example")]
    assert line in flat(step)
    assert why in flat(step)
    ticket = walk.ticket("HELP-1")
    assert ticket["requester"]["email"] == "ada@acme.example"
    assert ticket["comments"][1]["visibility"] == "internal"
    assert "pull the plug" in ticket["comments"][1]["text"]


def test_a_customers_hash_word_is_text(walk: Walk) -> None:
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    step = walk.receive(reply(receipt, ADA, "#spam\n#requester eve@evil.example"))
    assert ("comment.public", "alice@desk.example") in step.events
    assert walk.ticket("HELP-1")["comments"][1]["text"] == "#spam\n#requester eve@evil.example"
    assert walk.ticket("HELP-1")["requester"]["email"] == "ada@acme.example"


def test_a_forged_agents_command_is_held(walk: Walk) -> None:
    walk.receive(mail())
    step = walk.receive(mail(ALICE, "[HELP-1]", "#spam"))
    assert step.state == "held"
    assert walk.ticket("HELP-1")["status"] == "Open"


def test_a_quoted_command_is_none(walk: Walk, news: Callable[[str], Step]) -> None:
    step = news("Pull the plug.\n\nOn Friday at 12:00, Boris <b@x.example> wrote:\n> #spam\n")
    assert ("comment.public", "ada@acme.example") in step.events


def test_a_first_mail_can_be_opened_in_a_customers_name(walk: Walk) -> None:
    text = "#requester bea@acme.example\n\nBea has called: the desk burns."
    step = walk.receive(mail(ALICE, "Call", text), auth="alice")
    assert step.events == [
        ("command.done", "alice@desk.example"),
        ("ticket.new", "boris@desk.example"),
        ("ticket.received", "bea@acme.example"),
    ]
    ticket = walk.ticket("HELP-1")
    assert (ticket["requester"]["email"], ticket["organisation"]) == ("bea@acme.example", "ACME")
    assert ticket["comments"][0]["text"] == "Bea has called: the desk burns."
    assert ticket["comments"][0]["author"]["email"] == "alice@desk.example"


def test_a_first_mail_with_a_fault_reaches_no_customer(walk: Walk) -> None:
    text = "#dune\n\nCarl, this is for you."
    step = walk.receive(mail(ALICE, "Call", text, cc="carl@acme.example"), auth="alice")
    assert step.events == [
        ("command.failed", "alice@desk.example"),
        ("ticket.new", "boris@desk.example"),
    ]
    assert walk.ticket("HELP-1")["comments"][0]["visibility"] == "internal"


def test_a_command_alone_that_is_not_there_opens_nothing(walk: Walk) -> None:
    step = walk.receive(mail(ALICE, "please", "#frobnicate"), auth="alice")
    assert (step.state, step.reason, step.ticket) == ("done", "command failed", None)
    assert step.events == [("command.failed", "alice@desk.example")]
    assert walk.keys() == []


def test_a_forwards_author_may_be_named_at_once(walk: Walk) -> None:
    text = (
        "#requester ada@acme.example\n\nFor you, Boris.\n\n---- Forwarded message ----\n"
        "From: Ada Lovelace\nSubject: Printer\n\nIt burns.\n"
    )
    step = walk.receive(mail(ALICE, "Fwd: Printer", text), auth="alice")
    assert ("ticket.received", "ada@acme.example") in step.events
    assert "command.failed" not in [event for event, _ in step.events]
    words, note = walk.ticket("HELP-1")["comments"]
    assert (words["author"]["email"], words["text"]) == ("ada@acme.example", "It burns.")
    assert note["text"] == "For you, Boris."


def test_commands_in_an_import_are_history(walk: Walk) -> None:
    walk.receive(mail())
    walk.receive(mail(ALICE, "[HELP-1]", "#spam"), by="import")
    assert walk.ticket("HELP-1")["status"] == "Open"


def test_who_makes_herself_the_requester_is_not_welcomed(
    walk: Walk, news: Callable[[str], Step]
) -> None:
    step = news("#requester alice@desk.example")
    assert step.events == [("command.done", "alice@desk.example")]
    assert walk.ticket("HELP-1")["requester"]["email"] == "alice@desk.example"


def test_a_mail_for_agents_and_for_the_customer_is_neither(
    walk: Walk, news: Callable[[str], Step]
) -> None:
    step = news("#internal\n#public\n\nShe never reads.")
    assert step.events == [("command.failed", "alice@desk.example")]
    assert "Another line of this mail says the opposite." in flat(step)
    assert walk.ticket("HELP-1")["comments"][-1]["visibility"] == "internal"


@pytest.mark.parametrize("line", ["#status", "#type", "#urgency"])
def test_a_value_that_is_missing_is_asked_for(news: Callable[[str], Step], line: str) -> None:
    assert "Which one? These there are: " in flat(news(line))


def test_what_was_so_already_is_nothing_to_take_back(news: Callable[[str], Step]) -> None:
    assert "#undo" in flat(news("#take"))
    assert "#undo" not in flat(news("#take"))


@pytest.mark.parametrize(
    "words",
    [
        "#private key of the server was stolen, what now?",
        "#share price is wrong on our page",
        "#unmute does not work",
        "#type in the box fails",
        "#rate limiting is broken",
    ],
)
def test_a_customers_prose_that_begins_like_a_command_is_text(walk: Walk, words: str) -> None:
    first = walk.receive(mail(text=words))
    assert first.ticket == "HELP-1"
    assert words in body(first.mail_to("alice@desk.example"))
    told = first.mail_to("ada@acme.example")
    step = walk.receive(mail(ADA, "Re: [HELP-1] x", words, answers=told))
    assert words in body(step.mail_to("alice@desk.example"))


@pytest.mark.parametrize(
    "words", ["#close the window and it crashes", "#reject rate is too high", "#approve of nothing"]
)
def test_a_first_mail_that_begins_like_an_answer_is_a_ticket(walk: Walk, words: str) -> None:
    step = walk.receive(mail(text=f"{words}\n\nPlease help."))
    assert step.ticket == "HELP-1"
    assert words in body(step.mail_to("alice@desk.example"))


@pytest.mark.parametrize(
    "line", ["#internal call him", "#done Thanks for all", "#take bob", "#escalate it burns"]
)
def test_words_beside_a_command_that_takes_none_are_not_lost(
    walk: Walk, news: Callable[[str], Step], line: str
) -> None:
    step = news(line)
    assert step.events == [("command.failed", "alice@desk.example")]
    assert line in flat(step)
    assert walk.ticket("HELP-1")["status"] == "Open"
    assert walk.ticket("HELP-1")["owner"] is None

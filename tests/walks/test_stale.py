"""An agent answers what is not the newest any more."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from tests.walks.walk import ADA, ALICE, BORIS, Step, Walk, body, mail, reply


@pytest.fixture
def news(walk: Walk) -> EmailMessage:
    """What Alice got of Ada's ticket, before Boris answered it."""
    news = walk.receive(mail()).mail_to("alice@desk.example")
    walk.receive(mail(BORIS, "[HELP-1]", "Pull the plug."), auth="boris")
    return news


def code_for(step: Step, command: str) -> str:
    """The line that a link of the question holds."""
    lines = body(step.mail_to("alice@desk.example")).split("\n")
    found = [line for line in lines if f"#{command} " in line]
    assert found, lines
    return found[0][found[0].index(f"#{command}") :].rstrip(".")


def link(walk: Walk, line: str, sender: str = ALICE) -> Step:
    """A click: a new mail under the ticket's key, with nothing but the line."""
    return walk.receive(mail(sender, "[HELP-1] The printer burns", line))


def texts(walk: Walk) -> list[tuple[str, str]]:
    return [(c["visibility"], c["text"]) for c in walk.ticket("HELP-1")["comments"]]


def test_an_answer_to_what_a_colleague_has_answered_is_held(walk: Walk, news: EmailMessage) -> None:
    step = walk.receive(reply(news, ALICE, "#done\n\nPut the plug in."))
    assert (step.state, step.ticket) == ("held", "HELP-1")
    assert [event for event, _ in step.events] == ["command.failed"]
    question = " ".join(body(step.mail_to("alice@desk.example")).split())
    assert "Boris Roe has written meanwhile" in question
    assert "Pull the plug." in question
    assert walk.ticket("HELP-1")["status"] == "Open"
    assert len(texts(walk)) == 2


def test_it_is_sent_anyway_when_its_writer_says_so(walk: Walk, news: EmailMessage) -> None:
    held = walk.receive(reply(news, ALICE, "#done\n\nPut the plug in."))
    step = link(walk, code_for(held, "public"))
    assert ("command.done", "alice@desk.example") in step.events
    assert "Put the plug in." in body(step.event("ticket.resolved"))
    assert texts(walk)[-1] == ("public", "Put the plug in.")
    assert walk.row(held.row["id"])["state"] == "done"


def test_it_is_kept_as_a_note_when_its_writer_says_so(walk: Walk, news: EmailMessage) -> None:
    held = walk.receive(reply(news, ALICE, "Put the plug in."))
    step = link(walk, code_for(held, "internal"))
    assert "ada@acme.example" not in [to for _, to in step.events]
    assert texts(walk)[-1] == ("internal", "Put the plug in.")


def test_kept_as_a_note_none_of_its_commands_is_done(walk: Walk, news: EmailMessage) -> None:
    held = walk.receive(reply(news, ALICE, "#done\n\nPut the plug in."))
    step = link(walk, code_for(held, "internal"))
    assert walk.ticket("HELP-1")["status"] == "Open"
    assert "ada@acme.example" not in [to for _, to in step.events]
    assert texts(walk)[-1] == ("internal", "#done\n\nPut the plug in.")


def test_a_second_click_does_nothing_more(walk: Walk, news: EmailMessage) -> None:
    held = walk.receive(reply(news, ALICE, "Put the plug in."))
    line = code_for(held, "public")
    link(walk, line)
    again = link(walk, line)
    assert "comment.public" not in [event for event, _ in again.events]
    assert len(texts(walk)) == 3


def test_nobody_elses_click_lets_it_in(walk: Walk, news: EmailMessage) -> None:
    held = walk.receive(reply(news, ALICE, "Put the plug in."))
    link(walk, code_for(held, "public"), sender=BORIS)
    assert walk.row(held.row["id"])["state"] == "held"
    assert len(texts(walk)) == 2


def test_an_answer_to_what_the_customer_has_gone_on_about_is_held(walk: Walk) -> None:
    first = walk.receive(mail())
    walk.receive(reply(first.mail_to("ada@acme.example"), ADA, "It is out."))
    step = walk.receive(reply(first.mail_to("alice@desk.example"), ALICE, "Pull the plug."))
    assert step.state == "held"
    assert "It is out." in body(step.mail_to("alice@desk.example"))


def test_ones_own_words_make_nothing_old(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    walk.receive(reply(news, ALICE, "Pull the plug."))
    step = walk.receive(reply(news, ALICE, "And wait a minute."))
    assert step.state == "done"


def test_an_answer_to_the_newest_mail_goes_out(walk: Walk, news: EmailMessage) -> None:
    newest = [m for m in walk.sent() if m["X-Original-To"] == "alice@desk.example"][-1]
    assert "Pull the plug." in body(newest)
    assert walk.receive(reply(newest, ALICE, "Put it in again.")).state == "done"


def test_a_note_is_never_too_late(walk: Walk, news: EmailMessage) -> None:
    step = walk.receive(reply(news, ALICE, "#internal\n\nI would not."))
    assert step.state == "done"
    assert texts(walk)[-1] == ("internal", "I would not.")


def test_a_command_without_words_is_never_too_late(walk: Walk, news: EmailMessage) -> None:
    assert walk.receive(reply(news, ALICE, "#take")).state == "done"
    assert walk.ticket("HELP-1")["owner"] == "alice"


def test_a_colleagues_note_makes_nothing_old(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    walk.receive(mail(BORIS, "[HELP-1]", "#internal\n\nHe has the old model."), auth="boris")
    assert walk.receive(reply(news, ALICE, "Pull the plug.")).state == "done"


def test_a_person_at_the_command_line_lets_it_in(walk: Walk, news: EmailMessage) -> None:
    held = walk.receive(reply(news, ALICE, "Put the plug in."))
    assert walk.retry(held.row["id"]).state == "done"
    assert texts(walk)[-1] == ("public", "Put the plug in.")


def test_a_link_that_was_used_says_so_and_changes_nothing(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    walk.receive(mail(ADA, "[HELP-1] x", "And it smokes."))
    held = walk.receive(reply(news, ALICE, "Pull the plug.")).mail_to("alice@desk.example")
    line = next(x for x in body(held).splitlines() if "the line #public" in x)
    line = line.split("the line ", 1)[1].strip()
    first = walk.receive(mail(ALICE, "[HELP-1]", line))
    assert first.state == "done"
    again = walk.receive(mail(ALICE, "[HELP-1]", line))
    told = again.mail_to("alice@desk.example")
    assert "This link was used before; nothing else has changed." in " ".join(body(told).split())
    texts = [c["text"] for c in walk.ticket("HELP-1")["comments"]]
    assert texts.count("Pull the plug.") == 1


def test_what_others_say_after_many_answers_of_ones_own_is_new_all_the_same(walk: Walk) -> None:
    first = walk.receive(mail())
    news = first.mail_to("alice@desk.example")
    for number in range(6):
        walk.receive(reply(news, ALICE, f"Look at fuse {number}."))
    walk.receive(reply(first.mail_to("ada@acme.example"), ADA, "Stop, it burns!"))
    held = walk.receive(reply(news, ALICE, "#done\n\nNow all is fine."))
    assert held.state == "held"
    assert "Stop, it burns!" in body(held.mail_to("alice@desk.example"))


def test_the_newest_of_many_words_are_shown(walk: Walk) -> None:
    first = walk.receive(mail())
    for number in range(7):
        walk.receive(reply(first.mail_to("ada@acme.example"), ADA, f"Puff number {number}."))
    held = walk.receive(reply(first.mail_to("alice@desk.example"), ALICE, "Pull the plug."))
    shown = body(held.mail_to("alice@desk.example"))
    assert "Puff number 6." in shown
    assert "Puff number 1." not in shown

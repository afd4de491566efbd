"""Quick changes of a ticket are one mail a person."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import pytest

from tests.walks.walk import ADA, ALICE, BORIS, Walk, body, mail, reply

Begin = Callable[..., Walk]


@pytest.fixture
def walk(begin: Begin) -> Walk:
    """A desk whose mails wait two minutes for each other; Ada's ticket is there."""
    walk = begin(batch="2m")
    walk.receive(mail())
    return walk


def say(walk: Walk, text: str, by: str = ALICE) -> list[tuple[str, str]]:
    who = "alice" if by == ALICE else "boris"
    return walk.receive(mail(by, "[HELP-1]", text), auth=who).events


def later(walk: Walk, **span: float) -> dict[str, list[EmailMessage]]:
    """What goes out until then, by its reader."""
    walk.advance(**span)
    told: dict[str, list[EmailMessage]] = {}
    for message in walk.fresh():
        told.setdefault(str(message["X-Original-To"]), []).append(message)
    return told


def test_first_mails_wait_for_nothing(begin: Begin) -> None:
    step = begin(batch="2m").receive(mail())
    assert [event for event, _ in step.events] == ["ticket.new", "ticket.new", "ticket.received"]


def test_words_wait_for_what_comes_with_them(walk: Walk) -> None:
    assert say(walk, "Pull the plug.") == []
    walk.advance(seconds=60)
    assert say(walk, "And wait a minute.") == []
    told = later(walk, seconds=61)
    [one] = told["ada@acme.example"]
    assert body(one).index("Pull the plug.") < body(one).index("And wait a minute.")
    assert one["X-Maildesk-Event"] == "comment.public"
    assert later(walk, days=1) == {}


def test_a_status_goes_with_the_words_before_it(walk: Walk) -> None:
    say(walk, "I am on my way.")
    say(walk, "#status in progress")
    [one] = later(walk, minutes=3)["ada@acme.example"]
    assert one["X-Maildesk-Event"] == "comment.public"
    assert "I am on my way." in body(one)
    assert "Open → In progress" in body(one)


def test_words_go_with_the_status_before_them_in_their_writers_name(walk: Walk) -> None:
    say(walk, "#status in progress")
    say(walk, "I am on my way.")
    [one] = later(walk, minutes=3)["ada@acme.example"]
    assert one["X-Maildesk-Event"] == "comment.public"
    assert str(one["From"]).startswith('"Alice Doe (Example Support)"')
    assert one["Auto-Submitted"] is None


def test_a_status_there_and_back_is_no_news(walk: Walk) -> None:
    say(walk, "#status in progress")
    say(walk, "#status open")
    assert "ada@acme.example" not in later(walk, minutes=3)


def test_several_steps_are_told_as_one(walk: Walk) -> None:
    say(walk, "#status analysis")
    say(walk, "#status in progress")
    [one] = later(walk, minutes=3)["ada@acme.example"]
    assert "In progress" in body(one)
    assert "Analysis" not in body(one)


def test_an_end_takes_the_words_before_it_along(walk: Walk) -> None:
    say(walk, "It was the plug.")
    say(walk, "#done")
    one, how = later(walk, minutes=3)["ada@acme.example"]
    assert one["X-Maildesk-Event"] == "ticket.resolved"
    assert "It was the plug." in body(one)
    assert how["X-Maildesk-Event"] == "rating.requested"  # and not before the news itself


def test_the_words_of_two_people_are_one_mail_in_both_names(walk: Walk) -> None:
    say(walk, "Pull the plug.")
    say(walk, "No, do not!", by=BORIS)
    [one] = later(walk, minutes=3)["ada@acme.example"]
    assert one["From"] == '"Alice Doe + Boris Roe (Example Support)" <support@desk.example>'
    assert one["Auto-Submitted"] is None
    text = body(one)
    assert text.index("Alice Doe") < text.index("Pull the plug.") < text.index("Boris Roe")
    assert text.index("Boris Roe") < text.index("No, do not!")


def test_two_customers_within_a_minute_are_one_mail_to_each_agent(walk: Walk) -> None:
    say(walk, "#cc carl@acme.example")
    later(walk, minutes=3)
    for who, text in ((ADA, "It smokes."), ("Carl <carl@acme.example>", "Please hurry.")):
        walk.receive(mail(who, "[HELP-1]", text))
    told = later(walk, minutes=3)
    [one] = told["boris@desk.example"]
    assert "It smokes." in body(one)
    assert "Please hurry." in body(one)
    assert len(told["alice@desk.example"]) == 1


@pytest.mark.parametrize("command", ["#uncc carl@acme.example", "#private"])
def test_who_is_taken_off_gets_nothing_that_still_waits(begin: Begin, command: str) -> None:
    walk = begin(batch="2m", organisation="share = true")
    walk.receive(mail())
    say(walk, "#cc carl@acme.example")
    later(walk, minutes=3)
    gone = "carl@acme.example" if "carl" in command else "cto@acme.example"
    say(walk, "The plan is secret.")
    say(walk, command)
    told = later(walk, minutes=3)
    assert gone not in told
    assert "The plan is secret." in body(told["ada@acme.example"][0])


def test_a_note_never_goes_with_words_for_the_customer(walk: Walk) -> None:
    say(walk, "Pull the plug.")
    say(walk, "#internal\n\nHe never does.")
    told = later(walk, minutes=3)
    [one] = told["ada@acme.example"]
    assert "never does" not in one.as_string()
    events = sorted(str(m["X-Maildesk-Event"]) for m in told["boris@desk.example"])
    assert events == ["comment.internal", "comment.public"]


def test_files_of_all_the_words_travel(walk: Walk) -> None:
    for number in (1, 2):
        raw = mail(ALICE, "[HELP-1]", f"File {number}.", files=[(f"{number}.txt", b"abc")])
        walk.receive(raw, auth="alice")
    [one] = later(walk, minutes=3)["ada@acme.example"]
    assert [f.get_filename() for f in one.iter_attachments()] == ["1.txt", "2.txt"]


def test_an_answer_to_a_batch_finds_its_ticket_and_loses_the_quote(walk: Walk) -> None:
    say(walk, "Pull the plug.")
    say(walk, "And wait a minute.")
    [one] = later(walk, minutes=3)["ada@acme.example"]
    step = walk.receive(reply(one, ADA, "I have waited."))
    assert step.ticket == "HELP-1"
    assert walk.ticket("HELP-1")["comments"][-1]["text"] == "I have waited."


def test_the_transcript_waits_for_nothing(walk: Walk) -> None:
    assert say(walk, "#take") == [("command.done", "alice@desk.example")]


def test_two_links_are_two_things_in_one_mail(walk: Walk) -> None:
    say(walk, "#link https://bugs.example/1 public")
    say(walk, "#link https://bugs.example/2 public")
    [one] = later(walk, minutes=3)["ada@acme.example"]
    assert body(one).count("Linked: https://bugs.example/") == 2


def test_a_link_behind_a_status_does_not_hide_it(walk: Walk) -> None:
    say(walk, "#status in progress")
    say(walk, "#link https://bugs.example/1 public")
    [one] = later(walk, minutes=3)["ada@acme.example"]
    assert "The status of this ticket is now: In progress" in body(one)
    assert "https://bugs.example/1" in body(one)

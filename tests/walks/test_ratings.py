"""Ratings: asked once when a ticket is done, given by a link, a line, or a line with words."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest

from maildesk.mail.worker import ParserPool
from tests.walks.walk import ADA, ALICE, STRANGER, Step, Walk, begin, body, mail, reply


@pytest.fixture
def alice(walk: Walk) -> Callable[[str], Step]:
    """Ada's ticket is there, and Alice answers its news with a text."""
    told = walk.receive(mail()).mail_to("alice@desk.example")
    return lambda text: walk.receive(reply(told, ALICE, text))


def lines(asked: EmailMessage) -> list[str]:
    return re.findall(r"#rate \d [0-9A-Z-]{19}", body(asked))


def words(message: EmailMessage) -> str:
    return " ".join(body(message).split())


def rating(walk: Walk) -> int | None:
    return walk.ticket("HELP-1")["rating"]


def test_the_requester_is_asked_once(walk: Walk, alice: Callable[[str], Step]) -> None:
    asked = alice("#done").event("rating.requested")
    assert asked["X-Original-To"] == "ada@acme.example"
    assert asked["Auto-Submitted"] == "auto-generated"
    assert [line[6] for line in lines(asked)] == ["5", "4", "3", "2", "1"]
    assert body(asked, "html").count("mailto:support@desk.example?subject=") == 5
    alice("#reopen")
    assert "rating.requested" not in {event for event, _ in alice("#done").events}


@pytest.mark.parametrize("line", ["#close", "#status rejected", "#status analysis", "#spam"])
def test_nobody_is_asked_where_it_is_not_done(alice: Callable[[str], Step], line: str) -> None:
    assert "rating.requested" not in {event for event, _ in alice(line).events}


def test_a_click_is_a_rating_and_reopens_nothing(walk: Walk, alice: Callable[[str], Step]) -> None:
    asked = alice("#done").event("rating.requested")
    step = walk.receive(mail(ADA, "[HELP-1] The printer burns", lines(asked)[1]))
    assert rating(walk) == 4
    assert walk.ticket("HELP-1")["status"] == "Done"
    assert "You have given 4 of 5." in words(step.mail_to("ada@acme.example"))
    assert len(walk.ticket("HELP-1")["comments"]) == 1


def test_agents_read_what_the_customer_says(walk: Walk, alice: Callable[[str], Step]) -> None:
    asked = alice("#done").event("rating.requested")
    step = walk.receive(reply(asked, ADA, "#rate 2 it took a week"))
    assert rating(walk) == 2
    told = step.mail_to("alice@desk.example")
    assert "Rating: 2 of 5" in words(told)
    assert "it took a week" in words(told)
    assert walk.ticket("HELP-1")["status"] == "Done"


def test_words_below_a_rating_are_kept_and_reopen_nothing(
    walk: Walk, alice: Callable[[str], Step]
) -> None:
    asked = alice("#done").event("rating.requested")
    walk.receive(reply(asked, ADA, "#rate 5\n\nThe new drum prints better than the old one did."))
    ticket = walk.ticket("HELP-1")
    assert (ticket["rating"], ticket["status"]) == (5, "Done")
    assert ticket["comments"][-1]["text"].startswith("The new drum")


def test_a_later_rating_counts(walk: Walk, alice: Callable[[str], Step]) -> None:
    asked = alice("#done").event("rating.requested")
    walk.receive(reply(asked, ADA, "#rate 2"))
    walk.receive(reply(asked, ADA, "#rate 5 it was my fault"))
    assert rating(walk) == 5


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("#rate", "The number is missing"),
        ("#rate very good", "begins with no number"),
        ("#rate 6", "one from 1"),
        ("#rate 0", "one from 1"),
    ],
)
def test_what_is_no_rating_is_asked_back(
    walk: Walk, alice: Callable[[str], Step], line: str, why: str
) -> None:
    asked = alice("#done").event("rating.requested")
    step = walk.receive(reply(asked, ADA, line))
    assert step.events == [("command.failed", "ada@acme.example")]
    assert why in words(step.mail_to("ada@acme.example"))
    assert rating(walk) is None
    assert walk.ticket("HELP-1")["status"] == "Done"


def test_an_open_ticket_and_a_strangers_are_not_rated(
    walk: Walk, alice: Callable[[str], Step]
) -> None:
    receipt = mail(ADA, "[HELP-1] The printer burns", "#rate 5")
    assert "not done yet" in words(walk.receive(receipt).mail_to("ada@acme.example"))
    asked = alice("#done").event("rating.requested")
    walk.receive(mail(STRANGER, "[HELP-1] The printer burns", lines(asked)[0]))
    assert rating(walk) is None


def test_a_desk_may_do_without_ratings(tmp_path: Path, parser: ParserPool) -> None:
    walk = begin(tmp_path, parser, desk="ask_rating = false")
    told = walk.receive(mail()).mail_to("alice@desk.example")
    step = walk.receive(reply(told, ALICE, "#done"))
    assert {event for event, _ in step.events} == {"command.done", "ticket.resolved"}
    walk.close()


def test_a_code_behind_the_words_of_a_rating_is_none_of_them(
    walk: Walk, alice: Callable[[str], Step]
) -> None:
    asked = alice("#done").event("rating.requested")
    code = lines(asked)[1].split()[2]
    step = walk.receive(mail(ADA, "[HELP-1]", f"#rate 4 quick and kind, {code}"))
    told = words(step.mail_to("alice@desk.example"))
    assert "quick and kind" in told
    assert code not in told


def test_a_later_number_alone_leaves_the_words(walk: Walk, alice: Callable[[str], Step]) -> None:
    alice("#done")
    walk.receive(mail(ADA, "[HELP-1]", "#rate 4 quick and kind"))
    walk.receive(mail(ADA, "[HELP-1]", "#rate 5"))
    rated = [e["detail"] for e in walk.ticket("HELP-1")["events"] if e["kind"] == "rated"]
    assert (rated[-1]["to"], rated[-1]["words"]) == ("5", "quick and kind")


def test_two_ratings_in_one_mail_to_agents_are_the_later_one(
    tmp_path: Path, parser: ParserPool
) -> None:
    walk = begin(tmp_path, parser, batch="2m")
    news = walk.receive(mail()).mail_to("alice@desk.example")
    walk.receive(reply(news, ALICE, "#done"))
    walk.advance(minutes=3)
    walk.fresh()
    walk.receive(mail(ADA, "[HELP-1]", "#rate 2 slow"))
    walk.receive(mail(ADA, "[HELP-1]", "#rate 5 and kind"))
    walk.advance(minutes=3)
    (told,) = [m for m in walk.fresh() if m["X-Original-To"] == "alice@desk.example"]
    assert "5 of 5" in words(told)
    assert "and kind" in words(told)
    assert "slow" not in words(told)
    walk.close()


def test_a_ticket_that_is_open_again_is_not_rated_by_its_old_link(
    walk: Walk, alice: Callable[[str], Step]
) -> None:
    asked = alice("#done").event("rating.requested")
    alice("#reopen")
    walk.receive(mail(ADA, "[HELP-1]", lines(asked)[1]))
    assert rating(walk) is None

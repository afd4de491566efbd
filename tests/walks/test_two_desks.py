"""Two desks like ours that face each other, and responders that hide what they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from maildesk.mail.worker import ParserPool
from tests.walks import walk as walks
from tests.walks.walk import Walk, mail

OURS, THEIRS = "support@desk.example", "support@other.example"
# What a bad gateway takes off: every sign that a program wrote the mail.
MARKS = (
    *("Auto-Submitted", "X-Maildesk-Event", "X-Maildesk-Ticket", "X-Auto-Response-Suppress"),
    *("List-Unsubscribe", "List-Unsubscribe-Post"),
)
THREAD = ("In-Reply-To", "References")


@pytest.fixture
def desks(tmp_path: Path, parser: ParserPool) -> Iterator[dict[str, Walk]]:
    """Our desk and another, each at its address."""
    both = {}
    for address in (OURS, THEIRS):
        domain = address.partition("@")[2]
        (tmp_path / domain).mkdir()
        limit = "automatic_mails_per_address = 4"
        both[address] = walks.begin(tmp_path / domain, parser, domain=domain, limits=limit)
    yield both
    for one in both.values():
        one.close()


def exchange(
    desks: dict[str, Walk], first: bytes, *, without: tuple[str, ...] = (), most: int = 30
) -> list[EmailMessage]:
    """Carry what the desks write to each other until they fall silent; `first` is to ours."""
    carried: list[EmailMessage] = []
    waiting = list(desks[OURS].receive(first, sender=THEIRS).mails)
    while waiting and len(carried) < most:
        told = waiting.pop(0)
        to = str(told["X-Original-To"])
        if to not in desks:
            continue
        carried.append(told)
        path = "" if told["Return-Path"] == "<>" and not without else str(told["Reply-To"])
        for name in (*without, "Return-Path", "X-Original-To"):
            del told[name]
        waiting += desks[to].receive(told.as_bytes(), sender=path, to=(to,)).mails
    return carried


def test_two_desks_end_after_the_first_acknowledgement(desks: dict[str, Walk]) -> None:
    carried = exchange(desks, mail(f"Other <{THEIRS}>"))
    assert len(carried) == 1
    assert desks[THEIRS].keys() == []


def test_two_desks_behind_a_gateway_that_hides_all_marks_end_after_three_mails(
    desks: dict[str, Walk],
) -> None:
    carried = exchange(desks, mail(f"Other <{THEIRS}>"), without=MARKS)
    assert len(carried) + 1 <= 3
    assert desks[OURS].keys() == desks[THEIRS].keys() == ["HELP-1"]


def test_two_desks_end_even_when_the_thread_is_lost(desks: dict[str, Walk]) -> None:
    carried = exchange(desks, mail(f"Other <{THEIRS}>"), without=(*MARKS, *THREAD))
    assert len(carried) + 1 <= 3


def test_two_desks_that_lose_marks_thread_and_subject_stop_at_the_allowance(
    desks: dict[str, Walk],
) -> None:
    carried = exchange(desks, mail(f"Other <{THEIRS}>"), without=(*MARKS, *THREAD, "Subject"))
    assert 3 < len(carried) <= 8


def test_an_agents_words_still_pass_between_two_desks(desks: dict[str, Walk]) -> None:
    ours, theirs = desks[OURS], desks[THEIRS]
    opened = ours.receive(mail(f"Other <{THEIRS}>"), sender=THEIRS)
    news = opened.mail_to("alice@desk.example")
    answer = ours.receive(walks.reply(news, walks.ALICE, "Pull the plug.")).mail_to(THEIRS)
    step = theirs.receive(answer.as_bytes(), sender=OURS, to=(THEIRS,))
    assert step.ticket == "HELP-1"
    back = theirs.receive(
        walks.reply(step.mail_to("alice@other.example"), "alice@other.example", "It is out."),
        to=(THEIRS,),
    ).mail_to(OURS)
    told = ours.receive(back.as_bytes(), sender=THEIRS)
    assert (told.state, told.ticket) == ("done", "HELP-1")
    assert ours.keys() == ["HELP-1"]


def respond(walk: Walk, address: Callable[[int], str], most: int = 15) -> int:
    """A responder that answers everything, without a mark, a reference or a key."""
    waiting = walk.receive(mail(f"Robot <{address(0)}>", "hello")).mails
    answered = 0
    while waiting and answered < most:
        told = waiting.pop(0)
        if told["X-Maildesk-Event"] == "ticket.received":
            answered += 1
            raw = mail(f"Robot <{address(answered)}>", "We have got your mail", "Thank you.")
            waiting += walk.receive(raw).mails
    return answered


@pytest.mark.parametrize(
    "address",
    [
        lambda n: "robot@shop.example",
        lambda n: f"robot+{n}@shop.example",
        lambda n: f"prvs={n:010}=robot@shop.example",
        lambda n: "ROBOT@shop.example" if n % 2 else "robot@Shop.example",
    ],
    ids=["one address", "plus tags", "signed addresses", "case"],
)
def test_a_responder_that_hides_what_it_is_stops_at_the_allowance(
    begin: Callable[..., Walk], address: Callable[[int], str]
) -> None:
    assert respond(begin(limits="automatic_mails_per_address = 3"), address) == 3


def test_an_answer_of_an_hour_ago_does_not_count(begin: Callable[..., Walk]) -> None:
    walk = begin(limits="automatic_mails_per_address = 2")
    for _ in range(2):
        walk.receive(mail())
    walk.advance(minutes=59, seconds=59)
    assert ("ticket.received", "ada@acme.example") not in walk.receive(mail()).events
    walk.advance(seconds=1)
    assert ("ticket.received", "ada@acme.example") in walk.receive(mail()).events

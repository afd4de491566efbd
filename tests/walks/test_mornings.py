"""The list of the morning: who gets it, when, and once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from tests.walks.walk import ALICE, BORIS, Walk, body, mail, reply

# NOON of the walks is on a Friday.
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def walk(begin: Callable[..., Walk]) -> Walk:
    """A desk whose agents get their list as it comes."""
    return begin(agents="")


def lists(walk: Walk, hour: int, minute: int = 0, *, day: int = 23) -> list[EmailMessage]:
    """The lists that go out when the clock shows that time of November."""
    walk.moment = MONDAY.replace(day=day, hour=hour, minute=minute)
    return [m for m in walk.work_off() if m["X-Maildesk-Event"] == "digest.queue"]


def to(mails: list[EmailMessage]) -> list[str]:
    return [str(m["X-Original-To"]) for m in mails]


def test_the_list_has_ones_own_tickets_then_nobodys_and_counts_what_waits(walk: Walk) -> None:
    for subject, line in (
        ("A slow door", "#take\n#priority P4"),
        ("A loud fan", "#take\n#status Waiting for the client"),
        ("Boris's own", "#assign boris"),
    ):
        told = walk.receive(mail(subject=subject)).mail_to("alice@desk.example")
        walk.receive(reply(told, ALICE, line))
    walk.receive(mail(subject="The printer burns"))
    alices, boriss = lists(walk, 8)
    assert alices["X-Original-To"] == "alice@desk.example"
    assert alices["Subject"] == "Your tickets on 23 Nov 2026"
    assert alices["Auto-Submitted"] == "auto-generated"
    text = " ".join(body(alices).split())
    assert "Good morning, Alice Doe: 2 tickets need you today" in text
    assert text.index("A slow door") < text.index("WITHOUT AN OWNER") < text.index("The printer")
    assert "1 more ticket of yours waits for somebody else." in text
    assert "A loud fan" not in text
    assert "Boris's own" not in text
    assert "#take" in text
    assert "Boris's own" in body(boriss)


def test_it_comes_once_a_day_and_on_working_days(walk: Walk) -> None:
    walk.receive(mail())
    assert lists(walk, 12, day=21) == []
    assert lists(walk, 12, day=22) == []
    assert lists(walk, 7, 59) == []
    assert to(lists(walk, 8)) == ["alice@desk.example", "boris@desk.example"]
    assert lists(walk, 8, 1) == []
    assert lists(walk, 23) == []
    assert len(lists(walk, 8, day=24)) == 2


def test_a_missed_one_comes_late_on_the_same_day_alone(walk: Walk) -> None:
    walk.receive(mail())
    assert len(lists(walk, 15)) == 2
    assert lists(walk, 16) == []
    assert lists(walk, 3, day=25) == []
    assert len(lists(walk, 8, day=25)) == 2


def test_what_comes_after_the_hour_is_no_mornings_news(walk: Walk) -> None:
    assert lists(walk, 8) == []
    walk.receive(mail())
    walk.receive(mail(BORIS, "[HELP-1]", "#assign alice"), auth="boris")
    assert lists(walk, 9) == []
    walk.moment = MONDAY.replace(day=24, hour=7)
    walk.receive(mail(subject="A slow door"))
    assert "A slow door" in body(lists(walk, 8, day=24)[0])


def test_an_old_ticket_that_is_given_to_somebody_later_makes_no_list(walk: Walk) -> None:
    told = walk.receive(mail()).mail_to("boris@desk.example")
    walk.receive(reply(told, BORIS, "#take"))
    assert to(lists(walk, 8)) == ["boris@desk.example"]
    step = walk.receive(mail(BORIS, "[HELP-1]", "#assign alice"), auth="boris")
    assert "digest.queue" not in [event for event, _ in step.events]
    assert lists(walk, 10) == []


def test_one_that_was_down_at_the_hour_tells_only_of_what_was_there(walk: Walk) -> None:
    walk.moment = MONDAY.replace(hour=11)
    step = walk.receive(mail())
    assert all(event != "digest.queue" for event, _ in step.events)
    assert lists(walk, 12) == []


def test_nothing_open_or_only_what_waits_for_others_is_no_list(walk: Walk) -> None:
    told = walk.receive(mail()).mail_to("alice@desk.example")
    walk.receive(reply(told, ALICE, "#take\n#status On hold"))
    assert lists(walk, 8) == []


@pytest.mark.parametrize(
    ("digest", "hour"), [('"07:30"', 6), ('"07:30"\ntimezone = "America/New_York"', 12)]
)
def test_the_hour_is_the_agents_own(begin: Callable[..., Walk], digest: str, hour: int) -> None:
    more = '[[agents]]\nid = "cleo"\nname = "Cleo"\nemails = ["cleo@desk.example"]\n'
    more += f"digest = {digest}\n"
    more += '[[desks]]\nkey = "ROME"\naddress = "roma@desk.example"\nagents = ["cleo"]\n'
    more += 'sla = "s"\n[sla.s]\ncalendar = "c"\n[calendars.c]\ntimezone = "Europe/Rome"\n'
    more += 'hours = { mon-fri = ["09:00-17:00"] }\n'
    walk = begin(more=more)
    walk.receive(mail(to="roma@desk.example"), to=("roma@desk.example",))
    assert "cleo@desk.example" not in to(lists(walk, hour, 29))
    assert "cleo@desk.example" in to(lists(walk, hour, 30))


def test_never_is_never(begin: Callable[..., Walk]) -> None:
    more = '[[agents]]\nid = "cleo"\nname = "Cleo"\nemails = ["cleo@desk.example"]\n'
    more += 'digest = "never"\n'
    more += '[[desks]]\nkey = "ROME"\naddress = "roma@desk.example"\nagents = ["cleo"]\n'
    walk = begin(more=more)
    walk.receive(mail(to="roma@desk.example"), to=("roma@desk.example",))
    assert lists(walk, 9) == []


def test_an_answer_to_the_list_stays_inside_and_its_lines_work(walk: Walk) -> None:
    walk.receive(mail())
    alices = lists(walk, 8)[0]
    step = walk.receive(reply(alices, ALICE, "Who is going to take this?"))
    assert step.events == [("command.failed", "alice@desk.example")]
    assert walk.keys() == ["HELP-1"]
    line = next(
        found.removeprefix("or answer with the line ").strip()
        for found in " ".join(body(alices).split()).split("Take:")[1].split("  ")
        if found
    )
    taken = line[line.index("#take") :].split(" HELP-1")[0] + " HELP-1"
    walk.receive(reply(alices, ALICE, taken))
    assert walk.ticket("HELP-1")["owner"] == "alice"


def test_a_row_of_the_list_says_when_it_is_due_and_what_its_date_is(walk: Walk) -> None:
    told = walk.receive(mail()).mail_to("alice@desk.example")
    walk.receive(reply(told, ALICE, "#take\n#due 2026-11-25"))
    alices = next(m for m in lists(walk, 8) if m["X-Original-To"] == "alice@desk.example")
    for kind in ("plain", "html"):
        text = " ".join(body(alices, kind).split())
        assert "Due: 25" in text.replace("&nbsp;", " ")
        assert "last change Fri, 20" in text.replace("&nbsp;", " ")

"""Who may ask what, which lines prove an agent, and when the list of the morning is due."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from maildesk.core.actions import action
from maildesk.core.codes import Bond
from maildesk.core.decide import decide
from maildesk.core.model import Decision, Event, InboxState, Mailbox
from maildesk.core.morning import morning_of
from maildesk.core.orders.asking import desks_of, is_meant
from maildesk.core.orders.forms import FORMS
from maildesk.core.orders.reading import Command, key_named, keys_named
from maildesk.core.questions import Topic
from tests.core.build import (
    ALICE,
    BORIS,
    ENVELOPE,
    NOW,
    POLICY,
    SECRET,
    TICKET,
    context,
    decided,
    message,
)

FROM_ALICE = Mailbox(email="alice@desk.example", name="Alice")
WORDS = Path(__file__).parents[2] / "templates/en/words.toml"


def test_every_command_has_its_line_in_the_help() -> None:
    assert set(FORMS) <= set(tomllib.loads(WORDS.read_text())["guide"])


def asked(text: str, sender: Mailbox = FROM_ALICE, *, staff: str = "from") -> Decision:
    mail = message(sender, text=text, full_text=text, subject="hello")
    return decided(mail, policy=replace(POLICY, staff=staff))


@pytest.mark.parametrize(
    ("line", "topic"),
    [("#queue", Topic.QUEUE), ("#mine", Topic.MINE), ("#search a b", Topic.SEARCH)],
)
def test_a_question_has_one_answer_and_records_nothing(line: str, topic: Topic) -> None:
    decision = asked(line)
    assert (decision.state, decision.reason) == (InboxState.DONE, "question")
    assert decision.new_ticket is decision.comment is decision.change is decision.ticket_id is None
    [notice] = decision.notices
    assert (notice.event, notice.counted) == (Event.COMMAND_DONE, False)
    assert [(q.topic, q.agent) for q in notice.questions] == [(topic, "alice")]


def test_a_customers_answer_draws_on_the_allowance() -> None:
    [notice] = asked("#mine", Mailbox(email="ada@acme.example")).notices
    assert notice.counted
    assert [(q.agent, q.address) for q in notice.questions] == [("", "ada@acme.example")]


def test_the_desks_in_view_are_ones_own_and_a_managers_are_all() -> None:
    assert desks_of(POLICY, ALICE) == ("HELP",)
    assert desks_of(POLICY, BORIS) == ("HELP", "SALES")
    assert desks_of(POLICY, replace(ALICE, id="nowhere")) == ("HELP", "SALES")


@pytest.mark.parametrize(
    ("name", "words", "is_one"),
    [
        ("help", "", True),
        ("help", "close", True),
        ("help", "#close", True),
        ("help", "me", False),
        ("help", "close my account", False),
        ("mine", "", True),
        ("mine", "is broken", False),
        ("show", "", True),
        ("show", "HELP-1", True),
        ("show", "me how", False),
        ("close", "it is done", True),
    ],
)
def test_what_a_customer_means_as_a_command(name: str, words: str, is_one: bool) -> None:
    assert is_meant(Command(name=name, words=words, line="")) is is_one


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("HELP-7", "HELP-7"),
        ("[help-07]", "HELP-7"),
        ("7K3M-Q2XD-9FHA-4TRW HELP-7", "HELP-7"),
        ("7K3M-Q2XD-9FHA-4TRW", ""),
        ("the printer", ""),
    ],
)
def test_the_key_stands_alone_or_behind_a_code(words: str, key: str) -> None:
    assert key_named(words) == key


def test_only_lines_that_name_tickets_are_looked_up() -> None:
    assert keys_named("#subject HELP-1\n#show HELP-2\n#take HELP-3\n\nHello\n#show HELP-4") == (
        "HELP-2",
    )


def line(name: str = "take", *, key: str = "HELP-7", by: str = "alice@desk.example") -> str:
    made = action("", Bond(key=key, recipient=by, action=name), SECRET, NOW)
    return f"{made.line} {key}"


def decided_on(text: str, *, sender: Mailbox = FROM_ALICE, days: int = 0) -> Decision:
    """The decision about a mail whose only proof may be its codes."""
    mail = message(sender, text=text, full_text=text, subject="hello")
    known = replace(context(mail), named=(("HELP-7", TICKET.id),))
    return decide(mail, ENVELOPE, known, NOW + timedelta(days=days))


def test_a_code_of_ones_own_is_a_proof_and_leads_to_its_ticket() -> None:
    decision = decided_on(line())
    assert decision.change is not None
    assert decision.change.ticket.owner == "alice"


@pytest.mark.parametrize(
    "text",
    [
        f"{line()}\n#done",
        f"{line()}\n\nDear Ada,",
        line(by="boris@desk.example"),
        line("show").replace("#show", "#take"),
        line(key="HELP-8").replace(" HELP-8", " HELP-7"),
        "#take HELP-7",
    ],
)
def test_other_lines_are_no_proof(text: str) -> None:
    assert decided_on(text).state is InboxState.HELD


def test_an_old_code_is_answered_and_does_nothing() -> None:
    decision = decided_on(line(), days=91)
    assert decision.change is None
    assert [n.event for n in decision.notices] == [Event.COMMAND_FAILED]


MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("digest", "zone", "now", "day"),
    [
        (time(8), "", MONDAY.replace(hour=7, minute=59), None),
        (time(8), "", MONDAY.replace(hour=8), date(2026, 11, 23)),
        (time(8), "", MONDAY.replace(day=22, hour=9), None),
        (time(8), "", MONDAY.replace(day=21, hour=9), None),
        (None, "", MONDAY.replace(hour=9), None),
        (time(8), "Asia/Tokyo", MONDAY.replace(day=22, hour=23), date(2026, 11, 23)),
        (time(8), "America/New_York", MONDAY.replace(hour=12, minute=59), None),
        (time(8), "America/New_York", MONDAY.replace(hour=13), date(2026, 11, 23)),
        (time(23, 30), "Pacific/Auckland", MONDAY.replace(day=20, hour=10, minute=29), None),
    ],
)
def test_the_list_is_due_at_the_agents_hour_on_working_days(
    digest: time | None, zone: str, now: datetime, day: date | None
) -> None:
    found = morning_of(POLICY, replace(ALICE, digest=digest, timezone=zone), now)
    assert (found.day if found else None) == day

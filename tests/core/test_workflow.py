"""From one status to the next."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from maildesk.core.workflow import (
    Category,
    Status,
    StatusName,
    Transition,
    Workflow,
    answered,
    moved,
)
from tests.core.build import NOW, TICKET

FLOW = Workflow()


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Done", "Done"),
        ("done", "Done"),
        ("IN PROGRESS", "In progress"),
        ("in-progress", "In progress"),
        ("in_progress", "In progress"),
        ('"In progress"', "In progress"),
        ("In progress.", "In progress"),
        ("wait", "Waiting for the client"),
        ("on", "On hold"),
        ("a", None),
        ("dune", None),
        ("", None),
    ],
)
def test_a_status_is_known_by_its_name_or_its_beginning(words: str, name: str | None) -> None:
    found = FLOW.find(words)
    assert (found.name if found else None) == name


def test_the_nearest_status_is_offered() -> None:
    assert FLOW.nearest("in progres") == "In progress"
    assert FLOW.nearest("xyzzy") == ""


def test_an_end_has_a_moment_and_a_reopening_takes_it_away() -> None:
    ended = moved(TICKET, FLOW.ending("Done"), FLOW, NOW)
    assert (ended.status, ended.is_open, ended.resolved_at) == ("Done", False, NOW)
    later = NOW + timedelta(hours=1)
    assert moved(ended, FLOW.ending("Closed"), FLOW, later).resolved_at == NOW
    again = moved(ended, FLOW.opening(), FLOW, later)
    assert (again.status, again.is_open, again.resolved_at) == ("Open", True, None)


def test_a_waiting_ticket_goes_back_to_what_it_was_when_its_customer_writes() -> None:
    waiting = FLOW.named("Waiting for the client")
    working = replace(TICKET, status="In progress")
    ticket = moved(working, waiting, FLOW, NOW)
    assert ticket.status_before == "In progress"
    found = answered(ticket, FLOW)
    assert found is not None
    assert found.name == "In progress"


def test_a_ticket_that_waited_from_an_end_on_is_open_again() -> None:
    ended = moved(TICKET, FLOW.ending("Done"), FLOW, NOW)
    ticket = moved(ended, FLOW.named("Waiting for the client"), FLOW, NOW)
    found = answered(ticket, FLOW)
    assert found is not None
    assert found.name == "Open"


def test_what_is_on_hold_waits_for_somebody_else() -> None:
    assert answered(moved(TICKET, FLOW.named("On hold"), FLOW, NOW), FLOW) is None


def test_from_one_waiting_status_to_another_the_work_before_is_remembered() -> None:
    working = replace(TICKET, status="Analysis")
    held = moved(working, FLOW.named("On hold"), FLOW, NOW)
    ticket = moved(held, FLOW.named("Waiting for the client"), FLOW, NOW)
    assert ticket.status_before == "Analysis"


def test_without_rows_everything_may_follow() -> None:
    assert all(FLOW.allows(TICKET, status, ("agent",)) for status in FLOW.statuses)


def test_a_row_limits_what_follows_for_its_types_and_people() -> None:
    rows = (
        Transition(source="Open", targets=("Analysis",), types=("bug",)),
        Transition(source="Open", targets=("Closed",), types=("bug",), by=("manager",)),
    )
    flow, bug = Workflow(transitions=rows), replace(TICKET, type="bug")
    closed, analysis, done = (flow.named(n) for n in ("Closed", "Analysis", "Done"))
    assert flow.allows(bug, analysis, ("agent",))
    assert not flow.allows(bug, done, ("agent", "manager"))
    assert not flow.allows(bug, closed, ("agent",))
    assert flow.allows(bug, closed, ("agent", "manager"))
    assert flow.allows(TICKET, done, ("agent",))


def test_a_status_that_nobody_knows_any_more_is_what_the_ticket_shows() -> None:
    assert FLOW.named("Of old").category is Category.ACTIVE
    assert FLOW.named("Of old", is_open=False).category is Category.DONE


def test_a_desk_without_the_usual_names_still_begins_and_ends() -> None:
    own = Workflow(
        statuses=(
            Status(name="Neu", category=Category.NEW),
            Status(name="Fertig", category=Category.DONE),
        )
    )
    assert (own.opening().name, own.ending("Done").name) == ("Neu", "Fertig")


GERMAN = Workflow(
    names=(
        StatusName(language="de", status="On hold", name="Wartet auf Dritte"),
        StatusName(language="de", status="Waiting for the client", name="Wartet auf Kunden"),
        StatusName(language="de", status="Closed", name="Open"),
        StatusName(language="sv", status="Done", name="Klart"),
    )
)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("wartet auf dritte", "On hold"),
        ("wartet auf k", "Waiting for the client"),
        ("wartet", None),
        ("klart", "Done"),
        ("kla", None),
        ("open", "Open"),
    ],
)
def test_a_status_is_known_by_its_name_in_the_agents_language(words: str, name: str | None) -> None:
    found = GERMAN.find(words, "de")
    assert (found.name if found else None) == name


def test_the_nearest_status_has_its_name_in_the_agents_language() -> None:
    assert GERMAN.nearest("wartet auf kunde", "de") == "Wartet auf Kunden"
    assert GERMAN.nearest("don", "de") == "Done"


def test_a_hidden_status_never_looks_as_if_the_customer_were_waited_for() -> None:
    vendor = Status(name="Vendor", category=Category.WAITING, is_customer_visible=False)
    delivered = Workflow(statuses=(*FLOW.statuses, vendor))
    assert delivered.shown("Vendor") == "On hold"
    kept = (s for s in delivered.statuses if s.name != "On hold")
    assert Workflow(statuses=tuple(kept)).shown("Vendor") == "Analysis"

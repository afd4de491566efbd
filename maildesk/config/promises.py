"""The tables about time and states: calendars, SLA, the priority matrix, the workflow.

In: TOML tables. Out: frozen models. `Calendar.hours` holds seven days, Monday first.
*Fails:* pydantic.ValidationError. What spans several tables is judged by `maildesk.config.checks`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, PlainValidator, ValidatorFunctionWrapHandler, WrapValidator

from maildesk.config.base import Model, left_out
from maildesk.config.values import (
    Address,
    Flag,
    Goal,
    MisplacedError,
    Name,
    Threshold,
    Zone,
)
from maildesk.config.values import day_span as read_span
from maildesk.core import workflow
from maildesk.core.worktime import DaySpan, Week

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALWAYS = "always"  # the calendar that is built in

Priority = Literal["P1", "P2", "P3", "P4"]
TicketType = Literal["incident", "bug", "request", "change", "problem", "question"]
Metric = Literal["first_response", "update", "resolution"]


def week(value: Any) -> Week:
    """`{ mon-fri = ["09:00-13:00"], sun = [] }` as seven days of spans; a range may pass Sunday."""
    if isinstance(value, tuple):
        return value
    if not isinstance(value, dict):
        words = 'must be a table of days, such as { mon-fri = ["09:00-17:00"] }'
        raise ValueError(words)
    days: dict[str, tuple[DaySpan, ...]] = {}
    for key, spans in value.items():
        for day in _days_of(key):
            if day in days:
                raise MisplacedError(key, f"gives the hours of {day} a second time")
            days[day] = _spans(key, spans)
    return tuple(days.get(day, ()) for day in DAYS)


def _days_of(key: str) -> list[str]:
    first, _, last = key.partition("-")
    if first not in DAYS or (last or first) not in DAYS or key.endswith("-"):
        words = "must be a day (mon, tue, wed, thu, fri, sat, sun) or a range such as mon-fri"
        raise MisplacedError(key, words)
    start = DAYS.index(first)
    length = (DAYS.index(last or first) - start) % 7 + 1
    return [DAYS[(start + offset) % 7] for offset in range(length)]


def _spans(key: str, spans: Any) -> tuple[DaySpan, ...]:
    if not isinstance(spans, list):
        raise MisplacedError(key, 'must be a list of hours, such as ["09:00-13:00", "14:00-18:00"]')
    try:
        found = sorted(read_span(span) for span in spans)
    except ValueError as error:
        raise MisplacedError(key, str(error)) from None
    if any(one.end > two.start for one, two in pairwise(found)):
        raise MisplacedError(key, "has hours that overlap")
    return tuple(found)


class Calendar(Model):
    """Working hours of a week and the days that are free."""

    timezone: Zone
    hours: Annotated[Week, PlainValidator(week)]
    holidays: Annotated[str, Field(pattern=r"^(?:[A-Z]{2}(?:-[^\x00-\x1f\x7f]{1,40})?)?$")] = ""
    holiday_dates: tuple[date, ...] = ()


class SlaGoal(Model):
    """What is promised to the tickets that it fits; without priority and type it fits all."""

    priority: Priority | None = None
    type: TicketType | None = None
    first_response: Goal | None = None
    update: Goal | None = None
    resolution: Goal | None = None


class Sla(Model):
    """Goals in a calendar, and whom to tell; the first goal that fits counts."""

    calendar: Name
    warn_at: tuple[Threshold, ...] = (0.5, timedelta(minutes=30))
    escalate_to: tuple[Address, ...] = ()
    goals: tuple[SlaGoal, ...] = ()


def three_priorities(value: Any) -> tuple[str, str, str]:
    """The priorities for high, medium and low impact."""
    if not isinstance(value, list | tuple) or len(value) != 3 or not _are_priorities(value):
        words = 'must be three priorities, for high, medium and low impact: ["P1", "P2", "P3"]'
        raise ValueError(words)
    return (value[0], value[1], value[2])


def _are_priorities(values: list[Any] | tuple[Any, ...]) -> bool:
    return all(isinstance(value, str) and value in get_args(Priority) for value in values)


MatrixRow = Annotated[tuple[str, str, str], PlainValidator(three_priorities)]


class PriorityMatrix(Model):
    """Priority from urgency (the row) and impact (high, medium, low)."""

    high: MatrixRow = ("P1", "P2", "P3")
    medium: MatrixRow = ("P2", "P2", "P3")
    low: MatrixRow = ("P3", "P3", "P4")


def _usual_pauses(given: Mapping[str, Any]) -> tuple[Metric, ...]:
    return ("update", "resolution") if given.get("category") == "waiting" else ()


class Status(Model):
    """One status; `pauses` names the clocks that stand still in it."""

    name: Name
    category: Literal["new", "active", "waiting", "done"]
    pauses: tuple[Metric, ...] = Field(default_factory=_usual_pauses)
    customer_visible: Flag = True


# By name, with their categories. No `Status` yet: to make one would build its schema twice.
DELIVERED = {s.name: s.category.value for s in workflow.DELIVERED}


def _over_delivered(value: Any, judge: ValidatorFunctionWrapHandler) -> tuple[Status, ...]:
    """The delivered statuses, each replaced by one of its name, and after them the new ones."""
    delivered = [{"name": name, "category": category} for name, category in DELIVERED.items()]
    statuses = (*judge(delivered), *judge(value))
    return tuple({status.name.lower(): status for status in statuses}.values())


Follows = Annotated[tuple[Name, ...], Field(min_length=1)]


class Transition(Model):
    """What may follow the status `after`, for tickets of these types, by these people."""

    after: Name
    may_follow: Follows
    types: tuple[TicketType, ...] = ()
    by: tuple[Literal["agent", "manager", "customer"], ...] = ()


class Workflow(Model):
    """The statuses: those delivered, each changed by one of its name; further ones follow them.

    A status without a row of its own among the transitions may be followed by every other.
    """

    statuses: Annotated[tuple[Status, ...], WrapValidator(_over_delivered)] = left_out([])
    transitions: tuple[Transition, ...] = ()

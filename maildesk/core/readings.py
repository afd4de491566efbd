"""How a clock stands at a moment: due when, how long still, in which of six bands.

    the clock                            state     due                 remaining
    goes on, its moment is to come       running   then                working time until then
    stands still before its moment       paused    as if it went on    the same, all the while
    has had its moment, also if paused   breached  then                below zero: since then
    stopped at its moment or before      met       none                none
    stopped later                        breached  then                below zero: until it stopped

Each pause moves the moment by the working time that it takes. A named day is moved by the pauses
since it was named; those before were known then.

In: a clock with its target, a moment. Out: a `Reading`; None where nothing is promised.
*Fails:* never; the configuration lets no calendar in that never works.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from maildesk.core.clocks import Clock
from maildesk.core.goals import Target
from maildesk.core.worktime import add_working, day_end, working_between

_HOUR = timedelta(hours=1)


class State(StrEnum):
    """How a clock stands, as listings have it."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    BREACHED = "breached"


class Band(StrEnum):
    """How a clock stands, as people see it: words that mean the same in every place."""

    LONG = "more than 1 h"
    HOUR = "less than 1 h"
    HALF_HOUR = "less than 30 min"
    BREACHED = "breached"
    MET = "met"
    PAUSED = "paused"

    @property
    def colour(self) -> str:
        """What it is shown in."""
        return _COLOURS[self]


_COLOURS = {
    Band.LONG: "green",
    Band.HOUR: "yellow",
    Band.HALF_HOUR: "orange",
    Band.BREACHED: "red",
    Band.MET: "green",
    Band.PAUSED: "grey",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a clock stands; `remaining` is working time."""

    state: State
    due_at: datetime | None = None
    remaining: timedelta | None = None

    @property
    def band(self) -> Band:
        """The words and the colour of it."""
        if self.state is not State.RUNNING or self.remaining is None:
            return Band(self.state)
        if self.remaining < _HOUR / 2:
            return Band.HALF_HOUR
        return Band.HOUR if self.remaining < _HOUR else Band.LONG


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When a clock gets somewhere; held, it is as if the clock went on now."""

    at: datetime
    is_held: bool = False


def read(clock: Clock, now: datetime) -> Reading | None:
    """How the clock stands."""
    target = clock.target
    if target is None:
        return None
    due = deadline(clock, target, now)
    if clock.stopped_at and clock.stopped_at <= due.at:
        return Reading(state=State.MET)
    left = working_between(target.calendar, clock.stopped_at or now, due.at)
    if clock.stopped_at or (due.at <= now and not due.is_held):
        state = State.BREACHED
    else:
        state = State.PAUSED if due.is_held else State.RUNNING
    return Reading(state=state, due_at=due.at, remaining=left)


def nearest(clocks: Iterable[Clock], now: datetime) -> Reading | None:
    """What a list of tickets goes by: the least time left on a clock that has not stopped.

    One that stands still comes after all that do not.
    """
    shown = (read(clock, now) for clock in clocks if not clock.stopped_at)
    return min((reading for reading in shown if reading), key=_haste, default=None)


def _haste(reading: Reading) -> tuple[bool, timedelta]:
    return reading.state is State.PAUSED, reading.remaining or timedelta(0)


def deadline(clock: Clock, target: Target, now: datetime) -> Moment:
    """When the time of the clock is up."""
    return _pushed(clock, target, _end(clock, target), now)


def point(clock: Clock, target: Target, gone: timedelta) -> datetime:
    """When so much of the time has gone, for a clock whose deadline no pause holds back."""
    start = add_working(target.calendar, _origin(clock, target), gone)
    return _pushed(clock, target, start, clock.started_at).at


def whole(clock: Clock, target: Target) -> timedelta:
    """All the working time that was promised."""
    if not target.due:
        return target.length
    return working_between(target.calendar, target.due.named_at, _end(clock, target))


def _origin(clock: Clock, target: Target) -> datetime:
    """From when the time counts; what stood still before does not matter."""
    return target.due.named_at if target.due else clock.started_at


def _end(clock: Clock, target: Target) -> datetime:
    if target.due:
        return day_end(target.calendar, target.due.day)
    return add_working(target.calendar, clock.started_at, target.length)


def _pushed(clock: Clock, target: Target, at: datetime, now: datetime) -> Moment:
    """The moment, moved by each pause that began before it."""
    origin, calendar = _origin(clock, target), target.calendar
    for pause in clock.pauses:
        since = max(pause.since, origin)
        if at <= since:
            break
        until = max(pause.until or now, since)
        at = add_working(calendar, at, working_between(calendar, since, until))
        if pause.until is None:
            return Moment(at=at, is_held=True)
    return Moment(at=at)

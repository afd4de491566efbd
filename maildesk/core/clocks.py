"""The clocks of a ticket: when each started, stood still and stopped, and what it is held against.

    what happens                 first response        update                 resolution
    the ticket is opened         starts                starts                 starts
    a person's public answer     stops for good        starts anew            goes on
    an agent takes charge        stops, where it       goes on                goes on
                                 is configured so
    a status that pauses it      stands still          stands still           stands still
    the ticket is done           stops                 stops                  stops
    it is open again             goes on, unless       goes on                goes on
                                 answered before

What lies between done and open again is a pause. A new promise (another priority, type,
organisation, day, calendar) counts from the start of each clock that runs, with the pauses that it
had; what has stopped keeps the promise that it was met or broken under, until it goes on.

A metric without a promise has its clock all the same, so that a promise that comes later counts
from the start. `core.readings` says how a clock stands, `core.alarms` when it rings.

In: clocks, and what happens, in its order. Out: the clocks after it.
*Fails:* never.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import reduce

from maildesk.core.goals import Metric, Promise, Target
from maildesk.core.workflow import Category, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A stretch in which a clock stands still; without an end it still does."""

    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One clock; those of updates are counted, for each answer starts the next.

    The pauses are in order and apart. A clock that is answered has stopped for good.
    """

    metric: Metric
    started_at: datetime
    cycle: int = 1
    pauses: tuple[Pause, ...] = ()
    stopped_at: datetime | None = None
    is_answered: bool = False
    target: Target | None = None

    @property
    def is_paused(self) -> bool:
        """Whether it stands still now."""
        return bool(self.pauses) and self.pauses[-1].until is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A ticket is there."""

    at: datetime
    status: Status
    promise: Promise = field(default_factory=Promise)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A person of the staff has written for the customer to read."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """An agent has taken charge, on a desk where that is a first response."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """The ticket is in another status."""

    at: datetime
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    """Something else is promised from now on, or in another calendar."""

    promise: Promise


Happening = Opened | Answered | Taken | Moved | Promised


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """The clock of each metric, those of updates that have ended, and what is promised now."""

    current: tuple[Clock, ...] = ()
    ended: tuple[Clock, ...] = ()
    promise: Promise = field(default_factory=Promise)

    def of(self, metric: Metric) -> Clock:
        """The current clock of a metric."""
        return next(clock for clock in self.current if clock.metric is metric)


def wound(happenings: Iterable[Happening]) -> Clocks:
    """The clocks of a ticket to which all of this has happened, from its opening on."""
    return reduce(after, happenings, Clocks())


def after(clocks: Clocks, happening: Happening) -> Clocks:
    """The clocks after one more thing has happened."""
    match happening:
        case Opened():
            return _opened(happening)
        case Answered():
            return _answered(clocks, happening.at)
        case Taken():
            return _each(clocks, lambda clock: _responded(clock, happening.at))
        case Moved():
            return _each(clocks, lambda clock: _moved(clock, happening, clocks.promise))
        case Promised():
            clocks = replace(clocks, promise=happening.promise)
            return _each(clocks, lambda clock: _held_against(clock, happening.promise))


def _each(clocks: Clocks, change: Callable[[Clock], Clock]) -> Clocks:
    return replace(clocks, current=tuple(change(clock) for clock in clocks.current))


def _opened(opened: Opened) -> Clocks:
    new = tuple(
        Clock(metric=metric, started_at=opened.at, target=opened.promise.target(metric))
        for metric in Metric
    )
    clocks = Clocks(current=new, promise=opened.promise)
    return after(clocks, Moved(at=opened.at, status=opened.status))


def _answered(clocks: Clocks, at: datetime) -> Clocks:
    """Each answer ends the update that was owed, and starts the next, as the ticket stands.

    One that was held back, and is older than the last, starts none.
    """
    last = clocks.of(Metric.UPDATE)
    if at < last.started_at:
        return _each(clocks, lambda clock: _responded(clock, at))
    following = Clock(
        metric=Metric.UPDATE,
        started_at=at,
        cycle=last.cycle + 1,
        pauses=(Pause(since=at),) if last.is_paused else (),
        stopped_at=at if last.stopped_at else None,
        target=clocks.promise.target(Metric.UPDATE),
    )
    first, resolution = clocks.of(Metric.FIRST_RESPONSE), clocks.of(Metric.RESOLUTION)
    return replace(
        clocks,
        current=(_responded(first, at), following, resolution),
        ended=(*clocks.ended, _stopped(last, at)),
    )


def _responded(clock: Clock, at: datetime) -> Clock:
    if clock.metric is not Metric.FIRST_RESPONSE:
        return clock
    return replace(_stopped(clock, at), is_answered=True)


def _moved(clock: Clock, moved: Moved, promise: Promise) -> Clock:
    if clock.is_answered:
        return clock
    if moved.status.category is Category.DONE:
        return _stopped(clock, moved.at)
    if clock.stopped_at:
        clock = _going_on(clock, moved.at, promise)
    is_to_pause = clock.metric in moved.status.pauses
    if is_to_pause == clock.is_paused:
        return clock
    if is_to_pause:
        return replace(clock, pauses=(*clock.pauses, Pause(since=moved.at)))
    return replace(clock, pauses=_ended(clock.pauses, moved.at))


def _stopped(clock: Clock, at: datetime) -> Clock:
    """The clock, stopped; one that had stopped before keeps its moment."""
    if clock.stopped_at:
        return clock
    pauses = _ended(clock.pauses, at) if clock.is_paused else clock.pauses
    return replace(clock, stopped_at=at, pauses=pauses)


def _going_on(clock: Clock, at: datetime, promise: Promise) -> Clock:
    """The clock of a ticket that is open again: the time in between is a pause."""
    assert clock.stopped_at is not None
    pauses = _ended((*clock.pauses, Pause(since=clock.stopped_at)), at)
    target = promise.target(clock.metric)
    return replace(clock, stopped_at=None, pauses=pauses, target=target)


def _held_against(clock: Clock, promise: Promise) -> Clock:
    return clock if clock.stopped_at else replace(clock, target=promise.target(clock.metric))


def _ended(pauses: tuple[Pause, ...], at: datetime) -> tuple[Pause, ...]:
    """The pauses, the last of which ends now; none that has no length."""
    last = pauses[-1]
    return (*pauses[:-1], replace(last, until=at)) if last.since < at else pauses[:-1]

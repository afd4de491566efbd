"""When a clock rings: at shares of its time, at times left, and when the time is up.

    it goes on                       each warning once, at its moment; the breach at the deadline
    it stands still                  not at all, unless its deadline had come before
    it stopped in time               not at all
    it stopped late                  the breach, if that has not rung
    several passed since the last    the newest rings, the others never will
    a warning as long as the goal    never: it would ring when the ticket is opened

Moments are working time, so nothing rings where nobody works. An alarm has a name, under which the
store keeps that it has rung: a warning once for each clock and threshold; a breach once for each
promise that was broken, so that a new one, broken as well, is told of, too.

In: a clock, the thresholds, the names that have rung, a moment. Out: what rings, and when next.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from maildesk.core.clocks import Clock
from maildesk.core.goals import Target, Threshold
from maildesk.core.readings import deadline, point, whole

_NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something to be told once: that a threshold has passed, or, without one, that time is up."""

    name: str
    at: datetime
    threshold: Threshold | None = None

    @property
    def is_breach(self) -> bool:
        """Whether the time is up."""
        return self.threshold is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ringing:
    """What rings now; the names that have had their time with it; when to look again after that."""

    alarm: Alarm | None = None
    passed: tuple[str, ...] = ()
    next_at: datetime | None = None


def ringing(
    clock: Clock, warn_at: tuple[Threshold, ...], rung: frozenset[str], now: datetime
) -> Ringing:
    """The newest alarm that has come, if it has not rung."""
    known = alarms(clock, warn_at, now)
    come = [alarm for alarm in known if alarm.at <= now]
    passed = tuple(alarm.name for alarm in come if alarm.name not in rung)
    newest = come[-1] if come else None
    return Ringing(
        alarm=newest if newest and newest.name in passed else None,
        passed=passed,
        next_at=next((a.at for a in known if a.at > now and a.name not in rung), None),
    )


def next_alarm(
    clock: Clock, warn_at: tuple[Threshold, ...], rung: frozenset[str], now: datetime
) -> datetime | None:
    """When to look at the clock, before any has rung of those that have come by now."""
    return next((a.at for a in alarms(clock, warn_at, now) if a.name not in rung), None)


def alarms(clock: Clock, warn_at: tuple[Threshold, ...], now: datetime) -> tuple[Alarm, ...]:
    """All alarms of a clock in their order, the breach last; none while a pause holds it back."""
    target = clock.target
    if target is None:
        return ()
    due = deadline(clock, target, now)
    if due.is_held or (clock.stopped_at and clock.stopped_at <= due.at):
        return ()
    length = whole(clock, target)
    warnings = (_warning(clock, target, length, threshold) for threshold in warn_at)
    earlier = sorted((w for w in warnings if w), key=lambda w: w.at)
    return (*earlier, Alarm(name=_broken(target), at=due.at))


def _warning(clock: Clock, target: Target, length: timedelta, threshold: Threshold) -> Alarm | None:
    gone = length * threshold if isinstance(threshold, float) else length - threshold
    if gone <= _NOTHING:
        return None
    return Alarm(name=shown(threshold), at=point(clock, target, gone), threshold=threshold)


def _broken(target: Target) -> str:
    return f"breach of {target.due.day if target.due else shown(target.length)}"


def shown(threshold: Threshold) -> str:
    """A threshold as the configuration has it: `50%`, `30m`, `1h30m`."""
    if isinstance(threshold, float):
        return f"{threshold * 100:g}%"
    minutes, seconds = divmod(round(threshold.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "m"), (seconds, "s"))
    return "".join(f"{count}{unit}" for count, unit in parts if count)

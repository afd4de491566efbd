"""What is promised to a ticket: an SLA's goals, the one of them that counts, the targets it sets.

    the SLA     its organisation's, else its desk's
    the goal    the first of the SLA's that fits priority and type; of what it leaves out nothing is
                promised
    a length    hours of work in the SLA's calendar; `1d` is as many as the longest day of its week
    a day       that `#due` or an approved estimate names: until its work ends, in place of the goal
                of the resolution

In: the SLAs of the configuration, what a ticket is. Out: its promise, a target for each metric.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from maildesk.core.worktime import Calendar, WorkSpan

Threshold = float | timedelta  # a share of the time gone, or the time left


class Metric(StrEnum):
    """What is measured."""

    FIRST_RESPONSE = "first_response"
    UPDATE = "update"
    RESOLUTION = "resolution"


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What is promised to the tickets that it fits; without priority and type it fits all."""

    priority: str = ""
    type: str = ""
    first_response: WorkSpan | None = None
    update: WorkSpan | None = None
    resolution: WorkSpan | None = None

    def fits(self, priority: str, kind: str) -> bool:
        """Whether it is meant for tickets of this priority and type."""
        return self.priority in ("", priority) and self.type in ("", kind)

    def span(self, metric: Metric) -> WorkSpan | None:
        """What it promises of one thing."""
        spans = {
            Metric.FIRST_RESPONSE: self.first_response,
            Metric.UPDATE: self.update,
            Metric.RESOLUTION: self.resolution,
        }
        return spans[metric]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sla:
    """Goals in a calendar, and whom to tell when."""

    name: str
    calendar: Calendar
    goals: tuple[Goal, ...] = ()
    warn_at: tuple[Threshold, ...] = ()
    escalate_to: tuple[str, ...] = ()

    def goal(self, priority: str, kind: str) -> Goal | None:
        """The first goal that fits."""
        return next((goal for goal in self.goals if goal.fits(priority, kind)), None)


def chosen(slas: tuple[Sla, ...], organisation: str | None, desk: str | None) -> Sla | None:
    """The SLA that counts for a ticket, by the names that its organisation and its desk give."""
    name = organisation or desk
    return next((sla for sla in slas if sla.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A day by which a ticket is to be settled, and since when that has been said."""

    day: date
    named_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What one clock is held against: so much working time, or the end of a day."""

    calendar: Calendar
    length: timedelta = timedelta(0)
    due: Due | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """The targets of a ticket; what has none is not promised."""

    targets: tuple[tuple[Metric, Target], ...] = ()

    def target(self, metric: Metric) -> Target | None:
        """What the clock of a metric is held against."""
        return dict(self.targets).get(metric)


def promised(
    sla: Sla | None, priority: str, kind: str, due: Due | None, otherwise: Calendar
) -> Promise:
    """What a ticket of this priority and type is promised.

    Without an SLA a named day still counts: until it ends in the calendar `otherwise`.
    """
    calendar = sla.calendar if sla else otherwise
    goal = sla.goal(priority, kind) if sla else None
    spans = {metric: goal.span(metric) for metric in Metric} if goal else {}
    targets = {
        metric: Target(calendar=calendar, length=span.length(calendar))
        for metric, span in spans.items()
        if span
    }
    if due:
        targets[Metric.RESOLUTION] = Target(calendar=calendar, due=due)
    return Promise(targets=tuple(targets.items()))

"""Promises as the core knows them: the tables under [sla], each in its calendar.

In: settings. Out: `core.goals.Sla`, in the order of the file.
*Fails:* never.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from maildesk.config.calendars import calendars_of
from maildesk.core.goals import Goal, Sla

if TYPE_CHECKING:
    from maildesk.config.promises import SlaGoal
    from maildesk.config.settings import Settings


def slas_of(settings: Settings) -> tuple[Sla, ...]:
    """The promises of the configuration."""
    calendars = calendars_of(settings)
    return tuple(
        Sla(
            name=name,
            calendar=calendars[sla.calendar],
            goals=tuple(_goal(goal) for goal in sla.goals),
            warn_at=sla.warn_at,
            escalate_to=sla.escalate_to,
        )
        for name, sla in settings.sla.items()
    )


def _goal(goal: SlaGoal) -> Goal:
    return Goal(
        priority=goal.priority or "",
        type=goal.type or "",
        first_response=goal.first_response,
        update=goal.update,
        resolution=goal.resolution,
    )

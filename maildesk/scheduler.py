"""The alarm clock: says "look what is due", once a second, and knows nothing else.

In: bells to ring. Out: nothing. What is due is a question to the database, so a missed or doubled
ring does no harm; APScheduler's own memory of runs is never relied on.
*Fails:* never; a bell that raises is logged by the scheduler and rung again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from apscheduler.schedulers.background import BackgroundScheduler

_SECONDS = 1.0


class AlarmClock(Protocol):
    """What is used of APScheduler's clock."""

    def add_job(self, func: Callable[[], None], trigger: str, **options: object) -> object:
        """Ring `func` by a trigger."""

    def start(self) -> None:
        """Begin to ring."""

    def shutdown(self, wait: bool = True) -> None:
        """Ring no more."""


def start(*bells: Callable[[], None]) -> AlarmClock:
    """Ring every bell each second, from now on."""
    clock: AlarmClock = BackgroundScheduler(timezone="UTC")

    def ring() -> None:
        for bell in bells:
            bell()

    # A late ring is as good as any, and one is enough: no grace time, no piling up.
    clock.add_job(
        ring,
        "interval",
        seconds=_SECONDS,
        id="ring",
        misfire_grace_time=None,
        coalesce=True,
        max_instances=1,
    )
    clock.start()
    return clock

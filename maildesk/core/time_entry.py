"""Time that an agent has worked on a ticket.

In: `#time 1h30m words`. Out: an entry; one below zero takes back what was entered by mistake.
*Fails:* never.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeEntry:
    """Minutes of work; `agent` is an id."""

    agent: str
    minutes: int
    words: str
    at: datetime


def spent(entries: Iterable[TimeEntry]) -> int:
    """The minutes of all entries."""
    return sum(entry.minutes for entry in entries)

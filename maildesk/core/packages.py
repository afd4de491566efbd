"""Paid hours of an organisation: which packages count today, and what is left in them.

In: the packages of the configuration, a moment. Out: those of that day, the time that they span,
and what is left. Both days of a package count, in the organisation's time zone.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """So many minutes of work from one day through another."""

    name: str
    starts: date
    ends: date
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What an organisation's packages still have; `package` is "" where none counts today."""

    package: str
    left: int = 0


def current(packages: tuple[Package, ...], now: datetime, timezone: str) -> tuple[Package, ...]:
    """The packages of the day, the oldest first: it is used first."""
    today = now.astimezone(ZoneInfo(timezone)).date()
    found = (p for p in packages if p.starts <= today <= p.ends)
    return tuple(sorted(found, key=lambda package: (package.starts, package.ends)))


def span(packages: tuple[Package, ...], timezone: str) -> tuple[datetime, datetime]:
    """From the beginning of the first to the end of the last, the end not included."""
    zone = ZoneInfo(timezone)
    starts = min(package.starts for package in packages)
    after = max(package.ends for package in packages) + timedelta(days=1)
    begin, end = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (starts, after))
    return begin, end


def standing(packages: tuple[Package, ...], spent: int, reserved: int) -> Standing:
    """What is left in packages of one day, once what is spent and reserved is taken off."""
    whole = sum(package.minutes for package in packages)
    return Standing(package=packages[0].name, left=whole - spent - reserved)

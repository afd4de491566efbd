"""Paid hours of an organisation: what of its packages is spent, reserved and left.

In: the packages of the configuration, the work by day, what approved estimates reserve. Out: an
account for each package. Both days of a package count. Where packages overlap the oldest is used
first; what is more than all of them hold is owed to the newest.
*Fails:* never.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """So many minutes of work from one day through another."""

    name: str
    starts: date
    ends: date
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A package and the minutes that are taken from it; below zero is what is owed."""

    package: Package
    spent: int = 0
    reserved: int = 0

    @property
    def left(self) -> int:
        """What may still be worked."""
        return self.package.minutes - self.spent - self.reserved

    def counts_on(self, day: date) -> bool:
        """Whether work of that day is taken from it."""
        return self.package.starts <= day <= self.package.ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What an organisation has left today; `package` is "" where none counts."""

    package: str
    left: int = 0


def accounts(
    packages: tuple[Package, ...], work: Iterable[tuple[date, int]], reserved: int, today: date
) -> tuple[Account, ...]:
    """The account of each package, the oldest first; `work` comes in the order of its days."""
    found = [Account(package=p) for p in sorted(packages, key=lambda p: (p.starts, p.ends))]
    for day, minutes in work:
        for at, part in _parts(found, day, minutes):
            found[at] = replace(found[at], spent=found[at].spent + part)
    for at, part in _parts(found, today, reserved):
        found[at] = replace(found[at], reserved=found[at].reserved + part)
    return tuple(found)


def standing(found: tuple[Account, ...], today: date) -> Standing:
    """What is left in the packages of the day, under the name of the one that is used next."""
    current = [account for account in found if account.counts_on(today)]
    if not current:
        return Standing(package="")
    used = next((account for account in current if account.left > 0), current[-1])
    return Standing(package=used.package.name, left=sum(account.left for account in current))


def _parts(found: list[Account], day: date, minutes: int) -> list[tuple[int, int]]:
    """Which accounts the minutes of a day are taken from, or given back to."""
    current = [at for at, account in enumerate(found) if account.counts_on(day)]
    parts: list[tuple[int, int]] = []
    for at in current if minutes > 0 else reversed(current):
        room = max(0, found[at].left) if minutes > 0 else found[at].spent
        part = min(minutes, room) if minutes > 0 else -min(-minutes, room)
        parts.append((at, part))
        minutes -= part
    if current and minutes:
        parts.append((current[-1], minutes))
    return [(at, part) for at, part in parts if part]

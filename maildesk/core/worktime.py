"""Working time: when a desk works, how long from one moment to another, and when so much has gone.

    calendar     a zone, the hours of each day of the week, the days that are free
    hours        several spans a day, in minutes after midnight; 1440 is the midnight at its end
    a bound      on a day when the clocks change: the first moment that shows it, or more than it
    a promise    that ends with a span is due at the span's end, not at the start of the next
    a day's work what the longest day of the week holds by the clock on the wall

A bound in the hour that is left out is thus the moment of the change, one in the hour that comes
twice is its first; a day that a zone leaves out holds no work, and no moment belongs to two days.
Each year of a calendar is summed up once and kept, so that years cost no more than days.

In: aware datetimes, timedeltas. Out: aware UTC, exact to the microsecond.
*Fails:* NoWorkingTime, where a hundred years hold too little of it; `is_workable` asks beforehand.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from itertools import pairwise

from maildesk.core.moments import day_of, instant, moment, reached
from maildesk.errors import NoWorkingTime

_DAY = 24 * 60
_MINUTE = 60_000_000  # microseconds
_LONGEST_REST = 365  # days
_LONGEST_WAIT = 100  # years


@dataclass(frozen=True, slots=True, order=True)
class DaySpan:
    """A stretch of one day in minutes after midnight, the end not included (1440: midnight)."""

    start: int
    end: int


Week = tuple[tuple[DaySpan, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """When there is work: seven days of spans, Monday first, in order and apart; free days."""

    zone: tzinfo
    week: Week
    free: frozenset[date] = frozenset()

    def __hash__(self) -> int:
        # Years are kept by calendar, and these two know their hashes.
        return hash((self.zone, self.free))


ALWAYS = Calendar(zone=UTC, week=((DaySpan(0, _DAY),),) * 7)


@dataclass(frozen=True, slots=True)
class WorkSpan:
    """So many working days of a calendar and, on top, so much working time."""

    days: float
    time: timedelta

    def length(self, calendar: Calendar) -> timedelta:
        """The working time that it is in this calendar."""
        return self.days * working_day(calendar) + self.time


@dataclass(frozen=True, slots=True, kw_only=True)
class _Year:
    """The work, in microseconds, that lies before each of its days, and at last in all of it.

    An even day has 24 hours in which the clocks do not change.
    """

    first: int  # the ordinal of its first day
    before: tuple[int, ...]
    even: tuple[bool, ...]

    @property
    def whole(self) -> int:
        return self.before[-1]


def add_working(calendar: Calendar, start: datetime, length: timedelta) -> datetime:
    """The first moment at which so much working time has gone since `start`.

    Without length it is `start` itself, inside or outside the hours.
    """
    if length < timedelta(0):
        message = "working time goes forward"
        raise ValueError(message)
    if not length:
        return start.astimezone(UTC)
    begun, left = _place(calendar, instant(start))
    left += length // timedelta(microseconds=1)
    for number in range(begun, min(begun + _LONGEST_WAIT, MAXYEAR)):
        year = _year(calendar, number)
        if left <= year.whole:
            return moment(_within(calendar, year, left))
        left -= year.whole
    message = f"the calendar has less than {length} of working time in {_LONGEST_WAIT} years"
    raise NoWorkingTime(message)


def working_between(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """The working time from one moment to another; below zero where the end comes first."""
    one, two = instant(start), instant(end)
    if two < one:
        return -working_between(calendar, end, start)
    first, before = _place(calendar, one)
    last, until = _place(calendar, two)
    years = sum(_year(calendar, number).whole for number in range(first, last))
    return timedelta(microseconds=years + until - before)


def working_day(calendar: Calendar) -> timedelta:
    """How long `1d` is: as many hours as the longest day of the week has."""
    return timedelta(minutes=max(_minutes(spans) for spans in calendar.week))


def day_end(calendar: Calendar, day: date) -> datetime:
    """When the work of a day ends; on a free day, the midnight at its end."""
    ends = [end for _, end in _stretches(calendar, day.toordinal(), is_even=False)]
    return moment(ends[-1] if ends else reached(calendar.zone, day.toordinal(), _DAY))


def is_workable(calendar: Calendar) -> bool:
    """Whether no year, whichever day it starts on, is without work."""
    worked = [number for number, spans in enumerate(calendar.week) if spans]
    taken = Counter(day.year for day in calendar.free if day.weekday() in worked)
    # So many days a year must be free before a look at each of them is worth it.
    needed = (_LONGEST_REST // 7) * len(worked)
    if worked and all(taken[year] + taken[year + 1] < needed for year in {*taken}):
        return True
    return bool(worked) and max(_rests(calendar, worked)) <= _LONGEST_REST


def _rests(calendar: Calendar, worked: list[int]) -> Iterator[int]:
    """How many days lie between a day of work and the next, as far as any are free."""
    first = min(calendar.free).toordinal() - 7
    last = max(calendar.free).toordinal() + 7
    days = (
        number
        for number in range(first, last + 1)
        if (number - 1) % 7 in worked and date.fromordinal(number) not in calendar.free
    )
    return (two - one for one, two in pairwise(days))


def _place(calendar: Calendar, at: int) -> tuple[int, int]:
    """The year that a moment lies in, and the work of that year before it."""
    day = day_of(calendar.zone, at)
    number = date.fromordinal(day).year
    year = _year(calendar, number)
    stretches = _stretches(calendar, day, is_even=year.even[day - year.first])
    today = sum(min(at, end) - start for start, end in stretches if start < at)
    return number, year.before[day - year.first] + today


def _within(calendar: Calendar, year: _Year, left: int) -> int:
    """The first moment of the year before which so much of its work lies."""
    day = bisect_left(year.before, left) - 1
    left -= year.before[day]
    for start, end in _stretches(calendar, year.first + day, is_even=year.even[day]):
        if left <= end - start:
            return start + left
        left -= end - start
    raise AssertionError  # A day's work is the sum of its stretches.


@lru_cache(maxsize=1024)
def _year(calendar: Calendar, number: int) -> _Year:
    first = date(number, 1, 1).toordinal()
    usual = tuple(_minutes(spans) * _MINUTE for spans in calendar.week)
    free = {day.toordinal() for day in calendar.free if day.year == number}
    even = _even_days(calendar.zone, number)
    before, total = [0], 0
    for day, is_even in enumerate(even, first):
        if day not in free:
            total += usual[(day - 1) % 7] if is_even else _work(calendar, day)
        before.append(total)
    return _Year(first=first, before=tuple(before), even=even)


@lru_cache(maxsize=256)
def _even_days(zone: tzinfo, number: int) -> tuple[bool, ...]:
    """For each day of the year whether it is even.

    The offsets at its two midnights tell, read in both ways where a midnight comes twice or not at
    all. No zone has ever changed its clocks and changed them back within a day.
    """
    midnight = datetime(number, 1, 1, tzinfo=zone)
    offsets = []
    for _ in range(date(number + 1, 1, 1).toordinal() - midnight.toordinal() + 1):
        offsets.append({midnight.utcoffset(), midnight.replace(fold=1).utcoffset()})
        midnight += timedelta(days=1)
    return tuple(len(one | two) == 1 for one, two in pairwise(offsets))


def _work(calendar: Calendar, day: int) -> int:
    return sum(end - start for start, end in _stretches(calendar, day, is_even=False))


def _stretches(calendar: Calendar, day: int, *, is_even: bool) -> list[tuple[int, int]]:
    """The spans of a day as moments."""
    spans = calendar.week[(day - 1) % 7]
    if not spans or date.fromordinal(day) in calendar.free:
        return []
    zone = calendar.zone
    if is_even:
        midnight = reached(zone, day, 0)
        return [(midnight + s.start * _MINUTE, midnight + s.end * _MINUTE) for s in spans]
    return [(reached(zone, day, s.start), reached(zone, day, s.end)) for s in spans]


def _minutes(spans: tuple[DaySpan, ...]) -> int:
    return sum(span.end - span.start for span in spans)

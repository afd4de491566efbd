"""Adding working time and counting it agree, with each other and with one who counts minutes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from maildesk.core.worktime import Calendar, DaySpan, Week, add_working, working_between

MINUTE = timedelta(minutes=1)

# Each zone with days around which its clocks change, by more or less, at midnight or over it.
CHANGES = [
    ("Europe/Rome", date(2026, 3, 29)),
    ("Europe/Rome", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Asia/Kathmandu", date(2026, 12, 31)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Pacific/Kwajalein", date(1993, 8, 21)),
    ("America/Havana", date(2026, 3, 8)),
    ("America/Havana", date(2026, 11, 1)),
    ("America/Sao_Paulo", date(2018, 2, 17)),
    ("America/St_Johns", date(2010, 11, 7)),
    ("America/Toronto", date(1919, 3, 30)),
    ("Asia/Gaza", date(2026, 10, 24)),
    ("Africa/Casablanca", date(2026, 2, 15)),
    ("UTC", date(2026, 1, 1)),
]


@st.composite
def spans(draw: st.DrawFn) -> tuple[DaySpan, ...]:
    """The hours of a day: none, some, or all of it."""
    usual = st.sampled_from([0, 1, 30, 59, 60, 90, 120, 150, 180, 540, 780, 840, 1380, 1410, 1440])
    bounds = draw(st.lists(st.one_of(usual, st.integers(0, 1440)), max_size=6, unique=True))
    ordered = sorted(bounds)
    return tuple(
        DaySpan(start, end) for start, end in zip(ordered[::2], ordered[1::2], strict=False)
    )


def worked_in(week: Week) -> int:
    return sum(span.end - span.start for day in week for span in day)


@st.composite
def places(draw: st.DrawFn) -> tuple[Calendar, datetime]:
    """A calendar, and a minute within four days of a change of its clocks."""
    zone, day = draw(st.sampled_from(CHANGES))
    # An hour a week at least, so that days of work do not take a century.
    week = draw(st.tuples(*[spans()] * 7).filter(lambda week: worked_in(week) >= 60))
    free = draw(st.frozensets(st.integers(-4, 6).map(lambda n: day + timedelta(days=n))))
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    near = noon + draw(st.integers(-4 * 1440, 4 * 1440)) * MINUTE
    return Calendar(zone=ZoneInfo(zone), week=week, free=free), near


lengths = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=15))
waits = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=900))
STEP = timedelta(microseconds=1)


@given(place=places(), length=lengths)
def test_what_was_added_is_what_lies_between(
    place: tuple[Calendar, datetime], length: timedelta
) -> None:
    calendar, start = place
    due = add_working(calendar, start, length)
    assert working_between(calendar, start, due) == length
    if length:
        assert working_between(calendar, start, due - STEP) == length - STEP


@given(place=places(), one=lengths, two=lengths)
def test_adding_twice_is_adding_both(
    place: tuple[Calendar, datetime], one: timedelta, two: timedelta
) -> None:
    calendar, start = place
    due = add_working(calendar, start, one)
    assert add_working(calendar, due, two) == add_working(calendar, start, one + two)


@given(place=places(), one=waits, two=waits)
def test_stretches_of_time_add_up(
    place: tuple[Calendar, datetime], one: timedelta, two: timedelta
) -> None:
    calendar, start = place
    middle, end = start + one, start + one + two
    whole = working_between(calendar, start, end)
    parts = working_between(calendar, start, middle), working_between(calendar, middle, end)
    assert whole == parts[0] + parts[1]
    assert timedelta(0) <= whole <= end - start
    assert working_between(calendar, end, start) == -whole


@given(place=places(), length=lengths, more=waits)
def test_later_and_longer_is_never_earlier(
    place: tuple[Calendar, datetime], length: timedelta, more: timedelta
) -> None:
    calendar, start = place
    due = add_working(calendar, start, length)
    assert start <= due <= add_working(calendar, start + more, length)
    assert due <= add_working(calendar, start, length + STEP)


@settings(max_examples=60)
@given(place=places(), minutes=st.integers(0, 5 * 1440))
def test_it_agrees_with_one_who_looks_at_the_clock_each_minute(
    place: tuple[Calendar, datetime], minutes: int
) -> None:
    calendar, start = place
    worked = minutes_worked(calendar, start, minutes)
    assert working_between(calendar, start, start + minutes * MINUTE) == sum(worked) * MINUTE
    # After n minutes of work a promise of n minutes is due.
    count = 0
    for number, is_work in enumerate(worked, 1):
        count += is_work
        if is_work and count % 97 == 1:
            assert add_working(calendar, start, count * MINUTE) == start + number * MINUTE


def minutes_worked(calendar: Calendar, start: datetime, minutes: int) -> list[bool]:
    """For each minute from `start` on whether the desk works, by the latest time ever shown.

    While the clocks repeat an hour the latest time stays where it was: that is what makes the first
    of two moments the one that counts.
    """
    latest = datetime.min
    found = []
    for number in range(-2 * 1440, minutes):
        now = start + number * MINUTE
        latest = max(latest, now.astimezone(calendar.zone).replace(tzinfo=None))
        if number >= 0:
            found.append(is_working(calendar, latest))
    return found


def is_working(calendar: Calendar, shown: datetime) -> bool:
    minute = shown.hour * 60 + shown.minute
    hours = calendar.week[shown.weekday()]
    is_free = shown.date() in calendar.free
    return not is_free and any(span.start <= minute < span.end for span in hours)

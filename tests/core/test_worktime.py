"""When a desk works: lunch, nights, free days, and days on which the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from maildesk.core.worktime import (
    ALWAYS,
    Calendar,
    DaySpan,
    Week,
    add_working,
    day_end,
    is_workable,
    working_between,
    working_day,
)
from maildesk.errors import NoWorkingTime
from tests.cost import slowness

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def span(words: str) -> DaySpan:
    """`09:00-13:00`."""
    start, end = ([int(n) for n in part.split(":")] for part in words.split("-"))
    return DaySpan(start[0] * 60 + start[1], end[0] * 60 + end[1])


def week(workdays: str, saturday: str = "", sunday: str = "") -> Week:
    """`09:00-13:00 14:00-18:00` for Monday to Friday."""
    days = [*[workdays] * 5, saturday, sunday]
    return tuple(tuple(span(words) for words in day.split()) for day in days)


def calendar(zone: str, hours: Week, *free: str) -> Calendar:
    days = frozenset(date.fromisoformat(day) for day in free)
    return Calendar(zone=ZoneInfo(zone), week=hours, free=days)


OFFICE = calendar("Europe/Rome", week("09:00-13:00 14:00-18:00"), "2026-06-02")
ROUND_THE_CLOCK = week("00:00-24:00", "00:00-24:00", "00:00-24:00")
SUNDAYS = {"workdays": "", "saturday": ""}


def at(words: str, zone: str = "UTC") -> datetime:
    """`2026-06-01 09:00` on the clocks of a zone."""
    return datetime.fromisoformat(words).replace(tzinfo=ZoneInfo(zone))


def in_rome(words: str) -> datetime:
    return at(words, "Europe/Rome")


@pytest.mark.parametrize(
    ("start", "length", "due"),
    [
        ("2026-06-01 09:00", 1 * HOUR, "2026-06-01 10:00"),
        # Nobody works at lunch, and what ends with a span is due at its end.
        ("2026-06-01 12:30", 1 * HOUR, "2026-06-01 14:30"),
        ("2026-06-01 12:00", 1 * HOUR, "2026-06-01 13:00"),
        ("2026-06-01 13:20", 1 * HOUR, "2026-06-01 15:00"),
        # 2 June is free in this calendar.
        ("2026-06-01 17:00", 2 * HOUR, "2026-06-03 10:00"),
        ("2026-06-02 11:00", 1 * HOUR, "2026-06-03 10:00"),
        # 5 June is a Friday.
        ("2026-06-05 17:59:59", 2 * MINUTE, "2026-06-08 09:01:59"),
        ("2026-06-06 03:00", 8 * HOUR, "2026-06-08 18:00"),
        ("2026-06-05 10:00", 0 * HOUR, "2026-06-05 10:00"),
        ("2026-06-06 10:00", 0 * HOUR, "2026-06-06 10:00"),
        # Over New Year, which is free by nobody's word here.
        ("2026-12-31 17:00", 2 * HOUR, "2027-01-01 10:00"),
    ],
)
def test_working_time_goes_on_where_the_desk_works(start: str, length: timedelta, due: str) -> None:
    assert add_working(OFFICE, in_rome(start), length) == in_rome(due)


def test_an_answer_is_utc_to_the_microsecond() -> None:
    start = in_rome("2026-06-01 09:00") + timedelta(microseconds=1)
    due = add_working(OFFICE, start, HOUR)
    assert due.tzinfo is UTC
    assert due == in_rome("2026-06-01 10:00") + timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("start", "end", "length"),
    [
        ("2026-06-01 08:00", "2026-06-01 20:00", 8 * HOUR),
        ("2026-06-01 12:30", "2026-06-01 14:30", 1 * HOUR),
        ("2026-06-01 13:00", "2026-06-01 14:00", 0 * HOUR),
        ("2026-06-01 00:00", "2026-06-08 00:00", 4 * 8 * HOUR),
        ("2026-06-08 10:00", "2026-06-05 17:00", -2 * HOUR),
        # 2026 has 261 days from Monday to Friday, and 2 June is free.
        ("2026-01-01 00:00", "2027-01-01 00:00", 260 * 8 * HOUR),
    ],
)
def test_between_two_moments_counts_what_the_desk_works(
    start: str, end: str, length: timedelta
) -> None:
    assert working_between(OFFICE, in_rome(start), in_rome(end)) == length


def test_always_is_the_time_that_goes_by() -> None:
    start = at("2026-03-28 22:13:14")
    assert add_working(ALWAYS, start, 36 * HOUR) == start + 36 * HOUR
    assert working_between(ALWAYS, start, start + timedelta(days=900)) == timedelta(days=900)
    assert working_day(ALWAYS) == 24 * HOUR


def test_a_day_is_as_long_as_the_longest_day_of_the_week() -> None:
    assert working_day(OFFICE) == 8 * HOUR
    assert working_day(calendar("UTC", week("09:00-13:00", "08:00-18:30"))) == 10.5 * HOUR


# ---- the clocks change ---------------------------------------------------------------------------


def test_in_rome_a_sunday_in_march_has_23_hours_and_one_in_october_25() -> None:
    rome = calendar("Europe/Rome", ROUND_THE_CLOCK)
    for first, second, hours in (
        ("2026-03-29 00:00", "2026-03-30 00:00", 23),
        ("2026-10-25 00:00", "2026-10-26 00:00", 25),
    ):
        assert working_between(rome, in_rome(first), in_rome(second)) == hours * HOUR
        assert add_working(rome, in_rome(first), hours * HOUR) == in_rome(second)


@pytest.mark.parametrize(
    ("hours", "start", "end"),
    [
        # 02:00 to 03:00 is left out on 29 March.
        ("01:00-04:00", "2026-03-29 00:00", "2026-03-29 02:00"),
        ("02:30-04:00", "2026-03-29 01:00", "2026-03-29 02:00"),
        ("01:00-02:30", "2026-03-29 00:00", "2026-03-29 01:00"),
        ("02:10-02:50", "2026-03-29 01:00", "2026-03-29 01:00"),
        # 02:00 to 03:00 comes twice on 25 October, and the first 02:30 is at 00:30 UTC.
        ("01:00-04:00", "2026-10-24 23:00", "2026-10-25 03:00"),
        ("02:30-04:00", "2026-10-25 00:30", "2026-10-25 03:00"),
        ("01:00-02:30", "2026-10-24 23:00", "2026-10-25 00:30"),
        ("02:10-02:50", "2026-10-25 00:10", "2026-10-25 00:50"),
        ("02:00-03:00", "2026-10-25 00:00", "2026-10-25 02:00"),
    ],
)
def test_a_bound_that_is_left_out_or_comes_twice_is_its_first_moment(
    hours: str, start: str, end: str
) -> None:
    sundays = calendar("Europe/Rome", week(sunday=hours, **SUNDAYS))
    before, after = at(start) - 12 * HOUR, at(end) + 12 * HOUR
    assert working_between(sundays, before, at(start)) == timedelta(0)
    assert working_between(sundays, at(start), at(end)) == at(end) - at(start)
    assert working_between(sundays, at(end), after) == timedelta(0)


def test_an_hour_that_comes_twice_is_an_hour_between_its_two_beginnings() -> None:
    """Datetimes of one zone are compared as the wall shows them; moments are not."""
    rome = calendar("Europe/Rome", ROUND_THE_CLOCK)
    first = in_rome("2026-10-25 02:30")
    again = first.replace(fold=1)
    assert working_between(rome, first, again) == HOUR
    assert working_between(rome, again, first) == -HOUR


def test_new_york_keeps_its_hours_when_the_clocks_change() -> None:
    new_york = calendar("America/New_York", week("09:00-17:00"))
    friday = at("2026-03-06 16:00", "America/New_York")
    assert add_working(new_york, friday, 2 * HOUR) == at("2026-03-09 14:00")
    friday = at("2026-10-30 16:00", "America/New_York")
    assert add_working(new_york, friday, 2 * HOUR) == at("2026-11-02 15:00")
    round_the_clock = calendar("America/New_York", ROUND_THE_CLOCK)
    assert add_working(round_the_clock, at("2026-03-08 05:00"), 23 * HOUR) == at("2026-03-09 04:00")
    assert add_working(round_the_clock, at("2026-11-01 04:00"), 25 * HOUR) == at("2026-11-02 05:00")


def test_on_lord_howe_the_clocks_go_by_half_an_hour() -> None:
    nights = calendar("Australia/Lord_Howe", week(sunday="01:00-03:00", **SUNDAYS))
    # On 5 April 2026 the half hour before 02:00 comes twice, on 4 October that after it not at all.
    for start, end in (
        ("2026-04-04 14:00", "2026-04-04 16:30"),
        ("2026-10-03 14:30", "2026-10-03 16:00"),
    ):
        assert working_between(nights, at(start) - HOUR, at(end) + HOUR) == at(end) - at(start)
        assert add_working(nights, at(start) - HOUR, at(end) - at(start)) == at(end)


def test_kathmandu_is_five_hours_and_three_quarters_ahead() -> None:
    kathmandu = calendar("Asia/Kathmandu", week("10:00-17:00"))
    assert add_working(kathmandu, at("2026-06-01 04:15"), 7 * HOUR) == at("2026-06-01 11:15")
    assert add_working(kathmandu, at("2026-06-01 04:14"), 8 * HOUR) == at("2026-06-02 05:15")


def test_apia_had_no_30_december_in_2011() -> None:
    apia = calendar("Pacific/Apia", week("09:00-17:00"))
    thursday = at("2011-12-29 16:00", "Pacific/Apia")
    # The Friday is left out; on Monday it is 14 hours ahead, no longer 10 behind.
    assert add_working(apia, thursday, 2 * HOUR) == at("2012-01-01 20:00")
    assert working_between(apia, at("2011-12-30 04:00"), at("2012-01-01 19:00")) == timedelta(0)
    round_the_clock = calendar("Pacific/Apia", ROUND_THE_CLOCK)
    assert add_working(round_the_clock, thursday, 10 * HOUR) == at("2011-12-30 12:00")


def test_midnight_may_be_left_out_or_come_twice() -> None:
    # Havana goes from 00:00 to 01:00 in March, and from 01:00 back to 00:00 in November.
    havana = calendar("America/Havana", week("", "22:00-24:00", "00:00-03:00"))
    for eve, hours in (("2026-03-07", 4), ("2026-10-31", 6)):
        start = at(f"{eve} 12:00", "America/Havana")
        assert working_between(havana, start, start + 24 * HOUR) == hours * HOUR
    # São Paulo went from midnight back to 23:00.
    sao_paulo = calendar("America/Sao_Paulo", week("", "23:00-24:00"))
    assert working_between(sao_paulo, at("2018-02-18 00:00"), at("2018-02-18 12:00")) == 2 * HOUR


def test_a_leap_over_midnight_takes_from_both_days() -> None:
    """In Toronto 23:30 of 30 March 1919, a Sunday, was followed by 00:30."""
    sundays = calendar("America/Toronto", week(sunday="23:00-24:00", **SUNDAYS))
    mondays = calendar("America/Toronto", week("00:00-01:00"))
    start, end = at("1919-03-30 12:00"), at("1919-03-31 12:00")
    assert working_between(sundays, start, end) == 30 * MINUTE
    assert working_between(mondays, start, end) == 30 * MINUTE


def test_a_day_that_has_begun_is_not_ended_by_clocks_that_go_back_over_midnight() -> None:
    """In St. John's 00:01 of 7 November 2010, a Sunday, was followed by 23:01 of Saturday."""
    zone = "America/St_Johns"
    saturdays = calendar(zone, week("", "00:00-24:00"))
    sundays = calendar(zone, week("", "", "00:00-24:00"))
    start, end = at("2010-11-06 00:00", zone), at("2010-11-08 00:00", zone)
    assert working_between(saturdays, start, end) == 24 * HOUR
    assert working_between(sundays, start, end) == 25 * HOUR
    again = at("2010-11-06 23:30", zone).replace(fold=1)
    assert add_working(sundays, again, HOUR) == again.astimezone(UTC) + HOUR


# ---- ends, and calendars that never work ---------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "end"),
    [
        ("2026-06-01", "2026-06-01 18:00"),
        # Free days end at their midnight.
        ("2026-06-02", "2026-06-03 00:00"),
        ("2026-06-07", "2026-06-08 00:00"),
    ],
)
def test_a_day_ends_with_its_work(day: str, end: str) -> None:
    assert day_end(OFFICE, date.fromisoformat(day)) == in_rome(end)


def test_a_calendar_without_hours_never_gets_there() -> None:
    empty = calendar("UTC", week(""))
    assert not is_workable(empty)
    assert working_between(empty, at("2026-01-01 00:00"), at("2027-01-01 00:00")) == timedelta(0)
    with pytest.raises(NoWorkingTime, match="100 years"):
        add_working(empty, at("2026-01-01 00:00"), MINUTE)


def test_a_year_of_free_days_is_too_much_and_a_summer_is_not() -> None:
    mondays = [date(2026, 1, 5) + timedelta(weeks=number) for number in range(60)]
    hours = (week("09:00-17:00")[0], (), (), (), (), (), ())
    for weeks, fits in ((51, True), (52, False), (60, False)):
        days = frozenset(mondays[:weeks])
        assert is_workable(Calendar(zone=UTC, week=hours, free=days)) is fits
    other = Calendar(zone=UTC, week=week("09:00-17:00"), free=frozenset(mondays))
    assert is_workable(other)


def test_time_does_not_go_back() -> None:
    with pytest.raises(ValueError, match="forward"):
        add_working(OFFICE, in_rome("2026-06-01 09:00"), -MINUTE)


def test_a_year_takes_less_than_100_microseconds() -> None:
    import time

    start, year = in_rome("2026-03-27 17:00"), 260 * 8 * HOUR
    add_working(OFFICE, start, year)
    spent = []
    for _ in range(20):
        began = time.thread_time()
        for _ in range(50):
            add_working(OFFICE, start, year)
        spent.append((time.thread_time() - began) / 50)
    assert min(spent) < 100e-6 * slowness()

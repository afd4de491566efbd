"""Whatever happens to a ticket: its clocks agree with one who counts, and none rings early."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from maildesk.core.alarms import alarms, next_alarm, ringing
from maildesk.core.clocks import Answered, Clock, Happening, Moved, Opened, Promised, wound
from maildesk.core.goals import Due, Metric, Promise, Target
from maildesk.core.readings import State, deadline, read
from maildesk.core.workflow import DELIVERED
from maildesk.core.worktime import Calendar, DaySpan, working_between

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
# Around the night in which Rome's clocks go forward.
BEGIN = datetime(2026, 3, 27, 8, tzinfo=UTC)
OFFICE = Calendar(
    zone=ZoneInfo("Europe/Rome"),
    week=((DaySpan(540, 780), DaySpan(840, 1080)),) * 5
    + ((DaySpan(0, 240),), (DaySpan(60, 1440),)),
    free=frozenset({date(2026, 3, 31)}),
)
WARN_AT = (0.5, 0.8, 45 * MINUTE)


def promise(hours: int) -> Promise:
    target = Target(calendar=OFFICE, length=hours * HOUR)
    return Promise(targets=tuple((metric, target) for metric in Metric))


promises = st.one_of(st.just(Promise()), st.integers(1, 30).map(promise))


@st.composite
def histories(draw: st.DrawFn, *, has_days: bool = True) -> tuple[Happening, ...]:
    """A ticket opened at BEGIN, and what happens to it within some days."""
    minutes = sorted(draw(st.lists(st.integers(0, 6 * 1440), max_size=8)))
    found: list[Happening] = [Opened(at=BEGIN, status=DELIVERED[0], promise=draw(promises))]
    for when in (BEGIN + minute * MINUTE for minute in minutes):
        kind = draw(st.sampled_from(["answer", "move", "move", "promise", "day"]))
        if kind == "answer":
            found.append(Answered(at=when))
        elif kind == "move":
            found.append(Moved(at=when, status=draw(st.sampled_from(DELIVERED))))
        elif kind == "promise" or not has_days:
            found.append(Promised(promise=draw(promises)))
        else:
            day = (when + timedelta(days=draw(st.integers(0, 5)))).date()
            target = Target(calendar=OFFICE, due=Due(day=day, named_at=when))
            found.append(Promised(promise=Promise(targets=((Metric.RESOLUTION, target),))))
    return tuple(found)


def clocks_of(history: tuple[Happening, ...]) -> list[Clock]:
    found = wound(history)
    return [*found.current, *found.ended]


@given(history=histories())
def test_pauses_are_in_order_and_end_when_the_clock_stops(history: tuple[Happening, ...]) -> None:
    for clock in clocks_of(history):
        ends = [moment for p in clock.pauses for moment in (p.since, p.until) if moment]
        assert all(one <= two for one, two in pairwise([clock.started_at, *ends]))
        assert all(p.until for p in clock.pauses[:-1])
        if clock.stopped_at:
            assert not clock.is_paused
            assert not ends or ends[-1] <= clock.stopped_at


@settings(max_examples=60)
@given(history=histories(has_days=False), later=st.integers(0, 3 * 1440))
def test_it_agrees_with_one_who_counts_the_minutes(
    history: tuple[Happening, ...], later: int
) -> None:
    now = BEGIN + timedelta(days=6) + later * MINUTE
    for clock in clocks_of(history):
        if clock.target is None:
            assert read(clock, now) is None
            continue
        shows = read(clock, now)
        assert shows is not None
        due = first_minute_without_time(clock, clock.target.length, clock.stopped_at or now)
        expected = State.PAUSED if clock.is_paused else State.RUNNING
        if clock.stopped_at:
            expected = State.MET
        assert shows.state is (State.BREACHED if due else expected)
        assert shows.due_at == due or not due


def first_minute_without_time(clock: Clock, length: timedelta, end: datetime) -> datetime | None:
    """The minute at whose end the time is up; None where some is left, or it stopped right then."""
    left, now = length // MINUTE, clock.started_at
    while now < end:
        stands = any(p.since <= now and (p.until is None or now < p.until) for p in clock.pauses)
        if not stands and working_between(OFFICE, now, now + MINUTE):
            left -= 1
        now += MINUTE
        if left == 0:
            return None if now == clock.stopped_at else now
    return None


@given(
    history=histories(),
    steps=st.lists(st.integers(-600, 5000), min_size=1, max_size=25),
)
def test_each_alarm_rings_once_and_none_early_however_time_jumps(
    history: tuple[Happening, ...], steps: list[int]
) -> None:
    for clock in clocks_of(history):
        rung: set[str] = set()
        now = BEGIN + timedelta(days=6)
        for step in steps:
            now += step * MINUTE
            ring = ringing(clock, WARN_AT, frozenset(rung), now)
            moments = {alarm.name: alarm.at for alarm in alarms(clock, WARN_AT, now)}
            assert not rung & {*ring.passed}
            assert all(moments[name] <= now for name in ring.passed)
            assert ring.alarm is None or ring.alarm.name in ring.passed
            rung |= {*ring.passed}
            # Looking twice is looking once, and what is to come lies ahead.
            assert ringing(clock, WARN_AT, frozenset(rung), now).passed == ()
            following = next_alarm(clock, WARN_AT, frozenset(rung), now)
            assert following == ring.next_at
            assert following is None or following > now


@given(history=histories(), wait=st.integers(0, 20 * 1440))
def test_a_breach_rings_exactly_where_a_clock_is_broken(
    history: tuple[Happening, ...], wait: int
) -> None:
    now = BEGIN + timedelta(days=6) + wait * MINUTE
    for clock in clocks_of(history):
        shows = read(clock, now)
        ring = ringing(clock, WARN_AT, frozenset(), now)
        is_told = ring.alarm is not None and ring.alarm.is_breach
        assert is_told is (shows is not None and shows.state is State.BREACHED)


@given(history=histories(), wait=st.integers(0, 20 * 1440))
def test_what_is_left_lies_between_now_and_the_deadline(
    history: tuple[Happening, ...], wait: int
) -> None:
    now = BEGIN + timedelta(days=6) + wait * MINUTE
    for clock in clocks_of(history):
        shows = read(clock, now)
        if shows is None or shows.due_at is None or shows.remaining is None:
            continue
        assert clock.target
        assert shows.due_at == deadline(clock, clock.target, now).at
        assert (shows.remaining > timedelta(0)) <= (shows.state is not State.BREACHED)
        assert (shows.remaining < timedelta(0)) <= (shows.state is State.BREACHED)


ZONES = [
    "Europe/Rome",
    "Europe/London",
    "America/New_York",
    "America/Los_Angeles",
    "America/Sao_Paulo",
    "America/St_Johns",
    "America/Havana",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Tokyo",
    "Asia/Gaza",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Australia/Lord_Howe",
    "Australia/Adelaide",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "UTC",
]


@given(
    zone=st.sampled_from(ZONES),
    minute=st.integers(0, 400 * 1440),
    hours=st.integers(1, 200),
    naps=st.lists(st.integers(-2 * 1440, 40 * 1440), max_size=40),
)
def test_whatever_the_zone_and_however_long_nobody_looks_a_breach_is_told_once_and_never_early(
    zone: str, minute: int, hours: int, naps: list[int]
) -> None:
    calendar = Calendar(zone=ZoneInfo(zone), week=OFFICE.week, free=OFFICE.free)
    start = datetime(2026, 1, 1, tzinfo=UTC) + minute * MINUTE
    target = Target(calendar=calendar, length=hours * HOUR)
    clock = Clock(metric=Metric.RESOLUTION, started_at=start, target=target)
    due = deadline(clock, target, start).at
    told, rung, now = [], frozenset[str](), start
    for nap in [*naps, 400 * 1440]:
        # Clocks are set back, but not to before the ticket was there.
        now = max(start, now + nap * MINUTE)
        ring = ringing(clock, WARN_AT, rung, now)
        rung |= {*ring.passed}
        told += [(ring.alarm, now)] if ring.alarm else []
    assert [alarm.at for alarm, _ in told if alarm.is_breach] == [due]
    assert len({alarm.name for alarm, _ in told}) == len(told)
    assert all(alarm.at <= moment for alarm, moment in told)
    assert [alarm.at for alarm, _ in told] == sorted(alarm.at for alarm, _ in told)

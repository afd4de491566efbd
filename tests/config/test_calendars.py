"""From the tables of the file to calendars and promises that the core reckons in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from maildesk.config import load
from maildesk.config.calendars import calendars_of, holidays_of, last_known_year
from maildesk.config.slas import slas_of
from maildesk.core import worktime
from maildesk.core.goals import Metric, chosen
from maildesk.core.worktime import DaySpan, WorkSpan, add_working
from maildesk.errors import ConfigError
from tests.config.test_load import SMALL, faults_of, write

OFFICE = """
[calendars.office]
timezone = "Europe/Rome"
hours = { mon-fri = ["09:00-13:00", "14:00-18:00"] }
holidays = "IT-RM"
holiday_dates = [2026-12-24]

[sla.standard]
calendar = "office"
escalate_to = ["manager@example.com"]
[[sla.standard.goals]]
priority = "P1"
first_response = "1h"
update = "4h"
[[sla.standard.goals]]
type = "bug"
resolution = "1d4h"
[sla.gold]
calendar = "always"
warn_at = ["80%"]
[[sla.gold.goals]]
resolution = "2d"
"""


def test_a_calendar_has_the_holidays_of_its_region_and_its_own(tmp_path: Path) -> None:
    calendars = calendars_of(load(write(tmp_path, SMALL + OFFICE), {}))
    assert calendars["always"] is worktime.ALWAYS
    office = calendars["office"]
    assert office.zone == ZoneInfo("Europe/Rome")
    assert office.week == ((DaySpan(540, 780), DaySpan(840, 1080)),) * 5 + ((), ())
    # Easter Monday, the country's; Saint Peter and Saint Paul, Rome's; Christmas Eve, its own.
    for day in (date(2026, 4, 6), date(2026, 6, 29), date(2026, 12, 24), date(2027, 3, 29)):
        assert day in office.free
    assert date(2026, 6, 29) not in holidays_of("IT")
    start = datetime(2026, 12, 23, 16, tzinfo=UTC)
    # Christmas is a Friday, Saint Stephen's a Saturday.
    assert add_working(office, start, timedelta(hours=2)) == datetime(2026, 12, 28, 9, tzinfo=UTC)


def test_a_day_that_is_free_in_place_of_a_holiday_is_free() -> None:
    # 4 July 2026 is a Saturday.
    assert date(2026, 7, 3) in holidays_of("US")
    assert holidays_of("") == frozenset()


def test_a_country_that_is_known_for_some_years_alone_gives_what_is_known_quietly() -> None:
    """The library warns of India's after 2035, of which it knows a part."""
    assert {day.year for day in holidays_of("LK")} <= {*range(2003, 2076)}
    assert date(2026, 1, 26) in holidays_of("IN")
    assert (last_known_year("IN"), last_known_year("IT-RM")) == (2035, None)


def test_promises_are_read_in_their_order(tmp_path: Path) -> None:
    slas = slas_of(load(write(tmp_path, SMALL + OFFICE), {}))
    standard, gold = slas
    assert (standard.name, gold.name) == ("standard", "gold")
    assert standard.warn_at == (0.5, timedelta(minutes=30))
    assert gold.warn_at == (0.8,)
    assert standard.escalate_to == ("manager@example.com",)
    urgent, bug = standard.goal("P1", "bug"), standard.goal("P3", "bug")
    assert urgent
    assert bug
    assert urgent.span(Metric.FIRST_RESPONSE) == WorkSpan(0, timedelta(hours=1))
    assert urgent.span(Metric.RESOLUTION) is None
    days = bug.span(Metric.RESOLUTION)
    assert days
    assert days.length(standard.calendar) == timedelta(hours=12)
    assert days.length(gold.calendar) == timedelta(hours=28)
    assert standard.goal("P3", "request") is None


def test_an_organisations_promise_comes_before_its_desks(tmp_path: Path) -> None:
    slas = slas_of(load(write(tmp_path, SMALL + OFFICE), {}))
    for organisation, desk, name in (
        ("gold", "standard", "gold"),
        (None, "standard", "standard"),
        ("gold", None, "gold"),
    ):
        sla = chosen(slas, organisation, desk)
        assert sla
        assert sla.name == name
    assert chosen(slas, None, None) is None


def test_a_day_that_no_month_has_is_named_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, OFFICE.replace("2026-12-24", "2026-02-30"))
    words = "there is no such day or time, as February 30 is none"
    assert faults_of(path) == (f"{path}:6: is no TOML: {words}",)


def test_a_goal_without_a_calendar_is_named(tmp_path: Path) -> None:
    text = SMALL + OFFICE.replace('calendar = "office"\n', "")
    with pytest.raises(ConfigError, match=r"sla\.standard\.calendar: is missing; name a table"):
        load(write(tmp_path, text), {})


def test_usual_calendars_are_judged_without_their_holidays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody_asks(wanted: str) -> frozenset[date]:
        raise AssertionError(wanted)

    monkeypatch.setattr("maildesk.config.calendars.holidays_of", nobody_asks)
    load(write(tmp_path, SMALL + OFFICE), {})


def test_a_goal_may_take_a_calendar_of_few_hours_ten_years(tmp_path: Path) -> None:
    hours = "[calendars.c]\ntimezone='UTC'\nhours={mon=['09:00-17:00']}\n"
    goal = "[sla.s]\ncalendar='c'\n[[sla.s.goals]]\nresolution='520d'\n"
    (sla,) = slas_of(load(write(tmp_path, SMALL + hours + goal), {}))
    days = sla.goals[0].span(Metric.RESOLUTION)
    assert days
    # The first of the 520 Mondays is 5 January 2026.
    start = datetime(2026, 1, 5, tzinfo=UTC)
    due = add_working(sla.calendar, start, days.length(sla.calendar))
    assert due == datetime(2035, 12, 17, 17, tzinfo=UTC)

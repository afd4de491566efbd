"""Calendars as the core reckons in them: with every holiday as a day, and none that never works.

Holidays are those that the `holidays` library knows of a country or a region, also the days that
are free in their place. They are looked up once, for the years in which anybody may wait.

In: the tables of the file, or settings. Out: `core.worktime.Calendar`; faults.
*Fails:* NotImplementedError for a country or a region that nobody knows, which `check_calendars`
names; no settings have one.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from pydantic import ValidationError

from maildesk.config.faults import Fault
from maildesk.config.keys import nearest, quoted
from maildesk.config.promises import ALWAYS
from maildesk.config.promises import Calendar as CalendarTable
from maildesk.config.raw import Placed, Table, named, tables, texts
from maildesk.config.values import work_span
from maildesk.core import worktime
from maildesk.core.worktime import Calendar

if TYPE_CHECKING:
    from holidays import HolidayBase

    from maildesk.config.settings import Settings

_FIRST_YEAR, _LAST_YEAR = 2000, 2075
# With fewer own dates no country's holidays fill a year: none has more than fourteen on one day of
# the week. So a usual calendar is judged without looking its holidays up.
_MANY_DATES = 52 - 2 * 14
_WEEKS_OF_TEN_YEARS = 520
_METRICS = ("first_response", "update", "resolution")


def calendars_of(settings: Settings) -> dict[str, Calendar]:
    """The calendars by their names, `always` among them."""
    own = {name: _calendar(table) for name, table in settings.calendars.items()}
    return {ALWAYS: worktime.ALWAYS, **own}


def check_calendars(data: Table) -> Iterator[Fault]:
    """Countries that nobody knows, calendars that never work, goals that take them ten years."""
    for placed in named(data, "calendars"):
        yield from _unknown_places(placed)
        yield from _impossible(placed)
    yield from _out_of_reach(data)


def last_known_year(wanted: str) -> int | None:
    """The last year whose holidays are all known; None where they are for as long as one looks."""
    last = min(_LAST_YEAR, _country(wanted).end_year)
    while last > _FIRST_YEAR and _is_in_doubt(wanted, last):
        last -= 1
    return last if last < _LAST_YEAR else None


@lru_cache(maxsize=64)
def holidays_of(wanted: str) -> frozenset[date]:
    """The holidays of a country or, as `IT-RM`, of a region of it."""
    if not wanted:
        return frozenset()
    country = _country(wanted)
    first, last = max(_FIRST_YEAR, country.start_year), min(_LAST_YEAR, country.end_year)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # `check` says it in its own words.
        return frozenset(_country(wanted, range(first, last + 1)))


def _is_in_doubt(wanted: str, year: int) -> bool:
    """Whether the library warns of a year, as of India's after 2035."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        _country(wanted, range(year, year + 1))
    return any(issubclass(warning.category, UserWarning) for warning in said)


def _country(wanted: str, years: range | None = None) -> HolidayBase:
    # Only a calendar that asks for holidays pays for their library, and for its one country.
    import holidays

    country, _, region = wanted.partition("-")
    return holidays.country_holidays(country, subdiv=region or None, years=years)


def _calendar(table: CalendarTable, *, with_holidays: bool = True) -> Calendar:
    days = holidays_of(table.holidays) if with_holidays else frozenset()
    return Calendar(zone=table.timezone, week=table.hours, free=days | {*table.holiday_dates})


def _unknown_places(placed: Placed) -> Iterator[Fault]:
    for path, wanted in texts(placed, "holidays"):
        # The library has more names than those of countries; another form has a line of its own.
        is_country = re.fullmatch(r"[A-Z]{2}", wanted.partition("-")[0])
        try:
            if is_country:
                _country(wanted)
        except NotImplementedError:
            yield Fault(path, _no_holidays(wanted))


def _no_holidays(wanted: str) -> str:
    import holidays

    country, _, region = wanted.partition("-")
    known = holidays.list_supported_countries()
    if country not in known:
        return f"no holidays are known of {quoted(country)}{nearest(country, list(known))}"
    return f"{country} has no region {quoted(region)}{nearest(region, known[country])}"


def _impossible(placed: Placed) -> Iterator[Fault]:
    path, table = placed
    read = _read(table)
    if read and not any(read.hours):
        words = 'hold no working hour; give some, such as { mon-fri = ["09:00-17:00"] }'
        yield Fault((*path, "hours"), words)
    elif read and not _works_each_year(read):
        yield Fault((*path, "holiday_dates"), "leave no working hour for more than a year")


def _works_each_year(table: CalendarTable) -> bool:
    asks_library = len(table.holiday_dates) >= _MANY_DATES
    try:
        return worktime.is_workable(_calendar(table, with_holidays=asks_library))
    except NotImplementedError:
        return True  # A country that nobody knows has a line of its own.


def _out_of_reach(data: Table) -> Iterator[Fault]:
    """Goals that a calendar of few hours would reach when nobody remembers them."""
    calendars = {path[-1]: _read(table) for path, table in named(data, "calendars")}
    for sla_path, sla in named(data, "sla"):
        calendar = calendars.get(str(sla.get("calendar")))
        if calendar is None or not any(calendar.hours):
            continue
        for placed in tables(sla, "goals", base=sla_path):
            for path, words in texts(placed, *_METRICS):
                if _is_out_of_reach(calendar, words):
                    yield Fault(path, "is more than its calendar works in ten years")


def _is_out_of_reach(table: CalendarTable, words: str) -> bool:
    try:
        span = work_span(words)
    except ValueError:
        return False
    week = sum(hours.end - hours.start for day in table.hours for hours in day)
    length = span.length(_calendar(table, with_holidays=False))
    return length > timedelta(minutes=week) * _WEEKS_OF_TEN_YEARS


def _read(table: Table) -> CalendarTable | None:
    """The table as a model; what is wrong with it has lines of its own."""
    try:
        return CalendarTable.model_validate(table)
    except ValidationError:
        return None

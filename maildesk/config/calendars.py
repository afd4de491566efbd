"""Calendars as the core reckons in them: with every holiday as a day, and none that never works.

Holidays are those that the `holidays` library knows of a country or a region, also the days that
are free in their place. They are looked up once, for the years in which anybody may wait.

In: the tables of the file, or settings. Out: `core.worktime.Calendar`; faults.
*Fails:* never.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from pydantic import ValidationError

from maildesk.config.faults import Fault
from maildesk.config.keys import nearest, quoted
from maildesk.config.promises import ALWAYS
from maildesk.config.promises import Calendar as CalendarTable
from maildesk.config.raw import Placed, Table, named, texts
from maildesk.core import worktime
from maildesk.core.worktime import Calendar

if TYPE_CHECKING:
    from holidays import HolidayBase

    from maildesk.config.settings import Settings

_FIRST_YEAR, _LAST_YEAR = 2000, 2075
# With fewer own dates no country's holidays fill a year: none has more than fourteen on one day of
# the week. So a usual calendar is judged without looking its holidays up.
_MANY_DATES = 52 - 2 * 14


def calendars_of(settings: Settings) -> dict[str, Calendar]:
    """The calendars by their names, `always` among them."""
    own = {name: _calendar(table) for name, table in settings.calendars.items()}
    return {ALWAYS: worktime.ALWAYS, **own}


def check_calendars(data: Table) -> Iterator[Fault]:
    """Countries and regions that nobody knows, and calendars without a working hour in a year."""
    for placed in named(data, "calendars"):
        yield from _unknown_places(placed)
        yield from _impossible(placed)


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
        try:
            if wanted:
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
    try:
        read = CalendarTable.model_validate(table)
    except ValidationError:
        return  # What it is has a line of its own.
    if not any(read.hours):
        words = 'hold no working hour; give some, such as { mon-fri = ["09:00-17:00"] }'
        yield Fault((*path, "hours"), words)
        return
    asks_library = len(read.holiday_dates) >= _MANY_DATES
    try:
        is_workable = worktime.is_workable(_calendar(read, with_holidays=asks_library))
    except NotImplementedError:
        return
    if not is_workable:
        yield Fault((*path, "holiday_dates"), "leave no working hour for more than a year")

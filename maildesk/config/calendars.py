"""Calendars as the core reckons in them: with every holiday as a day, and none that never works.

Holidays are those that the `holidays` library knows of a country or a region, also the days that
are free in their place. They are looked up once, for the years in which anybody may wait.

In: the tables of the file, or settings. Out: `core.worktime.Calendar`, `core.goals.Sla`; faults.
*Fails:* never.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from pydantic import ValidationError

from maildesk.config.faults import Fault
from maildesk.config.keys import nearest, quoted
from maildesk.config.promises import ALWAYS, SlaGoal
from maildesk.config.promises import Calendar as CalendarTable
from maildesk.config.raw import Placed, Table, named, texts
from maildesk.core import worktime
from maildesk.core.goals import Goal, Sla
from maildesk.core.worktime import Calendar

if TYPE_CHECKING:
    from holidays import HolidayBase

    from maildesk.config.settings import Settings

_FIRST_YEAR, _LAST_YEAR = 2000, 2075
# With fewer own dates no country's holidays fill a year: none has more than fourteen on one day of
# the week. So a usual calendar is judged without looking its holidays up.
_MANY_DATES = 52 - 2 * 14


def slas_of(settings: Settings) -> tuple[Sla, ...]:
    """The promises of the configuration, each in its calendar."""
    calendars = calendars_of(settings)
    return tuple(
        Sla(
            name=name,
            calendar=calendars[sla.calendar],
            goals=tuple(_goal(goal) for goal in sla.goals),
            warn_at=sla.warn_at,
            escalate_to=sla.escalate_to,
        )
        for name, sla in settings.sla.items()
    )


def calendars_of(settings: Settings) -> dict[str, Calendar]:
    """The calendars by their names, `always` among them."""
    own = {name: _calendar(table) for name, table in settings.calendars.items()}
    return {ALWAYS: worktime.ALWAYS, **own}


def check_calendars(data: Table) -> Iterator[Fault]:
    """Countries and regions that nobody knows, and calendars without a working hour in a year."""
    for placed in named(data, "calendars"):
        yield from _unknown_places(placed)
        yield from _impossible(placed)


def known_years(wanted: str) -> tuple[int, int]:
    """The first and the last year whose holidays are known."""
    country = _country(wanted)
    return max(_FIRST_YEAR, country.start_year), min(_LAST_YEAR, country.end_year)


def ends_early(wanted: str) -> bool:
    """Whether the holidays of some years to come are not known."""
    return bool(wanted) and known_years(wanted)[1] < _LAST_YEAR


@lru_cache(maxsize=64)
def holidays_of(wanted: str) -> frozenset[date]:
    """The holidays of a country or, as `IT-RM`, of a region of it."""
    if not wanted:
        return frozenset()
    first, last = known_years(wanted)
    return frozenset(_country(wanted, range(first, last + 1)))


def _country(wanted: str, years: range | None = None) -> HolidayBase:
    # Only a calendar that asks for holidays pays for their library, and for its one country.
    import holidays

    country, _, region = wanted.partition("-")
    return holidays.country_holidays(country, subdiv=region or None, years=years)


def _calendar(table: CalendarTable, *, with_holidays: bool = True) -> Calendar:
    days = holidays_of(table.holidays) if with_holidays else frozenset()
    return Calendar(zone=table.timezone, week=table.hours, free=days | {*table.holiday_dates})


def _goal(goal: SlaGoal) -> Goal:
    return Goal(
        priority=goal.priority or "",
        type=goal.type or "",
        first_response=goal.first_response,
        update=goal.update,
        resolution=goal.resolution,
    )


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

"""Which day a command names: `#due 1 Dec 2026`, `#estimate 8h by friday`.

In: the words of a command, in compatibility form (NFKC), and what day it is today. Out: the day and
the words behind it; or the one reason why not.

    2026-12-01  2026/12/1  1.12.2026  1.12.26  1.12.      a year first, or dots: no doubt
    1 Dec 2026  1st of December  Dec 1, 2026  1. Dezember  12月1日
    tomorrow  demain  friday  piątek                      the next one; not today
    +3d  +2w  in 2 weeks  dans 3 jours  in a month

    missing       nothing at all
    unreadable    no form of a day
    impossible    30 February
    ambiguous     12/01/2026: of December or of January? next friday: which one?
    mismatch      a Friday that is a Tuesday
    past          before today
    too far       more than ten years ahead: a slip of the hand

A day without a year is the next one; one that has gone by for less than half a year was hardly
meant for next year and is past.
*Fails:* never; what cannot be taken is a `Misread`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from maildesk.core import date_words
from maildesk.core.date_words import Unit

_FARTHEST = timedelta(days=3653)
_HALF_A_YEAR = timedelta(days=183)


class DateFault(StrEnum):
    """Why a day cannot be taken."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    IMPOSSIBLE = "impossible"
    AMBIGUOUS = "ambiguous"
    MISMATCH = "mismatch"
    PAST = "past"
    TOO_FAR = "too far"


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day, and the words behind it."""

    day: date
    rest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Misread:
    """Why there is no day; `readings` are those that are possible, or the one that is past."""

    why: DateFault
    readings: tuple[date, ...] = ()


# A day that was read, or why not; and where the words behind it begin.
_Hit = tuple[date | Misread, int]

_END = r"\.?(?![^\s,;:])"
_WORD = r"[^\W\d_]{1,20}"
_YEAR = r"(?:19|20)[0-9]{2}"
_LEAD = re.compile(r"(?:on|by|until|till|the|am|bis|le|el|il|den|w)\s+", re.IGNORECASE)
_PAUSE = re.compile(r"(?:[,;:]|[-–—](?=\s))")

_YEAR_FIRST = re.compile(rf"([0-9]{{4}})([-/.])([0-9]{{1,2}})\2([0-9]{{1,2}}){_END}")
_CJK = re.compile(
    rf"(?:([0-9]{{4}})[年년] ?)?([0-9]{{1,2}})[月월] ?([0-9]{{1,2}})[日일](?:까지|まで)?{_END}"
)
_DOTS = re.compile(rf"([0-9]{{1,2}})\. ?([0-9]{{1,2}})(?:\. ?({_YEAR})|\.([0-9]{{2}})|\.)?{_END}")
_SLASHES = re.compile(rf"([0-9]{{1,2}})([/-])([0-9]{{1,2}})(?:\2({_YEAR}|[0-9]{{2}}))?{_END}")
_DAY_MONTH = re.compile(
    rf"([0-9]{{1,2}})(?:st|nd|rd|th|er|o|\.)? ?(?:of |de |di )?({_WORD})"
    rf"(?:\.?,?(?: de| del)? ({_YEAR}))?{_END}",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(
    rf"({_WORD})\.? ([0-9]{{1,2}})(?:st|nd|rd|th)?(?:,? ({_YEAR}))?{_END}", re.IGNORECASE
)
_COUNT = r"[0-9]{1,4}|an?|one|einem|einer|une?"
_SPAN = re.compile(
    rf"(?:\+ ?|(?:in|dans|za|en|om|tra|fra) )({_COUNT}) ?({_WORD}){_END}",
    re.IGNORECASE,
)
_NAMED = re.compile(rf"(next )?({_WORD}(?:'{_WORD})?){_END}", re.IGNORECASE)
_TWO_WORDS = re.compile(rf"({_WORD} {_WORD}){_END}")


def read(words: str, today: date) -> Day | Misread:
    """The day that the words begin with."""
    bare = " ".join(words.replace("’", "'").split())
    if not bare:
        return Misread(why=DateFault.MISSING)
    lead = _LEAD.match(bare)
    start = lead.end() if lead else 0
    found = _first(bare[start:], today, _ALL)
    if found is None:
        return Misread(why=DateFault.UNREADABLE)
    day, end = found
    if isinstance(day, Misread):
        return day
    if day < today:
        return Misread(why=DateFault.PAST, readings=(day,))
    if day - today > _FARTHEST:
        return Misread(why=DateFault.TOO_FAR, readings=(day,))
    behind = bare[start + end :].lstrip()
    return Day(day=day, rest=_PAUSE.sub("", behind, count=1).strip())


def _first(text: str, today: date, forms: tuple[_Form, ...]) -> _Hit | None:
    return next((hit for form in forms if (hit := form(text, today))), None)


def _year_first(text: str, today: date) -> _Hit | None:
    found = _YEAR_FIRST.match(text)
    return found and (_settled(today, found[4], found[3], found[1]), found.end())


def _cjk(text: str, today: date) -> _Hit | None:
    found = _CJK.match(text)
    return found and (_settled(today, found[3], found[2], found[1]), found.end())


def _dots(text: str, today: date) -> _Hit | None:
    found = _DOTS.match(text)
    return found and (_settled(today, found[1], found[2], found[3] or found[4]), found.end())


def _slashes(text: str, today: date) -> _Hit | None:
    """Day or month first, as the country has it; only numbers above 12 tell."""
    found = _SLASHES.match(text)
    if found is None or (found[2] == "-" and len(found[4] or "") < 4):
        return None
    tries = (
        _settled(today, found[1], found[3], found[4]),
        _settled(today, found[3], found[1], found[4]),
    )
    days = tuple(dict.fromkeys(day for day in tries if isinstance(day, date)))
    if len(days) == 1:
        return days[0], found.end()
    why = DateFault.AMBIGUOUS if days else DateFault.IMPOSSIBLE
    return Misread(why=why, readings=days), found.end()


def _day_month(text: str, today: date) -> _Hit | None:
    found = _DAY_MONTH.match(text)
    month = date_words.month(found[2]) if found else None
    if found is None or month is None:
        return None
    return _settled(today, found[1], str(month), found[3]), found.end()


def _month_day(text: str, today: date) -> _Hit | None:
    found = _MONTH_DAY.match(text)
    month = date_words.month(found[1]) if found else None
    if found is None or month is None:
        return None
    return _settled(today, found[2], str(month), found[3]), found.end()


def _span(text: str, today: date) -> _Hit | None:
    found = _SPAN.match(text)
    unit = date_words.unit(found[2]) if found else None
    if found is None or unit is None:
        return None
    count = int(found[1]) if found[1].isdigit() else 1
    if unit is Unit.MONTH:
        return _months_on(today, count), found.end()
    return today + timedelta(days=count * (7 if unit is Unit.WEEK else 1)), found.end()


def _named(text: str, today: date) -> _Hit | None:
    for form in (_TWO_WORDS, _NAMED):
        found = form.match(text)
        ahead = date_words.days_from_today(found[found.lastindex or 0]) if found else None
        if found and ahead is not None:
            return today + timedelta(days=ahead), found.end()
    return None


def _weekday(text: str, today: date) -> _Hit | None:
    found = _NAMED.match(text)
    number = date_words.weekday(found[2]) if found else None
    if found is None or number is None:
        return None
    after = re.match(r",? ", text[found.end() :])
    start = found.end() + (after.end() if after else 0)
    dated = _first(text[start:], today, _DATED) if after and not found[1] else None
    if dated:
        return _agreeing(dated[0], number), start + dated[1]
    coming = today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)
    if not found[1]:
        return coming, found.end()
    readings = (coming, coming + timedelta(days=7))
    return Misread(why=DateFault.AMBIGUOUS, readings=readings), found.end()


def _agreeing(day: date | Misread, weekday: int) -> date | Misread:
    if isinstance(day, Misread) or day.weekday() == weekday:
        return day
    return Misread(why=DateFault.MISMATCH, readings=(day,))


def _settled(today: date, day: str, month: str, year: str | None) -> date | Misread:
    """The day of that year; without one the next, unless it has only just gone by."""
    if year:
        made = _made(int(year) + 2000 * (len(year) == 2), int(month), int(day))
        return made or Misread(why=DateFault.IMPOSSIBLE)
    near = (_made(today.year + ahead, int(month), int(day)) for ahead in (0, 1))
    days = [day for day in near if day]
    if not days:
        return Misread(why=DateFault.IMPOSSIBLE)
    is_gone = days[0] < today
    is_meant_for_next = is_gone and today - days[0] > _HALF_A_YEAR
    return days[-1] if is_meant_for_next else days[0]


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _months_on(today: date, count: int) -> date:
    """The same day of a later month, or its last one."""
    year, month = divmod(today.month - 1 + count, 12)
    year, month = min(today.year + year, 9999), month + 1
    return date(year, month, min(today.day, monthrange(year, month)[1]))


_Form = Callable[[str, date], _Hit | None]
_DATED: tuple[_Form, ...] = (_year_first, _cjk, _dots, _slashes, _day_month, _month_day)
_ALL: tuple[_Form, ...] = (*_DATED, _span, _named, _weekday)

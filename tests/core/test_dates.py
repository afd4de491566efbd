"""What `#due` and `by` take for a day."""

from __future__ import annotations

from datetime import date

import pytest
from babel.dates import get_day_names, get_month_names

from maildesk.core import date_words
from maildesk.core.dates import DateFault, Day, Misread, read

TODAY = date(2026, 11, 21)  # a Saturday
FIRST = date(2026, 12, 1)  # a Tuesday


@pytest.mark.parametrize(
    "words",
    [
        "2026-12-01",
        "2026-12-1",
        "2026/12/01",
        "2026.12.01",
        "2026年12月1日",
        "2026년 12월 1일",
        "12月1日",
        "1.12.2026",
        "01.12.2026",
        "1. 12. 2026",
        "1.12.26",
        "1.12.",
        "1.12",
        "1 Dec 2026",
        "1 Dec. 2026",
        "01 december 2026",
        "1st December 2026",
        "the 1st of December",
        "1. Dezember 2026",
        "am 1. Dezember",
        "le 1er décembre 2026",
        "1 DECEMBRE",
        "1 grudnia 2026",
        "el 1 de diciembre de 2026",
        "1 dicembre",
        "den 1 december",
        "Dec 1",
        "Dec. 1, 2026",
        "December 1st 2026",
        "by Dec 1",
        "Tuesday, 1 December 2026",
        "tue 2026-12-01",
        "tuesday 1.12.",
    ],
)
def test_the_first_of_december_is_read_as_people_write_it(words: str) -> None:
    assert read(words, TODAY) == Day(day=FIRST, rest="")


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("today", TODAY),
        ("tomorrow", date(2026, 11, 22)),
        ("Tomorrow.", date(2026, 11, 22)),
        ("morgen", date(2026, 11, 22)),
        ("demain", date(2026, 11, 22)),
        ("aujourd’hui", TODAY),
        ("jutro", date(2026, 11, 22)),
        ("manana", date(2026, 11, 22)),
        ("i morgon", date(2026, 11, 22)),
        ("domani", date(2026, 11, 22)),
        ("明日", date(2026, 11, 22)),
        ("내일", date(2026, 11, 22)),
        ("friday", date(2026, 11, 27)),
        ("on Fri", date(2026, 11, 27)),
        ("vendredi", date(2026, 11, 27)),
        ("w piątek", date(2026, 11, 27)),
        ("金曜日", date(2026, 11, 27)),
        ("sunday", date(2026, 11, 22)),
        ("saturday", date(2026, 11, 28)),
        ("+3d", date(2026, 11, 24)),
        ("+ 3 days", date(2026, 11, 24)),
        ("+2w", date(2026, 12, 5)),
        ("+0d", TODAY),
        ("in 2 weeks", date(2026, 12, 5)),
        ("in a week", date(2026, 11, 28)),
        ("in 3 Tagen", date(2026, 11, 24)),
        ("dans 2 semaines", date(2026, 12, 5)),
        ("za 2 tygodnie", date(2026, 12, 5)),
        ("in 3 months", date(2027, 2, 21)),
        ("25/12/2026", date(2026, 12, 25)),
        ("12/25/2026", date(2026, 12, 25)),
        ("25-12-2026", date(2026, 12, 25)),
        ("12/12/2026", date(2026, 12, 12)),
        ("21.11.2026", TODAY),
        ("1.2.", date(2027, 2, 1)),
        ("29 Feb 2028", date(2028, 2, 29)),
        ("2036-11-20", date(2036, 11, 20)),
    ],
)
def test_a_day_is_meant_from_today(words: str, day: date) -> None:
    assert read(words, TODAY) == Day(day=day, rest="")


def test_a_month_on_is_never_the_month_after() -> None:
    assert read("in 1 month", date(2027, 1, 31)) == Day(day=date(2027, 2, 28), rest="")


@pytest.mark.parametrize(
    ("words", "day", "rest"),
    [
        ("2026-12-01 new disks", FIRST, "new disks"),
        ("2026-12-01: new disks", FIRST, "new disks"),
        ("1 Dec 2026 - new disks", FIRST, "new disks"),
        ("Dec 1 2 printers", FIRST, "2 printers"),
        ("1.12. 26 printers", FIRST, "26 printers"),
        ("tomorrow, I hope", date(2026, 11, 22), "I hope"),
        ("friday at the latest", date(2026, 11, 27), "at the latest"),
        ("in 2 weeks when they are here", date(2026, 12, 5), "when they are here"),
    ],
)
def test_the_words_behind_a_day_are_left(words: str, day: date, rest: str) -> None:
    assert read(words, TODAY) == Day(day=day, rest=rest)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("", DateFault.MISSING),
        (" ", DateFault.MISSING),
        ("soon", DateFault.UNREADABLE),
        ("on", DateFault.UNREADABLE),
        ("Dec", DateFault.UNREADABLE),
        ("December 2026", DateFault.UNREADABLE),
        ("2026", DateFault.UNREADABLE),
        ("1", DateFault.UNREADABLE),
        ("1 printer", DateFault.UNREADABLE),
        ("20261201", DateFault.UNREADABLE),
        ("2026-12-01T10:00", DateFault.UNREADABLE),
        ("2026-12/01", DateFault.UNREADABLE),
        ("26-12-01", DateFault.UNREADABLE),
        ("Dec 12026", DateFault.UNREADABLE),
        ("+3", DateFault.UNREADABLE),
        ("+3h", DateFault.UNREADABLE),
        ("-3d", DateFault.UNREADABLE),
        ("in 2 minutes", DateFault.UNREADABLE),
        ("fridays", DateFault.UNREADABLE),
        ("yesterday", DateFault.UNREADABLE),
        ("9" * 900, DateFault.UNREADABLE),
        ("2026-02-30", DateFault.IMPOSSIBLE),
        ("31.11.2026", DateFault.IMPOSSIBLE),
        ("2026-13-01", DateFault.IMPOSSIBLE),
        ("13/13/2026", DateFault.IMPOSSIBLE),
        ("29 Feb", DateFault.IMPOSSIBLE),
        ("0000-01-01", DateFault.IMPOSSIBLE),
    ],
)
def test_what_is_no_day_is_refused(words: str, why: DateFault) -> None:
    assert read(words, TODAY) == Misread(why=why)


@pytest.mark.parametrize(
    ("words", "why", "readings"),
    [
        ("12/01/2026", DateFault.AMBIGUOUS, (date(2026, 1, 12), FIRST)),
        ("12-01-2026", DateFault.AMBIGUOUS, (date(2026, 1, 12), FIRST)),
        ("1/2/27", DateFault.AMBIGUOUS, (date(2027, 2, 1), date(2027, 1, 2))),
        ("next friday", DateFault.AMBIGUOUS, (date(2026, 11, 27), date(2026, 12, 4))),
        ("friday 1 dec", DateFault.MISMATCH, (FIRST,)),
        ("2026-11-20", DateFault.PAST, (date(2026, 11, 20),)),
        ("Nov 20", DateFault.PAST, (date(2026, 11, 20),)),
        ("1.9.", DateFault.PAST, (date(2026, 9, 1),)),
        ("1.1.1999", DateFault.PAST, (date(1999, 1, 1),)),
        ("2037-01-01", DateFault.TOO_FAR, (date(2037, 1, 1),)),
        ("2026-11-01", DateFault.PAST, (date(2026, 11, 1),)),
        ("+9999d", DateFault.TOO_FAR, (date(2054, 4, 7),)),
        ("in 9999 months", DateFault.TOO_FAR, (date(2860, 2, 21),)),
    ],
)
def test_a_day_in_doubt_is_refused_with_what_it_may_be(
    words: str, why: DateFault, readings: tuple[date, ...]
) -> None:
    assert read(words, TODAY) == Misread(why=why, readings=readings)


@pytest.mark.parametrize("language", ["en", "de", "fr", "pl", "es", "sv", "it"])
@pytest.mark.parametrize("width", ["wide", "abbreviated"])
@pytest.mark.parametrize("use", ["format", "stand-alone"])
def test_every_month_that_babel_knows_is_understood(language: str, width: str, use: str) -> None:
    names = get_month_names(width, use, language)
    assert {n: date_words.month(name.rstrip(".")) for n, name in names.items()} == {
        n: n for n in range(1, 13)
    }


@pytest.mark.parametrize("language", ["en", "de", "fr", "pl", "es", "sv", "it", "ja", "ko"])
def test_every_weekday_that_babel_knows_is_understood(language: str) -> None:
    names = get_day_names("wide", "format", language)
    assert {n: date_words.weekday(name) for n, name in names.items()} == {n: n for n in range(7)}


def test_no_word_means_two_things() -> None:
    rows = [
        {date_words.folded(word) for word in row.split()}
        for table in (date_words._MONTHS, date_words._WEEKDAYS, date_words._FROM_TODAY)
        for row in table.strip().splitlines()
    ]
    words = [word for row in rows for word in row]
    assert {word for word in words if words.count(word) > 1} == set()

"""A date as mail programs show it to people, in many languages, made a moment again.

In: the words behind `Date:` or `Sent:` above a forwarded mail, and the Date of the mail that
forwards it, in whose zone a program shows dates that name none. Out: aware UTC, or None when no
day can be made out.
*Fails:* never.

Days and months are told apart by size, by the mark between them and, where both would do, by
which of the two lies nearer before the forward.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from maildesk.mail.dates import read_date
from maildesk.mail.shown_words import in_english

_LONGEST = 200
_FIRST_YEAR = 1990
_YEAR_FIRST = re.compile(
    r"(?<!\d)((?:19|20)\d\d)\s?[-./년年]\s{0,2}(\d{1,2})\s?[-./월月]\s{0,2}(\d{1,2})(?!\d)"
)
_YEAR_LAST = re.compile(r"(?<!\d)(\d{1,2})\s?([-./])\s?(\d{1,2})\s?[-./]\s?((?:19|20)\d\d)(?!\d)")
_SHORT_YEAR = re.compile(r"(?<!\d)(\d{1,2})([-./])(\d{1,2})[-./](\d\d)(?!\d)")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_DAY = re.compile(r"(?<!\d)(\d{1,2})(?!\d)")
_CLOCK = re.compile(
    r"(?<!\d)(\d{1,2})\s?(?::|\.|h|時|时|點|点|시)\s?(\d{2})(?:\s?[:.分분]\s?(\d{2}))?(?!\d)"
)
_EXACT = re.compile(r"(?:\w{3},\s)?\d{1,2}\s\w{3}\s\d{4}\s\d{1,2}:\d\d(?::\d\d)?\s[+-]\d{4}\b")
_OFFSET = re.compile(r"(?<![\d])(?:(?:GMT|UTC)\s?)?([+\u2212-])(\d{1,2}):?(\d{2})?(?!\d)")
_ZULU = re.compile(r"\b(?:GMT|UTC)\b|\dZ\b")
_AFTERNOON = re.compile(r"(?<![^\W\d])(?:p\.?\s?m\b|ös\b|du\.)|오후|下午|午後", re.IGNORECASE)
_FORENOON = re.compile(r"(?<![^\W\d])(?:a\.?\s?m\b|öö\b|de\.)|오전|上午|午前", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]+")

# en de fr es it pt nl sv da no fi pl cs sk ru uk hu tr ro, as full names, genitives and clippings.
_MONTHS = """
january jan januar jänner janvier janv enero ene gennaio gen janeiro januari tammikuuta tammi
 stycznia styczeń sty ledna leden led januára január января янв січня січ
 oca ocak ianuarie ian
february feb februar février févr fév febrero febbraio fevereiro fev februari helmikuuta helmi
 lutego luty lut února únor úno februára február февраля фев лютого лют şub şubat februarie
march mar märz mrz mär mars marzo março maart mrt marts maaliskuuta maalis marca marzec března
 březen bře марта мар березня бер márc március mart martie
april apr avril avr abril abr aprile aprili huhtikuuta huhti kwietnia kwiecień kwi dubna duben dub
 apríla апреля апр квітня кві ápr április nis nisan aprilie
may mai mayo maggio mag maio mei maj toukokuuta touko maja května květen kvě mája мая май травня
 тра máj május mayıs
june jun juni juin junio giugno giu junho kesäkuuta kesä czerwca czerwiec cze června červen čvn
 júna июня июн червня чер jún június haz haziran iunie iun
july jul juli juillet juil julio luglio lug julho heinäkuuta heinä lipca lipiec lip července
 červenec čvc júla июля июл липня лип júl július tem temmuz iulie iul
august aug août agosto ago augustus augusti elokuuta elo sierpnia sierpień sie srpna srpen srp
 augusta августа авг серпня сер augusztus ağu ağustos
september sep sept septembre septiembre settembre set setembro syyskuuta syys września wrzesień wrz
 září zář septembra сентября сен сент вересня вер szept szeptember eyl eylül septembrie
october oct oktober okt octobre octubre ottobre ott outubro out lokakuuta loka października
 październik paź října říjen říj októbra октября окт жовтня жов október eki ekim octombrie
november nov novembre noviembre novembro marraskuuta marras listopada listopad lis listopadu
 novembra ноября ноя нояб листопада лис лист nov kas kasım noiembrie noi
december dec dezember dez décembre déc diciembre dic dicembre dezembro joulukuuta joulu grudnia
 grudzień gru prosince prosinec pro decembra декабря дек грудня гру december ara aralık decembrie
"""
_MONTH = {
    word: number
    for number, line in enumerate(_MONTHS.strip().replace("\n ", " ").split("\n"), start=1)
    for word in line.split()
}


def read_shown_date(value: str, forwarded_at: str) -> datetime | None:
    """The moment that `value` names; `forwarded_at` is the Date field of the forward as it is."""
    value = value[:_LONGEST].strip()
    if _EXACT.match(value):
        return read_date(value)
    value = in_english(value)
    outer = _outer(forwarded_at)
    for year, month, day, rest in _days(value):
        try:
            moment = datetime(year, month, day, *_clock(rest), tzinfo=_zone(rest, outer))
            moment = moment.astimezone(UTC)
        except (ValueError, OverflowError):
            continue
        if outer is None or moment <= outer + timedelta(days=1):
            return moment if moment.year >= _FIRST_YEAR else None
    return None


def _outer(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value[:_LONGEST])
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _days(value: str) -> list[tuple[int, int, int, str]]:
    """Year, month, day and the text without them, the likeliest reading first."""
    if found := _YEAR_FIRST.search(value):
        return [(int(found[1]), int(found[2]), int(found[3]), _without(value, found))]
    if found := _YEAR_LAST.search(value):
        return _year_last(value, found)
    named = _by_name(value)
    if not named and (found := _SHORT_YEAR.search(value)):
        return _year_last(value, found)
    return named


def _year_last(value: str, found: re.Match[str]) -> list[tuple[int, int, int, str]]:
    year = int(found[4]) + (2000 if len(found[4]) == 2 else 0)
    rest = _without(value, found)
    day_first = (year, int(found[3]), int(found[1]), rest)
    month_first = (year, int(found[1]), int(found[3]), rest)
    is_american = found[2] == "/" and (_AFTERNOON.search(rest) or _FORENOON.search(rest))
    return [month_first, day_first] if is_american else [day_first, month_first]


def _by_name(value: str) -> list[tuple[int, int, int, str]]:
    """`Fri, Nov 20, 2026`, `20. marraskuuta 2026`: a weekday may look like a month, but earlier."""
    year = _YEAR.search(value)
    names = [f for f in _LETTERS.finditer(value) if f[0].casefold() in _MONTH]
    if not year or not names:
        return []
    name = names[-1]
    before = _DAY.findall(value[max(0, name.start() - 8) : name.start()])
    after = _DAY.search(value[name.end() : name.end() + 8])
    day = int(before[-1]) if before else int(after[1]) if after else 0
    rest = value[max(year.end(), name.end()) :]
    if not _CLOCK.search(rest):
        rest = value[: min(year.start(), name.start())]
    return [(int(year[0]), _MONTH[name[0].casefold()], day, rest)]


def _without(value: str, found: re.Match[str]) -> str:
    return f"{value[: found.start()]} {value[found.end() :]}"


def _clock(rest: str) -> tuple[int, int, int]:
    found = _CLOCK.search(rest)
    if not found:
        return 0, 0, 0
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    if _AFTERNOON.search(rest) and hour < 12:
        hour += 12
    elif _FORENOON.search(rest) and hour == 12:
        hour = 0
    return hour, minute, min(second, 59)


def _zone(rest: str, outer: datetime | None) -> timezone:
    """The zone that the words name, else the one in which the forwarding program lives."""
    if found := _OFFSET.search(rest):
        minutes = int(found[2]) * 60 + int(found[3] or 0)
        return timezone(timedelta(minutes=-minutes if found[1] != "+" else minutes))
    offset = None if _ZULU.search(rest) or outer is None else outer.utcoffset()
    return timezone(offset) if offset is not None else UTC

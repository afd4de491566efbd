"""Months, days and spans of time as people write them, in the languages of the desk.

In: a word. Out: its month, weekday, unit, or days from today. Case and accents make no difference.
English, German, French, Polish, Spanish, Swedish, Italian, Japanese, Korean; babel has the same
months and weekdays, which a test compares, but takes too long to ask on the way of every mail.
*Fails:* never; a strange word has no meaning.

Short forms of weekdays are English alone: `mar` would be Tuesday in Rome and March everywhere.
"""

from __future__ import annotations

import unicodedata
from enum import StrEnum

_MONTHS = """
january jan januar jänner januari janvier janv styczeń stycznia sty enero ene gennaio gen
february feb februar februari février févr fév luty lutego lut febrero febbraio
march mar märz maerz mär mars marzec marca marzo mrz
april apr avril avr kwiecień kwietnia kwi abril abr aprile
may mai maj maja mayo maggio mag
june jun juni juin czerwiec czerwca cze junio giugno giu
july jul juli juillet juil lipiec lipca lip julio luglio lug
august aug août aout sierpień sierpnia sie agosto ago augusti
september sep sept septembre wrzesień września wrz septiembre settembre set
october oct oktober okt octobre październik października paź octubre ottobre ott
november nov novembre listopad listopada lis noviembre
december dec dezember dez décembre déc grudzień grudnia gru diciembre dicembre dic
"""
_WEEKDAYS = """
monday mon montag lundi poniedziałek lunes måndag lunedì 月曜日 月曜 월요일
tuesday tue tues dienstag mardi wtorek martes tisdag martedì 火曜日 火曜 화요일
wednesday wed mittwoch mercredi środa środę miércoles onsdag mercoledì 水曜日 水曜 수요일
thursday thu thur thurs donnerstag jeudi czwartek jueves torsdag giovedì 木曜日 木曜 목요일
friday fri freitag vendredi piątek viernes fredag venerdì 金曜日 金曜 금요일
saturday sat samstag sonnabend samedi sobota sobotę sábado lördag sabato 土曜日 土曜 토요일
sunday sun sonntag dimanche niedziela niedzielę domingo söndag domenica 日曜日 日曜 일요일
"""
_FROM_TODAY = """
today heute aujourd'hui dziś dzisiaj hoy idag i·dag oggi 今日 本日 오늘
tomorrow morgen demain jutro mañana imorgon i·morgon domani 明日 내일
"""


class Unit(StrEnum):
    """What a span counts in."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


_UNITS = {
    Unit.DAY: "d day days tag tage tagen jour jours dzień dni día días dag dagar giorno giorni",
    Unit.WEEK: "w wk week weeks woche wochen semaine semaines tydzień tygodnie tygodni semana "
    "semanas vecka veckor settimana settimane",
    Unit.MONTH: "month months monat monate monaten mois miesiąc miesiące miesięcy mes meses månad "
    "månader mese mesi",
}


def folded(word: str) -> str:
    """The word without case and accents."""
    apart = unicodedata.normalize("NFKD", word.replace("’", "'").casefold())
    return "".join(c for c in apart if not unicodedata.combining(c))


def _rows(table: str, first: int) -> dict[str, int]:
    lines = enumerate(table.strip().splitlines(), first)
    return {folded(w.replace("·", " ")): number for number, line in lines for w in line.split()}


_MONTH_OF = _rows(_MONTHS, 1)
_WEEKDAY_OF = _rows(_WEEKDAYS, 0)
_DAYS_OF = _rows(_FROM_TODAY, 0)
_UNIT_OF = {folded(word): unit for unit, words in _UNITS.items() for word in words.split()}


def month(word: str) -> int | None:
    """1 to 12."""
    return _MONTH_OF.get(folded(word))


def weekday(word: str) -> int | None:
    """0, Monday, to 6."""
    return _WEEKDAY_OF.get(folded(word))


def days_from_today(words: str) -> int | None:
    """0 for today, 1 for tomorrow."""
    return _DAYS_OF.get(folded(words))


def unit(word: str) -> Unit | None:
    """Days, weeks or months."""
    return _UNIT_OF.get(folded(word))

"""A shown date of languages whose months are no single words, put into English words and years.

In: what stands behind `Sent:` above a forwarded mail. Out: the same with the month, the half of the
day and the year as `shown_date` reads them: Greek, Hebrew, Arabic (both kinds of months),
Vietnamese and Thai, whose years count from the Buddha's.
*Fails:* never.

Thai vowels and Hebrew prefixes are no letters of their own to a regular expression, and a month of
Vietnam or the Levant is two words, so the names are looked for as they stand.
"""

from __future__ import annotations

import re

_ENGLISH = """
January February March April May June July August September October November December
"""
_NAMES = _ENGLISH.split()
# One language a line, January first; forms of one month between commas, the longest first.
_MONTHS = """
ιανουαρίου,ιανουάριος,ιαν|φεβρουαρίου,φεβρουάριος,φεβ|μαρτίου,μάρτιος,μαρ|απριλίου,απρίλιος,απρ\
|μαΐου,μάιος,μαΐ,μάι|ιουνίου,ιούνιος,ιουν|ιουλίου,ιούλιος,ιουλ|αυγούστου,αύγουστος,αυγ\
|σεπτεμβρίου,σεπτέμβριος,σεπ|οκτωβρίου,οκτώβριος,οκτ|νοεμβρίου,νοέμβριος,νοε\
|δεκεμβρίου,δεκέμβριος,δεκ
בינואר,ינואר|בפברואר,פברואר|במרץ,במרס,מרץ,מרס|באפריל,אפריל|במאי,מאי|ביוני,יוני|ביולי,יולי\
|באוגוסט,אוגוסט|בספטמבר,ספטמבר|באוקטובר,אוקטובר|בנובמבר,נובמבר|בדצמבר,דצמבר
يناير,جانفي,كانون الثاني|فبراير,فيفري,شباط|مارس,آذار|أبريل,إبريل,ابريل,أفريل,نيسان\
|مايو,ماي,أيار,ايار|يونيو,جوان,حزيران|يوليو,جويلية,تموز|أغسطس,اغسطس,أوت,آب|سبتمبر,أيلول,ايلول\
|أكتوبر,اكتوبر,تشرين الأول,تشرين الاول|نوفمبر,تشرين الثاني|ديسمبر,كانون الأول,كانون الاول
tháng giêng,tháng một,thg 1|tháng hai,thg 2|tháng ba,thg 3|tháng tư,thg 4|tháng năm,thg 5\
|tháng sáu,thg 6|tháng bảy,thg 7|tháng tám,thg 8|tháng chín,thg 9|tháng mười,thg 10\
|tháng mười một,thg 11|tháng mười hai,tháng chạp,thg 12
มกราคม,ม.ค.|กุมภาพันธ์,ก.พ.|มีนาคม,มี.ค.|เมษายน,เม.ย.|พฤษภาคม,พ.ค.|มิถุนายน,มิ.ย.|กรกฎาคม,ก.ค.\
|สิงหาคม,ส.ค.|กันยายน,ก.ย.|ตุลาคม,ต.ค.|พฤศจิกายน,พ.ย.|ธันวาคม,ธ.ค.
"""
_HALVES = {"πμ": "AM", "μμ": "PM", "ص": "AM", "م": "PM", "sa": "AM", "ch": "PM"}
_HALF = re.compile(r"(?<![\w.])(?:πμ|μμ|ص|م|sa|ch)(?![\w.])")
_DOTTED = (("π.μ.", "AM"), ("μ.μ.", "PM"))
_VIETNAMESE = re.compile(r"tháng (\d{1,2})(?!\d)")
_BUDDHIST = re.compile(r"(?<!\d)25[4-9]\d(?!\d)")
_BEFORE_OURS = 543
_ZEROS = "\u0660\u06f0\u0e50"  # Arabic, Persian, Thai
_DIGITS = {ord(zero) + digit: str(digit) for zero in _ZEROS for digit in range(10)}


def _table() -> tuple[tuple[str, str], ...]:
    pairs = [
        (form, name)
        for line in _MONTHS.strip().split("\n")
        for name, forms in zip(_NAMES, line.split("|"), strict=True)
        for form in forms.casefold().split(",")
    ]
    # `tháng mười một` before `tháng mười`, `ιουλίου` before `ιουλ`.
    return tuple(sorted(pairs, key=lambda pair: len(pair[0]), reverse=True))


_TABLE = _table()


def in_english(value: str) -> str:
    """The date with English words where it has those of the languages above."""
    value = value.translate(_DIGITS)
    value = _BUDDHIST.sub(lambda found: str(int(found[0]) - _BEFORE_OURS), value)
    if value.isascii():
        return value
    folded = value.casefold()
    named = _VIETNAMESE.sub(lambda found: _numbered(int(found[1]), found[0]), folded)
    for form, name in _TABLE:
        if form in named:
            named = named.replace(form, f" {name} ")
            break
    for half, english in _DOTTED:
        named = named.replace(half, english)
    halved = _HALF.sub(lambda found: _HALVES[found[0]], named)
    return value if named == folded else halved


def _numbered(month: int, shown: str) -> str:
    return f" {_NAMES[month - 1]} " if 1 <= month <= len(_NAMES) else shown

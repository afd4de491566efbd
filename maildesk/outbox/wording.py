"""How values are shown: sizes, days, moments, numbers, paragraphs, wrapped prose.

In: plain values out of a snapshot. Out: text, or markup whose every letter of foreign text is
escaped. `wrap` is for our own sentences; what people wrote is never broken anew.
*Fails:* never on text; a date that is no ISO 8601 is shown as it is.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import groupby
from unicodedata import east_asian_width
from urllib.parse import quote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_timezone_name
from babel.numbers import format_decimal, format_percent
from markupsafe import Markup, escape

COLUMNS = 72
BETWEEN = " · "
_LONGEST_FACT = 32  # columns that a telephone has room for on one line
_KEY = re.compile(r"\[[A-Za-z][A-Za-z0-9]{0,20}-[0-9]{1,18}\](?=\s|$)")
_URL = re.compile(r"https?://(?:[^\s<>&]|&amp;)+(?<![.,;:!?)\]'*_])")
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
# A space that keeps its word on the line is none of them; French has one before a colon.
_SPACES = re.compile(r"[^\S\u00a0\u202f]+")
_IMAGE = re.compile(r"<img\b[^>\"']*(?:\"[^\"]*\"[^>\"']*|'[^']*'[^>\"']*)*>", re.IGNORECASE)
_BYTES = 1000
_LONGEST_LINK = 1500  # characters; Gmail takes about 1,620, Outlook 2,046
_LETTER = r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uff60]"  # kana, ideographs, full-width signs
_OPENS = "「『（〈《【"
_CLOSES = "、。，．・：；！？」』）〉》】ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々"
_ENDS = "。．！？：」』）"
# The short name of half a day is Latin where the long one is not: AM 8:12, 오전 8:12.
_HALF_A_DAY = re.compile(r"(?<!')\ba\b(?!')")
_DAYS_IN_SIGNS = frozenset(("ja", "ko", "zh"))  # 2026年11月21日 in a sentence, not 2026/11/21
_WIDE = re.compile(r"[\u1100-\u11ff\u3000-\u30ff\u3400-\u9fff\uac00-\ud7a3\uff00-\uff60]")
# What stands on one line: a sign that opens with what follows, one that closes with what is before.
_UNIT = re.compile(f"[{_OPENS}]*+(?:{_LETTER}|(?:(?!{_LETTER})[^ ])++)[{_CLOSES}]*+| |[{_OPENS}]++")


def wrap(text: str, columns: int = COLUMNS) -> str:
    """Our own prose at 72 columns, paragraph by paragraph; an address is never broken."""
    paragraphs = _BLANK_LINES.split(text.strip())
    return "\n\n".join(_wrapped(p, columns) for p in paragraphs if p.strip())


def paragraphs(text: str) -> Markup:
    """What somebody wrote, as HTML: paragraphs and lines kept, links to click on."""
    safe = _URL.sub(r'<a href="\g<0>">\g<0></a>', str(escape(text.strip())))
    blocks = (block.replace("\n", "<br>") for block in _BLANK_LINES.split(safe))
    return Markup("".join(f'<p class="md-line">{block}</p>' for block in blocks))  # noqa: S704


def without_pictures(html: str) -> Markup:
    """Sanitised HTML that asks for nothing and shows no enclosed file."""
    return Markup(_IMAGE.sub("", html))  # noqa: S704


def strong(text: str) -> Markup:
    """What the eye is to find in a sentence of the HTML part."""
    return Markup("<strong>%s</strong>") % text


def facts_wrapped(facts: str, columns: int = COLUMNS) -> str:
    """Facts with dots between them; a line ends between two of them, where it can."""
    lines: list[str] = []
    for fact in facts.split(BETWEEN):
        longer = f"{lines[-1]}{BETWEEN}{fact}" if lines else fact
        if lines and _width(longer) <= columns:
            lines[-1] = longer
        else:
            lines.append(fact)
    return "\n".join(_wrapped(line, columns) for line in lines)


def facts_unbroken(facts: str) -> Markup:
    """The same for a browser: a short fact stays on one line."""
    return Markup(" · ").join(_one_line(fact) for fact in escape(facts).split(BETWEEN))


def _one_line(fact: Markup) -> Markup:
    is_short = _width(fact) <= _LONGEST_FACT
    return Markup('<span class="md-one">%s</span>') % fact if is_short else fact


def listed(names: Iterable[str], language: str) -> str:
    """Names side by side, with the comma of the language between them."""
    return ("、" if language.partition("-")[0] in ("ja", "zh") else ", ").join(names)


def by_key(subject: str) -> str:
    """The key alone, where a subject begins with one: a link in plain text is seen whole."""
    found = _KEY.match(subject)
    return found[0] if found else subject


def together(*sentences: str) -> str:
    """Sentences one behind the other; no space follows a full-width sign that ends one."""
    said = [sentence for sentence in sentences if sentence.strip()]
    whole = said[0].strip() if said else ""
    for sentence in said[1:]:
        whole += ("" if whole[-1] in _ENDS else " ") + sentence.strip()
    return whole


def name(person: Mapping[str, str]) -> str:
    """How a person is called: by name, where one is known."""
    return person.get("name") or person.get("email", "")


def by_group(rows: Iterable[Mapping[str, object]]) -> list[tuple[object, list[object]]]:
    """The rows of a list, group by group as they come."""
    return [(group, list(found)) for group, found in groupby(rows, lambda row: row["group"])]


def opening(text: str) -> str:
    """The first words, for the line that a mail client shows beside the subject."""
    return textwrap.shorten(text[:400], 110, placeholder=" …")


def mailto(*, to: str, subject: str, line: str) -> str:
    """The link that opens a mail with a command line in it (RFC 6068).

    Mail programs cut or refuse long ones, and a subject may be long; its key stands in front.
    """
    while len(link := _mailto(to, subject, line)) > _LONGEST_LINK and subject:
        subject = subject[: len(subject) * 2 // 3]
    return link


def _mailto(to: str, subject: str, line: str) -> str:
    text = line.replace("\n", "\r\n")  # RFC 6068 §5
    told = f"?subject={quote(subject, safe='')}&body={quote(text, safe='')}"
    return f"mailto:{quote(to, safe='@+')}{told}"


def indent(text: str, mark: str = "> ") -> str:
    """Every line of `text` behind `mark`, none of them broken."""
    return "\n".join((mark + line).rstrip() for line in text.strip("\n").split("\n"))


def size(count: int, language: str) -> str:
    """`count` bytes as people say it: 812 B, 34 KB, 1.2 MB."""
    if count < _BYTES:
        return f"{count} B"
    if count < _BYTES**2:
        return f"{round(count / _BYTES)} KB"
    megabytes = count / _BYTES**2
    shown = format_decimal(megabytes, "#,##0.#" if megabytes < 100 else "#,##0", _locale(language))
    return f"{shown} MB"


@lru_cache(maxsize=1024)
def day(moment: str, language: str, timezone: str) -> str:
    """The day of an ISO 8601 moment where the reader lives, or an ISO day: 21 Nov 2026."""
    try:
        locale = _locale(language)
        shown = "long" if locale.language in _DAYS_IN_SIGNS else "medium"
        return format_date(_day(moment, timezone), shown, locale=locale)
    except ValueError:
        return moment


@lru_cache(maxsize=1024)
def moment(at: str, language: str, timezone: str) -> str:
    """An ISO 8601 moment where the reader lives: Mon, 23 Nov 2026, 16:00 CET."""
    try:
        there = datetime.fromisoformat(at).astimezone(_zone(timezone))
    except (ValueError, OverflowError):
        return at
    locale = _locale(language)
    shown = locale.datetime_skeletons.get("yMMMEd")
    date = format_date(there, shown.pattern if shown else "full", locale=locale)
    hours = _HALF_A_DAY.sub("aaaa", locale.time_formats["short"].pattern)
    clock = format_time(there, hours, tzinfo=_zone(timezone), locale=locale)
    joined = locale.datetime_formats["medium"].format(clock, date)
    return f"{joined} {_zone_name(there, locale)}"


def number(value: str, language: str) -> str:
    """A number with the reader's separators; what is none stays."""
    try:
        return format_decimal(Decimal(value), locale=_locale(language))
    except InvalidOperation:
        return value


def percent(share: str, language: str) -> str:
    """A share of one in percent: 0.8 is 80%."""
    try:
        return format_percent(Decimal(share), locale=_locale(language))
    except InvalidOperation:
        return share


def plural_form(count: str, language: str) -> str:
    """The CLDR plural form of a count: one, few, other."""
    try:
        return _locale(language).plural_form(int(count))
    except ValueError:
        return "other"


def _day(moment: str, timezone: str) -> date:
    if len(moment) == len("2026-11-21"):
        return date.fromisoformat(moment)
    return datetime.fromisoformat(moment).astimezone(_zone(timezone)).date()


def _zone_name(there: datetime, locale: Locale) -> str:
    if there.tzname() == "UTC":
        return "UTC"  # French data would have it "TU"
    name = get_timezone_name(there, width="short", locale=locale)
    # An offset, or a name written out where the data has no short one.
    return there.tzname() or name if name[:1] in "+-" or " " in name else name


def _wrapped(paragraph: str, columns: int) -> str:
    text = _SPACES.sub(" ", paragraph).strip(" ")
    if _WIDE.search(text):
        return "\n".join(_wide_lines(text, columns))
    return textwrap.fill(text, columns, break_long_words=False, break_on_hyphens=False)


def _width(text: str) -> int:
    """How many columns a text takes."""
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def _wide_lines(text: str, columns: int) -> Iterator[str]:
    """Lines of Chinese or Japanese, which breaks between letters; Korean breaks at spaces."""
    line, used = "", 0
    for unit in _UNIT.findall(text):
        width = _width(unit)
        if line.strip() and used + width > columns:
            yield line.rstrip()
            line, used = "", 0
        if line or unit != " ":
            line, used = line + unit, used + width
    yield line.rstrip()


@lru_cache(maxsize=64)
def _locale(language: str) -> Locale:
    for tag in (language, language.partition("-")[0]):
        # Bare English means no country; 21 Nov 2026 is read everywhere, Nov 21 in one of them.
        if tag == "en":
            break
        try:
            return Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en", "150")


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")

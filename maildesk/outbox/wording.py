"""The filters of our templates: sizes, days, paragraphs, wrapped prose.

In: plain values out of a snapshot. Out: text, or markup whose every letter of foreign text is
escaped. `wrap` is for our own sentences; what people wrote is never broken anew.
*Fails:* never on text; a date that is no ISO 8601 is shown as it is.
"""

from __future__ import annotations

import re
import textwrap
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_decimal
from markupsafe import Markup, escape

COLUMNS = 72
_LONGEST_HTML = 60_000  # characters: Gmail cuts a mail's HTML at about 100 KB
_URL = re.compile(r"https?://(?:[^\s<>&]|&amp;)+(?<![.,;:!?)\]'*_])")
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_IMAGE = re.compile(r"<img\b[^>\"']*(?:\"[^\"]*\"[^>\"']*|'[^']*'[^>\"']*)*>", re.IGNORECASE)
_BYTES = 1000


def wrap(text: str) -> str:
    """Our own prose at 72 columns, paragraph by paragraph; an address is never broken."""
    paragraphs = _BLANK_LINES.split(text.strip())
    return "\n\n".join(_wrapped(p) for p in paragraphs if p.strip())


def paragraphs(text: str) -> Markup:
    """What somebody wrote, as HTML: paragraphs and lines kept, links to click on."""
    safe = _URL.sub(r'<a href="\g<0>">\g<0></a>', str(escape(text.strip())))
    blocks = (block.replace("\n", "<br>") for block in _BLANK_LINES.split(safe))
    return Markup("".join(f'<p class="md-line">{block}</p>' for block in blocks))  # noqa: S704


def words(text: str, html: str | None) -> Markup:
    """A comment for the HTML part: the sanitised HTML where it is of use, else the text.

    Pictures are left out: remote ones would tell who reads, and enclosed ones come as files.
    """
    if not html or len(html) > _LONGEST_HTML:
        return paragraphs(text)
    return Markup(_IMAGE.sub("", html))  # noqa: S704


def opening(text: str) -> str:
    """The first words, for the line that a mail client shows beside the subject."""
    return textwrap.shorten(text[:400], 110, placeholder=" …")


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
    """The day of an ISO 8601 moment where the reader lives: 21 Nov 2026."""
    try:
        return format_date(
            datetime.fromisoformat(moment).astimezone(_zone(timezone)).date(),
            locale=_locale(language),
        )
    except ValueError:
        return moment


def _wrapped(paragraph: str) -> str:
    return textwrap.fill(
        " ".join(paragraph.split()), COLUMNS, break_long_words=False, break_on_hyphens=False
    )


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

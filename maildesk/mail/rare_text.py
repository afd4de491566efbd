"""Words of parts that are text, but neither plain nor HTML: Markdown, enriched text, Rich Text.

In: a part's type, bytes and charset. Out: its words.
*Fails:* never.

Markdown is meant to be read as it is. Enriched text (RFC 1896) loses its commands, and so does its
elder brother `text/richtext` (RFC 1341), by which name some programs send Rich Text.
"""

from __future__ import annotations

import re

from maildesk.mail import rtf
from maildesk.mail.charsets import decode
from maildesk.mail.clean import TEXT_LIMIT, clean_text, mark_cut

_MARKDOWN = ("text/markdown", "text/x-markdown", "text/x-web-markdown")
_ENRICHED = ("text/enriched", "text/richtext")
_RTF = ("text/rtf", "application/rtf", "application/x-rtf", "text/x-rtf")
TYPES = frozenset((*_MARKDOWN, *_ENRICHED, *_RTF))
_RTF_START = b"{\\rtf"
_UNSEEN = re.compile(
    r"<param>[^<]{0,1000}+</param>|<comment>[^<]{0,1000}+</comment>", re.IGNORECASE
)
_TOKEN = re.compile(r"(<<)|<(/?)([a-zA-Z0-9-]{1,60})>|(\n{1,100})|[^<\n]{1,10000}|<")


def read(kind: str, data: bytes, charset: str) -> str:
    """The words of a part of one of TYPES."""
    if is_rich(kind, data):
        text = clean_text(rtf.to_text(data))
        return mark_cut(text) if len(data) > rtf.TEXT_LIMIT else text
    text = clean_text(decode(data[: TEXT_LIMIT * 4], charset))
    text = _without_commands(text) if kind in _ENRICHED else text
    return mark_cut(text) if len(data) > TEXT_LIMIT * 4 else text


def is_rich(kind: str, data: bytes) -> bool:
    """Whether it is Rich Text, of which the words alone say less than the part."""
    return kind in _RTF or data[:20].lstrip().startswith(_RTF_START)


def _without_commands(text: str) -> str:
    """The text as a reader without fonts shows it: lines joined, but for empty ones."""
    kept: list[str] = []
    unfilled = 0
    for found in _TOKEN.finditer(_UNSEEN.sub("", text)):
        doubled, closing, command, ends = found.groups()
        step = -1 if closing else 1
        command = (command or "").lower()
        if command == "nofill":
            unfilled = max(0, unfilled + step)
        elif command in ("nl", "lt"):
            kept.append("\n" if command == "nl" else "<")
        elif command:
            continue
        elif ends:
            kept.append(ends if unfilled else ends[1:] or " ")
        else:
            kept.append("<" if doubled else found[0])
    return "".join(kept)

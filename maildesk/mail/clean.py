"""Take out of text what no reader, terminal, database or header may ever get to see.

In: str as decoded. Out: str that encodes as UTF-8, without NUL, C0, C1 and lone surrogates; in
one-line values also without line separators and bidi controls (Unicode TR #36 §3).
*Fails:* never.
"""

from __future__ import annotations

import re

_BODY_DIRT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_ODD_LINE_ENDS = re.compile("[\x0b\x0c\x85\u2028\u2029]")
_LINE_SPACE = re.compile("(?:\r\n|[\t\n\r\x0b\x0c\x85\u2028\u2029])+")
_LINE_DIRT = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
CUT = (
    "[… cut here: the text is longer than this desk shows; it is attached, and the message"
    " holds all of it]"
)
_MARK = f"\n{CUT}"
TEXT_LIMIT = 200 * 1024  # bytes of UTF-8 that a comment shows


def clean_line(text: str) -> str:
    """One line: line ends and tabs become a space, controls, bidi and surrogates go."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return _LINE_DIRT.sub("", _LINE_SPACE.sub(" ", text)).strip()


def clean_text(text: str) -> str:
    """Many lines: every line end is `\\n`, controls but tab go, surrogates become U+FFFD."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.replace("\n", "").replace("\t", "").isprintable():
        return text
    text = _ODD_LINE_ENDS.sub("\n", text)
    if _BODY_DIRT.search(text):
        text = _BODY_DIRT.sub(lambda found: "\ufffd" if found[0] >= "\ud800" else "", text)
    return text


def cap(text: str, limit: int = TEXT_LIMIT) -> str:
    """At most `limit` bytes of UTF-8, with a mark where it was cut."""
    if len(text) * 4 <= limit:
        return text
    data = text.encode("utf-8")
    if len(data) <= limit:
        return text
    room = limit - len(_MARK.encode("utf-8"))
    return data[:room].decode("utf-8", "ignore") + _MARK


def mark_cut(text: str) -> str:
    """The text with the mark that says that there is more."""
    return text if is_cut(text) else text + _MARK


def is_cut(text: str) -> bool:
    """Whether the text ends in that mark."""
    return text.endswith(_MARK)

"""Where the mails of an mbox begin and end.

In: an open file whose first line begins with `From `. Out: for each mail its `From ` line and the
place of its bytes; nothing stays open. A line of a body may begin with `From `, too, and not every
program quotes it, so a line begins a mail only if it stands behind an empty line (or first), holds
a date as mbox writers put it, or nothing but an address, and a header field follows it. Where the
first line of all holds neither, the file's other ones need none either.
*Fails:* OSError as the file gives it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_PIECE = 64 * 1024  # of a line: longer ones come in pieces, and begin nothing
_LONGEST = 600  # bytes of a `From ` line
_BLANK = (b"\n", b"\r\n")
# Mon Mar  4 05:06:07 2019, with a zone before or behind the year; or Mon, 4 Mar 2019 05:06:07.
_DATE = re.compile(
    rb" (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? {1,3}"
    rb"(?:(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) {1,3}\d{1,2}"
    rb"|\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)) [^\r\n]{0,60}"
)
_TIME = re.compile(rb" \d{1,2}:\d{2}(?::\d{2})?(?![\d:])")
_YEAR = re.compile(rb" (?:19|20)\d{2}(?!\d)")
# Some writers know no date: an address alone, or a dash behind it.
_BARE = re.compile(rb"From [^\s@]{1,300}@[^\s@]{1,255}(?: -)?\r?\n")
_FIELD = re.compile(rb">?[!-9;-~]{1,200}[ \t]{0,10}:|>From ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One mail: the bytes from `start` to `end`, and the `From ` line before them."""

    line: bytes
    start: int
    end: int


def spans(stream: BinaryIO) -> Iterator[Span]:
    """The mails of an mbox, in their order."""
    opened: tuple[bytes, int] | None = None
    for line, start, end in _marks(stream):
        if opened:
            yield Span(line=opened[0], start=opened[1], end=end)
        opened = line, start
    if opened:
        yield Span(line=opened[0], start=opened[1], end=_end_of_last(stream))


def _end_of_last(stream: BinaryIO) -> int:
    """Where the last mail ends: before the empty line behind it, as with all others."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - 4))
    tail = stream.read()
    if tail == b"\r\n\r\n":
        return size - 2
    return size - 1 if tail.endswith(b"\n\n") else size


def _marks(stream: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """Each `From ` line that begins a mail, where that one starts, and where the last one ended."""
    at, before = 0, 0  # `before` is where an empty line above this one began
    is_behind_blank = is_start = True
    needs_date: bool | None = None
    candidate: tuple[bytes, int, int] | None = None
    while line := stream.readline(_PIECE):
        if candidate and is_start and _FIELD.match(line):
            yield candidate
        candidate = None
        if is_start and is_behind_blank and line.startswith(b"From ") and len(line) <= _LONGEST:
            has_date = _has_date(line)
            needs_date = has_date if needs_date is None else needs_date
            if has_date or not needs_date or _BARE.fullmatch(line):
                candidate = (line, at + len(line), before)
        is_behind_blank = is_start and line in _BLANK
        before = at if is_behind_blank else at + len(line)
        is_start = line.endswith(b"\n")
        at += len(line)


def _has_date(line: bytes) -> bool:
    found = _DATE.search(line)
    return found is not None and bool(_TIME.search(found[0]) and _YEAR.search(found[0]))

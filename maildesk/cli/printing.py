"""What reaches a terminal or a pipe: lines, tables, JSON.

In: text that strangers may have written. Out: the same, with whatever could steer a terminal or
turn the direction of writing shown as an escape, and tables as wide as the terminal; where one does
not fit, each row stands as lines below each other.
*Fails:* never. A reader that leaves early (`| head -1`) ends nothing: the command goes on as if
it were read to the end, and its exit code is what it would have been.
"""

from __future__ import annotations

import io
import json
import os
import re
import stat
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO, TypeVar

import click

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

T = TypeVar("T")
_CELL = 72  # columns of one cell, however wide the terminal
_WIDE = 200  # of one that may be wide, in a pipe
_NARROW = 8  # columns that a cell keeps, however narrow the terminal
_GAP = "  "

# Controls but tab and line feed; C1 controls, which some terminals obey; marks that turn the
# direction of writing; separators of lines; halves of surrogate pairs.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class _Pipe(io.FileIO):
    """A pipe whose reader may leave."""

    def write(self, data: ReadableBuffer, /) -> int:
        """Write, or throw away what nobody reads any more."""
        try:
            return super().write(data)
        except BrokenPipeError:
            return memoryview(data).nbytes


def set_up() -> None:
    """Make stdout and stderr take any text, and outlive whoever reads stdout."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if _is_pipe(sys.stdout):
        pipe = io.BufferedWriter(_Pipe(sys.stdout.fileno(), "w", closefd=False))
        sys.stdout = io.TextIOWrapper(
            pipe, sys.stdout.encoding, errors="backslashreplace", newline="\n"
        )


def _is_pipe(stream: TextIO | None) -> bool:
    try:
        mode = os.fstat(stream.fileno()).st_mode if stream else 0
    except (OSError, ValueError):
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


def say(text: str = "", *, err: bool = False) -> None:
    """Print lines for people."""
    click.echo(harmless(text), err=err)


def harmless(text: str) -> str:
    """The text with escapes such as `\\x1b` for what is no text; lines stay lines."""
    return _STEERING.sub(lambda found: repr(found[0])[1:-1], text.replace("\r\n", "\n"))


def print_json(document: object) -> None:
    """Print one JSON document, which is harmless on a terminal, too."""
    is_utf8 = (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "") == "utf8"
    text = json.dumps(document, ensure_ascii=not is_utf8, indent=2)
    click.echo(_STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text))


def print_table(
    headers: Sequence[str], rows: Sequence[Sequence[object]], empty: str, *, wide: Sequence[str]
) -> None:
    """Print rows as a table; the columns named in `wide` give way where the terminal is narrow."""
    if not rows:
        say("none shown: --limit 0" if _is_limited_to_none() else empty)
        return
    import shutil

    room = shutil.get_terminal_size().columns if _is_terminal() else 0
    most = [max(room, _CELL) if room else _WIDE if name in wide else _CELL for name in headers]
    shown = [[_cell(cell, most[i]) for i, cell in enumerate(row)] for row in rows]
    cells = [list(headers), *shown]
    widths = [max(_width(line[i]) for line in cells) for i in range(len(headers))]
    if room and not _narrow(widths, [headers.index(name) for name in wide], room):
        _print_stacked(headers, shown, room)
        return
    for line in cells:
        columns = (_padded(_cut(cell, w), w) for cell, w in zip(line, widths, strict=True))
        click.echo(_GAP.join(columns).rstrip())


def _is_limited_to_none() -> bool:
    """Whether a list is empty because nothing of it was asked for."""
    context = click.get_current_context(silent=True)
    return context is not None and context.params.get("limit") == 0


def _print_stacked(headers: Sequence[str], rows: Sequence[Sequence[str]], room: int) -> None:
    """Print each row as lines below each other: what it is, and the whole of it."""
    label = max(map(len, headers)) + len(_GAP)
    for number, row in enumerate(rows):
        if number:
            click.echo()
        for name, cell in zip(headers, row, strict=True):
            for place, piece in enumerate(_pieces(cell, max(room - label, _NARROW))):
                click.echo(_cut(("" if place else name).ljust(label) + piece, room))


def _pieces(text: str, width: int) -> Iterator[str]:
    """The text in pieces that fit; nothing for nothing."""
    while text:
        piece = "".join(_first(text, width)) or text[0]
        yield piece
        text = text[len(piece) :]


def _is_terminal() -> bool:
    return bool(sys.stdout and sys.stdout.isatty())


def _narrow(widths: list[int], givers: Sequence[int], room: int) -> bool:
    """Take from the widest of the givers until the line fits; whether it does."""
    too_much = sum(widths) + len(_GAP) * (len(widths) - 1) - room
    while too_much > 0:
        widest = max(givers, key=lambda i: widths[i])
        if widths[widest] <= _NARROW:
            return False
        widths[widest] -= 1
        too_much -= 1
    return True


def _cell(value: object, most: int) -> str:
    """One cell: a subject of thousands of characters must not push the others off the screen."""
    # The cut before the joining keeps a cell of a megabyte cheap.
    return _cut(harmless(" ".join(str(value)[: most * 8].split())), most)


def _cut(text: str, width: int) -> str:
    if _width(text) <= width:
        return text
    return "".join(_first(text, width - 1)) + "…"


def _first(text: str, width: int) -> Iterator[str]:
    """The characters that fit."""
    for character in text:
        width -= _width(character)
        if width < 0:
            return
        yield character


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    """How many columns a terminal needs: two for most of East Asia's, none for what combines."""
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


@contextmanager
def progress(items: Sequence[T], label: str) -> Iterator[Iterable[T]]:
    """Show on stderr how far the caller is with `items`: as a bar where a terminal can draw one."""
    if os.environ.get("TERM") == "dumb":
        say(label, err=True)
        yield items
        return
    with click.progressbar(items, label=label, file=sys.stderr) as bar:
        yield bar


def print_bytes(raw: bytes) -> None:
    """Print bytes as they are; made harmless where a terminal would obey them."""
    if _is_terminal():
        say(raw.decode("utf-8", "backslashreplace"))
    else:
        click.echo(raw, nl=False)


def short_time(stamp: str | None) -> str:
    """A stored time as lists show it: to the minute, UTC."""
    return stamp[:16].replace("T", " ") if stamp else ""

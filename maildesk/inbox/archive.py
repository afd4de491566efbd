"""Old mail from files: mbox, Maildir, `.eml`, or folders of them.

In: paths, and the time. Out: where each message lies, in the order to take them: oldest first by
its Date, or by the `From ` line of its mbox where that is unusable, and an answer after the mail
that it answers; then the bytes of one at a time.
Of a Maildir only what lies in `cur/` and `new/` is mail, and so of its subfolders (Maildir++).
*Fails:* NotFound for a path that is missing or no regular file, or a folder that cannot be listed;
a file that is no mail, or that cannot be read, is named, not raised.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from maildesk.errors import NotFound
from maildesk.inbox.mbox import Span, spans
from maildesk.inbox.sequence import Clue, in_order
from maildesk.mail.dates import read_date
from maildesk.mail.headers import HeaderBlock, begins, split_loosely, unfold

_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_MARKS = ("from", "date", "message-id", "subject", "received", "to")
# Nearly every header ends within the first look; for the others there is a second one.
_LOOK = 64 * 1024
_SECOND_LOOK = 16 * 1024 * 1024
_ID = re.compile(r"<([^<>]{1,2000})>")
# "From ada@acme.example Mon Mar  4 05:06:07 2019": the date begins with the day.
_MOMENT = re.compile(rb".* ((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? [^\r\n]{10,60}+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One message: a file, or the stretch of an mbox that holds it."""

    file: Path
    span: Span | None = None


@dataclass(slots=True, kw_only=True)
class Archive:
    """What the paths hold."""

    places: tuple[Place, ...]
    no_mail: tuple[str, ...]

    @classmethod
    def look(cls, paths: tuple[Path, ...], now: datetime) -> Archive:
        """Look through the paths; only headers are read."""
        found: list[tuple[Clue, Place]] = []
        no_mail: list[str] = []
        archive = cls(places=(), no_mail=())
        for file in (f for path in paths for f in _files(path)):
            try:
                messages = list(archive._messages(file, now))
            except OSError as error:
                no_mail.append(f"{file}: {error.strerror or error}")
                continue
            found.extend(messages)
            if not messages:
                no_mail.append(str(file))
        order = in_order([clue for clue, _ in found])
        archive.places = tuple(found[number][1] for number in order)
        archive.no_mail = tuple(no_mail)
        return archive

    @staticmethod
    def read(place: Place) -> bytes:
        """The bytes of one message; no file stays open."""
        if place.span is None:
            return place.file.read_bytes()
        with place.file.open("rb") as stream:
            stream.seek(place.span.start)
            raw = stream.read(place.span.end - place.span.start)
        return _QUOTED_FROM.sub(rb"\1", raw)

    @staticmethod
    def _messages(file: Path, now: datetime) -> Iterator[tuple[Clue, Place]]:
        with file.open("rb") as stream:
            if stream.read(5) != b"From ":
                stream.seek(0)
                if block := _header(stream, _SECOND_LOOK):
                    # The mails of a folder stand behind one another as those of an mbox do.
                    yield _clue(block, b"", file.parent, now), Place(file=file)
                return
            stream.seek(0)
            for span in tuple(spans(stream)):
                stream.seek(span.start)
                if block := _header(stream, span.end - span.start):
                    yield _clue(block, span.line, file, now), Place(file=file, span=span)


def _files(path: Path) -> Iterator[Path]:
    if not path.exists():
        message = f"{path} does not exist"
        raise NotFound(message)
    if path.is_file():
        yield path
        return
    if not path.is_dir():
        message = f"{path} is no regular file"
        raise NotFound(message)
    for folder, folders, names in os.walk(path, onerror=_refuse):
        here = Path(folder)
        is_maildir = {"cur", "new"} <= {*folders}
        if is_maildir:
            # Beside the mail lie indexes and lists of mail programs, and tmp holds what is not
            # finished. Subfolders of a Maildir begin with a dot.
            folders[:] = [f for f in folders if f in ("cur", "new") or _is_maildir(here / f)]
        else:
            folders[:] = [f for f in folders if not f.startswith(".") or _is_maildir(here / f)]
        folders.sort()
        if not is_maildir:
            seen = (here / name for name in sorted(names) if not name.startswith("."))
            yield from (file for file in seen if file.is_file())


def _refuse(error: OSError) -> None:
    """A folder that cannot be listed may hold any mail, so nothing is imported without it."""
    message = f"{error.filename}: {error.strerror}"
    raise NotFound(message) from error


def _is_maildir(folder: Path) -> bool:
    return (folder / "cur").is_dir() and (folder / "new").is_dir()


def _header(stream: BinaryIO, size: int) -> HeaderBlock | None:
    """The header of what begins like a mail and has a field that mails have; `size` bytes are it
    at most.
    """
    head = stream.read(min(size, _LOOK))
    if not begins(head):
        return None
    block = split_loosely(head)
    if not block.body:
        block = split_loosely(head + stream.read(min(size - len(head), _SECOND_LOOK)))
    return block if any(block.all(name) for name in _MARKS) else None


def _clue(block: HeaderBlock, line: bytes, box: Path, now: datetime) -> Clue:
    """What tells where a mail belongs; `line` is the `From ` line before it."""
    found = _MOMENT.match(line)
    moments = (block.text("date"), found[1].decode("ascii", "replace") if found else "")
    read = (read_date(text) for text in moments)
    return Clue(
        box=box,
        moment=next((moment for moment in read if moment and moment <= now), None),
        message_id=next(iter(_ids(block, "message-id")), None),
        answers=(*_ids(block, "references"), *_ids(block, "in-reply-to")),
    )


def _ids(block: HeaderBlock, name: str) -> tuple[str, ...]:
    """Every `<…>` of a field; each kept in memory once, since a thread names it over and over."""
    values = (unfold(value).decode("utf-8", "replace") for value in block.all(name))
    return tuple(sys.intern("".join(i.split())) for value in values for i in _ID.findall(value))

"""Old mail from files: mbox, Maildir, `.eml`, or folders of them.

In: paths. Out: where each message lies, oldest first by its Date, so that an answer comes after
the mail that it answers; then the bytes of one at a time.
*Fails:* NotFound for a path that is missing; a file that is no mail is named, not raised.
"""

from __future__ import annotations

import mailbox
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

from maildesk.errors import NotFound
from maildesk.mail.peek import header_values

_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_MARKS = ("from", "date", "message-id", "subject", "received", "to")
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One message: a file, and for an mbox the mailbox module's key in it."""

    file: Path
    key: str | None = None


@dataclass(slots=True, kw_only=True)
class Archive:
    """What the paths hold."""

    places: tuple[Place, ...]
    no_mail: tuple[Path, ...]
    _boxes: dict[Path, mailbox.mbox] = field(default_factory=dict)

    @classmethod
    def look(cls, paths: tuple[Path, ...]) -> Archive:
        """Look through the paths; only headers are read."""
        dated: list[tuple[datetime, Place]] = []
        no_mail: list[Path] = []
        archive = cls(places=(), no_mail=())
        for file in (f for path in paths for f in _files(path)):
            found = list(archive._messages(file))
            dated.extend(found)
            if not found:
                no_mail.append(file)
        dated.sort(key=lambda pair: pair[0])
        archive.places = tuple(place for _, place in dated)
        archive.no_mail = tuple(no_mail)
        return archive

    def read(self, place: Place) -> bytes:
        """The bytes of one message."""
        if place.key is None:
            return place.file.read_bytes()
        raw = self._box(place.file).get_bytes(place.key)
        return _QUOTED_FROM.sub(rb"\1", raw)

    def _messages(self, file: Path) -> Iterator[tuple[datetime, Place]]:
        with file.open("rb") as stream:
            is_mbox = stream.read(5) == b"From "
        keys: Sequence[str | None] = self._box(file).keys() if is_mbox else (None,)
        for key in keys:
            place = Place(file=file, key=key)
            values = header_values(self.read(place), _MARKS)
            if any(values.values()):
                yield _date(values["date"]), place

    def _box(self, file: Path) -> mailbox.mbox:
        if file not in self._boxes:
            self._boxes[file] = mailbox.mbox(file, create=False)
        return self._boxes[file]


def _files(path: Path) -> Iterator[Path]:
    if not path.exists():
        message = f"{path} does not exist"
        raise NotFound(message)
    if path.is_file():
        yield path
        return
    # A Maildir's tmp holds unfinished files, and dot files are indexes of mail programs.
    for file in sorted(path.rglob("*")):
        inner = file.relative_to(path)
        is_hidden = any(part.startswith(".") and part != inner.parts[0] for part in inner.parts)
        if file.is_file() and not is_hidden and file.parent.name != "tmp":
            yield file


def _date(values: tuple[str, ...]) -> datetime:
    try:
        date = parsedate_to_datetime(values[0]) if values else _NEVER
    except (ValueError, TypeError, OverflowError):
        return _NEVER
    return date if date.tzinfo else date.replace(tzinfo=UTC)

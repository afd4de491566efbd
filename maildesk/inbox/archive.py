"""Old mail from files: mbox, Maildir, `.eml`, or folders of them.

In: paths. Out: where each message lies, oldest first by its Date, so that an answer comes after
the mail that it answers; then the bytes of one at a time.
Of a Maildir only what lies in `cur/` and `new/` is mail, and so of its subfolders (Maildir++).
*Fails:* NotFound for a path that is missing or a folder that cannot be listed; a file that is no
mail, or that cannot be read, is named, not raised.
"""

from __future__ import annotations

import mailbox
import os
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
    no_mail: tuple[str, ...]
    _boxes: dict[Path, mailbox.mbox] = field(default_factory=dict)

    @classmethod
    def look(cls, paths: tuple[Path, ...]) -> Archive:
        """Look through the paths; only headers are read."""
        dated: list[tuple[datetime, Place]] = []
        no_mail: list[str] = []
        archive = cls(places=(), no_mail=())
        for file in (f for path in paths for f in _files(path)):
            try:
                found = list(archive._messages(file))
            except OSError as error:
                no_mail.append(f"{file}: {error.strerror or error}")
                continue
            dated.extend(found)
            if not found:
                no_mail.append(str(file))
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


def _date(values: tuple[str, ...]) -> datetime:
    try:
        date = parsedate_to_datetime(values[0]) if values else _NEVER
    except (ValueError, TypeError, OverflowError):
        return _NEVER
    return date if date.tzinfo else date.replace(tzinfo=UTC)

"""Raw messages: small ones in their row, large ones as files named by their content.

In: bytes. Out: a row's worth of bytes or a file's name, readable again. A file is complete, synced
and under its final name before the transaction that mentions it begins; a crash in between leaves
a file that nobody names, never a name without its file. A draft that a kill left behind is removed
when it is old enough to be nobody's any more.
*Fails:* StoreBusy when the disk is full, StoreError for any other trouble with the files.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import sqlite3
import stat
from dataclasses import dataclass
from pathlib import Path

from maildesk.errors import NotFound, StoreBusy, StoreError
from maildesk.store.database import hand_over

IN_ROW = 256 * 1024  # bytes; above this a file costs less than the copies a page store makes

_DRAFT = re.compile(r"[0-9a-f]{64}\.[0-9]+\.[0-9]+\.tmp")
_SHELF = re.compile(r"[0-9a-f]{2}")
_ABANDONED_SECONDS = 36 * 3600.0  # Maildir's own rule for its tmp/


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How a raw message is kept: exactly one of `content` and `file`."""

    size: int
    content: bytes | None = None
    file: str | None = None


class RawFiles:
    """The `raw/` folder of a data directory."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "raw"

    def keep(self, raw: bytes) -> Kept:
        """Make `raw` ready for its row; a large one is durable on disk when this returns."""
        if len(raw) <= IN_ROW:
            return Kept(size=len(raw), content=raw)
        name = hashlib.sha256(raw).hexdigest()
        try:
            self._write(self.path_of(name), raw)
        except OSError as error:
            message = f"cannot keep a large message: {error.strerror}"
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            raise (StoreBusy if full else StoreError)(message) from error
        return Kept(size=len(raw), file=name)

    def path_of(self, name: str) -> Path:
        """Where the file of that name is, or would be."""
        return self._folder / name[:2] / name

    def read(self, conn: sqlite3.Connection, inbox_id: int) -> bytes:
        """The bytes of an inbox row."""
        row = conn.execute(
            "SELECT content, file FROM raw WHERE inbox_id = :id", {"id": inbox_id}
        ).fetchone()
        if row is None:
            message = f"no message {inbox_id} in the inbox"
            raise NotFound(message)
        if row["content"] is not None:
            return bytes(row["content"])
        try:
            return self.path_of(row["file"]).read_bytes()
        except FileNotFoundError as error:
            message = f"the raw file of message {inbox_id} is gone: {row['file']}"
            raise NotFound(message) from error
        except OSError as error:
            message = f"the raw file of message {inbox_id} cannot be read: {error.strerror}"
            raise StoreError(message) from error

    def tidy(self, now: float) -> int:
        """Remove the drafts of whoever was killed while writing; how many. `now` in Unix time."""
        try:
            shelves = [s for s in os.scandir(self._folder) if _SHELF.fullmatch(s.name)]
        except OSError:
            return 0
        folders = (Path(s.path) for s in shelves if s.is_dir(follow_symlinks=False))
        return sum(remove_abandoned(folder, _DRAFT, now) for folder in folders)

    def _write(self, path: Path, raw: bytes) -> None:
        if not path.exists():
            self._write_new(path, raw)
        # Also for a file that is there: whoever wrote it may have died before its name was durable.
        for folder in (path.parent, self._folder, self._folder.parent):
            sync_folder(folder)

    def _write_new(self, path: Path, raw: bytes) -> None:
        for folder in (self._folder, path.parent):
            if not folder.is_dir():
                folder.mkdir(mode=0o700, exist_ok=True)
                hand_over(folder, self._folder.parent)
        draft = path.with_name(f"{path.name}.{os.getpid()}.{id(raw)}.tmp")
        try:
            with open(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb") as file:
                hand_over(file.fileno(), self._folder.parent)
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            draft.rename(path)
        except OSError:
            draft.unlink(missing_ok=True)
            raise


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable (a new file's name is the folder's data, not its own)."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_abandoned(folder: Path, names: re.Pattern[str], now: float) -> int:
    """Remove the files in `folder` with such names that nobody has written to for 36 hours.

    Returns how many. What cannot be looked at or removed stays: it costs space and nothing else.
    """
    try:
        found = [entry for entry in os.scandir(folder) if names.fullmatch(entry.name)]
    except OSError:
        return 0
    return sum(_remove_if_abandoned(entry, now) for entry in found)


def _remove_if_abandoned(entry: os.DirEntry[str], now: float) -> bool:
    try:
        status = entry.stat(follow_symlinks=False)
        if not stat.S_ISREG(status.st_mode) or now - status.st_mtime <= _ABANDONED_SECONDS:
            return False
        os.unlink(entry.path)
    except OSError:
        return False
    return True

"""Opening the file the one right way, and the two locks on the data directory.

In: a data directory. Out: connections with every pragma set; `write_lock`, held around each write
of every process; `daemon_lock`, held by the one daemon for its life.

All SQLite versions before 3.51.3 can damage a WAL file when two connections write or checkpoint at
the same instant, so at most one connection writes at any time, across processes: the flock says so.
*Fails:* StoreBusy when a lock is not had in time; StoreError for a directory that cannot be used.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from maildesk.errors import StoreBusy, StoreError

# Whoever asks whether a daemon runs holds its lock for an instant; a start outlasts that.
_GLANCE_SECONDS = 1.0


def stamp(moment_: datetime) -> str:
    """An aware datetime as the database holds it: UTC, fixed width, sortable as text."""
    # Four times as quick as strftime and strptime, and every message asks for a dozen of them.
    return f"{moment_.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def moment(text: str) -> datetime:
    """The aware UTC datetime of a `stamp`."""
    return datetime.fromisoformat(text)


def database_path(data_dir: Path) -> Path:
    """Where the database of a data directory is."""
    return data_dir / "maildesk.db"


def file_at(path: Path) -> tuple[int, int] | None:
    """Which file has that name now: device and number; None where there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def prepare_directory(data_dir: Path) -> None:
    """Make the directory, closed to others; an existing one is left as it is."""
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        message = f"cannot make the data directory {data_dir}: {error.strerror}"
        raise StoreError(message) from error


def hand_over(new: Path | int, folder: Path) -> None:
    """Give what root has made to the owner of the folder, as SQLite does with its own files.

    Otherwise one command by root on the daemon's directory leaves files that the daemon cannot
    read. Nobody but root can give anything away, and some file systems let not even root do it.
    """
    if os.geteuid() == 0:
        owner = folder.stat()
        with suppress(PermissionError):
            os.chown(new, owner.st_uid, owner.st_gid)


def connect_writer(data_dir: Path) -> sqlite3.Connection:
    """The read-write connection: WAL, full sync, foreign keys; transactions begun by hand."""
    path = database_path(data_dir)
    _make_file(path)
    conn = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
    conn.row_factory = sqlite3.Row
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "cell_size_check = ON",
        "temp_store = MEMORY",
        "wal_autocheckpoint = 4000",
        "journal_size_limit = 67108864",
        "cache_size = -16000",
    ):
        conn.execute(f"PRAGMA {pragma}")
    return conn


def _make_file(path: Path) -> None:
    """Make the database's file ourselves, so that its mode never depends on the caller's umask."""
    # A file that is there is left alone: closing any handle on it would drop the kernel's locks of
    # all SQLite connections of this process (fcntl(2)). Another process would then think itself
    # alone, and remove the write-ahead log that ours goes on writing to.
    flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC
    with suppress(FileExistsError):
        os.close(os.open(path, flags, 0o600))
        hand_over(path, path.parent)


def connect_reader(data_dir: Path, *, is_immutable: bool = False) -> sqlite3.Connection:
    """A read-only connection; it can neither write nor checkpoint.

    With `is_immutable` it needs no index of the write-ahead log, but nobody else may write.
    """
    uri = f"{database_path(data_dir).absolute().as_uri()}?mode=ro"
    uri += "&immutable=1" if is_immutable else ""
    conn = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=5)
    conn.row_factory = sqlite3.Row
    conn.execute("PRAGMA cache_size = -8000")
    return conn


@contextmanager
def write_lock(data_dir: Path, *, wait_seconds: float) -> Iterator[None]:
    """Hold the right to write; the kernel gives it back when the process dies."""
    handle = _open_lock(data_dir / "write.lock")
    try:
        _acquire(handle, wait_seconds, "the database is busy with another process")
        yield
    finally:
        os.close(handle)


@contextmanager
def daemon_lock(data_dir: Path, *, wait_seconds: float = _GLANCE_SECONDS) -> Iterator[None]:
    """Hold the directory against a second daemon."""
    prepare_directory(data_dir)
    handle = _open_lock(data_dir / "daemon.lock")
    try:
        _acquire(handle, wait_seconds, f"another maildesk is running on {data_dir}")
        yield
    finally:
        os.close(handle)


def is_daemon_running(data_dir: Path) -> bool:
    """Whether some process holds the daemon's lock; nothing is made to find out."""
    try:
        handle = os.open(data_dir / "daemon.lock", os.O_RDONLY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        message = f"cannot read the lock {data_dir / 'daemon.lock'}: {error.strerror}"
        raise StoreError(message) from error
    try:
        # Shared, so that two who ask at the same time do not take each other for the daemon.
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(handle)


def _open_lock(path: Path) -> int:
    try:
        handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        hand_over(handle, path.parent)
        return handle
    except OSError as error:
        message = f"cannot use the lock {path}: {error.strerror}"
        raise StoreError(message) from error


def _acquire(handle: int, wait_seconds: float, message: str) -> None:
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() >= deadline:
                raise StoreBusy(message) from error
            time.sleep(0.002)
        else:
            return

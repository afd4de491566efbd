"""The store as the rest of the program holds it: write jobs, read connections, raw files.

In: a data directory. Out: `submit` and `write` for jobs, `read` for a read-only view, `raw` for
messages. Opening finishes a restore that was interrupted, and migrates, with a copy of the old file
beside it first.
*Fails:* SchemaMismatch for a file from a newer program; StoreBusy and StoreError as the parts do.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from maildesk.errors import StoreError
from maildesk.store import restoring, schema
from maildesk.store.database import (
    connect_reader,
    connect_writer,
    database_path,
    file_at,
    hand_over,
    prepare_directory,
    write_lock,
)
from maildesk.store.raw import RawFiles
from maildesk.store.writer import Job, Writer

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What makes this installation itself: the signing secret and the instance's name.

    The secret is the data's, which a backup carries on, turned by the name, which a restore makes
    anew: of two installations from one backup neither takes the other's mail for its own.
    """

    secret: bytes
    instance: str


class Store:
    """One open data directory. Thread-safe; the writer starts with the first write."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.raw = RawFiles(data_dir)
        self._writer: Writer | None = None
        self._starting = threading.Lock()
        self._local = threading.local()
        self._readers: list[sqlite3.Connection] = []
        # Asked before the first look into it: all that this store knows is of this file.
        self._file = file_at(database_path(data_dir))
        with self.read() as conn:
            self.identity = _identity(conn)

    @classmethod
    def open(cls, data_dir: Path, *, lock_seconds: float = 30.0) -> Store:
        """Open or create the store, migrated to this program's version."""
        prepare_directory(data_dir)
        try:
            _migrate(data_dir, lock_seconds)
            return cls(data_dir)
        except (sqlite3.Error, OSError) as error:
            message = f"cannot open {database_path(data_dir)}: {error}"
            raise StoreError(message) from error

    @property
    def broken(self) -> StoreError | None:
        """Why nothing can be written any more, if so; only a new start mends it."""
        return self._writer.broken if self._writer else None

    def submit(self, job: Job[T]) -> Future[T]:
        """Queue a write; the future is done when it is durable."""
        with self._starting:
            if self._writer is None:
                self._writer = Writer(self.data_dir, file=self._file)
        return self._writer.submit(job, is_patient=getattr(self._local, "is_patient", False))

    @contextmanager
    def patiently(self) -> Iterator[None]:
        """What this thread writes meanwhile stands back behind what somebody waits for."""
        self._local.is_patient = True
        try:
            yield
        finally:
            self._local.is_patient = False

    def write(self, job: Job[T]) -> T:
        """Write and wait until it is durable."""
        return self.submit(job).result()

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A consistent read-only view, on this thread's own connection. Raises StoreError."""
        try:
            conn = self._reader()
            conn.execute("BEGIN")
            try:
                yield conn
            finally:
                conn.execute("ROLLBACK")
        except sqlite3.Error as error:
            message = f"the database could not be read: {error}"
            raise StoreError(message) from error

    def _reader(self) -> sqlite3.Connection:
        conn: sqlite3.Connection | None = getattr(self._local, "conn", None)
        if conn is None:
            conn = connect_reader(self.data_dir)
            self._local.conn = conn
            self._readers.append(conn)
        return conn

    def close(self) -> None:
        """Finish queued writes and close every connection."""
        for conn in self._readers:
            conn.close()
        self._readers.clear()
        self._local = threading.local()
        if self._writer:
            self._writer.close()


def _migrate(data_dir: Path, lock_seconds: float) -> None:
    path = database_path(data_dir)
    if not restoring.is_begun(data_dir) and _is_ready(path):
        return
    with write_lock(data_dir, wait_seconds=lock_seconds):
        restoring.finish(data_dir)
        conn = connect_writer(data_dir)
        try:
            missing = schema.pending(conn)
            if missing and len(missing) < schema.COUNT:
                _copy_before(conn, path, missing[0])
            schema.migrate(conn)
            _found_identity(conn)
        finally:
            conn.close()


def _is_ready(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0 and not _lacks_anything(path.parent)


def _lacks_anything(data_dir: Path) -> bool:
    conn = connect_reader(data_dir)
    try:
        return bool(schema.pending(conn)) or not _has_identity(conn)
    finally:
        conn.close()


def _has_identity(conn: sqlite3.Connection) -> bool:
    """False after a kill between the very first migration and the rows that follow it."""
    found = conn.execute("SELECT count(*) FROM meta WHERE name IN ('secret', 'instance')")
    return bool(found.fetchone()[0] == 2)


def _copy_before(conn: sqlite3.Connection, path: Path, step: str) -> None:
    copy = path.with_name(f"maildesk.before-{step}.db")
    copy.unlink(missing_ok=True)
    # Made empty and closed to others first: it will hold the secret.
    os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    conn.execute("VACUUM INTO ?", (str(copy),))
    hand_over(copy, path.parent)


def _found_identity(conn: sqlite3.Connection) -> None:
    conn.executemany(
        "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING",
        [("secret", secrets.token_hex(32)), ("instance", secrets.token_hex(8))],
    )


def _identity(conn: sqlite3.Connection) -> Identity:
    values = {row["name"]: row["value"] for row in conn.execute("SELECT name, value FROM meta")}
    instance = values["instance"]
    name = f"instance:{instance}".encode()
    secret = hmac.new(bytes.fromhex(values["secret"]), name, hashlib.sha256).digest()
    return Identity(secret=secret, instance=instance)


def rename_instance(conn: sqlite3.Connection) -> None:
    """Make the data in this file another installation's than the one it was copied from."""
    conn.execute(
        "UPDATE meta SET value = :value WHERE name = 'instance'", {"value": secrets.token_hex(8)}
    )

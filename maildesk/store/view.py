"""A look at a data directory that leaves it as it is: nothing is made, migrated or locked.

In: a data directory, which may be missing. Out: a read-only connection and the raw files; where no
desk is, an empty one.
*Fails:* StoreError for a file that cannot be read, or that is older than this program, and while a
restore is on its way; SchemaMismatch for a file that is newer.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from maildesk.errors import StoreError
from maildesk.store import schema
from maildesk.store.database import connect_reader, database_path
from maildesk.store.raw import RawFiles
from maildesk.store.restoring import refuse_if_begun


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A desk at one moment."""

    conn: sqlite3.Connection
    raw: RawFiles


@contextmanager
def look(data_dir: Path) -> Iterator[View]:
    """The desk as it is at this moment; all reads see the same state."""
    try:
        conn = _connected(data_dir)
        try:
            conn.execute("BEGIN")
            yield View(conn=conn, raw=RawFiles(data_dir))
        finally:
            conn.close()
    except sqlite3.Error as error:
        message = f"cannot read {database_path(data_dir)}: {error}"
        raise StoreError(message) from error


def has_desk(data_dir: Path) -> bool:
    """Whether a database is there, however empty its desk. Raises StoreError."""
    try:
        refuse_if_begun(data_dir)
        return database_path(data_dir).stat().st_size > 0
    except FileNotFoundError:
        # A restore may have begun between the two questions, and have moved it.
        refuse_if_begun(data_dir)
        return False
    except OSError as error:
        message = f"cannot read {database_path(data_dir)}: {error.strerror}"
        raise StoreError(message) from error


def _connected(data_dir: Path) -> sqlite3.Connection:
    if not has_desk(data_dir):
        return _empty()
    conn = _reader(data_dir)
    missing = schema.pending(conn)
    if not missing:
        return conn
    conn.close()
    if len(missing) == schema.COUNT:
        # Its maker was killed before the first table, or is just about to make it.
        return _empty()
    message = (
        f"{database_path(data_dir)} was written by an older maildesk; `maildesk run` or "
        "`maildesk process` brings it up to date"
    )
    raise StoreError(message)


def _reader(data_dir: Path) -> sqlite3.Connection:
    path = database_path(data_dir)
    if not os.access(path, os.R_OK):
        message = f"cannot read {path}: Permission denied"
        raise StoreError(message)
    try:
        return connect_reader(data_dir)
    except sqlite3.OperationalError:
        # A write-ahead log's index cannot be made where nothing can be written. Where there is no
        # log either, the file is whole, and nobody is at work on it.
        if os.access(data_dir, os.W_OK) or path.with_name(f"{path.name}-wal").exists():
            raise
        return connect_reader(data_dir, is_immutable=True)


def _empty() -> sqlite3.Connection:
    conn = sqlite3.connect(":memory:", isolation_level=None)
    conn.row_factory = sqlite3.Row
    schema.migrate(conn)
    return conn

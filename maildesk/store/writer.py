"""The one writer: a thread, a queue of jobs, and one durable commit for many of them.

In: jobs, functions that get the open transaction. Out: a future each, done only after the COMMIT
that holds the job's work has reached the disk. While one commit waits for the disk the next jobs
gather behind it and share the following one, so the sync is paid per group and not per message.

Two queues: what somebody waits for at the other end of a line, and what may take its turn. The
second stands back, but not for ever: no acknowledgement waits for dozens of tickets to be recorded,
and tickets are recorded however much mail comes in.

A job that raises is rolled back alone, by savepoint. A failing COMMIT fails the whole group. An
I/O error breaks the writer for good: after a failed sync nobody knows what is on the disk, and
asking again may wrongly say "well" (the PostgreSQL fsync lesson), so the daemon must start anew.
*Fails:* StoreBusy when too much waits, or the lock or space is not to be had; StoreError else.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Generic, TypeVar

from maildesk.errors import StoreBusy, StoreError
from maildesk.store.database import connect_writer, database_path, file_at, write_lock
from maildesk.store.restoring import is_begun

T = TypeVar("T")
Tx = sqlite3.Connection
Job = Callable[[Tx], T]

GROUP = 256  # more jobs in one commit gain nothing and make the first of them wait
PATIENT = 4  # jobs of the second queue in one commit: each may record a whole ticket
TURN = 5.0  # seconds after which they no longer stand back
BACKLOG = 2000  # jobs; what comes on top is told to try again


class _Entry(Generic[T]):
    """A job, the future of its result, and what came of it before the commit."""

    __slots__ = ("error", "future", "job", "result", "since")

    def __init__(self, job: Job[T]) -> None:
        self.job = job
        self.future: Future[T] = Future()
        self.result: T | None = None
        self.error: BaseException | None = None
        self.since = time.monotonic()


class Writer:
    """Owns the read-write connection; `submit` from any thread.

    With `file` it writes to that one only, and to none that has taken its place since.
    """

    def __init__(
        self, data_dir: Path, *, file: tuple[int, int] | None = None, lock_seconds: float = 30.0
    ) -> None:
        self._data_dir = data_dir
        self._file = file
        self._lock_seconds = lock_seconds
        self._urgent: deque[_Entry[Any]] = deque()
        self._patient: deque[_Entry[Any]] = deque()
        self._news = threading.Condition()
        self._conn: sqlite3.Connection | None = None
        self._broken: StoreError | None = None
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    @property
    def broken(self) -> StoreError | None:
        """Why this writer will not write again, if so."""
        return self._broken

    def submit(self, job: Job[T], *, is_patient: bool = False) -> Future[T]:
        """Queue a job; its future is done when its work is durable."""
        entry = _Entry(job)
        with self._news:
            self._refuse_if_useless()
            (self._patient if is_patient else self._urgent).append(entry)
            self._news.notify()
        return entry.future

    def _refuse_if_useless(self) -> None:
        if self._broken:
            raise self._broken
        if self._is_closed:
            message = "the store is closed"
            raise StoreError(message)
        if len(self._urgent) + len(self._patient) >= BACKLOG:
            message = f"{BACKLOG} writes are waiting already"
            raise StoreBusy(message)

    def close(self) -> None:
        """Finish what is queued, then close the connection."""
        with self._news:
            self._is_closed = True
            self._news.notify()
        self._thread.join()

    def _run(self) -> None:
        while group := self._next_group():
            self._commit(group)
        self._disconnect()

    def _next_group(self) -> list[_Entry[Any]]:
        """The next jobs, each queue in its order; none when the writer is closed and done."""
        with self._news:
            self._news.wait_for(lambda: self._urgent or self._patient or self._is_closed)
            group = _taken(self._urgent, GROUP)
            if group and not self._has_stood_back():
                return group
            return [*group, *_taken(self._patient, 1 if group else PATIENT)]

    def _has_stood_back(self) -> bool:
        """Whether the first of the patient has been so for long enough."""
        return bool(self._patient) and time.monotonic() - self._patient[0].since > TURN

    def _commit(self, group: list[_Entry[Any]]) -> None:
        try:
            with write_lock(self._data_dir, wait_seconds=self._lock_seconds):
                self._transact(self._connected(), group)
        except Exception as error:
            # Whatever it is: this thread must live, and nobody may wait for ever.
            failure = self._judge(error)
            for entry in group:
                entry.error = failure
        for entry in group:
            _settle(entry)

    def _transact(self, conn: sqlite3.Connection, group: list[_Entry[Any]]) -> None:
        conn.execute("BEGIN IMMEDIATE")
        try:
            for entry in group:
                self._work(conn, entry)
            conn.execute("COMMIT")
        except BaseException:
            if conn.in_transaction:
                conn.execute("ROLLBACK")
            raise

    def _work(self, conn: sqlite3.Connection, entry: _Entry[Any]) -> None:
        conn.execute("SAVEPOINT job")
        try:
            entry.result = entry.job(conn)
        except Exception as error:
            if not conn.in_transaction:
                # SQLite has rolled the whole group back by itself: full disk or I/O error.
                raise
            conn.execute("ROLLBACK TO job")
            entry.error = self._judge(error) if isinstance(error, sqlite3.Error) else error
        conn.execute("RELEASE job")

    def _connected(self) -> sqlite3.Connection:
        if self._broken:
            raise self._broken
        self._refuse_if_replaced()
        if self._conn is None:
            self._conn = connect_writer(self._data_dir)
        return self._conn

    def _refuse_if_replaced(self) -> None:
        """What was prepared for one desk, a raw file say, is not there in a restored one."""
        is_ours = self._file in (None, file_at(database_path(self._data_dir)))
        if not is_ours or is_begun(self._data_dir):
            message = f"{self._data_dir} was restored meanwhile; start again"
            raise StoreError(message)

    def _judge(self, error: BaseException) -> StoreError:
        if isinstance(error, StoreError):
            return error
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        message = f"the database could not be written: {error}"
        if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return StoreBusy(message)
        failure = StoreError(message)
        if code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            self._broken = failure
        return failure

    def _disconnect(self) -> None:
        if self._conn is None:
            return
        # The last connection to close checkpoints, which is a write like any other.
        try:
            with write_lock(self._data_dir, wait_seconds=self._lock_seconds):
                self._conn.close()
        except StoreBusy:
            # Without the lock nothing is lost: the next opening finds the write-ahead log.
            return


def _taken(waiting: deque[_Entry[Any]], limit: int) -> list[_Entry[Any]]:
    return [waiting.popleft() for _ in range(min(limit, len(waiting)))]


def _settle(entry: _Entry[Any]) -> None:
    if not entry.future.set_running_or_notify_cancel():
        return
    if entry.error is None:
        entry.future.set_result(entry.result)
    else:
        entry.future.set_exception(entry.error)

"""One writer: durable when its future is done, one bad job alone, many jobs in one commit."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import Future
from contextlib import ExitStack
from pathlib import Path

import pytest

from maildesk.errors import StoreBusy, StoreError
from maildesk.store import writer as writing
from maildesk.store.database import daemon_lock, is_daemon_running, write_lock
from maildesk.store.store import Store
from maildesk.store.writer import Tx, Writer


def put(name: str) -> writing.Job[None]:
    def job(tx: Tx) -> None:
        tx.execute("INSERT INTO meta (name, value) VALUES (:name, 'x')", {"name": name})

    return job


def names(store: Store) -> set[str]:
    with store.read() as conn:
        rows = conn.execute("SELECT name FROM meta WHERE value = 'x'")
        return {row["name"] for row in rows}


def test_what_was_written_is_seen_by_a_connection_of_its_own(store: Store) -> None:
    store.write(put("a"))
    other = sqlite3.connect(store.data_dir / "maildesk.db")
    assert other.execute("SELECT count(*) FROM meta WHERE name = 'a'").fetchone() == (1,)
    other.close()


def test_a_job_that_raises_is_rolled_back_alone(store: Store) -> None:
    def bad(tx: Tx) -> None:
        put("bad")(tx)
        message = "no"
        raise ValueError(message)

    gate = threading.Event()
    first = store.submit(lambda _: gate.wait(60))
    futures: list[Future[None]] = [store.submit(j) for j in (put("a"), bad, put("b"))]
    gate.set()
    assert first.result(60)
    assert futures[0].result(60) is None
    with pytest.raises(ValueError, match="no"):
        futures[1].result(60)
    assert futures[2].result(60) is None
    assert names(store) == {"a", "b"}


def test_a_constraint_that_fails_is_the_stores_error_and_not_sqlites(store: Store) -> None:
    store.write(put("a"))
    with pytest.raises(StoreError, match="UNIQUE"):
        store.write(put("a"))


def test_jobs_that_wait_share_one_commit(store: Store) -> None:
    gate = threading.Event()
    transactions: list[int] = []

    def noting(tx: Tx) -> None:
        transactions.append(tx.total_changes)

    def opening(tx: Tx) -> None:
        gate.wait(60)

    first = store.submit(opening)
    rest = [store.submit(put(f"n{i}")) for i in range(50)]
    last = store.submit(noting)
    gate.set()
    first.result(60)
    last.result(60)
    assert all(f.done() for f in rest)
    assert len(names(store)) == 50


def test_the_future_is_not_done_before_the_commit(store: Store) -> None:
    """While a writer of another process holds the lock nothing is acknowledged."""
    store.write(put("warm"))
    with write_lock(store.data_dir, wait_seconds=60):
        future = store.submit(put("a"))
        with pytest.raises(TimeoutError):
            future.result(0.2)
        assert "a" not in names(store)
    assert future.result(60) is None
    assert "a" in names(store)


def test_a_lock_that_is_not_had_in_time_is_busy_and_nothing_is_written(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    impatient = Writer(tmp_path, lock_seconds=0.05)
    with write_lock(tmp_path, wait_seconds=60), pytest.raises(StoreBusy):
        impatient.submit(put("a")).result(60)
    assert impatient.submit(put("b")).result(60) is None
    impatient.close()


def test_too_many_waiting_jobs_are_turned_away(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "BACKLOG", 3)
    gate = threading.Event()
    started = threading.Event()

    def slow(_: Tx) -> None:
        started.set()
        gate.wait(60)

    first = store.submit(slow)
    assert started.wait(60)
    waiting = [store.submit(put(f"n{i}")) for i in range(3)]
    with pytest.raises(StoreBusy):
        store.submit(put("more"))
    gate.set()
    first.result(60)
    for future in waiting:
        future.result(60)


def test_closing_finishes_what_is_queued(tmp_path: Path) -> None:
    opened = Store.open(tmp_path)
    futures = [opened.submit(put(f"n{i}")) for i in range(20)]
    opened.close()
    assert all(f.done() and f.exception() is None for f in futures)


def test_after_an_io_error_the_writer_never_writes_again(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    broken = Writer(tmp_path)
    fault = sqlite3.OperationalError("disk I/O error")
    fault.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC

    def failing(tx: Tx) -> None:
        tx.execute("ROLLBACK")  # as SQLite does by itself on such an error
        raise fault

    with pytest.raises(StoreError):
        broken.submit(failing).result(60)
    assert broken.broken
    with pytest.raises(StoreError):
        broken.submit(put("a"))
    broken.close()


def test_damage_found_by_a_job_breaks_the_writer(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    broken = Writer(tmp_path)
    fault = sqlite3.DatabaseError("database disk image is malformed")
    fault.sqlite_errorcode = sqlite3.SQLITE_CORRUPT

    def failing(_: Tx) -> None:
        raise fault

    with pytest.raises(StoreError, match="malformed"):
        broken.submit(failing).result(60)
    assert broken.broken
    broken.close()


def test_no_job_kills_the_writer_whatever_it_raises(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    surviving = Writer(tmp_path)

    def strange(tx: Tx) -> None:
        tx.execute("ROLLBACK")  # as SQLite does on a full disk, before the job's own error
        message = "strange"
        raise LookupError(message)

    with pytest.raises(StoreError, match="strange"):
        surviving.submit(strange).result(60)
    assert surviving.submit(put("a")).result(60) is None
    surviving.close()


def test_a_closed_writer_says_so_at_once(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    closed = Writer(tmp_path)
    closed.close()
    with pytest.raises(StoreError, match="closed"):
        closed.submit(put("a"))


def test_a_full_disk_is_busy_and_does_not_break_the_writer(tmp_path: Path) -> None:
    opened = Store.open(tmp_path)
    opened.write(lambda tx: tx.execute("PRAGMA max_page_count = 70") and None)
    big = "x" * 400_000

    def fill(tx: Tx) -> None:
        tx.execute("INSERT INTO meta (name, value) VALUES ('big', :v)", {"v": big})

    with pytest.raises(StoreBusy):
        opened.write(fill)
    assert opened.broken is None
    opened.write(put("small"))
    assert names(opened) == {"small"}
    opened.close()


def test_a_second_daemon_is_refused_and_a_dead_one_leaves_no_lock(tmp_path: Path) -> None:
    code = f"""
import time
from pathlib import Path
from maildesk.store.database import daemon_lock
with daemon_lock(Path({str(tmp_path)!r})):
    print("held", flush=True)
    time.sleep(60)
"""
    other = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert other.stdout
    assert other.stdout.readline() == "held\n"
    assert is_daemon_running(tmp_path)
    with pytest.raises(StoreBusy, match="another maildesk"), daemon_lock(tmp_path):
        pass
    other.kill()
    other.wait()
    other.stdout.close()
    assert not is_daemon_running(tmp_path)


def test_two_processes_writing_at_once_lose_nothing(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    code = """
import sys
from pathlib import Path
from maildesk.store.store import Store
store = Store.open(Path(sys.argv[1]))
for n in range(100):
    store.write(lambda tx: tx.execute(
        "INSERT INTO meta (name, value) VALUES (:n, 'x')", {"n": f"{sys.argv[2]}-{n}"}) and None)
store.close()
"""
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path), name]) for name in "abc"
    ]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    opened = Store.open(tmp_path)
    assert len(names(opened)) == 300
    with opened.read() as conn:
        assert conn.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    opened.close()


def test_a_glance_at_the_lock_keeps_no_daemon_from_starting(tmp_path: Path) -> None:
    glance = ExitStack()
    glance.enter_context(daemon_lock(tmp_path))
    threading.Timer(0.05, glance.close).start()
    with daemon_lock(tmp_path):
        assert is_daemon_running(tmp_path)

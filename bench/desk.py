"""A real daemon to be measured: started as a user starts it, read through /proc and SQLite.

In: a folder and where its mail goes. Out: the daemon, its memory and processor time, its counts.

*Fails:* AssertionError with the daemon's log when it does not start or does not finish.
"""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

from tests.crash import checker
from tests.crash.daemon_process import BASE, Daemon, session_members

_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
# Nobody listens there: mails are made and wait, and the courier has nothing to do.
NOWHERE = BASE.replace('transport = "maildir"', 'transport = "smtp"\nhost = "127.0.0.1"\nport = 1')


def relay(port: int) -> str:
    """The configuration that sends to this port."""
    return NOWHERE.replace("port = 1", f"port = {port}")


def memory(daemon: Daemon) -> int:
    """Resident bytes of all processes together; shared pages count in each."""
    return sum(_field(pid, "statm", 1) * _PAGE for pid in session_members(daemon.pid))


def cpu(daemon: Daemon) -> float:
    """Processor seconds of all processes that live, and of the ended children."""
    return sum(
        sum(_field(pid, "stat", place) for place in (11, 12, 13, 14)) / _TICK
        for pid in session_members(daemon.pid)
    )


def _field(pid: int, name: str, place: int) -> int:
    try:
        text = Path(f"/proc/{pid}/{name}").read_text()
    except OSError:
        return 0
    return int(text.rpartition(")")[2].split()[place])


class MemoryWatch(threading.Thread):
    """Looks at the memory several times a second; (seconds, bytes)."""

    def __init__(self, daemon: Daemon) -> None:
        super().__init__(daemon=True)
        self.watched = daemon
        self.seen: list[tuple[float, int]] = []
        self.is_over = threading.Event()

    def run(self) -> None:
        began = time.monotonic()
        while not self.is_over.wait(0.25):
            self.seen.append((time.monotonic() - began, memory(self.watched)))

    def end(self) -> list[tuple[float, int]]:
        """What was seen."""
        self.is_over.set()
        self.join()
        return self.seen


def count(daemon: Daemon, question: str) -> int:
    """One number out of the database, by a read-only connection."""
    conn = checker.open_reader(daemon.data)
    try:
        return int(conn.execute(question).fetchone()[0])
    finally:
        conn.close()


def wait_until_none(daemon: Daemon, question: str, seconds: float) -> None:
    """Wait until a count is zero."""
    deadline = time.monotonic() + seconds
    while left := count(daemon, question):
        assert time.monotonic() < deadline, f"{left} left:\n{daemon.said()[-2000:]}"
        assert daemon.is_alive(), daemon.said()[-2000:]
        time.sleep(0.05)


PENDING = "SELECT count(*) FROM inbox WHERE state = 'pending'"
UNSENT = "SELECT count(*) FROM outbox WHERE state <> 'sent'"

"""A program that is killed at each start blames no message that did nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash import checker
from tests.crash.clients import send_once
from tests.crash.daemon_process import DESK, Daemon, wait_for
from tests.crash.kill_loop import waiting
from tests.crash.ledger import make_mail


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    made = Daemon(tmp_path)
    yield made
    made.clean_up()


@pytest.mark.xfail(
    reason="each start counts a try for all that waits, so the third kill parks all of it",
    strict=True,
)
def test_three_kills_in_a_row_park_no_innocent_mail(daemon: Daemon) -> None:
    for life in range(3):
        daemon.start()
        for number in range(4):
            mail = make_mail(f"{life}.{number}", to=DESK)
            assert send_once(daemon.ports[0], mail)[:3] == "250"
        assert wait_for(lambda life=life: attempts(daemon.data) > life or not_waiting(daemon), 5)
        daemon.kill()
    daemon.start()
    assert wait_for(lambda: waiting(daemon.data) == 0, 20)
    assert states(daemon.data) == ["done"] * 12


def attempts(data: Path) -> int:
    """How often the message that was tried most was tried."""
    conn = checker.open_reader(data)
    try:
        return int(conn.execute("SELECT max(attempts) FROM inbox").fetchone()[0])
    finally:
        conn.close()


def not_waiting(daemon: Daemon) -> bool:
    """Whether everything has ended, so that there is nothing to be killed in."""
    return waiting(daemon.data) == 0


def states(data: Path) -> list[str]:
    """What became of the messages."""
    conn = checker.open_reader(data)
    try:
        return [row["state"] for row in conn.execute("SELECT state FROM inbox ORDER BY id")]
    finally:
        conn.close()

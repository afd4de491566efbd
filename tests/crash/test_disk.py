"""A disk that is full or cannot be written, and a database that somebody else holds.

What is wrong with us is "try again": 4xx and 75, never 5xx and never a false "250".
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.clients import send_once
from tests.crash.daemon_process import BASE, DESK, Daemon, is_lock_free, wait_for
from tests.crash.kill_loop import waiting
from tests.crash.ledger import Mail, make_mail
from tests.crash.reading import ask, comments, states

IS_ROOT = os.geteuid() == 0
root_only = pytest.mark.skipif(not IS_ROOT, reason="mounting a small disk takes root")


@contextlib.contextmanager
def small_disk(place: Path, size: str) -> Iterator[Path]:
    """A disk of that size, empty."""
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "none", str(place)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"no small disk can be mounted: {mounted.stderr.decode().strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", "5m") as place:
        yield place


def enlarge(disk: Path) -> None:
    """Somebody has made room."""
    subprocess.run(["mount", "-o", "remount,size=96m", str(disk)], check=True)


@pytest.fixture
def small(tmp_path: Path, disk: Path) -> Iterator[Daemon]:
    """A daemon whose data directory is on a disk of 5 MiB."""
    made = Daemon(tmp_path / "daemon", data=disk / "data")
    yield made
    made.clean_up()


def fill(daemon: Daemon, size: int) -> tuple[list[Mail], list[str]]:
    """Send until three mails in a row are put off; the acknowledged ones, the other replies."""
    taken: list[Mail] = []
    others: list[str] = []
    for number in range(400):
        mail = make_mail(f"fill{number}", to=DESK, size=size)
        reply = send_once(daemon.ports[0], mail, seconds=40)
        if reply[:3] == "250":
            taken.append(mail)
        else:
            others.append(reply)
        if len(others) == 3:
            break
    return taken, others


@root_only
@pytest.mark.parametrize(
    "size",
    [
        pytest.param(30_000, id="in the row"),
        pytest.param(300_000, id="in a file", marks=pytest.mark.slow),
    ],
)
def test_a_full_disk_puts_mail_off_and_loses_none(small: Daemon, disk: Path, size: int) -> None:
    small.start()
    taken, others = fill(small, size)
    assert len(others) == 3
    assert all(reply[:1] == "4" for reply in others), others
    assert small.is_alive(), small.said()

    enlarge(disk)
    late = make_mail("late", to=DESK, size=size)
    assert send_once(small.ports[0], late, seconds=40)[:3] == "250", small.said()
    assert wait_for(lambda: waiting(small.data) == 0), small.said()[-3000:]
    assert sorted(map(str, comments(small.data))) == sorted(m.message_id for m in [*taken, late])
    assert small.stop() == 0


@root_only
@pytest.mark.slow
def test_a_disk_that_stays_full_parks_no_mail(small: Daemon, disk: Path) -> None:
    small.start()
    taken, _ = fill(small, 30_000)
    # Long enough for several rounds of processing that all come to nothing.
    time.sleep(12)
    enlarge(disk)
    assert wait_for(lambda: waiting(small.data) == 0), small.said()[-3000:]
    assert set(states(small.data)) == {"done"}, ask(
        small.data, "SELECT id, state, reason FROM inbox WHERE state <> 'done'"
    )
    assert len(comments(small.data)) == len(taken)


@root_only
def test_a_directory_that_cannot_be_written_keeps_the_mail_with_the_transport(
    tmp_path: Path, disk: Path
) -> None:
    daemon = Daemon(tmp_path / "daemon", data=disk / "data")
    assert daemon.run("process").returncode == 0
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    mail = make_mail("kept", to=DESK)
    words = ("--sender", mail.sender, "--recipient", DESK)
    done = daemon.run("deliver", *words, stdin=mail.raw)
    assert done.returncode == 75, done.stderr
    assert b"Traceback" not in done.stderr

    started = daemon.run("run")
    assert started.returncode == 1
    assert b"Traceback" not in started.stderr, started.stderr


@contextlib.contextmanager
def write_lock_held(data: Path) -> Iterator[None]:
    """As another process of maildesk in the middle of a long write would hold it."""
    with (data / "write.lock").open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def test_no_reply_comes_before_the_commit(daemon: Daemon) -> None:
    daemon.start()
    replies: list[tuple[float, str]] = []

    def send() -> None:
        reply = send_once(daemon.ports[0], make_mail("patient", to=DESK))
        replies.append((time.monotonic(), reply))

    with write_lock_held(daemon.data):
        client = threading.Thread(target=send)
        client.start()
        client.join(2)
        assert replies == []
        freed_at = time.monotonic()
    client.join(60)
    assert replies[0][1][:3] == "250"
    assert replies[0][0] > freed_at
    assert daemon.stop() == 0


@pytest.mark.slow
def test_a_foreign_transaction_puts_mail_off(daemon: Daemon) -> None:
    daemon.start()
    foreign = sqlite3.connect(daemon.data / "maildesk.db", isolation_level=None)
    foreign.execute("BEGIN IMMEDIATE")
    try:
        reply = send_once(daemon.ports[0], make_mail("early", to=DESK), seconds=20)
        assert reply[:1] == "4", reply
    finally:
        foreign.execute("ROLLBACK")
        foreign.close()
    assert send_once(daemon.ports[0], make_mail("late", to=DESK))[:3] == "250"
    assert wait_for(lambda: waiting(daemon.data) == 0)
    assert comments(daemon.data) == ["<late@load.test>"]
    assert daemon.stop() == 0


@pytest.mark.slow
@pytest.mark.timeout(150)
def test_a_lock_that_is_never_given_back_puts_mail_off_everywhere(daemon: Daemon) -> None:
    daemon.start()
    mail = make_mail("off", to=DESK)
    replies: list[str] = []
    client = threading.Thread(
        target=lambda: replies.append(send_once(daemon.ports[0], mail, seconds=60))
    )
    words = ("--sender", mail.sender, "--recipient", DESK)
    with write_lock_held(daemon.data):
        client.start()
        began = time.monotonic()
        done = daemon.run("deliver", *words, stdin=mail.raw, seconds=90)
        assert done.returncode == 75, done.stderr
        # It waits for 45 s; a transport gives it fifteen minutes or more.
        assert time.monotonic() - began < 80
        client.join(60)
    assert replies[0][:1] == "4", replies
    assert daemon.is_alive()
    assert send_once(daemon.ports[0], mail)[:3] == "250"
    assert wait_for(lambda: waiting(daemon.data) == 0)
    assert comments(daemon.data) == [mail.message_id]
    assert daemon.stop() == 0


def test_a_directory_of_somebody_else_is_refused_in_a_sentence(tmp_path: Path) -> None:
    daemon = Daemon(tmp_path, data=Path("/proc/maildesk"), config=BASE)
    done = daemon.run("run")
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr, done.stderr
    mail = make_mail("kept", to=DESK)
    done = daemon.run("deliver", "--sender", mail.sender, "--recipient", DESK, stdin=mail.raw)
    assert done.returncode == 75
    assert is_lock_free(daemon.data / "write.lock")

"""The daemon dies at, or is lied to by, the k-th system call that makes something durable.

strace does it: SIGKILL at the call, or the call fails with EIO or ENOSPC. Mail goes in until the
daemon is gone; then it is started without strace, what was not acknowledged is sent again, and
everything must be there once.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests import parts
from tests.crash import checker
from tests.crash.clients import send_once
from tests.crash.daemon_process import BASE, DESK, Daemon, wait_for
from tests.crash.kill_loop import waiting
from tests.crash.ledger import Ledger, make_mail

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300), parts.need("strace")]

_MAILS = 4
LARGE = 300_000
SMALL = 2_000


def strace(call: str, action: str, when: int) -> list[str]:
    """strace in front of the daemon: it lives beside it and takes nothing from its process id.

    Calls are counted for each thread. (With --seccomp-bpf strace 6.1 forgets to send the signal.)
    """
    return [
        parts.path("strace"),
        *("-D", "-f", "-qq", "-o", "/dev/null"),
        *("-e", f"trace={call}", "-e", f"inject={call}:{action}:when={when}"),
    ]


@dataclass
class Life:
    """What became of one run under strace."""

    replies: list[str] = field(default_factory=list)
    was_ready: bool = False
    code: int | None = None


def live(daemon: Daemon, ledger: Ledger, front: list[str], size: int, seconds: float = 6) -> Life:
    """Start, send, see how it ends; a daemon that goes on is told to end."""
    life = Life()
    daemon.spawn(front=front)
    life.was_ready = daemon.wait_until_ready()
    for number in range(_MAILS if life.was_ready else 0):
        mail = make_mail(f"m{number}", to=DESK, size=size)
        ledger.note_sent(mail)
        reply = send_once(daemon.ports[0], mail, seconds=30) if daemon.ports else ""
        life.replies.append(reply)
        if reply[:1] == "2":
            ledger.note_acknowledged(mail)
        if reply[:1] == "5":
            ledger.note_refused(mail, reply)
    if life.was_ready:
        wait_for(lambda: not daemon.is_alive() or waiting(daemon.data) == 0, seconds)
    if daemon.is_alive():
        daemon.signal(15)
    life.code = daemon.wait(40)
    return life


def mend(daemon: Daemon, ledger: Ledger) -> list[str]:
    """Start it as it should be, send again what has no answer; the faults that are left."""
    daemon.start()
    for mail in list(ledger.mails.values()):
        if mail.token not in ledger.acknowledged:
            assert send_once(daemon.ports[0], mail)[:3] == "250"
            ledger.note_acknowledged(mail)
    # A mail that was answered, and whose answer was believed, may still be sent once more.
    assert send_once(daemon.ports[0], next(iter(ledger.mails.values())))[:3] == "250"
    wait_for(lambda: waiting(daemon.data, "pending") == 0)
    wait_for(lambda: waiting(daemon.data) == 0, 2)
    assert daemon.stop() == 0
    if waiting(daemon.data):
        # A folder that could not be written is tried again in half a minute.
        later = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()
        assert daemon.run("process", "--at", later).returncode == 0
    return checker.faults_of(daemon.data, ledger, daemon.out, daemon.folder / "copy.db")


class Room:
    """A fresh data directory for each point; the first is made, the others are its copies."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0
        self.template = Daemon(folder / "template")
        assert self.template.run("process").returncode == 0

    def point(self, call: str, action: str, when: int, size: int) -> tuple[Life, list[str]]:
        self.count += 1
        daemon = Daemon(self.folder / f"{self.count}", config="rehearsal = true\n" + BASE)
        shutil.copytree(self.template.data, daemon.data)
        ledger = Ledger(daemon.folder / "ledger")
        try:
            life = live(daemon, ledger, strace(call, action, when), size)
            if not ledger.mails:
                ledger.note_sent(make_mail("first", to=DESK))
            return life, mend(daemon, ledger)
        finally:
            ledger.close()
            daemon.clean_up()


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


@pytest.mark.parametrize(
    ("call", "points", "size"),
    [
        ("fdatasync", (1, 2, 3, 4, 5, 7, 9, 12), SMALL),
        ("pwrite64", (1, 2, 3, 5, 8, 13, 21, 34, 55), SMALL),
        ("rename", (1, 2, 5), SMALL),
        ("unlink", (1, 2), SMALL),
        ("fsync", (1, 2, 3, 4, 6, 9), LARGE),
        ("rename", (1, 2), LARGE),
        ("write", (1, 2, 3, 5, 8), LARGE),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_kill_at_any_durable_step_loses_nothing(
    room: Room, call: str, points: tuple[int, ...], size: int
) -> None:
    died = 0
    for when in points:
        life, faults = room.point(call, "signal=KILL", when, size)
        assert faults == [], f"killed at {call} {when}: {life}"
        died += life.code == -9
    assert died >= len(points) // 2, f"only {died} of {len(points)} points were reached"


@pytest.mark.parametrize("error", ["EIO", "ENOSPC"])
# The second one syncs the folder of a new log; SQLite takes no notice of its failure.
@pytest.mark.parametrize("when", [1, 3, 4, 6])
def test_a_failed_sync_ends_the_daemon_and_is_never_answered_with_a_250(
    room: Room, error: str, when: int
) -> None:
    # Whether the bytes reached the disk is unknown after that, and asking again proves nothing.
    life, faults = room.point("fdatasync", f"error={error}", when, SMALL)
    assert faults == [], life
    assert life.code == 1, life


@pytest.mark.parametrize("error", ["EIO", "ENOSPC"])
@pytest.mark.parametrize("when", [1, 2, 3, 4])
def test_a_large_mail_whose_file_fails_is_put_off(room: Room, error: str, when: int) -> None:
    life, faults = room.point("fsync", f"error={error}", when, LARGE)
    assert faults == [], life
    assert any(reply[:1] == "4" for reply in life.replies), life
    assert life.code == 0, life


@pytest.mark.parametrize("when", [1, 4, 9, 20, 40])
def test_a_write_that_finds_no_room_is_put_off(room: Room, when: int) -> None:
    life, faults = room.point("pwrite64", "error=ENOSPC", when, SMALL)
    assert faults == [], life
    assert all(reply[:1] in "24" for reply in life.replies), life

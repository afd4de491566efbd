"""A process that is killed while it reads a mailbox loses and doubles nothing.

In: a small IMAP server, pollers in processes of their own, SIGKILL at random moments. Out: the
rows of the inbox, and where the mail lies.

*Fails:* as every test does.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from maildesk.core.model import Policy
from maildesk.inbox.receive import Door
from tests.inbox.fake_imap import CAPABILITIES, FakeImap
from tests.inbox.imap_room import Room, mail

ROOT = Path(__file__).resolve().parents[2]
READER = """
import sys
from pathlib import Path
from maildesk.core.model import Policy
from maildesk.inbox.receive import Door
from tests.inbox.imap_room import Room
room = Room(Path(sys.argv[1]), int(sys.argv[2]))
door = Door(room.store, policy=lambda: Policy(desks=(), agents=()), host="h", knock=lambda: None)
poller = room.poller(door=door, max_message_size=5000)
print("ready", flush=True)
poller.start()
poller._thread.join()
"""


@pytest.mark.slow
@pytest.mark.parametrize("capabilities", [CAPABILITIES, "IMAP4rev1 UIDPLUS"])
def test_twenty_kills_lose_and_double_nothing(tmp_path: Path, capabilities: str) -> None:
    dice = random.Random(7)
    with FakeImap(capabilities) as server:
        server.on_command = lambda name: server.wait(0.004)
        sent = 0
        for _ in range(20):
            for _ in range(25):
                sent += 1
                server.append(mail(f"mail {sent}", "x" * dice.choice((10, 10, 400_000, 3000))))
            run_and_kill(tmp_path, server.port, dice.uniform(0.0, 0.3))
        server.on_command = lambda name: None
        rows = read_the_rest(tmp_path, server.port)
        left = server.uids()
        archived = Counter(message.raw for message in server.folders["Processed"].messages)
    assert [uid for uid, _ in rows] == list(range(1, sent + 1))
    assert left == [uid for uid, over_size in rows if over_size]
    assert len(archived) == sent - len(left)
    # Without MOVE a kill between COPY and STORE costs a second copy in the archive, and no more.
    assert "MOVE" not in capabilities or set(archived.values()) == {1}


def read_the_rest(folder: Path, port: int) -> list[tuple[int, int]]:
    """Take what is left, in peace; the UIDs of all rows, and the sizes of what stays there."""
    room = Room(folder, port)
    policy = Policy(desks=(), agents=())
    door = Door(room.store, policy=lambda: policy, host="h", knock=lambda: None)
    room.poller(door=door, max_message_size=5000).poll_once()
    with room.store.read() as conn:
        rows = conn.execute("SELECT uid, over_size FROM inbox ORDER BY uid").fetchall()
    door.close()
    room.close()
    return [tuple(row) for row in rows]


def run_and_kill(folder: Path, port: int, seconds: float) -> None:
    """Read for so long, then die."""
    process = subprocess.Popen(
        [sys.executable, "-c", READER, str(folder), str(port)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == b"ready\n"
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        process.wait(30)

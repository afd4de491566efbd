"""The IMAP way in against pymap, which needs nothing but pip.

In: a server in memory. Out: what came through the door.

*Fails:* as every test does.
"""

from __future__ import annotations

import imaplib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests import parts
from tests.inbox.imap_room import BRISK, Room, mail, until
from tests.inbox.pymap_server import PASSWORD, USER

pytest_plugins = ["tests.inbox.pymap_server"]
pytestmark = parts.need("pymap")

PATIENT = replace(BRISK, read=5.0, connect=5.0, idle_at_most=(20.0, 20.0))


@pytest.fixture
def room(pymap_port: int, tmp_path: Path) -> Iterator[Room]:
    room = Room(tmp_path, pymap_port)
    yield room
    room.close()


def test_mail_is_taken_and_moved_and_idle_tells_of_more(room) -> None:
    login = {"username": USER, "password": lambda: PASSWORD, "patience": PATIENT}
    poller = room.poller(**login, poll_every=timedelta(minutes=5))
    there = poller.poll_once()
    assert there >= 4
    assert poller.poll_once() == 0
    poller.start()
    until(lambda: room.beats > 3)
    with imaplib.IMAP4("127.0.0.1", room.port, timeout=30) as client:
        client.login(USER, PASSWORD)
        client.append("INBOX", "", None, mail("one more"))
        until(lambda: "one more" in room.door.subjects())
        until(lambda: client.select("INBOX", readonly=True)[1] == [b"0"])
        assert int(client.select("Processed", readonly=True)[1][0]) == there + 1

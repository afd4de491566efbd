"""What the IMAP tests of this room share: a small server, and a mailbox of a desk that reads it.

In: nothing. Out: both, gone with their test.
*Fails:* never.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.inbox.fake_imap import FakeImap
from tests.inbox.imap_room import Room


@pytest.fixture
def server() -> Iterator[FakeImap]:
    """A server that keeps its promises until a test tells it not to."""
    with FakeImap() as server:
        yield server


@pytest.fixture
def room(server: FakeImap, tmp_path: Path) -> Iterator[Room]:
    """A mailbox on that server, over a real store."""
    room = Room(tmp_path, server.port)
    yield room
    room.close()

"""The pollers together: which are started anew, and how soon all have ended.

In: mailboxes on a server that nobody runs, or that never says a word. Out: what the pollers do.

*Fails:* as every test does.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from maildesk.config import load
from maildesk.config.settings import Settings
from maildesk.config.wires import ImapMailbox
from maildesk.desk import Maildesk
from maildesk.inbox.imap_poller import Poller
from maildesk.inbox.polling import Pollers
from maildesk.inbox.receive import Door
from maildesk.supervision import Pulse
from tests.desk_config import MAILDIR, write_config
from tests.ports import free_port

_MAILBOX = """
[[mailboxes]]
name = "{name}"
host = "127.0.0.1"
port = {port}
tls = "none"
username = "{name}"
password = "x"
poll_every = "{every}"
"""


class Watched(Pollers):
    """Pollers that note whom they make, and for which size."""

    def poller(self, settings: Settings, table: ImapMailbox) -> Poller:
        self.made = [*getattr(self, "made", []), (table.name, settings.max_message_size)]
        return super().poller(settings, table)


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


@pytest.fixture
def closed() -> int:
    """A port where nobody listens."""
    return free_port()


def settings(folder: Path, port: int, *names: str, size: str = "1MiB", **every: str) -> Settings:
    boxes = (_MAILBOX.format(name=name, port=port, every=every.get(name, "60s")) for name in names)
    tables = f'[listener]\nmax_message_size = "{size}"\n{MAILDIR}{"".join(boxes)}'
    return load(write_config(folder, tables), {})


@contextmanager
def watched(first: Settings) -> Iterator[Watched]:
    maildesk = Maildesk(first)
    door = Door(maildesk.store, policy=lambda: first.policy(), host="x", knock=lambda: None)
    pollers = Watched(maildesk, door, Pulse())
    try:
        pollers.start(first)
        yield pollers
    finally:
        pollers.stop()
        door.close()
        maildesk.close()


def test_only_a_mailbox_whose_table_changed_is_begun_anew(tmp_path: Path, closed: int) -> None:
    with watched(settings(tmp_path, closed, "a", "b")) as pollers:
        pollers.change(settings(tmp_path, closed, "a", "b", "c", b="90s"))
        assert [name for name, _ in pollers.made] == ["a", "b", "b", "c"]


def test_a_new_largest_size_reaches_every_mailbox(tmp_path: Path, closed: int) -> None:
    with watched(settings(tmp_path, closed, "a", "b")) as pollers:
        pollers.change(settings(tmp_path, closed, "a", "b", size="2MiB"))
        sizes = (2**20, 2**21)
        assert pollers.made == [(name, size) for size in sizes for name in ("a", "b")]


@pytest.mark.slow
def test_mailboxes_that_hang_are_waited_for_together(tmp_path: Path, silent: int) -> None:
    with watched(settings(tmp_path, silent, "a", "b", "c")) as pollers:
        began = time.monotonic()
        pollers.stop()
        # Each takes five seconds by itself.
        assert time.monotonic() - began < 13


@pytest.mark.slow
def test_mailboxes_that_are_given_up_are_waited_for_together(tmp_path: Path, silent: int) -> None:
    with watched(settings(tmp_path, silent, "a", "b", "c")) as pollers:
        began = time.monotonic()
        pollers.change(settings(tmp_path, silent))
        # Each takes five seconds by itself.
        assert time.monotonic() - began < 13

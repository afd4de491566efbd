"""What the IMAP tests share: a door that counts, a clock set by hand, a poller between them.

In: a server's port. Out: pollers over a real store, and what came through the door.

*Fails:* AssertionError when something that was waited for did not happen.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from maildesk.core.model import Envelope, Receipt
from maildesk.core.phrase import Line
from maildesk.inbox.imap_poller import Poller
from maildesk.inbox.imap_settings import MailboxSettings, Patience
from maildesk.outbox.speech import plain
from maildesk.store import mailboxes
from maildesk.store.store import Store

BRISK = Patience(
    connect=10.0,
    read=0.5,
    goodbye=0.2,
    idle_slice=0.05,
    idle_at_most=(0.4, 0.5),
    first_backoff=0.02,
    longest_backoff=0.08,
    commit=10.0,
)
NOON = datetime(2026, 7, 20, 12, 0, tzinfo=UTC)


def mail(subject: str, body: str = "hello") -> bytes:
    """A small message."""
    head = f"From: jo@example.org\r\nTo: support@example.com\r\nSubject: {subject}\r\n"
    return f"{head}\r\n{body}\r\n".encode()


@dataclass
class Came:
    """One message as it came through the door."""

    envelope: Envelope
    raw: bytes
    size: int = 0  # of an over-size message, whose header alone is in `raw`


class CountingDoor:
    """Takes every spot once, as the real door does; `faults` are raised before that."""

    def __init__(self) -> None:
        self.came: list[Came] = []
        self.offered = 0
        self.faults: list[Exception | None] = []
        self.late_faults: list[Exception] = []
        self.before: Callable[[bytes], None] = lambda raw: None
        self._spots: dict[object, int] = {}

    def accept(self, envelope: Envelope, raw: bytes) -> Future[Receipt]:
        self.offered += 1
        self.before(raw)
        if self.faults and (fault := self.faults.pop(0)):
            raise fault
        if self.late_faults:
            failed: Future[Receipt] = Future()
            failed.set_exception(self.late_faults.pop(0))
            return failed
        return self._take(Came(envelope, raw))

    def note_oversize(self, envelope: Envelope, header: bytes, size: int) -> Future[Receipt]:
        return self._take(Came(envelope, header, size))

    def subjects(self) -> list[str]:
        """The subjects that came, in their order."""
        return [
            came.raw.partition(b"Subject: ")[2].split(b"\r\n")[0].decode() for came in self.came
        ]

    def _take(self, came: Came) -> Future[Receipt]:
        done: Future[Receipt] = Future()
        is_new = came.envelope.spot not in self._spots
        if is_new:
            self.came.append(came)
        number = self._spots.setdefault(came.envelope.spot, len(self._spots) + 1)
        done.set_result(Receipt(inbox_id=number, is_new=is_new))
        return done


class Room:
    """One mailbox of a desk."""

    def __init__(self, folder: Path, port: int) -> None:
        self.port = port
        self.store = Store.open(folder)
        self.door = CountingDoor()
        self.alerts: list[tuple[str, str]] = []
        self.now = NOON
        self.stop = threading.Event()
        self.beats = 0
        self._pollers: list[Poller] = []

    def settings(self, **more: Any) -> MailboxSettings:
        known: dict[str, Any] = {
            "name": "support",
            "host": "127.0.0.1",
            "port": self.port,
            "tls": "none",
            "username": "support",
            "password": lambda: "s3cret",
            "first_poll": "all",
            "poll_every": timedelta(seconds=0.1),
        }
        return MailboxSettings(**(known | more))

    def hear(self, title: Line, *lines: Line) -> None:
        """What admins would read of an alert."""
        words = " ".join(plain(line, "en") for line in lines)
        self.alerts.append((plain(title, "en"), words))

    def poller(self, *, patience: Patience = BRISK, door: Any = None, **more: Any) -> Poller:
        poller = Poller(
            self.settings(**more),
            door=door or self.door,
            store=self.store,
            now=lambda: self.now,
            alert=self.hear,
            stop=self.stop,
            beat=self._beat,
            patience=patience,
        )
        self._pollers.append(poller)
        return poller

    def position(self, place: str = "") -> mailboxes.Position | None:
        with self.store.read() as conn:
            return mailboxes.position(conn, "support", place or self.settings().place)

    def health(self) -> mailboxes.Health:
        with self.store.read() as conn:
            return mailboxes.health(conn, "support")

    def close(self) -> None:
        self.stop.set()
        for poller in self._pollers:
            poller.stop()
            poller.join(10.0)
        self.store.close()

    def _beat(self) -> None:
        self.beats += 1


def until(condition: Callable[[], bool], seconds: float = 30.0, what: str = "") -> None:
    """Wait for something that other threads bring about."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what or "it did not happen in time"
        time.sleep(0.005)

"""What was promised to whom: every mail that was sent, and every one that was acknowledged.

In: mails, as the clients of the test send them. Out: the same from a file, synced at each line, so
that the list itself survives whatever happens. Thread-safe.

*Fails:* never.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail; sent again it is the same bytes. `key` names the ticket that it must land on."""

    token: str
    sender: str
    raw: bytes
    key: str = ""

    @property
    def message_id(self) -> str:
        """As it stands in the header."""
        return message_id_of(self.token)


def message_id_of(token: str) -> str:
    """The Message-ID of the mail with this token."""
    return f"<{token}@load.test>"


def make_mail(token: str, *, to: str, sender: str = "", key: str = "", size: int = 600) -> Mail:
    """A mail that can be told from all others; with `key` a reply on that ticket."""
    sender = sender or f"c-{token}@customer.test"
    subject = f"Re: [{key}] about {token}" if key else f"about {token}"
    body = (f"token {token}\r\n" + "words that nobody quotes, to the line's end\r\n" * 9999)[:size]
    head = (
        f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\n"
        f"Message-ID: {message_id_of(token)}\r\nDate: Thu, 19 Nov 2026 10:00:00 +0000\r\n\r\n"
    )
    return Mail(token, sender, f"{head}{body.rstrip()}\r\n".encode(), key)


class Ledger:
    """`sent`, `acknowledged` and `refused`, by token."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        self._lock = threading.Lock()
        self.mails: dict[str, Mail] = {}
        self.acknowledged: set[str] = set()
        self.refused: dict[str, str] = {}
        self.again = 0  # how often a mail was sent once more, because its fate was unknown

    def note_sent(self, mail: Mail) -> None:
        """It is about to be sent."""
        with self._lock:
            self.mails[mail.token] = mail

    def note_again(self) -> None:
        """One more attempt."""
        with self._lock:
            self.again += 1

    def note_acknowledged(self, mail: Mail) -> None:
        """The other side has said that it has it."""
        os.write(self._file, f"ack {mail.token}\n".encode())
        os.fdatasync(self._file)
        with self._lock:
            self.acknowledged.add(mail.token)

    def note_refused(self, mail: Mail, reply: str) -> None:
        """The other side has said that it will never take it."""
        with self._lock:
            self.refused[mail.token] = reply

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)

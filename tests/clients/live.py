"""A real daemon for tests with real mail programs: the process, its doors, what it sent.

In: more lines of configuration. Out: `Live`, with a port to write to and a Maildir to read from.

*Fails:* AssertionError when something that was waited for does not happen in time.
"""

from __future__ import annotations

import email.policy
import re
import smtplib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

from tests.cli.shell import maildesk, running
from tests.desk_config import EXAMPLE, write_config

MAILDIR = 'transport = "maildir"'
ALICE = "alice@desk.example"
ADA = "ada@acme.example"


@dataclass
class Live:
    """The running desk."""

    folder: Path
    config: Path
    places: list[str]
    _read: set[Path] = field(default_factory=set)

    @property
    def port(self) -> int:
        """Where it takes SMTP."""
        return int(self.places[0].rpartition(":")[2])

    def send(self, raw: bytes, sender: str = ADA, to: str = "support@desk.example") -> None:
        with smtplib.SMTP("127.0.0.1", self.port, timeout=60) as session:
            session.sendmail(sender, [to], raw)

    def mails(self, count: int, seconds: float = 20) -> list[EmailMessage]:
        """The next mails that it sends into its Maildir."""
        out = self.folder / "data" / "out" / "new"
        until(lambda: len(set(out.glob("*")) - self._read) >= count, seconds, "mail")
        files = sorted(set(out.glob("*")) - self._read)
        self._read.update(files)
        parser = BytesParser(policy=email.policy.default)
        return [parser.parsebytes(file.read_bytes()) for file in files]

    def ask(self, *words: str) -> Any:
        """What the command line says, as JSON."""
        done = maildesk("-c", self.config, *words, "--json")
        assert done.code == 0, done
        return done.json

    def texts(self, key: str = "HELP-1") -> list[str]:
        return [comment["text"] for comment in self.ask("ticket", "show", key)["comments"]]

    def every_mail(self) -> list[bytes]:
        """All mails of all tickets, in and out, as an onlooker would have filed them."""
        rows = self.ask("inbox", "list")
        came = [maildesk("-c", self.config, "inbox", "raw", str(row["id"])).out for row in rows]
        return came + [f.read_bytes() for f in (self.folder / "data" / "out" / "new").glob("*")]


@contextmanager
def live(
    folder: Path,
    *,
    outgoing: str = MAILDIR,
    desk: str = EXAMPLE,
    tables: str = "",
    top: str = "",
) -> Iterator[Live]:
    """A desk for the length of the block."""
    first = f'{top}\n[[listener]]\nport = 0\n[outgoing]\n{outgoing}\nbatch = "0s"\n'
    config = write_config(folder, first, desk=desk + tables)
    with running("-c", config, cwd=folder) as said:
        found = [re.search(r"listening at=(\S+)", line) for line in said]
        yield Live(folder, config, [place[1] for place in found if place])


def to(recipient: str, mails: list[EmailMessage]) -> EmailMessage:
    """The one mail to this person."""
    [found] = [m for m in mails if m["X-Original-To"] == recipient]
    return found


def until(condition: Callable[[], object], seconds: float = 60, what: str = "it") -> None:
    """Wait for something that another program brings about."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not come in {seconds} s"
        time.sleep(0.03)


def wire(mail: EmailMessage) -> bytes:
    """A mail of ours as a client's own server would have filed it, without our envelope."""
    lines = mail.as_bytes(policy=email.policy.SMTP)
    return re.sub(rb"\A(?:(?:Return-Path|X-Original-To): [^\r]*\r\n)*", b"", lines)

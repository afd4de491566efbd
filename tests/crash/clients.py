"""Clients that behave as real ones: they wait for the answer, and send again what has none.

In: the port that the daemon has just now (None while it is dead), a ledger, a source of mails. Out:
acknowledged mails in the ledger. A client that sees the connection die, or a 4xx, sends the same
bytes again; some hang up behind the dot on purpose, which is when a mail is stored but unanswered.

*Fails:* never; what must not happen (a 5xx) is in the ledger.
"""

from __future__ import annotations

import contextlib
import imaplib
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.crash.daemon_process import DESK, Daemon, environment
from tests.crash.ledger import Ledger, Mail, make_mail

NOBODY = "nobody listens"


class Smtp:
    """One SMTP or LMTP connection, written out; every method returns the reply."""

    def __init__(self, port: int, *, is_lmtp: bool = False, seconds: float = 40) -> None:
        self.plug = socket.create_connection(("127.0.0.1", port), timeout=seconds)
        self.plug.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.lines = self.plug.makefile("rb")
        try:
            self.greeting = self.reply()
            self.ask(b"LHLO load.test" if is_lmtp else b"EHLO load.test")
        except BaseException:
            self.close()
            raise

    def ask(self, line: bytes) -> str:
        self.plug.sendall(line + b"\r\n")
        return self.reply()

    def reply(self) -> str:
        while True:
            line = self.lines.readline()
            if not line.endswith(b"\r\n"):
                raise ConnectionError("hung up")
            if line[3:4] != b"-":
                return line.decode().rstrip()

    def begin(self, sender: str, recipient: str = DESK) -> str:
        """As far as the answer to DATA, or the first refusal."""
        for line in (f"MAIL FROM:<{sender}>", f"RCPT TO:<{recipient}>", "DATA"):
            reply = self.ask(line.encode())
            if reply[0] not in "23":
                with contextlib.suppress(OSError):
                    self.ask(b"RSET")
                return reply
        return reply

    def send(self, mail: Mail, recipient: str = DESK) -> str:
        """The whole transaction; the final reply, or the first refusal."""
        reply = self.begin(mail.sender, recipient)
        if reply[0] != "3":
            return reply
        self.plug.sendall(stuffed(mail.raw))
        return self.reply()

    def close(self) -> None:
        self.lines.close()
        self.plug.close()


def stuffed(raw: bytes) -> bytes:
    """A mail as it stands on the wire, with the final dot."""
    text = raw if raw.endswith(b"\r\n") else raw + b"\r\n"
    return (b"\r\n" + text).replace(b"\r\n.", b"\r\n..")[2:] + b".\r\n"


def send_once(port: int, mail: Mail, *, is_lmtp: bool = False, seconds: float = 40) -> str:
    """One mail over a connection of its own; "" when the connection broke."""
    try:
        client = Smtp(port, is_lmtp=is_lmtp, seconds=seconds)
    except OSError:
        return ""
    try:
        return client.send(mail)
    except OSError:
        return ""
    finally:
        client.close()


@dataclass
class Source:
    """Mails without end: new tickets, and replies on those that are known to exist."""

    seed: int
    large_every: int = 0
    replies: float = 0.4
    known: list[tuple[str, str]] = field(default_factory=list)  # (ticket key, requester)
    _count: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self, name: str) -> Mail:
        """Another mail, for the client of this name."""
        with self._lock:
            self._count += 1
            count = self._count
        chance = random.Random(f"{self.seed}.{count}")
        is_large = self.large_every and count % self.large_every == 0
        size = 300_000 if is_large else chance.choice((60, 600, 4000))
        token = f"{name}.{self.seed}.{count}"
        if self.known and chance.random() < self.replies:
            key, requester = chance.choice(self.known)
            return make_mail(token, to=DESK, sender=requester, key=key, size=size)
        return make_mail(token, to=DESK, size=size)


class Client(threading.Thread):
    """Sends one mail after the other until told to end; the last one is still brought home."""

    def __init__(
        self,
        name: str,
        ledger: Ledger,
        source: Source,
        attempt: Callable[[Mail], str],
        *,
        pause: float,
    ) -> None:
        super().__init__(name=name, daemon=True)
        self.ledger, self.source, self.attempt, self.pause = ledger, source, attempt, pause
        self.is_ending = threading.Event()
        self.give_up = threading.Event()
        self.latest = NOBODY  # the answer to the latest attempt, "" for a broken connection

    def run(self) -> None:
        while not self.is_ending.is_set():
            mail = self.source.next(self.name)
            self.ledger.note_sent(mail)
            self.bring(mail)
            self.is_ending.wait(self.pause)

    def bring(self, mail: Mail) -> None:
        """Try until there is an answer."""
        while not self.give_up.is_set():
            reply = self.latest = self.attempt(mail)
            if reply[:1] == "2":
                self.ledger.note_acknowledged(mail)
                return
            if reply[:1] == "5":
                self.ledger.note_refused(mail, reply)
                return
            if reply != NOBODY:
                self.ledger.note_again()
            time.sleep(0.02)


class Wire:
    """An attempt over SMTP or LMTP, on a connection that is kept while it lives."""

    def __init__(self, daemon: Daemon, place: int, *, vanishing: float, seed: int) -> None:
        self.daemon, self.place = daemon, place
        self.vanishing = vanishing
        self.chance = random.Random(seed)
        self.smtp: Smtp | None = None
        self.port = 0

    def __call__(self, mail: Mail) -> str:
        ports = self.daemon.ports
        if not ports:
            return NOBODY
        try:
            return self._send(ports[self.place], mail)
        except OSError:
            self.hang_up()
            return ""

    def _send(self, port: int, mail: Mail) -> str:
        if self.smtp is None or self.port != port:
            self.hang_up()
            self.smtp, self.port = Smtp(port, is_lmtp=self.place == 1), port
        if self.chance.random() < self.vanishing:
            return self._vanish(self.smtp, mail)
        return self.smtp.send(mail)

    def _vanish(self, smtp: Smtp, mail: Mail) -> str:
        """Send everything, and be gone before the answer."""
        reply = smtp.begin(mail.sender)
        if reply[0] == "3":
            smtp.plug.sendall(stuffed(mail.raw))
            time.sleep(self.chance.random() * 0.02)
        self.hang_up()
        return ""

    def hang_up(self) -> None:
        if self.smtp is not None:
            self.smtp.close()
            self.smtp = None


class Pipe:
    """An attempt by `maildesk deliver`; now and then the pipe's own process is killed."""

    def __init__(self, daemon: Daemon, *, killing: float, seed: int) -> None:
        self.daemon, self.killing = daemon, killing
        self.chance = random.Random(seed)

    def __call__(self, mail: Mail) -> str:
        words = ["deliver", "--sender", mail.sender, "--recipient", DESK]
        process = subprocess.Popen(
            [sys.executable, "-m", "maildesk", "-c", str(self.daemon.config), *words],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
            cwd=self.daemon.folder,
        )
        patience = self.chance.uniform(0.2, 0.8) if self.chance.random() < self.killing else 60
        try:
            _, said = process.communicate(mail.raw, timeout=patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return ""
        if process.returncode == 0:
            return "250"
        return "450" if process.returncode == 75 else f"5 exit {process.returncode}: {said!r}"


class ImapFolder:
    """An attempt by APPEND to a folder that the daemon polls: the server has it from then on."""

    def __init__(self, append: Callable[[bytes], None]) -> None:
        self.append = append

    def __call__(self, mail: Mail) -> str:
        try:
            self.append(mail.raw)
        except (OSError, imaplib.IMAP4.error, AssertionError):
            return ""
        return "250"

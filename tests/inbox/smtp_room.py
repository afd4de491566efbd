"""A real listener on a free port, with a door that only remembers: what the listener's tests share.

In: settings and limits. Out: a `Room` whose listener runs in a loop of its own thread, and blocking
`Client`s that talk to it byte by byte. Leaving a room stops the listener and fails when anything
of it is left behind: a task, a session, a byte that is still accounted for.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from maildesk.core.model import Desk, Envelope, Policy, Receipt
from maildesk.inbox.smtp_limits import Limits
from maildesk.inbox.smtp_listener import Listener
from maildesk.inbox.smtp_settings import ListenerSettings

T = TypeVar("T")

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOST = "desk.example"
POLICY = Policy(
    desks=(
        Desk(key="HELP", name="Help", address="help@desk.example", aliases=("hjælp@desk.example",)),
        Desk(key="BILL", name="Bills", address="bill@desk.example"),
    ),
    agents=(),
)
MAIL = b"Subject: Printer\r\n\r\nIt is on fire.\r\n"


class FakeDoor:
    """A door that remembers mails. `hold` leaves them waiting until `let_in`."""

    def __init__(self) -> None:
        self.mails: list[tuple[Envelope, bytes]] = []
        self.waiting: list[Future[Receipt]] = []
        self.hold = False
        self.fails: BaseException | None = None  # accept raises it
        self.spoils: BaseException | None = None  # the future fails with it
        self.sentences: dict[str, str] = {}  # recipient -> why its desk refuses
        self.handed_in = threading.Event()

    def accept(self, envelope: Envelope, raw: bytes) -> Future[Receipt]:
        if self.fails is not None:
            raise self.fails
        self.mails.append((envelope, raw))
        kept: Future[Receipt] = Future()
        if self.hold:
            self.waiting.append(kept)
        elif self.spoils is not None:
            kept.set_exception(self.spoils)
        else:
            kept.set_result(Receipt(inbox_id=len(self.mails), is_new=True))
        self.handed_in.set()
        return kept

    def refuses(self, envelope: Envelope, raw: bytes) -> str:
        return next((self.sentences[r] for r in envelope.rcpt_to if r in self.sentences), "")

    def let_in(self) -> None:
        """All that wait are durable now."""
        for number, kept in enumerate(self.waiting, 1):
            kept.set_result(Receipt(inbox_id=number, is_new=True))
        self.waiting.clear()


@dataclass
class Room:
    """A listener that runs, its door, and the loop it runs in."""

    listener: Listener
    door: FakeDoor
    loop: asyncio.AbstractEventLoop
    clients: list[Client] = field(default_factory=list)

    @property
    def place(self) -> tuple[str, int] | str:
        return self.listener.addresses[0]

    @property
    def port(self) -> int:
        assert isinstance(self.place, tuple)
        return self.place[1]

    def run(self, work: Awaitable[T]) -> T:
        """Do something in the listener's loop."""

        async def _work() -> T:
            return await work

        return asyncio.run_coroutine_threadsafe(_work(), self.loop).result(60)

    def connect(self, source: str = "127.0.0.1", timeout: float = 60) -> Client:
        """A client that has not read the greeting yet."""
        if isinstance(self.place, str):
            plug = socket.socket(socket.AF_UNIX)
            plug.settimeout(timeout)
            plug.connect(self.place)
        else:
            plug = socket.create_connection(self.place, timeout, source_address=(source, 0))
        self.clients.append(Client(plug))
        return self.clients[-1]

    def greeted(self, source: str = "127.0.0.1", hello: str = "EHLO client.example") -> Client:
        """A client that has said hello."""
        client = self.connect(source)
        client.reply()
        assert client.ask(hello).startswith("250")
        return client

    @property
    def sessions(self) -> int:
        return len(self.listener._sessions)

    @property
    def bytes_in_flight(self) -> int:
        assert self.listener._house is not None
        return self.listener._house.gate.bytes_in_flight

    async def until(self, is_so: Callable[[], bool], seconds: float = 30) -> None:
        """Let the loop run until something is so."""
        async with asyncio.timeout(seconds):
            while not is_so():
                await asyncio.sleep(0.002)


class Client:
    """One connection, blocking, without manners of its own."""

    def __init__(self, plug: socket.socket) -> None:
        self.socket = plug
        self.file = plug.makefile("rb")

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def reply(self) -> str:
        """The next whole reply, its lines joined by newlines; "" when the server closed."""
        lines = []
        while True:
            try:
                line = self.file.readline()
            except ConnectionResetError:
                return "\n".join(lines)
            lines.append(line.decode().removesuffix("\r\n"))
            if line[3:4] != b"-":
                return "\n".join(lines)

    def ask(self, command: str | bytes) -> str:
        data = command.encode() if isinstance(command, str) else command
        self.send(data + b"\r\n")
        return self.reply()

    def announce(self, *recipients: str, sender: str = "ann@customer.example") -> None:
        """MAIL, RCPT and DATA, all of which must be taken."""
        assert self.ask(f"MAIL FROM:<{sender}>").startswith("250")
        for recipient in recipients or ("help@desk.example",):
            assert self.ask(f"RCPT TO:<{recipient}>").startswith("250")
        assert self.ask("DATA").startswith("354")

    def deliver(self, mail: bytes = MAIL, *recipients: str) -> str:
        """A whole mail, dot-stuffed; returns the answer to the dot."""
        self.announce(*recipients)
        stuffed = (b"\r\n" + mail).replace(b"\r\n.", b"\r\n..")[2:]
        self.send(stuffed + b".\r\n" if stuffed.endswith(b"\r\n") else stuffed + b"\r\n.\r\n")
        return self.reply()

    def is_closed(self) -> bool:
        """Wait for the server's close."""
        try:
            return self.file.read(1) == b""
        except ConnectionResetError:
            return True

    def start_tls(self) -> str:
        """STARTTLS and the handshake; returns the reply to STARTTLS."""
        answer = self.ask("STARTTLS")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self.socket = context.wrap_socket(self.socket)
        self.file = self.socket.makefile("rb")
        return answer

    def close(self) -> None:
        self.file.close()
        self.socket.close()


@contextlib.contextmanager
def room(
    *, limits: Limits | None = None, door: Any = None, leave: bool = True, **settings: Any
) -> Iterator[Room]:
    """A listener on port 0, or wherever `settings` say."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    door = door or FakeDoor()
    if "socket" not in settings and "fd" not in settings:
        settings.setdefault("port", 0)
    listener = Listener(
        ListenerSettings(**settings),
        policy=lambda: POLICY,
        door=door,
        now=lambda: NOON,
        hostname=HOST,
        limits=limits or Limits(goodbye_seconds=1, auth_pause_seconds=0),
    )
    inside = Room(listener, door, loop)
    faults: list[str] = []
    loop.set_exception_handler(lambda _, context: faults.append(repr(context)))
    try:
        inside.run(listener.start())
        try:
            yield inside
        except BaseException:
            inside.run(listener.stop(0))
            raise
        inside.run(_leave(inside))
    finally:
        for client in inside.clients:
            with contextlib.suppress(OSError):
                client.close()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
        assert faults == []


async def _leave(inside: Room) -> None:
    for client in inside.clients:
        with contextlib.suppress(OSError):
            client.socket.shutdown(socket.SHUT_RDWR)
    await inside.listener.stop(2)
    await inside.until(lambda: len(asyncio.all_tasks()) == 1 and not inside.bytes_in_flight)
    assert inside.sessions == 0


@cache
def server_tls(folder: Path) -> ssl.SSLContext:
    """A context with a certificate of its own, made once."""
    import subprocess

    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    words = [*command.split(), "-subj", "/CN=desk.example", "-keyout", key, "-out", certificate]
    subprocess.run(words, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context

"""A small relay on a free port that does what it is told, verb by verb.

In: a script: for each verb the answers to give, in order; DROP closes the connection, HANG never
answers. Verbs are BANNER, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA, DOT (the end of a mail), RSET; a
script that is used up gives the ordinary answer. Out: what it took, exactly as it came.

*Fails:* `AssertionError` when a client sends a bare CR or LF, which no relay should ever see.
"""

from __future__ import annotations

import re
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

DROP = "DROP"
HANG = "HANG"
SLOW = "SLOW "  # in front of an answer: a second later

Script = dict[str, list[str]]


@dataclass
class Taken:
    """One mail as the relay got it: the commands' arguments and the bytes between DATA and dot."""

    mail_from: str
    rcpt_to: str
    data: bytes


@dataclass
class Relay:
    """The running relay."""

    script: Script = field(default_factory=dict)
    extensions: tuple[str, ...] = ("8BITMIME", "SIZE 10000000")
    tls: ssl.SSLContext | None = None
    implicit: bool = False
    taken: list[Taken] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    bare_ends: int = 0

    def answer(self, verb: str, ordinary: str) -> str:
        waiting = self.script.get(verb, [])
        return waiting.pop(0) if waiting else ordinary


class _Gone(Exception):
    """The relay closes this connection."""


class _Session:
    def __init__(self, relay: Relay, peer: socket.socket) -> None:
        self.relay, self.peer = relay, peer
        self.file = peer.makefile("rb")
        self.mail_from = self.rcpt_to = ""

    def run(self) -> None:
        if self.relay.implicit and self.relay.tls:
            self.secure()
        self.say("BANNER", "220 relay.example")
        while line := self.file.readline():
            text = line.decode("utf-8").rstrip("\r\n")
            self.relay.lines.append(text)
            verb, _, words = text.partition(" ")
            getattr(self, f"do_{verb.lower()}", self.do_other)(words)

    def say(self, verb: str, ordinary: str) -> str:
        answer = self.relay.answer(verb, ordinary)
        if answer == DROP:
            raise _Gone
        if answer == HANG:
            self.relay.over.wait()
            raise _Gone
        if answer.startswith(SLOW):
            self.relay.over.wait(1.0)
            answer = answer.removeprefix(SLOW)
        self.peer.sendall(answer.encode() + b"\r\n")
        if answer.startswith("421"):
            raise _Gone
        return answer

    def secure(self) -> None:
        assert self.relay.tls
        self.peer = self.relay.tls.wrap_socket(self.peer, server_side=True)
        self.file = self.peer.makefile("rb")

    def do_ehlo(self, words: str) -> None:
        names = [*self.relay.extensions]
        if self.relay.tls and not isinstance(self.peer, ssl.SSLSocket):
            names.append("STARTTLS")
        rows = ["relay.example", *names]
        last = len(rows) - 1
        self.say(
            "EHLO", "\r\n".join(f"250{' ' if n == last else '-'}{r}" for n, r in enumerate(rows))
        )

    def do_starttls(self, words: str) -> None:
        if self.say("STARTTLS", "220 go").startswith("220"):
            self.secure()

    def do_auth(self, words: str) -> None:
        answer = self.say("AUTH", "235 welcome")
        while answer.startswith("334"):
            self.relay.lines.append(self.file.readline().decode().rstrip("\r\n"))
            answer = self.say("AUTH", "235 welcome")

    def do_mail(self, words: str) -> None:
        self.mail_from = words
        self.say("MAIL", "250 ok")

    def do_rcpt(self, words: str) -> None:
        self.rcpt_to = words
        self.say("RCPT", "250 ok")

    def do_data(self, words: str) -> None:
        if not self.say("DATA", "354 go").startswith("354"):
            return
        lines = []
        while (line := self.file.readline()) != b".\r\n":
            if not line:
                raise _Gone
            lines.append(line[1:] if line.startswith(b".") else line)
        data = b"".join(lines)
        self.relay.bare_ends += len(re.findall(rb"\r(?!\n)|(?<!\r)\n", data))
        if self.relay.script.get("DOT", [""])[:1] != [DROP]:
            self.relay.taken.append(Taken(self.mail_from, self.rcpt_to, data))
        self.say("DOT", "250 2.0.0 queued as 4711")

    def do_rset(self, words: str) -> None:
        self.say("RSET", "250 ok")

    def do_quit(self, words: str) -> None:
        self.say("QUIT", "221 bye")
        raise _Gone

    def do_other(self, words: str) -> None:
        self.say("OTHER", "250 ok")


@contextmanager
def running(
    script: Script | None = None,
    *,
    extensions: tuple[str, ...] = ("8BITMIME", "SIZE 10000000"),
    tls: ssl.SSLContext | None = None,
    implicit: bool = False,
) -> Iterator[Relay]:
    """A relay for the length of the block."""
    relay = Relay(script=script or {}, extensions=extensions, tls=tls, implicit=implicit)
    listener = socket.create_server(("127.0.0.1", 0))
    relay.port = listener.getsockname()[1]
    threads: list[threading.Thread] = []

    def serve(peer: socket.socket) -> None:
        session = _Session(relay, peer)
        try:
            session.run()
        except (OSError, _Gone):
            pass
        finally:
            session.file.close()
            session.peer.close()

    def listen() -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            relay.connections += 1
            threads.append(threading.Thread(target=serve, args=(peer,), daemon=True))
            threads[-1].start()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield relay
    finally:
        relay.over.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)
        assert not relay.bare_ends


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context with a fresh certificate for `name`, and a client's that trusts it."""
    key, cert = folder / f"{name}.key", folder / f"{name}.pem"
    alternative = f"IP:{name}" if name[0].isdigit() else f"DNS:{name}"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    subject = ["-subj", f"/CN={name}", "-addext", f"subjectAltName={alternative}"]
    files = ["-keyout", str(key), "-out", str(cert)]
    subprocess.run([*command.split(), *subject, *files], check=True, capture_output=True)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(cert, key)
    return server, ssl.create_default_context(cafile=str(cert))

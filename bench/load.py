"""Clients in a process of their own, and the mails they send.

In: `python -m bench.load PORT CLIENTS MAILS SIZE NAME`. Out: one JSON document on stdout: how many
mails were acknowledged, in how many seconds, and each one's wait for the "250" in milliseconds.

*Fails:* AssertionError for any answer but a 2xx.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

DESK = "support@desk.test"
_LINE = b"a line of an ordinary mail, as long as lines of ordinary mails are\r\n"


@dataclass(frozen=True)
class Acks:
    """What a load came to."""

    mails: int
    seconds: float
    p50_ms: float
    p99_ms: float
    client_cpu_seconds: float

    @property
    def rate(self) -> float:
        """Mails a second."""
        return self.mails / self.seconds


def run(port: int, *, clients: int, mails: int, size: int, name: str) -> Acks:
    """The load, from a process of its own."""
    words = [str(w) for w in (port, clients, mails, size, name)]
    done = subprocess.run(
        [sys.executable, "-m", "bench.load", *words],
        check=True,
        capture_output=True,
        cwd=Path(__file__).parents[1],
    )
    return Acks(**json.loads(done.stdout))


def make_mail(token: str, size: int) -> bytes:
    """A plain mail of about `size` bytes, from an address of its own."""
    head = (
        f"From: Ann <c-{token}@customer.test>\r\nTo: {DESK}\r\nSubject: about {token}\r\n"
        f"Message-ID: <{token}@load.test>\r\nDate: Thu, 19 Nov 2026 10:00:00 +0000\r\n"
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    ).encode()
    return head + _LINE * max(1, (size - len(head)) // len(_LINE))


def _client(port: int, mails: int, size: int, name: str, waits: list[float]) -> None:
    with socket.create_connection(("127.0.0.1", port), 60) as plug:
        plug.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        lines = plug.makefile("rb")
        _reply(lines)
        _ask(plug, lines, b"EHLO load.test\r\n")
        for number in range(mails):
            token = f"{name}.{number}"
            mail = make_mail(token, size)
            began = time.perf_counter()
            _ask(plug, lines, f"MAIL FROM:<c-{token}@customer.test>\r\n".encode())
            _ask(plug, lines, f"RCPT TO:<{DESK}>\r\n".encode())
            _ask(plug, lines, b"DATA\r\n")
            _ask(plug, lines, mail + b".\r\n")
            waits.append((time.perf_counter() - began) * 1000)
        _ask(plug, lines, b"QUIT\r\n")
        lines.close()


def _ask(plug: socket.socket, lines: object, data: bytes) -> None:
    plug.sendall(data)
    _reply(lines)


def _reply(lines: object) -> None:
    while True:
        line = lines.readline()  # type: ignore[attr-defined]
        assert line[:1] in (b"2", b"3"), line
        if line[3:4] != b"-":
            return


def main() -> None:
    port, clients, mails, size = map(int, sys.argv[1:5])
    waits: list[float] = []
    each = max(1, mails // clients)
    threads = [
        threading.Thread(target=_client, args=(port, each, size, f"{sys.argv[5]}.{n}", waits))
        for n in range(clients)
    ]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    assert len(waits) == each * clients, f"{len(waits)} of {each * clients} were acknowledged"
    waits.sort()
    print(
        json.dumps(
            {
                "mails": len(waits),
                "seconds": seconds,
                "p50_ms": waits[len(waits) // 2],
                "p99_ms": waits[int(len(waits) * 0.99)],
                "client_cpu_seconds": time.process_time(),
            }
        )
    )


if __name__ == "__main__":
    main()

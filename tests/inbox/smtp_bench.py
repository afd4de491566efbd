"""How fast the protocol is, against aiosmtpd as it comes, in one run.

In: `python -m tests.inbox.smtp_bench`. Out: a table on stdout: mails a second with 16 clients,
CPU time of the server for each mail, and the speed of one mail of 25 MB.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time

MAIL_4K = b"Subject: t\r\n\r\n" + (b"x" * 76 + b"\r\n") * 52
MAIL_25M = b"Subject: t\r\n\r\n" + (b"x" * 76 + b"\r\n") * 320_000
CLIENTS = 16


class Server:
    """One server process and what it used."""

    def __init__(self, kind: str) -> None:
        words = [sys.executable, "-m", "tests.inbox.smtp_server", kind]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE)
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    def cpu(self) -> float:
        with open(f"/proc/{self.process.pid}/stat") as stat:
            words = stat.read().rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


def send(port: int, mail: bytes, count: int, *, fresh: bool) -> None:
    """Send the mail so often, over one connection or over a new one each time."""
    plug = None
    for _ in range(count):
        if plug is None:
            plug = socket.create_connection(("127.0.0.1", port))
            plug.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            plug.recv(1000)
            ask(plug, b"EHLO c\r\n")
        ask(plug, b"MAIL FROM:<ann@customer.example>\r\n")
        ask(plug, b"RCPT TO:<help@desk.example>\r\n")
        ask(plug, b"DATA\r\n")
        assert ask(plug, mail + b".\r\n").startswith(b"250")
        if fresh:
            ask(plug, b"QUIT\r\n")
            plug.close()
            plug = None


def ask(plug: socket.socket, data: bytes) -> bytes:
    plug.sendall(data)
    answer = plug.recv(2000)
    while not answer.endswith(b"\r\n") or answer.splitlines()[-1][3:4] == b"-":
        answer += plug.recv(2000)
    return answer


def measure(kind: str, *, fresh: bool, each: int) -> tuple[float, float]:
    """Mails a second, and the server's CPU microseconds for each."""
    server = Server(kind)
    try:
        send(server.port, MAIL_4K, 20, fresh=fresh)
        cpu, began = server.cpu(), time.perf_counter()
        threads = [
            threading.Thread(
                target=send, args=(server.port, MAIL_4K, each), kwargs={"fresh": fresh}
            )
            for _ in range(CLIENTS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        total = CLIENTS * each
        spent = time.perf_counter() - began
        return total / spent, (server.cpu() - cpu) / total * 1e6
    finally:
        server.close()


def measure_large(kind: str) -> float:
    """Megabytes a second of one large mail."""
    server = Server(kind)
    try:
        send(server.port, MAIL_25M, 1, fresh=True)
        cpu = server.cpu()
        send(server.port, MAIL_25M, 4, fresh=True)
        return 4 * len(MAIL_25M) / (server.cpu() - cpu) / 1e6
    finally:
        server.close()


def main() -> None:
    for kind in ("stock", "ours", "stock", "ours"):
        kept, kept_cpu = measure(kind, fresh=False, each=150)
        new, new_cpu = measure(kind, fresh=True, each=60)
        print(
            f"{kind:6} kept {kept:6.0f}/s {kept_cpu:5.0f} us CPU   new connections {new:6.0f}/s"
            f" {new_cpu:5.0f} us CPU   25 MB {measure_large(kind):6.0f} MB/CPU s",
            flush=True,
        )


if __name__ == "__main__":
    main()

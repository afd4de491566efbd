"""What the same work costs without maildesk: the parts alone, on this machine, in this run.

In: how many mails. Out: mails a second for a bare aiosmtpd that forgets every mail, for one that
commits each to SQLite before its "250", for bare parsers, and for bare SQLite commits.

*Fails:* as the parts do.
"""

from __future__ import annotations

import asyncio
import contextlib
import email
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import load


def parse_stdlib(size: int, count: int) -> float:
    """email.message_from_bytes (compat32), and its payload decoded."""

    def parse(raw: bytes) -> object:
        message = email.message_from_bytes(raw)
        return message.get_payload(decode=True), str(message["Subject"])

    return _rate(parse, size, count)


def parse_mail_parser(size: int, count: int) -> float:
    """mail-parser, and what a desk reads of it."""
    import mailparser

    def parse(raw: bytes) -> object:
        message = mailparser.parse_from_bytes(raw)
        return message.text_plain, message.subject, message.from_, message.date

    return _rate(parse, size, count)


def parse_ours(size: int, count: int) -> float:
    """maildesk's own reading, in this process: no worker, no limits."""
    from maildesk.mail.parse import parse

    return _rate(lambda raw: parse(raw, "a@customer.test"), size, count)


def _rate(work: Callable[[bytes], object], size: int, count: int) -> float:
    mails = [load.make_mail(f"floor{n}", size) for n in range(50)]
    work(mails[0])
    began = time.perf_counter()
    for number in range(count):
        work(mails[number % 50])
    return count / (time.perf_counter() - began)


def commits(size: int, count: int, group: int) -> float:
    """WAL and synchronous=FULL, the raw mail in its row, so many mails to a commit."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as folder:
        conn = _database(Path(folder, "bare.db"))
        raw = load.make_mail("floor", size)
        began = time.perf_counter()
        for _ in range(count // group):
            conn.execute("BEGIN IMMEDIATE")
            for _ in range(group):
                conn.execute("INSERT INTO mail (sender, raw) VALUES ('a', ?)", (raw,))
            conn.execute("COMMIT")
        rate = count // group * group / (time.perf_counter() - began)
        conn.close()
    return rate


def _database(path: Path) -> sqlite3.Connection:
    conn = sqlite3.connect(path, isolation_level=None)
    conn.execute("PRAGMA journal_mode = WAL")
    conn.execute("PRAGMA synchronous = FULL")
    conn.execute("CREATE TABLE mail (id INTEGER PRIMARY KEY, sender TEXT, raw BLOB)")
    return conn


@contextlib.contextmanager
def server(kind: str) -> Iterator[int]:
    """A bare aiosmtpd in a process of its own; its port."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", "bench.floors", kind, folder],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[1],
        )
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()
            process.wait()
            process.stdout.close()


async def _serve(kind: str, folder: str) -> None:
    from aiosmtpd.smtp import SMTP

    conn = _database(Path(folder, "bare.db"))

    class Handler:
        async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802
            if kind == "commit":
                raw = envelope.content  # type: ignore[attr-defined]
                conn.execute("INSERT INTO mail (sender, raw) VALUES ('a', ?)", (raw,))
            return "250 OK"

    loop = asyncio.get_running_loop()
    made = await loop.create_server(lambda: SMTP(Handler()), "127.0.0.1", 0)
    print(made.sockets[0].getsockname()[1], flush=True)
    await made.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], sys.argv[2]))

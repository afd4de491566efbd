"""The measurements, one function each: what was measured, in the units of its name.

In: a folder on the disk that counts, sizes. Out: plain dictionaries for JSON.

*Fails:* AssertionError when a promise breaks on the way: an acknowledged mail that is not stored.
"""

from __future__ import annotations

import os
import sqlite3
import statistics
import subprocess
import time
from pathlib import Path
from typing import Any

from bench import desk, floors, load
from tests import parts
from tests.crash.daemon_process import BASE, Daemon, wait_for

Figures = dict[str, Any]
CLIENTS = (1, 4, 16)
SIZES = {"4 KB": 4096, "50 KB": 51_200}


def floor(count: int) -> Figures:
    """The parts alone."""
    figures: Figures = {}
    for name, size in SIZES.items():
        figures[name] = {
            "parse_stdlib_per_s": floors.parse_stdlib(size, count),
            "parse_mail_parser_per_s": floors.parse_mail_parser(size, count),
            "parse_ours_per_s": floors.parse_ours(size, count),
            "commit_per_s": floors.commits(size, count, 1),
            "commit_in_groups_of_16_per_s": floors.commits(size, count, 16),
        }
    return figures


def acks(folder: Path, mails: int) -> list[Figures]:
    """Durable "250"s by clients and size, beside bare aiosmtpd; all are there after kill -9."""
    rows = []
    for size_name, size in SIZES.items():
        for clients in CLIENTS:
            total = mails if size < 10_000 else mails // 3
            row: Figures = {"size": size_name, "clients": clients}
            row |= _ack_run(folder / f"acks-{size}-{clients}", clients, total, size)
            for kind in ("forget", "commit"):
                with floors.server(kind) as port:
                    got = load.run(port, clients=clients, mails=total, size=size, name="f")
                row[f"bare_{kind}_per_s"] = got.rate
            row["ratio_to_bare_commit"] = row["per_s"] / row["bare_commit_per_s"]
            rows.append(row)
    return rows


def _ack_run(folder: Path, clients: int, mails: int, size: int) -> Figures:
    daemon = Daemon(folder, config=desk.NOWHERE).start()
    try:
        load.run(daemon.ports[0], clients=clients, mails=clients * 4, size=size, name="warm")
        before = desk.cpu(daemon)
        got = load.run(daemon.ports[0], clients=clients, mails=mails, size=size, name="ack")
        spent = desk.cpu(daemon) - before
        finished = desk.count(daemon, "SELECT count(*) FROM comments")
        daemon.kill()
        stored = desk.count(daemon, "SELECT count(*) FROM inbox")
        wanted = got.mails + clients * 4
        assert stored == wanted, f"{wanted} acknowledged, {stored} stored"
    finally:
        daemon.clean_up()
    return {
        "per_s": got.rate,
        "p50_ms": got.p50_ms,
        "p99_ms": got.p99_ms,
        "acknowledged_and_stored_after_kill": stored,
        "finished_meanwhile": finished,
        "daemon_cpu_ms_per_mail": spent / got.mails * 1000,
    }


def flow(folder: Path, mails: int) -> Figures:
    """From mail to finished ticket with its outbox rows, and the memory on the way."""
    daemon = Daemon(folder / "flow", config=desk.NOWHERE).start()
    try:
        load.run(daemon.ports[0], clients=1, mails=20, size=4096, name="warm")
        desk.wait_until_none(daemon, desk.PENDING, 60)
        watch = desk.MemoryWatch(daemon)
        watch.start()
        before, began = desk.cpu(daemon), time.monotonic()
        load.run(daemon.ports[0], clients=4, mails=mails, size=4096, name="flow")
        taken = time.monotonic() - began
        desk.wait_until_none(daemon, desk.PENDING, 60 + mails / 50)
        seconds = time.monotonic() - began
        spent, seen = desk.cpu(daemon) - before, watch.end()
        tickets = desk.count(daemon, "SELECT count(*) FROM tickets")
        outbox = desk.count(daemon, "SELECT count(*) FROM outbox")
        assert (tickets, outbox) == (mails + 20, 2 * (mails + 20)), (tickets, outbox)
        assert daemon.stop() == 0
    finally:
        daemon.clean_up()
    quarter = len(seen) // 4
    return {
        "mails": mails,
        "tickets_per_s": mails / seconds,
        "seconds": seconds,
        "seconds_taking": taken,
        "cpu_ms_per_mail": spent / mails * 1000,
        "rss_mib_peak": max(size for _, size in seen) / 2**20,
        "rss_mib_second_quarter": _mean(seen[quarter : 2 * quarter]),
        "rss_mib_last_quarter": _mean(seen[-quarter:]),
    }


def _mean(seen: list[tuple[float, int]]) -> float:
    return statistics.fmean(size for _, size in seen) / 2**20


def idle(folder: Path, seconds: float) -> Figures:
    """A daemon that has worked once and has nothing to do."""
    daemon = Daemon(folder / "idle").start()
    try:
        fresh = desk.memory(daemon) / 2**20
        load.run(daemon.ports[0], clients=1, mails=10, size=4096, name="once")
        desk.wait_until_none(daemon, desk.PENDING, 30)
        desk.wait_until_none(daemon, desk.UNSENT, 30)
        time.sleep(2)
        before, began = desk.cpu(daemon), time.monotonic()
        time.sleep(seconds)
        share = (desk.cpu(daemon) - before) / (time.monotonic() - began)
        size = desk.memory(daemon) / 2**20
        assert daemon.stop() == 0
    finally:
        daemon.clean_up()
    return {
        "seconds": seconds,
        "cpu_percent_of_a_core": share * 100,
        "rss_mib_fresh": fresh,
        "rss_mib_after_work": size,
    }


def start(folder: Path, times: int) -> Figures:
    """From the command to `maildesk ready`: with a new data directory, and with an old one."""
    new, old = [], []
    for number in range(times):
        daemon = Daemon(folder / f"start{number}")
        for found in (new, old):
            began = time.perf_counter()
            daemon.spawn()
            assert wait_for(daemon._is_ready, 30), daemon.said()
            found.append(time.perf_counter() - began)
            assert daemon.stop() == 0
    python = _python_start()
    return {
        "new_directory_s": statistics.median(new),
        "old_directory_s": statistics.median(old),
        "bare_python_s": python,
    }


def _python_start() -> float:
    import sys

    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import asyncio"], check=True)
    return time.perf_counter() - began


def outbox(folder: Path, mails: int) -> Figures:
    """Mails a second out of a full outbox: to a Maildir, to smtp-sink."""
    figures: Figures = {"maildir": _drain(folder / "maildir", mails, None)}
    if parts.is_here("smtp-sink"):
        port = 18_725
        as_nobody = ["-u", "nobody"] if os.geteuid() == 0 else []
        words = [parts.path("smtp-sink"), *as_nobody, f"127.0.0.1:{port}", "100"]
        sink = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            figures["smtp-sink"] = _drain(folder / "sink", mails, port)
        finally:
            sink.terminate()
            sink.wait()
    return figures


def _drain(folder: Path, mails: int, port: int | None) -> Figures:
    daemon = Daemon(folder, config=desk.NOWHERE).start()
    base = daemon.configure
    try:
        load.run(daemon.ports[0], clients=4, mails=mails // 2, size=4096, name="out")
        desk.wait_until_none(daemon, desk.PENDING, 120)
        assert daemon.stop() == 0
        _make_due(daemon)
        base(desk.relay(port) if port else BASE)
        daemon.start()
        before, began = desk.cpu(daemon), time.monotonic()
        desk.wait_until_none(daemon, desk.UNSENT, 60 + mails / 20)
        seconds = time.monotonic() - began
        spent = desk.cpu(daemon) - before
        assert daemon.stop() == 0
    finally:
        daemon.clean_up()
    return {"mails": mails, "per_s": mails / seconds, "cpu_ms_per_mail": spent / mails * 1000}


def _make_due(daemon: Daemon) -> None:
    """What waits for a relay that was down is due now; the daemon does not run meanwhile."""
    conn = sqlite3.connect(daemon.data / "maildesk.db")
    with conn:
        conn.execute("UPDATE outbox SET due_at = created_at")
    conn.close()

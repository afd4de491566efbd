"""Clients that mean harm: the listener stays small, and everybody else is served meanwhile."""

from __future__ import annotations

import os
import random
import re
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from maildesk.inbox.smtp_limits import Limits
from tests.inbox.smtp_room import Client, room

MIB = 1024 * 1024


class Served:
    """A listener in its own process, whose memory can be read."""

    def __init__(self, largest: int = 10_000_000, log: Path = Path(os.devnull)) -> None:
        words = [sys.executable, "-m", "tests.inbox.smtp_server", "ours", str(largest)]
        root = Path(__file__).parents[2]
        self.clients: list[Client] = []
        with log.open("wb") as told:
            self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=told, cwd=root)
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    def peak_mib(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024

    def connect(self) -> Client:
        client = Client(socket.create_connection(("127.0.0.1", self.port), 30))
        self.clients.append(client)
        client.reply()
        client.ask("EHLO c")
        return client


@pytest.fixture
def served() -> Iterator[Served]:
    served = Served()
    yield served
    for client in served.clients:
        client.close()
    served.process.kill()
    served.process.communicate()


def pour(client: Client, piece: bytes, total: int) -> int:
    """Send until the server closes; returns how much it took."""
    sent = 0
    try:
        while sent < total:
            client.send(piece)
            sent += len(piece)
    except OSError:
        pass
    return sent


@pytest.mark.parametrize("piece", [b"x" * MIB, (b"x" * 70 + b"\r\n") * 14_000, b"\r" * MIB])
def test_300_megabytes_of_one_mail_stay_small(served: Served, piece: bytes) -> None:
    client = served.connect()
    before = served.peak_mib()
    client.announce()
    sent = pour(client, piece, 300 * MIB)
    assert 4 * 10_000_000 <= sent < 80 * MIB
    assert client.reply().startswith("421 4.3.4")
    assert served.peak_mib() - before < 40
    assert served.connect().deliver().startswith("250")


@pytest.mark.slow
def test_mails_of_a_few_bytes_a_packet_stay_small(served: Served) -> None:
    before = served.peak_mib()
    client = served.connect()
    client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    client.announce()
    for _ in range(200_000):
        client.send(b"abc")
    client.send(b"\r\n.\r\n")
    assert client.reply().startswith("250")
    assert served.peak_mib() - before < 16


def test_an_endless_command_line_stays_small(served: Served) -> None:
    client = served.connect()
    before = served.peak_mib()
    assert pour(client, b"x" * MIB, 100 * MIB) < 60 * MIB
    assert served.peak_mib() - before < 16


def test_many_large_mails_at_once_share_one_room() -> None:
    limits = Limits(bytes_in_flight=3_000_000)
    with room(limits=limits, max_message_size=1_000_000) as inside:
        clients = [inside.greeted() for _ in range(6)]
        for client in clients:
            client.announce()
            client.send(b"x" * 900_000)
        inside.run(inside.until(lambda: inside.bytes_in_flight > 2_600_000))
        for client in clients:
            client.send(b"\r\n.\r\n")
        answers = sorted(client.reply()[:9] for client in clients)
        assert answers == ["250 2.0.0"] * 3 + ["452 4.3.1"] * 3


def test_500_slow_clients_hold_up_nobody() -> None:
    limits = Limits(idle_seconds=60, goodbye_seconds=1)
    with room(limits=limits) as inside:
        for number in range(500):
            slow = inside.connect(f"127.0.{1 + number // 20}.1")
            slow.send(b"EHLO sl")
        inside.run(inside.until(lambda: inside.sessions == 180))
        slowest = 0.0
        for _ in range(20):
            began = time.monotonic()
            assert inside.greeted().deliver().startswith("250")
            slowest = max(slowest, time.monotonic() - began)
        # Each of them may take a minute.
        assert slowest < 20


def test_a_flood_of_recipients_ends() -> None:
    with room(relays=()) as inside:
        client = inside.greeted()
        client.ask("MAIL FROM:<a@x.example>")
        flood = threading.Thread(
            target=pour, args=(client, b"RCPT TO:<help@desk.example>\r\n" * 100, MIB)
        )
        flood.start()
        answers = []
        while not answers or answers[-1][:3] in ("250", "452"):
            answers.append(client.reply())
        flood.join()
        assert [a[:3] for a in answers] == ["250"] * 100 + ["452"] * 1000 + ["421"]


def test_a_flood_of_small_commands_in_one_packet_costs_little() -> None:
    with room() as inside:
        client = inside.greeted()
        client.announce()
        began = time.monotonic()
        count = 5_000
        sender = threading.Thread(target=client.send, args=(b"x\r\n.\r\n" + b"NOOP\r\n" * count,))
        sender.start()
        assert client.reply().startswith("250")
        assert {client.reply() for _ in range(count)} == {"250 2.0.0 OK"}
        sender.join()
        assert time.monotonic() - began < 40


WORDS = (
    *(b"EHLO c", b"MAIL FROM:<a@x.example>", b"MAIL FROM:<>", b"RCPT TO:<help@desk.example>"),
    *(b"DATA", b".", b"..", b"", b"Subject: x", b"RSET", b"NOOP", b"QUIT", b"VRFY a", b"TURN"),
    *(b"STARTTLS", b"AUTH PLAIN", b"BDAT 5 LAST", b"\0\xff", b"XX " + b"y" * 5000),
    *(b"MAIL FROM:<\xc3\xa6@x> SMTPUTF8", b"RCPT TO:<help@desk.example>\rDATA", b"DATA x"),
)
LINE_ENDS = (*(b"\r\n",) * 8, b"\n", b"\r", b"\r\r\n", b"")


@pytest.mark.parametrize("protocol", ["smtp", "lmtp"])
def test_rubbish_in_any_order_gets_sound_replies_and_meets_no_fault(
    protocol: str, caplog: pytest.LogCaptureFixture
) -> None:
    dice = random.Random(9)
    hello = b"LHLO c\r\n" if protocol == "lmtp" else b"EHLO c\r\n"
    with room(protocol=protocol, max_message_size=2000) as inside:
        for _ in range(150):
            said = b"".join(dice.choice(WORDS) + dice.choice(LINE_ENDS) for _ in range(12))
            if dice.random() < 0.6:
                said = hello + b"MAIL FROM:<a@x>\r\nRCPT TO:<help@desk.example>\r\n" + said
            client = inside.connect()
            said = said.partition(b"QUIT")[0]
            client.send(said)
            client.socket.shutdown(socket.SHUT_WR)
            replies = client.file.read().split(b"\r\n")
            assert replies.pop() == b""
            assert all(re.fullmatch(rb"[2345]\d\d[ -][ -~]*", line) for line in replies), said
            client.close()
            inside.clients.clear()
    assert "bug" not in caplog.text


def test_running_out_of_file_descriptors_is_a_line_and_a_pause(tmp_path: Path) -> None:
    told = tmp_path / "log"
    served = Served(log=told)
    try:
        resource.prlimit(served.process.pid, resource.RLIMIT_NOFILE, (16, 16))
        crowd = [socket.create_connection(("127.0.0.1", served.port), 30) for _ in range(60)]
        before = cpu_seconds(served.process.pid)
        time.sleep(1.2)
        # Who tries again and again is busy all the time.
        assert cpu_seconds(served.process.pid) - before < 0.6
        for client in crowd:
            client.close()
        begun = time.monotonic()
        assert served.connect().deliver().startswith("250")
        assert time.monotonic() - begun < 30
        words = told.read_text()
        assert words.count("cannot-accept") == 1
        assert "Traceback" not in words
    finally:
        for client in served.clients:
            client.close()
        served.process.kill()
        served.process.communicate()


def cpu_seconds(pid: int) -> float:
    """What a process has used of the processor so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

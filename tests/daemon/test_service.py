"""The daemon as a service manager sees it: ready, alive, reloading, ending."""

from __future__ import annotations

import os
import signal
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import parts
from tests.desk_config import LOCAL, MAILDIR, write_config
from tests.ports import free_port


class Service:
    """A running daemon and the socket on which it tells how it is."""

    def __init__(self, folder: Path, *, prefix: tuple[str, ...] = (), **env: str) -> None:
        self.folder = folder
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.manager.bind(str(folder / "notify"))
        self.manager.settimeout(60)
        self.port = free_port()
        self.configure()
        command = [sys.executable, "-m", "maildesk", "-c", str(self.config), "run"]
        self.process = subprocess.Popen(
            [*prefix, *command],
            env={**os.environ, "NOTIFY_SOCKET": str(folder / "notify"), **env},
            stderr=subprocess.DEVNULL,
        )

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    def configure(self, name: str = "Support", more: str = "") -> None:
        """Write the configuration anew."""
        desk = LOCAL.replace('"Support"', f'"{name}"') + more
        write_config(self.folder, f"[listener]\nport = {self.port}\n{MAILDIR}", desk=desk)

    def hear(self, *wanted: str) -> str:
        """The next datagram that holds all of these."""
        while True:
            words = self.manager.recv(4096).decode()
            if all(word in words for word in wanted):
                return words

    def end(self) -> int:
        """SIGTERM, and the exit code."""
        self.process.terminate()
        return self.process.wait(60)


@contextmanager
def service(folder: Path, *, prefix: tuple[str, ...] = (), **env: str) -> Iterator[Service]:
    running = Service(folder, prefix=prefix, **env)
    try:
        yield running
    finally:
        running.process.kill()
        running.process.wait()
        running.manager.close()


def test_it_is_ready_when_it_takes_mail_and_ends_in_order(tmp_path: Path) -> None:
    with service(tmp_path) as running:
        running.hear("READY=1", "listening on 1 place")
        with smtplib.SMTP("127.0.0.1", running.port) as client:
            client.sendmail("a@x.example", "support@localhost", "Subject: x\r\n\r\nhello")
        running.process.terminate()
        running.hear("STOPPING=1")
        assert running.process.wait(60) == 0


def test_clients_that_wait_or_stall_do_not_keep_it_from_ending(tmp_path: Path) -> None:
    with service(tmp_path) as running:
        running.hear("READY=1")
        idle, stalled = (smtplib.SMTP("127.0.0.1", running.port) for _ in range(2))
        stalled.ehlo()
        stalled.mail("a@x.example")
        stalled.rcpt("support@localhost")
        stalled.docmd("DATA")
        stalled.send(b"Subject: x\r\n")
        began = time.monotonic()
        running.process.terminate()
        for client in (idle, stalled):
            assert client.getreply() == (421, b"4.3.2 Shutting down; try again later")
            client.close()
        assert running.process.wait(60) == 0
        # Without a word it would wait for them for minutes.
        assert time.monotonic() - began < 30


def test_the_watchdog_is_fed_while_all_loops_live(tmp_path: Path) -> None:
    with service(tmp_path, WATCHDOG_USEC="1000000") as running:
        running.hear("READY=1")
        started = time.monotonic()
        running.hear("WATCHDOG=1")
        running.hear("WATCHDOG=1")
        assert time.monotonic() - started < 15


def test_a_good_configuration_is_taken_up_and_a_bad_one_refused(tmp_path: Path) -> None:
    with service(tmp_path) as running:
        running.hear("READY=1")
        running.configure(more="\nnonsense = true\n[no_such_table]\n")
        running.process.send_signal(signal.SIGHUP)
        running.hear("RELOADING=1", "MONOTONIC_USEC=")
        running.hear("READY=1")
        old_port, running.port = running.port, free_port()
        running.configure()
        running.process.send_signal(signal.SIGHUP)
        running.hear("RELOADING=1")
        running.hear("READY=1")
        with smtplib.SMTP("127.0.0.1", running.port) as client:
            assert client.noop()[0] == 250
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", old_port))
        assert running.end() == 0


def test_a_place_that_cannot_be_had_leaves_the_old_one_open(tmp_path: Path) -> None:
    with service(tmp_path) as running, socket.create_server(("127.0.0.1", 0)) as taken:
        running.hear("READY=1")
        old_port, running.port = running.port, int(taken.getsockname()[1])
        running.configure()
        running.process.send_signal(signal.SIGHUP)
        running.hear("RELOADING=1")
        running.hear("READY=1")
        with smtplib.SMTP("127.0.0.1", old_port) as client:
            assert client.noop()[0] == 250


def test_a_wrong_configuration_ends_with_78_under_a_service_manager(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("nonsense = 1\n")
    command = [sys.executable, "-m", "maildesk", "-c", str(config), "run"]
    env = {name: value for name, value in os.environ.items() if name != "NOTIFY_SOCKET"}
    plain = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    managed = subprocess.run(
        command, env={**env, "NOTIFY_SOCKET": "/nowhere"}, capture_output=True, check=False
    )
    assert (plain.returncode, managed.returncode) == (2, 78)
    assert "config.toml:1" in plain.stderr


@parts.need("systemd-socket-activate")
def test_a_socket_from_systemd_is_listened_on(tmp_path: Path) -> None:
    port = free_port()
    program = parts.path("systemd-socket-activate")
    prefix = (program, "-l", f"127.0.0.1:{port}", "-E", "NOTIFY_SOCKET", "-E", "PATH")
    with service(tmp_path, prefix=prefix) as running:
        with smtplib.SMTP(timeout=60) as client:
            connect(client, port)
            assert client.noop()[0] == 250
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", running.port))


def connect(client: smtplib.SMTP, port: int) -> None:
    """Connect as soon as somebody listens."""
    deadline = time.monotonic() + 60
    while True:
        try:
            client.connect("127.0.0.1", port)
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return

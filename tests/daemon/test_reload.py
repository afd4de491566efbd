"""SIGHUP: a new configuration is in force as a whole, or the old one goes on undisturbed.

In: a running daemon and configurations. Out: where it listens afterwards, and what it said.

*Fails:* as every test does.
"""

from __future__ import annotations

import contextlib
import shutil
import signal
import smtplib
import socket
import ssl
import time
from pathlib import Path

import pytest

from tests import parts
from tests.cli.shell import ROOT
from tests.daemon.test_pollers import _MAILBOX as MAILBOX
from tests.daemon.test_service import Service, service
from tests.inbox.fake_imap import PASSWORD, FakeImap
from tests.inbox.imap_room import until
from tests.inbox.smtp_room import server_tls
from tests.ports import free_port

TLS = """
tls_certificate = "certificate.pem"
tls_key = "key.pem"
"""


def reload(running: Service) -> None:
    running.process.send_signal(signal.SIGHUP)
    running.hear("RELOADING=1")
    running.hear("READY=1")


def answers(port: int, host: str = "127.0.0.1") -> bool:
    try:
        with smtplib.SMTP(host, port, timeout=20) as client:
            return client.noop()[0] == 250
    except OSError:
        return False


def certificate(port: int) -> bytes | None:
    """What the daemon shows after STARTTLS."""
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.starttls(context=ssl._create_unverified_context())
        assert isinstance(client.sock, ssl.SSLSocket)
        return client.sock.getpeercert(binary_form=True)


def make_certificate(folder: Path, name: str) -> None:
    """Put a certificate where the configuration looks for one."""
    made = folder / name
    made.mkdir()
    server_tls(made)
    for file in made.iterdir():
        shutil.copy(file, folder)


def with_tls(running: Service) -> None:
    running.configure()
    text = running.config.read_text()
    running.config.write_text(text.replace("[listener]", f"[listener]{TLS}"))


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(
            '[outgoing.dkim]\ndomain = "x.example"\nselector = "s"\nkey_file = "nowhere.pem"\n',
            marks=pytest.mark.slow,
        ),
        '[[listener]]\ntls_certificate = "nowhere.pem"\ntls_key = "nowhere.pem"\n',
    ],
)
def test_what_could_not_be_put_to_work_is_refused_whole(tmp_path: Path, fault: str) -> None:
    with service(tmp_path) as running:
        running.hear("READY=1")
        old_port, running.port = running.port, free_port()
        running.configure(more=fault)
        text = running.config.read_text()
        if "[[listener]]" in fault:
            running.config.write_text(text.replace("[listener]\n", "[[listener]]\n"))
        reload(running)
        assert answers(old_port)
        assert not answers(running.port)


@parts.need("openssl")
def test_a_renewed_certificate_is_shown_after_a_reload(tmp_path: Path) -> None:
    make_certificate(tmp_path, "first")
    with service(tmp_path) as running:
        running.hear("READY=1")
        with_tls(running)
        reload(running)
        before = certificate(running.port)
        make_certificate(tmp_path, "second")
        reload(running)
        renewed = certificate(running.port)
        assert renewed != before
        (tmp_path / "certificate.pem").write_text("half a file")
        reload(running)
        assert certificate(running.port) == renewed


@pytest.mark.slow
@parts.need("openssl")
def test_old_places_come_back_though_their_certificate_is_gone(tmp_path: Path) -> None:
    make_certificate(tmp_path, "first")
    with service(tmp_path) as running, socket.create_server(("127.0.0.1", 0)) as taken:
        running.hear("READY=1")
        with_tls(running)
        reload(running)
        (tmp_path / "certificate.pem").unlink()
        old_port, running.port = running.port, int(taken.getsockname()[1])
        running.configure()
        reload(running)
        assert certificate(old_port)


def test_a_fault_of_our_own_ends_the_reload_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A working directory that is gone is nothing that the configuration could be blamed for.
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.chdir(gone)
    with service(tmp_path) as running:
        running.hear("READY=1")
        gone.rmdir()
        reload(running)
        assert answers(running.port)
        assert running.end() == 0


def test_reloads_come_one_after_the_other_and_the_last_one_counts(tmp_path: Path) -> None:
    with service(tmp_path) as running:
        running.hear("READY=1")
        old_port, first, last = running.port, free_port(), free_port()
        with contextlib.closing(smtplib.SMTP("127.0.0.1", old_port)) as client:
            client.helo("x.example")
            client.mail("a@x.example")
            client.rcpt("support@localhost")
            assert client.docmd("DATA")[0] == 354
            ask(running, first)
            running.hear("RELOADING=1")
            while answers(old_port):
                time.sleep(0.05)
            ask(running, last)
            running.manager.settimeout(1)
            with pytest.raises(TimeoutError):
                running.manager.recv(4096)
            running.manager.settimeout(60)
            client.send(b"Subject: x\r\n\r\nx\r\n.\r\n")
            assert client.getreply()[0] == 250
        words = [running.manager.recv(4096).decode().split("=")[0] for _ in range(3)]
        assert words == ["READY", "RELOADING", "READY"]
        assert [answers(port) for port in (first, last)] == [False, True]


def ask(running: Service, port: int) -> None:
    """Ask for a reload with another port."""
    running.port = port
    running.configure()
    running.process.send_signal(signal.SIGHUP)


@pytest.mark.slow
def test_a_mended_password_is_tried_at_the_next_reload(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("wr0ng")
    secret.chmod(0o600)
    with FakeImap() as server, service(tmp_path) as running:
        running.hear("READY=1")
        box = MAILBOX.format(name="a", port=server.port, every="60s")
        running.configure(more=box.replace('password = "x"', f'password_file = "{secret}"'))
        reload(running)
        until(lambda: server.seen["LOGIN"] == 1)
        secret.write_text(PASSWORD)
        # The login may just be going on.
        time.sleep(0.2)
        reload(running)
        until(lambda: server.seen["SELECT"] == 1)
        assert server.seen["LOGIN"] == 2


@parts.need("openssl")
def test_no_client_is_turned_away_by_a_reload_and_none_is_cut_off(tmp_path: Path) -> None:
    make_certificate(tmp_path, "first")
    with service(tmp_path) as running:
        running.hear("READY=1")
        with_tls(running)
        reload(running)
        before = certificate(running.port)
        with contextlib.closing(smtplib.SMTP("127.0.0.1", running.port)) as client:
            client.ehlo()
            client.mail("a@x.example")
            client.rcpt("support@localhost")
            assert client.docmd("DATA")[0] == 354
            make_certificate(tmp_path, "second")
            running.process.send_signal(signal.SIGHUP)
            deadline = time.monotonic() + 60
            while certificate(running.port) == before:
                assert time.monotonic() < deadline
            running.hear("RELOADING=1")
            running.hear("READY=1")
            client.send(b"Subject: x\r\n\r\nx\r\n.\r\n")
            assert client.getreply()[0] == 250
            assert client.noop()[0] == 250


def test_one_port_may_move_to_another_address_and_stay_where_it_cannot(tmp_path: Path) -> None:
    with service(tmp_path) as running, socket.create_server(("127.0.0.3", 0)) as taken:
        running.hear("READY=1")
        text = running.config.read_text()
        running.config.write_text(text.replace("[listener]", '[listener]\nhost = "0.0.0.0"'))
        reload(running)
        assert answers(running.port, "127.0.0.2")
        port = int(taken.getsockname()[1])
        wrong = f'[[listener]]\nhost = "127.0.0.1"\nport = {running.port}\n'
        wrong += f'[[listener]]\nhost = "127.0.0.3"\nport = {port}\n'
        rest = text.partition("[outgoing]")
        head = rest[0].partition("[listener]")[0]
        running.config.write_text(f"{head}{wrong}[outgoing]{rest[2]}")
        reload(running)
        assert answers(running.port, "127.0.0.2")


@pytest.mark.slow
def test_mail_is_taken_while_a_dead_mailbox_is_waited_for(tmp_path: Path) -> None:
    with service(tmp_path) as running, socket.create_server(("127.0.0.1", 0)) as silent:
        running.hear("READY=1")
        port = int(silent.getsockname()[1])
        running.configure(more=MAILBOX.format(name="a", port=port, every="60s"))
        reload(running)
        with silent.accept()[0]:
            running.configure()
            running.process.send_signal(signal.SIGHUP)
            running.hear("RELOADING=1")
            assert answers(running.port)
            # Not a word yet: it still waits.
            running.manager.setblocking(False)
            with pytest.raises(BlockingIOError):
                running.manager.recv(4096)
            running.manager.settimeout(60)
            running.hear("READY=1")

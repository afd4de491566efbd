"""STARTTLS and AUTH: nothing said in the clear counts, and a password is asked for behind TLS."""

from __future__ import annotations

import base64
import contextlib
import smtplib
import socket
import ssl
from collections.abc import Iterator

import pytest

from maildesk.inbox.smtp_limits import Limits
from tests import parts
from tests.inbox.smtp_room import Client, Room, room, server_tls

pytestmark = parts.need("openssl")

PASSWORDS = {
    "alice": lambda: "séame open",
    "bob": lambda: "",
    "carol": lambda: str(1 / 0),
    "dave": lambda: "open",
}


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    return server_tls(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def inside(tls: ssl.SSLContext) -> Iterator[Room]:
    limits = Limits(auth_pause_seconds=0, goodbye_seconds=1)
    with room(tls_context=tls, auth=PASSWORDS, limits=limits) as inside:
        yield inside


def plain(name: str, password: str, act_as: str = "") -> str:
    return base64.b64encode(f"{act_as}\0{name}\0{password}".encode()).decode()


def encrypted(inside: Room) -> Client:
    client = inside.greeted()
    client.start_tls()
    client.ask("EHLO again")
    return client


def test_starttls_is_offered_until_it_is_on_and_auth_only_behind_it(inside: Room) -> None:
    client = inside.connect()
    client.reply()
    before = client.ask("EHLO c")
    assert client.start_tls() == "220 2.0.0 Ready to start TLS"
    after = client.ask("EHLO c")
    assert "250-STARTTLS" in before
    assert "AUTH" not in before
    assert "STARTTLS" not in after
    assert "250-AUTH PLAIN LOGIN" in after
    assert client.ask("STARTTLS") == "503 5.5.1 TLS is on already"
    assert client.deliver() == "250 2.0.0 Stored as 1"
    assert client.ask("QUIT") == "221 2.0.0 Bye"
    assert client.is_closed()


def test_what_was_said_in_the_clear_is_forgotten(inside: Room) -> None:
    client = inside.greeted()
    client.ask("MAIL FROM:<a@x.example>")
    client.ask("RCPT TO:<help@desk.example>")
    client.start_tls()
    assert client.ask("DATA") == "503 5.5.1 Send MAIL first"
    assert client.ask("MAIL FROM:<a@x.example>") == "503 5.5.1 Send EHLO first"


@pytest.mark.parametrize("after_a_mail", [False, True])
def test_plaintext_behind_starttls_is_dropped(inside: Room, after_a_mail: bool) -> None:
    client = inside.greeted()
    injected = b"STARTTLS\r\nEHLO evil\r\nMAIL FROM:<evil@x.example>\r\n"
    if after_a_mail:
        client.announce()
        client.send(b"x\r\n.\r\n" + injected)
        client.reply()
    else:
        client.send(injected)
    assert client.reply() == "220 2.0.0 Ready to start TLS"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    client.socket = context.wrap_socket(client.socket)
    client.file = client.socket.makefile("rb")
    assert client.ask("NOOP") == "250 2.0.0 OK"
    assert client.ask("RCPT TO:<help@desk.example>") == "503 5.5.1 Send MAIL first"


def test_rubbish_or_a_close_instead_of_a_handshake_ends_the_session(inside: Room) -> None:
    rubbish, gone, silent = inside.greeted(), inside.greeted(), inside.greeted()
    for client in (rubbish, gone, silent):
        assert client.ask("STARTTLS").startswith("220")
    rubbish.send(b"NOOP\r\n" * 10)
    gone.socket.shutdown(socket.SHUT_RDWR)
    inside.run(inside.until(lambda: inside.sessions == 1))
    assert inside.greeted().ask("NOOP") == "250 2.0.0 OK"


@pytest.mark.parametrize("manner", ["politely", "with a reset"])
def test_a_handshake_that_breaks_at_any_byte_leaves_nothing(inside: Room, manner: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    said = ssl.MemoryBIO()
    with contextlib.suppress(ssl.SSLWantReadError):
        context.wrap_bio(ssl.MemoryBIO(), said).do_handshake()
    hello = said.read()
    for length in range(0, len(hello) + 1, 11):
        client = inside.greeted()
        client.ask("STARTTLS")
        client.send(hello[:length])
        if manner == "with a reset":
            linger = b"\1\0\0\0\0\0\0\0"
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        client.close()
        inside.clients.clear()
    inside.run(inside.until(lambda: inside.sessions == 0))


def test_a_handshake_that_never_comes_is_cut_off(tls: ssl.SSLContext) -> None:
    with room(tls_context=tls, limits=Limits(idle_seconds=0.1)) as inside:
        client = inside.greeted()
        client.ask("STARTTLS")
        assert client.is_closed()
        inside.run(inside.until(lambda: inside.sessions == 0))


def test_in_the_clear_auth_asks_for_encryption(inside: Room) -> None:
    client = inside.greeted()
    assert client.ask("AUTH PLAIN").startswith("538 5.7.11")
    assert client.ask(f"AUTH PLAIN {plain('alice', 'séame open')}").startswith("538 5.7.11")


@pytest.mark.parametrize("mechanism", ["PLAIN at once", "PLAIN asked", "login"])
def test_an_agent_who_knows_the_password_is_named_in_the_envelope(
    inside: Room, mechanism: str
) -> None:
    client = encrypted(inside)
    if mechanism == "PLAIN at once":
        reply = client.ask(f"AUTH PLAIN {plain('alice', 'séame open', 'alice')}")
    elif mechanism == "PLAIN asked":
        assert client.ask("AUTH plain") == "334 "
        reply = client.ask(plain("alice", "séame open"))
    else:
        assert client.ask("auth login") == "334 VXNlcm5hbWU6"
        assert client.ask(base64.b64encode(b"alice")) == "334 UGFzc3dvcmQ6"
        reply = client.ask(base64.b64encode("séame open".encode()))
    assert reply == "235 2.7.0 Authentication successful"
    assert client.ask("AUTH PLAIN") == "503 5.5.1 AUTH not permitted now"
    client.deliver()
    assert inside.door.mails[0][0].authenticated_as == "alice"


@pytest.mark.parametrize(
    ("name", "password", "act_as"),
    [
        ("alice", "wrong", ""),
        ("alice", "", ""),
        ("bob", "", ""),
        ("nobody", "séame open", ""),
        ("alice", "séame open", "bob"),
    ],
)
def test_who_does_not_know_it_is_nobody(
    inside: Room, name: str, password: str, act_as: str
) -> None:
    client = encrypted(inside)
    reply = client.ask(f"AUTH PLAIN {plain(name, password, act_as)}")
    assert reply == "535 5.7.8 Authentication credentials invalid"
    client.deliver()
    assert inside.door.mails[0][0].authenticated_as is None


def test_three_wrong_passwords_end_the_session(inside: Room) -> None:
    client = encrypted(inside)
    replies = [client.ask(f"AUTH PLAIN {plain('alice', 'wrong')}") for _ in range(3)]
    assert [reply[:9] for reply in replies] == ["535 5.7.8", "535 5.7.8", "421 4.7.0"]
    assert client.is_closed()


def test_broken_answers_are_refused_and_the_session_goes_on(inside: Room) -> None:
    client = encrypted(inside)
    client.ask("AUTH PLAIN")
    assert client.ask("*") == "501 5.7.0 Authentication cancelled"
    client.ask("AUTH LOGIN")
    assert client.ask("!!!") == "501 5.5.2 Cannot decode base64"
    client.ask("AUTH PLAIN")
    assert client.ask("A" * 5000) == "500 5.5.6 Line too long"
    assert client.ask("AUTH PLAIN YWJj") == "500 5.5.2 Syntax error"
    assert client.ask("AUTH PLAIN \xff") == "501 5.5.2 Cannot decode base64"
    assert client.ask("AUTH CRAM-MD5") == "504 5.5.4 Authentication mechanism not supported"
    assert client.ask("AUTH") == "504 5.5.4 Authentication mechanism not supported"
    assert client.ask("NOOP") == "250 2.0.0 OK"


def test_a_password_that_cannot_be_read_is_a_fault_of_ours(inside: Room) -> None:
    client = encrypted(inside)
    reply = client.ask(f"AUTH PLAIN {plain('carol', 'x')}")
    assert reply == "454 4.7.0 Temporary authentication failure"


def test_auth_is_not_permitted_within_a_mail(inside: Room) -> None:
    client = encrypted(inside)
    client.ask("MAIL FROM:<a@x.example>")
    assert client.ask("AUTH PLAIN") == "503 5.5.1 AUTH not permitted now"


def test_without_agents_there_is_no_auth(tls: ssl.SSLContext) -> None:
    with room(tls_context=tls) as inside:
        client = inside.greeted()
        client.start_tls()
        assert "AUTH" not in client.ask("EHLO c")
        assert client.ask("AUTH PLAIN").startswith("502")


def test_the_standard_library_logs_in_and_sends(inside: Room) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with smtplib.SMTP("127.0.0.1", inside.port, timeout=60) as peer:
        peer.starttls(context=context)
        peer.login("dave", "open")
        big = b"Subject: big\r\n\r\n" + b"0123456789abcdef\r\n" * 100_000
        assert peer.sendmail("a@x.example", ["help@desk.example"], big) == {}
    envelope, raw = inside.door.mails[0]
    assert envelope.authenticated_as == "dave"
    assert raw == big


def test_settings_show_no_password(inside: Room) -> None:
    assert "séame" not in repr(inside.listener._settings)

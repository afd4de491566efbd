"""What a session promises: the truth after the dot, and nothing of ours in its words."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import threading
import time
from pathlib import Path

import pytest

from maildesk.errors import StoreBusy, StoreError, UnusableMessage
from maildesk.inbox.smtp_limits import Limits
from maildesk.inbox.smtp_settings import ListenerSettings
from tests.inbox.smtp_room import MAIL, NOON, Client, FakeDoor, room

INJECTION = "database is locked\r\n250 2.0.0 injected"


def test_a_mail_that_is_too_large_leaves_a_line_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    with room(max_message_size=2000) as inside:
        client = inside.greeted()
        assert client.ask("MAIL FROM:<ann@customer.example> SIZE=9999").startswith("552 5.3.4")
        client.ask("MAIL FROM:<bob@customer.example>")
        client.ask("RCPT TO:<help@desk.example>")
        client.ask("DATA")
        client.send(MAIL + b"x" * 3000 + b"\r\n.\r\n")
        assert client.reply().startswith("552 5.3.4")
    lines = [line for line in caplog.messages if line.startswith("refused ")]
    assert ["ann@customer.example" in lines[0], "bob@customer.example" in lines[1]] == [True] * 2
    assert all("552" in line and "127.0.0.1" in line for line in lines)


def test_the_envelope_says_what_the_transport_knows() -> None:
    with room() as inside:
        client = inside.greeted(hello="EHLO client.example\x1b[31m")
        client.deliver(MAIL, "bill@desk.example", "Help@desk.example")
        client.ask("MAIL FROM:<>")
        client.ask("RCPT TO:<help@desk.example>")
        client.ask("DATA")
        client.send(MAIL + b".\r\n")
        client.reply()
        first, second = (envelope for envelope, _ in inside.door.mails)
    assert first.source == "smtp"
    assert first.received_at == NOON
    assert first.mail_from == "ann@customer.example"
    assert first.rcpt_to == ("bill@desk.example", "Help@desk.example")
    assert first.peer == "127.0.0.1"
    assert first.helo == "client.example?[31m"
    assert first.authenticated_as is None
    assert second.mail_from == ""


def test_250_comes_only_after_the_commit() -> None:
    door = FakeDoor()
    door.hold = True
    with room(door=door) as inside:
        client = inside.greeted()
        client.announce()
        client.send(MAIL + b".\r\n")
        assert door.handed_in.wait(30)
        client.socket.settimeout(0.1)
        with pytest.raises(TimeoutError):
            client.socket.recv(100)
        inside.loop.call_soon_threadsafe(door.let_in)
        client.socket.settimeout(30)
        assert client.socket.recv(100) == b"250 2.0.0 Stored as 1\r\n"


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        (StoreBusy(INJECTION), "452 4.3.1"),
        (StoreError(INJECTION), "451 4.3.0"),
        (UnusableMessage(INJECTION), "554 5.6.0"),
        (RuntimeError(INJECTION), "451 4.3.0"),
        (MemoryError(INJECTION), "451 4.3.0"),
    ],
)
@pytest.mark.parametrize("place", ["fails", "spoils"])
def test_each_fault_has_its_constant_answer(place: str, fault: Exception, answer: str) -> None:
    door = FakeDoor()
    setattr(door, place, fault)
    with room(door=door) as inside:
        client = inside.greeted()
        reply = client.deliver()
        assert reply.startswith(answer)
        assert "locked" not in reply
        assert client.ask("NOOP") == "250 2.0.0 OK"


def test_a_commit_that_the_store_gives_up_is_451() -> None:
    door = FakeDoor()
    door.hold = True
    with room(door=door) as inside:
        client = inside.greeted()
        client.announce()
        client.send(MAIL + b".\r\n")
        assert door.handed_in.wait(30)
        door.waiting.pop().cancel()
        assert client.reply().startswith("451 4.3.0")


def test_a_commit_that_takes_too_long_is_451_and_goes_on() -> None:
    door = FakeDoor()
    door.hold = True
    with room(door=door, limits=Limits(commit_seconds=0.05)) as inside:
        client = inside.greeted()
        assert client.deliver().startswith("451 4.3.0")
        assert inside.bytes_in_flight == len(MAIL)
        inside.loop.call_soon_threadsafe(door.let_in)
        inside.run(inside.until(lambda: inside.bytes_in_flight == 0))
        assert client.ask("NOOP") == "250 2.0.0 OK"


@pytest.mark.parametrize("manner", ["close", "reset", "half"])
def test_a_client_that_vanishes_after_the_dot_does_not_stop_the_commit(manner: str) -> None:
    door = FakeDoor()
    door.hold = True
    with room(door=door) as inside:
        client = inside.greeted()
        client.announce()
        client.send(MAIL + b".\r\n")
        assert door.handed_in.wait(30)
        if manner == "half":
            client.socket.shutdown(socket.SHUT_WR)
        else:
            linger = b"\1\0\0\0\0\0\0\0" if manner == "reset" else b"\0\0\0\0\0\0\0\0"
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            client.close()
        time.sleep(0.05)
        assert not door.waiting[0].cancelled()
        inside.loop.call_soon_threadsafe(door.let_in)
        if manner == "half":
            assert client.reply() == "250 2.0.0 Stored as 1"
        inside.run(inside.until(lambda: not inside.sessions and not inside.bytes_in_flight))


def test_a_client_that_says_all_and_stops_sending_gets_all_its_answers() -> None:
    with room() as inside:
        client = inside.connect()
        client.send(
            b"EHLO c\r\nMAIL FROM:<a@x.example>\r\nRCPT TO:<help@desk.example>\r\nDATA\r\n"
            b"Subject: x\r\n.\r\nQUIT\r\n"
        )
        client.socket.shutdown(socket.SHUT_WR)
        everything = client.file.read().decode()
    assert "250 2.0.0 Stored as 1\r\n221 2.0.0 Bye\r\n" in everything


@pytest.mark.parametrize("where", ["policy", "refuses"])
def test_a_fault_while_judging_is_451_and_the_session_goes_on(where: str) -> None:
    class Broken(FakeDoor):
        def refuses(self, envelope: object, raw: bytes) -> str:
            raise RuntimeError(INJECTION)

    with room(door=Broken() if where == "refuses" else None) as inside:
        client = inside.greeted()
        if where == "policy":
            house = inside.listener._house
            assert house is not None
            object.__setattr__(house, "policy", lambda: 1 / 0)
            client.ask("MAIL FROM:<a@x.example>")
            reply = client.ask("RCPT TO:<help@desk.example>")
        else:
            reply = client.deliver()
        assert reply == "451 4.3.0 Temporary failure; try again later"
        assert client.ask("NOOP") == "250 2.0.0 OK"


def test_a_fault_within_data_ends_the_session_so_that_text_is_never_read_as_commands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(self: object, piece: bytes) -> bytes:
        raise RuntimeError(INJECTION)

    with room() as inside:
        client = inside.greeted()
        client.announce()
        monkeypatch.setattr("maildesk.inbox.smtp_data.MailReader.feed", broken)
        client.send(b"MAIL FROM:<a@x.example>\r\nNOOP\r\n")
        assert client.reply() == "421 4.3.0 Temporary failure; closing"
        assert client.is_closed()


def test_the_policy_refuses_with_its_own_sentence() -> None:
    door = FakeDoor()
    door.sentences["help@desk.example"] = "customers only\r\n250 yes"
    with room(door=door) as inside:
        reply = inside.greeted().deliver()
    assert reply == "550 5.7.1 customers only 250 yes"
    assert door.mails == []


def test_lmtp_answers_for_each_recipient_by_itself() -> None:
    door = FakeDoor()
    door.sentences["bill@desk.example"] = "customers only"
    with room(door=door, protocol="lmtp") as inside:
        client = inside.greeted(hello="LHLO relay.example")
        client.announce("help@desk.example", "bill@desk.example", "postmaster")
        client.send(MAIL + b".\r\n")
        answers = [client.reply() for _ in range(3)]
        door.spoils = StoreError(INJECTION)
        client.announce("help@desk.example", "bill@desk.example", "postmaster")
        client.send(MAIL + b".\r\n")
        later = [client.reply() for _ in range(3)]
    assert answers == [
        "250 2.0.0 Stored as 1",
        "550 5.7.1 customers only",
        "250 2.0.0 Stored as 1",
    ]
    assert [answer[:3] for answer in later] == ["451", "550", "451"]
    envelope = door.mails[0][0]
    assert (envelope.source, envelope.rcpt_to) == ("lmtp", ("help@desk.example", "postmaster"))


def test_when_memory_is_full_mail_is_told_to_come_later() -> None:
    door = FakeDoor()
    door.hold = True
    limits = Limits(bytes_in_flight=100)
    with room(door=door, limits=limits, max_message_size=90) as inside:
        first = inside.greeted()
        first.announce()
        first.send(b"x" * 78 + b"\r\n.\r\n")
        assert door.handed_in.wait(30)
        second = inside.greeted()
        assert second.ask("MAIL FROM:<a@x.example> SIZE=30").startswith("452 4.3.1")
        assert second.deliver(b"y" * 30 + b"\r\n").startswith("452 4.3.1")
        inside.loop.call_soon_threadsafe(door.let_in)
        assert first.reply().startswith("250")
        door.hold = False
        assert second.deliver(b"y" * 30 + b"\r\n").startswith("250")


def test_bytes_and_long_lines_come_through_unchanged() -> None:
    mail = b"Subject: all\r\n\r\n" + bytes(range(256)) * 2 + b"\r\n" + b"x" * 300_000 + b"\n\r.\r\n"
    with room() as inside:
        assert inside.greeted().deliver(mail).startswith("250")
        assert inside.door.mails[0][1] == mail


def test_an_overlong_command_is_refused_and_an_endless_one_ends_the_session() -> None:
    with room() as inside:
        client = inside.greeted()
        assert client.ask("NOOP " + "x" * 5000) == "500 5.5.6 Line too long"
        assert client.ask("NOOP") == "250 2.0.0 OK"
        client.send(b"x" * 200_000)
        assert client.reply() == "421 4.3.4 Far more than fits; closing"


def test_mails_are_taken_on_a_unix_socket_by_anybody_of_this_machine(tmp_path: Path) -> None:
    path = tmp_path / "lmtp.sock"
    with room(protocol="lmtp", socket=path) as inside:
        assert inside.place == str(path)
        assert path.stat().st_mode & 0o777 == 0o666
        client = inside.greeted(hello="LHLO relay")
        assert client.deliver() == "250 2.0.0 Stored as 1"
        assert inside.door.mails[0][0].peer == ""
    assert not path.exists()


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_UNIX])
def test_an_inherited_socket_is_listened_on_and_left_open(
    family: socket.AddressFamily, tmp_path: Path
) -> None:
    with socket.socket(family) as inherited:
        place = ("127.0.0.1", 0) if family == socket.AF_INET else str(tmp_path / "inherited")
        inherited.bind(place)
        inherited.listen()
        for _ in range(2):
            with room(fd=inherited.fileno()) as inside:
                assert inside.greeted().deliver() == "250 2.0.0 Stored as 1"
        os.fstat(inherited.fileno())


def test_a_peer_by_ipv6_and_one_mapped_into_it_are_told_apart() -> None:
    with socket.socket(socket.AF_INET6) as both:
        both.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        both.bind(("::", 0))
        with room(fd=both.fileno()) as inside:
            for source in ("127.0.0.1", "::1"):
                plug = socket.create_connection((source, inside.port), 5)
                inside.clients.append(Client(plug))
                inside.clients[-1].reply()
                inside.clients[-1].ask("EHLO c")
                inside.clients[-1].deliver()
        assert [envelope.peer for envelope, _ in inside.door.mails] == ["127.0.0.1", "::1"]


def test_nothing_a_client_says_reaches_stderr(capfd: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    kept, root.handlers[:] = root.handlers[:], []
    try:
        with room() as inside:
            client = inside.greeted()
            client.ask("XYZZY \x1b[31m")
            client.deliver()
    finally:
        root.handlers[:] = kept
    assert capfd.readouterr().err == ""


def test_the_listener_starts_where_it_may_and_says_why_not() -> None:
    with room() as inside, pytest.raises(OSError, match="in use"), room(port=inside.port):
        pass


def test_a_listener_that_never_started_stops() -> None:
    from maildesk.inbox.smtp_listener import Listener

    listener = Listener(
        ListenerSettings(),
        policy=lambda: None,  # type: ignore[arg-type, return-value]
        door=FakeDoor(),
        now=lambda: NOON,
        hostname="x",
    )
    asyncio.run(listener.stop(1))


VANISHING = (
    b"EHLO c\r\nMAIL FROM:<a@x.example>\r\nRCPT TO:<help@desk.example>\r\nDATA\r\n"
    b"Subject: x\r\n\r\n..\r\n.\r\nQUIT\r\n"
)
DOT = VANISHING.index(b"\r\n.\r\n") + 5


@pytest.mark.parametrize("manner", ["politely", "with a reset"])
def test_a_client_that_vanishes_at_any_byte_leaves_nothing_or_a_whole_mail(manner: str) -> None:
    with room() as inside:
        for length in range(len(VANISHING)):
            inside.door.mails.clear()
            client = inside.connect()
            client.send(VANISHING[:length])
            if manner == "with a reset":
                client.reply()
                linger = b"\1\0\0\0\0\0\0\0"
                client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            else:
                client.socket.shutdown(socket.SHUT_WR)
                client.file.read()
            client.close()
            inside.run(inside.until(lambda: not inside.sessions))
            stored = [raw for _, raw in inside.door.mails]
            whole = [b"Subject: x\r\n\r\n.\r\n"]
            assert stored in ([], whole)
            assert length >= DOT or not stored
            if manner == "politely" and length >= DOT:
                assert stored == whole
            assert inside.bytes_in_flight == 0


def test_a_client_that_types_byte_by_byte_is_served() -> None:
    with room() as inside:
        client = inside.connect()
        client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for number in range(len(VANISHING)):
            client.send(VANISHING[number : number + 1])
        assert client.file.read().endswith(b"250 2.0.0 Stored as 1\r\n221 2.0.0 Bye\r\n")


def test_many_at_once_get_one_answer_each() -> None:
    with room() as inside:
        answers: list[str] = []

        def send() -> None:
            client = inside.greeted()
            for _ in range(5):
                answers.append(client.deliver())

        threads = [threading.Thread(target=send) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(answers) == sorted(f"250 2.0.0 Stored as {n}" for n in range(1, 81))

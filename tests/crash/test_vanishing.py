"""Clients that stall or vanish at any byte, in front of the real daemon."""

from __future__ import annotations

import contextlib
import socket
import time

import pytest

from tests.crash.clients import Smtp, send_once, stuffed
from tests.crash.daemon_process import DESK, Daemon, wait_for
from tests.crash.kill_loop import waiting
from tests.crash.ledger import Mail, make_mail
from tests.crash.reading import comments, states

_STEP = 5


def dialogue(mail: Mail) -> bytes:
    """A whole session as one piece of bytes: what is cut somewhere."""
    lines = f"EHLO c\r\nMAIL FROM:<{mail.sender}>\r\nRCPT TO:<{DESK}>\r\nDATA\r\n".encode()
    return lines + stuffed(mail.raw)


def test_a_client_that_vanishes_at_any_byte_leaves_a_whole_mail_or_none(daemon: Daemon) -> None:
    daemon.start()
    mail = make_mail("cut", to=DESK, size=40)
    wire = dialogue(mail)
    for cut in range(0, len(wire), _STEP):
        with socket.create_connection(("127.0.0.1", daemon.ports[0]), 30) as plug:
            plug.sendall(wire[:cut])
            if cut % 2:
                # A reset instead of an end.
                plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    assert waiting(daemon.data) == 0
    assert states(daemon.data) == []

    for number in range(8):
        # The last byte is there, the client is not.
        mail = make_mail(f"gone{number}", to=DESK)
        with socket.create_connection(("127.0.0.1", daemon.ports[0]), 30) as plug:
            plug.sendall(dialogue(mail))
            if number % 2:
                plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        assert send_once(daemon.ports[0], mail)[:3] == "250"
    assert wait_for(lambda: waiting(daemon.data) == 0)
    assert sorted(map(str, comments(daemon.data))) == [f"<gone{n}@load.test>" for n in range(8)]
    assert daemon.stop() == 0


def test_clients_that_stall_keep_nobody_else_waiting(daemon: Daemon) -> None:
    daemon.start()
    wire = dialogue(make_mail("stalled", to=DESK))
    with contextlib.ExitStack() as stack:
        for cut in range(1, len(wire), len(wire) // 60):
            plug = socket.create_connection(("127.0.0.1", daemon.ports[0]), 30)
            stack.enter_context(plug)
            plug.sendall(wire[:cut])
        for number in range(5):
            began = time.monotonic()
            reply = send_once(daemon.ports[0], make_mail(f"quick{number}", to=DESK))
            assert reply[:3] == "250"
            # Those that stall are waited for much longer.
            assert time.monotonic() - began < 20
    assert len(states(daemon.data)) == 5


@pytest.mark.slow
def test_a_mail_that_never_ends_delays_the_end_for_half_a_minute_at_most(daemon: Daemon) -> None:
    daemon.start()
    client = Smtp(daemon.ports[0])
    assert client.begin("c@customer.test")[:3] == "354"
    began = time.monotonic()
    assert daemon.stop(45) == 0
    assert time.monotonic() - began < 35
    assert client.reply()[:3] == "421"
    client.close()


def test_a_dot_that_comes_in_pieces_is_still_a_dot(daemon: Daemon) -> None:
    daemon.start()
    mail = make_mail("slow", to=DESK)
    client = Smtp(daemon.ports[0])
    assert client.begin(mail.sender)[:3] == "354"
    for byte in stuffed(mail.raw)[-40:-5], b"\r", b"\n", b".", b"\r", b"\n":
        client.plug.sendall(byte)
        time.sleep(0.02)
    assert client.reply()[:3] == "250"
    client.close()

"""Time: who is waited for how long, what is said before a close, and how the listener stops.

The limits are fractions of a second here; nothing sleeps longer than that.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from concurrent.futures import Future

import pytest

from maildesk.inbox.smtp_limits import Limits
from maildesk.inbox.smtp_replies import Reply
from tests.inbox.smtp_room import MAIL, FakeDoor, Room, room

TICK = 0.3
# For a client that hears why and stays all the same: the listener waits for its close.
SHORT = Limits(goodbye_seconds=TICK)


def test_an_idle_client_is_told_before_the_close() -> None:
    with room(limits=Limits(idle_seconds=TICK)) as inside:
        client = inside.greeted()
        assert client.reply() == "421 4.4.2 Waited too long for you; closing"
        assert client.is_closed()


def test_a_client_that_trickles_a_command_is_idle() -> None:
    with room(limits=Limits(idle_seconds=TICK)) as inside:
        client = inside.greeted()
        client.socket.settimeout(TICK / 5)
        began = time.monotonic()
        answer = b""
        while not answer and time.monotonic() - began < 30:
            try:
                client.send(b"N")
                answer = client.socket.recv(100)
            except TimeoutError:
                continue
        assert answer.startswith(b"421 4.4.2")


def test_a_deadline_is_not_missed_when_data_comes_in_the_same_turn() -> None:
    async def both_at_once(inside: Room) -> None:
        (session,) = inside.listener._sessions
        session.data_received(b"N")
        session._interrupt(Reply.IDLE)

    with room() as inside:
        client = inside.greeted()
        inside.run(both_at_once(inside))
        assert client.reply() == "421 4.4.2 Waited too long for you; closing"


def test_a_busy_client_is_not_idle() -> None:
    with room(limits=Limits(idle_seconds=TICK)) as inside:
        client = inside.greeted()
        for _ in range(8):
            time.sleep(TICK / 5)
            assert client.ask("NOOP") == "250 2.0.0 OK"


def test_silence_within_a_mail_is_idle() -> None:
    with room(limits=Limits(idle_seconds=TICK)) as inside:
        client = inside.greeted()
        client.announce()
        client.send(b"Subject: x\r\n")
        assert client.reply().startswith("421 4.4.2 Waited")
        assert client.is_closed()
        assert inside.door.mails == []


def test_a_mail_may_be_slow_but_not_for_ever() -> None:
    with room(limits=Limits(idle_seconds=60, data_seconds=2 * TICK)) as inside:
        client = inside.greeted()
        client.announce()
        stop = threading.Event()
        trickle = threading.Thread(target=_trickle, args=(client.socket, stop))
        trickle.start()
        assert client.reply() == "421 4.4.2 The mail took too long; closing"
        stop.set()
        trickle.join()


def _trickle(plug: socket.socket, stop: threading.Event) -> None:
    while not stop.wait(TICK / 10):
        try:
            plug.sendall(b"x")
        except OSError:
            return


def test_a_session_ends_after_its_time_however_busy_it_is() -> None:
    limits = Limits(session_seconds=TICK, idle_commands=100_000)
    with room(limits=limits, relays=()) as inside:
        client = inside.greeted()
        reply = "250"
        while reply.startswith("250"):
            reply = client.ask("NOOP")
        assert reply == "421 4.7.0 This session is too long; open a new one"


def test_a_relay_may_stay() -> None:
    with room(limits=Limits(session_seconds=TICK / 5)) as inside:
        client = inside.greeted()
        time.sleep(TICK)
        assert client.ask("NOOP") == "250 2.0.0 OK"


def test_the_clock_does_not_run_while_the_store_works() -> None:
    door = FakeDoor()
    door.hold = True
    limits = Limits(idle_seconds=TICK, session_seconds=3 * TICK, data_seconds=TICK)
    with room(door=door, limits=limits, relays=()) as inside:
        client = inside.greeted()
        client.announce()
        client.send(MAIL + b".\r\n")
        assert door.handed_in.wait(30)
        time.sleep(4 * TICK)
        inside.loop.call_soon_threadsafe(door.let_in)
        assert client.reply() == "250 2.0.0 Stored as 1"
        assert client.reply().startswith("421 4.7.0 This session")


def test_a_client_that_does_not_read_is_cut_off() -> None:
    limits = Limits(idle_seconds=TICK, recipients_beyond=10**9)
    with room(limits=limits) as inside:
        client = inside.greeted()
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        (session,) = inside.listener._sessions
        ours = session._writer.get_extra_info("socket")
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        client.socket.settimeout(0.02)
        began = time.monotonic()
        while inside.sessions:
            assert time.monotonic() - began < 50
            with contextlib.suppress(OSError):
                client.socket.send(b"NOOP\r\n" * 5000)


def test_shutting_down_is_told_to_those_who_wait() -> None:
    with room(limits=SHORT) as inside:
        fresh, greeted = inside.connect(), inside.greeted()
        fresh.reply()
        announced = inside.greeted()
        announced.ask("MAIL FROM:<a@x.example>")
        inside.run(inside.listener.stop(5))
        for client in (fresh, greeted, announced):
            assert client.reply() == "421 4.3.2 Shutting down; try again later"
            assert client.is_closed()
        with pytest.raises(ConnectionRefusedError):
            inside.connect()


def test_a_mail_under_way_may_end_while_shutting_down() -> None:
    with room(limits=SHORT) as inside:
        client = inside.greeted()
        client.announce()
        client.send(b"Subject: x\r\n")
        stopping = _begin_to_stop(inside, 5)
        client.send(b".\r\nMAIL FROM:<a@x.example>\r\n")
        assert client.reply() == "250 2.0.0 Stored as 1"
        assert client.reply() == "421 4.3.2 Shutting down; try again later"
        stopping.result(60)


def test_a_mail_that_does_not_end_is_broken_off() -> None:
    with room(limits=SHORT) as inside:
        client = inside.greeted()
        client.announce()
        client.send(b"Subject: x\r\n")
        stopping = _begin_to_stop(inside, TICK)
        assert client.reply() == "421 4.3.2 Shutting down; try again later"
        stopping.result(60)
        assert inside.door.mails == []


def test_a_mail_that_stalls_is_told_soon_and_one_that_goes_on_is_not() -> None:
    with room(limits=SHORT) as inside:
        stalled, going_on = inside.greeted(), inside.greeted()
        for client in (stalled, going_on):
            client.announce()
            client.send(b"Subject: x\r\n")
        began = time.monotonic()
        stopping = _begin_to_stop(inside, 15 * TICK)
        for _ in range(5):
            time.sleep(TICK)
            going_on.send(b"and so on\r\n")
        going_on.send(b".\r\n")
        assert going_on.reply() == "250 2.0.0 Stored as 1"
        assert stalled.reply() == "421 4.3.2 Shutting down; try again later"
        stopping.result(60)
        assert time.monotonic() - began < 15 * TICK
        assert len(inside.door.mails) == 1


def test_a_client_in_full_flow_hears_why_it_is_broken_off() -> None:
    with room() as inside:
        client = inside.greeted()
        client.announce()
        over = threading.Event()
        flow = threading.Thread(target=_flow, args=(client.socket, over))
        flow.start()
        stopping = _begin_to_stop(inside, TICK)
        assert client.reply() == "421 4.3.2 Shutting down; try again later"
        over.set()
        flow.join()
        client.close()
        stopping.result(60)
        assert inside.door.mails == []


def _flow(plug: socket.socket, over: threading.Event) -> None:
    while not over.is_set():
        try:
            plug.sendall(b"x" * 70 + b"\r\n")
        except OSError:
            return
        over.wait(0.001)


def test_a_mail_whose_dot_was_received_gets_its_true_answer_however_late() -> None:
    door = FakeDoor()
    door.hold = True
    with room(door=door, limits=SHORT) as inside:
        client = inside.greeted()
        client.announce()
        client.send(MAIL + b".\r\n")
        assert door.handed_in.wait(30)
        stopping = _begin_to_stop(inside, 0)
        time.sleep(TICK)
        assert not stopping.done()
        inside.loop.call_soon_threadsafe(door.let_in)
        assert client.reply() == "250 2.0.0 Stored as 1"
        assert client.reply() == "421 4.3.2 Shutting down; try again later"
        stopping.result(60)


def _begin_to_stop(inside: Room, seconds: float) -> Future[None]:
    import asyncio

    stopping = asyncio.run_coroutine_threadsafe(inside.listener.stop(seconds), inside.loop)
    inside.run(inside.until(lambda: all(s._farewell for s in inside.listener._sessions)))
    return stopping


def test_too_many_sessions_are_told_so_and_closed() -> None:
    limits = Limits(sessions=5, sessions_kept_for_relays=1, sessions_per_peer=2)
    with room(limits=limits) as inside:
        strangers = ["127.0.1.1", "127.0.1.1", "127.0.1.1", "127.0.1.2", "127.0.1.2", "127.0.1.3"]
        greetings = [inside.connect(source).reply() for source in strangers]
        assert [greeting[:9] for greeting in greetings] == [
            "220 desk.",
            "220 desk.",
            "421 4.7.0",
            "220 desk.",
            "220 desk.",
            "421 4.7.0",
        ]
        assert greetings[2].endswith("from your address; try again later")
        assert inside.greeted().deliver() == "250 2.0.0 Stored as 1"
        inside.clients[0].ask("QUIT")
        inside.run(inside.until(lambda: inside.sessions == 4))
        assert inside.connect("127.0.1.3").reply().startswith("220")

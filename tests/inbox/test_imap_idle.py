"""IDLE and all its traps: news at once, a stop at once, and never a busy loop.

In: a scripted server, a poller in its thread. Out: when mail came, when the thread ended.

*Fails:* as every test does.
"""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from maildesk.errors import MailboxError
from maildesk.inbox.imap_session import Session
from tests.inbox.fake_imap import CAPABILITIES, Fault
from tests.inbox.imap_room import BRISK, mail, until

SELDOM = timedelta(minutes=10)
LONG = replace(BRISK, idle_at_most=(60.0, 60.0))


def test_news_in_idle_are_taken_at_once(server, room) -> None:
    poller = room.poller(poll_every=SELDOM, patience=LONG)
    poller.start()
    for n in range(3):
        until(lambda n=n: server.seen["IDLE"] > n)
        server.append(mail(f"mail {n}"))
        until(lambda n=n: len(room.door.came) == n + 1)


def test_news_that_come_together_with_the_answer_to_idle_are_not_lost(server, room) -> None:
    server.faults = [Fault("IDLE", 1, "early_news")]

    def arrive(name: str) -> None:
        if name == "IDLE" and not server.uids():
            server.append(mail("just in time"))
            server.on_command = lambda name: None

    server.on_command = arrive
    room.poller(poll_every=SELDOM, patience=LONG).start()
    until(lambda: room.door.subjects() == ["just in time"])


def test_news_in_the_answer_to_another_command_are_not_lost(server, room) -> None:
    # The server has told of the message once, and need not do so again in IDLE.
    server.faults = [Fault("UID SEARCH", 1, "late_news")]
    room.poller(poll_every=SELDOM, patience=LONG).start()
    until(lambda: room.door.subjects() == ["late"])
    until(lambda: server.seen["IDLE"] == 1)


def test_news_that_idle_never_tells_come_with_the_regular_poll(server, room) -> None:
    server.faults = [Fault("IDLE", 1, "deaf", 99)]
    room.poller(poll_every=timedelta(seconds=0.2), patience=LONG).start()
    until(lambda: server.seen["IDLE"] > 0)
    server.append(mail("unheard"))
    until(lambda: room.door.subjects() == ["unheard"])


def test_idle_is_renewed_though_the_next_poll_is_far(server, room) -> None:
    patience = replace(BRISK, idle_at_most=(0.1, 0.15))
    room.poller(poll_every=SELDOM, patience=patience).start()
    until(lambda: server.seen["IDLE"] >= 3)
    assert server.connections == 1


def test_a_server_without_idle_is_polled_by_the_clock(server, room) -> None:
    server.capabilities = CAPABILITIES.replace(" IDLE", "")
    room.poller(poll_every=timedelta(seconds=0.1)).start()
    until(lambda: server.seen["UID SEARCH"] >= 2)
    server.append(mail("one"))
    until(lambda: room.door.subjects() == ["one"])
    assert server.seen["IDLE"] == 0


def test_idle_that_breaks_again_and_again_is_given_a_rest(server, room) -> None:
    server.faults = [Fault("IDLE", 1, "idle_close", 99)]
    room.poller(poll_every=timedelta(seconds=0.1), patience=LONG).start()
    until(lambda: server.seen["IDLE"] == 3)
    polls = server.seen["UID SEARCH"]
    until(lambda: server.seen["UID SEARCH"] > polls + 3)
    assert server.seen["IDLE"] == 3


@pytest.mark.parametrize("action", ["idle_close", "idle_bye", "idle_half"])
def test_a_session_that_ends_in_idle_is_seen_at_once(server, room, action) -> None:
    server.faults = [Fault("IDLE", 1, action)]
    session = Session.open(room.settings(), None, LONG)
    session.select()
    began = time.process_time()
    with pytest.raises(MailboxError):
        session.idle(60.0, lambda: False)
    # Whoever does not see it is busy for a minute.
    assert time.process_time() - began < 3
    assert not session.is_usable


def test_a_dead_link_in_idle_costs_one_read_timeout(server, room) -> None:
    server.faults = [Fault("IDLE", 1, "no_done")]
    session = Session.open(room.settings(), None, LONG)
    session.select()
    began = time.monotonic()
    with pytest.raises(MailboxError, match="timed out"):
        session.idle(0.1, lambda: False)
    # Otherwise it would last a minute.
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("where", ["IDLE", "sleep"])
def test_a_stop_is_obeyed_within_a_slice_of_the_wait(server, room, where) -> None:
    if where == "sleep":
        server.capabilities = CAPABILITIES.replace(" IDLE", "")
    poller = room.poller(poll_every=SELDOM, patience=replace(LONG, idle_slice=1.0))
    poller.start()
    until(lambda: server.seen["IDLE" if where == "IDLE" else "UID SEARCH"] > 0)
    time.sleep(0.1)
    began = time.monotonic()
    poller.stop()
    poller.join()
    # A slice of the wait, and not the minutes until its end.
    assert time.monotonic() - began < 1 + 15
    assert not poller_threads()
    until(lambda: server.seen["LOGOUT"] == 1)


def test_the_stop_of_the_whole_daemon_counts_as_well(server, room) -> None:
    poller = room.poller(poll_every=SELDOM, patience=LONG)
    poller.start()
    until(lambda: server.seen["IDLE"] > 0)
    room.stop.set()
    until(lambda: not poller_threads())


def test_a_session_that_hangs_is_cut_at_the_end(server, room) -> None:
    server.append(mail("one"))
    server.faults = [Fault("UID FETCH BODY", 1, "hang")]
    poller = room.poller(patience=replace(LONG, read=60.0))
    poller.start()
    until(lambda: server.seen["UID FETCH BODY"] > 0)
    began = time.monotonic()
    poller.stop()
    poller.join(0.2)
    until(lambda: not poller_threads())
    assert time.monotonic() - began < 20
    assert not poller_threads()


def test_a_poller_that_was_never_started_can_be_joined(room) -> None:
    room.poller().join()


def test_the_poller_shows_life_while_it_waits(server, room) -> None:
    server.faults = [Fault("LOGIN", 5, "NO", 99)]
    room.poller(poll_every=SELDOM, patience=LONG).start()
    until(lambda: server.seen["IDLE"] > 0)
    beats = room.beats
    until(lambda: room.beats > beats + 3)


def poller_threads() -> list[threading.Thread]:
    """The pollers' threads that live."""
    return [thread for thread in threading.enumerate() if thread.name.startswith("imap:")]

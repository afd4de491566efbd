"""Whatever the server does, no mail is lost, none comes twice, and the processor stays cool.

In: a scripted server that breaks its promises in forty ways, a poller in its thread. Out: five
messages before the fault and one after it, each through the door once and in the archive.

*Fails:* as every test does.
"""

from __future__ import annotations

import random
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from maildesk.errors import LoginRefused, MailboxError, StoreBusy
from maildesk.inbox.imap_poller import Poller
from tests.inbox.fake_imap import CAPABILITIES, FakeImap, Fault
from tests.inbox.imap_room import BRISK, Room, mail, until

POOR = "IMAP4rev1 UIDPLUS"
COOL = 0.5  # seconds of processor a second; a busy loop takes a whole one


SCRIPTS = [
    *((command, action) for command in ("GREETING",) for action in ("close", "BYE", "garbage")),
    *(("LOGIN", action) for action in ("close", "NO", "BAD", "BYE", "garbage", "close_after")),
    *(("SELECT", action) for action in ("close", "NO", "garbage", "silent", "wrong_tag")),
    *(("UID SEARCH", action) for action in ("close", "NO", "BAD", "half", "slow")),
    *(("UID FETCH", action) for action in ("close", "NO", "BYE", "half", "empty", "silent")),
    *(
        ("UID FETCH BODY", action)
        for action in (
            "close",
            "hang",
            "half",
            "NO",
            "BAD",
            "BYE",
            "garbage",
            "slow",
            "flood",
            "too_long",
            "too_short",
            "cut",
            "empty",
            "nil",
            "close_after",
        )
    ),
    *(("UID MOVE", action) for action in ("close", "close_after", "NO", "BAD", "hang", "garbage")),
    *(("CREATE", action) for action in ("close", "NO", "close_after")),
    *(
        ("IDLE", action)
        for action in ("close", "NO", "idle_close", "idle_bye", "idle_half", "no_done", "hang")
    ),
    *(("IDLE", action) for action in ("early_news", "deaf")),
]


# The rest of the table differs only in where the same thing goes wrong.
QUICK = {
    *(("UID SEARCH", action) for action in ("close", "half")),
    *(("UID FETCH BODY", action) for action in ("close", "half", "BAD", "garbage", "flood")),
    *(("UID FETCH BODY", action) for action in ("too_long", "too_short", "cut", "empty")),
    *(("UID MOVE", action) for action in ("close", "close_after", "NO", "hang")),
    *(("IDLE", action) for action in ("NO", "idle_close", "early_news", "deaf")),
}


@pytest.mark.parametrize(
    ("command", "action"),
    [
        pytest.param(*script, marks=() if script in QUICK else pytest.mark.slow)
        for script in SCRIPTS
    ],
)
def test_a_fault_costs_no_message_and_doubles_none(server, room, command, action) -> None:
    server.faults = [Fault(command, 1, action, 2)]
    run_through(server, room)


@pytest.mark.parametrize(
    ("command", "action"),
    [
        ("UID COPY", "close"),
        pytest.param("UID COPY", "NO", marks=pytest.mark.slow),
        pytest.param("UID STORE", "close", marks=pytest.mark.slow),
        pytest.param("UID STORE", "NO", marks=pytest.mark.slow),
        ("UID STORE", "close_after"),
        pytest.param("UID EXPUNGE", "close", marks=pytest.mark.slow),
        ("UID EXPUNGE", "NO"),
        ("UID EXPUNGE", "close_after"),
    ],
)
def test_a_fault_without_move_doubles_nothing_in_the_archive(server, room, command, action) -> None:
    server.capabilities = POOR
    server.faults = [Fault(command, 1, action, 2)]
    run_through(server, room)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_server_that_breaks_at_random_is_read_all_the_same(server, room, seed) -> None:
    dice = random.Random(seed)
    actions = ["close", "half", "NO", "garbage", "close_after", "BYE"]

    def spoil(name: str) -> None:
        if dice.random() < 0.12 and name not in ("CAPABILITY", "LOGOUT"):
            server.faults = [Fault(name, server.seen[name] + 1, dice.choice(actions))]

    server.on_command = spoil
    run_through(server, room)


def test_a_store_that_is_full_for_a_while_loses_nothing(server, room) -> None:
    room.door.faults = [StoreBusy("full")] * 5
    run_through(server, room)


def run_through(server: FakeImap, room: Room, seconds: float = 40.0) -> None:
    for n in range(5):
        server.append(mail(f"mail {n}", "x" * 300 * n))
    began, worked = time.monotonic(), time.process_time()
    poller = room.poller()
    poller.start()
    until(lambda: len(room.door.came) == 5 and server.uids() == [], seconds, str(server.log[-8:]))
    server.append(mail("mail 5"))
    until(lambda: server.uids() == [], seconds, str(server.log[-8:]))
    poller.stop()
    poller.join()
    spent = time.process_time() - worked
    assert sorted(room.door.subjects()) == [f"mail {n}" for n in range(6)]
    assert len({came.raw for came in room.door.came}) == 6
    archived = [message.raw for message in server.folders["Processed"].messages]
    assert sorted(archived) == sorted(came.raw for came in room.door.came)
    assert spent < 0.3 + COOL * (time.monotonic() - began)


@pytest.mark.parametrize(
    ("command", "action"),
    [
        ("GREETING", "close"),
        ("LOGIN", "NO"),
        ("SELECT", "NO"),
        ("UID SEARCH", "close"),
        ("IDLE", "idle_close"),
        ("IDLE", "idle_bye"),
        ("IDLE", "NO"),
        ("IDLE", "early_news"),
    ],
)
def test_a_server_that_stays_bad_is_asked_less_and_less(server, room, command, action) -> None:
    server.faults = [Fault(command, 1, action, 10_000)]
    patience = replace(BRISK, first_backoff=0.2, longest_backoff=5.0, rest=timedelta(minutes=1))
    worked = time.process_time()
    poller = room.poller(patience=patience)
    poller.start()
    time.sleep(0.4)
    assert server.connections < 10
    assert time.process_time() - worked < 0.1 + COOL * 0.4


def test_a_wrong_literal_never_becomes_a_mail_with_a_piece_missing(server, room) -> None:
    server.append(mail("one"))
    for n, action in enumerate(("too_short", "cut", "too_long", "half"), 1):
        server.faults.append(Fault("UID FETCH BODY", n, action))
    poller = room.poller()
    for _ in range(5):
        poll_until_it_works(poller)
        room.now += timedelta(minutes=30)
    assert [came.raw for came in room.door.came] == [mail("one")]


def poll_until_it_works(poller: Poller) -> None:
    """One poll, whatever becomes of it."""
    try:
        poller.poll_once()
    except MailboxError:
        return


def test_secrets_that_a_server_echoes_are_masked(server, room, caplog) -> None:
    caplog.set_level("DEBUG")
    server.faults = [Fault("LOGIN", 1, "echo")]
    with pytest.raises(MailboxError, match="cannot log in as support") as refused:
        room.poller().poll_once()
    assert "s3cret" not in str(refused.value) + caplog.text + str(room.health())
    assert "********" in str(refused.value)


@pytest.mark.parametrize("size", [10**9, 10**30])
def test_a_literal_of_an_absurd_size_ends_the_session_and_no_more(server, room, size) -> None:
    server.append(mail("one"))
    server.faults = [Fault("UID FETCH BODY", 1, f"absurd {size}")]
    poller = room.poller()
    with pytest.raises(MailboxError):
        poller.poll_once()
    assert poller.poll_once() == 1


def test_a_password_is_not_shown_where_the_server_wants_none(server, room) -> None:
    server.append(mail("one"))
    server.capabilities = CAPABILITIES.replace("AUTH=PLAIN", "LOGINDISABLED")
    with pytest.raises(LoginRefused, match="takes no password on this connection"):
        room.poller().poll_once()
    assert not any(b"s3cret" in line for line in server.log)
    server.capabilities += " AUTH=PLAIN"
    assert room.poller(password=lambda: "s3creté").poll_once() == 1


def test_a_non_ascii_password_goes_by_sasl_plain(server, room) -> None:
    server.append(mail("one"))
    assert room.poller(password=lambda: "s3creté").poll_once() == 1
    assert server.count("LOGIN") == 0
    assert CAPABILITIES in server.capabilities

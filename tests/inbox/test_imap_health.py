"""A mailbox that is not read is told of: in time, again and again, and when it is over.

In: moments and outcomes; a server that refuses logins, a clock set by hand. Out: alerts, and what
the store says of the mailbox.

*Fails:* as every test does.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta

import pytest

from maildesk.errors import LoginRefused, MailboxError, StoreBusy
from maildesk.inbox.imap_health import (
    after_failure,
    after_good_poll,
    is_alarm_due,
    is_relief_due,
)
from maildesk.inbox.imap_settings import Patience
from maildesk.oauth2 import OAuth2Settings
from maildesk.store import mailboxes
from maildesk.store.mailboxes import Health
from tests.inbox.fake_imap import Fault
from tests.inbox.imap_room import NOON, Room, mail, until
from tests.inbox.oauth2_endpoint import TokenEndpoint

pytest_plugins = ["tests.inbox.oauth2_endpoint"]

TEN = timedelta(minutes=10)


def fail(room: Room, **more: object) -> None:
    with pytest.raises(MailboxError):
        room.poller(**more).poll_once()


@pytest.mark.parametrize(
    ("age", "told_at", "poll_every", "due"),
    [
        (9, None, 1, False),
        (10, None, 1, True),
        (49, None, 10, False),
        (50, None, 10, True),
        (19, 10, 1, False),
        (20, 10, 1, True),
        (39, 20, 1, False),
        (40, 20, 1, True),
        (3 * 1440 - 1, 2 * 1440, 1, False),
        (3 * 1440, 2 * 1440, 1, True),
    ],
)
def test_alarms_come_in_time_and_then_at_growing_distance(age, told_at, poll_every, due) -> None:
    minute = timedelta(minutes=1)
    health = Health(
        name="support",
        failing_since=NOON,
        alerted_at=None if told_at is None else NOON + told_at * minute,
    )
    now = NOON + age * minute
    every = poll_every * minute
    assert is_alarm_due(health, health, now, poll_every=every, alert_after=TEN) is due


@pytest.mark.parametrize(
    ("age", "told_at", "was_refused", "due"),
    [
        (0, None, False, True),
        (5, 0, True, False),
        (59, 0, True, False),
        (60, 0, True, True),
        (149, 75, True, False),
        (150, 75, True, True),
        (3 * 1440 - 1, 2 * 1440, True, False),
        (3 * 1440, 2 * 1440, True, True),
        # The line was dead, which people know; that the login is refused now they do not.
        (39, 30, False, False),
        (40, 30, False, True),
    ],
)
def test_a_refused_login_is_told_at_once_and_then_at_growing_distance(
    age, told_at, was_refused, due
) -> None:
    minute = timedelta(minutes=1)
    told = None if told_at is None else NOON + told_at * minute
    before = Health(name="x", failing_since=NOON, alerted_at=told, is_refused=was_refused)
    health = replace(before, is_refused=True)
    now = NOON + age * minute
    assert is_alarm_due(before, health, now, poll_every=minute, alert_after=TEN) is due


def test_health_remembers_the_first_failure_and_forgets_it_with_success() -> None:
    well = Health(name="support", last_poll_at=NOON)
    bad = after_failure(well, NOON + TEN, "no")
    worse = after_failure(bad, NOON + 2 * TEN, "still no")
    assert (worse.failing_since, worse.last_error) == (NOON + TEN, "still no")
    assert worse.last_poll_at == NOON
    again = after_good_poll(worse, NOON + 3 * TEN)
    assert again == Health(name="support", last_poll_at=NOON + 3 * TEN)
    assert not is_relief_due(worse, again)


def test_people_hear_of_a_dead_mailbox_again_and_of_its_recovery_once(server, room) -> None:
    server.faults = [Fault("LOGIN", 2, "NO", 6)]
    room.poller().poll_once()
    for minutes in (1, 5, 11, 12, 21, 22):
        room.now = NOON + timedelta(minutes=minutes)
        # A new poller each time: what people were told survives a restart.
        fail(room)
    subjects = [subject for subject, words in room.alerts]
    assert subjects == ["Mailbox support is not well since Mon, 20 Jul 2026, 12:01 UTC"] * 2
    assert "cannot log in as support" in room.alerts[0][1]
    assert room.health().last_poll_at == NOON
    for minutes in (30, 31):
        room.now = NOON + timedelta(minutes=minutes)
        room.poller().poll_once()
    assert [subject for subject, words in room.alerts[2:]] == ["Mailbox support works again"]
    assert room.health() == Health(name="support", last_poll_at=room.now)


def test_a_wrong_password_is_told_with_the_servers_words_and_once_when_it_is_right(
    server, room
) -> None:
    for minutes in (0, 5, 15):
        room.now = NOON + timedelta(minutes=minutes)
        with pytest.raises(LoginRefused, match=r"as support: \[AUTHENTICATIONFAILED\] wrong$"):
            room.poller(password=lambda: "wr0ng").poll_once()
    ((subject, words),) = room.alerts
    assert subject == "Mailbox support: the login is refused since Mon, 20 Jul 2026, 12:00 UTC"
    assert "[AUTHENTICATIONFAILED] wrong" in words
    for _ in range(2):
        room.poller().poll_once()
    assert [subject for subject, _ in room.alerts[1:]] == ["Mailbox support works again"]
    assert room.health() == Health(name="support", last_poll_at=room.now)


@pytest.mark.parametrize("action", ["NO", "close", "BYE", "hang"])
def test_a_servers_own_trouble_at_the_login_is_no_refusal(server, room, action) -> None:
    server.faults = [Fault("LOGIN", 1, action)]  # the NO says SERVERBUG
    with pytest.raises(MailboxError) as failed:
        room.poller().poll_once()
    assert not isinstance(failed.value, LoginRefused)
    assert room.alerts == []


def test_a_refused_login_is_not_tried_again_for_minutes_though_a_reload_tries_at_once(
    server, room
) -> None:
    password = ["wr0ng"]
    server.append(mail("one"))
    poller = room.poller(password=lambda: password[0])
    poller.start()
    until(lambda: "tried again at 12:0" in str(room.health().last_error))
    time.sleep(0.3)
    assert server.seen["LOGIN"] == 1
    poller.hurry()
    until(lambda: server.seen["LOGIN"] == 2)
    password[0] = "s3cret"
    time.sleep(0.1)
    assert server.seen["LOGIN"] == 2
    poller.hurry()
    until(lambda: room.door.subjects() == ["one"])


def test_the_waits_after_refusals_grow_from_minutes_to_an_hour(server, room) -> None:
    poller = room.poller(patience=Patience())
    waits = [poller._pause_after(LoginRefused("no")) / 60 for _ in range(8)]
    for wait, longest in zip(waits, (5, 10, 20, 40, 60, 60, 60, 60), strict=True):
        assert 0.8 * longest <= wait <= longest


def test_a_short_failure_is_recorded_and_told_to_nobody(server, room) -> None:
    server.faults = [Fault("LOGIN", 1, "NO")]
    fail(room)
    assert "cannot log in" in str(room.health().last_error)
    assert room.health().last_poll_at is None
    room.poller().poll_once()
    assert room.alerts == []


def test_an_archive_that_refuses_is_told_though_mail_comes_in(server, room) -> None:
    server.faults = [Fault("UID MOVE", 1, "NO", 99)]
    server.append(mail("one"))
    poller = room.poller()
    for minutes in (0, 11):
        room.now = NOON + timedelta(minutes=minutes)
        poller.poll_once()
    ((_, words),) = room.alerts
    assert "cannot move to Processed" in words
    assert room.door.subjects() == ["one"]


def test_a_poll_that_finds_nothing_writes_once(server, room, monkeypatch) -> None:
    poller = room.poller()
    poller.poll_once()
    writes = []
    write = room.store.write
    monkeypatch.setattr(room.store, "write", lambda job: (writes.append(job), write(job))[1])
    poller.poll_once()
    assert len(writes) == 1


def test_a_store_that_cannot_be_written_does_not_hide_the_failure(
    server, room, monkeypatch
) -> None:
    def full(job: object) -> None:
        message = "the disk is full"
        raise StoreBusy(message)

    server.faults = [Fault("LOGIN", 1, "NO")]
    monkeypatch.setattr(room.store, "write", full)
    with pytest.raises(MailboxError, match="log in"):
        room.poller().poll_once()


def test_an_alert_that_cannot_be_kept_does_not_stop_the_polls(server, room) -> None:
    class Deaf(list[tuple[str, str]]):
        def append(self, item: tuple[str, str]) -> None:
            message = "no room for alerts"
            raise StoreBusy(message)

    room.alerts = Deaf()
    server.faults = [Fault("LOGIN", 1, "NO")]
    fail(room)
    room.now += timedelta(minutes=30)
    server.faults = [Fault("LOGIN", 2, "NO")]
    fail(room)
    assert room.poller().poll_once() == 0


def test_missing_consent_is_told_at_the_first_refusal(
    server, room, token_endpoint: TokenEndpoint
) -> None:
    token_endpoint.answer(400, error="invalid_grant")
    oauth2 = OAuth2Settings(
        token_url=token_endpoint.url, client_id="maildesk", refresh_token=lambda: "r1"
    )
    poller = room.poller(oauth2=oauth2, password=None)
    for _ in range(3):
        with pytest.raises(MailboxError, match="consent is needed again"):
            poller.poll_once()
    assert len(room.alerts) == 1
    assert "consent is needed again" in str(room.health().last_error)


def test_a_token_that_ends_in_the_middle_of_a_session_is_renewed(
    server, room, token_endpoint: TokenEndpoint
) -> None:
    for n in (1, 2):
        token_endpoint.answer(access_token=f"a{n}", refresh_token=f"r{n}", expires_in=3600)
    server.good_tokens = {"a1"}
    oauth2 = OAuth2Settings(
        token_url=token_endpoint.url, client_id="maildesk", refresh_token=lambda: "r0"
    )
    server.append(mail("one"))
    room.poller(oauth2=oauth2, password=None).start()
    until(lambda: room.door.subjects() == ["one"])
    server.good_tokens = {"a2"}
    server.faults = [Fault("UID FETCH BODY", server.seen["UID FETCH BODY"] + 1, "BYE")]
    server.append(mail("two"))
    until(lambda: room.door.subjects() == ["one", "two"])
    assert [form["refresh_token"] for form in token_endpoint.forms] == ["r0", "r1"]
    with room.store.read() as conn:
        assert mailboxes.refresh_token(conn, "support", "r0") == "r2"


def test_everybody_is_listed_by_name(room) -> None:
    for name in ("b", "a"):
        health = Health(name=name, last_poll_at=NOON)
        room.store.write(lambda tx, health=health: mailboxes.keep_health(tx, health))
    with room.store.read() as conn:
        assert [health.name for health in mailboxes.everybody(conn)] == ["a", "b"]

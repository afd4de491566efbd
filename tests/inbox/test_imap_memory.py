"""UID and UIDVALIDITY are the memory of the IMAP way in, and nothing else is.

In: a small IMAP server, polls one after the other. Out: what came through the door.

*Fails:* as every test does.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from maildesk.errors import StoreBusy, StoreError, UnusableMessage
from maildesk.inbox import imap_reader
from maildesk.inbox.imap_position import Windows
from maildesk.inbox.imap_session import Session
from maildesk.store.mailboxes import Position
from tests.inbox.fake_imap import Fault, Folder, Message
from tests.inbox.imap_room import BRISK, NOON, mail


def test_all_takes_what_is_there_and_a_second_poll_takes_nothing(server, room) -> None:
    for n in range(3):
        server.append(mail(f"old {n}"))
    poller = room.poller(after="seen")
    assert poller.poll_once() == 3
    assert room.door.subjects() == ["old 0", "old 1", "old 2"]
    assert poller.poll_once() == 0
    assert room.position() == Position(uidvalidity=77, last_uid=3)
    envelope = room.door.came[0].envelope
    assert (envelope.source, envelope.mail_from, envelope.rcpt_to) == ("imap:support", None, ())
    assert envelope.received_at == NOON


def test_what_has_lain_in_a_full_mailbox_for_days_comes_in_as_late(server, room) -> None:
    day = NOON - timedelta(days=1)
    for moment in (NOON - timedelta(days=40), day):
        server.append(mail("old"), arrived=f"{moment:%d-%b-%Y %H:%M:%S} +0000")
    server.append(mail("nonsense"), arrived="31-Dec-9999 23:59:59 -1200")
    assert room.poller(after="seen").poll_once() == 3
    envelopes = [came.envelope for came in room.door.came]
    assert [envelope.is_late for envelope in envelopes] == [True, False, False]
    assert [envelope.arrived_at for envelope in envelopes[1:]] == [day, None]


def test_new_starts_from_the_first_login_even_after_a_restart_without_mail(server, room) -> None:
    server.append(mail("of last year"))
    assert room.poller(first_poll="new", after="seen").poll_once() == 0
    server.append(mail("fresh"))
    assert room.poller(first_poll="new", after="seen").poll_once() == 1
    assert room.door.subjects() == ["fresh"]


def test_new_works_with_a_server_that_names_no_uidnext(server, room) -> None:
    server.faults = [Fault("SELECT", 1, "no_uidnext", 99)]
    server.append(mail("of last year"))
    poller = room.poller(first_poll="new", after="seen")
    assert poller.poll_once() == 0
    server.append(mail("fresh"))
    poller.poll_once()
    assert room.door.subjects() == ["fresh"]


def test_what_people_do_in_another_client_makes_no_difference(server, room) -> None:
    poller = room.poller(after="seen")
    poller.poll_once()
    for n in range(6):
        server.append(mail(f"mail {n}"))
    inbox = server.folders["INBOX"].messages
    inbox[0].flags.add("\\Seen")
    inbox[1].flags |= {"\\Flagged", "\\Answered"}
    inbox[2].flags.add("\\Deleted")
    del inbox[4]  # the sequence numbers behind it move
    assert poller.poll_once() == 5
    inbox[0].flags.clear()
    assert poller.poll_once() == 0


def test_mail_that_another_client_moved_away_is_no_error(server, room) -> None:
    server.append(mail("one"))
    server.append(mail("two"))

    def take_away(name: str) -> None:
        if name == "UID FETCH":
            server.folders["INBOX"].messages[:] = []

    server.on_command = take_away
    assert room.poller().poll_once() == 0
    server.on_command = lambda name: None
    server.append(mail("three"))
    assert room.poller().poll_once() == 1
    assert room.alerts == []


def test_the_last_message_below_the_range_is_not_taken_again(server, room) -> None:
    server.append(mail("one"))
    poller = room.poller(after="seen")
    poller.poll_once()
    poller.poll_once()
    # The server answered `2:*` with UID 1, as RFC 9051 wants it to.
    assert server.count("UID SEARCH UID 2:*") == 1
    assert room.door.offered == 1


def test_a_new_uidvalidity_means_looking_at_everything_again(server, room) -> None:
    server.append(mail("one"))
    room.poller(after="seen").poll_once()
    server.folders["INBOX"] = Folder(uidvalidity=78)
    server.append(mail("one"))
    server.append(mail("two"))
    assert room.poller(after="seen").poll_once() == 2
    assert room.position() == Position(uidvalidity=78, last_uid=2)
    assert "anew" in room.alerts[0][0]


def test_a_server_that_numbers_anew_all_the_time_is_told_of_once_a_day(server, room) -> None:
    poller = room.poller(after="seen")
    for hour in range(0, 49, 6):
        server.folders["INBOX"] = Folder(uidvalidity=78 + hour)
        room.now = NOON + timedelta(hours=hour)
        poller.poll_once()
    assert len(room.alerts) == 2


def test_after_a_renumbering_old_mail_is_taken_quietly_and_new_mail_is_not(server, room) -> None:
    room.poller(after="seen").poll_once()
    server.folders["INBOX"] = Folder(uidvalidity=78)
    server.append(mail("of last year"), arrived="01-Jan-2025 00:00:00 +0000")
    server.append(mail("fresh"), arrived="20-Jul-2026 12:30:00 +0000")
    room.now = NOON + timedelta(hours=1)
    room.poller(after="seen").poll_once()
    server.append(mail("fresher"), arrived="01-Jan-2025 00:00:00 +0000")
    room.poller(after="seen").poll_once()
    quiet = [came.envelope.quiet for came in room.door.came]
    assert list(zip(room.door.subjects(), quiet, strict=True)) == [
        ("of last year", True),
        ("fresh", False),
        ("fresher", False),
    ]


def test_after_a_renumbering_mail_from_before_the_first_login_is_left_alone(server, room) -> None:
    before = "20-Jul-2026 11:59:50 +0000"
    server.append(mail("of last year"), arrived="01-Jan-2025 00:00:00 +0000")
    server.append(mail("just before"), arrived=before)
    room.poller(first_poll="new", after="seen").poll_once()
    server.folders["INBOX"] = Folder(uidvalidity=78)
    server.append(mail("of last year"), arrived="01-Jan-2025 00:00:00 +0000")
    server.append(mail("just before"), arrived=before)
    server.append(mail("fresh"), arrived="20-Jul-2026 12:30:00 +0000")
    room.now = NOON + timedelta(hours=1)
    poller = room.poller(first_poll="new", after="seen")
    assert poller.poll_once() == 1
    assert room.door.subjects() == ["fresh"]
    assert room.position() == Position(uidvalidity=78, last_uid=3)
    server.append(mail("moved in by hand"), arrived=before)
    assert poller.poll_once() == 1


def test_new_begins_in_an_empty_folder(server, room) -> None:
    assert room.poller(first_poll="new", after="seen").poll_once() == 0
    server.append(mail("fresh"))
    assert room.poller(first_poll="new", after="seen").poll_once() == 1


def test_a_date_in_the_future_leaves_no_mail_alone(server, room) -> None:
    server.append(mail("nonsense"), arrived="31-Dec-2037 00:00:00 +0000")
    room.poller(first_poll="new", after="seen").poll_once()
    server.folders["INBOX"] = Folder(uidvalidity=78)
    server.append(mail("fresh"), arrived="20-Jul-2026 12:30:00 +0000")
    room.now = NOON + timedelta(hours=1)
    room.poller(first_poll="new", after="seen").poll_once()
    assert room.door.subjects() == ["fresh"]


@pytest.mark.parametrize("first_poll", [("all", "new"), ("new", "all")])
def test_where_all_was_wanted_nothing_is_left_alone(server, room, first_poll) -> None:
    server.append(mail("old"), arrived="01-Jan-2025 00:00:00 +0000")
    room.poller(first_poll=first_poll[0], after="seen").poll_once()
    server.folders["INBOX"] = Folder(uidvalidity=78)
    server.append(mail("old"), arrived="01-Jan-2025 00:00:00 +0000")
    assert room.poller(first_poll=first_poll[1], after="seen").poll_once() == 1


def test_a_crash_in_a_second_look_begins_it_again_as_quietly(server, room, monkeypatch) -> None:
    monkeypatch.setattr(imap_reader, "_AT_ONCE", 100)
    room.poller(after="seen").poll_once()
    server.folders["INBOX"] = Folder(uidvalidity=78)
    for n in range(120):
        server.append(mail(f"old {n}"), arrived="01-Jan-2025 00:00:00 +0000")
    server.faults = [Fault("UID FETCH BODY", 3, "close")]
    with pytest.raises(Exception, match="fetch"):
        room.poller(after="seen").poll_once()
    assert room.position() == Position(uidvalidity=77, last_uid=0)
    room.poller(after="seen").poll_once()
    assert len(room.door.came) == 120
    assert all(came.envelope.quiet for came in room.door.came)


def test_another_account_under_the_same_name_is_another_folder(server, room) -> None:
    server.append(mail("theirs"))
    room.poller(username="old", after="seen").poll_once()
    # Many servers give every INBOX the same UIDVALIDITY, and the same low UIDs.
    assert room.poller(username="new", after="seen").poll_once() == 1
    spots = {came.envelope.spot.mailbox for came in room.door.came}
    assert spots == {"old@127.0.0.1/INBOX", "new@127.0.0.1/INBOX"}


def test_the_position_only_rises_over_what_is_committed(server, room) -> None:
    for n in range(4):
        server.append(mail(f"mail {n}"))
    room.door.faults = [None, None, RuntimeError("a fault of ours with this one"), None]
    poller = room.poller(after="seen")
    assert poller.poll_once() == 3
    assert room.position() == Position(uidvalidity=77, last_uid=2)
    assert poller.poll_once() == 1
    assert room.door.subjects() == ["mail 0", "mail 1", "mail 3", "mail 2"]
    assert room.position() == Position(uidvalidity=77, last_uid=4)
    assert room.door.offered == 5


def test_a_store_that_is_busy_ends_the_poll_and_loses_nothing(server, room) -> None:
    for n in range(4):
        server.append(mail(f"mail {n}"))
    room.door.faults = [None, None, StoreBusy("full")]
    poller = room.poller()
    with pytest.raises(StoreBusy):
        poller.poll_once()
    assert server.uids("Processed") == [1, 2]
    assert room.health().last_error == "full"
    assert poller.poll_once() == 2
    assert room.door.subjects() == ["mail 0", "mail 1", "mail 2", "mail 3"]


def test_a_commit_that_fails_leaves_the_mail_where_it_is(server, room) -> None:
    server.append(mail("one"))
    room.door.late_faults = [StoreError("the disk is broken")]
    poller = room.poller()
    with pytest.raises(StoreError):
        poller.poll_once()
    assert server.uids() == [1]
    assert server.folders["INBOX"].messages[0].flags == set()
    assert poller.poll_once() == 1


def test_an_empty_message_stays_and_does_not_come_up_again(server, room) -> None:
    server.append(b"\r\n")
    server.append(mail("one"))
    room.door.faults = [UnusableMessage("the message is empty")]
    poller = room.poller()
    assert poller.poll_once() == 1
    assert poller.poll_once() == 0
    assert server.uids() == [1]
    assert room.door.offered == 2


def test_uids_that_are_timestamps_are_searched_in_windows(server, room) -> None:
    inbox = server.folders["INBOX"]
    inbox.messages = [Message(1_700_000_000 + n * 1000, mail(f"mail {n}")) for n in range(3)]
    inbox.uidnext = 1_700_100_000
    poller = room.poller(after="seen")
    server.claimed_exists = 200_000
    assert poller.poll_once() == 3
    assert server.count("UID SEARCH") < 700
    assert poller.poll_once() == 0


def test_no_search_answer_is_longer_than_the_library_takes() -> None:
    windows = Windows(0, uidnext=200_001, exists=200_000)
    ranges = []
    for low, high in windows:
        ranges.append((low, high))
        windows.found(high - low + 1 if high else 0)
    assert ranges == [(1, 50_000), (50_001, 100_000), (100_001, 150_000), (150_001, None)]
    assert list(Windows(199_990, uidnext=200_001, exists=200_000)) == [(199_991, None)]


def test_more_than_one_poll_can_hold_is_taken_in_several(server, room) -> None:
    for n in range(2500):
        server.append(mail(f"mail {n}"))
    assert room.poller().poll_once() == 2500
    assert server.uids() == []
    assert server.count("SELECT") == 2
    assert len(server.uids("Processed")) == 2500


def test_a_search_answers_within_its_range(server, room) -> None:
    server.append(mail("one"))
    session = Session.open(room.settings(), None, BRISK)
    session.select()
    assert session.search(1, None) == [1]
    assert session.search(2, None) == []
    session.close()

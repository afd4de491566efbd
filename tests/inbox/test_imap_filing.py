"""What happens to mail in the mailbox: after the commit, gently, and again until it is done.

In: small IMAP servers with few and many talents. Out: where the mail lies, which commands came.

*Fails:* as every test does.
"""

from __future__ import annotations

from concurrent.futures import Future
from datetime import timedelta

import pytest

from maildesk.core.model import Envelope, Receipt
from maildesk.errors import MailboxError
from maildesk.inbox.imap_check import check
from tests.inbox.fake_imap import CAPABILITIES, FakeImap, Fault, Folder
from tests.inbox.imap_room import BRISK, mail, until

PLAIN = "IMAP4rev1 UIDPLUS"


def commands(server: FakeImap) -> list[str]:
    """The names of the commands that change something, in their order."""
    names = [" ".join(line.decode().split(" ")[:2]) for line in server.log]
    return [name for name in names if name.split(" ")[-1] in ("MOVE", "COPY", "STORE", "EXPUNGE")]


@pytest.mark.parametrize("capabilities", [CAPABILITIES, PLAIN])
def test_mail_moves_to_the_archive_and_people_find_it_unread(server, room, capabilities) -> None:
    server.capabilities = capabilities
    server.append(mail("one"))
    assert room.poller().poll_once() == 1
    assert server.uids() == []
    (moved,) = server.folders["Processed"].messages
    assert moved.raw == mail("one")
    assert "\\Seen" not in moved.flags


def test_without_move_it_is_copied_flagged_and_expunged_by_uid(server, room) -> None:
    server.capabilities = PLAIN
    server.append(mail("somebody's own"), flags={"\\Deleted"})
    server.append(mail("one"))
    room.poller(first_poll="new").poll_once()
    server.append(mail("two"))
    room.poller(first_poll="new").poll_once()
    assert commands(server) == ["UID COPY", "UID STORE", "UID EXPUNGE"]
    # What a person has flagged as deleted stays until that person expunges it.
    assert server.uids() == [1, 2]


@pytest.mark.parametrize("after", ["move", "delete"])
def test_without_uidplus_nothing_is_ever_expunged(server, room, after) -> None:
    server.capabilities = "IMAP4rev1"
    server.append(mail("one"))
    poller = room.poller(after=after)
    poller.poll_once()
    poller.poll_once()
    assert "EXPUNGE" not in " ".join(commands(server))
    assert room.health().last_error is None
    assert server.folders["INBOX"].messages[0].flags == {"\\Deleted"}
    assert room.door.offered == 1
    if after == "move":
        assert len(server.uids("Processed")) == 1


def test_delete_takes_only_our_own_away(server, room) -> None:
    server.append(mail("somebody's own"), flags={"\\Deleted"})
    poller = room.poller(first_poll="new", after="delete")
    poller.poll_once()
    server.append(mail("one"))
    poller.poll_once()
    assert server.uids() == [1]
    assert "Processed" not in server.folders


def test_nothing_is_touched_before_the_commit(server, room) -> None:
    server.append(mail("one"))
    flags_at_commit = []

    class SlowDoor:
        def accept(self, envelope: Envelope, raw: bytes) -> Future[Receipt]:
            flags_at_commit.append((server.uids(), set(server.folders["INBOX"].messages[0].flags)))
            return room.door.accept(envelope, raw)

    room.poller(door=SlowDoor()).poll_once()
    assert flags_at_commit == [([1], set())]


def test_a_refused_move_is_tried_again_without_taking_the_mail_again(server, room) -> None:
    server.faults = [Fault("UID MOVE", 1, "NO", 2)]
    server.append(mail("one"))
    poller = room.poller()
    assert poller.poll_once() == 1
    assert "cannot move to Processed" in str(room.health().last_error)
    assert room.health().last_poll_at is not None
    server.append(mail("two"))
    assert poller.poll_once() == 1
    assert poller.poll_once() == 0
    assert server.uids() == []
    assert room.door.offered == 2
    assert room.health().last_error is None


def test_after_a_restart_a_refused_move_is_made_up_for(server, room) -> None:
    server.faults = [Fault("UID MOVE", 1, "NO")]
    server.append(mail("one"))
    room.poller().poll_once()
    assert room.poller().poll_once() == 0
    assert server.uids() == []
    assert room.door.subjects() == ["one"]


def test_an_archive_that_somebody_removes_is_made_again(server, room) -> None:
    poller = room.poller()
    server.append(mail("one"))
    poller.poll_once()
    del server.folders["Processed"]
    server.append(mail("two"))
    poller.poll_once()
    assert len(server.uids("Processed")) == 1


def test_an_archive_is_made_where_the_server_lets_folders_be_made(server, room) -> None:
    server.capabilities += " NAMESPACE"
    server.prefix = "INBOX."
    server.append(mail("one"))
    room.poller().poll_once()
    assert len(server.uids("INBOX.Processed")) == 1
    assert "Processed" not in server.folders
    assert "the folder INBOX.Processed is there" in check(room.settings(), patience=BRISK)


@pytest.mark.parametrize("capabilities", [CAPABILITIES, f"{CAPABILITIES} NAMESPACE"])
def test_an_archive_that_cannot_be_made_is_named(server, room, capabilities) -> None:
    server.capabilities = capabilities
    server.faults = [Fault("CREATE", 1, "NO")]
    server.append(mail("one"))
    room.poller().poll_once()
    assert "cannot create the folder Processed" in str(room.health().last_error)
    assert room.door.subjects() == ["one"]


@pytest.mark.parametrize("other", ["100 percent", "100%"])
def test_a_folder_that_only_looks_like_the_archive_is_none(server, room, other) -> None:
    server.folders["100 percent"] = Folder()
    server.no_folders = {other}
    server.append(mail("one"))
    room.poller(archive_folder="100%").poll_once()
    assert len(server.uids("100%")) == 1


def test_a_folder_that_may_only_be_looked_at_is_told_as_such(server, room) -> None:
    server.faults = [Fault("SELECT", 1, "read_only", 9)]
    server.append(mail("one"))
    with pytest.raises(MailboxError, match="INBOX is read-only for support: mail cannot be"):
        room.poller().poll_once()
    assert room.door.offered == 0


def test_two_who_read_one_mailbox_take_and_move_each_mail_once(server, room) -> None:
    pollers = [room.poller(), room.poller()]
    for poller in pollers:
        poller.start()
    for n in range(60):
        server.append(mail(f"mail {n}"))
    until(lambda: server.uids() == [])
    for poller in pollers:
        poller.stop()
        poller.join()
    assert sorted(room.door.subjects()) == sorted(f"mail {n}" for n in range(60))
    archived = [message.raw for message in server.folders["Processed"].messages]
    assert len(archived) == len(set(archived)) == 60


def test_a_lost_answer_to_move_doubles_nothing(server, room) -> None:
    server.faults = [Fault("UID MOVE", 1, "close_after")]
    server.append(mail("one"))
    poller = room.poller()
    with pytest.raises(MailboxError, match="cannot move"):
        poller.poll_once()
    assert poller.poll_once() == 0
    assert len(server.uids("Processed")) == 1
    assert room.door.offered == 1


def test_a_copy_whose_deletion_failed_is_not_made_twice(server, room) -> None:
    server.capabilities = PLAIN
    server.faults = [Fault("UID STORE", 1, "close")]
    server.append(mail("one"))
    poller = room.poller()
    with pytest.raises(MailboxError, match="cannot delete"):
        poller.poll_once()
    poller.poll_once()
    assert server.uids() == []
    assert len(server.uids("Processed")) == 1


def test_an_archive_that_is_the_folder_itself_does_not_go_round_in_circles(server, room) -> None:
    server.append(mail("one"))
    poller = room.poller(archive_folder="INBOX")
    assert poller.poll_once() == 1
    assert poller.poll_once() == 0
    assert server.folders["INBOX"].messages[0].flags == {"\\Seen"}


def test_a_message_over_the_limit_is_noted_left_and_never_fetched(server, room) -> None:
    server.append(mail("huge", "x" * 5000))
    server.append(mail("small"))
    poller = room.poller(max_message_size=1000)
    assert poller.poll_once() == 2
    noted = next(came for came in room.door.came if came.size)
    assert noted.size == len(mail("huge", "x" * 5000))
    assert noted.raw == mail("huge", "").removesuffix(b"\r\n")
    assert server.uids() == [1]
    assert poller.poll_once() == 0
    assert room.poller(max_message_size=1000).poll_once() == 0
    assert server.count("UID FETCH 1 (BODY.PEEK[])") == 0
    assert server.count("UID FETCH 1 (BODY.PEEK[HEADER]") == 1


@pytest.mark.parametrize("action", ["empty", "nil", "NO", "BAD"])
def test_a_message_that_is_not_handed_out_is_told_once_and_the_others_go_on(
    server, room, action
) -> None:
    # The fault hits whoever asks for message 2 alone or among others.
    server.append(mail("one"))
    server.append(mail("two"))
    server.append(mail("three"))
    poller = room.poller(after="seen")

    def spoil(name: str) -> None:
        asked = server.log[-1].split(b" ")[2].split(b",") if name == "UID FETCH" else []
        n = server.seen["UID FETCH BODY"] + 1
        is_bad = b"2" in asked and b"BODY" in server.log[-1]
        server.faults = [Fault("UID FETCH BODY", n, action)] if is_bad else []

    server.on_command = spoil
    for _ in range(4):
        poller.poll_once()
    assert sorted(room.door.subjects()) == ["one", "three"]
    ((subject, words),) = room.alerts
    assert subject == "Mailbox support: 1 message cannot be fetched"
    assert "in INBOX" in words
    assert "UID 2." in words
    assert room.position().last_uid == 1
    # It rests, and is tried again later; nothing is given up.
    fetched = server.seen["UID FETCH BODY"]
    poller.poll_once()
    assert server.seen["UID FETCH BODY"] == fetched
    server.on_command = lambda name: None
    server.faults = []
    room.now += timedelta(minutes=11)
    assert poller.poll_once() == 1
    assert room.position().last_uid == 3
    assert len(room.alerts) == 1


def test_a_server_that_hands_out_nothing_is_told_of_once_and_is_not_well(server, room) -> None:
    for n in range(40):
        server.append(mail(f"mail {n}"))
    server.faults = [Fault("UID FETCH BODY", 1, "NO", 1000)]
    poller = room.poller()
    for _ in range(4):
        poller.poll_once()
    ((subject, _),) = room.alerts
    assert subject == "Mailbox support: 40 messages cannot be fetched"
    assert "cannot be fetched" in str(room.health().last_error)
    server.faults = []
    room.now += timedelta(minutes=11)
    assert poller.poll_once() == 40
    assert room.health().last_error is None


def test_a_message_that_kills_the_session_does_not_keep_the_others_out(server, room) -> None:
    for n in range(4):
        server.append(mail(f"mail {n}"))

    def spoil(name: str) -> None:
        asked = server.log[-1].split(b" ")[2].split(b",") if name == "UID FETCH" else []
        n = server.seen["UID FETCH BODY"] + 1
        is_bad = b"2" in asked and b"BODY" in server.log[-1]
        server.faults = [Fault("UID FETCH BODY", n, "close")] if is_bad else []

    server.on_command = spoil
    poller = room.poller()
    for _ in range(4):
        with pytest.raises(MailboxError):
            poller.poll_once()
    poller.poll_once()
    assert sorted(room.door.subjects()) == ["mail 0", "mail 2", "mail 3"]
    assert len(room.alerts) == 1


def test_a_look_of_ours_never_sets_seen(server, room) -> None:
    server.faults = [Fault("UID MOVE", 1, "NO", 9)]
    server.append(mail("one"))
    server.append(mail("huge", "x" * 5000))
    room.poller(max_message_size=1000).poll_once()
    assert [message.flags for message in server.folders["INBOX"].messages] == [set(), set()]


def test_a_pile_of_small_messages_is_fetched_in_few_trips(server, room) -> None:
    for n in range(200):
        server.append(mail(f"mail {n}"))
    room.poller().poll_once()
    assert server.count("UID FETCH") <= 6
    assert server.count("UID MOVE") <= 4

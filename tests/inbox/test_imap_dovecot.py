"""The IMAP way in against a real Dovecot: plain, STARTTLS, TLS, and tokens.

In: a Dovecot of our own. Out: what came through the door, and where the mail lies then.

*Fails:* as every test does.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from maildesk.core.model import Desk, Policy
from maildesk.errors import LoginRefused, MailboxError
from maildesk.inbox import receive
from maildesk.inbox.imap_check import check
from maildesk.oauth2 import CLIENT_CREDENTIALS, OAuth2Settings
from tests import parts
from tests.inbox.dovecot import Dovecot
from tests.inbox.imap_room import BRISK, Room, mail, until

pytest_plugins = ["tests.inbox.dovecot", "tests.inbox.oauth2_endpoint"]
pytestmark = parts.need("dovecot", "openssl")

PATIENT = replace(BRISK, read=5.0, connect=5.0, idle_at_most=(20.0, 20.0))


@pytest.fixture
def room(dovecot: Dovecot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.ca))
    room = Room(tmp_path, dovecot.port)
    yield room
    room.close()


def test_mail_is_taken_and_moved_to_a_folder_made_for_it(dovecot, room) -> None:
    dovecot.append(mail("one"))
    dovecot.append(mail("two"))
    poller = room.poller(username=dovecot.user, patience=PATIENT)
    assert poller.poll_once() == 2
    assert room.door.came[0].raw == mail("one")
    assert dovecot.uids() == []
    assert dovecot.messages("Processed") == [mail("one"), mail("two")]
    assert dovecot.uids("Processed", "UNSEEN") == [1, 2]
    assert poller.poll_once() == 0


@pytest.mark.parametrize(("after", "left", "unseen"), [("seen", [1], []), ("delete", [], [])])
def test_mail_is_flagged_or_deleted(dovecot, room, after, left, unseen) -> None:
    dovecot.append(mail("one"))
    room.poller(username=dovecot.user, after=after, patience=PATIENT).poll_once()
    assert dovecot.uids() == left
    assert dovecot.uids("INBOX", "UNSEEN") == unseen


@pytest.mark.parametrize("name", ["Processed Mail", "Erledigt/Über", 'a "b" \\c', "12"])
def test_archive_folders_of_all_names_work(dovecot, room, name) -> None:
    dovecot.append(mail("one"))
    poller = room.poller(username=dovecot.user, archive_folder=name, patience=PATIENT)
    assert poller.poll_once() == 1
    assert dovecot.uids() == []
    dovecot.append(mail("two"))
    assert poller.poll_once() == 1
    assert room.health().last_error is None


def test_new_mail_comes_by_idle_long_before_the_next_poll(dovecot, room) -> None:
    poller = room.poller(username=dovecot.user, poll_every=timedelta(minutes=10), patience=PATIENT)
    poller.start()
    until(lambda: room.health().last_poll_at is not None)
    time.sleep(0.2)
    for n in range(3):
        dovecot.append(mail(f"mail {n}"))
        until(lambda n=n: len(room.door.came) == n + 1)
    until(lambda: dovecot.uids() == [])
    began = time.monotonic()
    poller.stop()
    poller.join()
    assert time.monotonic() - began < 20


@pytest.mark.slow
def test_an_idle_poller_costs_almost_no_processor(dovecot, room) -> None:
    patience = replace(PATIENT, idle_slice=1.0)
    poller = room.poller(username=dovecot.user, poll_every=timedelta(minutes=10), patience=patience)
    poller.start()
    until(lambda: room.health().last_poll_at is not None)
    time.sleep(0.2)
    before, began = thread_seconds("imap:support"), time.monotonic()
    time.sleep(2.0)
    share = (thread_seconds("imap:support") - before) / (time.monotonic() - began)
    assert share < 0.1  # a busy loop takes all of it


def thread_seconds(name: str) -> float:
    """Processor time of the one thread of that name; the test's own process does more besides."""
    (thread,) = (t for t in threading.enumerate() if t.name == name)
    assert thread.ident
    return time.clock_gettime(time.pthread_getcpuclockid(thread.ident))


def test_a_server_that_hangs_up_is_asked_again(dovecot, room) -> None:
    poller = room.poller(username=dovecot.user, patience=PATIENT)
    poller.start()
    until(lambda: room.health().last_poll_at is not None)
    dovecot.disconnect()
    dovecot.append(mail("after the break"))
    until(lambda: room.door.subjects() == ["after the break"])


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_tls_is_verified_against_the_name(dovecot, room, tls, tmp_path, monkeypatch) -> None:
    port = dovecot.tls_port if tls == "implicit" else dovecot.port
    dovecot.append(mail("one"))
    poller = room.poller(username=dovecot.user, tls=tls, port=port, patience=PATIENT)
    assert poller.poll_once() == 1
    nobody = tmp_path / "nobody.pem"
    nobody.write_text("")
    monkeypatch.setenv("SSL_CERT_FILE", str(nobody))
    with pytest.raises(MailboxError, match="CERTIFICATE_VERIFY_FAILED"):
        poller.poll_once()


def test_idle_works_over_tls(dovecot, room) -> None:
    poller = room.poller(
        username=dovecot.user,
        tls="implicit",
        port=dovecot.tls_port,
        poll_every=timedelta(minutes=10),
        patience=PATIENT,
    )
    poller.start()
    until(lambda: room.health().last_poll_at is not None)
    time.sleep(0.1)
    dovecot.append(mail("one"))
    until(lambda: room.door.subjects() == ["one"])


@pytest.mark.parametrize("mechanism", ["xoauth2", "oauthbearer"])
def test_a_token_opens_the_mailbox_and_a_revoked_one_is_renewed(
    dovecot, room, mechanism, token_endpoint
) -> None:
    oauth2 = OAuth2Settings(
        token_url=token_endpoint.url,
        client_id="maildesk",
        client_secret=lambda: "very-secret",
        grant=CLIENT_CREDENTIALS,
        mechanism=mechanism,
    )
    for n in (1, 2):
        token_endpoint.answer(access_token=f"token-{n}", expires_in=3600)
    dovecot.allow("token-1")
    dovecot.append(mail("one"))
    more = {"username": dovecot.user, "password": None, "oauth2": oauth2, "patience": PATIENT}
    poller = room.poller(**more)
    assert poller.poll_once() == 1
    dovecot.revoke("token-1")
    dovecot.allow("token-2")
    dovecot.append(mail("two"))
    with pytest.raises(MailboxError, match="log in") as refused:
        poller.poll_once()
    assert "token-1" not in str(refused.value)
    assert poller.poll_once() == 1


def test_check_says_what_it_found(dovecot, room) -> None:
    dovecot.append(mail("one"))
    found = check(room.settings(username=dovecot.user))
    place = f"{dovecot.user}@127.0.0.1/INBOX"
    assert found == f"support: {place} holds 1 messages; IDLE; the folder Processed will be made"
    assert dovecot.uids("Processed") == []
    assert dovecot.uids("INBOX", "UNSEEN") == [1]


def test_a_wrong_password_is_a_refusal_in_the_servers_words(dovecot, room) -> None:
    poller = room.poller(username=dovecot.user, password=lambda: "wr0ng", patience=PATIENT)
    with pytest.raises(LoginRefused, match=r"\[AUTHENTICATIONFAILED\] Authentication failed"):
        poller.poll_once()
    ((subject, words),) = room.alerts
    assert "the login is refused" in subject
    assert "Authentication failed" in words


def test_check_names_the_step_that_fails(dovecot, room) -> None:
    with pytest.raises(MailboxError, match="cannot log in as nobody") as refused:
        check(room.settings(username="nobody", password=lambda: "wr0ng"))
    assert "wr0ng" not in str(refused.value)
    with pytest.raises(MailboxError, match="cannot open the folder Support"):
        check(room.settings(username=dovecot.user, folder="Support"))
    with pytest.raises(MailboxError, match=r"cannot connect to 127\.0\.0\.1:1"):
        check(room.settings(username=dovecot.user, port=1))


def test_a_large_message_comes_whole(dovecot, room) -> None:
    body = "0123456789abcdef" * 4 + "\r\n"
    large = mail("large", body * 160_000)
    dovecot.append(large)
    assert room.poller(username=dovecot.user, patience=PATIENT).poll_once() == 1
    assert room.door.came[0].raw == large


def test_a_mail_becomes_a_row_of_the_real_inbox(dovecot, room) -> None:
    policy = Policy(
        desks=(Desk(key="HELP", name="Help", address="support@example.com"),), agents=()
    )
    knocks: list[int] = []
    door = receive.Door(
        room.store, policy=lambda: policy, host="desk.example.com", knock=lambda: knocks.append(1)
    )
    dovecot.append(mail("one"))
    dovecot.append(mail("large", "x" * 70 + "\r\n" + "y" * 600_000))
    dovecot.append(mail("too large", "x" * 2_000_000))
    limit = {"max_message_size": 1_000_000}
    poller = room.poller(username=dovecot.user, door=door, patience=PATIENT, **limit)
    assert poller.poll_once() == 3
    assert poller.poll_once() == 0
    assert room.poller(username=dovecot.user, door=door, patience=PATIENT, **limit).poll_once() == 0
    door.close()
    with room.store.read() as conn:
        rows = conn.execute("SELECT * FROM inbox ORDER BY uid").fetchall()
        raws = [room.store.raw.read(conn, row["id"]) for row in rows]
    assert [row["state"] for row in rows] == ["pending"] * 3
    assert {row["mailbox"] for row in rows} == {f"{dovecot.user}@127.0.0.1/INBOX"}
    assert [row["source"] for row in rows] == ["imap:support"] * 3
    assert raws[0].endswith(mail("one"))
    assert len(raws[1]) > 600_000
    assert b"Subject: too large" in raws[2]
    assert len(raws[2]) < 1000
    assert dovecot.uids() == [3]
    assert [row["over_size"] > 2_000_000 for row in rows] == [False, False, True]
    assert len(knocks) == 3


def test_mail_from_before_the_first_login_is_left_alone_under_new_numbers(dovecot, room) -> None:
    for n in range(3):
        dovecot.append(mail(f"old {n}"))
    room.now = datetime.now(UTC)
    wanted = {"username": dovecot.user, "first_poll": "new", "after": "seen", "patience": PATIENT}
    place = room.settings(username=dovecot.user).place
    assert room.poller(**wanted).poll_once() == 0
    before = room.position(place)
    time.sleep(1.1)  # Dovecot counts UIDVALIDITY and INTERNALDATE in seconds.
    for file in (dovecot.root / "mail" / dovecot.user).glob("dovecot*"):
        file.unlink()
    dovecot.append(mail("fresh"))
    assert room.poller(**wanted).poll_once() == 1
    assert room.door.subjects() == ["fresh"]
    after = room.position(place)
    assert before
    assert after
    assert before.uidvalidity != after.uidvalidity

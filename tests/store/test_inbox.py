"""Rows of the inbox: durable once, found again, claimed once."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from maildesk.core.model import ImapSpot, InboxState
from maildesk.core.sameness import sketch
from maildesk.errors import NotFound
from maildesk.store import inbox, raw
from maildesk.store.fingerprints import Claim, claim, holder_of
from maildesk.store.raw import IN_ROW
from maildesk.store.store import Store
from tests.store.rows import ENVELOPE, NOW, RAW, receive


def test_a_message_comes_back_with_its_envelope_and_bytes(store: Store) -> None:
    receipt = receive(store)
    with store.read() as conn:
        row = inbox.read(conn, receipt.inbox_id)
        assert (row.envelope, row.state) == (ENVELOPE, InboxState.PENDING)
        assert store.raw.read(conn, receipt.inbox_id) == RAW


def test_a_large_message_is_a_file_named_by_its_content(store: Store) -> None:
    large = RAW + b"x" * IN_ROW
    receipt = receive(store, large)
    path = store.raw.path_of(hashlib.sha256(large).hexdigest())
    assert path.read_bytes() == large
    assert path.stat().st_mode & 0o077 == 0
    with store.read() as conn:
        assert store.raw.read(conn, receipt.inbox_id) == large
        kept = conn.execute("SELECT content, file FROM raw").fetchone()
        assert (kept["content"], kept["file"]) == (None, path.name)


def test_the_same_large_message_twice_is_one_file(store: Store) -> None:
    large = RAW + b"x" * IN_ROW
    receive(store, large)
    receive(store, large)
    files = [f for f in (store.data_dir / "raw").rglob("*") if f.is_file()]
    assert len(files) == 1


def test_a_file_that_is_there_already_is_synced_by_its_name_all_the_same(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = RAW + b"x" * IN_ROW
    receive(store, large)
    synced: list[str] = []
    monkeypatch.setattr(raw, "sync_folder", lambda folder: synced.append(folder.name))
    store.raw.keep(large)
    assert len(synced) == 3


def test_a_file_that_is_gone_is_told_from_a_disk_that_fails(store: Store) -> None:
    receipt = receive(store, RAW + b"x" * IN_ROW)
    for file in (store.data_dir / "raw").rglob("*"):
        if file.is_file():
            file.unlink()
    with pytest.raises(NotFound, match="gone"), store.read() as conn:
        store.raw.read(conn, receipt.inbox_id)


def test_a_message_that_was_never_taken_whole_cannot_be_retried(store: Store) -> None:
    kept = store.raw.keep(RAW)
    envelope = replace(ENVELOPE, over_size=99)
    receipt = store.write(lambda tx: inbox.add(tx, envelope, kept, state=InboxState.HELD))
    with pytest.raises(NotFound, match="never taken whole"):
        store.write(lambda tx: inbox.reopen(tx, receipt.inbox_id))
    store.write(lambda tx: inbox.dismiss(tx, receipt.inbox_id, NOW))
    with pytest.raises(NotFound, match="never taken whole"):
        store.write(lambda tx: inbox.reopen(tx, receipt.inbox_id))


def test_nothing_half_written_is_left_when_a_file_cannot_be_kept(store: Store) -> None:
    (store.data_dir / "raw").write_text("in the way")
    with pytest.raises(Exception, match="large message"):
        store.raw.keep(RAW + b"x" * IN_ROW)


def test_a_message_from_the_same_imap_spot_is_only_recognised(store: Store) -> None:
    spot = ImapSpot(mailbox="box", uidvalidity=7, uid=1)
    first, second = receive(store, spot=spot), receive(store, spot=spot)
    assert (first.is_new, second.is_new) == (True, False)
    assert first.inbox_id == second.inbox_id
    moved = ImapSpot(mailbox="box", uidvalidity=8, uid=1)
    assert receive(store, spot=moved).is_new


def test_messages_without_a_spot_never_collide(store: Store) -> None:
    assert receive(store).inbox_id != receive(store).inbox_id


def test_a_fingerprint_is_claimed_by_exactly_one_of_many(store: Store) -> None:
    ids = [receive(store).inbox_id for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        claims = list(
            pool.map(lambda i: store.write(lambda tx: claim(tx, "f", i, b"")).holder, ids)
        )
    winners = [i for i, holder in zip(ids, claims, strict=True) if holder is None]
    assert len(winners) == 1
    assert {holder for holder in claims if holder} == set(winners)


def test_two_mails_of_one_fingerprint_live_if_their_words_differ(store: Store) -> None:
    one, two, again = (receive(store).inbox_id for _ in range(3))
    burns, drowns = sketch("The printer burns."), sketch("My desk drowns in paper.")
    assert store.write(lambda tx: claim(tx, "f", one, burns)) == Claim()
    assert store.write(lambda tx: claim(tx, "f", two, drowns)) == Claim(twin=one)
    assert store.write(lambda tx: claim(tx, "f", again, drowns)) == Claim(holder=two)
    with store.read() as conn:
        assert holder_of(conn, "f", burns) == one


def test_one_fingerprint_is_never_held_by_more_rows_than_can_be_looked_at(store: Store) -> None:
    rows = [receive(store).inbox_id for _ in range(52)]
    words = [sketch(f"word{row}") for row in rows]
    claims = [
        store.write(lambda tx, row=row, said=said: claim(tx, "f", row, said))
        for row, said in zip(rows, words, strict=True)
    ]
    assert [c.holder for c in claims] == [None] * 50 + [rows[0]] * 2


def test_claiming_again_for_the_same_row_is_no_duplicate(store: Store) -> None:
    row = receive(store).inbox_id
    for _ in range(2):
        assert store.write(lambda tx: claim(tx, "f", row, b"")) == Claim()


def test_what_waits_is_found_oldest_first(store: Store) -> None:
    ids = [receive(store).inbox_id for _ in range(3)]
    store.write(lambda tx: inbox.settle(tx, ids[1], InboxState.DONE, "", None, NOW))
    with store.read() as conn:
        assert inbox.pending_ids(conn, limit=9) == (ids[0], ids[2])
        assert inbox.pending_ids(conn, limit=1) == (ids[0],)


def test_only_failed_and_held_messages_can_be_retried(store: Store) -> None:
    row = receive(store).inbox_id
    with pytest.raises(NotFound, match="pending"):
        store.write(lambda tx: inbox.reopen(tx, row))
    with pytest.raises(NotFound, match="no message 99 in the inbox"):
        store.write(lambda tx: inbox.reopen(tx, 99))
    store.write(lambda tx: claim(tx, "f", row, b""))
    store.write(lambda tx: inbox.settle(tx, row, InboxState.FAILED, "why", None, NOW))
    store.write(lambda tx: inbox.reopen(tx, row))
    with store.read() as conn:
        assert inbox.pending_ids(conn, limit=9) == (row,)
        assert holder_of(conn, "f", b"") is None


@pytest.mark.parametrize("state", [InboxState.HELD, InboxState.FAILED])
def test_a_dismissed_message_is_ignored_with_its_old_reason_and_keeps_its_bytes(
    store: Store, state: InboxState
) -> None:
    row = receive(store).inbox_id
    store.write(lambda tx: inbox.settle(tx, row, state, "why", None, NOW))
    store.write(lambda tx: inbox.dismiss(tx, row, NOW))
    with store.read() as conn:
        found = inbox.read(conn, row)
        assert (found.state, found.reason) == (InboxState.IGNORED, "dismissed: why")
        assert store.raw.read(conn, row) == RAW


@pytest.mark.parametrize("state", [InboxState.PENDING, InboxState.DONE, InboxState.IGNORED])
def test_only_what_waits_for_a_person_can_be_dismissed(store: Store, state: InboxState) -> None:
    row = receive(store).inbox_id
    store.write(lambda tx: inbox.settle(tx, row, state, "why", None, NOW))
    with pytest.raises(NotFound, match=f"message {row} is {state}, not failed or held"):
        store.write(lambda tx: inbox.dismiss(tx, row, NOW))
    with store.read() as conn:
        assert inbox.read(conn, row).reason == "why"


def test_a_message_that_was_dismissed_by_mistake_is_decided_anew(store: Store) -> None:
    row = receive(store).inbox_id
    store.write(lambda tx: inbox.settle(tx, row, InboxState.HELD, "why", None, NOW))
    store.write(lambda tx: inbox.dismiss(tx, row, NOW))
    store.write(lambda tx: inbox.reopen(tx, row))
    with store.read() as conn:
        found = inbox.read(conn, row)
        # Nobody has let it in yet: it may be held once more.
        assert (found.state, found.envelope.is_let_in) == (InboxState.PENDING, False)

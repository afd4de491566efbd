"""Rows of the outbox: queued once for a cause, claimed by one, ended with a reason."""

from __future__ import annotations

import pytest

from maildesk.errors import NotFound
from maildesk.store import lists, outbox
from maildesk.store.store import Store
from tests.store.rows import MINUTE, NOW, letter


def state(store: Store, row_id: int = 1) -> tuple[str, int, str]:
    with store.read() as conn:
        row = lists.show_outbox(conn, row_id)
    return row["state"], row["attempts"], row["last_error"]


def test_one_cause_writes_to_one_person_once(store: Store) -> None:
    assert store.write(lambda tx: outbox.add(tx, letter()))
    again = letter(message_id="<other@x>")
    assert not store.write(lambda tx: outbox.add(tx, again))
    to_another = letter(message_id="<third@x>", recipient="bob@acme.example")
    assert store.write(lambda tx: outbox.add(tx, to_another))


def test_a_claim_brings_back_what_was_queued(store: Store) -> None:
    store.write(lambda tx: outbox.add(tx, letter()))
    (claim,) = store.write(lambda tx: outbox.claim_due(tx, NOW, 9))
    assert claim.item == letter()
    assert claim.attempts == 1
    assert state(store) == ("queued", 1, "")


def test_what_is_claimed_or_not_due_is_not_claimed(store: Store) -> None:
    store.write(lambda tx: outbox.add(tx, letter(due_at=NOW + MINUTE)))
    assert store.write(lambda tx: outbox.claim_due(tx, NOW, 9)) == ()
    assert len(store.write(lambda tx: outbox.claim_due(tx, NOW + MINUTE, 9))) == 1
    assert store.write(lambda tx: outbox.claim_due(tx, NOW + MINUTE, 9)) == ()


def test_claims_come_oldest_first_and_no_more_than_asked(store: Store) -> None:
    for n in (3, 1, 2):
        item = letter(cause=f"c{n}", message_id=f"<{n}@x>", due_at=NOW - n * MINUTE)
        store.write(lambda tx, item=item: outbox.add(tx, item))
    claims = store.write(lambda tx: outbox.claim_due(tx, NOW, 2))
    assert [c.item.cause for c in claims] == ["c3", "c2"]


def test_each_end_of_an_attempt_is_shown_with_its_reason(store: Store) -> None:
    store.write(lambda tx: outbox.add(tx, letter()))
    store.write(lambda tx: outbox.claim_due(tx, NOW, 9))
    store.write(lambda tx: outbox.mark_deferred(tx, 1, NOW + MINUTE, "451 later"))
    assert state(store) == ("deferred", 1, "451 later")
    store.write(lambda tx: outbox.claim_due(tx, NOW + MINUTE, 9))
    store.write(lambda tx: outbox.mark_dead(tx, 1, "550 no such user"))
    assert state(store) == ("dead", 2, "550 no such user")
    store.write(lambda tx: outbox.revive(tx, 1, NOW))
    assert state(store)[0] == "queued"
    store.write(lambda tx: outbox.claim_due(tx, NOW, 9))
    store.write(lambda tx: outbox.mark_sent(tx, 1, NOW))
    assert state(store) == ("sent", 1, "")


def test_a_relay_that_is_not_there_costs_no_attempt(store: Store) -> None:
    store.write(lambda tx: outbox.add(tx, letter()))
    store.write(lambda tx: outbox.claim_due(tx, NOW, 9))
    store.write(lambda tx: outbox.mark_untried(tx, 1, NOW + MINUTE, "refused"))
    assert state(store) == ("queued", 0, "refused")
    store.write(lambda tx: outbox.claim_due(tx, NOW + MINUTE, 9))
    store.write(lambda tx: outbox.mark_deferred(tx, 1, NOW + 2 * MINUTE, "451"))
    store.write(lambda tx: outbox.claim_due(tx, NOW + 2 * MINUTE, 9))
    store.write(lambda tx: outbox.mark_untried(tx, 1, NOW + 3 * MINUTE, "refused"))
    assert state(store) == ("deferred", 1, "refused")


def test_what_was_being_sent_at_a_crash_is_found_again(store: Store) -> None:
    store.write(lambda tx: outbox.add(tx, letter()))
    store.write(lambda tx: outbox.claim_due(tx, NOW, 9))
    assert store.write(lambda tx: outbox.recover(tx, NOW)) == 1
    assert state(store)[0] == "deferred"
    (claim,) = store.write(lambda tx: outbox.claim_due(tx, NOW, 9))
    assert claim.item.message_id == letter().message_id


def test_sent_mail_is_not_retried(store: Store) -> None:
    store.write(lambda tx: outbox.add(tx, letter()))
    store.write(lambda tx: outbox.mark_sent(tx, 1, NOW))
    with pytest.raises(NotFound, match="is sent"):
        store.write(lambda tx: outbox.revive(tx, 1, NOW))
    with pytest.raises(NotFound, match="not in the outbox"):
        store.write(lambda tx: outbox.revive(tx, 9, NOW))

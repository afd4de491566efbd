"""Which mails of ours a report is about: what it names, looked up and proved.

In: the trail of a report. Out: `Returned` mails, the surest tie first. A reverse path counts by
its MAC for the row's own recipient, a Message-ID by its signature for whom the mail went to.
*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

import hmac
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from maildesk.core.bounce import Trail
from maildesk.core.report import Returned, Tie
from maildesk.core.signature import SignedId, bounce_tag, is_signed_for
from maildesk.core.undeliverable import once_for
from maildesk.store.aliases import leads_to, ticket_of
from maildesk.store.database import stamp
from maildesk.store.writer import Tx

# Mail systems give up within five days as a rule; a report that names no mail is about a fresh one.
_FRESH = timedelta(days=7)


def find(tx: Tx, trail: Trail, secret: bytes, now: datetime) -> tuple[Returned, ...]:
    """The mails that the trail leads to, one a ticket and recipient."""
    found = [
        *_by_tag(tx, trail, secret),
        *_by_signed_id(tx, trail, secret),
        *_by_known_id(tx, trail),
    ]
    # Some relays put a Message-ID of their own in the place of ours, and keep the subject.
    found = found or list(_by_key(tx, trail, now))
    if not found and not trail.names_a_mail:
        found += _by_recipient(tx, trail, now)
    first: dict[tuple[int | None, str], Returned] = {}
    for mail in (_of_now(tx, mail) for mail in found):
        first.setdefault((mail.ticket_id, mail.recipient), mail)
    return tuple(first.values())


def _by_tag(tx: Tx, trail: Trail, secret: bytes) -> Iterator[Returned]:
    for row_id, tag in trail.tags:
        row = tx.execute(
            """SELECT id, recipient, ticket_id, event, comment_id FROM outbox WHERE id = :id""",
            {"id": row_id},
        ).fetchone()
        if row and hmac.compare_digest(bounce_tag(secret, row_id, row["recipient"]), tag):
            yield _returned(Tie.REVERSE_PATH, row)


def _by_signed_id(tx: Tx, trail: Trail, secret: bytes) -> Iterator[Returned]:
    for message_id, signed in trail.signed:
        row = _sent(tx, message_id) or _remembered(tx, message_id)
        if row and _is_genuine(signed, row["recipient"], secret):
            yield _returned(Tie.SIGNED, row)


def _is_genuine(signed: SignedId, recipient: str, secret: bytes) -> bool:
    return bool(recipient) and is_signed_for(signed, recipient, secret)


def _sent(tx: Tx, message_id: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = tx.execute(
        """SELECT id, recipient, ticket_id, event, comment_id FROM outbox
           WHERE message_id IN (:id, :lower)""",
        {"id": message_id, "lower": message_id.lower()},
    ).fetchone()
    return row


def _remembered(tx: Tx, message_id: str) -> sqlite3.Row | None:
    """By the ids that outlive the outbox, which are in lower case."""
    row: sqlite3.Row | None = tx.execute(
        """SELECT NULL AS id, recipient, ticket_id, '' AS event, NULL AS comment_id
           FROM message_ids
           WHERE message_id = :id AND recipient <> ''""",
        {"id": message_id.lower()},
    ).fetchone()
    return row


def _by_known_id(tx: Tx, trail: Trail) -> Iterator[Returned]:
    """An id of a ticket's thread, and a failed address that we wrote to about that ticket."""
    for message_id in trail.ids:
        rows = tx.execute(
            "SELECT ticket_id FROM message_ids WHERE message_id = :id", {"id": message_id.lower()}
        ).fetchall()
        for row in rows:
            for address in trail.addresses:
                if _has_written(tx, row["ticket_id"], address):
                    yield Returned(tie=Tie.KNOWN, ticket_id=row["ticket_id"], recipient=address)


def _by_key(tx: Tx, trail: Trail, now: datetime) -> Iterator[Returned]:
    """A ticket's key in the subject of what came back, and an address that we wrote to lately."""
    for key in trail.keys:
        ticket_id = ticket_of(tx, key)
        for address in trail.addresses:
            if ticket_id is None or _is_told(tx, ticket_id, address):
                continue
            if _has_written(tx, ticket_id, address, since=now - _FRESH):
                yield Returned(tie=Tie.SUBJECT, ticket_id=ticket_id, recipient=address)


def _by_recipient(tx: Tx, trail: Trail, now: datetime) -> Iterator[Returned]:
    for address in trail.addresses:
        row = tx.execute(
            """SELECT id FROM tickets WHERE requester_email = :address
               ORDER BY created_at DESC LIMIT 1""",
            {"address": address},
        ).fetchone()
        # What proves nothing is told once; what comes then is no more than noise.
        if not row or _is_told(tx, row["id"], address):
            continue
        if _has_written(tx, row["id"], address, since=now - _FRESH):
            yield Returned(tie=Tie.RECIPIENT, ticket_id=row["id"], recipient=address)


def _is_told(tx: Tx, ticket_id: int, address: str) -> bool:
    row = tx.execute(
        "SELECT 1 FROM outbox WHERE cause = :cause LIMIT 1",
        {"cause": once_for(ticket_id, address)},
    ).fetchone()
    return row is not None


def _has_written(tx: Tx, ticket_id: int, address: str, since: datetime | None = None) -> bool:
    """Whether mail about the ticket went to the address."""
    row = tx.execute(
        """SELECT 1 FROM outbox WHERE ticket_id = :ticket_id AND recipient = :address
           AND state = 'sent' AND created_at >= :since LIMIT 1""",
        {
            "ticket_id": ticket_id,
            "address": address,
            "since": stamp(since) if since else "",
        },
    ).fetchone()
    return row is not None


def _of_now(tx: Tx, mail: Returned) -> Returned:
    """The mail under the ticket that its own was merged into since."""
    if mail.ticket_id is None:
        return mail
    return replace(mail, ticket_id=leads_to(tx, mail.ticket_id))


def _returned(tie: Tie, row: sqlite3.Row) -> Returned:
    return Returned(
        tie=tie,
        ticket_id=row["ticket_id"],
        recipient=row["recipient"],
        event=row["event"],
        outbox_id=row["id"],
        comment_id=row["comment_id"],
    )

"""Whether a forwarded mail, or the conversation it belongs to, is on a ticket already.

In: the original as the forward shows it. Out: the ticket, and whether it has this very mail.
*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

from maildesk.core import signature
from maildesk.core.model import Forwarded, KnownOriginal
from maildesk.core.sameness import sketch
from maildesk.store.aliases import leads_to, ticket_of
from maildesk.store.fingerprints import holder_of
from maildesk.store.writer import Tx

_REACH = 20  # ids of a conversation that are looked up, the newest


def find_original(tx: Tx, original: Forwarded | None, secret: bytes) -> KnownOriginal | None:
    """Where the original has its place: by what it is, by its id, by what it answers."""
    if original is None:
        return None
    same = _by_fingerprint(tx, original) or _by_id(tx, original.message_id or "")
    if same is not None:
        return KnownOriginal(ticket_id=same, is_same=True)
    for message_id in reversed(original.thread[-_REACH:]):
        found = _by_id(tx, message_id)
        if found is None and original.sender:
            found = _answered(tx, message_id, original.sender.email, secret)
        if found is not None:
            return KnownOriginal(ticket_id=found, is_same=False)
    return None


def _by_fingerprint(tx: Tx, original: Forwarded) -> int | None:
    holder = holder_of(tx, original.fingerprint, sketch(original.text))
    row = tx.execute("SELECT ticket_id FROM inbox WHERE id = :id", {"id": holder}).fetchone()
    return leads_to(tx, row["ticket_id"]) if row and row["ticket_id"] else None


def _by_id(tx: Tx, message_id: str) -> int | None:
    """The ticket of a Message-ID that somebody else gave; ours name a ticket, not a mail there."""
    if signature.read(message_id):
        return None
    known = message_id if message_id.startswith("<") else f"<{message_id}>"
    row = tx.execute(
        "SELECT ticket_id FROM message_ids WHERE message_id = :id ORDER BY ticket_id LIMIT 1",
        {"id": known.lower()},
    ).fetchone()
    return row["ticket_id"] if row else None


def _answered(tx: Tx, message_id: str, sender: str, secret: bytes) -> int | None:
    """The ticket of a mail of ours that the original answers, if it was sent to its writer."""
    signed = signature.read(message_id)
    if signed is None or not signature.is_signed_for(signed, sender, secret):
        return None
    return ticket_of(tx, signed.ref)

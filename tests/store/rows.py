"""Small things that the store's tests write."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from maildesk.core.model import Envelope, ImapSpot, Receipt
from maildesk.store import inbox
from maildesk.store.outbox import OutboxItem
from maildesk.store.store import Store

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ENVELOPE = Envelope(
    source="smtp", received_at=NOW, mail_from="ada@acme.example", rcpt_to=("support@x.example",)
)
RAW = b"From: ada@acme.example\r\nSubject: x\r\n\r\nhello\r\n"


def receive(store: Store, raw: bytes = RAW, spot: ImapSpot | None = None) -> Receipt:
    """Store a message and wait until it is durable."""
    kept = store.raw.keep(raw)
    return store.write(lambda tx: inbox.add(tx, replace(ENVELOPE, spot=spot), kept))


def letter(**changes: object) -> OutboxItem:
    """A mail that is due now."""
    base = OutboxItem(
        event="ticket.received",
        cause="inbox:1:ticket.received",
        created_at=NOW,
        due_at=NOW,
        recipient="ada@acme.example",
        recipient_name="Ada",
        language="en",
        subject="[HELP-1] x",
        message_id="<help-1.p.n.m@x.example>",
        in_reply_to=None,
        thread=("<root@x.example>",),
        from_name="Support",
        from_address="support@x.example",
        reply_to="support@x.example",
        reverse_path="null",
        auto_submitted="auto-replied",
        counted=True,
        snapshot="{}",
    )
    return replace(base, **changes)

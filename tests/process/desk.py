"""A desk that takes messages without a listener."""

from __future__ import annotations

from maildesk.core.model import Envelope
from maildesk.desk import Maildesk
from maildesk.inbox.receive import Door
from maildesk.store import lists


def receive(maildesk: Maildesk, text: str) -> int:
    """Store one message; its inbox id."""
    door = Door(maildesk.store, policy=lambda: maildesk.policy, host="h", knock=lambda: None)
    raw = f"From: ada@acme.example\r\nSubject: x\r\n\r\n{text}\r\n".encode()
    envelope = Envelope(
        source="smtp",
        received_at=maildesk.now(),
        mail_from="ada@acme.example",
        rcpt_to=("support@localhost",),
    )
    receipt = door.accept(envelope, raw).result()
    door.close()
    return receipt.inbox_id


def states(maildesk: Maildesk) -> list[str]:
    """What became of each message."""
    with maildesk.store.read() as conn:
        return [row["state"] for row in lists.list_inbox(conn)]

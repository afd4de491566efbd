"""What a list can show of a message that nobody could read.

In: raw bytes. Out: From, Subject and Message-ID as far as they can be seen from outside.
*Fails:* never, and reads no more than `peek` does.
"""

from __future__ import annotations

from dataclasses import dataclass

from maildesk.mail.clean import clean_line
from maildesk.mail.headers import read_text
from maildesk.mail.peek import from_addresses, header_values

_SHOWN = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Glimpse:
    """Some fields of a message; "" and None for what cannot be seen."""

    sender: str
    subject: str
    message_id: str | None


def glimpse(raw: bytes) -> Glimpse:
    """The fields of these bytes."""
    found = header_values(raw, ("subject", "message-id"))
    subject, message_id = (next(iter(found[name]), "") for name in ("subject", "message-id"))
    return Glimpse(
        sender=next(iter(from_addresses(raw)), ""),
        subject=read_text(subject[:_SHOWN].encode("utf-8", "replace")),
        message_id=clean_line(message_id)[:_SHOWN] or None,
    )

"""What a stored message says of its sender, read from its header alone.

In: raw bytes, the envelope, the policy. Out: lines for people. Nothing below the header is looked
at, so it costs little, whatever the message holds.
*Fails:* never; a header that cannot be read is said to be one.
"""

from __future__ import annotations

from maildesk.core.evidence import evidence
from maildesk.core.model import Envelope, InboundMessage, Policy
from maildesk.errors import UnparseableMessage
from maildesk.mail.addresses import read_addresses
from maildesk.mail.authres import read_auth_results
from maildesk.mail.headers import split


def sender_of(raw: bytes, envelope: Envelope, policy: Policy) -> tuple[str, ...]:
    """What speaks for the sender, one fact a line."""
    try:
        block = split(raw)
    except UnparseableMessage as error:
        return (f"its header cannot be read: {error}",)
    people = read_addresses(block)
    message = InboundMessage(
        fingerprint="",
        message_id=None,
        sender=people.sender,
        is_sender_mended=people.is_mended,
        shown_from=people.from_address,
        subject="",
        auth_results=read_auth_results(block.all("authentication-results")),
    )
    return evidence(message, envelope, policy)

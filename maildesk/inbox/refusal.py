"""Whom a desk turns away to the face: strangers, under `unknown_senders = "reject"`.

In: the policy, the envelope, the bytes, the store. Out: the sentence that says why, or "" for a
message that is welcome. A sender counts as known by the envelope or by From: a forwarder rewrites
the first. Who has a part in a ticket of a desk that is written to is let in here; what the mail is
about shows only when it is read. Each recipient is judged by its own desk, and one that takes
strangers is enough.
*Fails:* StoreError.
"""

from __future__ import annotations

from maildesk.core.model import Envelope, Policy
from maildesk.core.recipients import desks_at, desks_elsewhere, is_known_sender
from maildesk.core.senders import hands_on
from maildesk.mail.peek import from_addresses
from maildesk.store.gather import has_a_part
from maildesk.store.store import Store


def refusal(store: Store, policy: Policy, envelope: Envelope, raw: bytes) -> str:
    """Why this sender is turned away to the face, or "" when the message is welcome."""
    if envelope.mail_from == "" or _is_elsewhere_welcome(policy, envelope):
        return ""
    claimed = (envelope.mail_from or "", *from_addresses(raw))
    elsewhere = desks_elsewhere(policy, envelope.rcpt_to)
    if any(_is_known(store, policy, address, elsewhere) for address in claimed if address):
        return ""
    # Whose mail a form brings is known once it is read; a stranger's is held then.
    if any(hands_on(policy.senders, address) for address in claimed):
        return ""
    return "this address takes mail from its customers only"


def _is_known(store: Store, policy: Policy, address: str, elsewhere: frozenset[str]) -> bool:
    """Tickets of a desk that the policy no longer names count: its key was changed."""
    if is_known_sender(policy, address):
        return True
    with store.read() as conn:
        return has_a_part(conn, address, elsewhere)


def _is_elsewhere_welcome(policy: Policy, envelope: Envelope) -> bool:
    desks = desks_at(policy, envelope.rcpt_to)
    return not desks or any(desk.unknown_senders != "reject" for desk in desks)

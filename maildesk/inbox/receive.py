"""Where every message becomes durable, before anybody answers for it.

In: an envelope and the bytes as they came. Out: a receipt, as a future that is done only after the
commit; then, and only then, may a way in say "250", move the mail or exit 0. Nothing that the
sender controls runs here but a bounded look at the From line where the policy asks for one.
*Fails:* StoreBusy when too much is in the works, UnusableMessage for an empty message, StoreError.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

from maildesk.core.model import Envelope, Policy, Receipt
from maildesk.core.recipients import desks_elsewhere, first_desk, is_known_sender
from maildesk.core.senders import hands_on
from maildesk.errors import StoreBusy, UnusableMessage
from maildesk.mail.peek import from_addresses
from maildesk.mail.trace import prepend
from maildesk.store import inbox
from maildesk.store.gather import has_a_part
from maildesk.store.raw import IN_ROW
from maildesk.store.store import Store

# What may be held in memory on its way to the disk (reliability: more is told to try again).
IN_FLIGHT_BYTES = 64 * 1024 * 1024


class Door:
    """The one way into the store; thread-safe. `knock` wakes processing and may be lost."""

    def __init__(
        self,
        store: Store,
        *,
        policy: Callable[[], Policy],
        host: str,
        knock: Callable[[], None],
    ) -> None:
        self._store = store
        self._policy = policy
        self._host = host
        self._knock = knock
        self._in_flight = 0
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="large-mail")

    def accept(self, envelope: Envelope, raw: bytes) -> Future[Receipt]:
        """Make a message durable; the future is done when it is."""
        if not raw.strip():
            message = "the message is empty"
            raise UnusableMessage(message)
        marked = prepend(envelope, raw, self._host, secrets.token_hex(8))
        return self._keep(envelope, marked)

    def note_oversize(self, envelope: Envelope, header: bytes, size: int) -> Future[Receipt]:
        """Keep the header of a message that is too large to be taken and stays where it is."""
        noted = replace(envelope, over_size=size)
        kept = self._store.raw.keep(header)
        stored = self._store.submit(lambda tx: inbox.add(tx, noted, kept))
        stored.add_done_callback(self._noted)
        return stored

    def refuses(self, envelope: Envelope, raw: bytes) -> str:
        """Why this sender is turned away to the face, or "" when the message is welcome.

        A sender counts as known by the envelope or by From: a forwarder rewrites the first. Who
        has a part in a ticket of a desk that is written to is let in here; what the mail is about
        shows only when it is read.
        """
        policy = self._policy()
        if not any(desk.unknown_senders == "reject" for desk in policy.desks):
            return ""
        if envelope.mail_from == "" or self._is_elsewhere_welcome(policy, envelope):
            return ""
        claimed = (envelope.mail_from or "", *from_addresses(raw))
        elsewhere = desks_elsewhere(policy, envelope.rcpt_to)
        if any(self._is_known(policy, address, elsewhere) for address in claimed if address):
            return ""
        # Whose mail a form brings is known once it is read; a stranger's is held then.
        if any(hands_on(policy.senders, address) for address in claimed):
            return ""
        return "this address takes mail from its customers only"

    def close(self) -> None:
        """Wait for large messages that are on their way to the disk."""
        self._pool.shutdown(wait=True)

    def _is_known(self, policy: Policy, address: str, elsewhere: frozenset[str]) -> bool:
        """Tickets of a desk that the policy no longer names count: its key was changed."""
        if is_known_sender(policy, address):
            return True
        with self._store.read() as conn:
            return has_a_part(conn, address, elsewhere)

    @staticmethod
    def _is_elsewhere_welcome(policy: Policy, envelope: Envelope) -> bool:
        delivery = first_desk(policy, envelope.rcpt_to)
        return delivery is None or delivery.desk.unknown_senders != "reject"

    def _keep(self, envelope: Envelope, raw: bytes) -> Future[Receipt]:
        size = len(raw)
        self._enter(size)
        try:
            is_small = size <= IN_ROW
            stored = self._store_row(envelope, raw) if is_small else self._large(envelope, raw)
        except BaseException:
            self._leave(size)
            raise
        stored.add_done_callback(lambda done: self._stored(size, done))
        return stored

    def _store_row(self, envelope: Envelope, raw: bytes) -> Future[Receipt]:
        kept = self._store.raw.keep(raw)
        return self._store.submit(lambda tx: inbox.add(tx, envelope, kept))

    def _large(self, envelope: Envelope, raw: bytes) -> Future[Receipt]:
        """The file is written on a thread of its own, so that the caller's loop never waits."""
        return self._pool.submit(lambda: self._store_row(envelope, raw).result())

    def _enter(self, size: int) -> None:
        with self._lock:
            if self._in_flight and self._in_flight + size > IN_FLIGHT_BYTES:
                message = "too much mail is on its way to the disk"
                raise StoreBusy(message)
            self._in_flight += size

    def _leave(self, size: int) -> None:
        with self._lock:
            self._in_flight -= size

    def _noted(self, done: Future[Receipt]) -> None:
        if not done.cancelled() and done.exception() is None:
            self._knock()

    def _stored(self, size: int, done: Future[Receipt]) -> None:
        self._leave(size)
        self._noted(done)

"""Where every message becomes durable, before anybody answers for it.

In: an envelope and the bytes as they came. Out: a receipt, as a future that is done only after the
commit; then, and only then, may a way in say "250", move the mail or exit 0. Nothing that the
sender controls runs here but a bounded look at the From line where the policy asks for one
(`inbox.refusal`).
*Fails:* StoreBusy when too much is in the works, UnusableMessage for an empty message, StoreError.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from maildesk.core.envelope import Envelope, Receipt
from maildesk.errors import StoreBusy, UnusableMessage
from maildesk.mail.trace import prepend
from maildesk.store import inbox
from maildesk.store.raw import IN_ROW
from maildesk.store.store import Store

if TYPE_CHECKING:
    from maildesk.core.model import Policy

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
        """Why this sender is turned away to the face, or "" when the message is welcome."""
        policy = self._policy()
        if not any(desk.unknown_senders == "reject" for desk in policy.desks):
            return ""
        # Most desks turn nobody away, and a pipe delivery to one of them loads no judge.
        from maildesk.inbox.refusal import refusal

        return refusal(self._store, policy, envelope, raw)

    def close(self) -> None:
        """Wait for large messages that are on their way to the disk."""
        self._pool.shutdown(wait=True)

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

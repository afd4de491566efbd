"""A maildesk with one promise broken, to see that the checks of this room can fail.

    python -m tests.crash.known_bad VARIANT -c FILE run

    ack-first      "250" before the commit
    no-claim       a mail that comes a second time is taken for a new one
    sent-first     an outgoing mail is marked as sent before it is handed over
    two-steps      the ticket is committed before the mails about it

*Fails:* KeyError for a variant that is not in the table.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

_WINDOW = 0.3  # seconds between the two halves of what must be one


def ack_first() -> None:
    """Say that it is stored, store it later."""
    from maildesk.core.model import Receipt
    from maildesk.inbox.receive import Door

    honest = Door.accept

    def accept(self: Door, envelope: Any, raw: bytes) -> Future[Receipt]:
        told: Future[Receipt] = Future()
        told.set_result(Receipt(inbox_id=0, is_new=True))
        late = threading.Timer(_WINDOW, honest, (self, envelope, raw))
        late.daemon = True
        late.start()
        return told

    Door.accept = accept  # type: ignore[method-assign]


def no_claim() -> None:
    """Know no mail again."""
    from maildesk.store import fingerprints

    fingerprints.claim = lambda *_: fingerprints.Claim()


def sent_first() -> None:
    """Mark first, send later."""
    from maildesk.outbox.courier import Courier
    from maildesk.store import outbox

    honest = Courier._send

    def send(self: Courier, claim: Any) -> None:
        self._store.write(lambda tx: outbox.mark_sent(tx, claim.id, self._now()))
        time.sleep(_WINDOW / 3)
        honest(self, claim)

    Courier._send = send  # type: ignore[method-assign]


def two_steps() -> None:
    """Queue the mails in a transaction of their own."""
    from maildesk import recording
    from maildesk.desk import Maildesk

    honest, made = recording.write_to_people, Maildesk.__init__
    desks: list[Maildesk] = []

    def make(self: Maildesk, *rest: Any, **more: Any) -> None:
        made(self, *rest, **more)
        desks.append(self)

    def write(tx: Any, *rest: Any) -> None:
        def later() -> None:
            time.sleep(_WINDOW)
            desks[0].store.submit(lambda tx: honest(tx, *rest))

        threading.Thread(target=later, daemon=True).start()

    Maildesk.__init__ = make  # type: ignore[method-assign]
    recording.write_to_people = write


VARIANTS: dict[str, Callable[[], None]] = {
    "ack-first": ack_first,
    "no-claim": no_claim,
    "sent-first": sent_first,
    "two-steps": two_steps,
}

if __name__ == "__main__":
    VARIANTS[sys.argv.pop(1)]()
    from maildesk.cli import main

    main()

"""Telling admins which messages could not be processed: all of an hour in one mail.

In: the time. Out: an `admin.alert` that names every failed message nobody has heard of yet, unless
the last such alert is less than an hour old; then they wait for the next. A message is named once,
however often it is tried again and fails again.
*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from maildesk.core import notices
from maildesk.core.model import Policy
from maildesk.core.phrase import Line, phrase
from maildesk.outbox import compose
from maildesk.store import failed
from maildesk.store.failed import FailedRow, Waiting
from maildesk.store.writer import Tx

_APART = timedelta(hours=1)
_NAMED = 50  # in one mail


def is_due(waiting: Waiting, now: datetime) -> bool:
    """Whether it is time to tell."""
    return waiting.told_at is None or not timedelta(0) <= now - waiting.told_at < _APART


def tell(tx: Tx, *, policy: Policy, secret: bytes, now: datetime) -> None:
    """Queue the alert."""
    untold = failed.take_untold(tx, now, limit=_NAMED)
    if not untold.count:
        return
    count = untold.count
    first = untold.rows[0].id
    title = phrase("alert.failed", number=first)
    if count > 1:
        title = phrase("alert.failed-several", count=count)
    one = str(first) if count == 1 else "ID"
    left = count - len(untold.rows)
    lines = (
        *(line for row in untold.rows for line in _lines(row)),
        *((phrase("alert.more", count=left),) if left > 0 else ()),
        phrase("alert.look", command=f"maildesk inbox show {one}"),
        phrase("alert.again", command=f"maildesk inbox retry {one}"),
    )
    told = notices.alerts(policy, title, lines)
    compose.queue_alert(tx, told, policy, secret, now)


def _lines(row: FailedRow) -> Iterator[Line]:
    """What can be seen of a message from outside, and what was wrong with it."""
    if row.from_address:
        yield phrase("alert.failed-from", number=row.id, person=row.from_address)
    else:
        yield phrase("alert.failed-from-nobody", number=row.id)
    if row.subject:
        yield phrase("returned.subject", words=row.subject[:100])
    yield phrase("returned.reason", words=row.reason)

"""Telling admins which messages could not be processed: all of an hour in one mail.

In: the time. Out: an `admin.alert` that names every failed message nobody has heard of yet, unless
the last such alert is less than an hour old; then they wait for the next. A message is named once,
however often it is tried again and fails again.
*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from maildesk.core import notices
from maildesk.core.model import Policy
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
    title = (
        f"message {untold.rows[0].id} could not be processed"
        if count == 1
        else f"{count} messages could not be processed"
    )
    lines = tuple(line for row in untold.rows for line in _lines(row))
    more = (f"and {count - len(untold.rows)} more",) if count > len(untold.rows) else ()
    one = str(untold.rows[0].id) if count == 1 else "ID"
    help_line = f"look at it: maildesk inbox show {one}; try again: maildesk inbox retry {one}"
    told = notices.alerts(policy, title, (*lines, *more, help_line))
    compose.queue_alert(tx, told, policy, secret, now)


def _lines(row: FailedRow) -> tuple[str, str]:
    sender = row.from_address or "an unknown sender"
    subject = f": {row.subject[:100]}" if row.subject else ""
    return f"message: {row.id}, from {sender}{subject}", f"reason: {row.reason}"

"""When a mailbox that is not well is told of: the pure arithmetic of it.

In: how the mailbox was, the moment, how often it is polled. Out: how it is now, and what to tell.
An alarm comes when there was no good poll for five intervals or ten minutes, whichever is longer;
then again when the trouble is twice as old, and so on, at least once a day; and once when it is
over. A mailbox never switches itself off.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from maildesk.store.mailboxes import Health

_INTERVALS = 5
_LONGEST_SILENCE = timedelta(days=1)


def after_good_poll(health: Health, now: datetime, complaint: str = "") -> Health:
    """The mailbox was read; `complaint` is why its mail could not be filed, if so."""
    if complaint:
        return replace(after_failure(health, now, complaint), last_poll_at=now)
    return Health(name=health.name, last_poll_at=now)


def after_failure(health: Health, now: datetime, error: str) -> Health:
    """The mailbox could not be read."""
    return replace(health, last_error=error, failing_since=health.failing_since or now)


def is_alarm_due(
    health: Health, now: datetime, *, poll_every: timedelta, alert_after: timedelta
) -> bool:
    """Whether people should be told, for the first time or again."""
    if health.failing_since is None:
        return False
    age = now - health.failing_since
    if health.alerted_at is None:
        return age >= max(_INTERVALS * poll_every, alert_after)
    told_at_age = health.alerted_at - health.failing_since
    return age >= told_at_age + min(told_at_age, _LONGEST_SILENCE)


def is_relief_due(before: Health, after: Health) -> bool:
    """Whether people who were told of trouble should hear that it is over."""
    return before.alerted_at is not None and after.failing_since is None

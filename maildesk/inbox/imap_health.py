"""When a mailbox that is not well is told of: the pure arithmetic of it.

In: how the mailbox was, the moment, how often it is polled. Out: how it is now, and what to tell.
An alarm comes when there was no good poll for five intervals or ten minutes, whichever is longer;
at once when the login is refused, which does not pass by itself. Then again when the trouble is
twice as old, and so on, at least once a day; and once when it is over. A mailbox never switches
itself off.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from maildesk.core.phrase import Phrase, phrase
from maildesk.store.mailboxes import Health

_INTERVALS = 5
_LONGEST_SILENCE = timedelta(days=1)
_REFUSED_SILENCE = timedelta(hours=1)
_RELOAD = "systemctl reload maildesk"


def after_good_poll(health: Health, now: datetime, complaint: str = "") -> Health:
    """The mailbox was read; `complaint` is why its mail could not be filed, if so."""
    if complaint:
        return replace(after_failure(health, now, complaint), last_poll_at=now)
    return Health(name=health.name, last_poll_at=now)


def after_failure(health: Health, now: datetime, error: str, *, is_refused: bool = False) -> Health:
    """The mailbox could not be read; `is_refused`: because of the login."""
    return replace(
        health,
        last_error=error,
        failing_since=health.failing_since or now,
        is_refused=is_refused,
    )


def is_alarm_due(
    before: Health, health: Health, now: datetime, *, poll_every: timedelta, alert_after: timedelta
) -> bool:
    """Whether people should be told, for the first time or again."""
    if health.failing_since is None:
        return False
    if health.alerted_at is None:
        patience = max(_INTERVALS * poll_every, alert_after)
        return health.is_refused or now - health.failing_since >= patience
    told_at_age = health.alerted_at - health.failing_since
    silence = min(told_at_age, _LONGEST_SILENCE)
    if health.is_refused:
        # That it is the login now is news, though not every few minutes.
        silence = max(silence, _REFUSED_SILENCE) if before.is_refused else alert_after
    return now - health.alerted_at >= silence


def is_relief_due(before: Health, after: Health) -> bool:
    """Whether people who were told of trouble should hear that it is over."""
    return before.alerted_at is not None and after.failing_since is None


def alarm(place: str, health: Health) -> tuple[Phrase, ...]:
    """Subject and words of an alert about a mailbox that is not well."""
    name, words = health.name, health.last_error or ""
    since = health.failing_since.isoformat() if health.failing_since else ""
    if health.is_refused:
        return (
            phrase("alert.mailbox-refused", name=name, at=since),
            phrase("alert.mailbox-refused-words", place=place, words=words),
            phrase("alert.mailbox-refused-why"),
            phrase("alert.mailbox-at-once", command=_RELOAD),
        )
    return (
        phrase("alert.mailbox-ill", name=name, at=since),
        phrase("alert.mailbox-ill-words", place=place, at=since, words=words),
    )


def relief(place: str, health: Health, now: datetime) -> tuple[Phrase, ...]:
    """The news that it is well again."""
    return (
        phrase("alert.mailbox-well", name=health.name),
        phrase("alert.mailbox-well-words", place=place, at=now.isoformat()),
    )

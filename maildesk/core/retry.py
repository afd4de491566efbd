"""When to try a mail again, and when to give it up.

In: how often and since when a mail was tried, the configured delays, a jitter between 0 and 1.
Out: the moment of the next attempt, or None for "give up". RFC 5321 §4.5.4.1 asks for a delay that
the configuration can change and a give-up time of four to five days.
*Fails:* never.
"""

from __future__ import annotations

from datetime import datetime, timedelta


def next_attempt(
    *,
    attempts: int,
    created_at: datetime,
    now: datetime,
    delays: tuple[timedelta, ...],
    give_up_after: timedelta,
    jitter: float,
) -> datetime | None:
    """The moment of attempt `attempts + 1` (`attempts` >= 1), or None when time is up.

    The last delay repeats. Jitter spreads a herd over the last quarter of the delay and never
    makes a wait longer than configured. A last attempt is made at the give-up moment itself. A
    mail that has waited for a dead relay is still tried once for each delay: its first real
    answer may be a greylist.
    """
    end = created_at + give_up_after
    delay = delays[min(attempts, len(delays)) - 1] * (0.75 + 0.25 * jitter)
    if now < end:
        return min(now + delay, end)
    return now + delay if attempts < len(delays) else None


def is_overdue(created_at: datetime, now: datetime, give_up_after: timedelta) -> bool:
    """Whether a mail whose relay is not to be had has waited for long enough."""
    return now >= created_at + give_up_after


def refused_pause(refusals: int) -> timedelta:
    """How long to leave alone who has refused our login: accounts are locked for less."""
    return min(timedelta(minutes=5 * (1 << min(refusals - 1, 10))), timedelta(hours=1))

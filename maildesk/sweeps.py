"""What the clock alone makes due: messages that nobody knows of, tickets that nobody answers.

In: the wiring. Out: queued mail. What is due is a question to the database, so a missed or doubled
look does no harm.
*Fails:* StoreError when the store does.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from maildesk import morning, patience
from maildesk.core import notices
from maildesk.core.model import Notice, Policy
from maildesk.desk import Maildesk
from maildesk.outbox import compose, unprocessed
from maildesk.store import failed, untold
from maildesk.store.untold import Untold
from maildesk.store.writer import Tx

# One alert gathers what comes together; then there is one a day, however much is held.
_GATHER = timedelta(minutes=10)
_PAUSE = timedelta(days=1)
_REASONS = 10


def sweep(maildesk: Maildesk) -> None:
    """Do what has become due."""
    with maildesk.store.read() as conn:
        found = untold.look(conn)
    if found and _is_due(found, maildesk.now()):
        maildesk.store.write(lambda tx: _tell(tx, maildesk))
        maildesk.new_letters.set()
    _tell_of_failures(maildesk)
    patience.sweep(maildesk)
    morning.sweep(maildesk)


def _tell_of_failures(maildesk: Maildesk) -> None:
    """Name what has failed since the last time, once an hour at most."""
    policy, secret, now = maildesk.policy, maildesk.store.identity.secret, maildesk.now()
    with maildesk.store.read() as conn:
        waiting = failed.look(conn)
    if waiting is None or not unprocessed.is_due(waiting, now):
        return
    maildesk.store.write(lambda tx: unprocessed.tell(tx, policy=policy, secret=secret, now=now))
    maildesk.new_letters.set()


def _is_due(found: Untold, now: datetime) -> bool:
    has_gathered = now - found.since >= _GATHER
    return has_gathered and (found.told_at is None or now - found.told_at >= _PAUSE)


def _tell(tx: Tx, maildesk: Maildesk) -> None:
    found, policy, now = untold.look(tx), maildesk.policy, maildesk.now()
    if found is None:
        return
    untold.told(tx, now)
    compose.queue_alert(tx, _alert(policy, found), policy, maildesk.store.identity.secret, now)


def _alert(policy: Policy, found: Untold) -> tuple[Notice, ...]:
    reasons = [f"{number} × {reason}" for reason, number in found.reasons[:_REASONS]]
    more = len(found.reasons) - _REASONS
    lines = (
        *reasons,
        *((f"and {more} more reasons",) if more > 0 else ()),
        "see them: maildesk inbox list --state held",
        "let one in: maildesk inbox retry ID",
    )
    what = "1 message is held" if found.count == 1 else f"{found.count} messages are held"
    return notices.alerts(policy, f"{what} and nobody was told", lines)

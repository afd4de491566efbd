"""What the clock alone makes due: messages that nobody knows of, tickets that nobody answers.

In: the wiring. Out: queued mail. What is due is a question to the database, so a missed or doubled
look does no harm.
*Fails:* StoreError when the store does.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from maildesk import morning, patience
from maildesk.core import notices
from maildesk.core.admission import REPLY_BY_ANOTHER
from maildesk.core.model import Notice, Policy
from maildesk.core.phrase import Line, phrase
from maildesk.core.screen import NO_SENDER, OWN_ADDRESS, UNKNOWN_SENDER
from maildesk.desk import Maildesk
from maildesk.outbox import compose, unprocessed
from maildesk.store import failed, untold
from maildesk.store.untold import Untold
from maildesk.store.writer import Tx

# One alert gathers what comes together; then there is one a day, however much is held.
_GATHER = timedelta(minutes=10)
_PAUSE = timedelta(days=1)
_REASONS = 10
_HELD = {
    UNKNOWN_SENDER: "held.unknown-sender",
    NO_SENDER: "held.no-sender",
    OWN_ADDRESS: "held.own-address",
    REPLY_BY_ANOTHER: "held.by-another",
}


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
    more = len(found.reasons) - _REASONS
    lines = (
        *(_reason(reason, number) for reason, number in found.reasons[:_REASONS]),
        *((phrase("alert.more-reasons", count=more),) if more > 0 else ()),
        phrase("alert.see", command="maildesk inbox list --state held"),
        phrase("alert.let-in", command="maildesk inbox retry ID"),
    )
    return notices.alerts(policy, phrase("alert.held", count=found.count), lines)


def _reason(reason: str, number: int) -> Line:
    """How many are held for a reason; the name of a filter, or of an agent, stays as it is."""
    code = _HELD.get(reason)
    if code:
        return phrase(code, count=number)
    return phrase("held.other", count=number, words=reason)

"""The sweep over tickets on which nobody says anything: reminders, and ends by silence.

In: the wiring. Out: reminders queued, tickets closed. Each ticket is looked at again inside its own
transaction, so whatever came meanwhile counts.
*Fails:* StoreError when the store does.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from maildesk.core.model import Desk, Policy, Ticket
from maildesk.core.silence import Silence, closing, reminder
from maildesk.core.workflow import CLIENT, DONE
from maildesk.desk import Maildesk
from maildesk.outbox import compose
from maildesk.outbox.occasion import Occasion
from maildesk.store import gather, record, silence
from maildesk.store.change import apply_change
from maildesk.store.writer import Tx

Judge = Callable[[Policy, Desk, Ticket, datetime], Silence | None]


def sweep(maildesk: Maildesk) -> None:
    """Remind, and close, what has waited for too long."""
    now = maildesk.now()
    reminding = partial(reminder, secret=maildesk.store.identity.secret)
    for desk in maildesk.policy.desks:
        due: list[tuple[int, Judge]] = [
            (ticket_id, reminding) for ticket_id in _to_remind(maildesk, desk, now)
        ]
        due += [(ticket_id, closing) for ticket_id in _to_close(maildesk, desk, now)]
        for ticket_id, judge in due:
            _settle(maildesk, desk, ticket_id, judge)
        if due:
            maildesk.new_letters.set()


def _to_remind(maildesk: Maildesk, desk: Desk, now: datetime) -> list[int]:
    after = desk.remind_waiting_after
    if after is None:
        return []
    with maildesk.store.read() as conn:
        return silence.unreminded(conn, desk.key, CLIENT, now - after)


def _to_close(maildesk: Maildesk, desk: Desk, now: datetime) -> list[int]:
    delays: dict[str, timedelta | None] = {
        CLIENT: desk.close_waiting_after,
        DONE: desk.close_done_after,
    }
    with maildesk.store.read() as conn:
        return [
            ticket_id
            for status, after in delays.items()
            if after is not None
            for ticket_id in silence.silent(conn, desk.key, status, now - after)
        ]


def _settle(maildesk: Maildesk, desk: Desk, ticket_id: int, judge: Judge) -> None:
    policy, now = maildesk.policy, maildesk.now()

    def settle(tx: Tx) -> None:
        ticket = gather.load_ticket(tx, ticket_id)
        found = judge(policy, desk, ticket, now)
        if found is None:
            return
        if found.change:
            apply_change(tx, ticket_id, found.change, now)
        else:
            silence.mark_reminded(tx, ticket_id)
        record.add_facts(tx, ticket_id, found.facts, now, {})
        occasion = Occasion(
            policy=policy,
            secret=maildesk.store.identity.secret,
            desk=desk,
            cause=f"silence:{ticket.key}:{ticket.status}:{ticket.status_since}",
            now=now,
            ticket=gather.load_ticket(tx, ticket_id),
            comment_id=None if found.change else silence.last_answer(tx, ticket_id),
        )
        compose.queue(tx, found.notices, occasion)

    maildesk.store.write(settle)

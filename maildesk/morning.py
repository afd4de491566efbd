"""The sweep that sends each agent the list of the morning.

In: the wiring. Out: a `digest.queue` for each agent for whom something is open. A day is looked at
once: what is assigned later that day is no morning's news.
*Fails:* StoreError when the store does.
"""

from __future__ import annotations

from maildesk.core.model import Agent
from maildesk.core.morning import Morning, desk_of, digest, morning_of
from maildesk.desk import Maildesk
from maildesk.outbox import answering, compose
from maildesk.outbox.occasion import Occasion
from maildesk.store import mornings
from maildesk.store.writer import Tx

Due = tuple[tuple[Agent, Morning], ...]


def sweep(maildesk: Maildesk) -> None:
    """Send the lists whose hour has come."""
    policy, now = maildesk.policy, maildesk.now()
    today = [(a, m) for a in policy.agents if (m := morning_of(policy, a, now))]
    if not today:
        return
    with maildesk.store.read() as conn:
        seen = mornings.seen(conn)
    due = tuple((a, m) for a, m in today if seen.get(a.id, "") < m.day.isoformat())
    if due:
        maildesk.store.write(lambda tx: _send(tx, maildesk, due))
        maildesk.new_letters.set()


def _send(tx: Tx, maildesk: Maildesk, due: Due) -> None:
    policy, now = maildesk.policy, maildesk.now()
    for agent, morning in due:
        mornings.see(tx, agent.id, morning.day)
        notice = digest(policy, agent, morning)
        if not answering.has_morning(tx, notice, policy):
            continue
        occasion = Occasion(
            policy=policy,
            secret=maildesk.store.identity.secret,
            desk=desk_of(policy, agent),
            cause=notice.once,
            now=now,
        )
        compose.queue(tx, (notice,), occasion)

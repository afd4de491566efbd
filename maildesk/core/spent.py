"""Which signed Message-IDs of an agent prove nothing any more, because others may know them.

In: a message on the table. Out: the ids in it that are spent from now on. An id proves an agent
because only he was sent it; whoever reads a mail in which he answers ours finds it in References.

    the message holds an id of an agent's, and            the id
    is the agent's own, to us and to other agents         stays a proof
    is the agent's own, with somebody else in To or Cc    is spent for every later mail
    is another agent's, to us and to agents               stays: colleagues pass our mail on
    is anybody else's, or nobody proves whose             is spent

A report or a program's answer tells nobody anything. A mail that the agent writes past the desk is
not seen here, only the first one that uses what it gave away (docs/decisions/0019-spent-proofs).
*Fails:* never.
"""

from __future__ import annotations

from collections.abc import Iterator

from maildesk.core.case import Case
from maildesk.core.hint import SpentId
from maildesk.core.model import Agent, Machine
from maildesk.core.recipients import is_ours
from maildesk.core.signature import SignedId, is_signed_for
from maildesk.core.trust import agent_at

_UNREAD = (Machine.BOUNCE, Machine.REPLY, Machine.OWN)


def spent_ids(case: Case) -> tuple[SpentId, ...]:
    """The agents' ids in the message that count for nothing from now on."""
    if case.message.machine in _UNREAD:
        return ()
    seen_by = _readers(case)
    return tuple(_spent(case, seen_by)) if seen_by else ()


def _spent(case: Case, seen_by: tuple[str, ...]) -> Iterator[SpentId]:
    for value, signed in case.refs.signed:
        holder = _holder(case, value, signed)
        if holder is None or signed.mac in case.context.spent:
            continue
        hints = (h.ticket_id for h in case.context.hints if h.value == value)
        yield SpentId(
            mac=signed.mac,
            message_id=value,
            agent=holder.id,
            seen_by=seen_by,
            ticket_id=next(hints, None),
        )


def _readers(case: Case) -> tuple[str, ...]:
    """Who beside the staff knows the message's References: its writer, or whom it went to."""
    if case.writer.agent is None:
        return (case.message.shown_from or "nobody who can be read",)
    policy = case.policy
    people = (m.email for m in (*case.message.to, *case.message.cc))
    outside = (p for p in people if not is_ours(policy, p) and agent_at(policy, p) is None)
    return tuple(dict.fromkeys(outside))


def _holder(case: Case, value: str, signed: SignedId) -> Agent | None:
    """The agent for whom we made the id, by its signature or our record of whom it went to."""
    sent_to = {h.sent_to for h in case.context.hints if h.value == value}
    for agent in case.policy.agents:
        if sent_to & set(agent.emails):
            return agent
        if any(is_signed_for(signed, address, case.context.secret) for address in agent.emails):
            return agent
    return None

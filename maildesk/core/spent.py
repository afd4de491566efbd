"""Which signed Message-IDs prove nothing any more, because others may know them.

In: a message on the table. Out: the ids in it that are spent from now on. An id proves an agent, or
whom an estimate's mail has asked, because nobody else was sent it; whoever reads a mail in which
they answer ours finds it in References.

    the message holds an id of an agent's, and            the id
    is the agent's own, to us and to other agents         stays a proof
    is the agent's own, with somebody else in To or Cc    is spent for every later mail
    is another agent's, to us and to agents               stays: colleagues pass our mail on
    is anybody else's, or nobody proves whose             is spent

The id of an estimate's mail is spent in the same way: by a mail of whom it asked that others have,
and by anybody else's mail with it. Their codes still decide, which stand in no header.

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
    return tuple(_spent(case))


def _spent(case: Case) -> Iterator[SpentId]:
    readers = _readers(case)
    for value, signed in case.refs.signed:
        holder = _holder(case, value, signed)
        asked = case.context.approver_by(value)
        seen_by = readers if holder else _readers_beside(case, asked) if asked else ()
        if not seen_by or signed.mac in case.context.spent:
            continue
        hints = (h.ticket_id for h in case.context.hints if h.value == value)
        yield SpentId(
            mac=signed.mac,
            message_id=value,
            holder=holder.id if holder else asked,
            seen_by=seen_by,
            ticket_id=next(hints, None),
        )


def _readers(case: Case) -> tuple[str, ...]:
    """Who beside the staff knows the message's References: its writer, or whom it went to."""
    if case.writer.agent is None:
        return (_shown(case),)
    return _outside(case)


def _readers_beside(case: Case, asked: str) -> tuple[str, ...]:
    """The same beside the one whom an estimate's mail asked."""
    mine = case.writer.addresses
    is_theirs = case.writer.agent is not None or (asked in mine and not case.writer.is_disowned)
    return tuple(p for p in _outside(case) if p != asked) if is_theirs else (_shown(case),)


def _shown(case: Case) -> str:
    return case.message.shown_from or "nobody who can be read"


def _outside(case: Case) -> tuple[str, ...]:
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

"""`#take` and `#assign`: whose ticket it is.

In: a situation. Out: the ticket with its owner; the new owner hears of it.
*Fails:* never.
"""

from __future__ import annotations

import difflib
from dataclasses import replace

from maildesk.core.model import Agent
from maildesk.core.orders.situation import Done, Fault, Outcome, Situation
from maildesk.core.phrase import phrase
from maildesk.core.trust import agent_at

_NOBODY = ("nobody", "none", "-")


def take(situation: Situation) -> Outcome:
    """`#take`: it is the writer's own."""
    agent = situation.case.writer.agent
    if agent is None:
        return Fault(why=phrase("orders.agents-only"))
    return _give(situation, agent)


def assign(situation: Situation) -> Outcome:
    """`#assign me|agent|nobody`, by id, name or address."""
    words = situation.words.strip().lstrip("@").strip()
    if not words:
        return Fault(why=phrase("orders.assign-whom", known=_known(situation)))
    if words.casefold() == "me":
        return take(situation)
    if words.casefold() in _NOBODY:
        return _give(situation, None)
    agent = _find(situation, words)
    if agent:
        return _give(situation, agent)
    ids = {a.id.casefold(): a.id for a in situation.policy.agents}
    close = difflib.get_close_matches(words.casefold(), ids, n=1, cutoff=0.6)
    why = phrase("orders.no-agent", words=words[:80], known=_known(situation))
    return Fault(why=why, form=f"#assign {ids[close[0]]}" if close else "")


def _find(situation: Situation, words: str) -> Agent | None:
    agents, wanted = situation.policy.agents, words.casefold()
    named = [a for a in agents if wanted in (a.id.casefold(), a.name.casefold())]
    first = [a for a in agents if a.name.casefold().split()[:1] == [wanted]]
    found = named or first
    return found[0] if len(found) == 1 else agent_at(situation.policy, words.strip("<>"))


def _give(situation: Situation, agent: Agent | None) -> Outcome:
    ticket = situation.ticket
    owner = agent.id if agent else None
    name = agent.name if agent else ""
    if ticket.owner == owner:
        code = "orders.owner-already" if agent else "orders.no-owner-already"
        return Done(ticket=ticket, said=phrase(code, name=name))
    return Done(
        ticket=replace(ticket, owner=owner),
        said=phrase("orders.owner" if agent else "orders.no-owner", name=name),
        facts=(situation.fact("owner changed", **{"from": ticket.owner, "to": owner}),),
    )


def _known(situation: Situation) -> str:
    return ", ".join(a.id for a in situation.policy.agents)

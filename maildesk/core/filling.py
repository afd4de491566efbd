"""What a customer's mail fills in: fields of the ticket, its urgency, impact and type.

    the mail                          the ticket
    `Version: 4.2`, which was asked   has the field
    `Urgency: high`, asked or not     has that urgency, and the priority that follows from it
    a first mail, something missing   its acknowledgement asks for it

What an agent, a program or an archive's agent writes fills in nothing. In: a message on the table,
the decision about it. Out: the decision with what is filled in.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from maildesk.core import intake
from maildesk.core.canned import Canned
from maildesk.core.case import Case
from maildesk.core.effects import SetFields
from maildesk.core.intake import Block, Filled
from maildesk.core.model import (
    Change,
    Decision,
    Event,
    Fact,
    NewComment,
    Ticket,
    Visibility,
)
from maildesk.core.orders.beginning import provisional
from maildesk.core.priority import weighed
from maildesk.core.rights import refusal


def filled_in(case: Case, decision: Decision) -> Decision:
    """The decision, and what its comment says of the ticket in the lines of a block."""
    comment = decision.comment
    if comment is None or not _is_customers(case, comment):
        return decision
    before = _ticket(case, decision)
    if before is None:
        return decision
    filled = _read(case, comment, before)
    after, facts = _weighed(case, before, filled)
    after = replace(after, fields=_together(before.fields, filled.fields))
    if after != before:
        effects = (SetFields(fields=filled.fields),) if filled.fields else ()
        decision = _changed(decision, after, (*facts, *_noted(case, filled)), effects)
    return _asking(case, decision, after) if decision.new_ticket else decision


def _is_customers(case: Case, comment: NewComment) -> bool:
    is_public = comment.visibility is Visibility.PUBLIC
    return is_public and comment.by_agent is None and not case.is_automatic


def _ticket(case: Case, decision: Decision) -> Ticket | None:
    """The ticket as the commands of the mail have left it."""
    if decision.change:
        return decision.change.ticket
    if decision.new_ticket:
        return provisional(decision.new_ticket, case.policy.workflow.opening().name)
    return next((t for t in case.context.tickets if t.id == decision.ticket_id), None)


def _read(case: Case, comment: NewComment, ticket: Ticket) -> Filled:
    words = comment.words or case.message
    filled = intake.read(words.text, words.full_text, _asked(case, ticket), ticket.fields)
    may = {
        name: refusal(case.policy, ticket, comment.author.email, name) is None
        for name in ("type", "urgency", "impact")
    }
    return replace(
        filled,
        type=filled.type if may["type"] else "",
        urgency=filled.urgency if may["urgency"] else "",
        impact=filled.impact if may["impact"] else "",
    )


def _asked(case: Case, ticket: Ticket) -> tuple[Block, ...]:
    """All that this customer may have been asked for: blocks of the desk, and canned replies."""
    blocks = (b for b in case.policy.intake if b.desk in ("", ticket.desk))
    return (*blocks, *_asked_by(case.policy.canned))


@lru_cache(maxsize=8)
def _asked_by(canned: tuple[Canned, ...]) -> tuple[Block, ...]:
    lines = ("\n".join(f"{name}:" for name in reply.fields) for reply in canned)
    return tuple(Block(text=text) for text in lines if text)


def _weighed(case: Case, before: Ticket, filled: Filled) -> tuple[Ticket, tuple[Fact, ...]]:
    """The ticket with the levels and the type that the customer names."""
    matrix = case.policy.priority_matrix
    after = weighed(before, matrix, urgency=filled.urgency, impact=filled.impact)
    after = replace(after, type=filled.type or before.type)
    facts = (
        Fact(
            kind=f"{name} changed",
            actor=case.author.email,
            detail=(("from", getattr(before, name)), ("to", getattr(after, name))),
        )
        for name in ("type", "urgency", "impact", "priority")
        if getattr(before, name) != getattr(after, name)
    )
    return after, tuple(facts)


def _together(
    known: tuple[tuple[str, str], ...], fresh: tuple[tuple[str, str], ...]
) -> tuple[tuple[str, str], ...]:
    return tuple({**dict(known), **dict(fresh)}.items())


def _noted(case: Case, filled: Filled) -> tuple[Fact, ...]:
    if not filled.fields:
        return ()
    return (Fact(kind="fields filled in", actor=case.author.email, detail=filled.fields),)


def _changed(
    decision: Decision,
    after: Ticket,
    facts: tuple[Fact, ...],
    effects: tuple[SetFields, ...],
) -> Decision:
    before = decision.change
    change = (
        replace(before, ticket=after, effects=(*before.effects, *effects))
        if before
        else Change(ticket=after, effects=effects)
    )
    return replace(decision, change=change, facts=(*decision.facts, *facts))


def _asking(case: Case, decision: Decision, ticket: Ticket) -> Decision:
    """The acknowledgement, with the block that fits the ticket while something is missing."""
    block = intake.block_for(
        case.policy.intake, desk=ticket.desk, ticket_type=ticket.type, language=ticket.language
    )
    if block is None:
        return decision
    missing = intake.missing(block, ticket.fields)
    has_some = any(name in dict(ticket.fields) for name, _ in intake.fields_in(block.text))
    if not missing and (block.required or has_some):
        return decision
    text = intake.remaining(block, ticket.fields)
    told = tuple(
        replace(n, intake=text, missing=missing) if n.event is Event.TICKET_RECEIVED else n
        for n in decision.notices
    )
    return replace(decision, notices=told)

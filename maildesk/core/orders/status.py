"""`#status`, `#done`, `#close`, `#reopen`: from one status to the next.

In: a situation. Out: the ticket in its new status, or why it cannot be there.
*Fails:* never.
"""

from __future__ import annotations

from maildesk.core.orders.situation import Done, Fault, Outcome, Situation
from maildesk.core.phrase import Phrase, phrase
from maildesk.core.workflow import CLOSED, Category, Status, moved
from maildesk.core.workflow import DONE as DONE_STATUS

_EXAMPLE = "In progress"


def set_status(situation: Situation) -> Outcome:
    """`#status In progress`, by the name of a status or its beginning, in the agents' language."""
    workflow, language = situation.policy.workflow, situation.desk.language
    status = workflow.find(situation.words, language)
    if status:
        return move(situation, status)
    near = workflow.nearest(situation.words, language)
    open_ways = _ways(situation)
    known = "\n".join(s.name for s in open_ways or workflow.statuses)
    meant = workflow.find(near, language)
    right = meant if meant in open_ways else next(iter(open_ways), None)
    form = f"#status {workflow.called(right.name, language)}" if right else ""
    if not situation.words:
        return Fault(why=phrase("orders.which-status", known=known), form=form)
    why = phrase("orders.no-status", words=situation.words[:80], known=known)
    return Fault(why=why, form=form)


def _ways(situation: Situation) -> tuple[Status, ...]:
    """The statuses that the writer may give the ticket now, the usual ones of work first."""
    workflow, ticket = situation.policy.workflow, situation.ticket
    ways = (
        s
        for s in workflow.statuses
        if s.name != ticket.status and workflow.allows(ticket, s, situation.roles)
    )
    return tuple(sorted(ways, key=lambda s: (s.name != _EXAMPLE, s.category is Category.DONE)))


def finish(situation: Situation) -> Outcome:
    """`#done`: the matter is settled."""
    return move(situation, situation.policy.workflow.ending(DONE_STATUS))


def close(situation: Situation) -> Outcome:
    """`#close words`: it has ended, settled or not; the words are for the customer."""
    outcome = move(situation, situation.policy.workflow.ending(CLOSED))
    if isinstance(outcome, Fault) or not situation.words:
        return outcome
    return Done(
        ticket=outcome.ticket,
        said=outcome.said,
        facts=outcome.facts,
        words=situation.words,
    )


def reopen(situation: Situation) -> Outcome:
    """`#reopen`: it has not ended after all."""
    if situation.ticket.is_open:
        return Fault(why=phrase("orders.is-open", status=situation.ticket.status))
    return move(situation, situation.policy.workflow.opening())


def _why_not(situation: Situation, status: Status) -> Phrase:
    ticket = situation.ticket
    roles = situation.policy.workflow.allowed_to(ticket, status)
    if not roles or not situation.is_staff:
        return phrase("orders.may-not-follow", status=status.name, before=ticket.status)
    who = ", ".join(roles)
    return phrase("orders.may-not-follow-by", status=status.name, before=ticket.status, roles=who)


def move(situation: Situation, status: Status) -> Outcome:
    """The ticket in that status, where its writer may bring it there."""
    ticket, workflow = situation.ticket, situation.policy.workflow
    if status.name == ticket.status:
        return Done(ticket=ticket, said=phrase("orders.status-already", status=status.name))
    if not workflow.allows(ticket, status, situation.roles):
        return Fault(why=_why_not(situation, status))
    kind = "status changed"
    if status.category is not Category.DONE and not ticket.is_open:
        kind = "reopened"
    detail = {"from": ticket.status, "to": status.name}
    return Done(
        ticket=moved(ticket, status, workflow, situation.now),
        said=phrase("orders.status", status=status.name, before=ticket.status),
        facts=(situation.fact(kind, **detail),),
    )

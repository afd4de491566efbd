"""An agent's answer to what is not the newest any more: held, and the agent is asked.

In: a message on the table, what was said on its ticket since the mail that it answers, the decision
about it. Out: the decision, or in its place a held message and the question: send it anyway, or
keep it as a note?

The Message-ID that an answer names tells what its writer had seen. Where a colleague has answered
since, or the customer has written, the answer may be wrong by now, and its commands, too: nothing
of it is done. Notes stay inside, so they are never held; neither is what follows the agent's own
words.
*Fails:* never.
"""

from __future__ import annotations

from datetime import datetime

from maildesk.core.actions import Action, action
from maildesk.core.case import Case
from maildesk.core.coded import HELD
from maildesk.core.codes import Bond
from maildesk.core.hint import Hint
from maildesk.core.message import Mailbox
from maildesk.core.model import Decision, Event, Fact, InboxState, Notice, Role, Ticket, Visibility
from maildesk.core.newer import Newer
from maildesk.core.phrase import Line, phrase

REASON = "something newer was said meanwhile"
_SHOWN = 3  # newer comments that the question quotes
_LONGEST = 600  # characters of each


def held_back(case: Case, hint: Hint | None, decision: Decision, now: datetime) -> Decision:
    """The decision, or the question whether the answer is still right."""
    agent, comment = case.writer.agent, decision.comment
    is_free = case.quiet or case.is_let_in or agent is None or hint is None
    if is_free or comment is None or comment.visibility is not Visibility.PUBLIC:
        return decision
    newer = tuple(n for n in case.context.unseen.newer if _counts(n, decision.ticket_id, case))
    if not newer or decision.ticket_id is None:
        return decision
    ticket = case.context.ticket(decision.ticket_id)
    fact = Fact(kind="answer held", actor=case.author.email, detail=(("because", REASON),))
    return Decision(
        state=InboxState.HELD,
        reason=REASON,
        ticket_id=ticket.id,
        facts=(fact,),
        notices=(_question(case, ticket, newer, now),),
    )


def _counts(newer: Newer, ticket_id: int | None, case: Case) -> bool:
    me = case.writer.agent
    return newer.ticket_id == ticket_id and (me is None or newer.agent != me.id)


def _question(case: Case, ticket: Ticket, newer: tuple[Newer, ...], now: datetime) -> Notice:
    agent, last = case.writer.agent, newer[-1]
    return Notice(
        event=Event.COMMAND_FAILED,
        to=Mailbox(email=case.author.email, name=agent.name if agent else ""),
        role=Role.AGENT,
        reason="agent",
        language=case.desk_of(ticket).language,
        title=phrase("stale.title", name=last.author.name or last.author.email),
        lines=(phrase("stale.held"), *(line for n in newer[-_SHOWN:] for line in _said(n))),
        actions=(
            _offer(case, ticket, "public", now),
            _offer(case, ticket, "internal", now),
        ),
        is_bare=True,
    )


def _said(newer: Newer) -> tuple[Line, ...]:
    shown = newer.text[:_LONGEST]
    return (phrase("stale.said", name=newer.author.name or newer.author.email), shown)


def _offer(case: Case, ticket: Ticket, command: str, now: datetime) -> Action:
    bond = Bond(
        key=ticket.key,
        recipient=case.author.email,
        action=command,
        extra=f"{HELD}{case.context.inbox_id}",
    )
    return action(phrase(f"action.held-{command}"), bond, case.context.secret, now)

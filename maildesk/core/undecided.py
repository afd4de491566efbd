"""An answer in words to the mail that asked about an estimate.

In: a message on the table, the decision about it. Out: the decision, where such an answer is a
comment and the estimate still waits, with

    to                news
    the agents        a line above the words: they are no approval
    their writer      once an estimate: the words have arrived; the two links again

Nobody guesses at a yes (docs/decisions/0023-answers-to-estimates.md): a question is such an answer,
too.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from maildesk.core import estimates
from maildesk.core.approval import ways_to_decide
from maildesk.core.case import Case
from maildesk.core.estimates import Estimate, EstimateState
from maildesk.core.model import Decision, Event, Mailbox, Notice, Role, Ticket, Visibility
from maildesk.core.notices import language_for
from maildesk.core.phrase import phrase


def still_undecided(case: Case, decision: Decision, now: datetime) -> Decision:
    """The decision, with the news that words alone approve nothing."""
    ticket = _answered_in_words(case, decision)
    asked = case.context.asked
    estimate = estimates.numbered(ticket.estimates, asked.number) if ticket and asked else None
    if ticket is None or estimate is None or estimate.state is not EstimateState.ASKED:
        return decision
    line = phrase("approval.in-words", number=estimate.number)
    told = tuple(
        replace(n, changes=(line, *n.changes))
        if n.role == Role.AGENT and n.event is Event.COMMENT_PUBLIC
        else n
        for n in decision.notices
    )
    return replace(decision, notices=(*told, *_ways(case, ticket, estimate, now)))


def _answered_in_words(case: Case, decision: Decision) -> Ticket | None:
    """The ticket, if a person whom one of its estimates asked has written a comment instead."""
    asked, comment = case.context.asked, decision.comment
    if asked is None or comment is None or comment.visibility is Visibility.INTERNAL:
        return None
    is_theirs = asked.recipient in case.writer.addresses and asked.ticket_id == decision.ticket_id
    if not is_theirs or case.writer.agent or case.is_automatic or case.quiet:
        return None
    return decision.change.ticket if decision.change else case.context.ticket(asked.ticket_id)


def _ways(case: Case, ticket: Ticket, estimate: Estimate, now: datetime) -> tuple[Notice, ...]:
    """The mail that says how to decide, to who may."""
    policy, email = case.policy, case.author.email
    may = any(p.email == email for p in estimates.approvers(policy, ticket))
    if not (may and case.is_within_allowance()):
        return ()
    desk = case.desk_of(ticket)
    on_it = {p.email: p.role for p in ticket.participants}
    ways = Notice(
        event=Event.ESTIMATE_REQUESTED,
        to=Mailbox(email=email, name=case.author.name),
        role=on_it.get(email, Role.PARTICIPANT),
        reason="approver",
        language=language_for(policy, desk, ticket, email),
        counted=True,
        title=phrase("approval.words-arrived", spent=estimate.minutes * 60),
        estimate=estimate,
        actions=ways_to_decide(ticket.key, estimate.number, email, case.context.secret, now),
        is_bare=True,
        once=f"undecided:{ticket.key}:{estimate.number}",
    )
    return (ways,)

"""What a mail means to a ticket that is done: a reopening, a word of thanks, or a new matter.

    the mail                              becomes
    ------------------------------------  ------------------------------------------------------
    an agent's, a note, or it is open      a comment
    a program's                           a comment; nothing is reopened by what nobody wrote
    written before the ticket was done,   a comment; an archive reopens nothing
      and imported
    thanks and nothing else               a comment; done stays done (`thanks_reopen` changes it)
    within `reopen_within`                a comment, and the ticket is open again; over the day's
                                          allowance the mail is held, with one alert
    later                                 a comment on the ticket that goes on with this one, else
                                          such a ticket: linked, with the same people

A ticket that waits for its customer goes on with the customer's words.

In: a message on the table, the hint that it follows. Out: the decision. When unsure, it reopens.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import Enum, auto

from maildesk.core import estimates, notices
from maildesk.core.case import Case
from maildesk.core.commenting import comment_on, visibility_of
from maildesk.core.hint import Hint
from maildesk.core.model import Change, Decision, Fact, InboxState, Ticket, Visibility
from maildesk.core.opening import open_ticket
from maildesk.core.phrase import phrase
from maildesk.core.thanks import is_thanks
from maildesk.core.workflow import Status, answered, moved


class _Fate(Enum):
    COMMENT = auto()
    THANKS = auto()
    REOPENING = auto()
    TOO_OFTEN = auto()
    LATE = auto()


def follow(case: Case, hint: Hint, now: datetime) -> Decision:
    """What becomes of a mail whose hint its writer may use."""
    ticket = case.context.ticket(hint.ticket_id)
    fate = _fate(case, hint, ticket, now)
    while fate is _Fate.LATE and (later := case.context.continuation_of(ticket)):
        ticket, fate = later, _fate(case, hint, later, now)
    if fate is _Fate.LATE:
        return open_ticket(case, now, goes_on_with=ticket)
    if fate is _Fate.TOO_OFTEN:
        return _held(case, ticket, now)
    decision = comment_on(case, hint, ticket, now)
    actor = case.author.email
    if fate is _Fate.THANKS:
        thanks = Fact(kind="thanks filed", actor=actor, detail=(("status", ticket.status),))
        return replace(decision, facts=(*decision.facts, thanks))
    if fate is _Fate.REOPENING:
        return _moved(case, decision, ticket, case.policy.workflow.opening(), now)
    is_idle = _is_idle(case, decision) or _waits_for_another(case, ticket)
    goes_on = None if is_idle else answered(ticket, case.policy.workflow)
    return _moved(case, decision, ticket, goes_on, now) if goes_on else decision


def _is_idle(case: Case, decision: Decision) -> bool:
    """Whether a ticket that waits for its customer goes on waiting."""
    is_public = decision.comment and decision.comment.visibility is Visibility.PUBLIC
    return bool(case.writer.agent or case.is_automatic or not is_public)


def _waits_for_another(case: Case, ticket: Ticket) -> bool:
    """Whether an estimate waits for its approvers, none of whom has written this."""
    if estimates.waiting(ticket.estimates) is None:
        return False
    approvers = {person.email for person in estimates.approvers(case.policy, ticket)}
    return approvers.isdisjoint(case.writer.addresses)


def _moved(
    case: Case, decision: Decision, ticket: Ticket, status: Status, now: datetime
) -> Decision:
    """The ticket goes on with the customer's words."""
    kind = "status changed" if ticket.is_open else "reopened"
    detail = (("from", ticket.status), ("to", status.name))
    fact = Fact(kind=kind, actor=case.author.email, detail=detail)
    after = moved(ticket, status, case.policy.workflow, now)
    return replace(decision, change=Change(ticket=after), facts=(*decision.facts, fact))


def _fate(case: Case, hint: Hint, ticket: Ticket, now: datetime) -> _Fate:
    is_note = visibility_of(case, hint) is Visibility.INTERNAL
    if ticket.is_open or case.writer.agent or case.is_automatic or is_note:
        return _Fate.COMMENT
    done_at = ticket.resolved_at or ticket.created_at
    if case.is_ended or (case.quiet and now <= done_at):
        return _Fate.COMMENT
    desk = case.desk_of(ticket)
    if not desk.thanks_reopen and _is_thanks(case):
        return _Fate.THANKS
    if desk.reopen_within is None or now > done_at + desk.reopen_within:
        return _Fate.LATE
    limit = case.policy.reopenings_per_ticket
    is_free = case.quiet or case.is_let_in
    if limit and ticket.reopenings >= limit and not is_free:
        return _Fate.TOO_OFTEN
    return _Fate.REOPENING


def _is_thanks(case: Case) -> bool:
    if case.message.attachments:
        return False
    known = [case.author.name, *(a.name for a in case.policy.agents)]
    return is_thanks(case.message.text, (*known, *(d.name for d in case.policy.desks)))


def _held(case: Case, ticket: Ticket, now: datetime) -> Decision:
    title, person = phrase("alert.too-often", key=ticket.key), case.author.email
    lines = (
        phrase("alert.too-often-words", key=ticket.key, count=ticket.reopenings, person=person),
        phrase("alert.let-in", command="maildesk inbox retry ID"),
    )
    once = f"reopenings:{ticket.key}:{now:%Y-%m-%d}"
    told = notices.alerts(case.policy, title, lines, once=once)
    reason = "too many reopenings of this ticket"
    return Decision(state=InboxState.HELD, reason=reason, about=ticket.id, notices=told)

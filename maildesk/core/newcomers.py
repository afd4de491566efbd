"""Who comes to a ticket that others have begun hears that they are on it: `participant.added`.

    who                                         hears
    ------------------------------------------  -----------------------------------------------
    brought by `#cc`, by sharing, by a forward   the words of the mail that brought them, if they
                                                may read them
    stood in that mail's own To or Cc           that they are on the ticket, without its words
    stood there when the ticket was opened      nothing: they are no newcomers
    the writer, a new requester                 nothing: they know, or have `ticket.received`

What else the mail does to the ticket stands in the same mail. A program's mail welcomes nobody.

In: a message on the table, the decision about it with its notices. Out: the decision, with the
newcomers' notices in place of what they would have got.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from maildesk.core import notices
from maildesk.core.case import Case
from maildesk.core.model import (
    Decision,
    Event,
    Mailbox,
    Notice,
    Participant,
    Role,
    Ticket,
    Visibility,
)
from maildesk.core.orders.beginning import provisional
from maildesk.core.orders.merging import merged_people
from maildesk.core.recipients import is_ours
from maildesk.core.trust import agent_at

_EARLIER = 3  # comments
_STAYS = (Event.COMMAND_DONE, Event.COMMAND_FAILED, Event.TICKET_RECEIVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arrival:
    """A ticket with people who were not on it before."""

    case: Case
    decision: Decision
    ticket: Ticket

    def had_the_mail(self, person: Participant) -> bool:
        """Whether they stood in the mail's own To or Cc, or in that of what it passes on."""
        message = self.case.message
        passed = message.forwarded if self.case.writer.agent else None
        direct = (*message.to, *message.cc, *((*passed.to, *passed.cc) if passed else ()))
        agent = agent_at(self.case.policy, person.email)
        theirs = agent.emails if agent else (person.email,)
        return any(m.email in theirs for m in direct)

    def may_read(self, person: Participant) -> bool:
        """Whether the words of this mail are for them, too."""
        comment = self.decision.comment
        is_public = comment is not None and comment.visibility is Visibility.PUBLIC
        return comment is not None and (is_public or person.role is Role.AGENT)


def welcomed(case: Case, decision: Decision) -> Decision:
    """The decision with news for those whom it brings to a ticket."""
    ticket = _after(case, decision)
    is_quiet = decision.change is not None and decision.change.is_quiet
    if ticket is None or is_quiet or case.quiet or case.is_automatic:
        return decision
    arrival = _Arrival(case=case, decision=decision, ticket=ticket)
    fresh = {p.email: p for p in _fresh(arrival)}
    kept = tuple(n for n in decision.notices if n.to.email not in fresh or n.event in _STAYS)
    told = tuple(_added(arrival, person) for person in fresh.values())
    return replace(decision, notices=(*kept, *told))


def shown(person: Mailbox) -> str:
    """What somebody is called in our mail; a name that shows an address is none."""
    return person.name if person.name and "@" not in person.name else person.email


def _after(case: Case, decision: Decision) -> Ticket | None:
    """The ticket as the decision leaves it, with everybody on it."""
    if decision.change:
        ticket = decision.change.ticket
    elif decision.new_ticket:
        ticket = provisional(decision.new_ticket, case.policy.workflow.opening().name)
    elif decision.ticket_id is not None and decision.new_participants:
        ticket = case.context.ticket(decision.ticket_id)
    else:
        return None
    known = {p.email for p in ticket.participants}
    more = tuple(p for p in decision.new_participants if p.email not in known)
    return replace(ticket, participants=(*ticket.participants, *more))


def _fresh(arrival: _Arrival) -> tuple[Participant, ...]:
    case, decision = arrival.case, arrival.decision
    known = _known(arrival) | merged_people(case, decision)
    written = {n.to.email for n in decision.notices} if decision.new_ticket else set()
    return tuple(
        p
        for p in arrival.ticket.participants
        if p.email not in known | written
        and p.role is not Role.REQUESTER
        and p.email not in case.writer.addresses
        and not is_ours(case.policy, p.email)
        and not (decision.new_ticket and arrival.had_the_mail(p))
    )


def _known(arrival: _Arrival) -> set[str]:
    """Who was on the ticket before; nobody on one that is only being opened."""
    tickets = arrival.case.context.tickets
    before = next((t for t in tickets if t.id == arrival.ticket.id), None)
    return {p.email for p in before.participants} if before else set()


def _added(arrival: _Arrival, person: Participant) -> Notice:
    case, ticket, decision = arrival.case, arrival.ticket, arrival.decision
    desk = case.desk_of(ticket)
    mine = next((n for n in decision.notices if n.to.email == person.email), None)
    # Who may read all of it is shown how it stands; on a new ticket there is nothing yet.
    earlier = _EARLIER if ticket.id and not person.sees_after else 0
    has_words = arrival.may_read(person) and not arrival.had_the_mail(person)
    author = decision.comment.author if decision.comment else case.author
    agent = case.writer.agent
    return Notice(
        event=Event.PARTICIPANT_ADDED,
        to=Mailbox(email=person.email, name=person.name),
        role=person.role,
        reason=person.role,
        language=(
            desk.language
            if person.role is Role.AGENT
            else notices.language_for(case.policy, desk, ticket, person.email)
        ),
        words_of=shown(author) if has_words else "",
        actor=Mailbox(email=case.author.email, name=agent.name if agent else shown(case.author)),
        changes=mine.changes if mine else (),
        earlier=earlier,
        is_bare=not has_words,
    )

"""`#split [subject]`: what stands below it becomes a ticket of its own.

In: a situation; later what the words below would have become on this ticket. Out: the new ticket,
linked both ways, with the same requester and organisation, and their author's words as its first
comment.

The requester is told by the mail that brings the words, or by a bare one where they are a note: it
has the new key in its subject and names the old one. The desk's agents get `ticket.new`.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import replace

from maildesk.core import thread
from maildesk.core.aside import Aside
from maildesk.core.case import Case
from maildesk.core.links import LinkKind, TicketLink
from maildesk.core.model import (
    Decision,
    Event,
    Fact,
    InboxState,
    Mailbox,
    NewTicket,
    Notice,
    Participant,
    Role,
    Ticket,
    Visibility,
)
from maildesk.core.orders.situation import Done, Fault, Outcome, Situation
from maildesk.core.phrase import phrase
from maildesk.core.sharing import organisation_named, people_of


def split(situation: Situation) -> Outcome:
    """`#split The other matter`; without words it keeps the subject."""
    ticket, context = situation.ticket, situation.case.context
    key = dict(context.next_keys).get(ticket.desk, "")
    if situation.is_new or not key:
        return Fault(why=phrase("orders.needs-ticket"))
    if not situation.has_more or situation.case.message.forwarded:
        return Fault(why=phrase("orders.split-nothing"))
    link = TicketLink(kind=LinkKind.SPLIT, to=key)
    if link in ticket.links:
        return Fault(why=phrase("orders.split-once"))
    named = thread.ticket_subject(situation.words, situation.policy)
    new = _new_ticket(situation, ticket.subject if named == thread.NO_SUBJECT else named)
    return Done(
        ticket=replace(ticket, links=(*ticket.links, link)),
        said=phrase("orders.split", to=key, subject=new.subject),
        facts=(situation.fact("split", to=key),),
        split=new,
    )


def divided(case: Case, decided: Decision, ticket: Ticket, new: NewTicket) -> Decision:
    """The words below, which would have been a comment on this ticket, as the new one's first."""
    comment = decided.comment
    detail = (("split from", ticket.key), ("proof", case.writer.proof))
    fact = Fact(kind="ticket opened", actor=case.author.email, detail=detail)
    is_public = comment is not None and comment.visibility is Visibility.PUBLIC
    aside = Aside(
        new_ticket=new,
        comment=comment,
        facts=(fact,),
        notices=(*_to_requester(case, ticket, new, is_public=is_public), *_to_agents(case, ticket)),
    )
    return Decision(state=InboxState.DONE, reason="commands", ticket_id=ticket.id, asides=(aside,))


def _new_ticket(situation: Situation, subject: str) -> NewTicket:
    ticket, requester = situation.ticket, situation.ticket.requester
    first = Participant(email=requester.email, name=requester.name, role=Role.REQUESTER)
    return NewTicket(
        desk=ticket.desk,
        subject=subject,
        language=ticket.language,
        requester=requester,
        organisation=ticket.organisation,
        participants=(first, *_sharers(situation, first)),
        is_shared=ticket.is_shared,
        links=(TicketLink(kind=LinkKind.SPLIT, to=ticket.key),),
        priority=situation.policy.usual_priority,
        created_at=situation.now,
    )


def _sharers(situation: Situation, first: Participant) -> tuple[Participant, ...]:
    """The new ticket is as open to the organisation as the one that it comes from."""
    policy, ticket = situation.policy, situation.ticket
    organisation = organisation_named(policy, ticket.organisation)
    people = people_of(policy, organisation) if ticket.is_shared else ()
    return tuple(p for p in people if p.email != first.email)


def _to_requester(
    case: Case, ticket: Ticket, new: NewTicket, *, is_public: bool
) -> tuple[Notice, ...]:
    """The words, or where they are not for the requester, that there is a new number."""
    mailing = case.mailing(case.desk_of(ticket), ticket)
    if is_public and (told := mailing.to_people(new.participants)):
        line = phrase("changed.split-from", other=ticket.key)
        return tuple(replace(notice, changes=(line,)) for notice in told)
    if new.requester.email in case.writer.addresses:
        return ()
    return (
        Notice(
            event=Event.STATUS_CHANGED,
            to=Mailbox(email=new.requester.email, name=new.requester.name),
            role=Role.REQUESTER,
            reason="requester",
            language=ticket.language,
            title=phrase("split.news", other=ticket.key),
            is_bare=True,
        ),
    )


def _to_agents(case: Case, ticket: Ticket) -> tuple[Notice, ...]:
    line = phrase("changed.split-from", other=ticket.key)
    told = case.mailing(case.desk_of(ticket)).opened()
    return tuple(replace(notice, changes=(line,)) for notice in told)

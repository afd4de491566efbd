"""A mail becomes a ticket of its own.

In: a message on the table that belongs to no ticket its writer may use. Out: the ticket, its first
comment, the acknowledgement and the news to the agents; or, over the allowance, `held`.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from maildesk.core import notices, thread
from maildesk.core.case import Case
from maildesk.core.model import (
    Decision,
    Fact,
    InboxState,
    Mailbox,
    NewTicket,
    Notice,
    Organisation,
    Participant,
    Role,
    Ticket,
    Visibility,
)
from maildesk.core.people import addressed, joined, joining
from maildesk.core.phrase import phrase
from maildesk.core.recipients import organisation_of
from maildesk.core.sharing import people_of
from maildesk.core.weighing import weighed


def open_ticket(case: Case, now: datetime, *, goes_on_with: Ticket | None = None) -> Decision:
    """The message as the first comment of a new ticket.

    One that goes on with a ticket which was done for too long has the same people.
    """
    policy = case.policy
    if _is_over_allowance(case):
        return _too_many(case, now)
    requester = case.author
    organisation = organisation_of(policy, requester.email)
    others = _people_of(goes_on_with)
    is_shared = _is_shared(organisation, goes_on_with)
    people = _people(case, others, organisation if is_shared else None)
    related = goes_on_with.key if goes_on_with else _named(case)
    ticket = NewTicket(
        desk=case.desk.key,
        subject=thread.ticket_subject(case.message.subject, policy),
        language=notices.language_of(policy, case.desk, requester.email),
        requester=requester,
        organisation=organisation.name if organisation else None,
        participants=people,
        is_shared=is_shared,
        related_to=related,
        continues=goes_on_with.id if goes_on_with else None,
        priority=policy.usual_priority,
        created_at=now,
    )
    fact = Fact(
        kind="ticket opened",
        actor=requester.email,
        detail=_opening(case, related, goes_on_with),
        hints=weighed(case, None),
    )
    return Decision(
        state=InboxState.DONE,
        new_ticket=ticket,
        comment=case.words(case.asked or Visibility.PUBLIC, now),
        facts=(fact, *joined(people, requester.email)),
        notices=_first_mails(case, requester, others, now),
    )


def _is_shared(organisation: Organisation | None, before: Ticket | None) -> bool:
    """As its organisation says; one that goes on with another, as that one was."""
    if organisation is None:
        return False
    is_theirs = before is not None and before.organisation == organisation.name
    return before.is_shared if before is not None and is_theirs else organisation.share


def _people(
    case: Case, others: tuple[Participant, ...], shared_with: Organisation | None
) -> tuple[Participant, ...]:
    """The writer as requester, who stands in To and Cc, those of before, the organisation's."""
    author, sharers = case.author, people_of(case.policy, shared_with)
    first = Participant(email=author.email, name=author.name, role=Role.REQUESTER)
    return (first, *joining((first,), (*addressed(case), *others, *sharers)))


def _named(case: Case) -> str | None:
    """The ticket that a stranger's hint leads to: for agents' eyes."""
    hint = next(iter(case.context.hints), None)
    return case.context.ticket(hint.ticket_id).key if hint else None


def _people_of(ticket: Ticket | None) -> tuple[Participant, ...]:
    return tuple(
        replace(p, role=Role.PARTICIPANT) if p.role is Role.REQUESTER else p
        for p in (ticket.participants if ticket else ())
    )


def _first_mails(
    case: Case, requester: Mailbox, others: tuple[Participant, ...], now: datetime
) -> tuple[Notice, ...]:
    if case.quiet:
        return ()
    policy = case.policy
    told = (*case.mailing(case.desk).opened(), *_relayed(case, others))
    if not case.is_to_be_answered():
        return told
    if case.context.lately.is_echo:
        return (*told, *_says_the_same(case, now))
    return (notices.received(policy, case.desk, requester), *told)


def _says_the_same(case: Case, now: datetime) -> tuple[Notice, ...]:
    """The alert about a sender who may be a program that answers our acknowledgements, unmarked.

    Its words are tickets all the same, since they may be a person's who fills in a form; but what
    is not acknowledged is not answered, and so it ends.
    """
    who = case.message.shown_from
    lines = (
        f"{who} has opened many tickets with the same words within a day.",
        "It may be a program that answers our acknowledgements without saying that it is one.",
        "Its mails still become tickets, but the same words are not acknowledged again today.",
    )
    title = f"{who} says the same again and again"
    return notices.alerts(case.policy, title, lines, once=f"echo:{who}:{now:%Y-%m}")


def _relayed(case: Case, others: tuple[Participant, ...]) -> tuple[Notice, ...]:
    """The words for those who were on the ticket that this one goes on with."""
    people = tuple(p for p in others if p.role is not Role.AGENT)
    return () if case.is_automatic else case.mailing(case.desk).to_people(people)


def _is_over_allowance(case: Case) -> bool:
    limit = case.policy.tickets_per_sender
    is_free = case.quiet or case.is_let_in
    return bool(limit and case.context.lately.tickets >= limit and not is_free)


def _too_many(case: Case, now: datetime) -> Decision:
    who, count = case.message.shown_from, case.context.lately.tickets
    lines = (phrase("alert.too-many-words", person=who, count=count),)
    title = phrase("alert.too-many", person=who)
    told = notices.alerts(
        case.policy, title, lines, once=f"tickets-per-sender:{who}:{now:%Y-%m-%dT%H}"
    )
    return Decision(
        state=InboxState.HELD,
        reason="too many new tickets from this sender",
        notices=told,
    )


def _opening(
    case: Case, related: str | None, goes_on_with: Ticket | None
) -> tuple[tuple[str, str], ...]:
    named = (("goes on with" if goes_on_with else "named", related),) if related else ()
    proof = (("proof", case.writer.proof),) if case.writer.proof else ()
    by = (("handed on by", case.message.handed_on_by),) if case.message.handed_on_by else ()
    rule = (("rule", case.message.handed_on_as),) if case.message.handed_on_as else ()
    is_answered = case.is_to_be_answered() and not case.context.lately.is_echo
    withheld = () if is_answered else (("acknowledgement", "withheld"),)
    return (*named, *proof, *by, *rule, *withheld)

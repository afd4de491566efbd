"""A mail becomes a ticket of its own.

In: a message on the table that belongs to no ticket its writer may use. Out: the ticket, its first
comment, the acknowledgement and the news to the agents; or, over the allowance, `held`.
*Fails:* never.
"""

from __future__ import annotations

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
    Participant,
    Role,
    Visibility,
)
from maildesk.core.people import addressed, joined, joining
from maildesk.core.recipients import organisation_of
from maildesk.core.weighing import weighed


def open_ticket(case: Case, now: datetime) -> Decision:
    """The message as the first comment of a new ticket."""
    policy = case.policy
    limit = policy.tickets_per_sender
    is_free = case.quiet or case.is_let_in
    if limit and case.context.tickets_last_hour >= limit and not is_free:
        return _too_many(case, now)
    requester = case.author
    organisation = organisation_of(policy, requester.email)
    first = Participant(email=requester.email, name=requester.name, role=Role.REQUESTER)
    people = (first, *joining((first,), addressed(case)))
    stranger_named = next(iter(case.context.hints), None)
    related = case.context.ticket(stranger_named.ticket_id).key if stranger_named else None
    ticket = NewTicket(
        desk=case.desk.key,
        subject=thread.ticket_subject(case.message.subject, policy),
        language=notices.language_of(policy, case.desk, requester.email),
        requester=requester,
        organisation=organisation.name if organisation else None,
        participants=people,
        related_to=related,
        created_at=now,
    )
    fact = Fact(
        kind="ticket opened",
        actor=requester.email,
        detail=_opening(case, related),
        hints=weighed(case, None),
    )
    return Decision(
        state=InboxState.DONE,
        new_ticket=ticket,
        comment=case.words(Visibility.PUBLIC, now),
        facts=(fact, *joined(people)),
        notices=_first_mails(case, requester),
    )


def _first_mails(case: Case, requester: Mailbox) -> tuple[Notice, ...]:
    if case.quiet:
        return ()
    policy = case.policy
    told = case.mailing(case.desk).opened()
    if not case.is_to_be_answered():
        return told
    return (notices.received(policy, case.desk, requester), *told)


def _too_many(case: Case, now: datetime) -> Decision:
    who = case.message.shown_from
    lines = (
        f"{who} has opened {case.context.tickets_last_hour} tickets within an hour.",
        "Further mail from this address that would open a ticket is held.",
    )
    title = f"too many new tickets from {who}"
    told = notices.alerts(
        case.policy, title, lines, once=f"tickets-per-sender:{who}:{now:%Y-%m-%dT%H}"
    )
    return Decision(
        state=InboxState.HELD,
        reason="too many new tickets from this sender",
        notices=told,
    )


def _opening(case: Case, related: str | None) -> tuple[tuple[str, str], ...]:
    named = (("named", related),) if related else ()
    proof = (("proof", case.writer.proof),) if case.writer.proof else ()
    by = (("handed on by", case.message.handed_on_by),) if case.message.handed_on_by else ()
    rule = (("rule", case.message.handed_on_as),) if case.message.handed_on_as else ()
    withheld = () if case.is_to_be_answered() else (("acknowledgement", "withheld"),)
    return (*named, *proof, *by, *rule, *withheld)

"""Commands in the mail that opens a ticket: the ticket before it has a number.

In: the ticket that is to be opened. Out: a ticket that commands can change, with the id 0.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from maildesk.core.case import Case
from maildesk.core.links import LinkKind, TicketLink
from maildesk.core.model import Forwarded, Mailbox, NewTicket, Ticket
from maildesk.core.orders.reading import Reading, address_in, read


def provisional(new: NewTicket, status: str) -> Ticket:
    """The ticket as it will be; its key is not known yet."""
    return Ticket(
        id=0,
        key="",
        desk=new.desk,
        subject=new.subject,
        status=status,
        language=new.language,
        requester=new.requester,
        organisation=new.organisation,
        owner=None,
        opening_message_id=None,
        created_at=new.created_at,
        priority=new.priority,
        related_to=new.related_to,
        participants=new.participants,
        is_shared=new.is_shared,
        continues=new.continues,
        links=(TicketLink(kind=LinkKind.RELATED, to=new.related_to),) if new.related_to else (),
    )


def nowhere(case: Case, now: datetime) -> Ticket:
    """No ticket at all, for commands that need none."""
    return Ticket(
        id=0,
        key="",
        desk=case.desk.key,
        subject="",
        status="",
        language=case.desk.language,
        requester=case.author,
        organisation=None,
        owner=None,
        opening_message_id=None,
        created_at=now,
    )


def named_author(case: Case, reading: Reading) -> Case:
    """The case with the author of a forward named by the agent's `#requester`, if there is one.

    A forward that shows nothing but a subject is the agent's own mail.
    """
    passed, address = case.message.forwarded, _requester_in(reading)
    if passed is None:
        return case
    if not passed.full_text:
        return replace(case, message=replace(case.message, forwarded=None)) if address else case
    left = replace(passed, note=read(passed.note).rest)
    if address:
        left = _by(left, Mailbox(email=address), case.author.email)
    return replace(case, message=replace(case.message, forwarded=left))


def _by(passed: Forwarded, author: Mailbox, agent: str) -> Forwarded:
    is_same = passed.sender is not None and passed.sender.email == author.email
    return replace(passed, sender=passed.sender if is_same else author, shown_from=agent)


def _requester_in(reading: Reading) -> str:
    named = (address_in(c.words) for c in reading.commands if c.name == "requester")
    return next((address for address in named if address), "")

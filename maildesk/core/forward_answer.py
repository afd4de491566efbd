"""What an agent answers above a mail that he passes on: a comment of his own beside the original's.

In: a message on the table, what becomes of the original. Out: the decision with the answer, where
the original's writer may read the ticket; else the decision as it is.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from maildesk.core.admission import may_comment
from maildesk.core.aside import Aside
from maildesk.core.case import Case
from maildesk.core.model import (
    Attachment,
    Decision,
    Event,
    Fact,
    Forwarded,
    InboundMessage,
    Notice,
    Ticket,
    Visibility,
    Words,
)
from maildesk.core.orders.beginning import provisional
from maildesk.core.trust import Identity


def answered(case: Case, decided: Decision, now: datetime) -> Decision:
    """The decision with the answer on its ticket, in a mail of its own."""
    original = case.message.forwarded
    ticket = _readable(case, decided, original) if original else None
    if original is None or ticket is None:
        return decided
    comment = replace(case.words(Visibility.PUBLIC, now), words=_words(case.message, original))
    aside = Aside(
        comment=comment,
        facts=(_fact(case),),
        notices=() if case.quiet else _told(case, decided, ticket),
    )
    notices = _without_receipts(decided.notices, {n.to.email for n in aside.notices})
    return replace(decided, notices=notices, asides=(*decided.asides, aside))


def added_files(message: InboundMessage) -> tuple[Attachment, ...]:
    """The agent's own files, beside an original that came whole."""
    original = message.forwarded
    if original is None or original.part is None:
        return ()
    return tuple(a for a in message.attachments if a.part != original.part)


def _readable(case: Case, decided: Decision, original: Forwarded) -> Ticket | None:
    """The ticket, if the original's writer reads it."""
    if decided.new_ticket:
        return provisional(decided.new_ticket, case.policy.workflow.opening().name)
    if decided.ticket_id is None:
        return None
    ticket = case.context.ticket(decided.ticket_id)
    author = Identity(sender=original.sender)
    return ticket if may_comment(ticket, case.context, author) else None


def _told(case: Case, decided: Decision, ticket: Ticket) -> tuple[Notice, ...]:
    people = (*ticket.participants, *decided.new_participants)
    mailing = case.mailing(case.desk_of(ticket), ticket)
    return mailing.commented(Visibility.PUBLIC, ticket.owner, people)


def _without_receipts(told: tuple[Notice, ...], readers: set[str]) -> tuple[Notice, ...]:
    """Whoever reads the agent's own words needs no acknowledgement."""
    receipts = (n for n in told if n.event is Event.TICKET_RECEIVED and n.to.email in readers)
    left_out = tuple(receipts)
    return tuple(n for n in told if n not in left_out)


def _fact(case: Case) -> Fact:
    detail = (("by", "forward"), ("proof", case.writer.proof))
    return Fact(kind="comment added", actor=case.author.email, detail=detail)


def _words(message: InboundMessage, original: Forwarded) -> Words:
    """The files beside it are the answer's, unless there is a note, too."""
    return Words(
        text=original.answer,
        full_text=message.full_text,
        message_id=message.message_id,
        attachments=() if original.note else added_files(message),
    )

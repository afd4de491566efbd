"""A mail becomes a comment on a ticket that is there.

In: a message on the table, the hint that it follows. Out: the comment, who joins, who is told.
*Fails:* never.
"""

from __future__ import annotations

from datetime import datetime

from maildesk.core.case import Case
from maildesk.core.model import (
    Decision,
    Fact,
    Hint,
    InboxState,
    Participant,
    Role,
    Visibility,
)
from maildesk.core.people import addressed, joined, joining
from maildesk.core.signature import Scope
from maildesk.core.trust import Identity


def comment_on(case: Case, hint: Hint, now: datetime) -> Decision:
    """The message as a comment on the ticket that its hint names."""
    ticket = case.context.ticket(hint.ticket_id)
    desk = case.desk_of(ticket)
    comment = case.words(_visibility(case.writer, hint), now)
    role = Role.AGENT if case.writer.agent else Role.PARTICIPANT
    author = Participant(email=comment.author.email, name=comment.author.name, role=role)
    new_people = joining(ticket.participants, (author, *addressed(case)))
    fact = Fact(
        kind="comment added",
        actor=comment.author.email,
        detail=(("by", hint.kind.value), ("proof", case.writer.proof or "participant")),
    )
    told = case.mailing(desk).commented(
        comment.visibility, ticket.owner, (*ticket.participants, *new_people)
    )
    return Decision(
        state=InboxState.DONE,
        ticket_id=ticket.id,
        comment=comment,
        new_participants=new_people,
        facts=(fact, *joined(new_people)),
        notices=() if case.quiet else told,
    )


def _visibility(writer: Identity, hint: Hint) -> Visibility:
    """An agent's answer to an internal mail is a note; all else is a word to the customer."""
    is_internal = hint.signed is not None and hint.signed.scope is Scope.INTERNAL
    return Visibility.INTERNAL if writer.agent and is_internal else Visibility.PUBLIC

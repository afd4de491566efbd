"""The answer to whoever wrote commands: one short transcript for each mail.

In: who wrote, about which ticket, what became of each line. Out: the notice.
*Fails:* never.
"""

from __future__ import annotations

from maildesk.core import notices
from maildesk.core.case import Case
from maildesk.core.model import Event, Mailbox, Notice, Role, Ticket, Transcript
from maildesk.core.phrase import phrase


def answer(
    case: Case, ticket: Ticket | None, event: Event, transcript: tuple[Transcript, ...]
) -> Notice:
    """`command.done` or `command.failed`, in the language that its reader is written to in."""
    agent = case.writer.agent
    desk = case.desk_of(ticket) if ticket else case.desk
    address = case.author.email
    is_requester = ticket is not None and ticket.requester.email == address
    role = Role.AGENT if agent else (Role.REQUESTER if is_requester else Role.PARTICIPANT)
    done = event is Event.COMMAND_DONE
    return Notice(
        event=event,
        to=Mailbox(email=address, name=agent.name if agent else case.author.name),
        role=role,
        reason=role if agent or ticket else "sender",
        language=(
            desk.language if agent else notices.language_for(case.policy, desk, ticket, address)
        ),
        counted=not done,
        title=phrase("orders.done" if done else "orders.nothing-done"),
        transcript=transcript,
        is_bare=True,
    )

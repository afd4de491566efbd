"""The answer to whoever wrote commands: one short transcript for each mail.

In: who wrote, about which ticket, what became of each line. Out: the notice.
*Fails:* never.
"""

from __future__ import annotations

from maildesk.core import notices
from maildesk.core.case import Case
from maildesk.core.model import Event, Mailbox, Notice, Role, Ticket, Transcript
from maildesk.core.orders.situation import Done
from maildesk.core.phrase import Line, Phrase, phrase
from maildesk.core.questions import GuideLine, Question
from maildesk.core.sharing import is_shared_with


def answer(
    case: Case,
    ticket: Ticket | None,
    event: Event,
    transcript: tuple[Transcript, ...],
    done: tuple[Done, ...] = (),
) -> Notice:
    """`command.done` or `command.failed`, in the language that its reader is written to in.

    What customers ask draws on their allowance: anybody can write their address into From.
    """
    agent = case.writer.agent
    desk = case.desk_of(ticket) if ticket else case.desk
    address = case.author.email
    is_requester = ticket is not None and ticket.requester.email == address
    role = Role.AGENT if agent else (Role.REQUESTER if is_requester else Role.PARTICIPANT)
    is_done = event is Event.COMMAND_DONE
    questions = tuple(q for d in done for q in d.questions) if is_done else ()
    guide = tuple(line for d in done for line in d.guide) if is_done else ()
    shown = tuple(line for d in done for line in d.shown) if is_done else ()
    asks = bool(questions or guide)
    return Notice(
        event=event,
        to=Mailbox(email=address, name=agent.name if agent else case.author.name),
        role=role,
        reason=role if agent or (ticket and _is_on(case, ticket, address)) else "sender",
        language=(
            desk.language if agent else notices.language_for(case.policy, desk, ticket, address)
        ),
        counted=not is_done or (asks and agent is None),
        title=_title(questions, guide, transcript) if is_done else phrase("orders.nothing-done"),
        transcript=transcript,
        questions=questions,
        guide=guide,
        lines=(*_how(questions, guide, transcript), *shown),
        actions=tuple(action for d in done for action in d.actions) if is_done else (),
        is_bare=True,
    )


def _is_on(case: Case, ticket: Ticket, address: str) -> bool:
    """Whether somebody takes part; an approver need not, and whoever was taken off does not."""
    is_on_it = any(p.email == address for p in ticket.participants)
    return (
        is_on_it
        or ticket.requester.email == address
        or is_shared_with(case.policy, ticket, address)
    )


def _title(
    questions: tuple[Question, ...],
    guide: tuple[GuideLine, ...],
    transcript: tuple[Transcript, ...],
) -> Line:
    """What the mail is; the answer to a lone question says so itself."""
    if transcript or not (questions or guide):
        return phrase("orders.done")
    return phrase("asking.help") if guide else ""


def _how(
    questions: tuple[Question, ...],
    guide: tuple[GuideLine, ...],
    transcript: tuple[Transcript, ...],
) -> tuple[Phrase, ...]:
    """Where a command stands, above the list of them."""
    is_alone = guide and not (questions or transcript)
    return (phrase("asking.how"),) if is_alone else ()

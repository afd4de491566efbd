"""An agent's answer to a mail for agents alone: its writer hears that it stays inside.

In: a message on the table that has become a note, and its ticket. Out: the word to its writer, with
the line that sends the same words on; beside commands it is part of their transcript.
*Fails:* never.
"""

from __future__ import annotations

from maildesk.core.actions import Action, fits_a_link
from maildesk.core.away_words import is_away_text
from maildesk.core.case import Case
from maildesk.core.model import Event, Machine, Mailbox, Notice, Role, Ticket
from maildesk.core.phrase import phrase

_LINE = "#public"


def stayed_inside(case: Case, ticket: Ticket) -> tuple[Notice, ...]:
    """The word to whoever may think that the customer has got it.

    Who writes `#internal` knows. A program is not told, nor a text that reads like one's: the two
    would answer each other.
    """
    agent, message = case.writer.agent, case.message
    is_persons = message.machine is Machine.PERSON and not message.handed_on_by
    if agent is None or case.quiet or case.asked or not is_persons:
        return ()
    if is_away_text(message.text) or not case.is_within_allowance():
        return ()
    told = Notice(
        event=Event.COMMAND_DONE,
        to=Mailbox(email=case.author.email, name=agent.name),
        role=Role.AGENT,
        reason="agent",
        language=case.desk_of(ticket).language,
        counted=True,
        title=phrase("kept.inside-title"),
        lines=(phrase("kept.inside"), phrase("kept.send-on", line=_LINE)),
        actions=_sending_on(case),
        is_bare=True,
    )
    return (told,)


def _sending_on(case: Case) -> tuple[Action, ...]:
    """A link that opens a mail with the same words, where it is short enough and tells it all."""
    line = f"{_LINE}\n\n{case.message.text}"
    if case.message.attachments or not fits_a_link(line):
        return ()
    return (Action(label=phrase("action.send-on"), line=line, is_whole=True),)

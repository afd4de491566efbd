"""Who has asked for no more mail about a ticket, and how they come back.

What somebody writes to a ticket is a question more often than not, and there is no page to look for
the answer: whoever writes hears again.

In: a decision, or a message as a mail program's "unsubscribe" sends it. Out: the decision with its
writer listening; the message with the command that its subject holds.
*Fails:* never.
"""

from __future__ import annotations

import re
from dataclasses import replace

from maildesk.core import codes
from maildesk.core.case import Case
from maildesk.core.message import InboundMessage
from maildesk.core.model import Change, Decision, Fact, Participant

# Programs send the subject of the field's link, and what they like as a body.
_UNSUBSCRIBE = re.compile(
    r"\[([A-Za-z][A-Za-z0-9]{0,15}-[0-9]{1,9})\]\s{1,4}#mute\s{1,4}(\S{4}(?:-\S{4}){3})\s{0,9}",
    re.IGNORECASE,
)


def unsubscribing(message: InboundMessage) -> InboundMessage:
    """The message; one that a mail program wrote for `List-Unsubscribe`, as its command alone."""
    found = _UNSUBSCRIBE.fullmatch(message.subject.strip())
    if found is None or codes.read(found[2]) is None:
        return message
    line = f"#mute {found[2]} {found[1].upper()}"
    return replace(message, text=line, full_text=line, html=None, attachments=(), forwarded=None)


def listening(case: Case, decision: Decision) -> Decision:
    """The decision, with a writer who had muted the ticket hearing of it again."""
    comment = decision.comment
    if comment is None or decision.ticket_id is None or case.is_leaving or case.is_automatic:
        return decision
    change = decision.change
    ticket = change.ticket if change else case.context.ticket(decision.ticket_id)
    mine = case.writer.addresses if comment.author.email in case.writer.addresses else ()
    if case.quiet or not any(p.is_muted and p.email in mine for p in ticket.participants):
        return decision
    after = replace(ticket, participants=tuple(_awake(p, mine) for p in ticket.participants))
    fact = Fact(kind="unmuted", actor=comment.author.email, detail=(("because", "wrote again"),))
    return replace(
        decision,
        change=replace(change, ticket=after) if change else Change(ticket=after),
        facts=(*decision.facts, fact),
    )


def _awake(person: Participant, mine: tuple[str, ...]) -> Participant:
    return replace(person, is_muted=False) if person.email in mine else person

"""`#reply NAME`: a canned reply to the customer.

    line                         below it              goes to the customer
    #reply install-details       nothing               the canned text
                                 words of one's own    those, and under them the canned text
                                 the text, edited      what the agent has made of it
    #reply install-details show                        nothing; the agent gets the text to edit
    #reply                                             nothing; the agent learns the names

The text comes in the ticket's language, with the names filled in; its status and type are set.
In: a situation. Out: the words to send, or why there are none.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import replace

from maildesk.core import canned
from maildesk.core.actions import Action, fits_a_link
from maildesk.core.canned import Canned
from maildesk.core.model import Fact, Ticket, Visibility
from maildesk.core.orders.situation import Done, Fault, Outcome, Situation
from maildesk.core.orders.sorting import TYPES
from maildesk.core.orders.status import move
from maildesk.core.phrase import phrase

_SHOW = "show"


def send_canned(situation: Situation) -> Outcome:
    """`#reply NAME`, or `#reply NAME show`."""
    name, _, more = situation.words.partition(" ")
    replies = situation.policy.canned
    found = canned.find(replies, name, situation.ticket.language)
    if found is None:
        near = canned.nearest(replies, name)
        known = ", ".join(canned.names(replies))
        why = phrase("reply.unknown" if name else "reply.which", words=name[:80], known=known)
        return Fault(why=why, form=f"#reply {near}" if near else "")
    text = canned.filled(found.text, _values(situation))
    if more.strip().casefold() == _SHOW:
        return _shown(situation, found, text)
    if more.strip():
        return Fault(why=phrase("orders.words-below"))
    return _sent(situation, found, text)


def _sent(situation: Situation, found: Canned, text: str) -> Done:
    is_edited = canned.is_edited(text, situation.rest)
    below = canned.filled(situation.rest, _values(situation)) if is_edited else situation.rest
    after, facts = _as_it_says(situation, found)
    used = situation.fact("canned reply", name=found.name, language=found.language)
    return Done(
        ticket=after,
        said=phrase("reply.edited" if is_edited else "reply.sent", name=found.name),
        facts=(used, *facts),
        visibility=Visibility.PUBLIC,
        # The text came in a mail for agents alone; a note's words are held all the same.
        is_anyway=is_edited and situation.case.context.leak_on(after.id) is None,
        words_below=below,
        words_after="" if is_edited else text,
        markdown=(below if is_edited else text) if found.is_markdown else "",
    )


def _shown(situation: Situation, found: Canned, text: str) -> Done:
    """The text for the agent, and a link that opens a mail with it where that is short enough."""
    line = f"#reply {found.name}\n\n{text}"
    edit = Action(label=phrase("action.edit"), line=line)
    return Done(
        ticket=situation.ticket,
        said=phrase("reply.text", name=found.name),
        shown=(text,),
        actions=(edit,) if fits_a_link(line) else (),
    )


def _as_it_says(situation: Situation, found: Canned) -> tuple[Ticket, tuple[Fact, ...]]:
    """The ticket with the status and the type that the reply sets, as far as it may have them."""
    ticket = situation.ticket
    facts: tuple[Fact, ...] = ()
    if found.type in TYPES and found.type != ticket.type:
        detail = {"from": ticket.type, "to": found.type}
        ticket = replace(ticket, type=found.type)
        facts = (situation.fact("type changed", **detail),)
    status = situation.policy.workflow.find(found.status) if found.status else None
    moved = move(replace(situation, ticket=ticket), status) if status else None
    if isinstance(moved, Done):
        return moved.ticket, (*facts, *moved.facts)
    return ticket, facts


def _values(situation: Situation) -> tuple[tuple[str, str], ...]:
    agent, ticket = situation.case.writer.agent, situation.ticket
    return (
        ("name", ticket.requester.name),
        ("agent", agent.name if agent else ""),
        ("key", ticket.key),
        ("subject", ticket.subject),
        ("desk", situation.desk.name),
    )

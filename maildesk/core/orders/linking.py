"""`#link KEY` and `#link URL`: what else belongs to the matter.

In: a situation. Out: the ticket with one more link, or why there can be none.

A link to a ticket stands on both and is for agents. One to the outside, a defect in somebody's
tracker, is for agents, too, unless the line ends with the word `public`.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import replace

from maildesk.core.aside import Aside
from maildesk.core.links import LinkKind, TicketLink, urls_in
from maildesk.core.model import Fact, Ticket
from maildesk.core.orders.situation import Done, Fault, Outcome, Situation
from maildesk.core.phrase import phrase
from maildesk.core.thread import key_of

_PUBLIC = "public"
_SHOWN = 120


def link(situation: Situation) -> Outcome:
    """`#link HELP-12`, `#link https://…`, `#link https://… public`."""
    words = situation.words.strip()
    if not words:
        return Fault(why=phrase("orders.link-what"))
    key = key_of(words)
    return _to_ticket(situation, key) if key else _to_the_outside(situation, words)


def other_ticket(situation: Situation, key: str) -> Ticket | Fault:
    """The ticket that the key leads to, if it is another one than that of the mail."""
    found = situation.case.context.named_ticket(key)
    if found is None:
        return Fault(why=phrase("orders.no-ticket", words=key))
    if found.id == situation.ticket.id:
        return Fault(why=phrase("orders.same-ticket", words=key))
    return found


def _to_ticket(situation: Situation, key: str) -> Outcome:
    other = other_ticket(situation, key)
    if isinstance(other, Fault):
        return other
    outcome = _linked(situation, TicketLink(kind=LinkKind.RELATED, to=other.key))
    if not outcome.facts or situation.is_new:
        return outcome
    detail = (("link", LinkKind.RELATED.value), ("to", situation.ticket.key))
    fact = Fact(kind="linked", actor=situation.actor, detail=detail)
    return replace(outcome, asides=(Aside(ticket_id=other.id, facts=(fact,)),))


def _to_the_outside(situation: Situation, words: str) -> Outcome:
    parts = words.split()
    is_public = len(parts) > 1 and parts[-1].casefold() == _PUBLIC
    found = urls_in(" ".join(parts[:-1] if is_public else parts))
    url = next(iter(found)) if len(found) == 1 else ""
    if not url:
        return Fault(why=phrase("orders.no-link", words=words[:_SHOWN]))
    return _linked(situation, TicketLink(kind=LinkKind.EXTERNAL, to=url, is_public=is_public))


def _linked(situation: Situation, new: TicketLink) -> Done:
    """The ticket with this link; one that is there may become public, or cease to be."""
    ticket = situation.ticket
    if new in ticket.links:
        return Done(ticket=ticket, said=phrase("orders.linked-already", to=new.to))
    others = tuple(x for x in ticket.links if (x.kind, x.to) != (new.kind, new.to))
    is_for_all = {"public": "yes"} if new.is_public else {}
    code = "orders.linked-public" if new.is_public else "orders.linked"
    return Done(
        ticket=replace(ticket, links=(*others, new)),
        said=phrase(code, to=new.to),
        facts=(situation.fact("linked", link=new.kind.value, to=new.to, **is_for_all),),
    )

"""`#type`, `#urgency`, `#impact`, `#priority`, `#subject`, `#language`, `#organisation`.

In: a situation. Out: the ticket with another value, or why that is none.

Customers say how urgent it is and how much it affects; the matrix makes a priority of both, unless
an agent has set one.
*Fails:* never.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import replace

from maildesk.core import thread
from maildesk.core.difference import NOTHING
from maildesk.core.intake_words import ticket_type
from maildesk.core.languages import tag_of
from maildesk.core.model import Ticket
from maildesk.core.orders.situation import Done, Fault, Outcome, Situation
from maildesk.core.people import joined
from maildesk.core.phrase import phrase
from maildesk.core.priority import LEVELS, PRIORITIES, level, named, weighed
from maildesk.core.sharing import belonging, organisation_named

# Fields whose values have names in each language.
_NAMED = ("type", "urgency", "impact")
TYPES = ("incident", "bug", "request", "change", "problem", "question")
_MISSING = {
    "orders.no-type": "orders.which-type",
    "orders.no-level": "orders.which-level",
    "orders.no-value": "orders.which-value",
}


def set_type(situation: Situation) -> Outcome:
    """`#type incident`."""
    found = _one_of(TYPES, situation.words.casefold()) or ticket_type(situation.words)
    if not found:
        return _unknown(situation, TYPES, "orders.no-type")
    return _set(situation, "type", replace(situation.ticket, type=found))


def set_urgency(situation: Situation) -> Outcome:
    """`#urgency high`: how soon it matters."""
    return _set_level(situation, "urgency")


def set_impact(situation: Situation) -> Outcome:
    """`#impact high`: how much it affects."""
    return _set_level(situation, "impact")


def set_priority(situation: Situation) -> Outcome:
    """`#priority P1`, by an agent's own judgement; `#priority auto` leaves it to the matrix."""
    words, ticket = situation.words.upper(), situation.ticket
    if words == "AUTO":
        free = replace(ticket, has_own_priority=False)
        return _set(situation, "priority", weighed(free, situation.policy.priority_matrix))
    found = named(words)
    if not found:
        return _unknown(situation, PRIORITIES)
    return _set(situation, "priority", replace(ticket, priority=found, has_own_priority=True))


def set_subject(situation: Situation) -> Outcome:
    """`#subject words`: what the ticket is called from now on."""
    bare = thread.ticket_subject(situation.words, situation.policy)
    if bare == thread.NO_SUBJECT:
        return Fault(why=phrase("orders.words-missing"))
    return _set(situation, "subject", replace(situation.ticket, subject=bare))


def set_language(situation: Situation) -> Outcome:
    """`#language de`: what the people on the ticket are written to in."""
    language = tag_of(situation.words)
    known = situation.policy.languages
    if not language:
        why = phrase("orders.no-language", words=situation.words[:80], known=", ".join(known))
        return Fault(why=why)
    done = _set(situation, "language", replace(situation.ticket, language=language))
    if not done.facts or {language, language.partition("-")[0]} & set(known):
        return done
    said = phrase("orders.language-in-english", after=language, known=", ".join(known))
    return replace(done, said=said)


def set_organisation(situation: Situation) -> Outcome:
    """`#organisation ACME`: whose package the ticket draws on; `none` for nobody's."""
    words = situation.words.strip().strip('"')
    if words.casefold() in ("none", "-"):
        return _belongs(situation, None)
    names = {o.name.casefold(): o.name for o in situation.policy.organisations}
    begun = [n for key, n in names.items() if words and key.startswith(words.casefold())]
    found = names.get(words.casefold()) or (begun[0] if len(begun) == 1 else None)
    if found:
        return _belongs(situation, found)
    close = difflib.get_close_matches(words.casefold(), names, n=1, cutoff=0.6)
    why = phrase("orders.no-organisation", words=words[:80])
    return Fault(why=why, form=f"#organisation {names[close[0]]}" if close else "")


def _belongs(situation: Situation, name: str | None) -> Outcome:
    """Another organisation's ticket is shared with other people."""
    policy, ticket = situation.policy, situation.ticket
    after = belonging(policy, ticket, organisation_named(policy, name))
    outcome = _set(situation, "organisation", after)
    gone = (p for p in ticket.participants if p.email not in {q.email for q in after.participants})
    fresh = tuple(
        p for p in after.participants if p.email not in {q.email for q in ticket.participants}
    )
    removed = (situation.fact("participant removed", email=p.email) for p in gone)
    return replace(outcome, facts=(*outcome.facts, *removed, *joined(fresh, situation.actor)))


def _set_level(situation: Situation, field: str) -> Outcome:
    found = _one_of(LEVELS, situation.words.casefold()) or level(situation.words)
    if not found:
        return _unknown(situation, LEVELS, "orders.no-level")
    before, matrix = situation.ticket, situation.policy.priority_matrix
    after = weighed(before, matrix, **{field: found})
    outcome = _set(situation, field, after)
    if after.priority == before.priority:
        return outcome
    fact = situation.fact("priority changed", **{"from": before.priority, "to": after.priority})
    said = phrase("orders.level", field=field, value=found, priority=after.priority)
    return replace(outcome, said=said, facts=(*outcome.facts, fact))


def _set(situation: Situation, field: str, after: Ticket) -> Done:
    """The ticket with another value in one field, and the fact that says so."""
    old, new = getattr(situation.ticket, field), getattr(after, field)
    if old == new:
        said = phrase("orders.field-already", field=field, value=new or NOTHING)
        return Done(ticket=after, said=said)
    fact = situation.fact(f"{field} changed", **{"from": old, "to": new})
    before, value = old or NOTHING, new or NOTHING
    said = phrase("orders.field", field=field, value=value, before=before)
    if field in _NAMED:
        said = phrase(f"changed.{field}", before=before, after=value)
    return Done(ticket=after, said=said, facts=(fact,))


def _one_of(known: Sequence[str], words: str) -> str:
    """The value that the words are, or the only one that begins so; "" for none."""
    begun = [value for value in known if words and value.startswith(words)]
    return words if words in known else (begun[0] if len(begun) == 1 else "")


def _unknown(situation: Situation, known: Sequence[str], code: str = "orders.no-value") -> Fault:
    words = situation.words[:80]
    near = difflib.get_close_matches(words.casefold(), [k.casefold() for k in known], n=1)
    value = next((k for k in known if near and k.casefold() == near[0]), "")
    why = phrase(code if words else _MISSING[code], words=words, known="\n".join(known))
    return Fault(why=why, form=f"#{situation.name} {value}" if value else "")

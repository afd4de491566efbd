"""`#due`: by when a ticket is to be settled.

In: a situation. Out: the ticket with its day, or why that is none.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import replace

from maildesk.core import dates
from maildesk.core.dates import DateFault, Misread
from maildesk.core.orders.situation import Done, Fault, Outcome, Situation
from maildesk.core.phrase import Phrase, phrase

_NO_DAY = ("none", "never", "-")


def set_due(situation: Situation) -> Outcome:
    """`#due DATE`; `#due none` takes the day away."""
    before = situation.ticket.due_on
    if situation.words.strip().casefold() in _NO_DAY:
        said = phrase("due.none" if before else "due.none-already")
        day = None
    else:
        found = dates.read(situation.words, situation.now.date())
        if isinstance(found, Misread):
            return Fault(why=why_no_day(found))
        if found.rest:
            return Fault(why=phrase("date.more", words=found.rest[:80]))
        day = found.day
        said = phrase("due.already" if day == before else "due.set", day=day.isoformat())
    if day == before:
        return Done(ticket=situation.ticket, said=said)
    detail = {
        "from": before.isoformat() if before else None,
        "to": day.isoformat() if day else None,
    }
    return Done(
        ticket=replace(situation.ticket, due_on=day),
        said=said,
        facts=(situation.fact("due changed", **detail),),
    )


def why_no_day(misread: Misread) -> Phrase:
    """Why the words are no day that can be taken."""
    code = f"date.{misread.why.replace(' ', '-')}"
    days = tuple(day.isoformat() for day in misread.readings)
    if misread.why is DateFault.AMBIGUOUS:
        return phrase(code, one=days[0], other=days[1])
    return phrase(code, day=days[0]) if days else phrase(code)

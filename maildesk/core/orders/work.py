"""`#time`: work that an agent has done on a ticket.

In: a situation. Out: the entry, or why that is no amount of time. Amounts are minutes, told in
seconds as every duration is.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import replace

from maildesk.core import durations
from maildesk.core.durations import Amount, DurationFault
from maildesk.core.effects import EnterTime
from maildesk.core.orders.situation import Done, Fault, Outcome, Situation
from maildesk.core.phrase import Phrase, phrase
from maildesk.core.time_entry import TimeEntry

_SHOWN = 80


def enter_time(situation: Situation) -> Outcome:
    """`#time 1h30m [words]`; `#time -30m` takes back what was too much."""
    agent, ticket = situation.case.writer.agent, situation.ticket
    if agent is None:
        return Fault(why=phrase("orders.agents-only"))
    amount = durations.read_entry(situation.words, spent=ticket.minutes)
    if isinstance(amount, DurationFault):
        return Fault(why=_why(situation, amount))
    entry = TimeEntry(agent=agent.id, minutes=amount.minutes, words=amount.rest, at=situation.now)
    whole = ticket.minutes + amount.minutes
    detail = {"minutes": str(amount.minutes), "words": amount.rest or None}
    return Done(
        ticket=replace(ticket, minutes=whole),
        said=_said(amount, whole),
        facts=(situation.fact("time entered", **detail),),
        effects=(EnterTime(entry=entry),),
    )


def why_no_amount(words: str, fault: DurationFault) -> Phrase:
    """Why the words are no amount of time that can be taken."""
    return phrase(f"time.{fault.replace(' ', '-')}", words=words[:_SHOWN])


def _why(situation: Situation, fault: DurationFault) -> Phrase:
    if fault is DurationFault.BELOW_ZERO:
        return phrase("time.below-zero", spent=situation.ticket.minutes * 60)
    return why_no_amount(situation.words, fault)


def _said(amount: Amount, whole: int) -> Phrase:
    code = "time.entered" if amount.minutes > 0 else "time.taken-back"
    return phrase(code, amount=abs(amount.minutes) * 60, whole=whole * 60)

"""When an agent gets the list of the morning, and which tickets are on it.

    since today's hour, in the agent's zone     is the list due?
    it has not come                              no
    it has, on a working day                     once; also late, where nobody was there to send it
    it has, on a Saturday or Sunday              no

On it are tickets that were there at that hour: what comes later is no morning's news.

In: the agent, the moment. Out: the day and hour of a list that is due; the notice.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from maildesk.core.model import Agent, Desk, Event, Mailbox, Notice, Policy, Role
from maildesk.core.phrase import phrase
from maildesk.core.questions import Question, Topic

_SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Morning:
    """A day on which an agent's list is due, and since when."""

    day: date
    at: datetime


def desk_of(policy: Policy, agent: Agent) -> Desk:
    """In whose name an agent is written to about several desks: the first that is theirs."""
    own = (desk for desk in policy.desks if agent.id in desk.agents)
    return next(own, policy.desks[0])


def morning_of(policy: Policy, agent: Agent, now: datetime) -> Morning | None:
    """Today's list of this agent, once its hour has come."""
    if agent.digest is None:
        return None
    zone = ZoneInfo(agent.timezone or desk_of(policy, agent).timezone)
    there = now.astimezone(zone)
    # An hour that the clocks leave out is the first one after it.
    at = datetime.combine(there.date(), agent.digest, tzinfo=zone).astimezone(UTC)
    if there.weekday() >= _SATURDAY or now < at:
        return None
    return Morning(day=there.date(), at=at)


def digest(policy: Policy, agent: Agent, morning: Morning) -> Notice:
    """The list: the agent's tickets, then those of nobody at their desks."""
    question = Question(
        topic=Topic.DIGEST,
        agent=agent.id,
        desks=tuple(desk.key for desk in policy.desks if agent.id in desk.agents),
        before=morning.at,
    )
    return Notice(
        event=Event.DIGEST_QUEUE,
        to=Mailbox(email=agent.emails[0], name=agent.name),
        role=Role.AGENT,
        reason="agent",
        language=desk_of(policy, agent).language,
        title=phrase("digest.queue.subject", day=morning.day.isoformat()),
        questions=(question,),
        once=f"digest:{agent.id}:{morning.day}",
    )

"""What is another on a ticket than before, and who made it so.

In: the ticket before and after. Out: the event that the difference is, and its lines for a reader:
agents see every field, customers the statuses that are for them.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import dataclass

from maildesk.core import estimates, intake_words
from maildesk.core.model import Agent, Desk, Event, Policy, Role, Ticket
from maildesk.core.phrase import Line, phrase
from maildesk.core.rating import Rating

# What is shown where a field has no value.
NOTHING = "–"
_FIELDS = ("priority", "type", "urgency", "impact", "subject", "language", "organisation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A ticket before and after, and who made the difference: by a mail, or the clock."""

    policy: Policy
    before: Ticket
    after: Ticket
    actors: tuple[str, ...] = ()
    agent: Agent | None = None
    is_merge: bool = False

    @property
    def desk(self) -> Desk:
        """The ticket's desk."""
        desks = self.policy.desks
        return next((d for d in desks if d.key == self.after.desk), desks[0])

    @property
    def event(self) -> Event | None:
        """What the change is called, where its status is another one."""
        if self.before.status == self.after.status:
            return None
        if self.before.is_open != self.after.is_open:
            return Event.TICKET_REOPENED if self.after.is_open else Event.TICKET_RESOLVED
        return Event.STATUS_CHANGED

    @property
    def is_by_staff(self) -> bool:
        return self.agent is not None

    @property
    def is_visible(self) -> bool:
        """Whether a customer sees another status than before."""
        workflow, before, after = self.policy.workflow, self.before, self.after
        shown = workflow.shown(after.status, is_open=after.is_open)
        return shown != workflow.shown(before.status, is_open=before.is_open)

    @property
    def has_public_link(self) -> bool:
        """Whether an agent has shown customers a place; one that a merge brings is no news."""
        return not self.is_merge and bool(self._links(is_for_all=True))

    def lines(self, role: str) -> tuple[Line, ...]:
        """What is another now, as far as a reader in this role is told."""
        is_agent = role in (Role.AGENT, "admin")
        if is_agent:
            return (*self._status(self.before.status, self.after.status), *self._fields())
        shown = self.policy.workflow.shown
        status = self._status(
            shown(self.before.status, is_open=self.before.is_open),
            shown(self.after.status, is_open=self.after.is_open),
        )
        return (*status, *self.undecided, *self._links(is_for_all=True))

    @property
    def undecided(self) -> tuple[Line, ...]:
        """With whom a new estimate is: those who are not asked learn what the ticket waits for."""
        known = {e.number for e in self.before.estimates}
        new = estimates.waiting(self.after.estimates)
        if new is None or new.number in known or self.is_merge:
            return ()
        asked = estimates.approvers(self.policy, self.after)
        people = ", ".join(person.name or person.email for person in asked)
        return (phrase("changed.estimate-with", spent=new.minutes * 60, people=people),)

    @staticmethod
    def _status(before: str, after: str) -> tuple[Line, ...]:
        return (phrase("changed.status", before=before, after=after),) if before != after else ()

    def _fields(self) -> tuple[Line, ...]:
        changed = (
            (name, getattr(self.before, name) or NOTHING, getattr(self.after, name) or NOTHING)
            for name in _FIELDS
        )
        rated = self.after.rating if self.after.rating != self.before.rating else None
        told = (
            phrase(f"changed.{name}", before=before, after=after)
            for name, before, after in changed
            if before != after
        )
        return (*self._owner(), *told, *self._filled_in(), *_rated(rated), *self._links())

    def _links(self, *, is_for_all: bool = False) -> tuple[Line, ...]:
        """The new links; those that are for all are customers' news, too."""
        fresh = (x for x in self.after.links if x not in self.before.links)
        return tuple(
            phrase("changed.link", to=x.to) for x in fresh if x.is_public or not is_for_all
        )

    def _filled_in(self) -> tuple[Line, ...]:
        """What the customer has filled in, perhaps where no mail shows it: inside of a quote."""
        fresh = (f for f in self.after.fields if f not in self.before.fields)
        own = (f for f in fresh if not intake_words.label(f[0]))
        return tuple(phrase("beside.field", name=name, value=value) for name, value in own)

    def _owner(self) -> tuple[Line, ...]:
        if self.before.owner == self.after.owner:
            return ()
        names = {a.id: a.name for a in self.policy.agents}
        owner = self.after.owner
        if owner is None:
            return (phrase("changed.no-owner"),)
        return (phrase("changed.owner", after=names.get(owner, owner)),)


def _rated(rating: Rating | None) -> tuple[Line, ...]:
    """A new rating, and what the customer says about it."""
    if rating is None:
        return ()
    told = phrase("changed.rating", stars=rating.stars)
    return (told, rating.words) if rating.words else (told,)

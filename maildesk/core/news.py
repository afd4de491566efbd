"""Who hears that a ticket has changed.

    what changed              with public words, in their mail        without
    ------------------------  --------------------------------------  ---------------------------
    it ended                  `ticket.resolved` to everybody           the same, without words
    it is open again,
      by its customer         agents: `ticket.reopened`                the same, without words
      by an agent             everybody: `ticket.reopened`             the same, without words
    another status            a line in the mail                      `status.changed` to customers
                                                                      who may see it, and the owner
    another owner             `ticket.assigned` to the new one         the same
    anything else             a line in the agents' mail              `status.changed` to the
                                                                      owner; by a customer, to the
                                                                      agents

Whoever did it is left out, one person gets one mail of a cause, and no customer sees a status that
is none of theirs.

In: a message on the table, the decision about it. Out: the decision with its notices.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from maildesk.core import notices
from maildesk.core.case import Case
from maildesk.core.model import (
    Decision,
    Event,
    Mailbox,
    Notice,
    Participant,
    Role,
    Ticket,
    Visibility,
)
from maildesk.core.orders import rate
from maildesk.core.orders.beginning import provisional
from maildesk.core.phrase import Line, phrase
from maildesk.core.rating import Rating
from maildesk.core.recipients import is_ours

_FIELDS = ("priority", "type", "urgency", "impact", "subject", "language", "organisation")
_WORDS = (Event.COMMENT_PUBLIC, Event.COMMENT_INTERNAL)
# Who gets one of these reads the words of the same mail in it.
_DECISIONS = (Event.ESTIMATE_REQUESTED, Event.ESTIMATE_DECIDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class _News:
    """A ticket before and after, and who made the difference."""

    case: Case
    before: Ticket
    after: Ticket

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
        return self.case.writer.agent is not None

    @property
    def is_visible(self) -> bool:
        """Whether a customer sees another status than before."""
        workflow, before, after = self.case.policy.workflow, self.before, self.after
        shown = workflow.shown(after.status, is_open=after.is_open)
        return shown != workflow.shown(before.status, is_open=before.is_open)

    def lines(self, role: str) -> tuple[Line, ...]:
        """What is another now, as far as a reader in this role is told."""
        is_agent = role in (Role.AGENT, "admin")
        if is_agent:
            return (*self._status(self.before.status, self.after.status), *self._fields())
        shown = self.case.policy.workflow.shown
        status = self._status(
            shown(self.before.status, is_open=self.before.is_open),
            shown(self.after.status, is_open=self.after.is_open),
        )
        return (*status, *self._links(is_for_all=True))

    @staticmethod
    def _status(before: str, after: str) -> tuple[Line, ...]:
        return (phrase("changed.status", before=before, after=after),) if before != after else ()

    def _fields(self) -> tuple[Line, ...]:
        changed = (
            (name, getattr(self.before, name) or "", getattr(self.after, name) or "")
            for name in _FIELDS
        )
        rated = self.after.rating if self.after.rating != self.before.rating else None
        told = (
            phrase(f"changed.{name}", before=before, after=after)
            for name, before, after in changed
            if before != after
        )
        return (*self._owner(), *told, *_rated(rated), *self._links())

    def _links(self, *, is_for_all: bool = False) -> tuple[Line, ...]:
        """The new links; those that are for all are customers' news, too."""
        fresh = (x for x in self.after.links if x not in self.before.links)
        return tuple(
            phrase("changed.link", to=x.to) for x in fresh if x.is_public or not is_for_all
        )

    def _owner(self) -> tuple[Line, ...]:
        if self.before.owner == self.after.owner:
            return ()
        names = {a.id: a.name for a in self.case.policy.agents}
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


def announced(case: Case, decision: Decision) -> Decision:
    """The decision with the news of what it changes."""
    change = decision.change
    if change is None or change.is_quiet or case.quiet:
        return decision
    before = _before(case, decision)
    news = _News(case=case, before=before, after=change.ticket)
    carried = tuple(_carrying(news, notice) for notice in _once(decision.notices))
    has_words = {n.to.email for n in carried if n.event is not Event.COMMAND_DONE}
    bare = tuple(n for n in (*_to_customers(news, decision), *_to_agents(news)))
    fresh = tuple(n for n in bare if n.to.email not in has_words)
    told = (*carried, *fresh, *_assigned(news), *rate.asked(case, before, change.ticket))
    return replace(decision, notices=told)


def _once(told: tuple[Notice, ...]) -> tuple[Notice, ...]:
    """Without the words' own mail to whom another mail brings them."""
    deciding = {n.to.email for n in told if n.event in _DECISIONS}
    return tuple(n for n in told if n.event not in _WORDS or n.to.email not in deciding)


def _before(case: Case, decision: Decision) -> Ticket:
    """The ticket as the mail found it."""
    if decision.new_ticket:
        return provisional(decision.new_ticket, case.policy.workflow.opening().name)
    changed = decision.change.ticket if decision.change else None
    return next(t for t in case.context.tickets if changed and t.id == changed.id)


def _carrying(news: _News, notice: Notice) -> Notice:
    """The words' own mail, with what has changed, and under the name of the greater news."""
    if notice.event not in _WORDS:
        return notice
    told = replace(notice, changes=news.lines(notice.role))
    if notice.event is Event.COMMENT_INTERNAL or news.event is None:
        return told
    is_agents = notice.role == Role.AGENT
    is_reopened = news.event is Event.TICKET_REOPENED and (is_agents or news.is_by_staff)
    is_resolved = news.event is Event.TICKET_RESOLVED
    return replace(told, event=news.event) if is_reopened or is_resolved else told


def _to_customers(news: _News, decision: Decision) -> tuple[Notice, ...]:
    event, case = news.event, news.case
    if event is None or not (news.is_visible or event is Event.TICKET_RESOLVED):
        return ()
    comment = decision.comment
    has_public_words = comment is not None and comment.visibility is Visibility.PUBLIC
    people = (p for p in news.after.participants if p.role is not Role.AGENT)
    return tuple(
        Notice(
            event=event,
            to=Mailbox(email=p.email, name=p.name),
            role=p.role,
            reason=p.role,
            language=notices.language_for(
                case.policy, case.desk_of(news.after), news.after, p.email
            ),
            changes=news.lines(p.role),
            is_bare=not has_public_words,
        )
        for p in people
        if _is_told(news, p, has_public_words=has_public_words)
    )


def _is_told(news: _News, person: Participant, *, has_public_words: bool) -> bool:
    """Whether this customer gets a mail about the status alone.

    Who has muted the ticket hears of its end all the same, if it is their own.
    """
    is_me = person.email in news.case.writer.addresses or is_ours(news.case.policy, person.email)
    is_end = news.event is Event.TICKET_RESOLVED
    if is_me:
        return False
    if person.is_muted:
        return is_end and person.role is Role.REQUESTER
    return not has_public_words


def _to_agents(news: _News) -> tuple[Notice, ...]:
    """The owner, and where a customer did it, the desk's agents if there is no owner."""
    lines = news.lines(Role.AGENT)
    owner = news.after.owner
    if not lines or (owner is None and news.is_by_staff):
        return ()
    case = news.case
    desk = case.desk_of(news.after)
    event = news.event or Event.STATUS_CHANGED
    return tuple(
        Notice(
            event=event,
            to=to,
            role=Role.AGENT,
            reason="owner" if owner else "agent",
            language=desk.language,
            changes=lines,
            is_bare=True,
        )
        for to in notices.agents_of(case.policy, desk, owner)
        if to.email not in case.writer.addresses and not _is_new_owner(news, to)
    )


def _assigned(news: _News) -> tuple[Notice, ...]:
    case, desk = news.case, news.case.desk_of(news.after)
    return tuple(
        Notice(
            event=Event.TICKET_ASSIGNED,
            to=Mailbox(email=agent.emails[0], name=agent.name),
            role=Role.AGENT,
            reason="owner",
            language=desk.language,
            changes=news.lines(Role.AGENT),
            is_bare=True,
        )
        for agent in case.policy.agents
        if agent.id == news.after.owner != news.before.owner and agent != case.writer.agent
    )


def _is_new_owner(news: _News, to: Mailbox) -> bool:
    """Whether `ticket.assigned` tells them already."""
    owner = news.after.owner
    if owner == news.before.owner:
        return False
    return any(a.id == owner and to.email in a.emails for a in news.case.policy.agents)

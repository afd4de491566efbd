"""Who hears that a ticket has changed.

    what changed              with public words, in their mail        without
    ------------------------  --------------------------------------  ---------------------------
    it ended                  `ticket.resolved` to everybody           the same, without words
    it is open again,
      by its customer         agents: `ticket.reopened`                the same, without words
      by an agent             everybody: `ticket.reopened`             the same, without words
    another status            a line in the mail                      `status.changed` to customers
                                                                      who may see it, and the owner
    a link for all            a line in the mail                      `status.changed` to customers
    another owner             `ticket.assigned` to the new one         the same
    it is done                `rating.requested` to the requester,     the same
                              once in a ticket's life
    anything else             a line in the agents' mail              `status.changed` to the
                                                                      owner; by a customer, to the
                                                                      agents

Whoever did it is left out, one person gets one mail of a cause, and no customer sees a status that
is none of theirs.

In: a message on the table, the decision about it. Out: the decision with its notices.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import replace

from maildesk.core import notices
from maildesk.core.case import Case
from maildesk.core.difference import Difference
from maildesk.core.effects import Merge
from maildesk.core.model import (
    Decision,
    Event,
    Mailbox,
    Notice,
    Participant,
    Policy,
    Role,
    Ticket,
    Visibility,
)
from maildesk.core.orders import rate
from maildesk.core.orders.beginning import provisional
from maildesk.core.phrase import phrase
from maildesk.core.recipients import is_ours

_WORDS = (Event.COMMENT_PUBLIC, Event.COMMENT_INTERNAL)
# Who gets one of these reads the words of the same mail in it.
_DECISIONS = (Event.ESTIMATE_REQUESTED, Event.ESTIMATE_DECIDED)


def announced(case: Case, decision: Decision) -> Decision:
    """The decision with the news of what it changes."""
    change = decision.change
    if change is None or change.is_quiet or case.quiet:
        return decision
    before = _before(case, decision)
    difference = Difference(
        policy=case.policy,
        before=before,
        after=change.ticket,
        actors=case.writer.addresses,
        agent=case.writer.agent,
        is_merge=any(isinstance(effect, Merge) for effect in change.effects),
    )
    carried = tuple(_carrying(difference, notice) for notice in _once(decision.notices))
    has_words = {n.to.email for n in carried if n.event is not Event.COMMAND_DONE}
    comment = decision.comment
    is_public = comment is not None and comment.visibility is Visibility.PUBLIC
    bare = _about_status(difference, has_public_words=is_public)
    # Who has muted the ticket reads the last words of it, and whose they are.
    speaker = case.mailing(case.desk_of(change.ticket), change.ticket).speaker()
    fresh = tuple(
        n if n.is_bare else replace(n, words_of=speaker)
        for n in bare
        if n.to.email not in has_words
    )
    asked = rate.asked(case, before, change.ticket)
    return replace(decision, notices=(*carried, *fresh, *_assigned(difference), *asked))


def announced_by_the_clock(policy: Policy, before: Ticket, after: Ticket) -> tuple[Notice, ...]:
    """The news of what nobody has done but the time that has passed."""
    difference = Difference(policy=policy, before=before, after=after)
    bare = _about_status(difference, has_public_words=False)
    return (*bare, *_assigned(difference))


def _about_status(difference: Difference, *, has_public_words: bool) -> tuple[Notice, ...]:
    """The news, for whom no words bring it."""
    to_customers = _to_customers(difference, has_public_words=has_public_words)
    return (*to_customers, *_to_agents(difference))


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


def _carrying(difference: Difference, notice: Notice) -> Notice:
    """The words' own mail, with what has changed, and under the name of the greater difference."""
    if notice.event not in _WORDS:
        return notice
    told = replace(notice, changes=difference.lines(notice.role))
    if notice.event is Event.COMMENT_INTERNAL or difference.event is None:
        return told
    is_agents = notice.role == Role.AGENT
    is_reopened = difference.event is Event.TICKET_REOPENED and (
        is_agents or difference.is_by_staff
    )
    is_resolved = difference.event is Event.TICKET_RESOLVED
    return replace(told, event=difference.event) if is_reopened or is_resolved else told


def _to_customers(difference: Difference, *, has_public_words: bool) -> tuple[Notice, ...]:
    policy = difference.policy
    event = _event_for_customers(difference)
    if event is None:
        return ()
    people = (p for p in difference.after.participants if p.role is not Role.AGENT)
    told = tuple(
        Notice(
            event=event,
            to=Mailbox(email=p.email, name=p.name),
            role=p.role,
            reason=p.role,
            language=notices.language_for(policy, difference.desk, difference.after, p.email),
            changes=difference.lines(p.role),
            lines=difference.undecided if event is Event.STATUS_CHANGED else (),
            is_bare=not has_public_words,
        )
        for p in people
        if _is_told(difference, p, has_public_words=has_public_words)
    )
    return told if difference.is_visible else tuple(map(_about_links, told))


def _about_links(notice: Notice) -> Notice:
    """The news of a link alone says which, and nothing of a status that is as it was."""
    if notice.event is not Event.STATUS_CHANGED:
        return notice
    if len(notice.changes) == 1:
        return replace(notice, title=notice.changes[0])
    return replace(notice, title=phrase("status.changed.news"), lines=notice.changes)


def _event_for_customers(difference: Difference) -> Event | None:
    """What the change is called to customers; None for what is not theirs."""
    event = difference.event
    if event and (difference.is_visible or event is Event.TICKET_RESOLVED):
        return event
    return Event.STATUS_CHANGED if difference.has_public_link else None


def _is_told(difference: Difference, person: Participant, *, has_public_words: bool) -> bool:
    """Whether this customer gets a mail about the status alone.

    Who has muted the ticket hears of its end all the same, if it is their own.
    """
    is_me = person.email in difference.actors or is_ours(difference.policy, person.email)
    is_end = difference.event is Event.TICKET_RESOLVED
    if is_me:
        return False
    if person.is_muted:
        return is_end and person.role is Role.REQUESTER
    # Who had the words directly has not heard that they are the last.
    return not has_public_words or is_end


def _to_agents(difference: Difference) -> tuple[Notice, ...]:
    """The owner, and where a customer did it, the desk's agents if there is no owner."""
    lines = difference.lines(Role.AGENT)
    owner = difference.after.owner
    if not lines or (owner is None and difference.is_by_staff):
        return ()
    desk = difference.desk
    event = difference.event or Event.STATUS_CHANGED
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
        for to in notices.listeners(difference.policy, desk, owner, difference.after.participants)
        if to.email not in difference.actors and not _is_new_owner(difference, to)
    )


def _assigned(difference: Difference) -> tuple[Notice, ...]:
    desk, owner = difference.desk, difference.after.owner
    return tuple(
        Notice(
            event=Event.TICKET_ASSIGNED,
            to=Mailbox(email=agent.emails[0], name=agent.name),
            role=Role.AGENT,
            reason="owner",
            language=desk.language,
            changes=difference.lines(Role.AGENT),
            is_bare=True,
        )
        for agent in difference.policy.agents
        if agent.id == owner != difference.before.owner and agent != difference.agent
    )


def _is_new_owner(difference: Difference, to: Mailbox) -> bool:
    """Whether `ticket.assigned` tells them already."""
    owner = difference.after.owner
    if owner == difference.before.owner:
        return False
    return any(a.id == owner and to.email in a.emails for a in difference.policy.agents)

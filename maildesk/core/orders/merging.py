"""`#merge KEY`: this ticket becomes part of that one.

In: a situation; later the decision with its notices. Out: the other ticket with the people of this
one on it, and the news for them.

    who                            gets
    the target's requester         stays; hears nothing: for them nothing has changed
    everybody of this ticket       takes part in the target from now on, this one's requester, too
      its customers                a line in the mail with the words below, else `status.changed`
      the agents                   the words below as agents of the target; without words the
                                   owners of both get `status.changed`, and the agents of the
                                   target's desk, if it is another one and nobody has it

Nobody reads what was said on the other ticket before (docs/decisions/0026-merges).
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import replace

from maildesk.core import estimates, notices
from maildesk.core.case import Case
from maildesk.core.effects import Merge
from maildesk.core.model import (
    FROM_NOW,
    Decision,
    Event,
    Mailbox,
    Notice,
    Participant,
    Role,
    Ticket,
)
from maildesk.core.orders.linking import other_ticket
from maildesk.core.orders.situation import Done, Fault, Outcome, Situation
from maildesk.core.people import joining
from maildesk.core.phrase import Line, phrase
from maildesk.core.recipients import is_ours
from maildesk.core.thread import key_of

_WORDS = (Event.COMMENT_PUBLIC, Event.COMMENT_INTERNAL)
_SAID = (Event.COMMAND_DONE, Event.COMMAND_FAILED)


def merge(situation: Situation) -> Outcome:
    """`#merge HELP-12`."""
    ticket, context = situation.ticket, situation.case.context
    key = key_of(situation.words)
    if situation.is_new:
        return Fault(why=phrase("orders.needs-ticket"))
    if not key:
        return Fault(why=phrase("orders.merge-what"))
    if context.next_keys or ticket.id not in {h.ticket_id for h in context.hints}:
        return Fault(why=phrase("orders.merge-alone"))
    other = other_ticket(situation, key)
    if isinstance(other, Fault):
        return other
    people = _people(ticket, other)
    said = phrase(
        "orders.merged" if people else "orders.merged-alone",
        source=ticket.key,
        target=other.key,
        **({"people": ", ".join(p.email for p in people)} if people else {}),
    )
    return Done(
        ticket=_with(other, ticket, people),
        said=said,
        facts=(situation.fact("merged", **{"from": ticket.key}),),
        effects=(Merge(source=ticket.id, target=other.id),),
        shown=_undecidable(ticket),
    )


def _undecidable(source: Ticket) -> tuple[Line, ...]:
    """What the agents learn of an estimate that nobody can answer any more."""
    waiting = estimates.waiting(source.estimates)
    if waiting is None:
        return ()
    return (phrase("orders.merged-estimate", number=waiting.number, source=source.key),)


def heard_there(case: Case, decided: Decision, target: Ticket, done: tuple[Done, ...]) -> Decision:
    """The decision about words below a merge: the agents who get them are the target's."""
    is_merge = any(isinstance(effect, Merge) for d in done for effect in d.effects)
    comment = decided.comment
    if not is_merge or comment is None:
        return decided
    mailing = case.mailing(case.desk_of(target), target)
    there = mailing.commented(comment.visibility, target.owner, target.participants)
    kept = (n for n in decided.notices if n.role is not Role.AGENT or n.event not in _WORDS)
    return replace(decided, notices=(*kept, *(n for n in there if n.role is Role.AGENT)))


def told_of_merge(case: Case, decision: Decision) -> Decision:
    """The decision with the news of a merge for the people of the ticket that is no more."""
    merged = _merge_of(decision)
    if merged is None or decision.change is None or case.quiet:
        return decision
    source, target = case.context.ticket(merged.source), decision.change.ticket
    line = phrase("changed.merged", source=source.key, target=target.key)
    readers = _customers(case, source) | _agents(case, source, target)
    reached = {n.to.email for n in decision.notices if n.event not in _SAID}
    carried = tuple(
        replace(n, changes=(line, *n.changes))
        if n.to.email in readers and n.event not in _SAID
        else n
        for n in decision.notices
    )
    fresh = tuple(
        _news(case, target, person, line_of=source.key)
        for email, person in readers.items()
        if email not in reached
    )
    return replace(decision, notices=(*carried, *fresh))


def merged_people(case: Case, decision: Decision) -> frozenset[str]:
    """Who is on a ticket only because another one became part of it."""
    merged = _merge_of(decision)
    if merged is None:
        return frozenset()
    return frozenset(p.email for p in case.context.ticket(merged.source).participants)


def _merge_of(decision: Decision) -> Merge | None:
    effects = decision.change.effects if decision.change else ()
    return next((e for e in effects if isinstance(e, Merge)), None)


def _people(source: Ticket, target: Ticket) -> tuple[Participant, ...]:
    """Who of the one ticket joins the other; its requester is a participant there."""
    found = tuple(
        replace(
            p,
            role=Role.PARTICIPANT if p.role is Role.REQUESTER else p.role,
            sees_after=0 if p.role is Role.AGENT else FROM_NOW,
        )
        for p in source.participants
    )
    return joining(target.participants, found)


def _with(target: Ticket, source: Ticket, people: tuple[Participant, ...]) -> Ticket:
    """The target with everybody on it, and tied to whatever the source was tied to."""
    everybody = (*target.participants, *people)
    here = {p.email for p in everybody}
    off = tuple(a for a in (*target.taken_off, *source.taken_off) if a not in here)
    both = {(x.kind, x.to): x for x in (*source.links, *target.links)}
    return replace(
        target,
        participants=everybody,
        taken_off=tuple(dict.fromkeys(off)),
        links=tuple(x for x in both.values() if x.to not in (source.key, target.key)),
        minutes=target.minutes + source.minutes,
    )


def _customers(case: Case, source: Ticket) -> dict[str, Participant]:
    mine = case.writer.addresses
    return {
        p.email: p
        for p in source.participants
        if p.role is not Role.AGENT
        and not p.is_muted
        and p.email not in mine
        and not is_ours(case.policy, p.email)
    }


def _agents(case: Case, source: Ticket, target: Ticket) -> dict[str, Participant]:
    """Who had one of the two, and the agents of a desk that gets another one's ticket.

    Whoever has merged them knows.
    """
    wanted = {t.owner for t in (source, target) if t.owner}
    if source.desk != target.desk and target.owner is None:
        wanted |= set(case.desk_of(target).agents)
    return {
        a.emails[0]: Participant(email=a.emails[0], name=a.name, role=Role.AGENT)
        for a in case.policy.agents
        if a.id in wanted and a != case.writer.agent
    }


def _news(case: Case, target: Ticket, person: Participant, *, line_of: str) -> Notice:
    desk = case.desk_of(target)
    is_agent = person.role is Role.AGENT
    return Notice(
        event=Event.STATUS_CHANGED,
        to=Mailbox(email=person.email, name=person.name),
        role=Role.AGENT if is_agent else Role.PARTICIPANT,
        reason=(
            notices.why_agent(case.policy, desk, target.owner, person.email)
            if is_agent
            else Role.PARTICIPANT
        ),
        language=(
            desk.language
            if is_agent
            else notices.language_for(case.policy, desk, target, person.email)
        ),
        title=phrase("merge.news", source=line_of, target=target.key),
        lines=() if is_agent else (phrase("merge.go-on", target=target.key),),
        is_bare=True,
    )

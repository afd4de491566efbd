"""`#undo`: what the writer's last mail with commands has done on a ticket is taken back.

    the mail                              `#undo`
    ------------------------------------  ---------------------------------------------------------
    not ten minutes old, or a merge       takes back fields, people, links, times, blocks, merges
    older                                 says so
    undone already                        says so, and does nothing
    split something off, or asked for     says what to do instead; its own answer offered no undo
      an estimate
    what it set is another by now         names it; all stays as it is

Mail that has not gone does not go; who has had some is told. A link names its very mail, so an
older one can be taken back by its own (docs/decisions/0024-undo).

In: a situation. Out: the ticket as it was, or why that cannot be.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from maildesk.core.actions import Action, action, proved
from maildesk.core.aside import Aside
from maildesk.core.case import Case
from maildesk.core.codes import Bond
from maildesk.core.codes import read as read_code
from maildesk.core.difference import Difference
from maildesk.core.effects import AskEstimate, LetIn, Merge, Undo
from maildesk.core.model import Decision, Event, Fact, Mailbox, Notice, Participant, Role, Ticket
from maildesk.core.notices import language_for
from maildesk.core.orders.reading import Command
from maildesk.core.orders.situation import Done, Fault, Outcome, Situation
from maildesk.core.phrase import Phrase, phrase
from maildesk.core.thread import key_of
from maildesk.core.undoing import Keepsake, Undoable

ESTIMATE_STAYS = "undo.estimate"
WITHIN = timedelta(minutes=10)
_ANSWERS = (Event.COMMAND_DONE, Event.COMMAND_FAILED)


def undo(situation: Situation) -> Outcome:
    """`#undo`, in an answer about the ticket, with its key, or by the link of the answer."""
    if situation.is_new or not situation.is_alone:
        code = "orders.needs-ticket" if situation.is_new else "undo.alone"
        return Fault(why=phrase(code))
    key = key_of(situation.words)
    named = situation.case.context.named_ticket(key) if key else situation.ticket
    if named is None or named.id != situation.ticket.id:
        return Fault(why=phrase("code.other-ticket", words=key))
    found = _meant(situation)
    if found is None:
        return Fault(why=phrase("undo.nothing"))
    if found.is_undone:
        return Done(ticket=situation.ticket, said=phrase("undo.already", lines=found.kept.lines))
    why = _hindrance(found, situation.now)
    if why:
        return Fault(why=why)
    return _taken_back(situation, found)


def keepsake(case: Case, done: tuple[Done, ...], commands: tuple[Command, ...]) -> Keepsake | None:
    """What is to be kept of a mail with these commands; nothing of one that only asks or undoes."""
    agent = case.writer.agent
    effects = tuple(e for d in done for e in d.effects)
    is_undo = any(isinstance(e, Undo) for e in effects)
    if agent is None or is_undo or not any(_does(d) for d in done):
        return None
    merged = next((e.source for e in effects if isinstance(e, Merge)), None)
    obstacle = "undo.split" if any(d.split for d in done) else ""
    if any(isinstance(e, AskEstimate) for e in effects):
        obstacle = ESTIMATE_STAYS
    if any(isinstance(e, LetIn) for e in effects):
        obstacle = "undo.let-in"
    return Keepsake(
        agent=agent.id,
        mail=case.message.fingerprint,
        lines=", ".join(f"#{c.name}" for c in commands),
        source=merged,
        obstacle=obstacle,
    )


def offered(case: Case, ticket: Ticket, kept: Keepsake | None, now: datetime) -> tuple[Action, ...]:
    """The link that takes the mail back, for the answer to it."""
    if kept is None or kept.obstacle or not ticket.key:
        return ()
    bond = Bond(key=ticket.key, recipient=case.author.email, action="undo", extra=kept.mail)
    made = action(phrase("action.undo"), bond, case.context.secret, now)
    return (replace(made, line=f"{made.line} {ticket.key}"),)


def told_of_undo(case: Case, decision: Decision) -> Decision:
    """The decision with its news for those who had heard of what is taken back, and nobody else."""
    change = decision.change
    effects = change.effects if change else ()
    undone = next((e for e in effects if isinstance(e, Undo)), None)
    if undone is None or change is None:
        return decision
    heard = set(undone.reached)
    kept = tuple(
        n for n in decision.notices if not n.is_bare or n.event in _ANSWERS or n.to.email in heard
    )
    told = {n.to.email for n in kept}
    elsewhere = {n.to.email for aside in decision.asides for n in aside.notices}
    left = heard - told - elsewhere
    before = case.context.ticket(change.ticket.id)
    more = tuple(_to_agent(case, before, change.ticket, address) for address in sorted(left))
    return replace(decision, notices=(*kept, *(n for n in more if n)))


def _does(done: Done) -> bool:
    """Whether a command does something, and not only asks."""
    return changes(done) or not (done.questions or done.guide or done.shown)


def changes(done: Done) -> bool:
    """Whether a command has found something to change."""
    return bool(done.facts or done.effects or done.asides or done.split)


def _meant(situation: Situation) -> Undoable | None:
    """The mail that a code names, else the writer's last one."""
    mine = situation.case.context.undoables
    if read_code(situation.raw):
        return next((u for u in mine if _is_coded(situation, u)), None)
    here = (u for u in mine if not u.is_elsewhere and u.ticket.id == situation.ticket.id)
    return max(here, key=lambda u: u.id, default=None)


def _is_coded(situation: Situation, found: Undoable) -> bool:
    bonds = tuple(
        Bond(key=found.key, recipient=address, action="undo", extra=found.kept.mail)
        for address in situation.case.writer.addresses
    )
    return proved(situation.raw, bonds, situation.case.context.secret, situation.now) is not None


def _hindrance(found: Undoable, now: datetime) -> Phrase | None:
    if found.kept.obstacle:
        return phrase(found.kept.obstacle)
    if found.is_elsewhere:
        return phrase("undo.elsewhere", source=found.key)
    if found.kept.source is None and now - found.at > WITHIN:
        return phrase("undo.late", lines=found.kept.lines, at=found.at.isoformat())
    if found.changed:
        return phrase("undo.changed", what="\n".join(found.changed), lines=found.kept.lines)
    return None


def _taken_back(situation: Situation, found: Undoable) -> Done:
    people = ", ".join(found.reached)
    said = phrase("undo.done", lines=found.kept.lines)
    if people:
        said = phrase("undo.done-gone", lines=found.kept.lines, people=people)
    return Done(
        ticket=found.ticket,
        said=said,
        facts=(situation.fact("undone", commands=found.kept.lines),),
        effects=(Undo(id=found.id, reached=found.reached),),
        asides=_apart(situation, found),
    )


def _apart(situation: Situation, found: Undoable) -> tuple[Aside, ...]:
    """The ticket that is one of its own again, and its people who were told otherwise."""
    source = found.source
    if source is None:
        return ()
    case = situation.case
    told = tuple(
        _is_apart(case, source, person)
        for person in source.participants
        if person.email in found.reached
        and person.email not in case.writer.addresses
        and person.role is not Role.AGENT
    )
    fact = Fact(kind="merge undone", actor=situation.actor, detail=(("from", found.key),))
    return (Aside(ticket_id=source.id, facts=(fact,), notices=told),)


def _is_apart(case: Case, source: Ticket, person: Participant) -> Notice:
    desk = case.desk_of(source)
    return Notice(
        event=Event.STATUS_CHANGED,
        to=Mailbox(email=person.email, name=person.name),
        role=person.role,
        reason=person.role,
        language=language_for(case.policy, desk, source, person.email),
        title=phrase("undo.apart", source=source.key),
        lines=(phrase("undo.apart-next", source=source.key),),
        is_bare=True,
    )


def _to_agent(case: Case, before: Ticket, after: Ticket, address: str) -> Notice | None:
    """What is as it was again, to an agent whom no other mail tells."""
    agent = next((a for a in case.policy.agents if address in a.emails), None)
    difference = Difference(policy=case.policy, before=before, after=after)
    lines = difference.lines(Role.AGENT)
    if agent is None or agent == case.writer.agent or not lines:
        return None
    return Notice(
        event=Event.STATUS_CHANGED,
        to=Mailbox(email=address, name=agent.name),
        role=Role.AGENT,
        reason="agent",
        language=case.desk_of(after).language,
        changes=lines,
        is_bare=True,
    )

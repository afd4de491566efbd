"""`#rate`: what the requester thinks of a ticket that is done; and the question for it.

In: a situation; a ticket that has just become `Done`. Out: the rating, or why it cannot be taken;
the mail with five links. A rating reopens nothing, whatever stands below it.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import replace

from maildesk.core import codes, notices, rating
from maildesk.core.actions import action, proved
from maildesk.core.case import Case
from maildesk.core.codes import Bond, Verdict
from maildesk.core.effects import Rate
from maildesk.core.model import Event, Notice, Role, Ticket
from maildesk.core.orders.situation import Done, Fault, Outcome, Situation
from maildesk.core.phrase import phrase
from maildesk.core.rating import HIGHEST, LOWEST, RatingFault
from maildesk.core.recipients import is_ours
from maildesk.core.trust import agent_at
from maildesk.core.workflow import DONE

_COMMAND = "rate"


def rate(situation: Situation) -> Outcome:
    """`#rate 4 [words]`, by the requester, once the ticket has ended; a later one counts."""
    ticket = situation.ticket
    found = rating.read(situation.words)
    if isinstance(found, RatingFault):
        return Fault(why=phrase(f"rating.{found.replace(' ', '-')}"))
    if not _may_rate(situation, found.words):
        return Fault(why=phrase("rating.not-yours"))
    if ticket.is_open:
        return Fault(why=phrase("rating.not-done"))
    given = replace(found, words=_said(situation, found.words))
    before = str(ticket.rating.stars) if ticket.rating else None
    detail = {"from": before, "to": str(given.stars), "words": given.words or None}
    return Done(
        ticket=replace(ticket, rating=given),
        said=phrase("rating.thanks", stars=given.stars),
        facts=(situation.fact("rated", **detail),),
        effects=(Rate(rating=given, by=situation.actor),),
        reopens_nothing=True,
    )


def asked(case: Case, before: Ticket, after: Ticket) -> tuple[Notice, ...]:
    """The question to the requester of a ticket that has become `Done`; once, and to no agent."""
    policy, desk, to = case.policy, case.desk_of(after), after.requester
    is_done = before.is_open and after.status == policy.workflow.ending(DONE).name
    on_it = next((p for p in after.participants if p.email == to.email), None)
    is_mute = on_it is not None and on_it.is_muted
    is_staff = agent_at(policy, to.email) is not None or is_ours(policy, to.email)
    if not (is_done and after.id and after.resolved_at and desk.asks_rating):
        return ()
    if is_mute or is_staff or after.rating or to.email in case.writer.addresses:
        return ()
    bond = Bond(key=after.key, recipient=to.email, action=_COMMAND)
    secret, now = case.context.secret, after.resolved_at
    question = Notice(
        event=Event.RATING_REQUESTED,
        to=to,
        role=Role.REQUESTER,
        reason=Role.REQUESTER,
        language=notices.language_for(policy, desk, after, to.email),
        actions=tuple(
            action(phrase(f"action.rate-{stars}"), bond, secret, now, words=str(stars))
            for stars in range(HIGHEST, LOWEST - 1, -1)
        ),
        is_bare=True,
        once=f"rating:{after.id}",
    )
    return (question,)


def _said(situation: Situation, words: str) -> str:
    """The customer's words without the code, wherever it stands in them.

    A number that comes without words leaves those of before.
    """
    written = codes.read(words)
    said = written.rest if written else words
    for code in codes.written_in(said):
        if _is_rating_code(situation, code):
            said = " ".join(said.replace(code, " ").split())
    before = situation.ticket.rating
    return said or (before.words if before else "")


def _may_rate(situation: Situation, words: str) -> bool:
    """Whether it is the requester's own word, or that of whom the code was made for."""
    mine = situation.case.writer.addresses
    return situation.ticket.requester.email in mine or _is_rating_code(situation, words)


def _is_rating_code(situation: Situation, words: str) -> bool:
    """Whether the words begin with a code by which their writer may rate the ticket."""
    mine, ticket = situation.case.writer.addresses, situation.ticket
    keys = (ticket.key, *situation.case.refs.subject_keys)
    bonds = (Bond(key=k, recipient=me, action=_COMMAND) for k in keys for me in mine)
    match = proved(words, bonds, situation.case.context.secret, situation.now)
    return match is not None and match.verdict is Verdict.GOOD

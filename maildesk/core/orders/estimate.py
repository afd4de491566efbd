"""`#estimate`, `#approve`, `#reject`: what work will cost, and whether it is wanted.

    command     the ticket                the mail
    #estimate   waits for the client      `estimate.requested` to each approver, with own codes
    #approve    Approved, due by its day  `estimate.decided` to agents, approvers, the requester
    #reject     Rejected                  the same

In: a situation. Out: the ticket and the estimate as they are then, or why an answer does not count.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import replace

from maildesk.core import approval, estimates, notices
from maildesk.core.dates import Misread
from maildesk.core.durations import DurationFault
from maildesk.core.effects import AskEstimate, DecideEstimate
from maildesk.core.estimates import DECISION, Answer, Estimate, EstimateState, Verdict
from maildesk.core.model import Event, Fact, Mailbox, Notice, Role, Ticket
from maildesk.core.orders.due import why_no_day
from maildesk.core.orders.situation import Done, Fault, Outcome, Situation
from maildesk.core.orders.status import move
from maildesk.core.orders.work import why_no_amount
from maildesk.core.packages import Standing
from maildesk.core.phrase import Phrase, phrase
from maildesk.core.recipients import is_ours
from maildesk.core.trust import agent_at
from maildesk.core.workflow import CLIENT, moved


def ask(situation: Situation) -> Outcome:
    """`#estimate 8h [by DATE] [words]`: the approvers are asked, and the ticket waits for them."""
    agent = situation.case.writer.agent
    if agent is None:
        return Fault(why=phrase("orders.agents-only"))
    request = estimates.read(situation.words, situation.now.date())
    if isinstance(request, DurationFault):
        return Fault(why=why_no_amount(situation.words, request))
    if isinstance(request, Misread):
        return Fault(why=why_no_day(request))
    if _is_contradicted(situation):
        return Fault(why=phrase("approval.once"))
    mine = situation.case.writer.addresses
    asked = tuple(p for p in _approvers(situation) if p.email not in mine)
    if not asked:
        return Fault(why=phrase("approval.nobody"))
    waiting = move(situation, situation.policy.workflow.named(CLIENT))
    if isinstance(waiting, Fault):
        return waiting
    before = situation.ticket.estimates
    estimate = Estimate(
        number=len(before) + 1,
        minutes=request.minutes,
        by=request.by,
        words=request.words,
        asked_by=agent.id,
        asked_at=situation.now,
    )
    ticket = replace(waiting.ticket, estimates=(*map(_replaced, before), estimate))
    people = ", ".join(person.email for person in asked)
    return Done(
        ticket=ticket,
        said=_said(situation, estimate, people),
        facts=(_fact(situation, "estimate asked", estimate, to=people), *waiting.facts),
        effects=(AskEstimate(estimate=estimate),),
        notices=tuple(_request(situation, ticket, estimate, person) for person in asked),
    )


def _is_contradicted(situation: Situation) -> bool:
    """Whether a line above asks for another estimate, or ends the ticket that would wait."""
    ticket = situation.ticket
    tickets = situation.case.context.tickets
    before = next((t for t in tickets if t.id == ticket.id), None)
    known = {e.number for e in before.estimates} if before else set()
    is_second = any(e.number not in known for e in ticket.estimates)
    return is_second or (not ticket.is_open and (before is None or before.is_open))


def _said(situation: Situation, estimate: Estimate, people: str) -> Phrase:
    """To whom it has gone, and that no package has room for it, where that is so."""
    told: dict[str, str | int] = {"number": estimate.number, "people": people}
    told |= _spent(estimate)
    standing = _standing(situation)
    if standing is None or estimate.minutes <= standing.left:
        return phrase("approval.asked", **told)
    if not standing.package:
        return phrase("approval.asked-without-package", **told)
    left = max(0, standing.left) * 60
    return phrase("approval.asked-beyond", package=standing.package, left=left, **told)


def _standing(situation: Situation) -> Standing | None:
    """What is left to the ticket's organisation; None where nothing is paid in packages."""
    context, ticket = situation.case.context, situation.ticket
    found = dict(context.grounds.standings).get(ticket.organisation or "")
    entered = ticket.minutes - sum(t.minutes for t in context.tickets if t.id == ticket.id)
    # Time that was entered above, in the same mail, is gone from it, too.
    return replace(found, left=found.left - entered) if found else None


def approve(situation: Situation) -> Outcome:
    """`#approve [code] [words]`."""
    return _decide(situation, Answer.APPROVE)


def reject(situation: Situation) -> Outcome:
    """`#reject [code] [words]`."""
    return _decide(situation, Answer.REJECT)


def _decide(situation: Situation, answer: Answer) -> Outcome:
    ticket, mine = situation.ticket, situation.case.writer.addresses
    shown = approval.shown(situation.case, ticket, answer, situation.words, situation.now)
    is_approver = any(p.email in mine for p in estimates.approvers(situation.policy, ticket))
    verdict = estimates.judge(
        ticket.estimates, shown.number, answer, shown.proof, is_approver=is_approver
    )
    estimate = estimates.numbered(ticket.estimates, shown.number)
    if verdict is Verdict.SOUND and estimate:
        return _decided(situation, estimate, answer, shown.words)
    if verdict is Verdict.AGAIN and estimate:
        said = phrase(f"approval.{estimate.state}-already", number=estimate.number)
        return Done(ticket=ticket, said=said, words=shown.words)
    told = (
        approval.reported(situation.case, ticket, shown.holder)
        if verdict is Verdict.FOREIGN
        else ()
    )
    return Fault(why=_why_not(verdict, estimate), notices=told)


def _decided(situation: Situation, estimate: Estimate, answer: Answer, words: str) -> Done:
    before, workflow = situation.ticket, situation.policy.workflow
    decided = replace(
        estimate,
        state=DECISION[answer],
        decided_by=situation.actor,
        decided_at=situation.now,
        decided_words=words,
    )
    others = (e for e in before.estimates if e.number != estimate.number)
    is_approval = answer is Answer.APPROVE
    status = workflow.named("Approved" if is_approval else "Rejected", is_open=is_approval)
    # A ticket that has ended meanwhile is not ended once more.
    is_moved = is_approval or before.is_open
    after = moved(before, status, workflow, situation.now) if is_moved else before
    is_reopened = after.is_open and not before.is_open
    open_again = (phrase("ticket.reopened.news"),) if is_reopened else ()
    after = replace(
        after,
        estimates=(*others, decided),
        due_on=decided.by if is_approval and decided.by else before.due_on,
    )
    return Done(
        ticket=after,
        said=phrase(f"approval.{decided.state}", number=decided.number, **_spent(decided)),
        facts=(
            _fact(situation, f"estimate {decided.state}", decided),
            *_moves(situation, before, after),
        ),
        effects=(DecideEstimate(estimate=decided),),
        notices=tuple(replace(n, changes=open_again) for n in _news(situation, after, decided)),
        words=words,
        shown=open_again,
    )


def _moves(situation: Situation, before: Ticket, after: Ticket) -> tuple[Fact, ...]:
    if before.status == after.status:
        return ()
    kind = "reopened" if after.is_open and not before.is_open else "status changed"
    return (situation.fact(kind, **{"from": before.status, "to": after.status}),)


def _replaced(estimate: Estimate) -> Estimate:
    if estimate.state is not EstimateState.ASKED:
        return estimate
    return replace(estimate, state=EstimateState.REPLACED)


def _approvers(situation: Situation) -> tuple[Mailbox, ...]:
    people = estimates.approvers(situation.policy, situation.ticket)
    return tuple(p for p in people if p.email and not is_ours(situation.policy, p.email))


def _request(situation: Situation, ticket: Ticket, estimate: Estimate, person: Mailbox) -> Notice:
    """The question to one approver, with the two lines that answer it."""
    context = situation.case.context
    key = ticket.key or dict(context.grounds.first_keys).get(ticket.desk, "")
    actions = approval.ways_to_decide(
        key, estimate.number, person.email, context.secret, situation.now
    )
    asked = _notice(situation, Event.ESTIMATE_REQUESTED, ticket, person, estimate)
    return replace(asked, actions=actions, reason="approver", standing=_standing(situation))


def _news(situation: Situation, ticket: Ticket, decided: Estimate) -> tuple[Notice, ...]:
    """The answer, to the agents, the other approvers and the requester."""
    policy, desk = situation.policy, situation.desk
    mine = situation.case.writer.addresses
    people = {p.email: p for p in (ticket.requester, *_approvers(situation))}
    told = tuple(
        _notice(situation, Event.ESTIMATE_DECIDED, ticket, person, decided)
        for person in people.values()
        if person.email not in mine and not agent_at(policy, person.email)
    )
    agents = (
        replace(
            _notice(situation, Event.ESTIMATE_DECIDED, ticket, agent, decided),
            role=Role.AGENT,
            reason="owner" if ticket.owner else "agent",
            language=desk.language,
        )
        for agent in notices.agents_of(policy, desk, ticket.owner)
        if agent.email not in mine
    )
    return (*told, *agents)


def _notice(
    situation: Situation, event: Event, ticket: Ticket, person: Mailbox, estimate: Estimate
) -> Notice:
    policy, desk = situation.policy, situation.desk
    on_it = {p.email: p.role for p in ticket.participants}
    role = on_it.get(person.email, Role.PARTICIPANT)
    is_requester = person.email == ticket.requester.email
    agent = situation.case.writer.agent
    return Notice(
        event=event,
        to=person,
        role=role,
        reason=Role.REQUESTER if is_requester else "approver",
        language=notices.language_for(policy, desk, ticket, person.email),
        estimate=estimate,
        actor=Mailbox(
            email=situation.actor, name=agent.name if agent else situation.case.author.name
        ),
        is_bare=not (situation.has_more or estimate.decided_words),
    )


def _why_not(verdict: Verdict, estimate: Estimate | None) -> Phrase:
    code = f"approval.{verdict.replace(' ', '-')}"
    if estimate is None or verdict is not Verdict.DECIDED:
        return phrase(code)
    at = estimate.decided_at.isoformat() if estimate.decided_at else ""
    return phrase(f"approval.{estimate.state}-by", by=estimate.decided_by, at=at)


def _spent(estimate: Estimate) -> dict[str, int]:
    return {"spent": estimate.minutes * 60}


def _fact(situation: Situation, kind: str, estimate: Estimate, **more: str) -> Fact:
    return situation.fact(kind, number=str(estimate.number), minutes=str(estimate.minutes), **more)

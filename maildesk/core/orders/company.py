"""`#cc`, `#uncc`, `#share` and `#private`: who else is on the ticket.

In: a situation. Out: the ticket with its people, or why somebody cannot be among them.

Whoever was taken off and answers an old mail is still heard, and gets no more mail.
*Fails:* never.
"""

from __future__ import annotations

import difflib
from dataclasses import replace

from maildesk.core.model import FROM_NOW, Mailbox, Participant, Policy, Role
from maildesk.core.orders.reading import people_in
from maildesk.core.orders.situation import Done, Fault, Outcome, Situation
from maildesk.core.people import joined, joining, why_not
from maildesk.core.phrase import phrase
from maildesk.core.sharing import organisation_named, people_of, private, shared, without
from maildesk.core.trust import agent_at


def bring(situation: Situation) -> Outcome:
    """`#cc name@example.com, Other <other@example.com>`: they hear what is said from now on."""
    named, ticket, policy = people_in(situation.words), situation.ticket, situation.policy
    if not named:
        return Fault(why=phrase("orders.addresses"))
    for person in named:
        code = why_not(policy, person.email)
        if code:
            return Fault(why=phrase(code, address=person.email))
    found = tuple(_participant(policy, person) for person in named)
    fresh = joining(ticket.participants, found)
    if not fresh:
        return Done(ticket=ticket, said=phrase("orders.cc-already", people=_list(found)))
    people = (*ticket.participants, *fresh)
    off = tuple(a for a in ticket.taken_off if a not in {p.email for p in fresh})
    return Done(
        ticket=replace(ticket, participants=people, taken_off=off),
        said=phrase("orders.cc", people=_list(fresh)),
        facts=joined(fresh, situation.actor),
    )


def take_off(situation: Situation) -> Outcome:
    """`#uncc name@example.com`: no more mail about the ticket, and no way in by its key."""
    named, ticket = people_in(situation.words), situation.ticket
    if not named:
        return Fault(why=phrase("orders.addresses"))
    gone: list[Participant] = []
    for person in named:
        found = _on(situation, person.email)
        if isinstance(found, Fault):
            return found
        gone.append(found)
    return Done(
        ticket=without(ticket, tuple(gone)),
        said=phrase("orders.uncc", people=_list(tuple(gone))),
        facts=tuple(situation.fact("participant removed", email=p.email) for p in gone),
    )


def share(situation: Situation) -> Outcome:
    """`#share`: the organisation's people read and hear everything."""
    policy, ticket = situation.policy, situation.ticket
    if ticket.organisation is None:
        return Fault(why=phrase("orders.no-organisations"))
    organisation = organisation_named(policy, ticket.organisation)
    if not people_of(policy, organisation):
        return Fault(why=phrase("orders.nobody-to-share", name=ticket.organisation))
    after = shared(policy, ticket)
    known = {p.email for p in ticket.participants}
    fresh = tuple(p for p in after.participants if p.email not in known)
    names = ", ".join(p.email for p in people_of(policy, organisation))
    if ticket.is_shared and not fresh:
        return Done(ticket=after, said=phrase("orders.shared-already", people=names))
    return Done(
        ticket=after,
        said=phrase("orders.shared", people=names),
        facts=(situation.fact("shared"), *joined(fresh, situation.actor)),
    )


def make_private(situation: Situation) -> Outcome:
    """`#private`: the organisation's people are no longer on it."""
    ticket = situation.ticket
    after = private(situation.policy, ticket)
    gone = tuple(p for p in ticket.participants if p not in after.participants)
    if not gone and not ticket.is_shared:
        return Done(ticket=after, said=phrase("orders.private-already"))
    code = "orders.private" if gone else "orders.private-nobody"
    removed = (situation.fact("participant removed", email=p.email) for p in gone)
    return Done(
        ticket=after,
        said=phrase(code, people=_list(gone)),
        facts=(situation.fact("made private"), *removed),
    )


def _participant(policy: Policy, person: Mailbox) -> Participant:
    """An agent joins as one, under the address that the desk writes to."""
    agent = agent_at(policy, person.email)
    if agent:
        return Participant(email=agent.emails[0], name=agent.name, role=Role.AGENT)
    return Participant(
        email=person.email, name=person.name, role=Role.PARTICIPANT, sees_after=FROM_NOW
    )


def _on(situation: Situation, address: str) -> Participant | Fault:
    """Who is on the ticket under this address and may go, or why they may not."""
    policy, ticket = situation.policy, situation.ticket
    agent = agent_at(policy, address)
    theirs = agent.emails if agent else (address,)
    found = next((p for p in ticket.participants if p.email in theirs), None)
    if found and found.role is Role.REQUESTER:
        why = phrase("orders.uncc-requester", address=address)
        return Fault(why=why, form="#requester name@example.com")
    if found and agent and agent.id == ticket.owner:
        why = phrase("orders.uncc-owner", address=address)
        return Fault(why=why, form="#assign nobody")
    if found:
        return found
    known = [p.email for p in ticket.participants if p.role is not Role.REQUESTER]
    near = difflib.get_close_matches(address, known, n=1, cutoff=0.6)
    why = phrase("orders.not-on-it", address=address)
    return Fault(why=why, form=f"#uncc {near[0]}" if near else "")


def _list(people: tuple[Participant, ...]) -> str:
    return ", ".join(p.email for p in people)

"""What a ticket is to the organisation it belongs to: shared with its `people`, or private.

    the ticket                       is
    is opened                        as shared as its organisation says (`share`)
    `#share`, `#private`             from then on what was said
    goes to another organisation     as shared as that one says, unless somebody has said otherwise

With whom a ticket is shared, they are on it like any participant and may read all of it. What
counts is the ticket: a change of the configuration makes no private ticket open, nor the other way.

In: a ticket, the policy. Out: the ticket with its people.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import replace

from maildesk.core.model import Organisation, Participant, Policy, Role, Ticket
from maildesk.core.recipients import organisation_of
from maildesk.core.trust import agent_at


def organisation_named(policy: Policy, name: str | None) -> Organisation | None:
    """The organisation of that name."""
    return next((o for o in policy.organisations if o.name == name), None)


def people_of(policy: Policy, organisation: Organisation | None) -> tuple[Participant, ...]:
    """With whom its tickets are shared; agents among them are told as agents."""
    people = organisation.people if organisation else ()
    return tuple(
        Participant(email=address, name="", role=Role.PARTICIPANT)
        for address in people
        if not agent_at(policy, address)
    )


def shared(policy: Policy, ticket: Ticket) -> Ticket:
    """The ticket, open to its organisation's people."""
    people = people_of(policy, organisation_named(policy, ticket.organisation))
    theirs = {p.email for p in people}
    present = tuple(
        replace(p, sees_after=0) if p.email in theirs else p for p in ticket.participants
    )
    fresh = tuple(p for p in people if p.email not in {q.email for q in present})
    off = tuple(address for address in ticket.taken_off if address not in theirs)
    return replace(ticket, is_shared=True, participants=(*present, *fresh), taken_off=off)


def private(policy: Policy, ticket: Ticket) -> Ticket:
    """The ticket without its organisation's people, but for its requester."""
    organisation = organisation_named(policy, ticket.organisation)
    theirs = {p.email for p in people_of(policy, organisation)}
    gone = tuple(p for p in ticket.participants if p.email in theirs and p.role is Role.PARTICIPANT)
    return replace(without(ticket, gone), is_shared=False)


def without(ticket: Ticket, gone: tuple[Participant, ...]) -> Ticket:
    """The ticket without these people; the customers among them do not come back by writing."""
    stays = tuple(p for p in ticket.participants if p not in gone)
    off = (*ticket.taken_off, *(p.email for p in gone if p.role is not Role.AGENT))
    return replace(ticket, participants=stays, taken_off=tuple(dict.fromkeys(off)))


def belonging(policy: Policy, ticket: Ticket, organisation: Organisation | None) -> Ticket:
    """The ticket as another organisation's: the people of the one go, those of the other come."""
    before = organisation_named(policy, ticket.organisation)
    name = organisation.name if organisation else None
    if name == ticket.organisation:
        return ticket
    is_as_usual = ticket.is_shared == (before is not None and before.share)
    is_open = organisation.share if organisation and is_as_usual else ticket.is_shared
    left = private(policy, ticket) if ticket.is_shared else ticket
    moved = replace(left, organisation=name, is_shared=False)
    return shared(policy, moved) if is_open and organisation else moved


def is_shared_with(policy: Policy, ticket: Ticket, address: str) -> bool:
    """Whether the ticket is open to whoever has this address."""
    organisation = organisation_of(policy, address)
    return bool(
        ticket.is_shared
        and organisation
        and organisation.name == ticket.organisation
        and address in organisation.people
    )

"""`#requester`: for whom the ticket is, and `#spam`: that it is for nobody.

In: a situation. Out: the ticket with its requester, who hears of it; or closed, its sender blocked.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import replace

from maildesk.core import notices
from maildesk.core.effects import Block
from maildesk.core.model import Mailbox, Participant, Role, Ticket
from maildesk.core.orders.reading import address_in, people_in
from maildesk.core.orders.situation import Done, Fault, Outcome, Situation
from maildesk.core.people import why_not
from maildesk.core.phrase import Phrase, phrase
from maildesk.core.recipients import is_ours, organisation_of
from maildesk.core.sharing import belonging
from maildesk.core.trust import agent_at
from maildesk.core.workflow import CLOSED, moved


def set_requester(situation: Situation) -> Outcome:
    """`#requester name@example.com`."""
    address, ticket = address_in(situation.words), situation.ticket
    if not address:
        return Fault(why=phrase("orders.one-address"))
    if is_ours(situation.policy, address):
        return Fault(why=phrase("orders.our-address", address=address))
    if code := why_not(situation.policy, address):
        return Fault(why=phrase(code, address=address))
    if not situation.is_staff and (why := _why_not(situation, address)):
        return Fault(why=why)
    if ticket.requester.email == address:
        return Done(ticket=ticket, said=phrase("orders.requester-already", address=address))
    return _change(situation, address)


def _why_not(situation: Situation, address: str) -> Phrase | None:
    """A customer speaks for their own organisation, and brings a reader to the ticket."""
    policy = situation.policy
    if agent_at(policy, address):
        return phrase("orders.an-agent", address=address)
    mine, theirs = organisation_of(policy, situation.actor), organisation_of(policy, address)
    if mine and theirs and mine.name == theirs.name:
        return None
    return phrase("orders.requester-elsewhere", address=address, name=mine.name if mine else "")


def mark_spam(situation: Situation) -> Outcome:
    """`#spam`: closed, and no more mail from its requester."""
    ticket, workflow = situation.ticket, situation.policy.workflow
    address = ticket.requester.email
    if situation.is_new:
        return Fault(why=phrase("orders.needs-ticket"))
    if agent_at(situation.policy, address) or is_ours(situation.policy, address):
        return Fault(why=phrase("orders.one-of-us", address=address))
    status = workflow.ending(CLOSED)
    return Done(
        ticket=moved(ticket, status, workflow, situation.now),
        said=phrase("orders.spam", address=address),
        facts=(
            situation.fact("marked as spam", blocked=address),
            situation.fact("status changed", **{"from": ticket.status, "to": status.name}),
        ),
        effects=(Block(address=address, by=situation.actor),),
        is_quiet=True,
    )


def _change(situation: Situation, address: str) -> Done:
    policy, desk, ticket = situation.policy, situation.desk, situation.ticket
    former = ticket.requester
    is_staff = agent_at(policy, former.email) is not None
    is_me = address in situation.case.writer.addresses
    after = _for(situation, address)
    said = phrase("orders.requester", address=address)
    if not is_staff:
        said = phrase("orders.requester-stays", address=address, former=former.email)
    writer = situation.case.comment_author if situation.is_new else None
    told = () if is_me else (notices.received(policy, desk, after.requester, opened_by=writer),)
    return Done(
        ticket=after,
        said=said,
        facts=(situation.fact("requester changed", **{"from": former.email, "to": address}),),
        notices=told,
    )


def _for(situation: Situation, address: str) -> Ticket:
    """The ticket in somebody else's name; who had it stays as a participant, or as an agent."""
    policy, ticket = situation.policy, situation.ticket
    former = ticket.requester
    named = next((p.name for p in people_in(situation.words)), "")
    known = next((p.name for p in ticket.participants if p.email == address), "") or named
    ticket = belonging(policy, ticket, organisation_of(policy, address))
    role = Role.AGENT if agent_at(policy, former.email) else Role.PARTICIPANT
    others = tuple(p for p in ticket.participants if p.email not in (address, former.email))
    stays = next((p for p in ticket.participants if p.email == former.email), None)
    kept = (replace(stays, role=role),) if stays else ()
    return replace(
        ticket,
        requester=Mailbox(email=address, name=known),
        language=notices.language_of(policy, situation.desk, address),
        participants=(
            Participant(email=address, name=known, role=Role.REQUESTER),
            *kept,
            *others,
        ),
    )

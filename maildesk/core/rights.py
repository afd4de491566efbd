"""What a customer may order on a ticket.

    who                                             may
    its requester, and who is on it of its          change it: `CHANGING`, as far as their
      organisation                                  organisation's `may` goes
    who is on it from elsewhere                     write, `#mute`, ask
    an organisation's `people`                      also name a requester of their own organisation

In: the policy, a ticket, somebody's address. Out: why not, in words for whoever asked.
*Fails:* never.
"""

from __future__ import annotations

from maildesk.core.changing import CHANGING
from maildesk.core.model import Policy, Ticket
from maildesk.core.orders.forms import names_of
from maildesk.core.phrase import Phrase, phrase
from maildesk.core.recipients import organisation_of
from maildesk.core.sharing import is_shared_with
from maildesk.core.trust import Identity

_BY_PEOPLE = "requester"


def names_for(policy: Policy, writer: Identity) -> frozenset[str]:
    """The commands that somebody may write; what is none of theirs is text in a customer's mail."""
    if writer.agent:
        return names_of(is_staff=True)
    names = names_of(is_staff=False)
    return names | {_BY_PEOPLE} if writer.sender and _speaks(policy, writer.sender.email) else names


def refusal(policy: Policy, ticket: Ticket, address: str, command: str) -> Phrase | None:
    """Why a customer may not give this command on this ticket; None where they may."""
    if command not in CHANGING:
        return None
    if not _is_theirs(policy, ticket, address):
        code = "orders.not-theirs" if ticket.organisation else "orders.not-the-requester"
        return phrase(code, name=ticket.organisation or "")
    organisation = organisation_of(policy, address)
    if organisation and organisation.may is not None and command not in organisation.may:
        return phrase("orders.not-in-plan", name=organisation.name)
    return None


def _is_theirs(policy: Policy, ticket: Ticket, address: str) -> bool:
    if ticket.requester.email == address:
        return True
    organisation = organisation_of(policy, address)
    is_of_it = organisation is not None and organisation.name == ticket.organisation
    is_on_it = any(p.email == address for p in ticket.participants)
    return is_of_it and (is_on_it or is_shared_with(policy, ticket, address))


def _speaks(policy: Policy, address: str) -> bool:
    """Whether somebody is named to speak for an organisation."""
    organisation = organisation_of(policy, address)
    return organisation is not None and address in organisation.people

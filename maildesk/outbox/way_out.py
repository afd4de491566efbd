"""How a customer on a ticket has no more mail about it: a link with a code, as List-Unsubscribe.

    List-Unsubscribe: <mailto:support@desk.example?subject=[HELP-1]%20%23mute%207K3M-…&body=…>

RFC 2369 §3.2. Mail programs send the subject of such a link, and some of them no body, so the
command stands in both. A one-click address (RFC 8058) must be https, which a desk by mail has none
of.

In: a notice and its ticket. Out: what the snapshot keeps of it.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from maildesk.core.actions import Action, action
from maildesk.core.codes import Bond
from maildesk.core.model import Desk, Event, Notice, Role, Ticket
from maildesk.core.phrase import phrase
from maildesk.outbox.wording import mailto

_NOT_ABOUT_IT = (Event.COMMAND_DONE, Event.COMMAND_FAILED)


def way_out(
    notice: Notice, ticket: Ticket, desk: Desk, secret: bytes, now: datetime
) -> dict[str, object]:
    """The link, for whoever is on the ticket as a customer."""
    if not _is_reader(notice, ticket):
        return {}
    line = _muting(notice, ticket, secret, now).line
    subject = f"[{ticket.key}] {line}"
    return {"unsubscribe": mailto(to=desk.address, subject=subject, line=f"{line} {ticket.key}")}


def offering(notice: Notice, ticket: Ticket, secret: bytes, now: datetime) -> Notice:
    """The notice; whom somebody else has brought here is shown the way out."""
    if notice.event is not Event.PARTICIPANT_ADDED or not _is_reader(notice, ticket):
        return notice
    return replace(notice, actions=(*notice.actions, _muting(notice, ticket, secret, now)))


def _muting(notice: Notice, ticket: Ticket, secret: bytes, now: datetime) -> Action:
    """The command that ends the ticket's mail to the reader of this one."""
    bond = Bond(key=ticket.key, recipient=notice.to.email, action="mute")
    return action(phrase("action.mute"), bond, secret, now)


def _is_reader(notice: Notice, ticket: Ticket) -> bool:
    is_customers = notice.role in (Role.REQUESTER, Role.PARTICIPANT)
    is_on_it = any(p.email == notice.to.email for p in ticket.participants)
    return is_customers and is_on_it and notice.event not in _NOT_ABOUT_IT

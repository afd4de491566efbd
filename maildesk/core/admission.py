"""Which ticket a message goes to: what its hints point at against what its writer may do.

In: the gathered hints, who wrote. Out: the hint to follow, and whether it lets the writer in. A
signed Message-ID counts for whom it was sent to; every other hint only for those who may comment on
that ticket anyway; a From that our own server refuses is a stranger's.
*Fails:* never.
"""

from __future__ import annotations

from maildesk.core import notices
from maildesk.core.case import Case
from maildesk.core.hint import Hint
from maildesk.core.model import Context, Decision, InboxState, Ticket
from maildesk.core.phrase import phrase
from maildesk.core.sharing import is_shared_with
from maildesk.core.signature import is_signed_for
from maildesk.core.trust import Identity

REPLY_BY_ANOTHER = "reply by another person"


def find_ticket(context: Context, writer: Identity) -> Hint | None:
    """The hint to follow: the strongest that this writer may use, else a genuine one to hold on.

    A forged Message-ID says no more than a subject key, so it neither proves nor holds anything.
    """
    usable = next((h for h in context.hints if may_use(h, context, writer)), None)
    if usable:
        return usable
    return next((h for h in context.hints if h.sent_to), None)


def may_use(hint: Hint, context: Context, writer: Identity) -> bool:
    """Whether this hint lets the writer in to the ticket that it names."""
    if was_sent_to(hint, writer, context):
        return True
    if writer.is_handed_on or writer.is_disowned:
        # Only having held our mail proves that somebody else's From hides this very person, or
        # that a list on the way has broken what DMARC looks at.
        return False
    return may_comment(context.ticket(hint.ticket_id), context, writer)


def was_sent_to(hint: Hint, writer: Identity, context: Context) -> bool:
    """Whether this very person got the mail that the hint names: by our records or signature."""
    if hint.signed is None:
        return False
    signed, addresses = hint.signed, writer.addresses
    is_recorded = hint.sent_to in addresses
    return is_recorded or any(is_signed_for(signed, a, context.secret) for a in addresses)


def may_comment(ticket: Ticket, context: Context, writer: Identity) -> bool:
    """Whether the writer belongs to the ticket: on it, a proved agent, or a sharing colleague."""
    if writer.agent:
        return True
    if writer.sender is None or writer.is_disowned:
        return False
    address = writer.sender.email
    is_on_it = any(p.email == address for p in ticket.participants)
    return is_on_it or is_shared_with(context.policy, ticket, address)


def held_for_another(case: Case, hint: Hint) -> Decision:
    """A genuine Message-ID of ours in other hands: nothing changes before an agent lets it in."""
    ticket = case.context.ticket(hint.ticket_id)
    title = phrase("alert.by-another", key=ticket.key)
    lines = (
        phrase("alert.by-another-words", key=ticket.key, person=case.message.shown_from),
        phrase("alert.see", command="maildesk inbox list --state held"),
        phrase("alert.let-in", command="maildesk inbox retry ID"),
    )
    told = notices.warned(case.policy, case.desk_of(ticket), ticket.owner, title, lines)
    return Decision(
        state=InboxState.HELD,
        reason=REPLY_BY_ANOTHER,
        about=ticket.id,
        notices=() if case.quiet else told,
    )

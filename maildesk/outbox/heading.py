"""What stands in the header of a mail: its subject, what an answer to it means, its thread.

In: a notice and its occasion. Out: the parts of the header.

    event               Auto-Submitted     reverse path
    ticket.received     auto-replied       null
    sender.unverified   auto-replied       null
    admin.alert         auto-generated     null
    delivery.failed     auto-generated     null
    ticket.assigned     auto-generated     null
    status.changed      auto-generated     null
    estimate.requested  auto-generated     null
    estimate.decided    auto-generated     null
    rating.requested    auto-generated     null
    waiting.reminder    auto-generated     null
    ticket.escalated    auto-generated     null
    digest.queue        auto-generated     null
    command.done        auto-replied       null
    command.failed      auto-replied       null
    others, no words    auto-generated     null
    all others          -                  as configured: they carry a person's own words

*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

from maildesk.core import signature
from maildesk.core.model import Desk, Event, Notice
from maildesk.core.phrase import Line, phrase
from maildesk.core.signature import Scope
from maildesk.core.thread import subject_line, ticket_subject
from maildesk.outbox.occasion import Occasion
from maildesk.outbox.speech import plain
from maildesk.outbox.telling import STAFF
from maildesk.store.last_mail import Place, place_of
from maildesk.store.writer import Tx

_AUTOMATIC = {
    Event.TICKET_RECEIVED: "auto-replied",
    Event.SENDER_UNVERIFIED: "auto-replied",
    Event.ADMIN_ALERT: "auto-generated",
    Event.DELIVERY_FAILED: "auto-generated",
    Event.TICKET_ASSIGNED: "auto-generated",
    Event.STATUS_CHANGED: "auto-generated",
    Event.ESTIMATE_REQUESTED: "auto-generated",
    Event.ESTIMATE_DECIDED: "auto-generated",
    Event.RATING_REQUESTED: "auto-generated",
    Event.WAITING_REMINDER: "auto-generated",
    Event.TICKET_ESCALATED: "auto-generated",
    Event.DIGEST_QUEUE: "auto-generated",
    Event.COMMAND_DONE: "auto-replied",
    Event.COMMAND_FAILED: "auto-replied",
}
_SCOPES = {
    Event.COMMENT_INTERNAL: Scope.INTERNAL,
    Event.DELIVERY_FAILED: Scope.INTERNAL,
    Event.TICKET_ESCALATED: Scope.INTERNAL,
    Event.DIGEST_QUEUE: Scope.INTERNAL,
    Event.COMMAND_DONE: Scope.INTERNAL,
    Event.COMMAND_FAILED: Scope.INTERNAL,
    Event.SENDER_UNVERIFIED: Scope.CONFIRM,
    Event.ADMIN_ALERT: Scope.ALERT,
}
# News that may bring a note along, and is then as internal as that.
_NAMED_FOR_MORE = (Event.TICKET_ASSIGNED, Event.PARTICIPANT_ADDED, Event.TICKET_ESCALATED)


def automatic(notice: Notice) -> str | None:
    """What stands in Auto-Submitted (RFC 3834 §5); None on a person's own words."""
    if notice.counted:
        return "auto-replied"
    return _AUTOMATIC.get(notice.event, "auto-generated" if notice.is_bare else None)


def subject(notice: Notice, occasion: Occasion) -> Line:
    """The ticket's, for its whole life; else that of the mail which is answered, or the news."""
    if notice.event is Event.ADMIN_ALERT:
        return f"[maildesk] {plain(notice.title, notice.language)}"
    if occasion.ticket:
        ticket = occasion.ticket
        return subject_line(ticket.key, ticket.mail_subject or ticket.subject)
    is_answer = notice.transcript or notice.questions or notice.guide
    if is_answer and occasion.subject:
        return f"Re: {ticket_subject(occasion.subject, occasion.policy)}"
    return notice.title or phrase("asking.several")


def scope(notice: Notice, occasion: Occasion) -> Scope:
    """An answer to an alert about a ticket is a note there; to any other it is nothing."""
    if notice.event is Event.ADMIN_ALERT and occasion.ticket:
        return Scope.INTERNAL
    if notice.role not in STAFF:
        return Scope.PUBLIC
    if notice.event in _NAMED_FOR_MORE and occasion.is_internal and not notice.is_bare:
        return Scope.INTERNAL
    return _SCOPES.get(notice.event, Scope.PUBLIC)


def ref(notice: Notice, occasion: Occasion) -> str:
    """What a reply to the mail is about: a ticket, a message that waits for a word, nothing."""
    if occasion.ticket:
        return occasion.ticket.key
    if notice.event is Event.ADMIN_ALERT or notice.questions or notice.guide:
        return signature.NO_TICKET
    return str(occasion.inbox_id or 0)


def place(tx: Tx, notice: Notice, occasion: Occasion) -> Place:
    """References: the root, the mail that opened the ticket, where this reader is since."""
    ticket, answers = occasion.ticket, occasion.answers
    if ticket is None:
        return Place(newest=answers, ids=(answers,) if answers else ())
    here = place_of(tx, ticket.id, notice.to.email)
    root = signature.thread_root(ticket.key, domain(occasion.desk))
    ids = (root, ticket.opening_message_id, *here.ids)
    known = tuple(dict.fromkeys(i for i in ids if i))
    return Place(newest=here.newest or known[-1], ids=known)


def domain(desk: Desk) -> str:
    """What stands behind the @ of its Message-IDs."""
    return desk.address.rpartition("@")[2]

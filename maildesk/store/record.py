"""A decision becomes rows: ticket, comment, participants, events, links.

In: a decision and the message it is about, inside the transaction that also gathered for it. Out:
what was recorded, by its ids. The outgoing mail of the same decision follows in the same
transaction, so that a row of it exists if and only if its cause was committed.
*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime

from maildesk.core.aside import Aside
from maildesk.core.links import LinkKind, TicketLink
from maildesk.core.model import (
    Change,
    Decision,
    Fact,
    InboundMessage,
    NewComment,
    NewTicket,
    Visibility,
    Words,
)
from maildesk.core.report import Mark
from maildesk.store.change import apply_change
from maildesk.store.database import stamp
from maildesk.store.indexed import entry
from maildesk.store.journal import watch
from maildesk.store.keys import take_number
from maildesk.store.links import add_link
from maildesk.store.people import add_people, set_people
from maildesk.store.undoing import keep
from maildesk.store.writer import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """Where a decision went; `ticket_id` and `comment_id` are None where there was none.

    `asides` are in the order of the decision's.
    """

    ticket_id: int | None = None
    comment_id: int | None = None
    asides: tuple[Recorded, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Record:
    """What a decision is about, and when."""

    message: InboundMessage
    inbox_id: int
    now: datetime


def record(
    tx: Tx, decision: Decision, message: InboundMessage, inbox_id: int, now: datetime
) -> Recorded:
    """Write everything the decision says about tickets."""
    ticket_id = decision.ticket_id
    if decision.new_ticket:
        ticket_id = _add_ticket(tx, decision.new_ticket, _opening_id(decision, message))
    if ticket_id is None:
        return Recorded()
    change = _with_newcomers(decision)
    about = _Record(message=message, inbox_id=inbox_id, now=now)
    if change is None or change.kept is None:
        return _record_on(tx, ticket_id, decision, change, about)
    recorded, entries = watch(tx, lambda: _record_on(tx, ticket_id, decision, change, about))
    if recorded.ticket_id is not None:
        keep(tx, recorded.ticket_id, inbox_id, change.kept, now, entries)
    return recorded


def _record_on(
    tx: Tx, ticket_id: int, decision: Decision, change: Change | None, about: _Record
) -> Recorded:
    message, inbox_id, now = about.message, about.inbox_id, about.now
    # After a merge the ticket is another one than that on which the mail was written.
    after_id = (change.ticket.id or ticket_id) if change else ticket_id
    if change:
        set_people(tx, after_id, change.ticket)
    add_people(tx, ticket_id, decision.new_participants)
    comment_id = None
    if decision.comment:
        comment_id = _add_comment(tx, ticket_id, decision.comment, message, inbox_id)
        # A mail that is passed on may be old; the ticket is as old as its coming here.
        _touch(tx, ticket_id, now if decision.comment.words else decision.comment.at)
    if decision.note:
        _add_comment(tx, ticket_id, decision.note, message, inbox_id)
    if change:
        apply_change(tx, after_id, change, now, inbox_id)
        ticket_id = after_id
        if message.message_id:
            add_message_id(tx, ticket_id, message.message_id)
    set_marks(tx, ticket_id, decision.marks)
    if decision.reached:
        clear_mark(tx, ticket_id, decision.reached)
    add_facts(tx, ticket_id, decision.facts, now, {"inbox_id": inbox_id})
    asides = tuple(_record_aside(tx, a, ticket_id, about) for a in decision.asides)
    return Recorded(ticket_id=ticket_id, comment_id=comment_id, asides=asides)


def _record_aside(tx: Tx, aside: Aside, own_id: int, about: _Record) -> Recorded:
    """What the same message does to another ticket, or says in a second comment on its own.

    It hangs in the thread of its own ticket, so no mail about the other one refers to it: mail
    programs would make one thread of both.
    """
    message, inbox_id, now = about.message, about.inbox_id, about.now
    ticket_id = own_id if aside.ticket_id is None else aside.ticket_id
    if aside.new_ticket:
        ticket_id = _add_ticket(tx, aside.new_ticket, None)
    comment_id = None
    if aside.comment:
        comment_id = _add_comment(tx, ticket_id, aside.comment, message, inbox_id)
        _touch(tx, ticket_id, now)
    add_facts(tx, ticket_id, aside.facts, now, {"inbox_id": inbox_id})
    return Recorded(ticket_id=ticket_id, comment_id=comment_id)


def _with_newcomers(decision: Decision) -> Change | None:
    """The change of the ticket with everybody on it whom the words bring."""
    change = decision.change
    if change is None:
        return None
    known = {p.email for p in change.ticket.participants}
    fresh = tuple(p for p in decision.new_participants if p.email not in known)
    people = (*change.ticket.participants, *fresh)
    return replace(change, ticket=replace(change.ticket, participants=people))


def add_message_id(tx: Tx, ticket_id: int, message_id: str, recipient: str = "") -> None:
    """Let a later reference to this Message-ID find the ticket.

    It is kept with its angles, as references have them; some programs write their own without.
    """
    if not message_id.startswith("<"):
        message_id = f"<{message_id}>"
    tx.execute(
        """INSERT INTO message_ids (message_id, ticket_id, recipient)
           VALUES (:message_id, :ticket_id, :recipient) ON CONFLICT DO NOTHING""",
        {"message_id": message_id.lower(), "ticket_id": ticket_id, "recipient": recipient},
    )


def _opening_id(decision: Decision, message: InboundMessage) -> str | None:
    """The Message-ID by which the requester knows the mail that opened the ticket."""
    words = decision.comment.words if decision.comment else None
    return words.message_id if words else message.message_id


def _add_ticket(tx: Tx, new: NewTicket, opening_message_id: str | None) -> int:
    number = take_number(tx, new.desk)
    row = tx.execute(
        """INSERT INTO tickets (key, desk, number, subject, mail_subject, priority, language,
               requester_email,
               requester_name, organisation, shared, opening_message_id, continues, created_at,
               updated_at, status_since)
           VALUES (:key, :desk, :number, :subject, :subject, :priority, :language, :requester_email,
               :requester_name, :organisation, :shared, :opening_message_id, :continues, :at,
               :at, :at)
           RETURNING id""",
        {
            "key": f"{new.desk}-{number}",
            "desk": new.desk,
            "number": number,
            "subject": new.subject,
            "priority": new.priority,
            "language": new.language,
            "requester_email": new.requester.email,
            "requester_name": new.requester.name,
            "organisation": new.organisation,
            "shared": new.is_shared,
            "opening_message_id": opening_message_id,
            "continues": new.continues,
            "at": stamp(new.created_at),
        },
    ).fetchone()
    ticket_id = int(row["id"])
    add_people(tx, ticket_id, new.participants)
    for message_id in new.thread:
        add_message_id(tx, ticket_id, message_id)
    for link in new.links:
        add_link(tx, ticket_id, link)
    if new.related_to:
        add_link(tx, ticket_id, TicketLink(kind=LinkKind.RELATED, to=new.related_to))
    return ticket_id


def _add_comment(
    tx: Tx, ticket_id: int, new: NewComment, message: InboundMessage, inbox_id: int
) -> int:
    words = new.words or _words_of(message)
    row = tx.execute(
        """INSERT INTO comments (ticket_id, origin, author_email, author_name, agent, visibility,
               at, text, full_text, html, message_id, inbox_id)
           VALUES (:ticket_id, :ticket_id, :author_email, :author_name, :agent, :visibility, :at,
               :text, :full_text, :html, :message_id, :inbox_id)
           RETURNING id""",
        {
            "ticket_id": ticket_id,
            "author_email": new.author.email,
            "author_name": new.author.name,
            "agent": new.by_agent,
            "visibility": new.visibility,
            "at": stamp(new.at),
            "text": "" if _quotes_for_the_customer(new, message) else words.text,
            "full_text": words.full_text,
            "html": words.html,
            "message_id": words.message_id,
            "inbox_id": inbox_id,
        },
    ).fetchone()
    comment_id = int(row["id"])
    _add_attachments(tx, comment_id, words)
    _index(tx, ticket_id, comment_id, words)
    if words.message_id:
        add_message_id(tx, ticket_id, words.message_id)
    return comment_id


def _quotes_for_the_customer(new: NewComment, message: InboundMessage) -> bool:
    """Whether an agent sends a file and quotes our mail to the agents above it, and no more."""
    is_public = new.by_agent is not None and new.visibility is Visibility.PUBLIC
    return is_public and message.is_all_quote and new.words is None


def _words_of(message: InboundMessage) -> Words:
    return Words(
        text=message.text,
        full_text=message.full_text,
        html=message.html,
        message_id=message.message_id,
        attachments=message.attachments,
    )


def _add_attachments(tx: Tx, comment_id: int, words: Words) -> None:
    tx.executemany(
        """INSERT INTO attachments (comment_id, part, name, type, size, sha256, inline,
               content_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
        [
            (comment_id, a.part, a.name, a.type, a.size, a.sha256, a.inline, a.content_id)
            for a in words.attachments
        ],
    )


def _index(tx: Tx, ticket_id: int, comment_id: int, words: Words) -> None:
    row = tx.execute("SELECT subject FROM tickets WHERE id = :id", {"id": ticket_id}).fetchone()
    new = entry(row["subject"], words.text)
    tx.execute(
        """INSERT INTO comment_search (rowid, subject, text, letters)
           VALUES (:id, :subject, :text, :letters)""",
        {"id": comment_id, "subject": new.subject, "text": new.text, "letters": new.letters},
    )


def _touch(tx: Tx, ticket_id: int, at: datetime) -> None:
    """A ticket begins with its first comment, also when an import brings that one later."""
    tx.execute(
        """UPDATE tickets SET created_at = CASE WHEN created_at > :at THEN :at ELSE created_at END,
               updated_at = CASE WHEN updated_at < :at THEN :at ELSE updated_at END
           WHERE id = :id""",
        {"at": stamp(at), "id": ticket_id},
    )


def add_facts(
    tx: Tx, ticket_id: int, facts: tuple[Fact, ...], now: datetime, also: dict[str, object]
) -> None:
    """Write what happened to a ticket; `also` goes into each event's detail."""
    tx.executemany(
        "INSERT INTO events (ticket_id, at, actor, kind, detail) VALUES (?, ?, ?, ?, ?)",
        [
            (
                ticket_id,
                stamp(now),
                fact.actor,
                fact.kind,
                json.dumps(_detail(fact, also), ensure_ascii=False),
            )
            for fact in facts
        ],
    )


def _detail(fact: Fact, also: dict[str, object]) -> dict[str, object]:
    detail: dict[str, object] = {**dict(fact.detail), **also}
    if fact.hints:
        detail["hints"] = [
            {"kind": h.kind, "value": h.value, "ticket": h.ticket or None, "use": h.use}
            for h in fact.hints
        ]
    return detail


def set_marks(tx: Tx, ticket_id: int, marks: tuple[Mark, ...]) -> None:
    """Mark participants whose mail comes back."""
    tx.executemany(
        """UPDATE participants SET undeliverable = ?, withheld = ?
           WHERE ticket_id = ? AND email = ?""",
        [(mark.status, mark.is_withheld, ticket_id, mark.email) for mark in marks],
    )


def clear_mark(tx: Tx, ticket_id: int, email: str) -> bool:
    """Mail to this participant arrives again; whether there was a mark."""
    return bool(
        tx.execute(
            """UPDATE participants SET undeliverable = NULL, withheld = 0
               WHERE ticket_id = :ticket_id AND email = :email AND undeliverable IS NOT NULL""",
            {"ticket_id": ticket_id, "email": email},
        ).rowcount
    )

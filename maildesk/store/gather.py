"""What a decision about one message may look at, read inside the recording transaction.

In: the message, its references, the policy. Out: a `Context`. Every question is one index probe,
so the cost does not grow with what is stored.
*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from maildesk.core import codes
from maildesk.core.bounce import Trail
from maildesk.core.estimates import NO_GROUNDS, Grounds
from maildesk.core.hint import Hint, HintKind
from maildesk.core.leak import Leak
from maildesk.core.model import Context, InboundMessage, KnownOriginal, Mailbox, Policy, Ticket
from maildesk.core.newer import Unseen
from maildesk.core.orders.forms import names_of
from maildesk.core.orders.reading import keys_named, read
from maildesk.core.report import Returned
from maildesk.core.thread import Refs
from maildesk.core.trust import agent_at
from maildesk.core.undoing import Undoable
from maildesk.store import returned, undoing
from maildesk.store.aliases import ticket_of
from maildesk.store.blocked import is_blocked
from maildesk.store.database import moment, stamp
from maildesk.store.estimates import asked_by, asked_in, estimates_of
from maildesk.store.fields import fields_of
from maildesk.store.keys import next_key
from maildesk.store.lately import count_lately
from maildesk.store.links import links_of
from maildesk.store.newer import held_answers, let_in_answers, newer_comments
from maildesk.store.notes import find_leaks
from maildesk.store.originals import find_original
from maildesk.store.packages import standing_of
from maildesk.store.people import read_people, read_taken_off
from maildesk.store.ratings import rating_of
from maildesk.store.spent import find_spent
from maildesk.store.time_entries import minutes_of
from maildesk.store.writer import Tx

_ESTIMATE = "#estimate"
_DAY = timedelta(days=1)


def load_context(
    tx: Tx,
    message: InboundMessage,
    refs: Refs,
    *,
    policy: Policy,
    secret: bytes,
    default_desk: str | None,
    now: datetime,
    trail: Trail | None = None,
    inbox_id: int = 0,
) -> Context:
    """Everything about this message that the store knows; a report comes with its `trail`."""
    hints = tuple(find_hints(tx, refs))
    found = returned.find(tx, trail, secret, now) if trail else ()
    original = find_original(tx, message.forwarded, secret)
    named = tuple(_named(tx, message, policy, hints))
    tickets = tuple(_tickets(tx, _pointed_at(hints, found, original, named), now))
    return Context(
        policy=policy,
        secret=secret,
        hints=hints,
        tickets=tickets,
        lately=count_lately(tx, message, policy, now, is_about_a_ticket=bool(hints)),
        is_blocked=is_blocked(tx, message.shown_from),
        default_desk=default_desk,
        original=original,
        returned=found,
        spent=find_spent(tx, refs),
        leaks=tuple(_leaks(tx, tickets, message, refs, policy)),
        asked=asked_by(tx, next(iter(message.in_reply_to), "").lower()),
        approvers=asked_in(tx, (value for value, _ in refs.signed)),
        grounds=_grounds(tx, tickets, message, policy, now),
        named=named,
        inbox_id=inbox_id,
        unseen=_unseen(tx, message, policy, hints, tickets),
        undoables=tuple(_undoables(tx, message, tickets, policy)),
        next_keys=tuple(_next_keys(tx, tickets, message)),
    )


def _pointed_at(
    hints: tuple[Hint, ...],
    returned: tuple[Returned, ...],
    original: KnownOriginal | None,
    named: tuple[tuple[str, int], ...],
) -> Iterator[int]:
    found = (*hints, *returned, *((original,) if original else ()))
    yield from (f.ticket_id for f in found if f.ticket_id is not None)
    yield from (ticket_id for _, ticket_id in named)


def _unseen(
    tx: Tx,
    message: InboundMessage,
    policy: Policy,
    hints: tuple[Hint, ...],
    tickets: tuple[Ticket, ...],
) -> Unseen:
    """What an agent's mail does not know of yet, and which answers wait for an agent's word."""
    agent = agent_at(policy, message.shown_from)
    if agent is None:
        return Unseen()
    ids = [ticket.id for ticket in tickets]
    return Unseen(
        newer=tuple(newer_comments(tx, hints, agent.id)),
        held=tuple(held_answers(tx, ids)),
        let_in=tuple(let_in_answers(tx, ids)),
    )


def _named(
    tx: Tx, message: InboundMessage, policy: Policy, hints: tuple[Hint, ...]
) -> Iterator[tuple[str, int]]:
    """The tickets that the message's commands mean, by the keys under which they mean them."""
    is_staffs = agent_at(policy, message.shown_from) is not None
    names = None if is_staffs else names_of(is_staff=False)
    keys = (*keys_named(message.text, names), *_linked(tx, message, hints))
    for key in dict.fromkeys(keys):
        found = ticket_of(tx, key)
        if found is not None:
            yield key, found


def _linked(tx: Tx, message: InboundMessage, hints: tuple[Hint, ...]) -> Iterator[str]:
    """What the ticket of the message is linked to, where its words may be for those, too."""
    if any(c.name == "public" and c.words for c in read(message.text).commands):
        for hint in hints:
            yield from (link.to for link in links_of(tx, hint.ticket_id))


def _undoables(
    tx: Tx, message: InboundMessage, tickets: tuple[Ticket, ...], policy: Policy
) -> Iterator[Undoable]:
    """What an agent who writes `#undo` has done on these tickets."""
    agent = agent_at(policy, message.shown_from)
    asked = [c for c in read(message.text).commands if c.name == "undo"] if agent else []
    if agent and asked:
        is_any = any(codes.read(command.words) for command in asked)
        ids = (ticket.id for ticket in tickets)
        yield from undoing.find(tx, ids, agent.id, load_ticket, is_any=is_any)


def _next_keys(
    tx: Tx, tickets: tuple[Ticket, ...], message: InboundMessage
) -> Iterator[tuple[str, str]]:
    """The key that each desk's next ticket gets, where a command is to open one."""
    if not any(command.name == "split" for command in read(message.text).commands):
        return
    for desk in dict.fromkeys(ticket.desk for ticket in tickets):
        yield desk, next_key(tx, desk)


def _grounds(
    tx: Tx, tickets: tuple[Ticket, ...], message: InboundMessage, policy: Policy, now: datetime
) -> Grounds:
    """What an estimate rests on: what its customers have left, and the key of its ticket."""
    if _ESTIMATE not in message.text.casefold():
        return NO_GROUNDS
    names = {ticket.organisation for ticket in tickets}
    paying = (o for o in policy.organisations if o.packages and (not tickets or o.name in names))
    first = () if tickets else tuple((d.key, next_key(tx, d.key)) for d in policy.desks)
    standings = tuple((o.name, standing_of(tx, o, now)) for o in paying)
    return Grounds(standings=standings, first_keys=first)


def _tickets(tx: Tx, ids: Iterable[int], now: datetime) -> Iterator[Ticket]:
    """The tickets that hints name, and behind each that is done what goes on with it."""
    seen: set[int] = set()
    for named in ids:
        ticket_id: int | None = named
        while ticket_id is not None and ticket_id not in seen:
            seen.add(ticket_id)
            ticket = load_ticket(tx, ticket_id)
            ticket_id = None
            if not ticket.is_open:
                ticket = replace(ticket, reopenings=_reopenings(tx, ticket.id, now - _DAY))
                ticket_id = _continuation(tx, ticket.id)
            yield ticket


def load_ticket(conn: sqlite3.Connection, ticket_id: int) -> Ticket:
    """A ticket with its participants."""
    row = conn.execute("SELECT * FROM tickets WHERE id = :id", {"id": ticket_id}).fetchone()
    return Ticket(
        id=row["id"],
        key=row["key"],
        desk=row["desk"],
        subject=row["subject"],
        mail_subject=row["mail_subject"],
        status=row["status"],
        language=row["language"],
        requester=Mailbox(email=row["requester_email"], name=row["requester_name"]),
        organisation=row["organisation"],
        owner=row["owner"],
        opening_message_id=row["opening_message_id"],
        created_at=moment(row["created_at"]),
        type=row["type"],
        priority=row["priority"],
        urgency=row["urgency"],
        impact=row["impact"],
        has_own_priority=bool(row["own_priority"]),
        status_before=row["status_before"],
        status_since=moment(row["status_since"]) if row["status_since"] else None,
        due_on=date.fromisoformat(row["due_on"]) if row["due_on"] else None,
        related_to=_related(conn, ticket_id),
        is_open=bool(row["is_open"]),
        resolved_at=moment(row["resolved_at"]) if row["resolved_at"] else None,
        continues=row["continues"],
        is_shared=bool(row["shared"]),
        participants=read_people(conn, ticket_id),
        taken_off=read_taken_off(conn, ticket_id),
        minutes=minutes_of(conn, ticket_id),
        estimates=estimates_of(conn, ticket_id),
        rating=rating_of(conn, ticket_id) if row["rating"] else None,
        fields=fields_of(conn, ticket_id),
        links=links_of(conn, ticket_id),
    )


def has_a_part(conn: sqlite3.Connection, address: str, elsewhere: Iterable[str]) -> bool:
    """Whether this address takes part in any ticket but those of the desks `elsewhere`."""
    found = conn.execute(
        """SELECT 1 FROM participants p JOIN tickets t ON t.id = p.ticket_id
           WHERE p.email = :email AND t.desk NOT IN (SELECT value FROM json_each(:elsewhere))
           LIMIT 1""",
        {"email": address.lower(), "elsewhere": json.dumps(sorted(elsewhere))},
    )
    return found.fetchone() is not None


def _leaks(
    tx: Tx, tickets: tuple[Ticket, ...], message: InboundMessage, refs: Refs, policy: Policy
) -> Iterator[Leak]:
    """What an agent's mail says of the notes on its tickets; nobody else has seen them."""
    agent = agent_at(policy, message.shown_from)
    if agent:
        yield from find_leaks(tx, tickets, message, agent, is_threaded=bool(refs.signed))


def _related(conn: sqlite3.Connection, ticket_id: int) -> str | None:
    row = conn.execute(
        "SELECT target FROM links WHERE ticket_id = :id AND kind = 'related'", {"id": ticket_id}
    ).fetchone()
    return row["target"] if row else None


def find_hints(tx: sqlite3.Connection, refs: Refs) -> Iterator[Hint]:
    """Every reference that leads to a ticket, strongest first."""
    for value, signed in refs.signed:
        # After an undone merge a mail may have the key of the one and be about the other.
        ticket_id = _place_of(tx, value) or ticket_of(tx, signed.ref)
        if ticket_id is not None:
            yield Hint(
                kind=HintKind.SIGNED,
                value=value,
                ticket_id=ticket_id,
                signed=signed,
                sent_to=_recipient(tx, value, ticket_id),
            )
    for kind, keys in ((HintKind.PLUS, refs.plus_keys), (HintKind.KEY, refs.subject_keys)):
        for key in keys:
            found = ticket_of(tx, key)
            if found is not None:
                yield Hint(kind=kind, value=key, ticket_id=found)
    for value in refs.message_ids:
        for ticket_id in _by_message_id(tx, value):
            yield Hint(kind=HintKind.MESSAGE_ID, value=value, ticket_id=ticket_id)
    for key in refs.quoted_keys:
        found = ticket_of(tx, key)
        if found is not None:
            yield Hint(kind=HintKind.QUOTE, value=key, ticket_id=found)


def _place_of(tx: sqlite3.Connection, message_id: str) -> int | None:
    """The ticket that a mail of ours is about, by our record of it."""
    row = tx.execute(
        "SELECT ticket_id FROM message_ids WHERE message_id = :id AND recipient <> ''",
        {"id": message_id.lower()},
    ).fetchone()
    return row["ticket_id"] if row else None


def _recipient(tx: Tx, message_id: str, ticket_id: int) -> str | None:
    """Whom we sent this very mail to; it may be signed by the installation before a restore."""
    row = tx.execute(
        "SELECT recipient FROM message_ids WHERE message_id = :id AND ticket_id = :ticket_id",
        {"id": message_id.lower(), "ticket_id": ticket_id},
    ).fetchone()
    return str(row["recipient"]) if row and row["recipient"] else None


def _by_message_id(tx: Tx, message_id: str) -> list[int]:
    rows = tx.execute(
        "SELECT ticket_id FROM message_ids WHERE message_id = :id ORDER BY ticket_id",
        {"id": message_id.lower()},
    )
    return [row["ticket_id"] for row in rows]


def _reopenings(tx: Tx, ticket_id: int, since: datetime) -> int:
    row = tx.execute(
        """SELECT count(*) AS n FROM events
           WHERE ticket_id = :id AND kind = 'reopened' AND at > :since""",
        {"id": ticket_id, "since": stamp(since)},
    ).fetchone()
    return int(row["n"])


def _continuation(tx: Tx, ticket_id: int) -> int | None:
    row = tx.execute(
        "SELECT id FROM tickets WHERE continues = :id ORDER BY id DESC LIMIT 1", {"id": ticket_id}
    ).fetchone()
    return row["id"] if row else None

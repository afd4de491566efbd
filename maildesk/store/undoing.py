"""The mails with commands that can be taken back, and what taking back does.

In: what a mail was, and what its recording has changed. Out: rows of `undoable`; the writer's own
on a ticket, as `#undo` finds them; their changes undone.

A mail of theirs that still waits, untouched by any other, does not go; words that no customer has
had that way become a note. After a day nothing but a merge can be taken back, and is not kept.
*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from maildesk.core.model import Ticket
from maildesk.core.undoing import Keepsake, Undoable
from maildesk.store import journal
from maildesk.store.database import moment, stamp
from maildesk.store.journal import Entry
from maildesk.store.writer import Tx

_KEPT_FOR = timedelta(days=1)
_MOST = 20  # mails of one agent about one ticket that are looked at
_FREE = frozenset(("undeliverable", "withheld", "sees_after", "rating", "continues"))
_NAMES = {"requester_email": "requester", "requester_name": "requester", "is_open": "status"}
_NAMES |= {"resolved_at": "status", "status_before": "status", "own_priority": "priority"}
_NAMES |= {"due_on": "due"}
# Fields that people know by name; what else there is, is something else.
_FIELDS = frozenset(
    [
        "subject",
        "type",
        "status",
        "priority",
        "urgency",
        "impact",
        "language",
        "requester",
        "organisation",
        "owner",
        "due",
    ]
)
# Mail of the time in which two tickets were one, to people of the source alone, or to agents with
# the words of such people: answers to it are about the source again, and never the target's.
_GIVE_BACK = """WITH apart AS (
        SELECT email FROM participants WHERE ticket_id = :source AND role <> 'agent'
        EXCEPT SELECT email FROM participants WHERE ticket_id = :target)
    UPDATE OR IGNORE message_ids SET ticket_id = :source
    WHERE ticket_id = :target AND recipient <> '' AND message_id IN (
        SELECT lower(o.message_id) FROM outbox o LEFT JOIN comments c ON c.id = o.comment_id
        WHERE o.ticket_id = :target AND o.created_at >= :at AND (
            o.recipient IN (SELECT email FROM apart)
            OR c.author_email IN (SELECT email FROM apart)
            AND json_extract(o.snapshot, '$.recipient.role') IN ('agent', 'admin')))"""
_LAST = """SELECT * FROM undoable WHERE ticket_id = :id AND agent = :agent
    ORDER BY id DESC LIMIT 1"""
_ANY = """SELECT * FROM undoable WHERE agent = :agent AND ticket_id IN (
        SELECT :id UNION ALL SELECT id FROM tickets WHERE merged_into = :id)
    ORDER BY id DESC LIMIT :most"""


def keep(
    tx: Tx, ticket_id: int, inbox_id: int, kept: Keepsake, now: datetime, entries: tuple[Entry, ...]
) -> None:
    """Keep what a mail has changed on its ticket."""
    tx.execute(
        "DELETE FROM undoable WHERE source IS NULL AND at < :old", {"old": stamp(now - _KEPT_FOR)}
    )
    tx.execute(
        """INSERT INTO undoable (inbox_id, ticket_id, key, agent, mail, lines, source, obstacle, at,
               journal)
           SELECT :inbox_id, id, key, :agent, :mail, :lines, :source, :obstacle, :at, :journal
           FROM tickets WHERE id = :ticket_id""",
        {
            "inbox_id": inbox_id,
            "ticket_id": ticket_id,
            "agent": kept.agent,
            "mail": kept.mail,
            "lines": kept.lines,
            "source": kept.source,
            "obstacle": kept.obstacle,
            "at": stamp(now),
            "journal": journal.to_json(entries),
        },
    )


def find(
    tx: Tx,
    ticket_ids: Iterable[int],
    agent: str,
    load: Callable[[Tx, int], Ticket],
    *,
    is_any: bool,
) -> Iterator[Undoable]:
    """The agent's last mail about each of these tickets.

    With `is_any` the earlier ones, too, and those about tickets that became part of them: a code
    may mean any. What a mail has done is looked at only where it may be meant.
    """
    question = _ANY if is_any else _LAST
    for ticket_id in dict.fromkeys(ticket_ids):
        rows = tx.execute(question, {"agent": agent, "id": ticket_id, "most": _MOST}).fetchall()
        yield from (_undoable(tx, row, ticket_id, load) for row in rows)


def undo(tx: Tx, undoable_id: int, now: datetime) -> None:
    """Take back everything that the mail has changed, and its mails that wait."""
    row = _row(tx, undoable_id)
    journal.take_back(tx, journal.from_json(row["journal"]))
    if row["source"] is not None:
        ids = {"source": row["source"], "target": row["ticket_id"], "at": row["at"]}
        tx.execute(_GIVE_BACK, ids)
    unsent = _unsent(tx, row["inbox_id"])
    _hide_unsent_words(tx, row["inbox_id"], unsent)
    tx.executemany("DELETE FROM outbox WHERE id = ?", [(outbox_id,) for outbox_id in unsent])
    tx.execute(
        "UPDATE undoable SET undone_at = :now WHERE id = :id",
        {"now": stamp(now), "id": undoable_id},
    )


def _undoable(
    tx: Tx, row: sqlite3.Row, ticket_id: int, load: Callable[[Tx, int], Ticket]
) -> Undoable:
    entries = journal.from_json(row["journal"])
    is_elsewhere = row["ticket_id"] != ticket_id
    is_undone = row["undone_at"] is not None
    ticket, source, changed = load(tx, ticket_id), None, set()
    if not (is_elsewhere or is_undone):
        columns = (_NAMES.get(c, c) for c in journal.differs(tx, entries) if c not in _FREE)
        changed = {name if name in _FIELDS else "other" for name in columns}
        ticket, source = _without(tx, row, entries, load)
    return Undoable(
        id=row["id"],
        key=row["key"],
        at=moment(row["at"]),
        kept=Keepsake(
            agent=row["agent"],
            mail=row["mail"],
            lines=row["lines"],
            source=row["source"],
            obstacle=row["obstacle"],
        ),
        ticket=ticket,
        source=source,
        is_undone=is_undone,
        is_elsewhere=is_elsewhere,
        changed=tuple(sorted(changed)),
        reached=_reached(tx, row["inbox_id"]),
    )


def _without(
    tx: Tx, row: sqlite3.Row, entries: tuple[Entry, ...], load: Callable[[Tx, int], Ticket]
) -> tuple[Ticket, Ticket | None]:
    """The ticket, and the one that was merged into it, as they would be without the mail."""
    tx.execute("SAVEPOINT without")
    try:
        journal.take_back(tx, entries)
        source = load(tx, row["source"]) if row["source"] is not None else None
        return load(tx, row["ticket_id"]), source
    finally:
        tx.execute("ROLLBACK TO without")
        tx.execute("RELEASE without")


def _row(tx: Tx, undoable_id: int) -> sqlite3.Row:
    row: sqlite3.Row = tx.execute(
        "SELECT * FROM undoable WHERE id = :id", {"id": undoable_id}
    ).fetchone()
    return row


def _mails(tx: Tx, inbox_id: int) -> tuple[sqlite3.Row, ...]:
    """The mails that the message has made, but for the answer to its writer.

    One whose cause is wider than the message, a question how it was, came in the same moment.
    """
    begun = tx.execute(
        """SELECT min(created_at) AS at, ticket_id FROM outbox
           WHERE cause >= :from AND cause < :to""",
        {"from": f"inbox:{inbox_id}:", "to": f"inbox:{inbox_id};"},
    ).fetchone()
    rows = tx.execute(
        """SELECT id, recipient, comment_id, created_at = :at AND state = 'queued'
               AND attempts = 0 AND json_extract(snapshot, '$.comment_ids') IS NULL AS waits
           FROM outbox WHERE event NOT IN ('command.done', 'command.failed') AND id IN (
               SELECT id FROM outbox WHERE cause >= :from AND cause < :to
               UNION ALL SELECT id FROM outbox WHERE ticket_id = :ticket_id
                   AND created_at = :at AND cause NOT LIKE 'inbox:%') ORDER BY id""",
        {
            "from": f"inbox:{inbox_id}:",
            "to": f"inbox:{inbox_id};",
            "at": begun["at"],
            "ticket_id": begun["ticket_id"],
        },
    )
    return tuple(rows.fetchall())


def _unsent(tx: Tx, inbox_id: int) -> tuple[int, ...]:
    """Those that wait, and into which no other message has put anything."""
    return tuple(row["id"] for row in _mails(tx, inbox_id) if row["waits"])


def _reached(tx: Tx, inbox_id: int) -> tuple[str, ...]:
    """Who has had mail because of the message, or will have it."""
    gone = (row["recipient"] for row in _mails(tx, inbox_id) if not row["waits"])
    return tuple(dict.fromkeys(gone))


def _hide_unsent_words(tx: Tx, inbox_id: int, unsent: tuple[int, ...]) -> None:
    """Words that were on their way to customers, and have reached none, are a note."""
    rows = tx.execute(
        """SELECT c.id AS comment, o.id AS mail FROM comments c JOIN outbox o ON o.comment_id = c.id
           WHERE c.inbox_id = :inbox_id AND c.visibility = 'public'
           AND json_extract(o.snapshot, '$.recipient.role') IN ('requester', 'participant')""",
        {"inbox_id": inbox_id},
    ).fetchall()
    gone = {row["comment"] for row in rows if row["mail"] not in unsent}
    tx.executemany(
        "UPDATE comments SET visibility = 'internal' WHERE id = ?",
        [(comment,) for comment in {row["comment"] for row in rows} - gone],
    )

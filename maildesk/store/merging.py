"""One ticket becomes part of another.

In: the ids of both. Out: the rows under the target. `journal` knows every one of them, so that
`#undo` can bring them back.

    moves                                      stays
    comments with their files, events,         inbox rows: the key on which they were recorded
    time, estimates, fields, rating,           outbox rows: a mail is about the ticket of its day
    Message-IDs, keys, last mails, links       an estimate that waits for its answer is `replaced`:
                                               its codes and its mail are the source's

Comments know on which ticket they were said (`origin`), and `may_read` says who of the merged
tickets may read which of them. The target's people and links are the core's to set.
*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

from maildesk.store.aliases import lead
from maildesk.store.links import set_links
from maildesk.store.writer import Tx

_LET_READ = """INSERT INTO may_read (ticket_id, email, origin, sees_after)
    SELECT :target, email, :source, sees_after FROM participants
        WHERE ticket_id = :source AND role <> 'agent'
    UNION ALL SELECT :target, email, origin, sees_after FROM may_read WHERE ticket_id = :source
    ON CONFLICT DO NOTHING"""
_MOVE_LAST_MAILS = """INSERT INTO last_mail (ticket_id, email, got, sent, is_loose)
    SELECT :target, email, got, sent, is_loose FROM last_mail WHERE ticket_id = :source
    ON CONFLICT DO NOTHING"""
_MOVE_FIELDS = """INSERT INTO ticket_fields (ticket_id, name, value)
    SELECT :target, name, value FROM ticket_fields WHERE ticket_id = :source
    ON CONFLICT DO NOTHING"""
_MOVE_ESTIMATES = """UPDATE estimates SET ticket_id = :target,
    number = number + (SELECT coalesce(max(number), 0) FROM estimates WHERE ticket_id = :target),
    state = CASE WHEN state = 'asked' THEN 'replaced' ELSE state END
    WHERE ticket_id = :source"""
_MOVES = (
    "UPDATE comments SET ticket_id = :target WHERE ticket_id = :source",
    "UPDATE events SET ticket_id = :target WHERE ticket_id = :source",
    "UPDATE time_entries SET ticket_id = :target WHERE ticket_id = :source",
    "UPDATE OR IGNORE ratings SET ticket_id = :target WHERE ticket_id = :source",
    _MOVE_ESTIMATES,
    _MOVE_LAST_MAILS,
    _MOVE_FIELDS,
)
_REMOVALS = (
    "DELETE FROM last_mail WHERE ticket_id = :source",
    "DELETE FROM ticket_fields WHERE ticket_id = :source",
    "DELETE FROM participants WHERE ticket_id = :source",
    "DELETE FROM taken_off WHERE ticket_id = :source",
    "DELETE FROM may_read WHERE ticket_id = :source",
)
_MARK = """UPDATE participants SET undeliverable = s.undeliverable, withheld = s.withheld
    FROM participants s WHERE participants.ticket_id = :target AND s.ticket_id = :source
    AND s.email = participants.email AND s.undeliverable IS NOT NULL
    AND participants.undeliverable IS NULL"""
_GO_ON = """UPDATE tickets SET continues = s.continues FROM tickets s
    WHERE s.id = :source AND tickets.id = :target AND tickets.continues IS NULL
    AND s.continues <> :target"""
_RATE = """UPDATE tickets SET rating = s.rating FROM tickets s
    WHERE s.id = :source AND tickets.id = :target AND tickets.rating IS NULL
    AND s.rating IS NOT NULL"""


def merge(tx: Tx, source: int, target: int) -> None:
    """Move everything of the source."""
    ids = {"source": source, "target": target}
    tx.execute(_LET_READ, ids)
    for move in (*_MOVES, _MARK, _RATE):
        tx.execute(move, ids)
    set_links(tx, source, ())
    lead(tx, source, target)
    _end(tx, ids)


def _end(tx: Tx, ids: dict[str, int]) -> None:
    """Nothing leads to the source any more, and no list names it."""
    for end in (*_REMOVALS, _GO_ON):
        tx.execute(end, ids)
    tx.execute("UPDATE tickets SET continues = :target WHERE continues = :source", ids)
    tx.execute(
        """UPDATE tickets SET merged_into = :target, is_open = 0, continues = NULL
           WHERE id = :source""",
        ids,
    )
    tx.execute("UPDATE tickets SET continues = NULL WHERE id = :target AND continues = id", ids)

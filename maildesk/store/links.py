"""The links of a ticket; one between two tickets stands on both.

In: a ticket's id, its links as they are to be. Out: the rows, on the other tickets, too.
*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

import sqlite3

from maildesk.core.links import LinkKind, TicketLink
from maildesk.store.aliases import ticket_of
from maildesk.store.writer import Tx


def links_of(conn: sqlite3.Connection, ticket_id: int) -> tuple[TicketLink, ...]:
    """The links of a ticket, in the order of their kinds."""
    rows = conn.execute(
        """SELECT kind, target, is_public FROM links WHERE ticket_id = :id
           ORDER BY kind, target""",
        {"id": ticket_id},
    )
    return tuple(
        TicketLink(kind=LinkKind(r["kind"]), to=r["target"], is_public=bool(r["is_public"]))
        for r in rows
    )


def set_links(tx: Tx, ticket_id: int, links: tuple[TicketLink, ...]) -> None:
    """Exactly these links the ticket has, and the tickets at their other ends know of it."""
    present = links_of(tx, ticket_id)
    for gone in present:
        if gone not in links:
            _remove(tx, ticket_id, gone)
    for new in links:
        if new not in present:
            add_link(tx, ticket_id, new)


def add_link(tx: Tx, ticket_id: int, new: TicketLink) -> None:
    """Link a ticket, and the ticket at the other end back."""
    _put(tx, ticket_id, new.kind, new.to, is_public=new.is_public)
    other = _other_end(tx, new)
    # While a merge is taken back the key of the other one still leads here.
    if other is not None and other != ticket_id:
        _put(tx, other, new.kind, _key(tx, ticket_id), is_public=False)


def _remove(tx: Tx, ticket_id: int, gone: TicketLink) -> None:
    _take(tx, ticket_id, gone.kind, gone.to)
    other = _other_end(tx, gone)
    if other is not None:
        _take(tx, other, gone.kind, _key(tx, ticket_id))


def _other_end(tx: Tx, link: TicketLink) -> int | None:
    return None if link.kind is LinkKind.EXTERNAL else ticket_of(tx, link.to)


def _put(tx: Tx, ticket_id: int, kind: str, target: str, *, is_public: bool) -> None:
    tx.execute(
        """INSERT INTO links (ticket_id, kind, target, is_public)
           VALUES (:id, :kind, :target, :is_public)
           ON CONFLICT (ticket_id, kind, target) DO UPDATE SET is_public = excluded.is_public""",
        {"id": ticket_id, "kind": kind, "target": target, "is_public": is_public},
    )


def _take(tx: Tx, ticket_id: int, kind: str, target: str) -> None:
    tx.execute(
        "DELETE FROM links WHERE ticket_id = :id AND kind = :kind AND target = :target",
        {"id": ticket_id, "kind": kind, "target": target},
    )


def _key(tx: Tx, ticket_id: int) -> str:
    row = tx.execute("SELECT key FROM tickets WHERE id = :id", {"id": ticket_id}).fetchone()
    return str(row["key"])

"""Signed Message-IDs that others may know: kept by their MAC, told in the ticket's history.

In: what a decision says is spent, or a message's references. Out: rows, or the MACs that are spent.
*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime

from maildesk.core.hint import SpentId
from maildesk.core.model import Fact
from maildesk.core.thread import Refs
from maildesk.store.record import add_facts
from maildesk.store.writer import Tx


def find_spent(conn: sqlite3.Connection, refs: Refs) -> frozenset[str]:
    """The MACs among these references that prove nothing any more."""
    if not refs.signed:
        return frozenset()
    macs = json.dumps([form.mac for _, form in refs.signed])
    rows = conn.execute(
        "SELECT mac FROM spent_ids WHERE mac IN (SELECT value FROM json_each(:macs))",
        {"macs": macs},
    )
    return frozenset(row["mac"] for row in rows)


def spend(tx: Tx, spent: tuple[SpentId, ...], inbox_id: int, now: datetime) -> None:
    """Let these ids prove nothing from now on."""
    for each in spent:
        is_new = tx.execute(
            "INSERT INTO spent_ids (mac, inbox_id) VALUES (:mac, :id) ON CONFLICT DO NOTHING",
            {"mac": each.mac, "id": inbox_id},
        ).rowcount
        if is_new and each.ticket_id is not None:
            fact = Fact(
                kind="proof spent",
                actor=each.holder,
                detail=(("message id", each.message_id), ("seen by", ", ".join(each.seen_by))),
            )
            add_facts(tx, each.ticket_id, (fact,), now, {"inbox_id": inbox_id})

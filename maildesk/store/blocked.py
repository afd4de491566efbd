"""Senders that agents have said `#spam` of: their mail is ignored from then on.

In: addresses. Out: whether one is blocked, and the list. A plus tag or another case of the same
mailbox is the same sender.
*Fails:* NotFound when an address to be let in again is not blocked; sqlite3.Error otherwise.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from maildesk.core.recipients import plain_address
from maildesk.errors import NotFound
from maildesk.store.database import moment, stamp
from maildesk.store.writer import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """A sender, who said so, and when."""

    address: str
    by: str
    at: datetime


def block_sender(tx: Tx, address: str, by: str, now: datetime) -> bool:
    """Ignore this sender from now on; False when that was so already."""
    added = tx.execute(
        """INSERT INTO blocked_senders (address, by, at) VALUES (:address, :by, :at)
           ON CONFLICT DO NOTHING""",
        {"address": plain_address(address), "by": by, "at": stamp(now)},
    )
    return bool(added.rowcount)


def unblock_sender(tx: Tx, address: str) -> None:
    """Take this sender's mail again."""
    gone = tx.execute(
        "DELETE FROM blocked_senders WHERE address = :address", {"address": plain_address(address)}
    )
    if not gone.rowcount:
        message = f"{address} is not blocked"
        raise NotFound(message)


def is_blocked(conn: sqlite3.Connection, address: str) -> bool:
    """Whether mail from this address is ignored."""
    found = conn.execute(
        "SELECT 1 FROM blocked_senders WHERE address = :address",
        {"address": plain_address(address)},
    ).fetchone()
    return found is not None


def list_blocked(conn: sqlite3.Connection) -> tuple[Blocked, ...]:
    """Every blocked sender, the oldest first."""
    rows = conn.execute("SELECT address, by, at FROM blocked_senders ORDER BY at, address")
    return tuple(Blocked(address=r["address"], by=r["by"], at=moment(r["at"])) for r in rows)

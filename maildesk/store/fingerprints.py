"""Which message was the first to be a mail: a fingerprint, and a sketch of what it says.

In: a fingerprint (`mail.fingerprint`), a sketch (`core.sameness`), the row that asks. Out: the
claim, or who has it already. Several rows hold one fingerprint where a program gave several mails
one id and date.
*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from maildesk.core.sameness import is_same
from maildesk.store.writer import Tx

_MOST = 50  # mails of one id, sender and date; any more are taken for the first


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """`holder` is the row that is this very mail, None when the claim is the asking row's own.

    `twin` is then another mail under the same fingerprint, if there is one.
    """

    holder: int | None = None
    twin: int | None = None


def claim(tx: Tx, fingerprint: str, inbox_id: int, words: bytes) -> Claim:
    """Claim a mail for this row."""
    held = _holders(tx, fingerprint)
    others = [(other, said) for other, said in held if other != inbox_id]
    same = next((other for other, said in others if is_same(words, said)), None)
    if same is None and len(others) >= _MOST:
        same = others[0][0]
    if same is not None:
        return Claim(holder=same)
    tx.execute(
        """INSERT INTO fingerprints (fingerprint, inbox_id, words) VALUES (:f, :id, :words)
           ON CONFLICT DO NOTHING""",
        {"f": fingerprint, "id": inbox_id, "words": words},
    )
    return Claim(twin=others[0][0] if others else None)


def holder_of(conn: sqlite3.Connection, fingerprint: str, words: bytes) -> int | None:
    """The row that has claimed a mail, if any has."""
    held = _holders(conn, fingerprint)
    return next((other for other, said in held if is_same(words, said)), None)


def _holders(conn: sqlite3.Connection, fingerprint: str) -> list[tuple[int, bytes]]:
    rows = conn.execute(
        """SELECT inbox_id, words FROM fingerprints WHERE fingerprint = :f
           ORDER BY inbox_id LIMIT :most""",
        {"f": fingerprint, "most": _MOST + 1},
    )
    return [(int(row["inbox_id"]), bytes(row["words"])) for row in rows]

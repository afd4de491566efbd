"""What is remembered of each IMAP mailbox: how far it is read, how well it is, its refresh token.

In: a mailbox's configured name; positions, outcomes of polls, tokens. Out: the same, durable.

A position belongs to one folder of one account (`place`), not to the name in the configuration:
many servers give UIDVALIDITY 1 to every INBOX, so an old position would silently skip the mail of
a new account under an old name.
*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from maildesk.store.database import moment, stamp
from maildesk.store.writer import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Every message of this UIDVALIDITY up to `last_uid` needs nothing more from us."""

    uidvalidity: int
    last_uid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How the polls of one mailbox went; `failing_since` is set from the first failure on.

    `is_refused`: the latest failure was a login that the server judged and refused.
    """

    name: str
    last_poll_at: datetime | None = None
    last_error: str | None = None
    failing_since: datetime | None = None
    alerted_at: datetime | None = None
    is_refused: bool = False


def position(conn: sqlite3.Connection, name: str, place: str) -> Position | None:
    """How far `place` is read, None when it was never read under this name."""
    row = conn.execute(
        "SELECT uidvalidity, last_uid FROM mailboxes WHERE name = :name AND place = :place",
        {"name": name, "place": place},
    ).fetchone()
    return Position(uidvalidity=row["uidvalidity"], last_uid=row["last_uid"]) if row else None


def begin(tx: Tx, name: str, place: str, reached: Position, left_until: datetime | None) -> None:
    """Remember where `place` begins; what arrived up to `left_until` is to be left alone."""
    keep_position(tx, name, place, reached)
    tx.execute(
        "UPDATE mailboxes SET left_until = :until WHERE name = :name",
        {"name": name, "until": _stamp(left_until)},
    )


def left_until(conn: sqlite3.Connection, name: str, place: str) -> datetime | None:
    """Until when mail that arrived in `place` was there before us, None when all was wanted."""
    row = conn.execute(
        "SELECT left_until FROM mailboxes WHERE name = :name AND place = :place",
        {"name": name, "place": place},
    ).fetchone()
    return _moment(row["left_until"]) if row else None


def keep_position(tx: Tx, name: str, place: str, reached: Position) -> None:
    """Remember how far `place` is read."""
    tx.execute(
        """INSERT INTO mailboxes (name, place, uidvalidity, last_uid)
           VALUES (:name, :place, :uidvalidity, :last_uid)
           ON CONFLICT (name) DO UPDATE SET place = excluded.place,
               uidvalidity = excluded.uidvalidity, last_uid = excluded.last_uid""",
        {
            "name": name,
            "place": place,
            "uidvalidity": reached.uidvalidity,
            "last_uid": reached.last_uid,
        },
    )


def health(conn: sqlite3.Connection, name: str) -> Health:
    """How the mailbox is; nothing is set before its first poll."""
    row = conn.execute("SELECT * FROM mailboxes WHERE name = :name", {"name": name}).fetchone()
    return _health(row) if row else Health(name=name)


def everybody(conn: sqlite3.Connection) -> tuple[Health, ...]:
    """The health of all mailboxes ever polled, by name."""
    return tuple(_health(row) for row in conn.execute("SELECT * FROM mailboxes ORDER BY name"))


def keep_health(tx: Tx, health_: Health) -> None:
    """Remember how the last poll went."""
    tx.execute(
        """INSERT INTO mailboxes (name, last_poll_at, last_error, failing_since, alerted_at,
               is_refused)
           VALUES (:name, :polled, :error, :failing, :alerted, :refused)
           ON CONFLICT (name) DO UPDATE SET last_poll_at = :polled, last_error = :error,
               failing_since = :failing, alerted_at = :alerted, is_refused = :refused""",
        {
            "name": health_.name,
            "polled": _stamp(health_.last_poll_at),
            "error": health_.last_error,
            "failing": _stamp(health_.failing_since),
            "alerted": _stamp(health_.alerted_at),
            "refused": health_.is_refused,
        },
    )


def refresh_token(conn: sqlite3.Connection, name: str, configured: str) -> str | None:
    """The newest token that came in place of `configured`; None when there is none.

    A token from the configuration that is not the one we started from is newer than ours: an
    administrator has given consent again.
    """
    row = conn.execute(
        "SELECT refresh_token, refresh_token_of FROM mailboxes WHERE name = :name", {"name": name}
    ).fetchone()
    if row is None or row["refresh_token_of"] != _digest(configured):
        return None
    token: str | None = row["refresh_token"]
    return token


def keep_refresh_token(tx: Tx, name: str, configured: str, token: str) -> None:
    """Remember the token that the provider gave in place of `configured`."""
    tx.execute(
        """INSERT INTO mailboxes (name, refresh_token, refresh_token_of)
           VALUES (:name, :token, :of)
           ON CONFLICT (name) DO UPDATE SET refresh_token = :token, refresh_token_of = :of""",
        {"name": name, "token": token, "of": _digest(configured)},
    )


def _health(row: sqlite3.Row) -> Health:
    return Health(
        name=row["name"],
        last_poll_at=_moment(row["last_poll_at"]),
        last_error=row["last_error"],
        failing_since=_moment(row["failing_since"]),
        alerted_at=_moment(row["alerted_at"]),
        is_refused=bool(row["is_refused"]),
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _stamp(at: datetime | None) -> str | None:
    return stamp(at) if at else None


def _moment(text: str | None) -> datetime | None:
    return moment(text) if text else None

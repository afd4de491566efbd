"""What a sender has written and had of us lately, counted in one index probe each.

In: the message, the policy. Out: `core.lately.Lately`.
*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

from maildesk.core.lately import Lately
from maildesk.core.model import InboundMessage, Policy
from maildesk.core.recipients import plain_address
from maildesk.core.sameness import is_echo
from maildesk.store.database import stamp

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_MOST = 100  # tickets that are compared
_LONGEST = 20_000  # characters of a text


def count_lately(
    conn: sqlite3.Connection,
    message: InboundMessage,
    policy: Policy,
    now: datetime,
    *,
    is_about_a_ticket: bool,
) -> Lately:
    """All counts about the sender of this message."""
    address = message.shown_from
    author = message.forwarded.sender if message.forwarded else None
    return Lately(
        automatic_mails=_automatic_mails(conn, address, now - _HOUR),
        automatic_mails_to_original=(
            _automatic_mails(conn, author.email, now - _HOUR) if author else 0
        ),
        tickets=_tickets_opened(conn, address, now - _HOUR),
        questions_last_day=_automatic_mails(conn, address, now - _DAY, "sender.unverified"),
        is_echo=not is_about_a_ticket and _is_echo(conn, message, policy, now - _DAY),
    )


def _automatic_mails(
    conn: sqlite3.Connection, address: str, since: datetime, event: str = ""
) -> int:
    return _count(
        conn,
        """SELECT count(*) AS n FROM outbox
           WHERE counted_as = :address AND created_at > :since AND :event IN ('', event)""",
        {"address": plain_address(address), "since": stamp(since), "event": event},
    )


def _tickets_opened(conn: sqlite3.Connection, address: str, since: datetime) -> int:
    return _count(
        conn,
        """SELECT count(*) AS n FROM tickets
           WHERE requester_email = :address AND created_at > :since""",
        {"address": address.lower(), "since": stamp(since)},
    )


def _count(conn: sqlite3.Connection, question: str, values: dict[str, str]) -> int:
    return int(conn.execute(question, values).fetchone()["n"])


def _is_echo(
    conn: sqlite3.Connection, message: InboundMessage, policy: Policy, since: datetime
) -> bool:
    """Whether the sender was acknowledged often enough, each time for what he says now.

    Few senders come near that, so there is hardly ever anything to compare.
    """
    times = min(2 * policy.automatic_mails_per_address, _MOST)
    rows = conn.execute(
        """SELECT (SELECT substr(text, 1, :longest) FROM comments
                   WHERE ticket_id = t.id ORDER BY at, id LIMIT 1) AS text
           FROM tickets t WHERE requester_email = :address AND created_at > :since
           AND EXISTS (SELECT 1 FROM outbox
                       WHERE ticket_id = t.id AND event = 'ticket.received')
           ORDER BY created_at DESC LIMIT :times""",
        {
            "address": message.shown_from.lower(),
            "since": stamp(since),
            "times": times,
            "longest": _LONGEST,
        },
    ).fetchall()
    is_often = times > 0 and len(rows) == times
    return is_often and all(is_echo(message.text, row["text"] or "") for row in rows)

"""The tables, as ordered migrations that are applied once each.

In: an open database. Out: the same database at the newest version this program knows. A file with
a migration that this program does not know was written by a newer one and is refused.

Raw messages stand in a table of their own so that listings never read over them. Every index is
there for one question; the partial ones keep the cost of a question with the work that waits.
*Fails:* SchemaMismatch for a newer file; sqlite3.Error as the database gives it.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from maildesk.errors import SchemaMismatch

if TYPE_CHECKING:
    from sqlite_utils import Database

_SET = "maildesk"

_FIRST = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    """CREATE TABLE inbox (
        id INTEGER PRIMARY KEY,
        received_at TEXT NOT NULL,
        source TEXT NOT NULL,
        mail_from TEXT,
        rcpt_to TEXT NOT NULL,
        peer TEXT NOT NULL,
        helo TEXT NOT NULL,
        authenticated_as TEXT,
        quiet INTEGER NOT NULL DEFAULT 0,
        arrived_at TEXT,
        over_size INTEGER NOT NULL DEFAULT 0,
        untold INTEGER NOT NULL DEFAULT 0,
        let_in INTEGER NOT NULL DEFAULT 0,
        mailbox TEXT, uidvalidity INTEGER, uid INTEGER,
        size INTEGER NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('pending', 'done', 'ignored', 'held', 'failed')),
        reason TEXT NOT NULL DEFAULT '',
        attempts INTEGER NOT NULL DEFAULT 0,
        from_address TEXT NOT NULL DEFAULT '',
        subject TEXT NOT NULL DEFAULT '',
        message_id TEXT,
        ticket_id INTEGER REFERENCES tickets (id),
        processed_at TEXT,
        failure_told INTEGER NOT NULL DEFAULT 0,
        UNIQUE (mailbox, uidvalidity, uid)
    ) STRICT""",
    "CREATE INDEX inbox_pending ON inbox (received_at, id) WHERE state = 'pending'",
    "CREATE INDEX inbox_waiting ON inbox (state, id) WHERE state IN ('pending', 'held', 'failed')",
    "CREATE INDEX inbox_untold ON inbox (reason, processed_at) WHERE untold = 1",
    "CREATE INDEX inbox_failed ON inbox (id) WHERE state = 'failed' AND failure_told = 0",
    "CREATE INDEX inbox_ticket ON inbox (ticket_id) WHERE ticket_id IS NOT NULL",
    """CREATE TABLE raw (
        inbox_id INTEGER PRIMARY KEY REFERENCES inbox (id),
        content BLOB,
        file TEXT,
        CHECK ((content IS NULL) <> (file IS NULL))
    ) STRICT""",
    """CREATE TABLE fingerprints (
        fingerprint TEXT NOT NULL,
        inbox_id INTEGER NOT NULL REFERENCES inbox (id),
        words BLOB NOT NULL,
        PRIMARY KEY (fingerprint, inbox_id)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE desks (key TEXT PRIMARY KEY, last_number INTEGER NOT NULL)
    STRICT, WITHOUT ROWID""",
    """CREATE TABLE tickets (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        desk TEXT NOT NULL,
        number INTEGER NOT NULL,
        subject TEXT NOT NULL,
        mail_subject TEXT NOT NULL DEFAULT '',
        type TEXT NOT NULL DEFAULT 'request',
        status TEXT NOT NULL DEFAULT 'Open',
        priority TEXT NOT NULL DEFAULT 'P3',
        urgency TEXT NOT NULL DEFAULT 'medium',
        impact TEXT NOT NULL DEFAULT 'low',
        own_priority INTEGER NOT NULL DEFAULT 0,
        status_before TEXT,
        status_since TEXT,
        reminded INTEGER NOT NULL DEFAULT 0,
        due_on TEXT,
        language TEXT NOT NULL,
        requester_email TEXT NOT NULL,
        requester_name TEXT NOT NULL,
        organisation TEXT,
        shared INTEGER NOT NULL DEFAULT 0,
        owner TEXT,
        opening_message_id TEXT,
        is_open INTEGER NOT NULL DEFAULT 1,
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL,
        resolved_at TEXT,
        continues INTEGER REFERENCES tickets (id),
        merged_into INTEGER REFERENCES tickets (id),
        rating INTEGER,
        UNIQUE (desk, number)
    ) STRICT""",
    """CREATE TABLE key_aliases (
        key TEXT PRIMARY KEY,
        ticket_id INTEGER NOT NULL REFERENCES tickets (id)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX key_aliases_ticket ON key_aliases (ticket_id)",
    "CREATE INDEX tickets_requester ON tickets (requester_email, created_at)",
    "CREATE INDEX tickets_continues ON tickets (continues, id) WHERE continues IS NOT NULL",
    "CREATE INDEX tickets_silent ON tickets (desk, status, reminded, status_since)",
    """CREATE INDEX tickets_queue ON tickets (is_open, priority, created_at, id, desk)
    WHERE is_open = 1""",
    """CREATE INDEX tickets_mine ON tickets (owner, priority, created_at, id)
    WHERE is_open = 1""",
    "CREATE INDEX tickets_owner ON tickets (owner, id) WHERE owner IS NOT NULL",
    "CREATE INDEX tickets_organisation ON tickets (organisation) WHERE organisation IS NOT NULL",
    """CREATE TABLE participants (
        ticket_id INTEGER NOT NULL REFERENCES tickets (id),
        email TEXT NOT NULL,
        name TEXT NOT NULL,
        role TEXT NOT NULL CHECK (role IN ('requester', 'participant', 'agent')),
        undeliverable TEXT,
        withheld INTEGER NOT NULL DEFAULT 0,
        muted INTEGER NOT NULL DEFAULT 0,
        sees_after INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (ticket_id, email)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX participants_email ON participants (email)",
    """CREATE TABLE taken_off (
        ticket_id INTEGER NOT NULL REFERENCES tickets (id),
        email TEXT NOT NULL,
        PRIMARY KEY (ticket_id, email)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE may_read (
        ticket_id INTEGER NOT NULL REFERENCES tickets (id),
        email TEXT NOT NULL,
        origin INTEGER NOT NULL REFERENCES tickets (id),
        sees_after INTEGER NOT NULL,
        PRIMARY KEY (ticket_id, email, origin)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE last_mail (
        ticket_id INTEGER NOT NULL REFERENCES tickets (id),
        email TEXT NOT NULL,
        got TEXT NOT NULL DEFAULT '',
        sent TEXT NOT NULL DEFAULT '',
        is_loose INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (ticket_id, email)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE comments (
        id INTEGER PRIMARY KEY,
        ticket_id INTEGER NOT NULL REFERENCES tickets (id),
        origin INTEGER NOT NULL REFERENCES tickets (id),
        author_email TEXT NOT NULL,
        author_name TEXT NOT NULL,
        agent TEXT,
        via TEXT NOT NULL DEFAULT 'email',
        visibility TEXT NOT NULL CHECK (visibility IN ('public', 'internal')),
        at TEXT NOT NULL,
        text TEXT NOT NULL,
        full_text TEXT NOT NULL,
        html TEXT,
        message_id TEXT,
        inbox_id INTEGER REFERENCES inbox (id)
    ) STRICT""",
    "CREATE INDEX comments_ticket ON comments (ticket_id, at)",
    "CREATE INDEX comments_agent ON comments (agent, id) WHERE agent IS NOT NULL",
    """CREATE TABLE attachments (
        comment_id INTEGER NOT NULL REFERENCES comments (id),
        part INTEGER NOT NULL,
        name TEXT NOT NULL,
        type TEXT NOT NULL,
        size INTEGER NOT NULL,
        sha256 TEXT NOT NULL,
        inline INTEGER NOT NULL,
        content_id TEXT NOT NULL,
        PRIMARY KEY (comment_id, part)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE message_ids (
        message_id TEXT NOT NULL,
        ticket_id INTEGER NOT NULL REFERENCES tickets (id),
        recipient TEXT NOT NULL DEFAULT '',
        PRIMARY KEY (message_id, ticket_id)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE spent_ids (
        mac TEXT PRIMARY KEY,
        inbox_id INTEGER NOT NULL REFERENCES inbox (id)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX message_ids_ticket ON message_ids (ticket_id)",
    """CREATE TABLE events (
        id INTEGER PRIMARY KEY,
        ticket_id INTEGER NOT NULL REFERENCES tickets (id),
        at TEXT NOT NULL,
        actor TEXT NOT NULL,
        kind TEXT NOT NULL,
        detail TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX events_ticket ON events (ticket_id, id)",
    """CREATE TABLE links (
        ticket_id INTEGER NOT NULL REFERENCES tickets (id),
        kind TEXT NOT NULL,
        target TEXT NOT NULL,
        is_public INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (ticket_id, kind, target)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE ticket_fields (
        ticket_id INTEGER NOT NULL REFERENCES tickets (id),
        name TEXT NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY (ticket_id, name)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE time_entries (
        id INTEGER PRIMARY KEY,
        ticket_id INTEGER NOT NULL REFERENCES tickets (id),
        agent TEXT NOT NULL,
        minutes INTEGER NOT NULL CHECK (minutes <> 0),
        words TEXT NOT NULL,
        at TEXT NOT NULL,
        inbox_id INTEGER REFERENCES inbox (id)
    ) STRICT""",
    "CREATE INDEX time_entries_ticket ON time_entries (ticket_id, id)",
    "CREATE INDEX time_entries_at ON time_entries (at)",
    """CREATE TABLE estimates (
        ticket_id INTEGER NOT NULL REFERENCES tickets (id),
        number INTEGER NOT NULL,
        minutes INTEGER NOT NULL CHECK (minutes > 0),
        by TEXT,
        words TEXT NOT NULL,
        asked_by TEXT NOT NULL,
        asked_at TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('asked', 'approved', 'rejected', 'replaced')),
        decided_by TEXT NOT NULL DEFAULT '',
        decided_at TEXT,
        decided_words TEXT NOT NULL DEFAULT '',
        PRIMARY KEY (ticket_id, number)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX estimates_approved ON estimates (ticket_id) WHERE state = 'approved'",
    """CREATE TABLE ratings (
        ticket_id INTEGER PRIMARY KEY REFERENCES tickets (id),
        stars INTEGER NOT NULL CHECK (stars BETWEEN 1 AND 5),
        words TEXT NOT NULL,
        by TEXT NOT NULL,
        at TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE outbox (
        id INTEGER PRIMARY KEY,
        created_at TEXT NOT NULL,
        event TEXT NOT NULL,
        cause TEXT NOT NULL,
        ticket_id INTEGER REFERENCES tickets (id),
        comment_id INTEGER REFERENCES comments (id),
        recipient TEXT NOT NULL,
        recipient_name TEXT NOT NULL,
        language TEXT NOT NULL,
        subject TEXT NOT NULL,
        message_id TEXT NOT NULL UNIQUE,
        in_reply_to TEXT,
        thread TEXT NOT NULL,
        from_name TEXT NOT NULL,
        from_address TEXT NOT NULL,
        reply_to TEXT NOT NULL,
        reverse_path TEXT NOT NULL CHECK (reverse_path IN ('null', 'fixed', 'verp')),
        auto_submitted TEXT,
        counted_as TEXT,
        snapshot TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'deferred', 'sent', 'dead')),
        attempts INTEGER NOT NULL DEFAULT 0,
        due_at TEXT NOT NULL,
        last_error TEXT NOT NULL DEFAULT '',
        sent_at TEXT,
        newest_comment INTEGER,
        UNIQUE (cause, recipient)
    ) STRICT""",
    "CREATE INDEX outbox_due ON outbox (due_at, id) WHERE state IN ('queued', 'deferred')",
    """CREATE INDEX outbox_open ON outbox (state, id)
    WHERE state IN ('queued', 'deferred', 'sending', 'dead')""",
    "CREATE INDEX outbox_counted ON outbox (counted_as, created_at) WHERE counted_as IS NOT NULL",
    "CREATE INDEX outbox_ticket ON outbox (ticket_id) WHERE ticket_id IS NOT NULL",
    """CREATE TABLE undoable (
        id INTEGER PRIMARY KEY,
        inbox_id INTEGER NOT NULL REFERENCES inbox (id),
        ticket_id INTEGER NOT NULL REFERENCES tickets (id),
        key TEXT NOT NULL,
        agent TEXT NOT NULL,
        mail TEXT NOT NULL,
        lines TEXT NOT NULL,
        source INTEGER REFERENCES tickets (id),
        obstacle TEXT NOT NULL,
        at TEXT NOT NULL,
        journal TEXT NOT NULL,
        undone_at TEXT
    ) STRICT""",
    "CREATE INDEX undoable_ticket ON undoable (ticket_id, agent, id)",
    "CREATE INDEX undoable_old ON undoable (at) WHERE source IS NULL",
    "CREATE INDEX tickets_merged ON tickets (merged_into) WHERE merged_into IS NOT NULL",
    "CREATE INDEX comments_inbox ON comments (inbox_id) WHERE inbox_id IS NOT NULL",
    "CREATE INDEX outbox_comment ON outbox (comment_id) WHERE comment_id IS NOT NULL",
    """CREATE TABLE mailboxes (
        name TEXT PRIMARY KEY,
        place TEXT,
        uidvalidity INTEGER,
        last_uid INTEGER,
        left_until TEXT,
        last_poll_at TEXT,
        last_error TEXT,
        failing_since TEXT,
        alerted_at TEXT,
        is_refused INTEGER NOT NULL DEFAULT 0,
        refresh_token TEXT,
        refresh_token_of TEXT
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE blocked_senders (
        address TEXT PRIMARY KEY,
        by TEXT NOT NULL,
        at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """CREATE VIRTUAL TABLE comment_search USING fts5 (
        subject, text, letters, tokenize='unicode61 remove_diacritics 2'
    )""",
)


def first(db: Database) -> None:
    """Version 0.1: messages, tickets, outgoing mail, mailboxes."""
    for statement in _FIRST:
        db.execute(statement)


# The order is the history: append, never change what a release has shipped.
_MIGRATIONS = (first,)
COUNT = len(_MIGRATIONS)


def pending(conn: sqlite3.Connection) -> tuple[str, ...]:
    """The names of the migrations this file still lacks."""
    done = _applied(conn)
    known = [m.__name__ for m in _MIGRATIONS]
    strange = [name for name in done if name not in known]
    if strange:
        message = f"this database was written by a newer maildesk (it has {strange[0]!r})"
        raise SchemaMismatch(message)
    return tuple(name for name in known if name not in done)


def migrate(conn: sqlite3.Connection) -> None:
    """Bring the file to the newest version; each step and its record are one transaction."""
    # sqlite-utils takes a tenth of a second to import and most starts have nothing to migrate.
    from sqlite_utils import Database, Migrations

    steps = Migrations(_SET)
    for migration in _MIGRATIONS:
        steps(name=migration.__name__)(migration)
    steps.apply(Database(conn, execute_plugins=False))


def _applied(conn: sqlite3.Connection) -> list[str]:
    has_table = conn.execute(
        "SELECT 1 FROM sqlite_master WHERE name = '_sqlite_migrations'"
    ).fetchone()
    if not has_table:
        return []
    rows = conn.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = ?", (_SET,))
    return [row[0] for row in rows]

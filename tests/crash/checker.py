"""What must be true of a data directory, whatever happened to it: each fault as one line.

In: a data directory whose daemon is dead or has nothing to do, the Maildir it wrote to, the ledger.
Out: a list of faults, empty when every promise was kept. The database is read through a read-only
connection; the search index is tested on a copy, as its test is a write.

*Fails:* never on bad data: that is a fault in the list.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Iterator
from email.parser import BytesHeaderParser
from pathlib import Path

from tests.crash.ledger import Ledger, message_id_of

_PARKED = ("held", "failed")


def open_reader(data: Path) -> sqlite3.Connection:
    """A read-only connection."""
    uri = f"{(data / 'maildesk.db').absolute().as_uri()}?mode=ro"
    conn = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=5)
    conn.row_factory = sqlite3.Row
    return conn


def faults_of(data: Path, ledger: Ledger, out: Path | None, copy: Path) -> list[str]:
    """Everything that is wrong. `copy` is where the database may be copied to."""
    conn = open_reader(data)
    try:
        return [
            *_messages(conn, ledger),
            *_bytes(conn, data, ledger),
            *_rows(conn),
            *_tickets(conn),
            *_outbox(conn),
            *(_maildir(conn, out) if out else ()),
            *_pages(conn, copy),
        ]
    finally:
        conn.close()


def _messages(conn: sqlite3.Connection, ledger: Ledger) -> Iterator[str]:
    """Acknowledged: there once. Not acknowledged: at most once. Each where it belongs."""
    comments = Counter(r["message_id"] for r in conn.execute("SELECT message_id FROM comments"))
    parked = _parked(conn)
    keys = {
        r["message_id"]: (r["key"], r["author_email"])
        for r in conn.execute(
            """SELECT c.message_id, t.key, c.author_email FROM comments c
               JOIN tickets t ON t.id = c.ticket_id"""
        )
    }
    for token, mail in ledger.mails.items():
        message_id = message_id_of(token)
        count = comments[message_id]
        if count > 1:
            yield f"doubled: {token} is {count} comments"
        if token in ledger.acknowledged and not count and message_id not in parked:
            yield f"lost: {token} was acknowledged and is nowhere"
        if count and keys[message_id][1] != mail.sender:
            yield f"misplaced: {token} is by {keys[message_id][1]}, not {mail.sender}"
        if count and mail.key and keys[message_id][0] != mail.key:
            yield f"misplaced: {token} is on {keys[message_id][0]}, not {mail.key}"
    for token, reply in ledger.refused.items():
        yield f"refused: {token} got {reply}"
    strange = comments.keys() - {message_id_of(token) for token in ledger.mails}
    yield from (f"strange: nobody sent {message_id}" for message_id in strange)


def _parked(conn: sqlite3.Connection) -> set[str]:
    """The Message-IDs of what waits for a person. What was never read is known by its bytes."""
    rows = conn.execute(
        """SELECT content FROM raw JOIN inbox ON inbox.id = raw.inbox_id
           WHERE state IN ('held', 'failed') AND reason <> ''"""
    )
    headers = (BytesHeaderParser().parsebytes(row["content"] or b"") for row in rows)
    return {str(header["Message-ID"]) for header in headers}


def _bytes(conn: sqlite3.Connection, data: Path, ledger: Ledger) -> Iterator[str]:
    """Every message has its bytes, as they were sent."""
    rows = conn.execute(
        """SELECT i.id, i.message_id, r.inbox_id, r.content, r.file
           FROM inbox i LEFT JOIN raw r ON r.inbox_id = i.id"""
    )
    for row in rows:
        if row["inbox_id"] is None:
            yield f"bytes: message {row['id']} has none"
            continue
        content = row["content"]
        if row["file"]:
            path = data / "raw" / row["file"][:2] / row["file"]
            content = path.read_bytes() if path.exists() else b""
            if hashlib.sha256(content).hexdigest() != row["file"]:
                yield f"bytes: the file of message {row['id']} is not what its name says"
        token = (row["message_id"] or "").strip("<>").removesuffix("@load.test")
        mail = ledger.mails.get(token)
        if mail and not bytes(content).endswith(mail.raw):
            yield f"bytes: {token} is not what was sent"
    orphans = conn.execute(
        "SELECT id FROM comments WHERE inbox_id NOT IN (SELECT inbox_id FROM raw)"
    )
    yield from (f"bytes: comment {row['id']} has no message" for row in orphans)


def _rows(conn: sqlite3.Connection) -> Iterator[str]:
    """Every message that came in has ended, and says why."""
    for row in conn.execute("SELECT id, state, reason, ticket_id, message_id FROM inbox"):
        name, state, reason = f"message {row['id']}", row["state"], row["reason"]
        if state == "pending":
            yield f"unfinished: {name} is pending"
        if state == "failed":
            kind = "blamed" if "the program ended" in reason else "failed"
            yield f"{kind}: {name}: {reason}"
        if state == "done" and row["ticket_id"] is None:
            yield f"unfinished: {name} is done, on no ticket"
        if state in (*_PARKED, "ignored") and not reason:
            yield f"unfinished: {name} is {state} without a reason"
        if state == "ignored":
            yield from _duplicate(conn, name, row)
    rows = conn.execute(
        """SELECT i.id, count(c.id) AS n FROM inbox i LEFT JOIN comments c ON c.inbox_id = i.id
           WHERE i.state = 'done' GROUP BY i.id HAVING n <> 1"""
    )
    yield from (f"half: message {row['id']} is done with {row['n']} comments" for row in rows)


def _duplicate(conn: sqlite3.Connection, name: str, row: sqlite3.Row) -> Iterator[str]:
    first = row["reason"].removeprefix("duplicate of ")
    held_by = conn.execute(
        "SELECT message_id, state FROM inbox WHERE CAST(id AS TEXT) = ?", (first,)
    ).fetchone()
    if held_by is None or held_by["message_id"] != row["message_id"]:
        yield f"ignored: {name}: {row['reason']}"


def _tickets(conn: sqlite3.Connection) -> Iterator[str]:
    """Each ticket opened once, told once to its requester and once to the desk's one agent."""
    rows = conn.execute(
        """SELECT key,
               (SELECT count(*) FROM comments c WHERE c.ticket_id = t.id) AS comments,
               (SELECT count(*) FROM events e
                WHERE e.ticket_id = t.id AND kind = 'ticket opened') AS opened,
               (SELECT count(*) FROM outbox o
                WHERE o.ticket_id = t.id AND event = 'ticket.received') AS received,
               (SELECT count(*) FROM outbox o
                WHERE o.ticket_id = t.id AND event = 'ticket.new') AS new,
               (SELECT count(*) FROM outbox o
                WHERE o.ticket_id = t.id AND event = 'comment.public') AS public
           FROM tickets t"""
    )
    for row in rows:
        if row["comments"] < 1:
            yield f"half: {row['key']} has no comment"
        if (row["opened"], row["received"], row["new"]) != (1, 1, 1):
            told = f"{row['received']} received, {row['new']} new"
            yield f"half: {row['key']}: {row['opened']} opened, {told}"
        if row["public"] != row["comments"] - 1:
            yield f"half: {row['key']}: {row['comments']} comments, {row['public']} told"
    numbers = [r["number"] for r in conn.execute("SELECT number FROM tickets ORDER BY number")]
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"gaps: ticket numbers are not 1 to {len(numbers)}"


def _outbox(conn: sqlite3.Connection) -> Iterator[str]:
    """Each mail has one cause, which was committed, and has ended."""
    for row in conn.execute("SELECT id, state, cause, recipient, last_error FROM outbox"):
        kind, _, rest = row["cause"].partition(":")
        source = rest.partition(":")[0]
        found = conn.execute(
            "SELECT state FROM inbox WHERE CAST(id AS TEXT) = ?", (source,)
        ).fetchone()
        if kind == "inbox" and (found is None or found["state"] != "done"):
            yield f"outbox: mail {row['id']} has no cause: {row['cause']}"
        if row["state"] != "sent":
            yield f"outbox: mail {row['id']} is {row['state']}: {row['last_error']}"
    rows = conn.execute(
        "SELECT cause, recipient, count(*) AS n FROM outbox GROUP BY cause, recipient HAVING n > 1"
    )
    yield from (f"outbox: {r['cause']} wrote {r['n']} times to {r['recipient']}" for r in rows)


def _maildir(conn: sqlite3.Connection, out: Path) -> Iterator[str]:
    """Each mail that is sent lies there once, whole, and nothing else does."""
    rows = conn.execute("SELECT message_id, recipient FROM outbox WHERE state = 'sent'")
    sent = {(r["message_id"], r["recipient"]) for r in rows}
    there: Counter[tuple[str, str]] = Counter()
    for path in [*(out / "new").glob("*"), *(out / "cur").glob("*")]:
        raw = path.read_bytes()
        header = BytesHeaderParser().parsebytes(raw)
        there[(str(header["Message-ID"]), str(header["X-Original-To"]))] += 1
        if not raw.rstrip().endswith(b"--"):
            yield f"maildir: {path.name} is not whole"
    for mail, count in there.items():
        if count > 1:
            yield f"maildir: {mail} lies there {count} times"
        if mail not in sent:
            yield f"maildir: {mail} was never to go out"
    yield from (
        f"maildir: {mail} is marked as sent and is not there" for mail in sent - there.keys()
    )


def _pages(conn: sqlite3.Connection, copy: Path) -> Iterator[str]:
    """The file itself, its references, and the search index against what it indexes."""
    for row in conn.execute("PRAGMA integrity_check"):
        if row[0] != "ok":
            yield f"integrity: {row[0]}"
    yield from (f"foreign key: {tuple(row)}" for row in conn.execute("PRAGMA foreign_key_check"))
    copy.unlink(missing_ok=True)
    target = sqlite3.connect(copy, isolation_level=None)
    try:
        conn.backup(target)
        target.execute("INSERT INTO comment_search (comment_search) VALUES ('integrity-check')")
        counts = target.execute(
            "SELECT (SELECT count(*) FROM comments), (SELECT count(*) FROM comment_search)"
        ).fetchone()
        if counts[0] != counts[1]:
            yield f"search: {counts[0]} comments, {counts[1]} in the index"
    except sqlite3.Error as error:
        yield f"search: {error}"
    finally:
        target.close()
        copy.unlink(missing_ok=True)

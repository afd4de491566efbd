"""One person is removed from everything; the skeleton of their tickets stays.

In: an address, and an alias that says nothing. Out: how much is gone; none of it comes back.

    of                       goes                                        stays
    tickets of their own     all words, files and raw mails, subject,    key, times, status, levels,
                             fields, what happened in detail, mail       owner, hours, who took part
                             about it, the list for `#undo`
    their words elsewhere    the same of these comments                  that there was one
    other people's mails     the raw mail, its files, HTML and quotes    what they wrote, without
      that name them                                                     address and name
    every other row          the address becomes the alias, in whatever  the row
                             column; the name goes, if it has two words
    mail to them, and what   the rows of the outbox
      was sent about all of
      these tickets

A message of theirs that waits for work or for a person is ignored from then on. What the file had
deleted before is overwritten, too: the freed pages, the index of words, the write-ahead log.
*Fails:* NotFound for an address that stands nowhere; StoreBusy while another process writes, or
reads for too long.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from maildesk.errors import NotFound, StoreBusy
from maildesk.store.database import connect_reader, connect_writer, stamp, write_lock
from maildesk.store.indexed import entry
from maildesk.store.raw import RawFiles

_PATIENCE_SECONDS = 30.0
_GONE = "(erased)"
_NAME = re.compile(r"\S+\s+\S")  # one word may be anybody's, or any word
# What an erasure is about, each in terms of those above it.
_EXTENT = (
    "CREATE TEMP TABLE theirs AS SELECT id FROM tickets WHERE requester_email = :address",
    """CREATE TEMP TABLE concerned AS SELECT id FROM theirs
       UNION SELECT ticket_id FROM participants WHERE email = :address
       UNION SELECT ticket_id FROM comments WHERE author_email = :address OR origin IN theirs""",
    """CREATE TEMP TABLE wiped AS SELECT id FROM comments
       WHERE author_email = :address OR ticket_id IN theirs OR origin IN theirs""",
    """CREATE TEMP TABLE messages AS SELECT id FROM inbox
       WHERE from_address = :address OR lower(mail_from) = :address OR ticket_id IN theirs
       OR id IN (SELECT inbox_id FROM comments WHERE id IN wiped)""",
)
_NAMES = """SELECT name FROM participants WHERE email = :address
    UNION SELECT requester_name FROM tickets WHERE requester_email = :address
    UNION SELECT author_name FROM comments WHERE author_email = :address
    UNION SELECT recipient_name FROM outbox WHERE recipient = :address"""
_FILES = "SELECT DISTINCT file FROM raw WHERE file IS NOT NULL AND inbox_id IN messages"
# In this order: what is asked for by the address comes before the address goes.
_REMOVALS = (
    "DELETE FROM comment_search WHERE rowid IN wiped",
    """DELETE FROM attachments WHERE comment_id IN wiped
       OR comment_id IN (SELECT id FROM comments WHERE inbox_id IN messages)""",
    """DELETE FROM outbox
       WHERE recipient = :address OR ticket_id IN theirs OR comment_id IN wiped""",
    # What a question, an alert or a list has shown of them stands in the mail itself.
    """DELETE FROM outbox WHERE state IN ('sent', 'dead') AND (ticket_id IN concerned
       OR ticket_id IS NULL AND EXISTS (SELECT 1 FROM tickets t
           WHERE t.id IN concerned AND instr(outbox.snapshot, t.key)))""",
    "DELETE FROM undoable WHERE ticket_id IN concerned",
    "DELETE FROM ticket_fields WHERE ticket_id IN theirs",
    "DELETE FROM message_ids WHERE ticket_id IN theirs OR recipient = :address",
    "DELETE FROM blocked_senders WHERE address = :address",
    "UPDATE comments SET full_text = text, html = NULL WHERE ticket_id IN concerned",
    "UPDATE comments SET text = '', full_text = '', message_id = NULL WHERE id IN wiped",
    """UPDATE tickets SET subject = :gone, mail_subject = :gone, opening_message_id = NULL,
           requester_name = ''
       WHERE id IN theirs""",
    "UPDATE events SET detail = '{}' WHERE ticket_id IN theirs",
    "UPDATE estimates SET words = '', decided_words = '' WHERE ticket_id IN theirs",
    "UPDATE time_entries SET words = '' WHERE ticket_id IN theirs",
    "UPDATE ratings SET words = '' WHERE ticket_id IN theirs OR by = :address",
    "UPDATE participants SET name = '' WHERE email = :address",
    "UPDATE comments SET author_name = '' WHERE author_email = :address",
    """UPDATE inbox SET state = 'ignored', reason = 'erased'
       WHERE id IN messages AND state IN ('pending', 'held', 'failed')""",
    "UPDATE inbox SET subject = '', message_id = NULL WHERE id IN messages",
    "UPDATE fingerprints SET words = x'' WHERE inbox_id IN messages",
    "UPDATE raw SET content = x'', file = NULL WHERE inbox_id IN messages",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """How much is gone."""

    tickets: int
    comments: int
    messages: int


# Whether a raw mail holds one of some words.
Mentions = Callable[[bytes, tuple[str, ...]], bool]


def erase(data_dir: Path, address: str, alias: str, mentions: Mentions, now: datetime) -> Erased:
    """Remove the person with this address from everything.

    Where an erasure was cut short before the freed pages were gone, the next one ends it, though
    it finds the address nowhere.
    """
    raws, address = RawFiles(data_dir), address.lower()
    with closing(connect_reader(data_dir)) as conn:
        # Every mail is read, which takes a while, so nobody waits for it.
        words = _words(conn, address)
        naming = _who_name_them(conn, raws, words, mentions, after=0)
        last = _newest(conn)
    with write_lock(data_dir, wait_seconds=_PATIENCE_SECONDS):
        conn = connect_writer(data_dir)
        try:
            conn.execute("PRAGMA secure_delete = ON")
            conn.execute("BEGIN IMMEDIATE")
            try:
                naming += _who_name_them(conn, raws, words, mentions, after=last)
                erased, files = _erase(conn, address, words, alias, naming)
                _note(conn, now)
            except NotFound:
                conn.execute("ROLLBACK")
                _wipe(conn)
                raise
            except BaseException:
                conn.execute("ROLLBACK")
                raise
            conn.execute("COMMIT")
            for file in files:
                raws.path_of(file).unlink(missing_ok=True)
            _wipe(conn)
        finally:
            conn.close()
    return erased


def _erase(
    conn: sqlite3.Connection, address: str, words: tuple[str, ...], alias: str, naming: list[int]
) -> tuple[Erased, list[str]]:
    """How much is gone, and the files that nobody names any more."""
    values = {"address": address, "gone": _GONE}
    mark_out(conn, address)
    conn.executemany("INSERT INTO temp.messages (id) VALUES (?)", [(i,) for i in naming])
    files = [row[0] for row in conn.execute(_FILES)]
    for removal in _REMOVALS:
        conn.execute(removal, values)
    changed = _replace_everywhere(conn, words, alias)
    if not (changed or _count(conn, "concerned") or _count(conn, "messages")):
        message = f"{address} stands nowhere"
        raise NotFound(message)
    _index_again(conn)
    erased = Erased(
        tickets=_count(conn, "theirs"),
        comments=_count(conn, "wiped"),
        messages=_count(conn, "messages"),
    )
    return erased, [name for name in files if not _is_named(conn, name)]


def _count(conn: sqlite3.Connection, table: str) -> int:
    # S608: the names are those of `_EXTENT`.
    return int(conn.execute(f"SELECT count(DISTINCT id) FROM temp.{table}").fetchone()[0])  # noqa: S608


def _is_named(conn: sqlite3.Connection, file: str) -> bool:
    return conn.execute("SELECT 1 FROM raw WHERE file = ?", (file,)).fetchone() is not None


def mark_out(conn: sqlite3.Connection, address: str) -> None:
    """Let temporary tables name what is kept of a person: the tickets, comments, messages."""
    for table in _EXTENT:
        conn.execute(table, {"address": address})


def names_of(conn: sqlite3.Connection, address: str) -> tuple[str, ...]:
    """The names that the address has had."""
    rows = conn.execute(_NAMES, {"address": address})
    return tuple(row[0] for row in rows if row[0])


def _words(conn: sqlite3.Connection, address: str) -> tuple[str, ...]:
    """The address, and the names of it that are no other words."""
    return (address, *(name for name in names_of(conn, address) if _NAME.search(name)))


def _newest(conn: sqlite3.Connection) -> int:
    return int(conn.execute("SELECT coalesce(max(id), 0) FROM inbox").fetchone()[0])


def _who_name_them(
    conn: sqlite3.Connection,
    raws: RawFiles,
    words: tuple[str, ...],
    mentions: Mentions,
    *,
    after: int,
) -> list[int]:
    """The messages, whoever wrote them, that hold the address or the name."""
    rows = conn.execute("SELECT id FROM inbox WHERE id > ? ORDER BY id", (after,)).fetchall()
    return [row["id"] for row in rows if _names_them(conn, raws, row["id"], words, mentions)]


def _names_them(
    conn: sqlite3.Connection,
    raws: RawFiles,
    inbox_id: int,
    words: tuple[str, ...],
    mentions: Mentions,
) -> bool:
    try:
        return mentions(raws.read(conn, inbox_id), words)
    except NotFound:
        return False


def _replace_everywhere(conn: sqlite3.Connection, words: tuple[str, ...], alias: str) -> int:
    """Put the alias for the address, and nothing for the name, into every column of text."""
    address, *names = words
    at = rf"(?<![\w.+-]){re.escape(address)}(?![\w-])"
    found = re.compile("|".join([at, *(rf"(?<!\w){re.escape(n)}(?!\w)" for n in names)]), re.I)

    def without(text: str) -> str:
        return found.sub(lambda m: alias if m[0].lower() == address else _GONE, text)

    conn.create_function("names_them", 1, lambda text: found.search(text) is not None)
    conn.create_function("without_them", 1, without)
    conn.execute(
        """CREATE TEMP TABLE changed AS
           SELECT c.id FROM comments c JOIN tickets t ON t.id = c.ticket_id
           WHERE names_them(c.text) OR names_them(t.subject)"""
    )
    changed = 0
    for table, column in _columns(conn):
        # S608: both names are the schema's own.
        statement = (
            f'UPDATE "{table}" SET "{column}" = without_them("{column}")'  # noqa: S608 - as above
            f' WHERE "{column}" IS NOT NULL AND names_them("{column}")'
        )
        changed += conn.execute(statement).rowcount
    return changed


def _columns(conn: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Every column that holds text, of every table of ours."""
    tables = conn.execute(
        """SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'
           AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_%' ESCAPE '\\' ORDER BY name"""
    ).fetchall()
    for table in tables:
        columns = conn.execute("SELECT name, type FROM pragma_table_info(?)", (table["name"],))
        yield from ((table["name"], c["name"]) for c in columns.fetchall() if c["type"] == "TEXT")


def _index_again(conn: sqlite3.Connection) -> None:
    """The words of the index come from the comments as they are now."""
    rows = conn.execute(
        """SELECT c.id, t.subject, c.text FROM comments c JOIN tickets t ON t.id = c.ticket_id
           WHERE c.ticket_id IN temp.concerned OR c.id IN temp.changed"""
    ).fetchall()
    for row in rows:
        new = entry(row["subject"], row["text"])
        conn.execute("DELETE FROM comment_search WHERE rowid = ?", (row["id"],))
        conn.execute(
            "INSERT INTO comment_search (rowid, subject, text, letters) VALUES (?, ?, ?, ?)",
            (row["id"], new.subject, new.text, new.letters),
        )
    # A deleted word stays in the index until its pieces are merged.
    conn.execute("INSERT INTO comment_search (comment_search) VALUES ('optimize')")


def _note(conn: sqlite3.Connection, now: datetime) -> None:
    """Each ticket's history says that something is missing."""
    conn.execute(
        """INSERT INTO events (ticket_id, at, actor, kind, detail)
           SELECT id, :at, 'command line', 'person erased', '{}' FROM temp.concerned""",
        {"at": stamp(now)},
    )


def _wipe(conn: sqlite3.Connection) -> None:
    """Write the file anew without its freed pages, and empty the write-ahead log."""
    conn.execute("VACUUM")
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
        if time.monotonic() >= deadline:
            message = "it is erased, but the write-ahead log is in use; once more, please"
            raise StoreBusy(message)
        time.sleep(0.05)

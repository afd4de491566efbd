"""Full text: which tickets hold some words.

In: a connection, words as somebody typed them. Out: tickets with the piece of text that was found,
the newest first, for an answer by mail; comments, as lists show them, for the command line.

The newest first, and not the best: to know the best of a common word, all comments with it are
weighed, and on a large desk that takes seconds. Read from the end, a page is full soon, and what
was found is bounded by `_MOST` comments read.
*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from maildesk.store.answers import COLUMNS, Listed, listed
from maildesk.store.indexed import snippet, terms_of
from maildesk.store.shapes import Hit

_MOST = 3_000  # comments that one search looks at
_COMMENTS = "SELECT s.rowid AS comment, t.id AS ticket, " + COLUMNS
_WITH_WORDS = """FROM comment_search s JOIN comments c ON c.id = s.rowid
    JOIN tickets t ON t.id = c.ticket_id
    WHERE s.comment_search MATCH :terms ORDER BY s.rowid DESC LIMIT :most"""
_HITS = (
    """SELECT t.key AS ticket, c.id AS comment, c.at AS at, c.text AS text,
    t.subject AS subject """
    + _WITH_WORDS
)
_TEXTS = """SELECT c.id AS comment, c.text AS text, t.subject AS subject
    FROM comments c JOIN tickets t ON t.id = c.ticket_id
    WHERE c.id IN (SELECT value FROM json_each(:comments))"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A ticket, and the words around the place that was found last."""

    ticket: Listed
    snippet: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The newest tickets that were found; `is_more` where there may be others."""

    tickets: tuple[Found, ...] = ()
    is_more: bool = False


def search(conn: sqlite3.Connection, words: str, desks: Sequence[str], limit: int) -> Finding:
    """The tickets of these desks with all the words in the subject or one comment."""
    terms = terms_of(words)
    if not terms:
        return Finding()
    rows = conn.execute(_COMMENTS + _WITH_WORDS, {"terms": terms, "most": _MOST})
    found: dict[int, tuple[int, Listed]] = {}
    read = 0
    for row in rows:
        read += 1
        if row["desk"] in desks and row["ticket"] not in found:
            if len(found) == limit:
                break
            found[row["ticket"]] = (row["comment"], listed(row))
    is_more = read == _MOST or len(found) == limit
    rows.close()
    snippets = _snippets(conn, words, [comment for comment, _ in found.values()])
    return Finding(
        tickets=tuple(
            Found(ticket=ticket, snippet=snippets.get(comment, ""))
            for comment, ticket in found.values()
        ),
        is_more=is_more,
    )


def hits(conn: sqlite3.Connection, words: str, limit: int | None = None) -> list[Hit]:
    """The comments with all the words, oldest first; a limit keeps the newest."""
    terms = terms_of(words)
    if not terms:
        return []
    most = -1 if limit is None else limit
    rows = conn.execute(_HITS, {"terms": terms, "most": most}).fetchall()
    return [
        {
            "ticket": row["ticket"],
            "comment": row["comment"],
            "at": row["at"],
            "snippet": _shown(row, words),
        }
        for row in reversed(rows)
    ]


def _snippets(conn: sqlite3.Connection, words: str, comments: list[int]) -> dict[int, str]:
    """The words around what was found, in these comments alone: to make one takes a while."""
    rows = conn.execute(_TEXTS, {"comments": json.dumps(comments)})
    return {row["comment"]: _shown(row, words) for row in rows}


def _shown(row: sqlite3.Row, words: str) -> str:
    """Where the words stand: in the text, else in the subject."""
    return snippet(row["text"], words) or row["subject"]

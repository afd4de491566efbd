"""Full text: which tickets hold some words.

In: a connection, words as somebody typed them. Out: tickets with the piece of text that was found,
the newest first.

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

_WORDS = 20
_MOST = 3_000  # comments that one search looks at
_COMMENTS = "SELECT s.rowid AS comment, t.id AS ticket, " + COLUMNS
_WITH_WORDS = """FROM comment_search s JOIN comments c ON c.id = s.rowid
    JOIN tickets t ON t.id = c.ticket_id
    WHERE s.comment_search MATCH :terms ORDER BY s.rowid DESC LIMIT :most"""


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


def terms_of(words: str) -> str:
    """The words as the index is asked for them, all of them; "" for none."""
    return " ".join(f'"{word}"' for word in words.replace('"', " ").split()[:_WORDS])


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
    snippets = _snippets(conn, terms, [comment for comment, _ in found.values()])
    return Finding(
        tickets=tuple(
            Found(ticket=ticket, snippet=snippets.get(comment, ""))
            for comment, ticket in found.values()
        ),
        is_more=is_more,
    )


def _snippets(conn: sqlite3.Connection, terms: str, comments: list[int]) -> dict[int, str]:
    """The words around what was found, in these comments alone: to make one takes a while."""
    rows = conn.execute(
        """SELECT rowid AS comment, snippet(comment_search, -1, '', '', ' … ', 16) AS snippet
           FROM comment_search WHERE comment_search MATCH :terms
           AND rowid IN (SELECT value FROM json_each(:comments))""",
        {"terms": terms, "comments": json.dumps(comments)},
    )
    return {row["comment"]: " ".join(row["snippet"].split()) for row in rows}

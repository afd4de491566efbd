"""What was said among agents on a ticket, beside what its customers have seen.

In: a ticket, and a text that an agent wants to send. Out: the leak in it, if there is one
(`core.leak`).
*Fails:* sqlite3.Error as the database gives it.

The newest comments count, as many as a person could still quote. What customers have seen is only
read when there is something to be found in it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from maildesk.core.leak import Leak, internal_line
from maildesk.core.model import Agent, InboundMessage, Ticket

_COMMENTS = 500  # of a ticket
_SIZE = 256 * 1024  # characters of them
_HABITS = 20  # public comments of the agent on other tickets, for the signature below them
_SIGNATURE = 8  # lines


def find_leaks(
    conn: sqlite3.Connection,
    tickets: Iterable[Ticket],
    message: InboundMessage,
    agent: Agent,
    *,
    is_threaded: bool,
) -> Iterator[Leak]:
    """On each ticket the words of a note that stand in what an agent wrote.

    Where no id says which mail is answered (`is_threaded`), those in what it quotes, too.
    """
    for ticket in tickets:
        notes = _notes(conn, ticket.id, agent)
        said = tuple(words for _, words in notes)
        if not internal_line(message.full_text, said, ()):
            continue
        seen = (*_seen(conn, ticket.id), *_habits(conn, ticket.id, agent))
        found = []
        for is_own in (False, True):
            kept = tuple(words for by, words in notes if (by == agent.id) == is_own)
            if line := internal_line(message.text, kept, seen):
                found.append(Leak(ticket_id=ticket.id, line=line, is_own=is_own))
            elif not is_threaded and (line := internal_line(message.full_text, kept, seen)):
                found.append(Leak(ticket_id=ticket.id, line=line, is_own=is_own, is_quoted=True))
        if found:
            yield min(found, key=lambda leak: (leak.is_quoted, leak.is_own))


def _notes(conn: sqlite3.Connection, ticket_id: int, writer: Agent) -> tuple[tuple[str, str], ...]:
    """The notes with the agents who wrote them.

    What the writer wanted to send and could not is left out: he is sending it again.
    """
    rows = conn.execute(
        """SELECT coalesce(agent, '') AS agent, text FROM comments
           WHERE ticket_id = :id AND visibility = 'internal'
           AND (coalesce(agent, '') <> :writer OR coalesce(inbox_id, 0) NOT IN (
               SELECT json_extract(detail, '$.inbox_id') FROM events
               WHERE ticket_id = :id AND kind IN ('commands refused', 'not sent on')))
           ORDER BY at DESC, id DESC LIMIT :most""",
        {"id": ticket_id, "writer": writer.id, "most": _COMMENTS},
    )
    return tuple(_within(_SIZE, ((row["agent"], row["text"]) for row in rows)))


def _seen(conn: sqlite3.Connection, ticket_id: int) -> tuple[str, ...]:
    """What customers wrote, and what went out to them; an agent's quotes did not."""
    rows = conn.execute(
        """SELECT CASE WHEN agent IS NULL THEN full_text ELSE text END AS words FROM comments
           WHERE ticket_id = :id AND visibility = 'public' ORDER BY at DESC, id DESC LIMIT :most""",
        {"id": ticket_id, "most": _COMMENTS},
    )
    return tuple(words for _, words in _within(_SIZE, (("", row["words"]) for row in rows)))


def _habits(conn: sqlite3.Connection, ticket_id: int, agent: Agent) -> tuple[str, ...]:
    """The last lines of what the agent wrote to other customers: a signature is no secret."""
    rows = conn.execute(
        """SELECT text FROM comments WHERE agent = :agent AND visibility = 'public'
           AND ticket_id <> :id ORDER BY id DESC LIMIT :most""",
        {"agent": agent.id, "id": ticket_id, "most": _HABITS},
    )
    return tuple("\n".join(row["text"].split("\n")[-_SIGNATURE:]) for row in rows)


def _within(size: int, texts: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """As many of the texts as there is room for, and what fits of the next."""
    for by, text in texts:
        if size <= 0:
            return
        yield by, text[:size]
        size -= len(text)

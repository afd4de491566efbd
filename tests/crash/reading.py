"""Short questions to a data directory, through a read-only connection each.

In: a data directory. Out: plain values. *Fails:* sqlite3.Error for what is no database.
"""

from __future__ import annotations

from pathlib import Path

from tests.crash import checker


def ask(data: Path, question: str) -> list[tuple[object, ...]]:
    """The rows of an answer."""
    conn = checker.open_reader(data)
    try:
        return [tuple(row) for row in conn.execute(question)]
    finally:
        conn.close()


def comments(data: Path) -> list[object]:
    """The Message-IDs of all comments, in their order."""
    return [row[0] for row in ask(data, "SELECT message_id FROM comments ORDER BY id")]


def states(data: Path) -> list[object]:
    """What became of the messages, in their order."""
    return [row[0] for row in ask(data, "SELECT state FROM inbox ORDER BY id")]


def attempts(data: Path) -> int:
    """How often messages were tried, all together."""
    return int(str(ask(data, "SELECT coalesce(sum(attempts), 0) FROM inbox")[0][0]))

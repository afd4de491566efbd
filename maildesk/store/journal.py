"""What a piece of work has changed, row by row, so that it can be changed back.

In: the work, as a function. Out: its entries: a table, and the row before and after, as far as it
is watched. Triggers of this connection write them down, so that nothing the work does is missed,
whoever has written it.

    changes     what is watched
    comments    on which ticket it stands, and for whom it is
    events      on which ticket it stands
    the rest    rows that come, go and change, with the columns that are named

*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from maildesk.store.writer import Tx

T = TypeVar("T")
_ID = ("id",)
Row = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A table, what tells its rows apart, the columns that count, and which changes do."""

    table: str
    key: tuple[str, ...]
    columns: tuple[str, ...] = ()
    events: tuple[str, ...] = ("INSERT", "UPDATE", "DELETE")

    @property
    def all_columns(self) -> tuple[str, ...]:
        """Everything that is written down of a row."""
        return tuple(dict.fromkeys((*self.key, *self.columns)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row that is another now; None for one that was not there, or is not any more."""

    table: str
    before: Row | None
    after: Row | None


_TICKET = (
    *("subject", "type", "status", "status_before", "priority", "urgency", "impact"),
    *("own_priority", "language", "requester_email", "requester_name", "organisation", "owner"),
    *("due_on", "is_open", "resolved_at", "continues", "merged_into", "rating"),
)
_PERSON = ("name", "role", "undeliverable", "withheld", "muted", "sees_after")
_ESTIMATE = (
    *("minutes", "by", "words", "asked_by", "asked_at", "state", "decided_by", "decided_at"),
    "decided_words",
)
_WORK = ("ticket_id", "agent", "minutes", "words", "at", "inbox_id")
_WATCHED = (
    Watched(table="tickets", key=("id",), columns=_TICKET, events=("UPDATE",)),
    Watched(table="participants", key=("ticket_id", "email"), columns=_PERSON),
    Watched(table="taken_off", key=("ticket_id", "email")),
    Watched(table="may_read", key=("ticket_id", "email", "origin"), columns=("sees_after",)),
    Watched(table="links", key=("ticket_id", "kind", "target"), columns=("is_public",)),
    Watched(table="ticket_fields", key=("ticket_id", "name"), columns=("value",)),
    Watched(table="time_entries", key=("id",), columns=_WORK),
    Watched(table="estimates", key=("ticket_id", "number"), columns=_ESTIMATE),
    Watched(table="ratings", key=("ticket_id",), columns=("stars", "words", "by", "at")),
    Watched(table="blocked_senders", key=("address",), columns=("by", "at")),
    Watched(table="key_aliases", key=("key",), columns=("ticket_id",)),
    Watched(
        table="message_ids",
        key=("message_id", "ticket_id"),
        columns=("recipient",),
        events=("UPDATE", "DELETE"),
    ),
    Watched(
        table="last_mail",
        key=("ticket_id", "email"),
        columns=("got", "sent", "is_loose"),
        events=("DELETE",),
    ),
    Watched(table="comments", key=("id",), columns=("ticket_id", "visibility"), events=("UPDATE",)),
    Watched(table="events", key=("id",), columns=("ticket_id",), events=("UPDATE",)),
)
_MOVING = ("comments", "events", "message_ids", "time_entries")
_BY_NAME = {watched.table: watched for watched in _WATCHED}


def watch(tx: Tx, work: Callable[[], T]) -> tuple[T, tuple[Entry, ...]]:
    """Do the work, and say what it gives back and what it has changed."""
    _prepare(tx)
    tx.execute("DELETE FROM temp.journal")
    tx.execute("INSERT INTO temp.journaling VALUES (1)")
    try:
        done = work()
    finally:
        tx.execute("DELETE FROM temp.journaling")
    rows = tx.execute("SELECT * FROM temp.journal ORDER BY place").fetchall()
    return done, _netted(map(_entry, rows))


def take_back(tx: Tx, entries: tuple[Entry, ...]) -> None:
    """Make every row what it was before; rows that are so already stay."""
    alike: dict[tuple[str, str], list[object]] = {}
    for entry in reversed(entries):
        watched = _BY_NAME[entry.table]
        if entry.before is None or entry.after is None or _is_moved(watched, entry):
            _remove(tx, watched, entry.after)
            _put(tx, watched, entry.before)
        elif watched.key == _ID:
            # A merge moves thousands of rows in one and the same way.
            values = json.dumps(_changed(watched, entry.before, entry.after))
            alike.setdefault((entry.table, values), []).append(entry.before["id"])
        else:
            _change(tx, watched, entry.before, entry.after)
    for (table, values), ids in alike.items():
        _change_all(tx, table, json.loads(values), ids)


def differs(conn: sqlite3.Connection, entries: tuple[Entry, ...]) -> Iterator[str]:
    """The columns that are neither as the work has left them nor as they were before.

    What has only moved is not looked at: nobody but another merge moves it on.
    """
    for entry in entries:
        if entry.table in _MOVING or entry.before is None or entry.after is None:
            continue
        for column, value in _now(conn, _BY_NAME[entry.table], entry.before, entry.after).items():
            if value not in (entry.before[column], entry.after[column]):
                yield column


def to_json(entries: tuple[Entry, ...]) -> str:
    """The entries as the database keeps them."""
    plain = [[e.table, e.before, e.after] for e in entries]
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> tuple[Entry, ...]:
    """The entries that were kept."""
    return tuple(Entry(table=t, before=b, after=a) for t, b, a in json.loads(text))


def _netted(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """One entry a row, from what it was at first to what it is in the end."""
    net: dict[tuple[str, object], Entry] = {}
    for entry in entries:
        key = _BY_NAME[entry.table].key
        earlier = net.pop((entry.table, _place(entry.before, key)), None)
        before = earlier.before if earlier else entry.before
        place = (entry.table, _place(entry.after or entry.before, key))
        net[place] = Entry(table=entry.table, before=before, after=entry.after)
    return tuple(e for e in net.values() if e.before != e.after)


def _place(row: Row | None, key: tuple[str, ...]) -> object:
    return tuple(row[column] for column in key) if row else None


def _entry(row: sqlite3.Row) -> Entry:
    before, after = row["before"], row["after"]
    return Entry(
        table=row["name"],
        before=json.loads(before) if before else None,
        after=json.loads(after) if after else None,
    )


def _prepare(tx: Tx) -> None:
    tx.execute("CREATE TEMP TABLE IF NOT EXISTS journaling (on_ INTEGER)")
    tx.execute(
        """CREATE TEMP TABLE IF NOT EXISTS journal
           (place INTEGER PRIMARY KEY, name TEXT, before TEXT, after TEXT)"""
    )
    for watched in _WATCHED:
        for event in watched.events:
            tx.execute(_trigger(watched, event))


def _trigger(watched: Watched, event: str) -> str:
    before = _as_json(watched, "OLD") if event != "INSERT" else "NULL"
    after = _as_json(watched, "NEW") if event != "DELETE" else "NULL"
    table, name = watched.table, f"journal_{watched.table}_{event}"
    # S608: every name stands in the table above, nothing comes from outside.
    insert = f"INSERT INTO journal (name, before, after) VALUES ('{table}', {before}, {after})"  # noqa: S608
    when = "EXISTS (SELECT 1 FROM temp.journaling)"
    return (
        f"CREATE TEMP TRIGGER IF NOT EXISTS {name} AFTER {event} ON main.{table} WHEN {when}"
        f" BEGIN {insert}; END"
    )


def _as_json(watched: Watched, row: str) -> str:
    pairs = ", ".join(f"'{column}', {row}.\"{column}\"" for column in watched.all_columns)
    return f"json_object({pairs})"


def _is_moved(watched: Watched, entry: Entry) -> bool:
    before, after = entry.before or {}, entry.after or {}
    return any(before[column] != after[column] for column in watched.key)


def _now(conn: sqlite3.Connection, watched: Watched, before: Row, after: Row) -> Row:
    """The columns that the work has changed, as they are now; nothing where the row is gone."""
    changed = [c for c in watched.columns if before[c] != after[c]]
    if not changed:
        return {}
    columns = ", ".join(f'"{column}"' for column in changed)
    statement = f"SELECT {columns} FROM {watched.table} WHERE {_where(watched)}"  # noqa: S608 - as above
    row = conn.execute(statement, after).fetchone()
    return dict(row) if row else {}


def _changed(watched: Watched, before: Row, after: Row) -> Row:
    """The values before of the columns that are others now."""
    return {c: before[c] for c in watched.columns if before[c] != after[c]}


def _change(tx: Tx, watched: Watched, before: Row, after: Row) -> None:
    values = _assigned(_changed(watched, before, after))
    statement = f"UPDATE {watched.table} SET {values} WHERE {_where(watched)}"  # noqa: S608 - as above
    tx.execute(statement, before)


def _change_all(tx: Tx, table: str, values: Row, ids: list[object]) -> None:
    which = "id IN (SELECT value FROM json_each(:ids))"
    statement = f"UPDATE {table} SET {_assigned(values)} WHERE {which}"  # noqa: S608 - as above
    tx.execute(statement, {**values, "ids": json.dumps(ids)})


def _assigned(values: Row) -> str:
    return ", ".join(f'"{column}" = :{column}' for column in values)


def _remove(tx: Tx, watched: Watched, row: Row | None) -> None:
    if row is not None:
        statement = f"DELETE FROM {watched.table} WHERE {_where(watched)}"  # noqa: S608 - as above
        tx.execute(statement, row)


def _put(tx: Tx, watched: Watched, row: Row | None) -> None:
    if row is not None:
        columns = ", ".join(f'"{column}"' for column in watched.all_columns)
        values = ", ".join(f":{column}" for column in watched.all_columns)
        statement = f"INSERT OR REPLACE INTO {watched.table} ({columns}) VALUES ({values})"  # noqa: S608 - as above
        tx.execute(statement, row)


def _where(watched: Watched) -> str:
    return " AND ".join(f'"{column}" = :{column}' for column in watched.key)

"""Opening: fresh, again, older, newer, damaged."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

import pytest
from sqlite_utils import Database

from maildesk.errors import SchemaMismatch, StoreError
from maildesk.store import schema
from maildesk.store.database import database_path
from maildesk.store.store import Store


def test_a_fresh_store_is_closed_to_others(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    Store.open(folder).close()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(database_path(folder).stat().st_mode) == 0o600


def test_the_writer_syncs_fully_and_keeps_foreign_keys(store: Store) -> None:
    def ask(tx: sqlite3.Connection) -> tuple[int, ...]:
        asked = ("synchronous", "foreign_keys")
        return tuple(tx.execute(f"PRAGMA {name}").fetchone()[0] for name in asked)

    assert store.write(ask) == (2, 1)
    with store.read() as conn:
        assert conn.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_a_reader_can_neither_write_nor_checkpoint(store: Store) -> None:
    with pytest.raises(StoreError, match="readonly"), store.read() as conn:
        conn.execute("DELETE FROM meta")


def test_opening_again_keeps_the_identity(tmp_path: Path) -> None:
    first = Store.open(tmp_path)
    identity = first.identity
    first.close()
    second = Store.open(tmp_path)
    assert second.identity == identity
    assert len(identity.secret) == 32
    second.close()


def test_a_file_from_a_newer_program_is_refused_untouched(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    conn = sqlite3.connect(database_path(tmp_path))
    conn.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES (?, ?, ?)",
        ("maildesk", "from_the_future", "2030-01-01"),
    )
    conn.commit()
    conn.close()
    before = database_path(tmp_path).read_bytes()
    with pytest.raises(SchemaMismatch, match="newer maildesk"):
        Store.open(tmp_path)
    assert database_path(tmp_path).read_bytes() == before


def test_an_older_file_is_copied_before_it_is_migrated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Store.open(tmp_path).close()

    def second(db: Database) -> None:
        """Something a later version needs."""
        db.execute("CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT")

    monkeypatch.setattr(schema, "_MIGRATIONS", (*schema._MIGRATIONS, second))
    monkeypatch.setattr(schema, "COUNT", 2)
    Store.open(tmp_path).close()
    copy = tmp_path / "maildesk.before-second.db"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    tables = {
        place: {r[0] for r in sqlite3.connect(place).execute("SELECT name FROM sqlite_master")}
        for place in (copy, database_path(tmp_path))
    }
    assert "later" in tables[database_path(tmp_path)]
    assert "later" not in tables[copy]
    assert "tickets" in tables[copy]


def test_a_migration_that_fails_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Store.open(tmp_path).close()

    def second(db: Database) -> None:
        """Fail half-way."""
        db.execute("CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT")
        db.execute("SELECT * FROM nowhere")

    monkeypatch.setattr(schema, "_MIGRATIONS", (*schema._MIGRATIONS, second))
    monkeypatch.setattr(schema, "COUNT", 2)
    with pytest.raises(StoreError, match="nowhere"):
        Store.open(tmp_path)
    monkeypatch.undo()
    opened = Store.open(tmp_path)
    with opened.read() as conn:
        assert not conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'later'").fetchone()
    opened.close()


def test_a_kill_right_after_the_first_migration_is_mended_at_the_next_start(
    tmp_path: Path,
) -> None:
    Store.open(tmp_path).close()
    conn = sqlite3.connect(database_path(tmp_path))
    conn.execute("DELETE FROM meta")
    conn.commit()
    conn.close()
    again = Store.open(tmp_path)
    assert len(again.identity.secret) == 32
    again.close()


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    database_path(tmp_path).write_bytes(b"this is not a database, only text" * 100)
    with pytest.raises(StoreError, match=r"maildesk\.db"):
        Store.open(tmp_path)


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="data directory"):
        Store.open(tmp_path / "file" / "data")

"""A copy while writing goes on, and the way back."""

from __future__ import annotations

import stat
import tarfile
import threading
from pathlib import Path

import pytest

from maildesk.errors import StoreBusy, StoreError
from maildesk.store.backup import restore_backup, write_backup
from maildesk.store.database import daemon_lock
from maildesk.store.raw import IN_ROW
from maildesk.store.store import Store
from tests.store.rows import RAW, receive

LARGE = RAW + b"x" * IN_ROW


def test_a_restored_store_is_the_same_store(store: Store, tmp_path: Path) -> None:
    small, large = receive(store), receive(store, LARGE)
    backup = tmp_path / "b.tar"
    write_backup(store, backup)
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    restore_backup(backup, tmp_path / "new", force=False)
    again = Store.open(tmp_path / "new")
    assert again.identity.instance != store.identity.instance
    assert again.identity.secret != store.identity.secret
    with again.read() as conn:
        assert again.raw.read(conn, small.inbox_id) == RAW
        assert again.raw.read(conn, large.inbox_id) == LARGE
    again.close()


def test_a_backup_under_load_is_whole(store: Store, tmp_path: Path) -> None:
    is_over = threading.Event()

    def load() -> None:
        while not is_over.is_set():
            receive(store)

    writing = threading.Thread(target=load)
    writing.start()
    for n in range(5):
        write_backup(store, tmp_path / f"{n}.tar")
    is_over.set()
    writing.join()
    for n in range(5):
        restore_backup(tmp_path / f"{n}.tar", tmp_path / f"r{n}", force=False)
        again = Store.open(tmp_path / f"r{n}")
        with again.read() as conn:
            missing = conn.execute(
                "SELECT count(*) FROM inbox WHERE id NOT IN (SELECT inbox_id FROM raw)"
            ).fetchone()[0]
        assert missing == 0
        again.close()


def test_what_is_there_is_moved_aside_only_by_force(store: Store, tmp_path: Path) -> None:
    backup = tmp_path / "b.tar"
    write_backup(store, backup)
    target = tmp_path / "old"
    Store.open(target).close()
    with pytest.raises(StoreError, match="not empty"):
        restore_backup(backup, target, force=False)
    restore_backup(backup, target, force=True)
    (aside,) = target.glob("before-restore-*")
    assert (aside / "maildesk.db").exists()


def test_a_running_daemon_keeps_its_directory(store: Store, tmp_path: Path) -> None:
    backup = tmp_path / "b.tar"
    write_backup(store, backup)
    with daemon_lock(store.data_dir), pytest.raises(StoreBusy):
        restore_backup(backup, store.data_dir, force=True)


@pytest.mark.parametrize("content", [b"", b"no archive", b"x" * 20000])
def test_what_is_no_backup_changes_nothing(tmp_path: Path, content: bytes) -> None:
    bad = tmp_path / "bad.tar"
    bad.write_bytes(content)
    target = tmp_path / "data"
    Store.open(target).close()
    before = (target / "maildesk.db").read_bytes()
    with pytest.raises(StoreError):
        restore_backup(bad, target, force=True)
    assert (target / "maildesk.db").read_bytes() == before
    assert not list(target.glob("before-restore-*"))


def test_an_archive_that_reaches_outside_is_refused(tmp_path: Path) -> None:
    bad = tmp_path / "bad.tar"
    evil = tmp_path / "evil"
    evil.write_text("x")
    with tarfile.open(bad, "w") as archive:
        archive.add(evil, "../evil-outside")
    with pytest.raises(StoreError):
        restore_backup(bad, tmp_path / "data", force=True)
    assert not (tmp_path / "evil-outside").exists()

"""A restore that dies at any of its steps leaves a whole desk, and loses neither."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from maildesk.errors import StoreBusy, StoreError
from maildesk.store import restoring
from maildesk.store.backup import restore_backup, write_backup
from maildesk.store.database import write_lock
from maildesk.store.raw import IN_ROW
from maildesk.store.store import Store
from maildesk.store.view import has_desk, look
from tests.store.rows import RAW, receive

STEPS = ("rename", "mkdir", "rmdir", "unlink", "fsync")
OLD = {RAW + b"old", RAW + b"o" * IN_ROW}
NEW = {RAW + b"new", RAW + b"n" * IN_ROW}


class Killed(BaseException):
    """What no `except` of the program's own may survive."""


@contextmanager
def killed_at(step: int) -> Iterator[list[str]]:
    """The process is dead from that step on: no later one is carried out either."""
    done: list[str] = []

    def counted(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **named: Any) -> Any:
            if len(done) == step:
                raise Killed
            done.append(name)
            return real(*args, **named)

        return call

    with pytest.MonkeyPatch.context() as patch:
        for name in STEPS:
            patch.setattr(os, name, counted(name, getattr(os, name)))
        yield done


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk whose daemon was killed: a part of it is in the write-ahead log only."""
    folder = tmp_path_factory.mktemp("old")
    store = Store.open(folder / "live")
    for raw in OLD:
        receive(store, raw)
    shutil.copytree(folder / "live", folder / "data")
    store.close()
    assert (folder / "data" / "maildesk.db-wal").stat().st_size
    return folder / "data"


@pytest.fixture(scope="module")
def backup(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("new")
    store = Store.open(folder / "data")
    for raw in NEW:
        receive(store, raw)
    write_backup(store, folder / "b.tar")
    store.close()
    return folder / "b.tar"


def mail_of(data_dir: Path) -> set[bytes]:
    """Everything in the desk, which is opened as the daemon opens it."""
    store = Store.open(data_dir)
    try:
        with store.read() as conn:
            rows = conn.execute("SELECT inbox_id FROM raw").fetchall()
            return {store.raw.read(conn, row[0]) for row in rows}
    finally:
        store.close()


def seen_in(data_dir: Path) -> set[bytes] | None:
    """What a command that only looks sees; None where it refuses."""
    if restoring.is_begun(data_dir):
        with pytest.raises(StoreError, match="was interrupted"), look(data_dir):
            pass
        return None
    with look(data_dir) as view:
        rows = view.conn.execute("SELECT inbox_id FROM raw").fetchall()
        return {view.raw.read(view.conn, row[0]) for row in rows}


def begun(data_dir: Path, backup: Path) -> None:
    """A restore that was killed just after its decision."""
    step = 0
    while not restoring.is_begun(data_dir):
        with killed_at(step), pytest.raises(Killed):
            restore_backup(backup, data_dir, force=True)
        step += 1


def is_kept(data_dir: Path) -> bool:
    """Whether the old desk lies aside, whole."""
    (aside,) = data_dir.glob("before-restore-*")
    return mail_of(aside) == OLD


def test_a_restore_killed_at_any_step_leaves_the_old_desk_or_the_new(
    old: Path, backup: Path, tmp_path: Path
) -> None:
    ends = []
    for step in range(1000):
        data = tmp_path / str(step)
        shutil.copytree(old, data)
        try:
            with killed_at(step):
                restore_backup(backup, data, force=True)
            break
        except Killed:
            assert seen_in(data) in (OLD, NEW, None)
        ends.append(mail_of(data))
        assert ends[-1] == OLD or is_kept(data)
        assert seen_in(data) == ends[-1]
        assert not restoring.is_begun(data)
    assert (mail_of(data), is_kept(data)) == (NEW, True)
    # First always the one, then always the other.
    decision = ends.index(NEW)
    assert ends == [OLD] * decision + [NEW] * (len(ends) - decision)
    assert 0 < decision < len(ends) - 10


def test_finishing_a_restore_may_be_killed_at_any_step_too(
    old: Path, backup: Path, tmp_path: Path
) -> None:
    shutil.copytree(old, tmp_path / "begun")
    begun(tmp_path / "begun", backup)
    for step in range(1000):
        data = tmp_path / str(step)
        shutil.copytree(tmp_path / "begun", data)
        try:
            with killed_at(step):
                Store.open(data).close()
            break
        except Killed:
            assert seen_in(data) in (NEW, None)
        assert mail_of(data) == NEW
        assert is_kept(data)
    assert step > 10


def test_a_restore_into_nothing_leaves_nothing_but_the_desk(backup: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    begun(data, backup)
    assert mail_of(data) == NEW
    left = {item.name for item in data.iterdir()}
    assert left <= {"maildesk.db", "maildesk.db-wal", "maildesk.db-shm", "raw", "write.lock"} | {
        "daemon.lock"
    }


def test_whoever_only_looks_or_cannot_wait_is_refused_meanwhile(
    old: Path, backup: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    shutil.copytree(old, data)
    begun(data, backup)
    with pytest.raises(StoreError, match="`maildesk run` or `maildesk process` finishes it"):
        has_desk(data)
    with write_lock(data, wait_seconds=0), pytest.raises(StoreBusy):
        Store.open(data, lock_seconds=0)
    assert restoring.is_begun(data)


def test_a_second_restore_finishes_the_first_and_needs_force_for_its_own(
    old: Path, backup: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    begun(data, backup)
    with pytest.raises(StoreError, match="is finished now; --force"):
        restore_backup(backup, data, force=False)
    assert seen_in(data) == NEW
    restore_backup(backup, data, force=True)
    (aside,) = data.glob("before-restore-*")
    assert mail_of(data) == mail_of(aside) == NEW


def test_what_a_kill_while_unpacking_leaves_is_in_nobodys_way(backup: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / ".restore-abc" / "new").mkdir(parents=True)
    (data / ".restore-abc" / "new" / "maildesk.db").write_bytes(b"half")
    restore_backup(backup, data, force=False)
    assert not list(data.glob(".restore-*"))
    assert not list(data.glob("before-restore-*"))
    assert mail_of(data) == NEW


def test_a_file_that_others_made_meanwhile_takes_no_place_of_an_old_one(
    old: Path, backup: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    shutil.copytree(old, data)
    begun(data, backup)
    (data / "maildesk.db").rename(data / "restoring" / "old" / "maildesk.db")
    (data / "maildesk.db").write_bytes(b"stray")
    assert mail_of(data) == NEW
    (aside,) = data.glob("before-restore-*")
    assert (aside / "maildesk.db~1").read_bytes() == b"stray"
    assert is_kept(data)


def test_what_cannot_be_moved_is_found_before_anything_is(
    old: Path, backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    shutil.copytree(old, data)
    monkeypatch.setattr(Path, "is_mount", lambda path: path.name == "raw")
    with pytest.raises(StoreError, match="raw cannot be moved aside: it is a mount point"):
        restore_backup(backup, data, force=True)
    assert mail_of(data) == OLD


@pytest.mark.parametrize("has_written", [False, True])
def test_what_was_prepared_for_the_old_desk_is_not_written_to_the_new(
    backup: Path, tmp_path: Path, has_written: bool
) -> None:
    data = tmp_path / "data"
    early = Store.open(data)
    if has_written:
        receive(early, RAW + b"old")
    restore_backup(backup, data, force=True)
    with pytest.raises(StoreError, match="was restored meanwhile"):
        receive(early, RAW + b"x" * IN_ROW)
    early.close()
    assert mail_of(data) == NEW


def test_nothing_is_written_to_a_desk_that_is_about_to_move(backup: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    early = Store.open(data)
    begun(data, backup)
    with pytest.raises(StoreError, match="was restored meanwhile"):
        receive(early)
    early.close()
    assert mail_of(data) == NEW

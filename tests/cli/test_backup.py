"""`maildesk backup` and `maildesk restore`: everything, closed to others, and never over a desk."""

from __future__ import annotations

import errno
import gzip
import os
import tarfile
from pathlib import Path

import pytest

from maildesk.store.database import write_lock
from tests.cli.conftest import made
from tests.cli.shell import maildesk, running
from tests.walks.walk import mail


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """The configuration of a second, empty desk."""
    (tmp_path / "other").mkdir()
    return made(tmp_path / "other")


def listing(config: Path) -> list[object]:
    return [
        maildesk("-c", config, what, "list", "--json").json
        for what in ("ticket", "inbox", "outbox")
    ]


def test_a_restored_desk_is_the_same_desk(seen: Path, other: Path, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar"
    done = maildesk("-c", seen, "backup", file, "--json")
    assert (done.code, done.json) == (0, {"file": str(file), "size": file.stat().st_size})
    assert file.stat().st_mode & 0o777 == 0o600
    done = maildesk("-c", other, "restore", file, "--json")
    assert (done.code, done.json) == (0, {"restored": str(other.parent / "data")})
    assert listing(other) == listing(seen)
    data = other.parent / "data"
    assert data.stat().st_mode & 0o777 == 0o700
    assert (data / "maildesk.db").stat().st_mode & 0o777 == 0o600


def test_mail_that_was_sent_is_not_sent_again_after_a_restore(
    seen: Path, other: Path, tmp_path: Path
) -> None:
    file = tmp_path / "backup.tar"
    maildesk("-c", seen, "backup", file)
    maildesk("-c", other, "restore", file)
    assert maildesk("-c", other, "process", "--json").json["tried"] == 0


def test_a_large_message_is_in_the_backup_byte_for_byte(
    desk: Path, other: Path, tmp_path: Path
) -> None:
    raw = mail(files=[("large.bin", bytes(range(256)) * 4096)])
    maildesk("-c", desk, "deliver", "--sender", "ada@acme.example", stdin=raw)
    assert maildesk("-c", desk, "process").code == 0
    kept = maildesk("-c", desk, "inbox", "raw", "1").out
    assert kept.endswith(raw)
    file = tmp_path / "backup.tar"
    assert maildesk("-c", desk, "backup", file).code == 0
    with tarfile.open(file) as archive:
        assert any(name.startswith("raw/") for name in archive.getnames())
    assert maildesk("-c", other, "restore", file).code == 0
    assert maildesk("-c", other, "inbox", "raw", "1").out == kept


def test_a_reply_to_a_mail_from_before_is_still_known_after_a_restore(
    seen: Path, other: Path, tmp_path: Path
) -> None:
    file = tmp_path / "backup.tar"
    maildesk("-c", seen, "backup", file)
    maildesk("-c", other, "restore", file)
    sent = maildesk("-c", seen, "outbox", "list", "--json").json
    about = {"In-Reply-To": next(m["message_id"] for m in sent if m["event"] == "ticket.new")}
    raw = mail("alice@desk.example", "Re: printer", "Water.", headers=about)
    maildesk("-c", other, "deliver", "--sender", "alice@desk.example", stdin=raw)
    maildesk("-c", other, "process")
    row = maildesk("-c", other, "inbox", "list", "--json", "--limit", "1").json[0]
    assert (row["state"], row["ticket"]) == ("done", "HELP-1")


def test_a_backup_may_be_taken_while_the_daemon_runs_but_not_restored(
    desk: Path, tmp_path: Path
) -> None:
    file = tmp_path / "backup.tar"
    with running("-c", desk, cwd=tmp_path):
        assert maildesk("-c", desk, "backup", file).code == 0
        for force in ((), ("--force",)):
            done = maildesk("-c", desk, "restore", file, *force)
            assert done.code == 1
            assert "running" in done.err


def test_a_restore_over_a_desk_needs_force_and_keeps_what_was_there(
    seen: Path, desk: Path, tmp_path: Path
) -> None:
    file = tmp_path / "backup.tar"
    maildesk("-c", seen, "backup", file)
    maildesk("-c", desk, "deliver", "--sender", "ada@acme.example", stdin=mail())
    before = listing(desk)
    done = maildesk("-c", desk, "restore", file)
    assert done.code == 1
    assert "--force" in done.err
    assert listing(desk) == before
    assert list(maildesk("-c", desk, "restore", file, "--json").json) == ["error"]
    assert maildesk("-c", desk, "restore", "--force", file).code == 0
    assert listing(desk) == listing(seen)
    assert list((tmp_path / "data").glob("before-restore-*/maildesk.db"))


@pytest.mark.parametrize("name", ["maildesk.db", "maildesk.db-wal", "write.lock"])
def test_a_backup_takes_no_place_of_the_desk_itself(seen: Path, name: str) -> None:
    before = listing(seen)
    done = maildesk("-c", seen, "backup", seen.parent / "data" / name)
    assert (done.code, done.out) == (1, b"")
    assert "a part of the desk itself" in done.err
    assert listing(seen) == before


def test_a_backup_takes_no_place_of_a_device(seen: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "pipe")
    for name in ("pipe", "link"):
        done = maildesk("-c", seen, "backup", tmp_path / name)
        assert (done.code, done.out) == (1, b"")
        assert "no ordinary file" in done.err
    assert (tmp_path / "pipe").is_fifo()


@pytest.mark.parametrize("content", [b"", b"no archive", gzip.compress(b"x" * 999)[:20], None])
def test_what_is_no_backup_is_refused_and_nothing_changes(
    desk: Path, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "backup.tar"
    if content is not None:
        file.write_bytes(content)
    done = maildesk("-c", desk, "restore", file)
    assert done.code == 1
    wrong = "is no backup of maildesk, or is damaged"
    wrong = "cannot be restored: No such file or directory" if content is None else wrong
    assert done.err == f"maildesk: {file} {wrong}\n"
    assert maildesk("-c", desk, "status").code == 0


def test_a_backup_of_no_desk_at_all_is_a_failure(desk: Path, tmp_path: Path) -> None:
    done = maildesk("-c", desk, "backup", tmp_path / "backup.tar")
    assert (done.code, done.out) == (1, b"")
    assert f"there is no desk in {tmp_path}/data" in done.err
    assert [p.name for p in tmp_path.iterdir()] == [desk.name]


def test_a_backup_to_a_place_that_is_not_there_is_a_failure(seen: Path, tmp_path: Path) -> None:
    done = maildesk("-c", seen, "backup", tmp_path / "nowhere" / "backup.tar")
    assert done.code == 1
    assert "nowhere" in done.err


def test_a_backup_replaces_an_older_one_whole(seen: Path, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar"
    file.write_bytes(b"old")
    assert maildesk("-c", seen, "backup", file).code == 0
    assert tarfile.is_tarfile(file)
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_what_the_system_refuses_is_told_in_a_sentence(
    seen: Path, desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted", "/data/maildesk.db")

    file = tmp_path / "backup.tar"
    maildesk("-c", seen, "backup", file)
    monkeypatch.setattr(Path, "rename", refuse)
    done = maildesk("-c", desk, "restore", file)
    assert (done.code, done.out) == (1, b"")
    assert done.err == "maildesk: /data/maildesk.db: Operation not permitted\n"


@pytest.fixture
def interrupted(seen: Path, other: Path, tmp_path: Path) -> Path:
    """A desk whose restore from `seen` was killed when the old database had just moved."""
    maildesk("-c", seen, "backup", tmp_path / "backup.tar")
    assert maildesk("-c", other, "restore", tmp_path / "backup.tar").code == 0
    data = other.parent / "data"
    begun = data / "restoring"
    for name in ("new", "old"):
        (begun / name).mkdir(parents=True)
    for item in data.glob("maildesk.db*"):
        item.rename(begun / "new" / item.name)
    (begun / "old" / "maildesk.db").write_bytes(b"the old desk")
    return other


@pytest.mark.parametrize("command", [("status",), ("ticket", "list"), ("backup", "b.tar")])
def test_an_interrupted_restore_is_no_empty_desk(
    interrupted: Path, command: tuple[str, ...], tmp_path: Path
) -> None:
    done = maildesk("-c", interrupted, *command, cwd=tmp_path)
    assert (done.code, done.out) == (1, b"")
    assert done.err == (
        f"maildesk: a restore of {interrupted.parent}/data is under way, or was interrupted: "
        "then `maildesk run` or `maildesk process` finishes it\n"
    )


def test_whatever_writes_finishes_an_interrupted_restore_first(
    interrupted: Path, seen: Path
) -> None:
    assert maildesk("-c", interrupted, "process").code == 0
    assert listing(interrupted) == listing(seen)
    (aside,) = (interrupted.parent / "data").glob("before-restore-*")
    assert (aside / "maildesk.db").read_bytes() == b"the old desk"


def test_mail_waits_while_somebody_restores(
    interrupted: Path, seen: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("maildesk.cli.deliver._LOCK_SECONDS", 0)
    deliver = ("-c", interrupted, "deliver", "--sender", "ada@acme.example")
    with write_lock(interrupted.parent / "data", wait_seconds=0):
        assert maildesk(*deliver, stdin=mail()).code == 75
    assert maildesk(*deliver, stdin=mail()).code == 0
    assert len(listing(interrupted)[1]) == len(listing(seen)[1]) + 1

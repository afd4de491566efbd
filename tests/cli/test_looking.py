"""Commands that only look: all stays as it is, and a desk that is not there is an empty one."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from maildesk.store.database import connect_writer, daemon_lock
from tests.cli.shell import Done, command, environment, maildesk
from tests.walks.walk import mail

LISTINGS = [("ticket", "list"), ("search", "x"), ("inbox", "list"), ("outbox", "list")]
MISSING = [
    ("ticket", "show", "HELP-1"),
    ("ticket", "log", "HELP-1"),
    ("inbox", "show", "1"),
    ("inbox", "raw", "1"),
    ("inbox", "retry", "1"),
    ("inbox", "dismiss", "1"),
    ("outbox", "show", "1"),
    ("outbox", "retry", "1"),
]
BOX = '\n[[mailboxes]]\nname = "box"\nhost = "imap.example.com"\nusername = "u"\npassword = "p"\n'


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.mark.parametrize("words", LISTINGS)
def test_a_desk_that_is_not_there_lists_nothing_and_is_not_made(
    desk: Path, data: Path, words: tuple[str, ...]
) -> None:
    done = maildesk("-c", desk, *words, "--json")
    assert (done.code, done.json, done.err) == (0, [], "")
    assert maildesk("-c", desk, *words).code == 0
    assert not data.exists()


@pytest.mark.parametrize("words", MISSING)
def test_a_desk_that_is_not_there_knows_no_key_and_is_not_made(
    desk: Path, data: Path, words: tuple[str, ...]
) -> None:
    done = maildesk("-c", desk, *words)
    assert (done.code, done.out) == (1, b"")
    assert done.err.startswith("maildesk: no ")
    assert not data.exists()


def test_the_status_of_a_desk_that_is_not_there_is_all_zero(desk: Path, data: Path) -> None:
    desk.write_text(desk.read_text() + BOX)
    done = maildesk("-c", desk, "status", "--json")
    assert done.code == 0
    assert done.json.pop("version")
    assert {name: value for name, value in done.json.items() if name != "version"} == {
        "running": False,
        "inbox": {"pending": 0, "held": 0, "failed": 0},
        "outbox": {"queued": 0, "deferred": 0, "dead": 0},
        "oldest_pending_seconds": None,
        "mailboxes": [{"name": "box", "last_poll_at": None, "last_error": None}],
    }
    assert not data.exists()


def test_a_folder_without_a_database_stays_without_one(desk: Path, data: Path) -> None:
    data.mkdir()
    for words in (("status",), *LISTINGS):
        assert maildesk("-c", desk, *words).code == 0
    assert list(data.iterdir()) == []
    (data / "maildesk.db").touch()
    assert maildesk("-c", desk, "ticket", "list", "--json").json == []
    assert (data / "maildesk.db").stat().st_size == 0


def test_a_daemon_that_is_about_to_make_its_database_is_running(desk: Path, data: Path) -> None:
    with daemon_lock(data):
        assert maildesk("-c", desk, "status", "--json").json["running"] is True
    assert maildesk("-c", desk, "status", "--json").json["running"] is False


def test_those_who_ask_at_the_same_time_take_nobody_for_the_daemon(desk: Path, data: Path) -> None:
    with daemon_lock(data):
        pass
    command_ = command("-c", desk, "status", "--json")
    asking = [
        subprocess.Popen(command_, env=environment({}), stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    assert all('"running": false' in one.communicate(timeout=60)[0] for one in asking)


def test_a_database_of_an_older_program_is_read_by_none_but_its_own(
    desk: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert maildesk("-c", desk, "deliver", stdin=mail()).code == 0

    def second(_: object) -> None:
        """A migration that the file has not seen."""

    monkeypatch.setattr("maildesk.store.schema._MIGRATIONS", (*_migrations(), second))
    monkeypatch.setattr("maildesk.store.schema.COUNT", 2)
    done = maildesk("-c", desk, "inbox", "list")
    assert done.code == 1
    assert "brings it up to date" in done.err
    assert not list(data.glob("*before*"))


def _migrations() -> tuple[object, ...]:
    from maildesk.store import schema

    return schema._MIGRATIONS


def test_a_database_of_a_newer_program_is_refused(desk: Path, data: Path) -> None:
    assert maildesk("-c", desk, "deliver", stdin=mail()).code == 0
    conn = connect_writer(data)
    conn.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES (?, ?, ?)",
        ("maildesk", "of_tomorrow", "2030-01-01"),
    )
    conn.close()
    for words in (("status",), ("inbox", "list"), ("process",)):
        done = maildesk("-c", desk, *words)
        assert (done.code, done.out) == (1, b"")
        assert "newer maildesk" in done.err
    assert maildesk("-c", desk, "run").code == 78
    assert maildesk("-c", desk, "deliver", stdin=mail()).code == 75


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_another_users_desk_is_closed_and_one_on_a_read_only_disk_is_not(
    desk: Path, data: Path, tmp_path: Path
) -> None:
    assert maildesk("-c", desk, "deliver", stdin=mail()).code == 0
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == 0 and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055)

    def as_nobody(*words: str) -> Done:
        os.setresuid(65534, 65534, 0)
        try:
            return maildesk("-c", desk, *words)
        finally:
            os.setresuid(0, 0, 0)

    for words in (("inbox", "list"), ("status",)):
        # As root first: the libraries may lie where nobody else can read them.
        maildesk("-c", desk, *words)
        done = as_nobody(*words)
        assert (done.code, done.out) == (1, b"")
        assert done.err == f"maildesk: cannot read {data}/maildesk.db: Permission denied\n"
    for file in ("maildesk.db-wal", "maildesk.db-shm"):
        (data / file).unlink()
    data.chmod(0o555)
    (data / "maildesk.db").chmod(0o444)
    done = as_nobody("inbox", "list")
    assert (done.code, "pending" in done.text) == (0, True), done.err
    assert not (data / "maildesk.db-shm").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_what_root_does_on_somebodys_desk_stays_somebodys(
    desk: Path, data: Path, tmp_path: Path
) -> None:
    data.mkdir(mode=0o700)
    os.chown(data, 65534, 65534)
    large = mail(files=[("large.bin", bytes(300_000))])
    here = ("--sender", "ada@acme.example")
    assert maildesk("-c", desk, "deliver", *here, stdin=large).code == 0
    assert maildesk("-c", desk, "process").code == 0
    assert maildesk("-c", desk, "backup", tmp_path / "b.tar").code == 0
    assert maildesk("-c", desk, "restore", "--force", tmp_path / "b.tar").code == 0
    assert maildesk("-c", desk, "inbox", "list").code == 0
    found = {file.relative_to(data): file.stat().st_uid for file in data.rglob("*")}
    assert any(file.parts[0] == "raw" for file in found)
    assert any("new" in file.parts for file in found)
    assert set(found.values()) == {65534}, found

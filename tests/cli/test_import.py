"""`maildesk import`: mbox, Maildir and `.eml`, quietly, and never twice."""

from __future__ import annotations

import mailbox
import threading
from contextlib import ExitStack
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path

import pytest

from maildesk.cli import imports
from maildesk.errors import StoreBusy
from maildesk.inbox.receive import Door
from maildesk.store.database import daemon_lock
from tests.cli.shell import in_a_process, maildesk, running
from tests.walks.walk import ADA, ALICE, mail

OLD = datetime(2019, 3, 4, 5, 6, 7, tzinfo=UTC)


def conversation() -> list[bytes]:
    first = mail(ADA, "Old printer", "It burned.\n\nFrom the start.", date=OLD)
    about = {"In-Reply-To": str(message_from_bytes(first)["Message-ID"])}
    later = OLD.replace(hour=6)
    to = "ada@acme.example"
    answer = mail(ALICE, "Re: Old printer", "Water.", date=later, headers=about, to=to)
    return [answer, first]


def as_mbox(folder: Path, mails: list[bytes]) -> Path:
    box = mailbox.mbox(folder / "old.mbox")
    for raw in mails:
        box.add(mailbox.mboxMessage(message_from_bytes(raw)))
    box.close()
    return folder / "old.mbox"


def as_maildir(folder: Path, mails: list[bytes]) -> Path:
    box = mailbox.Maildir(folder / "old")
    for raw in mails:
        box.add(raw)
    box.close()
    return folder / "old"


def as_files(folder: Path, mails: list[bytes]) -> Path:
    (folder / "eml").mkdir()
    for number, raw in enumerate(mails):
        (folder / "eml" / f"{number}.eml").write_bytes(raw)
    return folder / "eml"


SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    "kind", [as_mbox, pytest.param(as_maildir, marks=SLOW), pytest.param(as_files, marks=SLOW)]
)
def test_old_mail_becomes_tickets_with_their_own_times(desk: Path, tmp_path: Path, kind) -> None:
    source = kind(tmp_path, conversation())
    done = maildesk("-c", desk, "import", source, "--json")
    assert (done.code, done.json) == (0, {"imported": 2, "known": 0})
    ticket = maildesk("-c", desk, "ticket", "show", "HELP-1", "--json").json
    assert ticket["created_at"].startswith("2019-03-04T05:06:07")
    assert [c["author"]["email"] for c in ticket["comments"]] == [
        "ada@acme.example",
        "alice@desk.example",
    ]
    assert ticket["comments"][0]["text"] == "It burned.\n\nFrom the start."
    assert maildesk("-c", desk, "outbox", "list", "--json").json == []
    again = maildesk("-c", desk, "import", source)
    assert (again.code, again.text) == (0, "0 messages imported, 2 were here already\n")
    assert len(maildesk("-c", desk, "inbox", "list", "--json").json) == 2


def test_the_same_mail_from_another_kind_of_archive_is_known(desk: Path, tmp_path: Path) -> None:
    mails = conversation()
    assert maildesk("-c", desk, "import", as_mbox(tmp_path, mails)).code == 0
    done = maildesk("-c", desk, "import", as_maildir(tmp_path, mails), as_files(tmp_path, mails))
    assert done.text == "0 messages imported, 4 were here already\n"


def test_with_notify_mail_goes_out_as_if_it_had_just_come(desk: Path, tmp_path: Path) -> None:
    source = as_files(tmp_path, [mail(ADA, date=OLD)])
    assert in_a_process("-c", desk, "import", "--notify", source).code == 0
    rows = maildesk("-c", desk, "outbox", "list", "--json").json
    assert [row["event"] for row in rows] == ["ticket.received", "ticket.new"]
    assert not rows[0]["created_at"].startswith("2019")


def test_what_is_no_mail_is_named_and_the_rest_is_taken(desk: Path, tmp_path: Path) -> None:
    source = as_files(tmp_path, [mail(ADA, date=OLD)])
    (source / "notes.txt").write_bytes(b"\x00\x01 shopping list")
    (source / "empty.eml").write_bytes(b"")
    done = maildesk("-c", desk, "import", source)
    assert done.code == 1
    assert done.text == "1 messages imported, 0 were here already\n"
    assert f"no mail: {source}/notes.txt" in done.err
    assert f"no mail: {source}/empty.eml" in done.err
    done = maildesk("-c", desk, "import", source, "--json")
    assert (done.code, list(done.json)) == (1, ["error"])
    assert sorted(done.json["error"].splitlines()) == [
        "0 messages imported, 1 were here already",
        f"no mail: {source}/empty.eml",
        f"no mail: {source}/notes.txt",
    ]


def test_a_path_that_is_missing_is_a_failure_and_nothing_is_taken(
    desk: Path, tmp_path: Path
) -> None:
    source = as_files(tmp_path, [mail(ADA, date=OLD)])
    done = maildesk("-c", desk, "import", source, tmp_path / "nowhere")
    assert done.code == 1
    assert "nowhere" in done.err
    assert list(maildesk("-c", desk, "import", tmp_path / "nowhere", "--json").json) == ["error"]


def test_importing_needs_a_path(desk: Path) -> None:
    assert maildesk("-c", desk, "import").code == 2


def test_progress_is_shown_beside_the_result(desk: Path, tmp_path: Path) -> None:
    done = maildesk("-c", desk, "import", as_mbox(tmp_path, conversation()))
    assert "importing" in done.err
    assert "importing" not in done.text


@pytest.mark.slow
def test_an_import_beside_a_running_daemon_finds_the_tickets_of_its_own_mails(
    desk: Path, tmp_path: Path
) -> None:
    source = as_mbox(tmp_path, conversation())
    with running("-c", desk, cwd=tmp_path):
        done = maildesk("-c", desk, "import", source, "--json")
        assert (done.code, done.json["imported"]) == (0, 2)
        tickets = maildesk("-c", desk, "ticket", "list", "--json").json
        assert [t["key"] for t in tickets] == ["HELP-1"]
    assert maildesk("-c", desk, "outbox", "list", "--json").json == []


def test_trouble_of_the_store_ends_the_import_and_blames_no_mail(
    desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        message = "the disk is full"
        raise StoreBusy(message)

    source = as_files(tmp_path, conversation())
    with monkeypatch.context() as patched:
        patched.setattr(Door, "accept", full)
        done = maildesk("-c", desk, "import", source)
    assert (done.code, done.out) == (1, b"")
    assert "maildesk: the disk is full" in done.err
    assert "no mail" not in done.err
    assert maildesk("-c", desk, "import", source, "--json").json["imported"] == 2


@pytest.mark.timeout(20)
@pytest.mark.slow
def test_an_import_beside_a_daemon_that_ends_does_not_wait_for_ever(
    desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "_GRACE_SECONDS", 0.5, raising=False)
    source = as_files(tmp_path, conversation())
    with ExitStack() as daemon:
        daemon.enter_context(daemon_lock(tmp_path / "data"))
        end = threading.Timer(3, daemon.close)
        end.start()
        done = maildesk("-c", desk, "import", source)
        end.join()
    assert done.code == 1
    assert "the daemon has ended" in done.err
    again = maildesk("-c", desk, "import", source, "--json")
    assert (again.code, again.json["imported"] + again.json["known"]) == (0, 2)
    assert len(maildesk("-c", desk, "ticket", "list", "--json").json) == 1


@pytest.mark.parametrize(
    "date",
    ["", pytest.param("yesterday", marks=SLOW), "Mon, 4 Mar 2199 05:06:07 +0000"],
)
def test_a_thread_without_usable_dates_is_one_ticket(desk: Path, tmp_path: Path, date: str) -> None:
    answer, first = (message_from_bytes(raw) for raw in conversation())
    del first["Date"], answer["Date"]
    if date:
        first["Date"] = date
    source = as_mbox(tmp_path, [answer.as_bytes(), first.as_bytes()])
    assert maildesk("-c", desk, "import", source, "--json").json["imported"] == 2
    ticket = maildesk("-c", desk, "ticket", "show", "HELP-1", "--json").json
    assert [c["author"]["email"] for c in ticket["comments"]] == [
        "ada@acme.example",
        "alice@desk.example",
    ]
    assert len(maildesk("-c", desk, "ticket", "list", "--json").json) == 1


def test_a_mail_behind_ten_thousand_fields_becomes_a_ticket(desk: Path, tmp_path: Path) -> None:
    flood = b"".join(b"X-%d: some filter's word\r\n" % n for n in range(10_000))
    source = as_files(tmp_path, [flood + mail(ADA, "Old printer", date=OLD)])
    assert maildesk("-c", desk, "import", source, "--json").json == {"imported": 1, "known": 0}
    tickets = maildesk("-c", desk, "ticket", "list", "--json").json
    assert [t["subject"] for t in tickets] == ["Old printer"]


def test_the_database_itself_and_devices_are_no_mail(desk: Path, tmp_path: Path) -> None:
    assert maildesk("-c", desk, "import", as_files(tmp_path, conversation())).code == 0
    done = maildesk("-c", desk, "import", tmp_path / "data" / "maildesk.db")
    assert (done.code, done.text) == (1, "0 messages imported, 0 were here already\n")
    done = maildesk("-c", desk, "import", "/dev/null")
    assert done.code == 1
    assert "/dev/null is no regular file" in done.err

"""`run`, `check`, `process`, `status` and `try`: configuration, exit codes, one whole tour."""

from __future__ import annotations

import os
import re
import signal
import smtplib
import socket
from pathlib import Path

import pytest

from tests.cli.shell import ROOT, in_a_process, maildesk, running, spawn
from tests.clients.live import until
from tests.desk_config import EXAMPLE
from tests.outbox import relay as relays
from tests.ports import free_port
from tests.walks.walk import mail

BROKEN = '[[desks]]\nkye = "HELP"\nname = 7\n[outgoing]\npassword = "hunter2"\ntransport = "smpt"\n'
COMMANDS = [
    ("check",),
    ("process",),
    ("status",),
    ("ticket", "list"),
    ("ticket", "show", "HELP-1"),
    ("inbox", "list"),
    ("outbox", "list"),
    ("search", "x"),
    ("backup", "x.tar"),
    ("restore", "x.tar"),
    ("import", "x.mbox"),
]


@pytest.mark.parametrize("words", COMMANDS)
def test_a_configuration_that_is_missing_or_faulty_is_2(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text(BROKEN)
    for config in (broken, tmp_path / "missing.toml", tmp_path):
        done = maildesk("-c", config, *words, cwd=tmp_path)
        assert done.code == 2, done
        assert str(config) in done.err
        assert "Traceback" not in done.err
        done = maildesk("-c", config, *words, "--json", cwd=tmp_path)
        assert (done.code, list(done.json)) == (2, ["error"])


def test_every_fault_is_named_and_no_password(tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text(BROKEN)
    done = maildesk("-c", broken, "check")
    assert "kye" in done.err
    assert "key" in done.err
    assert "outgoing.transport" in done.err
    assert "hunter2" not in done.err
    assert len(done.err.splitlines()) >= 3


def test_run_ends_with_2_by_hand_and_with_78_under_systemd(tmp_path: Path) -> None:
    missing = tmp_path / "missing.toml"
    assert maildesk("-c", missing, "run").code == 2
    assert maildesk("-c", missing, "run", NOTIFY_SOCKET=str(tmp_path / "notify")).code == 78


def test_the_configuration_is_found_as_the_contract_says(tmp_path: Path) -> None:
    def at(name: str) -> Path:
        file = tmp_path / name
        file.write_text(f'data_dir = "{tmp_path}/{name}.data"\n{EXAMPLE}')
        return file

    def used(*words: str | Path, **env: str) -> str:
        done = maildesk(*words, cwd=tmp_path, **env)
        verdict = done.text.rpartition("ok   ")[2]
        return verdict.removesuffix(": no faults\n") or str(done.code)

    usual, other, gone = at("config.toml"), at("other.toml"), str(tmp_path / "gone.toml")
    assert used("check") == str(usual)
    assert used("check", MAILDESK_CONFIG=str(other)) == str(other)
    assert used("check", MAILDESK_CONFIG="") == str(usual)
    assert used("check", MAILDESK_CONFIG=gone) == "2"
    for words in (("-c", other, "check"), ("check", "-c", other)):
        assert used(*words, MAILDESK_CONFIG=gone) == str(other)


def test_check_says_that_all_is_well(desk: Path) -> None:
    done = maildesk("-c", desk, "check")
    assert (done.code, done.err) == (0, "")
    assert done.text.splitlines()[-1] == f"ok   {desk}: no faults"
    findings = maildesk("-c", desk, "check", "--json").json
    assert findings[-1] == {"result": "ok", "about": f"{desk}: no faults"}


def test_check_takes_the_shipped_example_without_secrets_or_network() -> None:
    assert maildesk("-c", ROOT / "config.example.toml", "check").code == 0


def test_check_without_any_configuration_checks_the_embedded_default(tmp_path: Path) -> None:
    done = maildesk("check", cwd=tmp_path)
    assert done.code == 0
    assert "embedded default" in done.text


def test_check_connect_says_which_server_said_no(desk: Path) -> None:
    port = 'tls = "none"\nport = 1\nusername = "u"\npassword = "hunter2"\nhost = "127.0.0.1"'
    desk.write_text(desk.read_text() + f'[[mailboxes]]\nname = "box"\n{port}\n')
    done = maildesk("-c", desk, "check", "--connect")
    assert done.code == 1
    assert "FAIL mailbox box" in done.text
    assert "hunter2" not in done.text + done.err
    assert maildesk("-c", desk, "check").code == 0
    desk.write_text(f'{desk.read_text()}[[mailboxes]]\nname = "two"\n{port}\n')
    done = maildesk("-c", desk, "check", "--connect", "--json")
    assert (done.code, list(done.json)) == (1, ["error"])
    assert [line.partition(": ")[0] for line in done.json["error"].splitlines()] == [
        "mailbox box",
        "mailbox two",
    ]


def test_check_connect_says_that_the_relay_takes_our_mail(desk: Path) -> None:
    with relays.running() as relay:
        smtp = f'transport = "smtp"\nhost = "127.0.0.1"\nport = {relay.port}'
        desk.write_text(desk.read_text().replace('transport = "maildir"', smtp))
        done = maildesk("-c", desk, "check", "--connect")
        assert (done.code, done.err) == (0, "")
        assert f"ok   relay 127.0.0.1:{relay.port}: takes our mail" in done.text
        assert relay.taken == []
        assert not (desk.parent / "data").exists()
    assert maildesk("-c", desk, "check", "--connect").code == 1


def test_a_mailbox_that_is_down_fails_process_after_everything_else_is_done(desk: Path) -> None:
    box = 'name = "box"\nhost = "127.0.0.1"\nport = 1\ntls = "none"\nusername = "u"\npassword = "x"'
    desk.write_text(f"{desk.read_text()}\n[[mailboxes]]\n{box}\n")
    maildesk("-c", desk, "deliver", "--sender", "ada@acme.example", stdin=mail())
    done = maildesk("-c", desk, "process", "--json")
    assert (done.code, list(done.json)) == (1, ["error"])
    assert done.json["error"].startswith("mailbox box: ")
    assert done.json["error"].endswith("\n1 messages processed, 2 mails tried")
    status = maildesk("-c", desk, "status", "--json")
    assert status.code == 1
    [found] = status.json["mailboxes"]
    assert list(found) == ["name", "last_poll_at", "last_error"]
    assert (found["name"], found["last_poll_at"]) == ("box", None)
    assert found["last_error"]


@pytest.mark.parametrize(
    "text", ["noon", "2026-13-01", "", "tomorrow", "9999-12-31", "0001-01-01T00:00+14:00"]
)
def test_a_nonsense_time_is_a_usage_error(desk: Path, text: str) -> None:
    done = maildesk("-c", desk, "process", "--at", text)
    assert done.code == 2
    assert list(maildesk("-c", desk, "process", "--at", text, "--json").json) == ["error"]


def test_a_pretended_time_needs_a_rehearsal(desk: Path) -> None:
    desk.write_text(desk.read_text().replace("rehearsal = true", ""))
    done = maildesk("-c", desk, "process", "--at", "2026-11-20T10:00:00Z")
    assert done.code == 2
    assert "rehearsal" in done.err


def test_process_works_off_what_waits_and_says_how_much(desk: Path) -> None:
    maildesk("-c", desk, "deliver", "--sender", "ada@acme.example", stdin=mail())
    assert maildesk("-c", desk, "status").code == 1
    done = maildesk("-c", desk, "process", "--json")
    assert (done.code, done.json) == (0, {"processed": 1, "tried": 2})
    assert maildesk("-c", desk, "process").text == "0 messages processed, 0 mails tried\n"
    assert len(list((desk.parent / "data" / "out" / "new").iterdir())) == 2
    assert maildesk("-c", desk, "status").code == 0


def test_a_held_message_is_let_in_by_a_retry(desk: Path) -> None:
    maildesk("-c", desk, "deliver", "--sender", "x@x.example", stdin=mail("alice@desk.example"))
    maildesk("-c", desk, "process")
    assert maildesk("-c", desk, "inbox", "show", "1", "--json").json["state"] == "held"
    assert maildesk("-c", desk, "inbox", "retry", "1", "--json").code == 0
    assert maildesk("-c", desk, "inbox", "show", "1", "--json").json["state"] == "pending"
    maildesk("-c", desk, "process")
    let_in = maildesk("-c", desk, "inbox", "show", "1", "--json").json
    assert (let_in["state"], let_in["ticket"]) == ("done", "HELP-1")


def test_mail_for_a_relay_that_refuses_waits_and_a_pretended_time_moves_its_clock(
    desk: Path,
) -> None:
    port = free_port()
    smtp = f'transport = "smtp"\nhost = "127.0.0.1"\nport = {port}'
    desk.write_text(desk.read_text().replace('transport = "maildir"', smtp))
    words = ("--sender", "ada@acme.example", "--at", "2026-11-20T09:00:00Z")
    maildesk("-c", desk, "deliver", *words, stdin=mail())
    assert maildesk("-c", desk, "process", "--at", "2026-11-20T09:00:00Z").code == 0
    rows = maildesk("-c", desk, "outbox", "list", "--json").json
    assert {(row["state"], row["attempts"]) for row in rows} == {("queued", 0)}
    assert all(row["last_error"] for row in rows)
    with relays.running() as relay:
        desk.write_text(desk.read_text().replace(f"port = {port}", f"port = {relay.port}"))
        maildesk("-c", desk, "process", "--at", "2026-11-20T09:01:00Z")
        assert len(relay.taken) == 2
    rows = maildesk("-c", desk, "outbox", "list", "--json").json
    assert {(row["state"], row["attempts"], row["last_error"]) for row in rows} == {("sent", 1, "")}


def test_the_service_manager_is_told_of_every_turn(desk: Path, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(60)
        heard: list[str] = []

        def hear(words: str) -> None:
            while not any(words in h for h in heard):
                heard.append(manager.recv(4096).decode())

        process = spawn("-c", desk, "run", cwd=tmp_path, NOTIFY_SOCKET=str(tmp_path / "notify"))
        try:
            hear("READY=1")
            heard.clear()
            process.send_signal(signal.SIGHUP)
            hear("RELOADING=1")
            hear("READY=1")
            process.send_signal(signal.SIGTERM)
            hear("STOPPING=1")
            process.communicate(timeout=60)
            assert process.returncode == 0
        finally:
            process.kill()
            process.communicate()


def test_the_maildir_is_closed_to_others(seen: Path) -> None:
    data = seen.parent / "data"
    assert data.stat().st_mode & 0o777 == 0o700
    assert (data / "maildesk.db").stat().st_mode & 0o777 == 0o600
    assert all(file.stat().st_mode & 0o077 == 0 for file in data.rglob("out/new/*"))


def test_the_daemon_without_configuration_says_what_it_does_and_how_to_begin(
    tmp_path: Path,
) -> None:
    with running(cwd=tmp_path) as said:
        words = "\n".join(said)
        assert "./maildesk-data/" in words
        paste = next(line for line in said if "8025" in line and "python3 -c" in line)
        assert "support@localhost" in paste
        found = re.search(r"smtplib\.SMTP\('127\.0\.0\.1', (\d+)\)", paste)
        assert found
        assert maildesk("status", "--json", cwd=tmp_path).json["running"] is True
        assert maildesk("run", cwd=tmp_path).code == 1
        assert maildesk("process", cwd=tmp_path).code == 1
        with smtplib.SMTP("127.0.0.1", int(found[1])) as session:
            session.sendmail("you@example.com", ["support@localhost"], mail(to="support@localhost"))
        until(lambda: len(list((tmp_path / "maildesk-data" / "out" / "new").glob("*"))) == 2)
    assert said[-1].endswith("ended")
    rows = maildesk("inbox", "list", "--json", cwd=tmp_path).json
    assert [row["from"] for row in rows] == ["ada@acme.example"]
    assert (tmp_path / "maildesk-data" / "maildesk.db").exists()


def test_the_daemon_removes_at_its_start_what_a_kill_left_half_written(
    desk: Path, tmp_path: Path
) -> None:
    name = "0" * 64
    drafts = [
        tmp_path / "data" / "raw" / "00" / f"{name}.4711.140001.tmp",
        tmp_path / "data" / "out" / "tmp" / f"1.{name[:32]}.maildesk.4711",
    ]
    for draft in drafts:
        draft.parent.mkdir(parents=True)
        draft.write_bytes(b"half")
        os.utime(draft, (0, 0))
    with running("-c", desk, cwd=tmp_path) as said:
        assert not any(draft.exists() for draft in drafts)
    assert any(line.endswith("tidied files=2") for line in said)


def test_a_daemon_that_cannot_listen_says_so(desk: Path, tmp_path: Path) -> None:
    with running("-c", desk, cwd=tmp_path) as said:
        place = next(line for line in said if "listening" in line)
        port = int(place.rpartition(":")[2])
        folder = tmp_path / "two"
        folder.mkdir()
        second = folder / "config.toml"
        second.write_text(
            desk.read_text()
            .replace("port = 0", f"port = {port}")
            .replace(f"{tmp_path}/data", "two")
        )
        done = in_a_process("-c", second, "run", cwd=folder)
    assert done.code == 1
    assert "cannot listen" in done.err
    assert "Traceback" not in done.err


def test_hangup_takes_up_a_new_configuration_or_keeps_the_old(desk: Path, tmp_path: Path) -> None:
    process = spawn("-c", desk, "run", cwd=tmp_path)
    assert process.stderr

    def said(words: bytes) -> bytes:
        seen = b""
        for line in process.stderr or ():
            seen += line
            if words in line:
                return seen
        raise AssertionError(seen)

    try:
        said(b"maildesk ready")
        good = desk.read_text()
        desk.write_text(good + "\nnonsense = 1\n")
        process.send_signal(signal.SIGHUP)
        assert b"nonsense" in said(b"reload refused")
        desk.write_text(good.replace("Example Support", "Better Support"))
        process.send_signal(signal.SIGHUP)
        said(b"reloaded")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        assert process.returncode == 0
    finally:
        process.kill()
        process.communicate()


def test_try_shows_one_ticket_from_the_first_mail_to_the_last(tmp_path: Path) -> None:
    done = maildesk("try", cwd=tmp_path)
    assert done.code == 0, done.err
    for words in ("From: ", "To: ", "Subject: [HELP-1] The printer is on fire", "HELP-1"):
        assert words in done.text
    assert list(tmp_path.iterdir()) == []


def test_try_with_json_is_one_document(tmp_path: Path) -> None:
    done = maildesk("try", "--json", cwd=tmp_path)
    assert done.code == 0, done.err
    assert list(done.json) == ["ticket", "mails"]
    assert done.json["ticket"]["key"] == "HELP-1"
    assert len(done.json["ticket"]["comments"]) == 3
    assert len(done.json["mails"]) == 4
    assert {mail["subject"] for mail in done.json["mails"]} == {"[HELP-1] The printer is on fire"}

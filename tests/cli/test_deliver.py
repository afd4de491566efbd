"""`maildesk deliver`: what a pipe transport is told, and what is kept."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from maildesk.store.database import write_lock
from tests.cli.shell import Done, command, environment, maildesk
from tests.walks.walk import ADA, STRANGER, mail

HERE = ("--sender", "ada@acme.example", "--recipient", "support@desk.example")


def rows(config: Path) -> list[dict[str, object]]:
    found = maildesk("-c", config, "inbox", "list", "--json").json
    assert isinstance(found, list)
    return found


def deliver(config: Path, *words: str, raw: bytes | None = None, **env: str) -> Done:
    return maildesk("-c", config, "deliver", *words, stdin=mail() if raw is None else raw, **env)


def test_a_mail_is_kept_and_says_nothing(desk: Path) -> None:
    done = deliver(desk, *HERE)
    assert (done.code, done.out, done.err) == (0, b"", "")
    [row] = rows(desk)
    assert (row["state"], row["source"]) == ("pending", "pipe")
    assert row["to"] == ["support@desk.example"]


def test_with_json_it_says_where(desk: Path) -> None:
    assert deliver(desk, *HERE, "--json").json == {"inbox": 1}


@pytest.mark.parametrize(
    ("words", "env", "head", "recipient"),
    [
        (("--recipient", "a@desk.example"), {"RECIPIENT": "b@x"}, b"", "a@desk.example"),
        ((), {"RECIPIENT": "b@x", "ORIGINAL_RECIPIENT": "c@x"}, b"Delivered-To: d@x\n", "b@x"),
        ((), {"ORIGINAL_RECIPIENT": "c@x"}, b"Delivered-To: d@x\n", "c@x"),
        ((), {}, b"X-Original-To: e@x\nDelivered-To: d@x\n", "d@x"),
        ((), {}, b"X-Original-To: <e@x>\n", "e@x"),
        ((), {}, b"", "support@desk.example"),
    ],
)
def test_where_the_recipient_comes_from(
    desk: Path, words: tuple[str, ...], env: dict[str, str], head: bytes, recipient: str
) -> None:
    raw = head + mail().replace(b"\r\n", b"\n")
    assert deliver(desk, *words, raw=raw, **env).code == 0
    assert rows(desk)[0]["to"] == [recipient]


@pytest.mark.parametrize(
    ("words", "env", "head", "path"),
    [
        (("--sender", "a@x.example"), {"SENDER": "b@x.example"}, b"", b"<a@x.example>"),
        ((), {"SENDER": "b@x.example"}, b"Return-Path: <c@x.example>\n", b"<b@x.example>"),
        ((), {}, b"Return-Path: <c@x.example>\n", b"<c@x.example>"),
        (("--sender", ""), {}, b"Return-Path: <c@x.example>\n", b"<>"),
        (("--sender", "MAILER-DAEMON"), {}, b"", b"<>"),
        ((), {"SENDER": "MAILER-DAEMON"}, b"", b"<>"),
        ((), {}, b"Return-Path: <>\n", b"<>"),
    ],
)
def test_where_the_sender_comes_from(
    desk: Path, words: tuple[str, ...], env: dict[str, str], head: bytes, path: bytes
) -> None:
    raw = head + mail().replace(b"\r\n", b"\n")
    assert deliver(desk, *words, raw=raw, **env).code == 0
    kept = maildesk("-c", desk, "inbox", "raw", "1").out
    assert kept.startswith(b"Return-Path: " + path + b"\n")
    assert kept.endswith(raw)


@pytest.mark.parametrize(
    ("given", "kept"),
    [("jos\udce9@x.example", "jos\ufffd@x.example"), ("josé@x.example", "josé@x.example")],
)
def test_an_envelope_in_any_encoding_keeps_no_mail_out(desk: Path, given: str, kept: str) -> None:
    assert deliver(desk, "--sender", given, "--recipient", given).code == 0
    assert deliver(desk, SENDER=given, RECIPIENT=given).code == 0
    assert [(row["from"], row["to"]) for row in rows(desk)] == [(kept, [kept])] * 2


def test_an_envelope_of_several_lines_is_one_line(desk: Path) -> None:
    given = "ada@acme.example\r\nBcc: eve@x.example"
    assert deliver(desk, "--sender", given, "--recipient", given).code == 0
    [row] = rows(desk)
    assert row["from"] == "ada@acme.example Bcc: eve@x.example"
    head = maildesk("-c", desk, "inbox", "raw", "1").out.partition(b"\n\n")[0]
    assert b"\nBcc" not in head


def test_a_mail_without_any_envelope_is_a_persons_mail(desk: Path) -> None:
    assert deliver(desk).code == 0
    assert maildesk("-c", desk, "process").code == 0
    [row] = rows(desk)
    assert (row["state"], row["ticket"]) == ("done", "HELP-1")


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"  \r\n"])
def test_an_empty_message_is_unusable(desk: Path, raw: bytes) -> None:
    done = deliver(desk, *HERE, raw=raw)
    assert done.code == 65
    assert done.err
    assert list(deliver(desk, *HERE, "--json", raw=raw).json) == ["error"]
    assert rows(desk) == []


def test_a_message_over_the_size_is_unusable(desk: Path) -> None:
    assert deliver(desk, *HERE, raw=mail() + b"x" * 2 * 1024 * 1024).code == 65
    assert rows(desk) == []


@pytest.mark.parametrize(
    "raw", [b"no mail at all", b"\0" * 100, b"From nobody\n\nx", b"\xff\xfe\n", b"Subject\n\nx"]
)
def test_everything_else_is_kept_however_odd(desk: Path, raw: bytes) -> None:
    assert deliver(desk, *HERE, raw=raw).code == 0
    assert len(rows(desk)) == 1


def test_a_stranger_is_turned_away_where_the_desk_says_so(desk: Path) -> None:
    to = ("--recipient", "shop@desk.example")
    done = deliver(desk, "--sender", "m@x.example", *to, raw=mail(STRANGER))
    assert done.code == 77
    assert done.err
    assert deliver(desk, "--sender", "ada@acme.example", *to, raw=mail(ADA)).code == 0
    assert len(rows(desk)) == 1


def test_a_ticket_at_another_desk_makes_nobody_known_here(desk: Path) -> None:
    sender = ("--sender", "mallory@elsewhere.example")
    there = ("--recipient", "support@desk.example")
    assert deliver(desk, *sender, *there, raw=mail(STRANGER)).code == 0
    assert maildesk("-c", desk, "process").code == 0
    refused = deliver(desk, *sender, "--recipient", "shop@desk.example", raw=mail(STRANGER))
    assert refused.code == 77


@pytest.mark.parametrize("words", [("--nonsense",), ("stray",), ("--sender",), ("--at", "noon")])
def test_a_wrong_command_line_is_64(desk: Path, words: tuple[str, ...]) -> None:
    assert deliver(desk, *words).code == 64


@pytest.mark.parametrize(
    "words",
    [
        ("--nonsense",),
        ("--at", "noon"),
    ],
)
def test_a_wrong_command_line_is_told_in_json_too(desk: Path, words: tuple[str, ...]) -> None:
    assert list(deliver(desk, "--json", *words).json) == ["error"]


def test_a_configuration_that_cannot_be_read_is_78(tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text('[[desks]]\nkye = "HELP"\n')
    for config in (broken, tmp_path / "missing.toml", tmp_path):
        done = deliver(config, *HERE)
        assert done.code == 78, done.err
        assert str(config) in done.err
        assert list(deliver(config, *HERE, "--json").json) == ["error"]


def test_a_pretended_time_needs_a_rehearsal(desk: Path) -> None:
    desk.write_text(desk.read_text().replace("rehearsal = true", ""))
    done = deliver(desk, *HERE, "--at", "2026-11-20T09:00:00Z")
    assert done.code == 78
    assert "rehearsal" in done.err


def test_a_mail_counts_from_its_pretended_time(desk: Path) -> None:
    assert deliver(desk, *HERE, "--at", "2026-11-20T10:00:00+01:00").code == 0
    assert str(rows(desk)[0]["received_at"]).startswith("2026-11-20T09:00:00")


def test_a_data_directory_that_cannot_be_made_is_a_matter_for_later(
    desk: Path, tmp_path: Path
) -> None:
    (tmp_path / "data").write_text("a file in the way")
    done = deliver(desk, *HERE)
    assert done.code == 75
    assert done.err


def test_a_database_that_is_no_database_is_a_matter_for_later(desk: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "maildesk.db").write_bytes(b"this is no database" * 1000)
    assert deliver(desk, *HERE).code == 75


@pytest.mark.slow
@pytest.mark.timeout(90)
def test_a_locked_database_is_a_matter_for_later_within_a_minute(
    desk: Path, tmp_path: Path
) -> None:
    assert deliver(desk, *HERE).code == 0
    with write_lock(tmp_path / "data", wait_seconds=1):
        done = subprocess.run(
            command("-c", desk, "deliver", *HERE),
            input=mail(),
            env=environment({}),
            timeout=60,
            check=False,
            capture_output=True,
        )
    assert done.returncode == 75


def test_several_recipients_are_one_message(desk: Path) -> None:
    assert deliver(desk, *HERE, "--recipient", "shop@desk.example").code == 0
    assert rows(desk)[0]["to"] == ["support@desk.example", "shop@desk.example"]


def test_it_is_a_program_of_its_own_too(desk: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        command("-c", desk, "deliver", *HERE),
        input=mail(),
        cwd=tmp_path,
        env=environment({}),
        check=False,
        capture_output=True,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert len(rows(desk)) == 1


def test_a_closed_stdin_is_a_matter_for_later(desk: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" <&-', "sh", *command("-c", desk, "deliver", *HERE)],
        env=environment({}),
        check=False,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (75, "")
    assert done.stderr == "maildesk: stdin is closed, so there is no message to be read\n"


def test_a_program_half_replaced_by_an_upgrade_is_a_matter_for_later(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "maildesk.inbox.receive", None)
    done = deliver(desk, *HERE)
    assert done.code == 75
    assert done.err.startswith("maildesk: a fault of maildesk's own: ModuleNotFoundError in ")
    assert list(deliver(desk, *HERE, "--json").json) == ["error"]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError(errno.EIO, "Input/output error"), "Input/output error"),
        (ValueError("Dear support, my password is"), "a fault of maildesk's own: ValueError in "),
    ],
)
def test_whatever_goes_wrong_is_a_matter_for_later_and_quotes_no_mail(
    desk: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, sentence: str
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("maildesk.store.store.Store.submit", fail)
    done = deliver(desk, *HERE)
    assert done.code == 75
    assert done.err.startswith(f"maildesk: {sentence}")
    assert "password" not in done.err

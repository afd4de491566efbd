"""What reaches a terminal or a pipe: nothing that steers it, and no wider than it is."""

from __future__ import annotations

import base64
import itertools
import json
import os
import pty
import struct
import subprocess
from fcntl import ioctl
from pathlib import Path
from termios import TIOCSWINSZ

import pytest

from maildesk.cli.printing import harmless
from tests.cli.shell import command, environment, maildesk
from tests.walks.walk import mail

CLEAR = "\x1b[2J\x1b]0;gotcha\x07"
EVIL = f"Pay {CLEAR}\x9b31m\u202etxt.exe"


@pytest.fixture
def evil(desk: Path) -> Path:
    """A desk with a mail that would like to write the terminal's title."""
    subject = base64.b64encode(EVIL.encode())
    raw = b"From: =?utf-8?q?A=1B[2Jda?= <ada@acme.example>\r\nSubject: =?utf-8?b?%s?=\r\n\r\n%s\r\n"
    words = ("--sender", "ada@acme.example", "--recipient", "support@desk.example")
    maildesk("-c", desk, "deliver", *words, stdin=raw % (subject, EVIL.encode()))
    maildesk("-c", desk, "process")
    return desk


def on_a_terminal(
    config: Path, *words: str, columns: int = 80, typed: bytes = b"", **env: str
) -> str:
    """What a terminal of that width shows, where somebody may type."""
    ours, theirs = pty.openpty()
    ioctl(theirs, TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    child = subprocess.Popen(
        command("-c", config, *words),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment(env),
    )
    os.close(theirs)
    os.write(ours, typed)
    seen = b""
    try:
        while chunk := os.read(ours, 65536):
            seen += chunk
    except OSError:
        pass  # Linux's way to say that the other side is closed.
    finally:
        os.close(ours)
        child.wait(60)
    return seen.decode().replace("\r\n", "\n")


@pytest.mark.parametrize(
    "words",
    [
        ("ticket", "list"),
        ("ticket", "show", "HELP-1"),
        ("ticket", "log", "HELP-1"),
        ("inbox", "list"),
        ("inbox", "show", "1"),
        ("outbox", "list"),
        ("outbox", "show", "1"),
        ("search", "pay"),
    ],
)
def test_no_mail_steers_the_terminal(evil: Path, words: tuple[str, ...]) -> None:
    for more in ((), ("--json",)):
        text = maildesk("-c", evil, *words, *more).text
        assert text
        assert not set(text) & set("\x1b\x07\x9b\u202e\r"), text


def test_the_stored_bytes_are_exact_in_a_pipe_and_harmless_on_a_terminal(evil: Path) -> None:
    assert CLEAR.encode() in maildesk("-c", evil, "inbox", "raw", "1").out
    shown = on_a_terminal(evil, "inbox", "raw", "1", columns=80)
    assert "\x1b" not in shown
    assert "\\x1b[2J" in shown


def test_what_is_harmless_stays_as_it_is() -> None:
    text = "Grüße, 日本語 العربية\n\tindented ✓\n"
    assert harmless(text) == text
    assert harmless("a\r\nb\rc\ud800") == "a\nb\\rc\\ud800"


QUICK = {("ticket", 40), ("inbox", 60), ("outbox", 80), ("ticket", 200)}


@pytest.mark.parametrize(
    ("what", "columns"),
    [
        pytest.param(*pair, marks=() if pair in QUICK else pytest.mark.slow)
        for pair in itertools.product(("ticket", "inbox", "outbox"), (40, 60, 80, 200))
    ],
)
def test_a_table_is_no_wider_than_the_terminal(seen: Path, what: str, columns: int) -> None:
    lines = on_a_terminal(seen, what, "list", columns=columns).splitlines()
    assert len(lines) > 2
    assert max(len(line) for line in lines) <= columns
    if columns >= 80:
        assert lines[0].split()[-1] in ("SUBJECT", "REASON", "ERROR")


def test_on_a_terminal_too_narrow_for_a_table_each_row_stands_whole(seen: Path) -> None:
    shown = on_a_terminal(seen, "ticket", "list", columns=40)
    assert "KEY            HELP-1\n" in shown
    assert "REQUESTER      ada@acme.example\n" in shown
    assert "…" not in shown


def test_a_pipe_gets_a_subject_whole(desk: Path) -> None:
    subject = "The printer on the third floor " * 5
    words = ("--sender", "ada@acme.example", "--recipient", "support@desk.example")
    maildesk("-c", desk, "deliver", *words, stdin=mail(subject=subject))
    maildesk("-c", desk, "process")
    assert subject.strip() in maildesk("-c", desk, "ticket", "list").text
    shown = on_a_terminal(desk, "ticket", "list", columns=300)
    assert subject.strip() in shown


@pytest.mark.slow
def test_a_terminal_without_colours_gets_none_either(seen: Path) -> None:
    for env in ({"TERM": "dumb"}, {"TERM": "xterm-256color"}, {"NO_COLOR": "1"}):
        assert "\x1b" not in on_a_terminal(seen, "ticket", "list", columns=80, **env)


@pytest.mark.slow
def test_a_terminal_that_cannot_move_its_cursor_gets_no_bar(desk: Path, tmp_path: Path) -> None:
    (tmp_path / "one.eml").write_bytes(mail())
    file = str(tmp_path / "one.eml")
    shown = on_a_terminal(desk, "import", file, TERM="dumb")
    assert not set(shown) & set("\x1b\r"), shown
    assert "importing\n" in shown
    assert "importing  [" in on_a_terminal(desk, "import", file, TERM="xterm")


def test_columns_stand_straight_beside_wide_letters(desk: Path) -> None:
    for subject in ("プリンタが燃えている", "The printer burns"):
        words = ("deliver", "--sender", "ada@acme.example", "--recipient", "support@desk.example")
        maildesk("-c", desk, *words, stdin=mail(subject=subject))
    maildesk("-c", desk, "process")
    maildesk("-c", desk, "inbox", "dismiss", "1")
    head, wide, plain = maildesk("-c", desk, "outbox", "list").text.splitlines()[:3]
    assert head.index("SUBJECT") == wide.index("[HELP-1]") == plain.index("[HELP-1]")
    head, wide, plain = maildesk("-c", desk, "inbox", "list").text.splitlines()
    assert wide.endswith("プリンタが燃えている")
    assert plain[head.index("SUBJECT") :] == "The printer burns"


@pytest.mark.parametrize(
    ("words", "code"),
    [("ticket list", 0), ("ticket list --json", 0), ("--help", 0), ("inbox show 99 --json", 1)],
)
def test_a_reader_that_leaves_early_changes_no_exit_code(seen: Path, words: str, code: int) -> None:
    line = '"$@" | head -c 0; echo ${PIPESTATUS[0]}'
    called = command("-c", seen, *words.split())
    done = subprocess.run(
        ["bash", "-c", f"sleep 0.1; {line}", "bash", *called],
        env=environment({}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == (f"{code}\n", "")


def test_a_long_listing_into_head_ends_quietly(desk: Path) -> None:
    raw = mail(subject="x" * 500)
    maildesk("-c", desk, "deliver", "--sender", "ada@acme.example", stdin=raw)
    maildesk("-c", desk, "process")
    called = command("-c", desk, "ticket", "show", "HELP-1", "--json")
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", '"$@" | head -n 1', "bash", *called],
        env=environment({}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "{\n", "")


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8"])
def test_a_terminal_of_another_encoding_gets_escapes_and_right_json(
    seen: Path, encoding: str
) -> None:
    def asked(*words: str) -> bytes:
        return subprocess.run(
            command("-c", seen, "ticket", "show", "HELP-1", *words),
            env=environment({"PYTHONIOENCODING": encoding}),
            capture_output=True,
            check=True,
        ).stdout

    assert json.loads(asked("--json"))["subject"] == "Der Drucker brennt ✓"
    shown = "✓" if encoding == "utf-8" else "\\u2713"
    assert asked().decode(encoding).startswith(f"[HELP-1] Der Drucker brennt {shown}\n")


def test_who_types_a_message_on_a_terminal_is_told_how_to_end_it(desk: Path) -> None:
    typed = b"Subject: typed\n\nhello\n\x04"
    shown = on_a_terminal(desk, "deliver", "--sender", "ada@acme.example", typed=typed)
    assert "maildesk: type the message, header first; Ctrl-D ends it" in shown
    assert maildesk("-c", desk, "inbox", "raw", "1").out.endswith(b"Subject: typed\n\nhello\n")

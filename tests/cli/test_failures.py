"""Every command that fails with `--json`: one document on stdout, and the right exit code."""

from __future__ import annotations

from pathlib import Path

import pytest

from maildesk.store.database import daemon_lock, write_lock
from tests.cli.shell import maildesk
from tests.walks.walk import mail

UNKNOWN_OPTION = [
    (*words, "--nonsense")
    for words in (
        ("run",),
        ("check",),
        ("import", "x"),
        ("process",),
        ("try",),
        ("ticket", "list"),
        ("ticket", "show", "HELP-1"),
        ("ticket", "log", "HELP-1"),
        ("search", "x"),
        ("inbox", "list"),
        ("inbox", "show", "1"),
        ("inbox", "raw", "1"),
        ("inbox", "retry", "1"),
        ("inbox", "dismiss", "1"),
        ("outbox", "list"),
        ("outbox", "show", "1"),
        ("outbox", "retry", "1"),
        ("status",),
        ("backup", "x"),
        ("restore", "x"),
    )
]
WRONG_WORDS = [
    (),
    ("ticket",),
    ("inbox", "nonsense"),
    ("ticket", "show"),
    ("ticket", "list", "--limit", "many"),
    ("ticket", "list", "--limit", "-1"),
    ("outbox", "list", "--state", "odd"),
    ("search",),
    ("import",),
    ("backup",),
    ("restore", "/"),
    ("process", "--at", "noon"),
    ("process", "--at"),
]


def failed(config: Path, *words: str | Path, stdin: bytes = b"") -> tuple[int, str]:
    """The exit code and the sentence; nothing else may stand on stdout, and no traceback."""
    done = maildesk("-c", config, *words, "--json", stdin=stdin)
    assert list(done.json) == ["error"], done
    assert isinstance(done.json["error"], str)
    assert "Traceback" not in done.err
    return done.code, done.json["error"]


@pytest.mark.parametrize("words", [*UNKNOWN_OPTION, *WRONG_WORDS], ids=" ".join)
def test_a_wrong_command_line(desk: Path, words: tuple[str, ...]) -> None:
    assert failed(desk, *words)[0] == 2


@pytest.mark.parametrize("words", [("--nonsense",), ("stray",), ("--at", "noon")], ids=" ".join)
def test_a_wrong_command_line_of_a_pipe(desk: Path, words: tuple[str, ...]) -> None:
    assert failed(desk, "deliver", *words, stdin=mail())[0] == 64


@pytest.mark.parametrize(
    "words",
    [
        ("process",),
        ("import", "{mail}"),
        ("inbox", "retry", "1"),
        ("inbox", "dismiss", "1"),
        ("status",),
        ("ticket", "list"),
        ("backup", "{mail}.tar"),
        ("restore", "{mail}"),
        ("check", "--connect"),
    ],
    ids=" ".join,
)
def test_a_file_where_the_data_should_be(
    desk: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    (tmp_path / "data").write_text("in the way")
    (tmp_path / "mail.eml").write_bytes(mail())
    code, sentence = failed(desk, *(w.format(mail=tmp_path / "mail.eml") for w in words))
    assert code == 1
    assert str(tmp_path / "data") in sentence


def test_a_desk_that_another_process_holds(
    desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    maildesk("-c", desk, "deliver", stdin=mail("alice@desk.example"))
    maildesk("-c", desk, "process")
    with daemon_lock(tmp_path / "data"):
        for words in (("process",), ("restore", "x")):
            code, sentence = failed(desk, *words)
            assert (code, "another maildesk is running" in sentence) == (1, True)
    monkeypatch.setattr("maildesk.store.writer.Writer.__init__.__kwdefaults__", {"lock_seconds": 0})
    with write_lock(tmp_path / "data", wait_seconds=1):
        code, sentence = failed(desk, "inbox", "dismiss", "1")
        assert (code, "busy" in sentence) == (1, True)


def test_the_word_json_after_two_dashes_is_a_word(seen: Path) -> None:
    done = maildesk("-c", seen, "search", "--", "--json")
    assert (done.code, done.text) == (0, "nothing found\n")
    done = maildesk("-c", seen, "ticket", "show", "--", "--json")
    assert (done.code, done.text, done.err) == (1, "", "maildesk: no ticket --json\n")


def test_a_configuration_called_like_a_command_is_none(tmp_path: Path) -> None:
    done = maildesk("-c", "deliver", "status", cwd=tmp_path)
    assert done.code == 2
    assert maildesk("-c", "status", "deliver", cwd=tmp_path).code == 78

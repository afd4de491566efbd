"""Canned replies as files: the delivered ones, an admin's own, and those that cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from maildesk.config.promises import DELIVERED
from maildesk.core.canned import Canned
from maildesk.core.intake import fields_in
from maildesk.outbox.canned import load, version_of
from maildesk.outbox.templates_dir import shipped_templates

LANGUAGES = ["de", "en", "es", "fr", "it", "ja", "ko", "pl", "sv"]
SHIPPED = load((shipped_templates(),))


def write(folder: Path, text: str, name: str = "hello.md", language: str = "en") -> Path:
    path = folder / language / "replies" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_the_delivered_replies_are_sound_and_in_every_language() -> None:
    assert SHIPPED.faults == ()
    found = [r.language for r in SHIPPED.replies if r.name == "install-details"]
    assert found == LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_delivered_reply_asks_for_are_lines_of_its_text(language: str) -> None:
    (reply,) = [r for r in SHIPPED.replies if r.language == language]
    assert len(reply.fields) == 5
    asked = [name for name, example in fields_in(reply.text) if not example]
    assert [name for name in asked if name in reply.fields] == list(reply.fields)
    assert reply.status in DELIVERED


def test_front_matter_says_what_a_reply_is_and_does(tmp_path: Path) -> None:
    write(
        tmp_path,
        "---\ntitle: Say hello\n# note\n\nstatus: On hold\ntype: bug\nfields: A , B\n---\n\nHi!\n",
    )
    assert load((tmp_path,)).replies == (
        Canned(
            name="hello",
            language="en",
            text="Hi!",
            title="Say hello",
            status="On hold",
            type="bug",
            fields=("A", "B"),
            is_markdown=True,
        ),
    )


def test_a_text_needs_no_front_matter(tmp_path: Path) -> None:
    write(tmp_path, "\ufeffHi!\r\n\r\n--- x\r\n", "hello.txt")
    assert load((tmp_path,)).replies == (Canned(name="hello", language="en", text="Hi!\n\n--- x"),)


def test_an_admins_own_file_comes_first_language_by_language(tmp_path: Path) -> None:
    write(tmp_path, "My own.", "install-details.md", "de")
    replies = load((tmp_path, shipped_templates())).replies
    texts = {r.language: r.text for r in replies if r.name == "install-details"}
    assert texts["de"] == "My own."
    assert texts["en"].startswith("Hello {name},")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("---\ntitle: x\n", "1: the front matter is never closed by a second line ---"),
        ("---\ntitel: x\n---\nHi", '2: titel: unknown key; did you mean "title"?'),
        ("---\n\ntitle\n---\nHi", '3: must be a key and a value, such as "title: …"'),
        ("---\ntitle: x\n---\n\n", "4: has no text"),
        ("", "1: has no text"),
        ("x" * 20_001, "1: is longer than 20000 bytes"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_by_line_and_ours_goes(
    tmp_path: Path, text: str, fault: str
) -> None:
    path = write(tmp_path, text, "install-details.md")
    found = load((tmp_path, shipped_templates()))
    assert found.faults == (f"{path}:{fault}",)
    assert found.replies == SHIPPED.replies


def test_a_file_that_is_no_utf8_or_is_called_otherwise_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, "x")
    path.write_bytes(b"Hello\nGr\xfc\xdfe")
    other = write(tmp_path, "x", "My Reply.md")
    assert load((tmp_path,)).faults == (
        f"{other}:1: the name must be small letters, digits and dashes, such as install-details.md",
        f"{path}:2: is no UTF-8 text; save the file as UTF-8",
    )


def test_a_change_of_a_file_is_noticed(tmp_path: Path) -> None:
    before = version_of((tmp_path,))
    path = write(tmp_path, "Hi")
    after = version_of((tmp_path,))
    path.write_text("Hello")
    assert len({before, after, version_of((tmp_path,))}) == 3

"""Replies in the forms of real programs, with awkward contents: nothing written is lost.

Each mail of tests/corpus/programs says in its .toml which lines its writer wrote, and which words
are not his: quoted ones, or those of a signature.
"""

import tomllib
from pathlib import Path

import pytest

from maildesk.mail.parse import parse

CASES = sorted((Path(__file__).parent.parent / "corpus" / "programs").glob("*.toml"))


def shown(case: Path) -> tuple[str, str]:
    message = parse(case.with_suffix(".eml").read_bytes(), "anna@customer.example")
    return folded(message.text), folded(message.full_text)


def folded(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_every_line_that_was_written_is_shown(case: Path) -> None:
    wanted = tomllib.loads(case.read_text(encoding="utf-8"))
    text, _ = shown(case)
    assert [line for line in wanted["written"] if folded(line) not in text] == []


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_what_is_not_the_writers_is_folded_away_and_kept(case: Path) -> None:
    wanted = tomllib.loads(case.read_text(encoding="utf-8"))
    text, full_text = shown(case)
    assert [words for words in wanted["quoted"] if folded(words) in text] == []
    assert [words for words in wanted["quoted"] if folded(words) not in full_text] == []


def test_there_are_mails_of_many_programs() -> None:
    assert len(CASES) >= 50
    assert {case.stem for case in CASES} == {path.stem for path in CASES[0].parent.glob("*.eml")}

"""Action codes as people get them and send them back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from maildesk.core import codes, signature
from maildesk.core.codes import Bond, Verdict
from tests.core.build import SECRET

DAY = date(2026, 11, 21)
YEAR = timedelta(days=365)
BOND = Bond(key="HELP-12", recipient="cto@acme.example", action="approve", extra="1")
CODE = codes.mint(SECRET, BOND, DAY)


def verdict(words: str, bond: Bond = BOND, today: date = DAY) -> Verdict:
    written = codes.read(words)
    assert written
    return codes.judge(SECRET, written.code, bond, today, timedelta(days=30))


def test_a_code_is_sixteen_letters_in_four_groups() -> None:
    assert [len(group) for group in CODE.split("-")] == [4, 4, 4, 4]
    assert not set(CODE) & set("OILU")


@pytest.mark.parametrize(
    "typed",
    [
        CODE,
        CODE.lower(),
        CODE.replace("-", ""),
        CODE.replace("-", " "),
        CODE.replace("-", "\u00a0"),
        CODE.replace("-", "‑"),
        CODE.replace("-", " – "),
        CODE.replace("0", "O").replace("1", "l"),
        CODE.replace("0", "o").replace("1", "I"),
        f"  {CODE}  yes, please do",
        f"{CODE}.",
    ],
)
def test_a_code_is_understood_however_it_is_typed(typed: str) -> None:
    assert verdict(typed) is Verdict.GOOD


def test_the_words_behind_a_code_are_left() -> None:
    written = codes.read(f"{CODE} yes, please do")
    assert written
    assert written.rest == "yes, please do"


@pytest.mark.parametrize(
    "words",
    [
        "",
        "yes please do it now",
        "This will work fine",
        "This-will",
        CODE[:-1],
        CODE + "7",
        CODE + "é",
        CODE.replace("-", "--- -"),
        "12345",
    ],
)
def test_other_words_are_no_code(words: str) -> None:
    assert codes.read(words) is None


@pytest.mark.parametrize(
    "other",
    [
        Bond(key="HELP-13", recipient="cto@acme.example", action="approve", extra="1"),
        Bond(key="HELP-12", recipient="eve@acme.example", action="approve", extra="1"),
        Bond(key="HELP-12", recipient="cto@acme.example", action="reject", extra="1"),
        Bond(key="HELP-12", recipient="cto@acme.example", action="approve", extra="2"),
        Bond(key="HELP-12", recipient="cto@acme.example", action="approve1", extra=""),
    ],
    ids=["ticket", "person", "action", "estimate", "moved border"],
)
def test_a_code_stands_for_one_thing_alone(other: Bond) -> None:
    assert verdict(CODE, other) is Verdict.UNKNOWN


def test_the_case_of_key_and_address_makes_no_difference() -> None:
    same = Bond(key="help-12", recipient="CTO@Acme.example", action="approve", extra="1")
    assert verdict(CODE, same) is Verdict.GOOD


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (DAY, Verdict.GOOD),
        (DAY + timedelta(days=30), Verdict.GOOD),
        (DAY + timedelta(days=31), Verdict.EXPIRED),
        (DAY - timedelta(days=1), Verdict.GOOD),
    ],
)
def test_a_code_has_its_time(today: date, expected: Verdict) -> None:
    assert verdict(CODE, today=today) is expected


def test_another_secret_knows_nothing_of_it() -> None:
    assert codes.judge(b"other", CODE, BOND, DAY, YEAR) is Verdict.UNKNOWN


def test_the_bond_is_found_among_those_in_question() -> None:
    older = Bond(key="HELP-12", recipient="cto@acme.example", action="approve", extra="2")
    found = codes.find(SECRET, CODE, (older, BOND), DAY, YEAR)
    assert found == codes.Match(bond=BOND, verdict=Verdict.GOOD)
    late = codes.find(SECRET, CODE, (older, BOND), DAY + 2 * YEAR, YEAR)
    assert late == codes.Match(bond=BOND, verdict=Verdict.EXPIRED)
    assert codes.find(SECRET, CODE, (older,), DAY, YEAR) is None


def test_a_code_is_no_part_of_a_message_id_of_ours() -> None:
    tag = signature.bounce_tag(SECRET, 1, "cto@acme.example")
    assert CODE.replace("-", "").lower() not in tag

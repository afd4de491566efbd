"""Whatever a code stands for: it comes back as that, and nothing else passes for it."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from maildesk.core import codes
from maildesk.core.codes import Bond, Verdict

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
WEEK = timedelta(days=7)
words = st.text(max_size=20)
days = st.dates(min_value=date(2020, 1, 1), max_value=date(2090, 1, 1))
bonds = st.builds(Bond, key=words, recipient=words, action=words, extra=words)
secrets = st.binary(min_size=1, max_size=40)


@given(secret=secrets, bond=bonds, day=days, later=st.integers(min_value=0, max_value=7))
def test_a_code_comes_back_as_what_it_was_made_for(
    secret: bytes, bond: Bond, day: date, later: int
) -> None:
    written = codes.read(codes.mint(secret, bond, day) + " some words")
    assert written
    assert written.rest == "some words"
    today = day + timedelta(days=later)
    assert codes.judge(secret, written.code, bond, today, WEEK) is Verdict.GOOD


@given(bond=bonds, day=days, at=st.integers(0, 15), letter=st.sampled_from(LETTERS))
def test_one_changed_letter_is_another_code(bond: Bond, day: date, at: int, letter: str) -> None:
    plain = codes.mint(b"secret", bond, day).replace("-", "")
    assume(plain[at] != letter)
    changed = codes.read(f"{plain[:at]}{letter}{plain[at + 1 :]} 1")
    if changed:
        assert codes.judge(b"secret", changed.code, bond, day, WEEK) is Verdict.UNKNOWN


@given(bond=bonds, other=words, field=st.sampled_from(("key", "recipient", "action", "extra")))
def test_a_code_for_one_bond_is_none_for_another(bond: Bond, other: str, field: str) -> None:
    assume(getattr(bond, field).lower() != other.lower())
    code = codes.mint(b"secret", bond, date(2026, 1, 1))
    changed = replace(bond, **{field: other})
    assert codes.judge(b"secret", code, changed, date(2026, 1, 1), WEEK) is Verdict.UNKNOWN


@given(text=st.text(max_size=60))
def test_whatever_is_sent_is_read_without_a_word_lost(text: str) -> None:
    written = codes.read(text)
    if written:
        assert written.rest in text
        assert (
            codes.judge(
                b"s", written.code, Bond(key="", recipient="", action=""), date(2026, 1, 1), WEEK
            )
            is Verdict.UNKNOWN
        )

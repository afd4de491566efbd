"""Replies that other people published, with their answers: how many are read right.

The sets are fetched from PyPI and npm when the tests run and are not kept: talon 1.4.4 (Apache-2.0:
46 texts, 12 mails, 9 HTML pages), quotequail 0.5.4 (MIT: 1), email-reply-parser 1.4.2 of npm (MIT:
30), planer 1.2.0 (MIT: 4 that talon has not), parse-reply 0.0.4 (MIT: 5). `python -m bench.replies`
shows them beside the libraries.
"""

from __future__ import annotations

from collections import Counter

import pytest

from bench.replies import judge, ours
from bench.reply_sets import SETS, Case, SetMissing, obtain, without_copies

pytestmark = [pytest.mark.published, pytest.mark.slow, pytest.mark.timeout(600)]

COUNTS = {
    "talon": 46,
    "talon-mails": 12,
    "talon-html": 9,
    "quotequail": 1,
    "crisp": 30,
    "planer": 4,
    "parse-reply": 5,
}


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    folder = tmp_path_factory.mktemp("sets")
    found: list[Case] = []
    missing: list[str] = []
    for name in SETS:
        try:
            found += obtain(name, folder)
        except SetMissing as error:
            missing.append(str(error))
    if missing and not any(case.set == "talon" for case in found):
        pytest.skip(f"published sets that cannot be had here: {'; '.join(missing)}")
    return without_copies(found)


def outcomes(cases: list[Case]) -> Counter[str]:
    return Counter(judge(case, ours(case)) for case in cases)


def test_the_sets_hold_what_they_held_when_the_bars_were_set(cases: list[Case]) -> None:
    have = Counter(case.set for case in cases)
    assert have == {name: COUNTS[name] for name in have}


def test_nine_of_ten_published_replies_are_read_right(cases: list[Case]) -> None:
    counts = outcomes(cases)
    assert counts["exact"] + counts["minor"] >= 0.9 * len(cases), counts


def test_hardly_any_published_reply_loses_a_line_that_was_written(cases: list[Case]) -> None:
    counts = outcomes(cases)
    assert counts["lost"] <= 0.02 * len(cases), counts


@pytest.mark.parametrize(
    ("got", "outcome"),
    [
        ("One.\nTwo.", "exact"),
        ("One.\nTwo.\n\nSent from my telephone", "minor"),
        ("One.\nTwo.\n----", "minor"),
        ("One.\nTwo.\nWhat was asked", "leak"),
        ("One.", "lost"),
        ("", "lost"),
    ],
)
def test_the_measure_tells_the_outcomes_apart(got: str, outcome: str) -> None:
    case = Case(set="x", name="x", text="", gold="One.\nTwo.")
    assert judge(case, got) == outcome

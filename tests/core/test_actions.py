"""Links that do one thing for one person."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from maildesk.core.actions import VALID_FOR, action, proved
from maildesk.core.codes import Bond, Verdict
from tests.core.build import NOW, SECRET

TAKE = Bond(key="HELP-7", recipient="alice@desk.example", action="take")


def test_the_line_of_an_action_proves_whom_it_was_made_for() -> None:
    line = action("Take it", TAKE, SECRET, NOW).line
    assert line.startswith("#take ")
    found = proved(line.removeprefix("#take "), [TAKE], SECRET, NOW)
    assert found is not None
    assert (found.bond, found.verdict) == (TAKE, Verdict.GOOD)


def test_it_is_nothing_for_anybody_else_and_about_nothing_else() -> None:
    words = action("Take it", TAKE, SECRET, NOW).line.removeprefix("#take ")
    others = [replace(TAKE, recipient="boris@desk.example"), replace(TAKE, key="HELP-8")]
    assert proved(words, others, SECRET, NOW) is None


def test_it_does_not_hold_for_ever() -> None:
    words = action("Take it", TAKE, SECRET, NOW).line.removeprefix("#take ")
    found = proved(words, [TAKE], SECRET, NOW + VALID_FOR + timedelta(days=1))
    assert found is not None
    assert found.verdict is Verdict.EXPIRED


def test_words_may_stand_before_the_code() -> None:
    rate = replace(TAKE, action="rate")
    line = action("Five stars", rate, SECRET, NOW, words="5").line
    assert line.startswith("#rate 5 ")

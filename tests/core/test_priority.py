"""Urgency and impact become a priority, until an agent says one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maildesk.config.settings import Settings
from maildesk.core.priority import Matrix, level, named, weighed
from tests.core.build import TICKET

ROWS = [
    ("high", "high", "P1"),
    ("high", "medium", "P2"),
    ("high", "low", "P3"),
    ("medium", "high", "P2"),
    ("medium", "medium", "P2"),
    ("medium", "low", "P3"),
    ("low", "high", "P3"),
    ("low", "medium", "P3"),
    ("low", "low", "P4"),
]


@pytest.mark.parametrize(("urgency", "impact", "priority"), ROWS)
def test_the_matrix_as_delivered(urgency: str, impact: str, priority: str) -> None:
    assert Matrix().priority(urgency, impact) == priority


def test_a_ticket_that_nobody_weighed_has_the_priority_of_its_levels() -> None:
    assert Matrix().priority(TICKET.urgency, TICKET.impact) == TICKET.priority


def test_a_word_about_one_level_keeps_the_other() -> None:
    more = weighed(TICKET, Matrix(), urgency="high")
    assert (more.urgency, more.impact, more.priority) == ("high", "low", "P3")
    assert weighed(more, Matrix(), impact="high").priority == "P1"
    assert weighed(more, Matrix(), urgency="low").priority == "P4"


def test_what_is_no_level_changes_nothing() -> None:
    assert weighed(TICKET, Matrix(), urgency="extreme") == TICKET


def test_a_priority_that_an_agent_set_stays() -> None:
    by_hand = replace(TICKET, priority="P4", has_own_priority=True)
    after = weighed(by_hand, Matrix(), urgency="high", impact="high")
    assert (after.urgency, after.impact, after.priority) == ("high", "high", "P4")


def test_the_matrix_of_the_configuration_counts() -> None:
    rows = {"high": ["P1", "P1", "P1"], "low": ["P4", "P4", "P4"]}
    desks = [{"key": "HELP", "address": "support@desk.example"}]
    settings = Settings.model_validate({"desks": desks, "priority_matrix": rows})
    matrix = settings.policy().priority_matrix
    assert matrix.priority("high", "low") == "P1"
    assert matrix.priority("medium", "low") == "P3"
    assert matrix.priority("low", "high") == "P4"


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("high", "high"),
        (" High ", "high"),
        ("HOCH", "high"),
        ("élevée", "high"),
        ("średnia", "medium"),
        ("LÅG", "low"),
        ("低", "low"),
        ("높음", "high"),
        ("highest", ""),
        ("", ""),
    ],
)
def test_a_level_is_understood_in_the_languages_of_the_desk(word: str, expected: str) -> None:
    assert level(word) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [("P1", "P1"), ("p4", "P4"), ("2", "P2"), ("P5", ""), ("0", ""), ("PP1", ""), ("", "")],
)
def test_a_priority_is_named_by_its_letter_or_number(word: str, expected: str) -> None:
    assert named(word) == expected

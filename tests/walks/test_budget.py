"""`#budget`: what is left of a customer's hours, by mail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from maildesk.mail.worker import ParserPool
from tests.walks.walk import ADA, ALICE, STRANGER, Step, Walk, begin, body, mail, reply

CTO = "Carla <cto@acme.example>"
PACKAGES = """
[[organisations.budgets]]
name = "Support 2026"
starts = 2026-01-01
ends = 2026-12-31
amount = "10h"
[[organisations.budgets]]
name = "Support 2025"
starts = 2025-01-01
ends = 2025-12-31
amount = "10h"
"""


@pytest.fixture
def walk(tmp_path: Path, parser: ParserPool) -> Iterator[Walk]:
    """Ada's company has ten hours, of which Alice has worked one and a half."""
    walk = begin(tmp_path, parser, organisation=PACKAGES)
    told = walk.receive(mail()).mail_to("alice@desk.example")
    walk.receive(reply(told, ALICE, "#time 1h30m"))
    yield walk
    walk.close()


def words(step: Step, to: str) -> str:
    return " ".join(body(step.mail_to(to)).split())


def test_the_organisations_people_learn_what_is_left(walk: Walk) -> None:
    step = walk.receive(mail(CTO, "hours", "#budget"))
    assert step.events == [("command.done", "cto@acme.example")]
    told = words(step, "cto@acme.example")
    assert "The hours of ACME" in told
    assert "Support 2026, through 31 Dec 2026: 8 h 30 min left of 10 h; 1 h 30 min spent" in told
    assert "2025" not in told
    assert walk.keys() == ["HELP-1"]


def test_an_agent_asks_about_a_tickets_customer_or_by_name(walk: Walk) -> None:
    step = walk.receive(mail(ALICE, "[HELP-1]", "#budget"), auth="alice")
    assert "8 h 30 min left" in words(step, "alice@desk.example")
    step = walk.receive(mail(ALICE, "hours", "#budget acme"), auth="alice")
    assert "8 h 30 min left" in words(step, "alice@desk.example")
    step = walk.receive(mail(ALICE, "hours", "#budget ACNE"), auth="alice")
    assert step.events == [("command.failed", "alice@desk.example")]
    assert "#budget ACME" in words(step, "alice@desk.example")


@pytest.mark.parametrize("sender", [ADA, STRANGER])
def test_nobody_else_learns_anything(walk: Walk, sender: str) -> None:
    step = walk.receive(mail(sender, "hours", "#budget"))
    assert "30 min" not in "".join(body(m) for m in step.mails)
    assert {event for event, _ in step.events} == {"command.failed"}

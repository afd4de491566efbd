"""Customers' own words for urgency, impact and type, as commands."""

from __future__ import annotations

import pytest

from tests.walks.walk import ADA, Walk, mail, reply


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("#urgency high", "urgency", "high"),
        ("#urgency hoch", "urgency", "high"),
        ("#impact élevée", "impact", "high"),
        ("#impact 中", "impact", "medium"),
        ("#type Störung", "type", "incident"),
        ("#type inc", "type", "incident"),
    ],
)
def test_a_level_is_said_in_the_customers_language(
    walk: Walk, line: str, field: str, value: str
) -> None:
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    walk.receive(reply(receipt, ADA, line))
    assert dict(walk.ticket("HELP-1"))[field] == value

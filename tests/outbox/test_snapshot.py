"""What an outbox row keeps for its template.

In: lines of the core's. Out: plain values.
*Fails:* as every test does.
"""

from __future__ import annotations

from maildesk.core.phrase import phrase
from maildesk.outbox.snapshot import line_of


def test_a_snapshot_keeps_a_phrase_by_its_code_and_other_lines_as_they_are() -> None:
    assert line_of(phrase("orders.took", name="Alice")) == {
        "say": "orders.took",
        "with": {"name": "Alice"},
    }
    assert line_of("{name} says") == "{name} says"

"""A sentence of the core's, by its code.

In: codes and values. Out: phrases.
*Fails:* as every test does.
"""

from __future__ import annotations

from maildesk.core.phrase import Phrase, phrase


def test_a_phrase_keeps_its_values_as_text_in_their_order() -> None:
    made = phrase("orders.spent", seconds=5400, name="Alice")
    assert made == Phrase(code="orders.spent", values=(("seconds", "5400"), ("name", "Alice")))


def test_a_value_may_be_called_code() -> None:
    assert phrase("links.refused", code="7K3M").values == (("code", "7K3M"),)

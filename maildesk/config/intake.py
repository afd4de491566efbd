"""The tables `[[intake]]`: lines `Field: value` that customers are asked to fill in.

In: TOML tables. Out: frozen models, whose text has at least one field.
*Fails:* pydantic.ValidationError. What spans several keys is judged by `maildesk.config.checks`.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import PlainValidator

from maildesk.config.base import Model
from maildesk.config.promises import TicketType
from maildesk.config.values import Language, Name, text
from maildesk.core.intake import fields_in

_LONGEST = 4_000  # characters; the acknowledgement holds all of it


def block_text(value: Any) -> str:
    """A text with lines `Field: value`; those without a colon are words to the customer."""
    block = text(value).strip("\n")
    if not fields_in(block):
        words = 'must have a line with a field, such as "Version:"'
        raise ValueError(words)
    if len(block) > _LONGEST:
        words = f"must not have more than {_LONGEST} characters"
        raise ValueError(words)
    return block


class IntakeTable(Model):
    """What is asked; without desk, type or language it is asked at every desk, and so on."""

    desk: Name | None = None
    type: TicketType | None = None
    language: Language | None = None
    text: Annotated[str, PlainValidator(block_text)]
    required: tuple[Name, ...] = ()

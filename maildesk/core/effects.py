"""What commands do beside changing the ticket's own row.

In: nothing. Out: frozen values; the store has one function for each.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Mail from this address is ignored from now on, by the word of `by`."""

    address: str
    by: str


# Everything that the store knows how to do.
Effect = Block

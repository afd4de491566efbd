"""What commands do beside changing the ticket's own row.

In: nothing. Out: frozen values; the store has one function for each.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import dataclass

from maildesk.core.estimates import Estimate
from maildesk.core.rating import Rating
from maildesk.core.time_entry import TimeEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Mail from this address is ignored from now on, by the word of `by`."""

    address: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterTime:
    """An agent has worked on the ticket."""

    entry: TimeEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class AskEstimate:
    """Approvers are asked; an estimate that still waits is replaced."""

    estimate: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideEstimate:
    """An estimate has its answer: it is as an approver has left it."""

    estimate: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What a customer thinks of the ticket; it takes the place of an earlier rating."""

    rating: Rating
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """The ticket `source` becomes part of the ticket `target`."""

    source: int
    target: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """What a mail with commands has done is taken back; `reached` are those who had heard of it."""

    id: int
    reached: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFields:
    """The customer has filled in these fields."""

    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LetIn:
    """A held answer goes on: to the customer, or as a note."""

    inbox_id: int
    as_a_note: bool


# Everything that the store knows how to do.
Effect = Block | EnterTime | AskEstimate | DecideEstimate | Rate | Merge | SetFields | LetIn | Undo

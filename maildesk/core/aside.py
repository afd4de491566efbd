"""What one mail does to another ticket than the one that it is about.

In: nothing. Out: a frozen value; the store records it as it does the decision itself.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from maildesk.core.model import Fact, NewComment, NewTicket, Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """Something recorded on `ticket_id`, or on the `new_ticket`, and whom it is told to."""

    ticket_id: int | None = None
    new_ticket: NewTicket | None = None
    comment: NewComment | None = None
    facts: tuple[Fact, ...] = ()
    notices: tuple[Notice, ...] = ()

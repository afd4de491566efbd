"""What one mail does beside its comment, on another ticket than its own or on that one.

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
    """Something recorded on `ticket_id`, or on the `new_ticket`, and whom it is told to.

    With neither it is the mail's own ticket, which may only be opened by it.
    """

    ticket_id: int | None = None
    new_ticket: NewTicket | None = None
    comment: NewComment | None = None
    facts: tuple[Fact, ...] = ()
    notices: tuple[Notice, ...] = ()

    @property
    def is_here(self) -> bool:
        """Whether it is about the mail's own ticket."""
        return self.ticket_id is None and self.new_ticket is None

"""What several mails of one cause have in common, and who may read the comment that it brought.

In: a policy, a cause, the moment; later the ticket. Out: an `Occasion`.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from maildesk.core.model import Desk, Notice, Policy, Ticket
from maildesk.outbox.telling import STAFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What several notices of one cause have in common."""

    policy: Policy
    secret: bytes
    desk: Desk
    cause: str
    now: datetime
    ticket: Ticket | None = None
    comment_id: int | None = None
    inbox_id: int | None = None
    answers: str | None = None  # the Message-ID that an automatic answer is about
    subject: str = ""  # of that mail
    is_internal: bool = False  # whether the comment is for agents alone

    def about(
        self, ticket: Ticket, desk: Desk, comment_id: int | None, *, is_internal: bool = False
    ) -> Occasion:
        """The same occasion, now that its ticket is known."""
        return replace(
            self, ticket=ticket, desk=desk, comment_id=comment_id, is_internal=is_internal
        )


def may_read(notice: Notice, occasion: Occasion) -> bool:
    """Whether the mail brings the comment: what is for agents alone goes to nobody else."""
    return not notice.is_bare and (notice.role in STAFF or not occasion.is_internal)

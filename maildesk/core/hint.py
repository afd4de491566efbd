"""Ways to point at a ticket, and what becomes of them.

In: nothing. Out: frozen values that thread, store and history share.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from maildesk.core.signature import SignedId


class HintKind(StrEnum):
    """Ways to point at a ticket, in falling weight."""

    CODE = "action code"
    SIGNED = "signed Message-ID"
    PLUS = "plus address"
    KEY = "subject key"
    MESSAGE_ID = "Message-ID"
    QUOTE = "quoted mail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """One reason to think that a message belongs to a ticket that exists.

    `sent_to` is whom we sent the mail of a signed Message-ID to, when we know and it is genuine.
    """

    kind: HintKind
    value: str
    ticket_id: int
    signed: SignedId | None = None
    sent_to: str | None = None


class HintUse(StrEnum):
    """What became of a hint: followed, or why not."""

    FOLLOWED = "followed"
    WEAKER = "not needed"
    LATE = "that ticket was done for too long"
    STRANGER = "the writer has no part in that ticket"
    ANOTHER = "sent to somebody else"
    DANGLING = "leads nowhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class WeighedHint:
    """A hint as the ticket's history keeps it; `ticket` is a key, or "" where it leads nowhere."""

    kind: HintKind
    value: str
    ticket: str
    use: HintUse


@dataclass(frozen=True, slots=True, kw_only=True)
class SpentId:
    """A signed id that others may know: its MAC is what makes it one of a kind.

    `holder` is the id of the agent or the address it was for, `seen_by` who shows that it is known;
    `ticket_id` is None where it is about no ticket.
    """

    mac: str
    message_id: str
    holder: str
    seen_by: tuple[str, ...]
    ticket_id: int | None

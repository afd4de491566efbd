"""A person on a ticket, and what they are to it.

In: nothing. Out: frozen values; `core.model` hands them on with its own.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a participant is to a ticket."""

    REQUESTER = "requester"
    PARTICIPANT = "participant"
    AGENT = "agent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """A person on a ticket.

    `is_undeliverable`: mail about the ticket came back. `is_withheld`: the address itself was
    refused for good, so no more is sent there until its person writes. Comments up to the id
    `sees_after` are not for them: they came later.
    """

    email: str
    name: str
    role: Role
    is_undeliverable: bool = False
    is_withheld: bool = False
    is_muted: bool = False
    sees_after: int = 0


# `sees_after` of somebody who joins: only what this very mail says and what comes after it.
FROM_NOW = -1

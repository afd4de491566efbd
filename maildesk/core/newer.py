"""What was said on a ticket after the mail that somebody answers.

In: nothing. Out: frozen values.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import dataclass

from maildesk.core.message import Mailbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Newer:
    """A public comment that the writer of an answer had not seen; `agent` is an id or None."""

    ticket_id: int
    author: Mailbox
    agent: str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """What an agent's mail does not know of yet.

    `held` are ticket and message of each answer that waits for its writer's word because of it,
    `let_in` of each that has had it.
    """

    newer: tuple[Newer, ...] = ()
    held: tuple[tuple[int, int], ...] = ()
    let_in: tuple[tuple[int, int], ...] = ()

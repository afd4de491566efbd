"""What somebody asks the desk by mail: who asks, and for what.

In: nothing. Out: values. The core says what is asked and by whom, which is who may see the answer;
the store finds the answer in the transaction that queues it.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from maildesk.core.phrase import Phrase


class Topic(StrEnum):
    """What can be asked, by a command or by the clock."""

    QUEUE = "queue"
    MINE = "mine"
    SEARCH = "search"
    SHOW = "show"
    DIGEST = "digest"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question. Of an agent it has the id, of a customer the address alone.

    `desks` are those whose tickets a list may name, `ticket_id` is the one to be shown,
    comments of up to the id `sees_after` are not for whoever asks, and tickets that were opened
    since `before` are left out. `words` are those to search for, or the organisation whose budget
    it is.
    """

    topic: Topic
    agent: str = ""
    address: str = ""
    desks: tuple[str, ...] = ()
    words: str = ""
    ticket_id: int | None = None
    sees_after: int = 0
    before: datetime | None = None

    @property
    def is_staffs(self) -> bool:
        """Whether an agent asks."""
        return bool(self.agent)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideLine:
    """A command as it is written, and what it does."""

    line: str
    words: Phrase

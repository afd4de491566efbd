"""In which order old mail is taken: by its dates, and an answer never before what it answers.

In: what is known of each mail, in the order in which they lie in their files. Out: their numbers in
the order to take them. A mail without a date stays behind the one before it in its box; one at the
beginning of a box stays before the first that has one. Mails that answer one another in a circle
are taken each once.
*Fails:* never; the cost is that of sorting, and one look at each id.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clue:
    """Where one mail belongs: its box, its moment, its id and the ids that it answers."""

    box: Path
    moment: datetime | None
    message_id: str | None
    answers: tuple[str, ...]


def in_order(clues: Sequence[Clue]) -> list[int]:
    """The numbers of the mails, oldest first, what is answered before its answers."""
    moments = list(_moments(clues))
    return _answered_first(clues, sorted(range(len(clues)), key=moments.__getitem__))


def _moments(clues: Sequence[Clue]) -> Iterator[datetime]:
    moment = _NEVER
    for _, group in groupby(clues, key=lambda clue: clue.box):
        box = [clue.moment for clue in group]
        moment = next((known for known in box if known), moment)
        for known in box:
            moment = known or moment
            yield moment


def _answered_first(clues: Sequence[Clue], order: Sequence[int]) -> list[int]:
    """Depth first with a stack of its own: threads are longer than Python's is deep."""
    holders: dict[str, int] = {}
    for number in order:
        if (message_id := clues[number].message_id) is not None:
            holders.setdefault(message_id, number)
    entered, done = bytearray(len(clues)), bytearray(len(clues))
    taken: list[int] = []
    for first in order:
        stack = [first]
        while stack:
            number = stack[-1]
            if not entered[number]:
                entered[number] = True
                parents = (holders.get(parent) for parent in reversed(clues[number].answers))
                stack.extend(p for p in parents if p is not None and not entered[p])
                continue
            stack.pop()
            if not done[number]:
                done[number] = True
                taken.append(number)
    return taken

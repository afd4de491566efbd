"""How far a folder is read: the one memory of the IMAP way in, made of UIDs alone.

In: the UIDs found, and which of them need nothing more. Out: what is still open, the position that
may be stored, and the ranges to search. Flags, dates and sequence numbers have no say, so nobody
who reads, flags or deletes mail in another client makes a difference (RFC 9051 §2.3.1.1).

    position 10      settled 12, 14      open 11, 13      15 unknown yet
    ───────────┤  11 · 12 ✓ 13 · 14 ✓ │ 15 …

The position only rises to just below the lowest open UID, so a crash or an unreadable message
costs at most a second look and never a message.
*Fails:* never.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

# imaplib refuses answers over 1,000,000 bytes; a UID takes 11 at most.
WINDOW = 50_000
_WIDEST = 64 * WINDOW


class Progress:
    """What is done in one folder under one UIDVALIDITY."""

    def __init__(self, uidvalidity: int, last_uid: int) -> None:
        self.uidvalidity = uidvalidity
        self.last_uid = last_uid
        self._settled: set[int] = set()

    def is_open(self, uid: int) -> bool:
        """Whether the message still needs something."""
        return uid > self.last_uid and uid not in self._settled

    def settle(self, uids: Iterable[int]) -> None:
        """These messages need nothing more."""
        self._settled.update(uids)

    def advance(self, seen_through: int, still_open: Iterable[int]) -> None:
        """Everything up to `seen_through` was looked at; `still_open` are all that wait."""
        reached = min((uid - 1 for uid in still_open), default=seen_through)
        self.last_uid = max(self.last_uid, reached)
        self._settled = {uid for uid in self._settled if uid > self.last_uid}


class Windows:
    """The UID ranges to search so that no answer is too long; None: to the folder's end.

    The last range is open: UIDNEXT may be old by now, and a few servers tell it wrong.
    """

    def __init__(self, last_uid: int, *, uidnext: int, exists: int) -> None:
        self._low = last_uid + 1
        self._uidnext = uidnext
        self._exists = exists
        self._width = WINDOW

    def __iter__(self) -> Iterator[tuple[int, int | None]]:
        while min(self._exists, self._uidnext - self._low) > WINDOW:
            high = self._low + self._width - 1
            yield self._low, high
            self._low = high + 1
        yield self._low, None

    def found(self, count: int) -> None:
        """Widen the next range where UIDs are sparse: some servers use timestamps for them."""
        if count * 8 < self._width:
            self._width = min(self._width * 2, _WIDEST)


def by_size(
    sizes: Sequence[tuple[int, int]], *, most: int = 50, bytes_: int = 2 * 1024 * 1024
) -> Iterator[list[int]]:
    """UIDs of `(uid, size)` in groups to be fetched at once: few trips, little memory."""
    group: list[int] = []
    weight = 0
    for uid, size in sizes:
        if group and (len(group) >= most or weight + size > bytes_):
            yield group
            group, weight = [], 0
        group.append(uid)
        weight += size
    if group:
        yield group

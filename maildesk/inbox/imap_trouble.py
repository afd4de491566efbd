"""Messages that a server shows and does not hand out: tried one by one, then left to rest.

In: what failed, and at which messages. Out: which are to be fetched alone, which are to rest, one
alert for all that have become stuck.
*Fails:* never.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from maildesk import log
from maildesk.core.phrase import Teller, phrase
from maildesk.inbox.imap_settings import MailboxSettings, Patience

_TRIES = 3
_LONGEST_REST = timedelta(days=1)


@dataclass(slots=True)
class _Trouble:
    """A message that could not be had."""

    tries: int = 0
    rest_until: datetime | None = None


class Troubles:
    """What a mailbox has trouble with, from one poll to the next."""

    def __init__(
        self,
        settings: MailboxSettings,
        *,
        now: Callable[[], datetime],
        alert: Teller,
        patience: Patience,
    ) -> None:
        self._settings = settings
        self._now = now
        self._alert = alert
        self._patience = patience
        self._one_by_one: set[int] = set()
        self._troubles: dict[int, _Trouble] = {}
        self._stuck: dict[int, str] = {}  # since they were last told of

    def is_among(self, uids: list[int]) -> bool:
        """Whether one of these may break the fetch of the others."""
        return bool(self._one_by_one.intersection(uids))

    def is_resting(self, uid: int) -> bool:
        """Whether it is too early to try the message again."""
        trouble = self._troubles.get(uid)
        return bool(trouble and trouble.rest_until and self._now() < trouble.rest_until)

    def suspect(self, uids: list[int], words: str) -> None:
        """One of these broke the fetch: take them one by one until it is clear which."""
        self._one_by_one.update(uids)
        if len(uids) == 1:
            self.blame(uids[0], words)

    def blame(self, uid: int, words: str) -> None:
        """Count a failure of this message; after three it rests longer and longer."""
        self._one_by_one.add(uid)
        trouble = self._troubles.setdefault(uid, _Trouble())
        trouble.tries += 1
        if trouble.tries < _TRIES:
            return
        doubled = self._patience.rest * 2 ** min(trouble.tries - _TRIES, 10)
        trouble.rest_until = self._now() + min(doubled, _LONGEST_REST)
        if trouble.tries == _TRIES:
            self._stuck[uid] = words

    def blame_ourselves(self, uid: int, error: Exception) -> None:
        """A fault of ours with this very message must not keep the others out."""
        log.error("mailbox-bug", mailbox=self._settings.name, uid=uid, error=repr(error))
        self.blame(uid, f"a fault of maildesk's own, {type(error).__name__}")

    def settle(self, uids: Iterable[int]) -> None:
        """These are filed."""
        for uid in uids:
            self._troubles.pop(uid, None)

    def forget_below(self, last: int) -> None:
        """No message up to this one is looked at again."""
        self._one_by_one = {uid for uid in self._one_by_one if uid > last}
        self._troubles = {uid: known for uid, known in self._troubles.items() if uid > last}

    def tell_of_stuck(self) -> str:
        """What the mailbox has to complain of; "" for nothing.

        One alert for all messages that have become stuck: a bad day must not make hundreds.
        """
        stuck = [uid for uid, trouble in self._troubles.items() if trouble.tries >= _TRIES]
        if self._stuck:
            self._tell()
        if not stuck:
            return ""
        return f"{len(stuck)} message(s) cannot be fetched, the first is {stuck[0]}"

    def _tell(self) -> None:
        uids = ", ".join(str(uid) for uid in sorted(self._stuck)[:20])
        words = next(iter(self._stuck.values()))
        self._alert(
            phrase("alert.mailbox-stuck", name=self._settings.name, count=len(self._stuck)),
            phrase(
                "alert.mailbox-stuck-words",
                folder=self._settings.folder,
                tries=_TRIES,
                uids=uids,
                words=words,
            ),
        )
        self._stuck.clear()

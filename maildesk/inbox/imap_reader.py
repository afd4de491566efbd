"""One poll of one folder: find what is new, make it durable, and only then file it away.

In: a session that is logged in, the door, the stored position. Out: how many messages came in, and
whether anything is left. Every message goes the same way: its size, its bytes by PEEK, the door's
receipt, then move, flag or delete. Whatever fails on the way leaves it in the folder and open.
*Fails:* MailboxError when the session is over, StoreError when nothing can be stored now.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from maildesk import log
from maildesk.core.model import Envelope, ImapSpot, Receipt
from maildesk.core.phrase import Teller, phrase
from maildesk.errors import MailboxError, MaildeskError, StoreError, UnusableMessage
from maildesk.inbox.imap_first_look import SKEW, there_until
from maildesk.inbox.imap_position import Progress, Windows, by_size
from maildesk.inbox.imap_session import Folder, Listed, Session
from maildesk.inbox.imap_settings import MailboxSettings, Patience
from maildesk.inbox.imap_trouble import Troubles
from maildesk.store import mailboxes
from maildesk.store.store import Store

_AT_ONCE = 2000  # messages in one poll; then SELECT again, so that memory stays flat
_LISTED_AT_ONCE = 100  # UIDs in one command line
_TOLD_EVERY = timedelta(days=1)


class Door(Protocol):
    """What the IMAP way in needs of `receive.Door`."""

    def accept(self, envelope: Envelope, raw: bytes) -> Future[Receipt]:
        """Make a message durable; the future is done when it is."""

    def note_oversize(self, envelope: Envelope, header: bytes, size: int) -> Future[Receipt]:
        """Note a message that is too large to be taken and stays where it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What one poll did; `complaint` is why messages that came in could not be filed."""

    new: int
    has_more: bool
    complaint: str = ""


class Reader:
    """Reads one mailbox over many sessions; what it holds in memory only saves work."""

    def __init__(
        self,
        settings: MailboxSettings,
        *,
        door: Door,
        store: Store,
        now: Callable[[], datetime],
        alert: Teller,
        patience: Patience,
        is_over: Callable[[], bool],
    ) -> None:
        self._settings = settings
        self._door = door
        self._store = store
        self._now = now
        self._alert = alert
        self._patience = patience
        self._is_over = is_over
        self._progress: Progress | None = None
        self._kept: mailboxes.Position | None = None
        self._quiet_before: datetime | None = None
        self._left_until: datetime | None = None
        self._stored: set[int] = set()  # durable, but not filed yet
        self._copied: set[int] = set()
        self._troubles = Troubles(settings, now=now, alert=alert, patience=patience)
        self._told_anew_at: datetime | None = None
        self._new = 0
        self._complaint = ""

    def poll(self, session: Session) -> Polled:
        """Take what is new in the folder."""
        folder = session.select()
        progress = self._orient(session, folder)
        self._new, self._complaint = 0, ""
        has_more = self._sweep(session, progress, folder)
        self._forget_below(progress.last_uid)
        self._complaint = self._troubles.tell_of_stuck() or self._complaint
        if not has_more:
            self._quiet_before = self._left_until = None
        if self._quiet_before is None:
            self._keep(progress)
        return Polled(new=self._new, has_more=has_more, complaint=self._complaint)

    def _sweep(self, session: Session, progress: Progress, folder: Folder) -> bool:
        """Go through the folder; True when it was too much for one poll."""
        windows = Windows(progress.last_uid, uidnext=folder.uidnext, exists=folder.exists)
        still_open: list[int] = []
        for low, high in windows:
            found = session.search(low, high)
            windows.found(len(found))
            waiting = [uid for uid in found if progress.is_open(uid)]
            left = self._take_all(session, progress, waiting)
            still_open += [uid for uid in waiting if progress.is_open(uid)]
            seen_through = high or max(found, default=progress.last_uid)
            progress.advance(seen_through, still_open)
            if left:
                return True
        return False

    def _take_all(self, session: Session, progress: Progress, uids: list[int]) -> bool:
        """Take messages until none is left or it is time for a break; True: some are left."""
        uids = [uid for uid in uids if not self._troubles.is_resting(uid)]
        for start in range(0, len(uids), _LISTED_AT_ONCE):
            if start >= _AT_ONCE or self._is_over():
                return True
            self._take(session, progress, uids[start : start + _LISTED_AT_ONCE])
        return self._is_over()

    def _take(self, session: Session, progress: Progress, uids: list[int]) -> None:
        self._file(session, progress, [uid for uid in uids if uid in self._stored])
        fresh = [uid for uid in uids if uid not in self._stored]
        listed = session.listing(fresh)
        self._explain(session, progress, [uid for uid in fresh if uid not in listed])
        listed = self._leave_alone(progress, listed)
        for uid, item in listed.items():
            if item.size > self._settings.max_message_size:
                self._note_oversize(session, progress, uid, item)
        sizes = [
            (uid, item.size)
            for uid, item in listed.items()
            if item.size <= self._settings.max_message_size
        ]
        for group in by_size(sizes):
            if self._is_over():
                return
            self._fetch(session, progress, group, listed)

    def _leave_alone(self, progress: Progress, listed: dict[int, Listed]) -> dict[int, Listed]:
        """Settle what was there before the first login; returns the others."""
        border = self._left_until
        if border is None:
            return listed
        old = {uid for uid, item in listed.items() if item.arrived and item.arrived <= border}
        progress.settle(old)
        return {uid: item for uid, item in listed.items() if uid not in old}

    def _fetch(
        self, session: Session, progress: Progress, uids: list[int], listed: dict[int, Listed]
    ) -> None:
        if len(uids) > 1 and self._troubles.is_among(uids):
            for uid in uids:
                self._fetch(session, progress, [uid], listed)
            return
        try:
            bodies = session.bodies(uids)
        except MailboxError as error:
            self._troubles.suspect(uids, str(error))
            if not session.is_usable:
                raise
            if len(uids) > 1:
                self._fetch(session, progress, uids, listed)
            return
        self._explain(session, progress, [uid for uid in uids if uid not in bodies])
        self._commit(session, progress, bodies, listed)

    def _commit(
        self,
        session: Session,
        progress: Progress,
        bodies: dict[int, bytes],
        listed: dict[int, Listed],
    ) -> None:
        """Hand messages to the door, wait until they are durable, file them."""
        promised: dict[int, Future[Receipt]] = {}
        refused: StoreError | None = None
        for uid, raw in bodies.items():
            try:
                promised[uid] = self._door.accept(self._envelope(progress, uid, listed[uid]), raw)
            except StoreError as error:
                refused = error
                break
            except UnusableMessage as error:
                log.info("unusable", mailbox=self._settings.name, uid=uid, error=error)
                progress.settle([uid])
            except Exception as error:
                self._troubles.blame_ourselves(uid, error)
        durable = []
        for uid, future in promised.items():
            try:
                self._new += self._receipt(future).is_new
                durable.append(uid)
            except StoreError as error:
                refused = error
            except Exception as error:
                self._troubles.blame_ourselves(uid, error)
        self._stored.update(durable)
        self._file(session, progress, durable)
        if refused:
            raise refused

    def _note_oversize(
        self, session: Session, progress: Progress, uid: int, listed: Listed
    ) -> None:
        """Tell of a message that is too large; it stays where it is and is never fetched."""
        try:
            header = session.headers(uid)
        except MailboxError as error:
            self._troubles.blame(uid, str(error))
            if not session.is_usable:
                raise
            return
        if not header:
            self._explain(session, progress, [uid])
            return
        envelope = self._envelope(progress, uid, listed)
        receipt = self._receipt(self._door.note_oversize(envelope, header, listed.size))
        self._new += receipt.is_new
        progress.settle([uid])

    def _file(self, session: Session, progress: Progress, uids: Sequence[int]) -> None:
        """Move, flag or delete; what is refused stays for the next poll, without being fetched."""
        try:
            session.file(uids, self._copied)
        except MailboxError as error:
            if not session.is_usable:
                raise
            self._complaint = str(error)
            return
        progress.settle(uids)
        self._stored.difference_update(uids)
        self._troubles.settle(uids)

    def _explain(self, session: Session, progress: Progress, missing: list[int]) -> None:
        """Settle messages that are gone from the folder; the others are trouble."""
        if not missing:
            return
        there = set(session.search(missing[0], missing[-1]))
        progress.settle(uid for uid in missing if uid not in there)
        for uid in missing:
            if uid in there:
                self._troubles.blame(uid, "the server's answer is empty")

    def _receipt(self, future: Future[Receipt]) -> Receipt:
        try:
            return future.result(self._patience.commit)
        except MaildeskError:
            raise
        except TimeoutError:
            message = "the store does not answer"
            raise StoreError(message) from None

    def _envelope(self, progress: Progress, uid: int, listed: Listed) -> Envelope:
        border, arrived = self._quiet_before, listed.arrived
        return Envelope(
            source=f"imap:{self._settings.name}",
            received_at=self._now(),
            spot=ImapSpot(mailbox=self._settings.place, uidvalidity=progress.uidvalidity, uid=uid),
            quiet=border is not None and arrived is not None and arrived < border,
            arrived_at=arrived,
        )

    def _orient(self, session: Session, folder: Folder) -> Progress:
        """Where to go on in this folder."""
        if self._progress and self._progress.uidvalidity == folder.uidvalidity:
            return self._progress
        self._forget_below(2**32)
        name, place = self._settings.name, self._settings.place
        with self._store.read() as conn:
            kept = mailboxes.position(conn, name, place)
            health = mailboxes.health(conn, name)
            left_until = mailboxes.left_until(conn, name, place)
        if kept is None:
            self._progress = self._begin(session, folder)
        elif kept.uidvalidity == folder.uidvalidity:
            self._progress = Progress(folder.uidvalidity, kept.last_uid)
        else:
            self._progress = self._begin_again(folder, health.last_poll_at)
            self._left_until = left_until if self._settings.first_poll == "new" else None
        return self._progress

    def _begin(self, session: Session, folder: Folder) -> Progress:
        """The first poll ever: from here on, or from the very beginning."""
        last_uid, left_until = 0, None
        if self._settings.first_poll == "new":
            left_until = there_until(session, folder, self._now())
            last_uid = folder.uidnext - 1 if folder.uidnext else session.last_uid()
        reached = mailboxes.Position(uidvalidity=folder.uidvalidity, last_uid=last_uid)
        name, place = self._settings.name, self._settings.place
        self._store.write(lambda tx: mailboxes.begin(tx, name, place, reached, left_until))
        self._kept = reached
        return Progress(folder.uidvalidity, last_uid)

    def _begin_again(self, folder: Folder, last_poll_at: datetime | None) -> Progress:
        """The server has numbered the folder anew: look at everything.

        What we have is recognised by its content, and what was there before the first login is
        left alone (`first_poll = "new"`). What else was there before our last poll and is not ours
        becomes tickets quietly, so that nobody gets an answer to mail of last year. Until all is
        seen the old position stays stored, and with it, after a crash, this knowledge.
        """
        self._quiet_before = (last_poll_at or self._now()) - SKEW
        self._tell_of_numbers(folder)
        return Progress(folder.uidvalidity, 0)

    def _tell_of_numbers(self, folder: Folder) -> None:
        """Once a day at most: a few servers number a folder anew for each session."""
        now, told_at = self._now(), self._told_anew_at
        if told_at is not None and now - told_at < _TOLD_EVERY:
            return
        self._told_anew_at = now
        self._alert(
            phrase("alert.mailbox-numbers", name=self._settings.name),
            phrase(
                "alert.mailbox-numbers-words",
                folder=self._settings.folder,
                count=folder.exists,
            ),
        )

    def _keep(self, progress: Progress) -> None:
        reached = mailboxes.Position(uidvalidity=progress.uidvalidity, last_uid=progress.last_uid)
        name, place = self._settings.name, self._settings.place
        if self._kept != reached:
            self._store.write(lambda tx: mailboxes.keep_position(tx, name, place, reached))
            self._kept = reached

    def _forget_below(self, last: int) -> None:
        for known in (self._stored, self._copied):
            known.difference_update([uid for uid in known if uid <= last])
        self._troubles.forget_below(last)

"""The thread that watches one mailbox: connect, poll, wait by IDLE or by the clock, begin again.

In: settings, the door, the store, the clock, whom to alert, a stop event, a sign-of-life callback.
Out: messages in the store, and the mailbox's health, told to people when it stays bad.
Whatever goes wrong ends the session; the next one comes after a wait that doubles to five minutes,
or to an hour where the login is refused: servers lock accounts for less. `hurry` ends such a wait.
*Fails:* never from the thread; `poll_once` with MailboxError, StoreError or ConfigError.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from maildesk import log
from maildesk.core.phrase import Line, Teller
from maildesk.errors import ConfigError, LoginRefused, MailboxError, StoreError
from maildesk.inbox import imap_health
from maildesk.inbox.imap_reader import Door, Polled, Reader
from maildesk.inbox.imap_session import Session
from maildesk.inbox.imap_settings import MailboxSettings, Patience
from maildesk.oauth2 import StoredTokens, TokenSource
from maildesk.store import mailboxes
from maildesk.store.mailboxes import Health
from maildesk.store.store import Store

_EXPECTED = (MailboxError, StoreError, ConfigError)
_BROKEN_IDLES = 3


class Poller:
    """Reads one mailbox, in a thread of its own (`start`) or once (`poll_once`)."""

    def __init__(
        self,
        settings: MailboxSettings,
        *,
        door: Door,
        store: Store,
        now: Callable[[], datetime],
        alert: Teller,
        stop: threading.Event,
        beat: Callable[[], None],
        patience: Patience | None = None,
    ) -> None:
        self._settings = settings
        self._store = store
        self._now = now
        self._alert = alert
        self._stop = stop
        self._beat = beat
        self._patience = patience or Patience()
        self._leaving = threading.Event()
        self._hurry = threading.Event()
        self._dice = random.SystemRandom()
        self._tokens = _token_source(settings, store, now)
        self._reader = Reader(
            settings,
            door=door,
            store=store,
            now=now,
            alert=self._tell,
            patience=self._patience,
            is_over=self._is_over_beating,
        )
        self._session: Session | None = None
        self._failures = 0
        self._refusals = 0
        self._broken_idles = 0
        self._no_idle_until = 0.0
        self._false_alarms = 0
        self._thread = threading.Thread(target=self._run, name=f"imap:{settings.name}", daemon=True)

    def start(self) -> None:
        """Begin to watch the mailbox."""
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to end; it does within a second or so."""
        self._leaving.set()

    def hurry(self) -> None:
        """Try at once what is put off because it failed: somebody may have mended it."""
        self._hurry.set()

    def join(self, timeout: float = 5.0) -> None:
        """Wait for the end; a session that hangs in a dead connection is cut."""
        if self._thread.ident is None:
            return
        self._thread.join(timeout)
        session = self._session
        if self._thread.is_alive() and session:
            session.cut()
            self._thread.join(timeout)

    def poll_once(self) -> int:
        """Take everything that is new now, in a session of its own; how many messages came."""
        new = 0
        session = None
        try:
            session = Session.open(self._settings, self._tokens, self._patience)
            while True:
                polled = self._reader.poll(session)
                new += polled.new
                if not polled.has_more or self._is_over():
                    break
            self._note_success(polled)
        except _EXPECTED as error:
            self._note_failure(error)
            raise
        finally:
            if session:
                session.close()
        return new

    def _run(self) -> None:
        while not self._is_over():
            try:
                self._live()
            except _EXPECTED as error:
                self._back_off(error)
            except Exception as error:
                log.bug("mailbox-bug", mailbox=self._settings.name)
                self._back_off(MailboxError(f"a fault of maildesk's own: {type(error).__name__}"))

    def _live(self) -> None:
        """One session, from login to its end."""
        self._hurry.clear()
        self._session = Session.open(self._settings, self._tokens, self._patience)
        self._refusals = 0
        try:
            while not self._is_over():
                self._beat()
                polled = self._reader.poll(self._session)
                if polled.has_more:
                    continue
                self._note_success(polled)
                self._false_alarms = 0 if polled.new else self._false_alarms
                self._wait(self._session)
                # Only a session that outlives a wait is a good one: a server that takes logins
                # and then hangs up must not be asked every second.
                self._failures = 0
        finally:
            self._session.close()
            self._session = None

    def _wait(self, session: Session) -> None:
        """Until the server has news or the next poll is due, whichever is first."""
        seconds = self._settings.poll_every.total_seconds()
        if time.monotonic() < self._no_idle_until or not session.can("IDLE"):
            self._sleep(seconds)
            return
        # A server that cries wolf must not have its folder searched a thousand times a second.
        self._sleep(min(self._delay(self._false_alarms - 2), seconds))
        began = time.monotonic()
        renewal = self._dice.uniform(*self._patience.idle_at_most)
        try:
            has_news = session.idle(min(seconds, renewal), self._is_over_beating)
        except MailboxError:
            self._count_broken_idle(time.monotonic() - began)
            raise
        self._broken_idles = 0
        self._false_alarms = self._false_alarms + 1 if has_news else 0

    def _count_broken_idle(self, seconds: float) -> None:
        """Do without IDLE for a while where it breaks at once again and again."""
        is_early = seconds < self._patience.idle_at_most[0] / 10
        self._broken_idles = self._broken_idles + 1 if is_early else 0
        if self._broken_idles >= _BROKEN_IDLES:
            self._broken_idles = 0
            self._no_idle_until = time.monotonic() + self._patience.rest.total_seconds()
            log.info("mailbox-without-idle", mailbox=self._settings.name)

    def _back_off(self, error: Exception) -> None:
        """Note what went wrong, and leave the server alone for a while."""
        seconds = self._pause_after(error)
        self._note_failure(error, seconds)
        self._sleep(seconds, self._hurry)

    def _pause_after(self, error: Exception) -> float:
        patience = self._patience
        if isinstance(error, LoginRefused):
            self._refusals += 1
            longest = _doubled(self._refusals, patience.first_refusal, patience.longest_refusal)
            return self._dice.uniform(0.8 * longest, longest)
        # Full jitter: many mailboxes of one server must not come back together.
        self._failures += 1
        return self._dice.uniform(0, self._delay(self._failures))

    def _delay(self, times: int) -> float:
        return _doubled(times, self._patience.first_backoff, self._patience.longest_backoff)

    def _sleep(self, seconds: float, hurry: threading.Event | None = None) -> None:
        deadline = time.monotonic() + seconds
        while not (self._is_over_beating() or (hurry and hurry.is_set())):
            left = deadline - time.monotonic()
            if left <= 0:
                return
            self._leaving.wait(min(left, self._patience.idle_slice))

    def _is_over(self) -> bool:
        return self._leaving.is_set() or self._stop.is_set()

    def _is_over_beating(self) -> bool:
        self._beat()
        return self._is_over()

    def _note_success(self, polled: Polled) -> None:
        before = self._health()
        now = self._now()
        after = imap_health.after_good_poll(before, now, polled.complaint)
        if polled.complaint:
            self._warn(before, after, now)
            return
        self._write_health(after)
        if imap_health.is_relief_due(before, after):
            self._tell(*imap_health.relief(self._settings.place, after, now))

    def _note_failure(self, error: Exception, pause: float | None = None) -> None:
        """Record a failure; of a refused login also when it is tried again."""
        if self._is_over():
            return
        words, now, is_refused = str(error), self._now(), isinstance(error, LoginRefused)
        if is_refused and pause is not None:
            words += f"; tried again at {now + timedelta(seconds=pause):%H:%M} UTC"
        log.warning("mailbox-failed", mailbox=self._settings.name, error=words)
        try:
            before = self._health()
            after = imap_health.after_failure(before, now, words, is_refused=is_refused)
            self._warn(before, after, now)
        except StoreError as trouble:
            log.warning("mailbox-unrecorded", mailbox=self._settings.name, error=trouble)

    def _warn(self, before: Health, health: Health, now: datetime) -> None:
        """Record a mailbox that is not well, and tell people when it is time."""
        due = imap_health.is_alarm_due(
            before,
            health,
            now,
            poll_every=self._settings.poll_every,
            alert_after=self._patience.alert_after,
        )
        if due:
            self._tell(*imap_health.alarm(self._settings.place, health))
            health = replace(health, alerted_at=now)
        self._write_health(health)

    def _health(self) -> Health:
        with self._store.read() as conn:
            return mailboxes.health(conn, self._settings.name)

    def _write_health(self, health: Health) -> None:
        self._store.write(lambda tx: mailboxes.keep_health(tx, health))

    def _tell(self, title: Line, *lines: Line) -> None:
        """An alert that cannot be kept must not keep mail from being read."""
        try:
            self._alert(title, *lines)
        except Exception:
            log.bug("mailbox-alert-lost", mailbox=self._settings.name, alert=title)


def _doubled(times: int, first: float, longest: float) -> float:
    """A length of time that doubles; none for nothing."""
    return min(first * 2.0 ** min(times - 1, 20), longest) if times > 0 else 0.0


def _token_source(
    settings: MailboxSettings, store: Store, now: Callable[[], datetime]
) -> TokenSource | None:
    """The mailbox's tokens; what it is that fails is told by the poller, which sees the whole."""
    if settings.oauth2 is None:
        return None
    return TokenSource(
        settings.oauth2,
        name=f"mailbox {settings.name}",
        memory=StoredTokens(store, settings.name),
        now=now,
        alert=lambda title, *lines: None,
    )

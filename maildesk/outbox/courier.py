"""The courier: takes the mails that are due, hands them over, writes down how it went.

In: rows of the outbox. Out: the same rows, `sent`, `deferred` or `dead`. A row is marked as being
sent before the relay hears of it, and its result is on its way to the disk before the next mail.

    the relay says             the row becomes
    2xx                        sent
    4xx, or the line breaks    deferred, by core.retry; after give_up_after dead
    5xx about this mail        dead; the ticket's agents are told
    nothing (down, TLS)        as before, in half a minute; the attempt does not count
    no to our login            the same, but after five minutes, then ten, up to an hour

A mail that nobody ever answered for is dead after give_up_after, too.

A bug of ours defers the mail, too: a mended program sends it.

At least once, and always the same mail: a crash between the relay's "250" and our commit sends the
same bytes under the same Message-ID once more (no mail system can promise otherwise).
*Fails:* StoreError when results cannot be written; the rows are then found again by `recover`.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime, timedelta

from maildesk import log
from maildesk.config.settings import Settings
from maildesk.core.model import Policy
from maildesk.core.retry import is_overdue, next_attempt, refused_pause
from maildesk.core.signature import bounce_tag
from maildesk.errors import (
    DeliveryError,
    MaildeskError,
    ParserDown,
    PermanentDelivery,
    RelayDown,
    RelayRefused,
    StoreError,
    TemplateError,
)
from maildesk.outbox import failures
from maildesk.outbox.letter import LetterWriter
from maildesk.outbox.transport import Transport
from maildesk.store import outbox
from maildesk.store.outbox import Claim
from maildesk.store.store import Store
from maildesk.store.writer import Job, Tx

_ROUND = 32  # mails claimed at once; a crash leaves at most so many to be looked at again
_RELAY_PAUSE = timedelta(seconds=30)


class Courier:
    """Sends what is due. Used by one thread."""

    def __init__(
        self,
        store: Store,
        writer: LetterWriter,
        transport: Transport,
        *,
        settings: Callable[[], Settings],
        policy: Callable[[], Policy],
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._writer = writer
        self._transport = transport
        self._settings = settings
        self._policy = policy
        self._now = now
        self._results: list[Future[object]] = []
        self._rests_until: datetime | None = None
        self._rest = _RELAY_PAUSE
        self._refusals = 0  # logins in a row

    def deliver_due(self, may_go_on: Callable[[], bool] = lambda: True) -> int:
        """Send what is due now, for as long as `may_go_on`; how many mails were claimed."""
        tried = 0
        if self._is_resting():
            return tried
        while may_go_on() and (claims := self._claim()):
            tried += len(claims)
            goes_on = self._deliver(claims, may_go_on)
            self._settle()
            if not goes_on:
                break
        self._transport.close_idle()
        return tried

    def _is_resting(self) -> bool:
        """Whether the relay is left alone; a clock that was set back ends the rest."""
        if self._rests_until is None:
            return False
        return timedelta(0) < self._rests_until - self._now() <= self._rest

    def recover(self) -> None:
        """At the start: find what an earlier run was sending when it ended."""
        found = self._store.write(lambda tx: outbox.recover(tx, self._now()))
        if found:
            log.warning("outbox-recovered", mails=found)

    def close(self) -> None:
        """Let go of the relay."""
        self._transport.close()

    def _claim(self) -> tuple[Claim, ...]:
        with self._store.read() as conn:
            due = outbox.next_due(conn)
        if due is None or due > self._now():
            return ()
        return self._store.write(lambda tx: outbox.claim_due(tx, self._now(), _ROUND))

    def _deliver(self, claims: tuple[Claim, ...], may_go_on: Callable[[], bool]) -> bool:
        """Send each; False when the relay is down or the end near: the rest goes back untried."""
        for place, claim in enumerate(claims):
            if not may_go_on():
                self._put_back(claims[place:], self._now(), "the program was ending")
                return False
            try:
                self._send(claim)
            except (RelayDown, ParserDown) as error:
                # The whole relay rests: each of many waiting mails would be one more failed login.
                self._let_rest(claims[place:], error)
                return False
        return True

    def _let_rest(self, claims: tuple[Claim, ...], error: MaildeskError) -> None:
        """Leave the relay alone for a while; a new start, or a reload, tries at once."""
        self._refusals = self._refusals + 1 if isinstance(error, RelayRefused) else 0
        self._rest = refused_pause(self._refusals) if self._refusals else _RELAY_PAUSE
        now, patience = self._now(), self._settings().outgoing.give_up_after
        self._rests_until = now + self._rest
        log.warning("relay-down", mails=len(claims), error=error, until=self._rests_until)
        self._put_back(claims, now + _RELAY_PAUSE, str(error))
        if isinstance(error, RelayDown):
            for claim in claims:
                if is_overdue(claim.item.created_at, now, patience):
                    self._give_up(claim, str(error))

    def _send(self, claim: Claim) -> None:
        try:
            mail = self._writer.write(claim)
            reply = self._transport.send(mail, self._reverse_path(claim), claim.item.recipient)
        except (RelayDown, ParserDown):
            raise
        except PermanentDelivery as error:
            self._refusals = 0
            self._give_up(claim, str(error), by_relay=True)
        except TemplateError as error:
            self._give_up(claim, str(error))
        except DeliveryError as error:
            self._refusals = 0
            self._try_later(claim, str(error))
        except StoreError:
            raise
        except MaildeskError as error:
            self._give_up(claim, str(error))
        except Exception as error:
            log.bug("outbox-bug", id=claim.id)
            self._try_later(claim, f"internal error: {log.place_of(error)}")
        else:
            self._refusals, at = 0, self._now()
            self._note(lambda tx: outbox.mark_sent(tx, claim.id, at))
            log.info("sent", id=claim.id, message_id=claim.item.message_id, reply=reply)

    def _try_later(self, claim: Claim, error: str) -> None:
        outgoing = self._settings().outgoing
        until = next_attempt(
            attempts=claim.attempts,
            created_at=claim.item.created_at,
            now=self._now(),
            delays=outgoing.retry,
            give_up_after=outgoing.give_up_after,
            jitter=secrets.randbelow(1000) / 1000,
        )
        if until is None:
            self._give_up(claim, error, by_relay=True)
            return
        self._note(lambda tx: outbox.mark_deferred(tx, claim.id, until, error))
        log.warning("deferred", id=claim.id, until=until.isoformat(), error=error)

    def _give_up(self, claim: Claim, error: str, *, by_relay: bool = False) -> None:
        def bury(tx: Tx) -> None:
            outbox.mark_dead(tx, claim.id, error)
            failures.tell(
                tx,
                claim,
                error,
                by_relay=by_relay,
                policy=policy,
                secret=self._store.identity.secret,
                now=now,
            )

        policy, now = self._policy(), self._now()
        self._note(bury)
        log.error("dead", id=claim.id, message_id=claim.item.message_id, error=error)

    def _put_back(self, claims: tuple[Claim, ...], until: datetime, error: str) -> None:
        def put_back(tx: Tx) -> None:
            for claim in claims:
                outbox.mark_untried(tx, claim.id, until, error)

        self._note(put_back)

    def _note(self, job: Job[None]) -> None:
        """Send the result on its way; the next mail need not wait for the disk."""
        self._results.append(self._store.submit(job))

    def _settle(self) -> None:
        results, self._results = self._results, []
        for result in results:
            result.result()

    def _reverse_path(self, claim: Claim) -> str:
        item = claim.item
        if item.reverse_path == "null":
            return ""
        if item.reverse_path == "fixed":
            return item.from_address
        local, _, domain = item.from_address.rpartition("@")
        tag = bounce_tag(self._store.identity.secret, claim.id, item.recipient)
        return f"{local}+{tag}@{domain}"

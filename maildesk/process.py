"""The one door: every stored message is parsed here, and recorded by `recording`.

In: pending inbox rows, oldest first. Out: tickets, comments and queued mail, and the row's end:
`done`, `ignored`, `held` or `failed`. Parsing happens in a worker process with limits; the rest is
one transaction, so a message is either wholly recorded or still pending.

A message that cannot be read whole is a ticket all the same, with itself as a file. One of which
not even the header can be had, or about which nothing can be decided, is `failed`: its bytes are
kept, admins are told (`sweeps`), and the next version of the program tries it again.

Whoever was in work when the program ended is a suspect: at the next start it is taken alone, so
that only the culprit gathers tries. After four it is failed, too, before a service manager loses
patience with a program that ends at each start. A try begins when a worker is there to read, and
one that an orderly end leaves undone does not count: a program that is stopped or killed again and
again from outside, which happens mostly around its starts, says nothing about the oldest message.
*Fails:* StoreError when the store does; the rows stay pending and are found again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace

from maildesk import __version__, log
from maildesk.core import thread
from maildesk.core.model import InboundMessage, InboxState
from maildesk.core.oversize import reason_of
from maildesk.core.rules import asked_fields
from maildesk.desk import Maildesk
from maildesk.errors import NotFound, StoreError, UnparseableMessage
from maildesk.mail.glimpse import Glimpse, glimpse
from maildesk.mail.peek import named_fields
from maildesk.outbox.sent import without_ours
from maildesk.recording import record_message, sketch_of
from maildesk.store import failed, fingerprints, inbox
from maildesk.store.inbox import InboxRow
from maildesk.store.writer import Tx

_BATCH = 64
_BATCH_BYTES = 16 * 1024 * 1024
_TRIES = 4
_BLANK = b"Subject: x\r\n\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """A row whose message is being parsed."""

    row: InboxRow
    parsed: Future[InboundMessage]
    fields: tuple[tuple[str, str], ...] = ()  # that rules of the configuration look at


class Processor:
    """Works off pending messages. Used by one thread."""

    def __init__(self, maildesk: Maildesk) -> None:
        self._maildesk = maildesk
        self._store = maildesk.store
        self._counted: set[int] = set()  # whose try of this run is in `attempts` already
        self._is_warm = False

    def work_off(self, may_go_on: Callable[[], bool] = lambda: True) -> int:
        """Process what is pending now, for as long as `may_go_on`; how many messages that was."""
        count = 0
        self._maildesk.look_again()
        while may_go_on() and (rows := self._next_rows()):
            count += self._process(rows, may_go_on)
        if count:
            self._maildesk.new_letters.set()
        return count

    def _next_rows(self) -> tuple[InboxRow, ...]:
        """The oldest messages that wait, as many as may lie in memory together; a suspect alone."""
        with self._store.read() as conn:
            ids = inbox.pending_ids(conn, limit=_BATCH)
            rows = tuple(inbox.read(conn, i) for i in ids)
        size = 0
        some: list[InboxRow] = []
        for row in rows:
            size += row.size
            if some and (size > _BATCH_BYTES or self._ended_runs(row)):
                break
            some.append(row)
            if self._ended_runs(row):
                break
        return tuple(some)

    def _ended_runs(self, row: InboxRow) -> int:
        """How often the program ended while this message was in work."""
        return row.attempts - (row.id in self._counted)

    def _process(self, rows: tuple[InboxRow, ...], may_go_on: Callable[[], bool]) -> int:
        if self._ended_runs(rows[0]) >= _TRIES:
            reason = f"the program ended {_TRIES} times while this was in work"
            self._finish(rows[0], self._fail(rows[0], reason))
            return 1
        self._warm_up()
        # A try counts once a run: trouble of the store, which comes again, blames no message.
        fresh = tuple(row.id for row in rows if row.id not in self._counted)
        self._store.write(lambda tx: inbox.count_attempt(tx, fresh))
        self._counted.update(fresh)
        parsing = list(self._parse(rows))
        settled = [self._settle(work) for work in parsing if may_go_on()]
        for row, future in zip(rows, settled, strict=False):
            self._finish(row, future)
        self._give_back(rows[len(settled) :])
        return len(settled)

    def _warm_up(self) -> None:
        """Have a worker that reads, before any message is tried: starting one takes a while."""
        if not self._is_warm:
            with suppress(UnparseableMessage):
                self._maildesk.parser.submit(_BLANK, None).result()
            self._is_warm = True

    def _give_back(self, rows: tuple[InboxRow, ...]) -> None:
        """The end has come before these were looked at: they have not been tried."""
        if rows:
            ids = tuple(row.id for row in rows)
            self._store.write(lambda tx: inbox.uncount_attempt(tx, ids))
            self._counted.difference_update(ids)

    def _parse(self, rows: tuple[InboxRow, ...]) -> Iterator[_Work]:
        policy = self._maildesk.policy
        asked = asked_fields(policy.senders, policy.filters)
        for row in rows:
            fields: tuple[tuple[str, str], ...] = ()
            try:
                with self._store.read() as conn:
                    raw = self._store.raw.read(conn, row.id)
                parsed = self._maildesk.parser.submit(raw, row.envelope.mail_from)
                fields = named_fields(raw, asked) if asked else ()
            except NotFound as error:
                # A lost file must not stop whoever waits behind it.
                parsed = Future()
                parsed.set_exception(UnparseableMessage(str(error)))
            yield _Work(row=row, parsed=parsed, fields=fields)

    def _settle(self, work: _Work) -> Future[InboxState]:
        """Queue the recording of one message; messages are recorded in the order they came."""
        row = work.row
        try:
            message = replace(work.parsed.result(), fields=work.fields)
            message = self._without_ours(message, row)
        except UnparseableMessage as error:
            size = row.envelope.over_size
            reason = f"{reason_of(size)}; {error}" if size else str(error)
            return self._fail(row, reason)
        if message.unread:
            log.warning("not-read-whole", inbox=row.id, reason=message.unread)
        return self._store.submit(lambda tx: record_message(self._maildesk, tx, row, message))

    def _without_ours(self, message: InboundMessage, row: InboxRow) -> InboundMessage:
        desk = self._maildesk
        refs = thread.refs(message, row.envelope, desk.policy)
        return without_ours(message, refs, self._store, desk.letters, desk.policy)

    def _finish(self, row: InboxRow, future: Future[InboxState]) -> None:
        try:
            state = future.result()
        except StoreError:
            raise
        except Exception as error:
            log.bug("processing-bug", inbox=row.id)
            state = self._fail(row, f"internal error: {log.place_of(error)}").result()
        self._counted.discard(row.id)
        log.info("processed", inbox=row.id, source=row.envelope.source, state=state)

    def _fail(self, row: InboxRow, reason: str) -> Future[InboxState]:
        """Park a message with its reason, and with what can be seen of it from outside."""
        now, seen = self._maildesk.now(), self._glimpse(row)

        def park(tx: Tx) -> InboxState:
            if inbox.read(tx, row.id).state is not InboxState.PENDING:
                return InboxState.DONE
            if seen:
                failed.show(
                    tx,
                    row.id,
                    sender=seen.sender,
                    subject=seen.subject,
                    message_id=seen.message_id,
                )
            inbox.settle(tx, row.id, InboxState.FAILED, reason, None, now)
            return InboxState.FAILED

        log.error("failed", inbox=row.id, reason=reason)
        return self._store.submit(park)

    def _glimpse(self, row: InboxRow) -> Glimpse | None:
        try:
            with self._store.read() as conn:
                return glimpse(self._store.raw.read(conn, row.id))
        except NotFound:
            return None


def retry_after_upgrade(maildesk: Maildesk) -> None:
    """At a start: what the last version could not process gets one try by a new one."""
    count = maildesk.store.write(lambda tx: failed.retry_after_upgrade(tx, __version__))
    if count:
        log.info("retrying", messages=count, version=__version__)


def is_known(maildesk: Maildesk, raw: bytes) -> bool:
    """Whether this very mail has been taken before; False for what cannot be read."""
    try:
        message = maildesk.parser.submit(raw, None).result()
    except UnparseableMessage:
        return False
    with maildesk.store.read() as conn:
        return fingerprints.holder_of(conn, message.fingerprint, sketch_of(message)) is not None

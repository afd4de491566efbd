"""The one door: every stored message is parsed, gathered for, decided and recorded here.

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
from datetime import UTC, datetime

from maildesk import __version__, log
from maildesk.core import bounce, thread
from maildesk.core.decide import decide, desk_of
from maildesk.core.model import Decision, InboundMessage, InboxState, NewComment, Policy
from maildesk.core.muting import unsubscribing
from maildesk.core.oversize import reason_of
from maildesk.core.rules import asked_fields
from maildesk.core.sameness import sketch
from maildesk.core.senders import attributed
from maildesk.desk import Maildesk
from maildesk.errors import NotFound, StoreError, UnparseableMessage
from maildesk.mail.glimpse import Glimpse, glimpse
from maildesk.mail.peek import named_fields
from maildesk.outbox.occasion import Occasion
from maildesk.outbox.resumed import send_missed
from maildesk.outbox.sent import without_ours
from maildesk.outbox.styled import styled
from maildesk.outbox.told import write_to_people
from maildesk.store import failed, fingerprints, gather, inbox, untold
from maildesk.store.fingerprints import Claim
from maildesk.store.inbox import InboxRow
from maildesk.store.last_mail import note_sent
from maildesk.store.record import record
from maildesk.store.spent import spend
from maildesk.store.withheld import missed_comments
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
        return self._store.submit(lambda tx: self._record(tx, row, message))

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

    def _record(self, tx: Tx, row: InboxRow, message: InboundMessage) -> InboxState:
        """Decide and write everything about one message, inside one transaction."""
        if inbox.read(tx, row.id).state is not InboxState.PENDING:
            return InboxState.DONE
        inbox.describe(tx, row.id, message)
        now = self._maildesk.now()
        claim = fingerprints.claim(tx, _fingerprint(message, row), row.id, _sketch(message))
        if claim.holder is not None:
            reason = f"duplicate of {claim.holder}"
            inbox.settle(tx, row.id, InboxState.IGNORED, reason, None, now)
            return InboxState.IGNORED
        moment = moment_of(message, row)
        decision, occasion = self._decide(tx, row, message, moment)
        if decision.release and not inbox.release(tx, decision.release):
            decision = replace(decision, reason="nothing was waiting for this confirmation")
        if decision.doubts:
            decision, occasion = _asked_again(tx, decision, decision.doubts, occasion)
        missed = _missed(tx, decision)
        recorded = record(tx, styled(decision), message, row.id, moment)
        spend(tx, decision.spent, row.id, moment)
        self._note_last_mail(tx, decision, message, recorded.ticket_id, occasion.policy)
        if decision.claimed and message.forwarded:
            fingerprints.claim(tx, decision.claimed, row.id, sketch(message.forwarded.text))
        if missed and decision.ticket_id is not None:
            send_missed(tx, decision.ticket_id, decision.reached, missed, occasion)
        write_to_people(tx, decision, occasion, recorded)
        reason = decision.reason or _note(message, claim)
        inbox.settle(tx, row.id, decision.state, reason, recorded.ticket_id, now)
        if decision.state is InboxState.HELD and not decision.notices and not row.envelope.quiet:
            untold.mark(tx, row.id)
        return decision.state

    @staticmethod
    def _note_last_mail(
        tx: Tx,
        decision: Decision,
        message: InboundMessage,
        ticket_id: int | None,
        policy: Policy,
    ) -> None:
        """What each writer has of the ticket now, so that our next mail answers it."""
        for comment in (decision.comment, decision.note):
            if comment is None or ticket_id is None:
                continue
            message_id = comment.words.message_id if comment.words else message.message_id
            if message_id:
                answered = (*message.in_reply_to, *message.references)
                note_sent(tx, ticket_id, _reader(comment, policy), message_id, answered)

    def _decide(
        self, tx: Tx, row: InboxRow, message: InboundMessage, moment: datetime
    ) -> tuple[Decision, Occasion]:
        """Gather for the message and decide; the occasion is what its mails have in common.

        The message counts from its own moment, but mail about it is dated and given up by the
        clock: it may have waited for days, or come out of an archive.
        """
        policy, secret = self._maildesk.policy, self._store.identity.secret
        message = unsubscribing(attributed(message, policy))
        context = gather.load_context(
            tx,
            message,
            thread.refs(message, row.envelope, policy),
            policy=policy,
            secret=secret,
            default_desk=self._maildesk.default_desk(row.envelope),
            now=moment,
            trail=bounce.trail(message, row.envelope, policy),
            inbox_id=row.id,
        )
        decision = decide(message, row.envelope, context, moment)
        occasion = Occasion(
            policy=policy,
            secret=secret,
            desk=desk_of(message, row.envelope, context),
            cause=f"inbox:{row.id}",
            now=self._maildesk.now(),
            inbox_id=row.id,
            answers=message.message_id,
            subject=message.subject,
        )
        return decision, occasion

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
        return fingerprints.holder_of(conn, message.fingerprint, _sketch(message)) is not None


def _missed(tx: Tx, decision: Decision) -> tuple[int, ...]:
    """What a marked participant, who has written now, was not sent until then."""
    if decision.ticket_id is None or not decision.reached:
        return ()
    return missed_comments(tx, decision.ticket_id, decision.reached)


def _asked_again(
    tx: Tx, decision: Decision, held: int, occasion: Occasion
) -> tuple[Decision, Occasion]:
    """The second question is about the held message, and is not asked when that one is settled."""
    if not inbox.is_held(tx, held):
        decision = replace(decision, notices=())
    return decision, replace(occasion, inbox_id=held)


def _reader(comment: NewComment, policy: Policy) -> str:
    """Where the writer of a comment reads our mail: agents at the first of their addresses."""
    agents = (a for a in policy.agents if a.id == comment.by_agent)
    return next((a.emails[0] for a in agents), comment.author.email)


def _sketch(message: InboundMessage) -> bytes:
    """What the message says, for comparison; of one that could not be read nothing is known."""
    return b"" if message.unread else sketch(message.text)


def _note(message: InboundMessage, claim: Claim) -> str:
    """What a list should tell of a message that went its usual way."""
    if message.unread:
        return f"not read whole: {message.unread}"
    return f"has the Message-ID of {claim.twin}, and other words" if claim.twin else ""


def _fingerprint(message: InboundMessage, row: InboxRow) -> str:
    """What says that two messages are the same mail.

    A header alone must not stand in the way of the whole mail, should it come; it only keeps the
    same mailbox from telling of it again under a new number.
    """
    if not row.envelope.over_size:
        return message.fingerprint
    spot = row.envelope.spot
    return f"over-size:{spot.mailbox if spot else row.envelope.source}:{message.fingerprint}"


def moment_of(message: InboundMessage, row: InboxRow) -> datetime:
    """When a message counts: its arrival; in an import its Date, where that can be believed."""
    arrival = row.envelope.received_at
    earliest = datetime(1990, 1, 1, tzinfo=UTC)
    is_usable = message.date is not None and earliest < message.date <= arrival
    if row.envelope.source == "import" and is_usable and message.date:
        return message.date
    return arrival

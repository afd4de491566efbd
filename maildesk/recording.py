"""One message in one transaction: gather, decide, write, queue its mails, settle its row.

In: a pending row and its parsed message. Out: how the row ended; all of it is recorded, or nothing.
*Fails:* StoreError when the store does; whatever a bug raises is the caller's to park.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from maildesk.core import bounce, thread
from maildesk.core.decide import decide, desk_of
from maildesk.core.model import Decision, Event, InboundMessage, InboxState, NewComment, Policy
from maildesk.core.muting import unsubscribing
from maildesk.core.sameness import sketch
from maildesk.core.senders import attributed
from maildesk.desk import Maildesk
from maildesk.outbox.occasion import Occasion
from maildesk.outbox.resumed import send_missed
from maildesk.outbox.styled import styled
from maildesk.outbox.told import write_to_people
from maildesk.store import fingerprints, gather, inbox, untold
from maildesk.store.fingerprints import Claim
from maildesk.store.inbox import InboxRow
from maildesk.store.last_mail import note_sent
from maildesk.store.record import record
from maildesk.store.spent import spend
from maildesk.store.withheld import missed_comments
from maildesk.store.writer import Tx


def record_message(
    maildesk: Maildesk, tx: Tx, row: InboxRow, message: InboundMessage
) -> InboxState:
    """Decide and write everything about one message, inside one transaction."""
    if inbox.read(tx, row.id).state is not InboxState.PENDING:
        return InboxState.DONE
    inbox.describe(tx, row.id, message)
    now = maildesk.now()
    claim = fingerprints.claim(tx, _fingerprint(message, row), row.id, sketch_of(message))
    if claim.holder is not None:
        reason = f"duplicate of {claim.holder}"
        inbox.settle(tx, row.id, InboxState.IGNORED, reason, None, now)
        return InboxState.IGNORED
    moment = moment_of(message, row)
    decision, occasion = _decide(maildesk, tx, row, message, moment)
    if decision.release and not inbox.release(tx, decision.release):
        decision = replace(decision, reason="nothing was waiting for this confirmation")
    if decision.doubts:
        decision, occasion = _asked_again(tx, decision, decision.doubts, occasion)
    missed = _missed(tx, decision)
    recorded = record(tx, styled(decision), message, row.id, moment)
    spend(tx, decision.spent, row.id, moment)
    _note_last_mail(tx, decision, message, recorded.ticket_id, occasion.policy)
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


def _note_last_mail(
    tx: Tx,
    decision: Decision,
    message: InboundMessage,
    ticket_id: int | None,
    policy: Policy,
) -> None:
    """What each writer has of the ticket now, so that our next mail answers it."""
    second = tuple(aside.comment for aside in decision.asides if aside.is_here)
    for comment in (decision.comment, decision.note, *second):
        if comment is None or ticket_id is None:
            continue
        message_id = comment.words.message_id if comment.words else message.message_id
        if message_id:
            answered = _answered(decision, message, ticket_id)
            note_sent(tx, ticket_id, _reader(comment, policy), message_id, answered)
    _note_what_is_answered(tx, decision, message, ticket_id)


def _answered(decision: Decision, message: InboundMessage, ticket_id: int) -> tuple[str, ...]:
    """What the message answers on the ticket; nothing where a merge has taken it to another one.

    It hangs in the thread of the ticket that it was written on.
    """
    if decision.ticket_id not in (None, ticket_id):
        return ()
    return (*message.in_reply_to, *message.references)


def _note_what_is_answered(
    tx: Tx, decision: Decision, message: InboundMessage, ticket_id: int | None
) -> None:
    """A mail of commands alone is no comment, and our answer to it hangs on it all the same."""
    about = ticket_id if ticket_id is not None else decision.about
    if about is None or not message.message_id:
        return
    answered = _answered(decision, message, about)
    for told in decision.notices:
        if told.event in (Event.COMMAND_DONE, Event.COMMAND_FAILED):
            note_sent(tx, about, told.to.email, message.message_id, answered)


def _decide(
    maildesk: Maildesk, tx: Tx, row: InboxRow, message: InboundMessage, moment: datetime
) -> tuple[Decision, Occasion]:
    """Gather for the message and decide; the occasion is what its mails have in common.

    The message counts from its own moment, but mail about it is dated and given up by the
    clock: it may have waited for days, or come out of an archive.
    """
    policy, secret = maildesk.policy, maildesk.store.identity.secret
    message = unsubscribing(attributed(message, policy))
    context = gather.load_context(
        tx,
        message,
        thread.refs(message, row.envelope, policy),
        policy=policy,
        secret=secret,
        default_desk=maildesk.default_desk(row.envelope),
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
        now=maildesk.now(),
        inbox_id=row.id,
        answers=message.message_id,
        subject=message.subject,
    )
    return decision, occasion


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


def sketch_of(message: InboundMessage) -> bytes:
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

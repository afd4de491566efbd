"""From the intent to write to somebody to the row that will be sent.

In: a notice, what it is about, the instance's secret. Out: an `OutboxItem` with everything fixed
that must be the same at every attempt: Message-ID, date, subject, thread, snapshot. What stands in
its header is `heading`'s.
*Fails:* never.
"""

from __future__ import annotations

import json
import secrets
from datetime import datetime, timedelta

from maildesk.core import signature
from maildesk.core.model import (
    Fact,
    Notice,
    Policy,
    Ticket,
)
from maildesk.core.phrase import Line
from maildesk.core.recipients import timezone_of
from maildesk.core.signature import Scope
from maildesk.core.undeliverable import is_withheld, reachable
from maildesk.outbox import answering, batch, heading
from maildesk.outbox.answering import Reader
from maildesk.outbox.occasion import Occasion, may_read
from maildesk.outbox.snapshot import VERSION, line_of, lines_of
from maildesk.outbox.speech import plain
from maildesk.outbox.telling import facts_of, person, said_by
from maildesk.outbox.way_out import offering, way_out
from maildesk.store import record
from maildesk.store.last_mail import note_got
from maildesk.store.letters import newest_public
from maildesk.store.outbox import OutboxItem, add, amend, waiting_for, withdraw
from maildesk.store.writer import Tx

_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
_NONCE_LENGTH = 12


def queue(tx: Tx, notices: tuple[Notice, ...], occasion: Occasion) -> None:
    """Queue the mails of one occasion, and let answers to them find the ticket.

    Who has refused the ticket's mail for good gets none; the ticket's log says so.
    """
    if occasion.ticket:
        notices = _withhold(tx, notices, occasion, occasion.ticket)
    for notice in notices:
        item = _item(tx, notice, occasion)
        if _goes_with_another(tx, item, occasion):
            continue
        if add(tx, item) and item.ticket_id is not None:
            record.add_message_id(tx, item.ticket_id, item.message_id, item.recipient)
            note_got(tx, item.ticket_id, item.recipient, item.message_id)


def _goes_with_another(tx: Tx, item: OutboxItem, occasion: Occasion) -> bool:
    """Whether a mail that still waits takes this one in."""
    events = tuple(event.value for event in batch.EVENTS)
    if item.ticket_id is None or item.event not in events or item.due_at == item.created_at:
        return False
    for claim in waiting_for(tx, item.ticket_id, item.recipient, events, occasion.now):
        both = batch.joined(claim.item, item)
        if both is None:
            return False
        if batch.is_idle(both):
            withdraw(tx, claim.id)
        else:
            amend(tx, claim.id, both)
        return True
    return False


def _withhold(
    tx: Tx, notices: tuple[Notice, ...], occasion: Occasion, ticket: Ticket
) -> tuple[Notice, ...]:
    facts = tuple(
        Fact(kind="mail withheld", actor=n.to.email, detail=_withheld(n, occasion))
        for n in notices
        if is_withheld(ticket, n.to.email)
    )
    if not facts:
        return notices
    record.add_facts(tx, ticket.id, facts, occasion.now, {})
    return reachable(notices, ticket)


def _withheld(notice: Notice, occasion: Occasion) -> tuple[tuple[str, str], ...]:
    """Which mail was not sent, and whose words it would have brought."""
    event = ("event", notice.event.value)
    if occasion.comment_id is None or not may_read(notice, occasion):
        return (event,)
    return (event, ("comment", str(occasion.comment_id)))


def queue_alert(
    tx: Tx, notices: tuple[Notice, ...], policy: Policy, secret: bytes, now: datetime
) -> None:
    """Queue alerts: about the installation, or a message that never became a ticket."""
    if not notices:
        return
    occasion = Occasion(
        policy=policy, secret=secret, desk=policy.desks[0], cause=f"alert:{nonce()}", now=now
    )
    queue(tx, notices, occasion)


def nonce() -> str:
    """Sixty random bits in the alphabet of a Message-ID."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_NONCE_LENGTH))


def _item(tx: Tx, notice: Notice, occasion: Occasion) -> OutboxItem:
    desk, ticket, policy = occasion.desk, occasion.ticket, occasion.policy
    subject = heading.subject(notice, occasion)
    message_id = signature.mint(
        occasion.secret,
        ref=heading.ref(notice, occasion),
        scope=heading.scope(notice, occasion),
        nonce=nonce(),
        recipient=notice.to.email,
        domain=heading.domain(desk),
    )
    automatic = heading.automatic(notice)
    place = heading.place(tx, notice, occasion)
    comments = _comments(tx, notice, occasion)
    return OutboxItem(
        event=notice.event,
        cause=notice.once or f"{occasion.cause}:{notice.event}",
        created_at=occasion.now,
        due_at=occasion.now + (policy.batch if notice.event in batch.WAITING else timedelta()),
        recipient=notice.to.email,
        recipient_name=notice.to.name,
        language=notice.language,
        subject=plain(subject, notice.language),
        message_id=message_id,
        in_reply_to=place.newest,
        thread=place.ids,
        from_name=f"{notice.words_of} ({desk.name})" if notice.words_of else desk.name,
        from_address=desk.address,
        reply_to=desk.address,
        reverse_path="null" if automatic else occasion.policy.reverse_path,
        auto_submitted=automatic,
        counted=notice.counted,
        snapshot=json.dumps(
            _snapshot(tx, notice, occasion, subject) | _several(comments), ensure_ascii=False
        ),
        ticket_id=ticket.id if ticket else None,
        comment_id=comments[-1] if comments else None,
    )


def _comments(tx: Tx, notice: Notice, occasion: Occasion) -> tuple[int, ...]:
    """What the mail brings of the ticket's words, oldest first."""
    if occasion.ticket is None:
        return ()
    now = occasion.comment_id
    own = (now,) if now is not None and may_read(notice, occasion) else ()
    if not notice.earlier:
        return own
    return (*newest_public(tx, occasion.ticket.id, notice.earlier, but=now), *own)


def _several(comments: tuple[int, ...]) -> dict[str, object]:
    return {"comment_ids": list(comments)} if len(comments) > 1 else {}


def _snapshot(tx: Tx, notice: Notice, occasion: Occasion, subject: Line) -> dict[str, object]:
    desk = occasion.desk
    to = {**person(notice.to), "role": notice.role}
    snapshot: dict[str, object] = {
        "version": VERSION,
        "subject_line": line_of(subject),
        "desk": {"key": desk.key, "name": desk.name, "address": desk.address},
        "recipient": to,
        "reason": notice.reason,
        "is_inside": heading.scope(notice, occasion) is Scope.INTERNAL,
        "timezone": timezone_of(occasion.policy, desk, notice.to.email),
    }
    if occasion.ticket:
        snapshot |= facts_of(notice, occasion.ticket, occasion.policy)
        snapshot |= way_out(notice, occasion.ticket, desk, occasion.secret, occasion.now)
        notice = offering(notice, occasion.ticket, occasion.secret, occasion.now)
    if notice.forwarded_by:
        snapshot["forward"] = {
            "by": notice.forwarded_by,
            "note": lines_of(notice.lines),
            "doubt": line_of(notice.doubt) if notice.doubt else "",
        }
    elif notice.title or notice.lines:
        snapshot["alert"] = {"title": line_of(notice.title), "lines": lines_of(notice.lines)}
    if occasion.ticket and occasion.ticket.related_to and notice.role == "agent":
        snapshot["related"] = {"key": occasion.ticket.related_to}
    if notice.questions or notice.guide:
        snapshot.update(answering.facts(tx, notice, _reader(notice, occasion)))
    return snapshot | {name: value for name, value in said_by(notice, desk, subject) if value}


def _reader(notice: Notice, occasion: Occasion) -> Reader:
    agent = next((q.agent for q in notice.questions), "")
    return Reader(
        policy=occasion.policy,
        secret=occasion.secret,
        desk=occasion.desk,
        now=occasion.now,
        address=notice.to.email,
        agent=agent,
    )

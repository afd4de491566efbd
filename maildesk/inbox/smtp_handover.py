"""A mail whose dot was received: judged, handed to the door, and answered with the truth.

In: the door, the envelope, the bytes in their reader. Out: the reply, which says "250" only when
the door's future is done, and that is after the commit. SMTP has one reply for the mail; LMTP has
one for each recipient that was taken, in order, each for itself (RFC 2033 §4.2).
*Fails:* never; a fault of ours is 451, and a full store 452.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from dataclasses import replace
from typing import NamedTuple, Protocol

from maildesk import log
from maildesk.core.model import Envelope, Receipt
from maildesk.errors import StoreBusy, StoreError, UnusableMessage
from maildesk.inbox.smtp_data import MailReader, count_hops
from maildesk.inbox.smtp_limits import Limits
from maildesk.inbox.smtp_replies import Reply, refused, stored


class Door(Protocol):
    """What a session asks of `receive.Door`."""

    def accept(self, envelope: Envelope, raw: bytes) -> Future[Receipt]:
        """Make a mail durable; the future is done when it is."""

    def refuses(self, envelope: Envelope, raw: bytes) -> str:
        """Why the policy turns a mail away, or ""."""


class Answer(NamedTuple):
    """What is said, one line for each who waits for one, and whether the mail is ours now."""

    text: str
    is_taken: bool


async def hand_over(door: Door, limits: Limits, envelope: Envelope, reader: MailReader) -> Answer:
    """Judge and store a complete mail; its memory is given back when the store is done with it."""
    waiting = [envelope]
    if envelope.source == "lmtp":
        waiting = [replace(envelope, rcpt_to=(address,)) for address in envelope.rcpt_to]
    raw = reader.mail()
    if reader.verdict is None and count_hops(raw) >= limits.hops:
        reader.verdict = Reply.LOOP
    if reader.verdict is not None:
        reader.release()
        log.info("refused", peer=envelope.peer, sender=envelope.mail_from, reply=reader.verdict)
        return Answer("\r\n".join([reader.verdict] * len(waiting)), is_taken=False)
    refusals = [_refusal(door, part, raw) for part in waiting]
    taken = [part for part, refusal in zip(waiting, refusals, strict=True) if not refusal]
    if not taken:
        reader.release()
        return Answer("\r\n".join(refusals), is_taken=False)
    welcome = tuple(address for part in taken for address in part.rcpt_to)
    kept = _accept(door, replace(envelope, rcpt_to=welcome), raw, reader)
    verdict = await _outcome(kept, limits, envelope, len(raw))
    lines = [refusal or verdict for refusal in refusals]
    return Answer("\r\n".join(lines), is_taken=verdict.startswith("250"))


def _refusal(door: Door, envelope: Envelope, raw: bytes) -> str:
    try:
        sentence = door.refuses(envelope, raw)
    except Exception:
        log.bug("smtp-bug", peer=envelope.peer)
        return Reply.TEMPORARY
    return refused(sentence) if sentence else ""


def _accept(
    door: Door, envelope: Envelope, raw: bytes, reader: MailReader
) -> asyncio.Future[Receipt]:
    """The door's future, in this loop; one that has failed where the door itself raises."""
    try:
        kept = asyncio.wrap_future(door.accept(envelope, raw))
    except Exception as error:
        kept = asyncio.get_running_loop().create_future()
        kept.set_exception(error)
    kept.add_done_callback(lambda done: _settle(done, reader))
    return kept


def _settle(done: asyncio.Future[Receipt], reader: MailReader) -> None:
    """The commit is over, perhaps long after its client: the memory is free again."""
    reader.release()
    if not done.cancelled():
        done.exception()


async def _outcome(
    kept: asyncio.Future[Receipt], limits: Limits, envelope: Envelope, size: int
) -> str:
    """Wait for the commit. Nothing here cancels it: not the client, not the clock."""
    await asyncio.wait({kept}, timeout=limits.commit_seconds)
    if not kept.done() or kept.cancelled():
        log.error("smtp-unanswered", peer=envelope.peer, size=size)
        return Reply.TEMPORARY
    try:
        inbox_id = kept.result().inbox_id
    except StoreBusy:
        return Reply.BUSY
    except UnusableMessage:
        return Reply.UNUSABLE
    except StoreError as error:
        log.error("smtp-unstored", peer=envelope.peer, error=error)
        return Reply.TEMPORARY
    except Exception:
        log.bug("smtp-bug", peer=envelope.peer)
        return Reply.TEMPORARY
    log.info("taken", inbox=inbox_id, source=envelope.source, peer=envelope.peer, size=size)
    return stored(inbox_id)

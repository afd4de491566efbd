"""A mail that is too large to be taken: its header is read, its body stays where it is.

In: a message on the table of which there is only the header. Out: `held` with its size, one alert,
and a word to a person who wrote it, once: over IMAP there is no "552" that would tell them.
*Fails:* never.
"""

from __future__ import annotations

from maildesk.core import notices
from maildesk.core.case import Case
from maildesk.core.model import Decision, Event, InboxState, Notice
from maildesk.core.phrase import phrase

OVER_SIZE = "over-size"  # how the reason of a message begins whose body was never taken


def reason_of(size: int) -> str:
    """Why such a message is held."""
    return f"{OVER_SIZE}: {size} bytes; it stays in the mailbox"


def held(case: Case, *, is_welcome: bool) -> Decision:
    """The message as held; its writer is told where no other rule keeps the desk from answering."""
    message, size = case.message, case.over_size
    sender = message.shown_from
    lines = (
        phrase("alert.from", person=sender) if sender else phrase("alert.from-nobody"),
        phrase("too-large.subject", words=message.subject),
        phrase("too-large.size", size=size),
        phrase("alert.mailbox", name=case.source.removeprefix("imap:")),
    )
    told = notices.alerts(case.policy, phrase("alert.too-large"), lines)
    if is_welcome and not case.quiet and case.is_to_be_answered():
        told = (*told, _note(case))
    return Decision(state=InboxState.HELD, reason=reason_of(size), notices=told)


def _note(case: Case) -> Notice:
    """The word to the sender; `delivery.failed` is what happened to their mail."""
    most = case.policy.max_message_size
    return Notice(
        event=Event.DELIVERY_FAILED,
        to=case.author,
        role="sender",
        reason="sender",
        language=notices.language_of(case.policy, case.desk, case.author.email),
        counted=True,
        title=phrase("too-large.title"),
        lines=(
            phrase("too-large.subject", words=case.message.subject),
            phrase("too-large.size", size=case.over_size),
            phrase("too-large.most", size=most),
        ),
        once=f"over-size:{case.message.fingerprint}",
    )


def megabytes(size: int) -> str:
    """A size as people say it."""
    return f"{size / 1_000_000:.1f} MB"

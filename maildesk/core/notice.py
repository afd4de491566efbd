"""The intent to write to somebody, before it is a mail.

In: nothing. Out: frozen values; `core.notices` and `core.news` say who gets which, and
`outbox.compose` makes mails of them.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from maildesk.core.actions import Action
from maildesk.core.estimates import Estimate
from maildesk.core.message import Mailbox
from maildesk.core.packages import Standing
from maildesk.core.phrase import Line
from maildesk.core.questions import GuideLine, Question


class Event(StrEnum):
    """The names of notices: template names and `X-Maildesk-Event` values."""

    TICKET_RECEIVED = "ticket.received"
    TICKET_NEW = "ticket.new"
    COMMENT_PUBLIC = "comment.public"
    COMMENT_INTERNAL = "comment.internal"
    SENDER_UNVERIFIED = "sender.unverified"
    DELIVERY_FAILED = "delivery.failed"
    TICKET_ASSIGNED = "ticket.assigned"
    TICKET_RESOLVED = "ticket.resolved"
    TICKET_REOPENED = "ticket.reopened"
    STATUS_CHANGED = "status.changed"
    ESTIMATE_REQUESTED = "estimate.requested"
    ESTIMATE_DECIDED = "estimate.decided"
    RATING_REQUESTED = "rating.requested"
    WAITING_REMINDER = "waiting.reminder"
    TICKET_ESCALATED = "ticket.escalated"
    PARTICIPANT_ADDED = "participant.added"
    COMMAND_DONE = "command.done"
    COMMAND_FAILED = "command.failed"
    DIGEST_QUEUE = "digest.queue"
    ADMIN_ALERT = "admin.alert"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """What became of one command line; with a `form` it was not done, and would be like that."""

    line: str
    said: Line
    form: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """The intent to write to one person: which event, in whose name, why they get it.

    `words_of` names the person whose own words the mail carries; "" for automatic mail.
    `counted` mail answers mail that came in and draws on the recipient's hourly allowance.
    """

    event: Event
    to: Mailbox
    role: str  # requester, participant, agent or admin
    reason: str  # why they get it: one of the roles, or owner
    language: str
    words_of: str = ""
    counted: bool = False
    title: Line = ""  # of an alert
    lines: tuple[Line, ...] = ()
    changes: tuple[Line, ...] = ()  # what is another now
    transcript: tuple[Transcript, ...] = ()
    intake: str = ""  # lines to be filled in
    missing: tuple[str, ...] = ()  # which of them must be
    estimate: Estimate | None = None
    standing: Standing | None = None  # of the packages that the estimate would be taken from
    earlier: int = 0  # so many public comments of before come along
    actor: Mailbox | None = None  # who did what the mail tells of
    closes_at: datetime | None = None  # when the ticket is closed if nobody answers
    questions: tuple[Question, ...] = ()  # to be answered in the mail
    guide: tuple[GuideLine, ...] = ()
    is_bare: bool = False  # without the words of the comment that is recorded meanwhile
    forms: tuple[str, ...] = ()  # command lines that the reader may send back
    actions: tuple[Action, ...] = ()
    forwarded_by: str = ""  # the agent who passed the ticket's first words on; `lines` are theirs
    doubt: Line = ""  # what of such a mail was not read as the agent may think
    once: str = ""  # the cause, where it is wider than this one message

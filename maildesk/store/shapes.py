"""The shapes of what is listed and shown: the JSON of the command line, key by key.

In: nothing. Out: typed dictionaries; times are ISO 8601 with `Z`, lengths of time in seconds.
*Fails:* never.
"""

from __future__ import annotations

from typing import TypedDict


class Person(TypedDict):
    email: str
    name: str


class TicketPerson(TypedDict):
    email: str
    role: str


class Clock(TypedDict):
    """One running or stopped clock of a ticket."""

    metric: str
    state: str
    due_at: str | None
    remaining_seconds: int | None
    started_at: str
    stopped_at: str | None


class TicketShape(TypedDict):
    """A ticket as lists show it."""

    key: str
    desk: str
    subject: str
    type: str
    status: str
    priority: str
    urgency: str
    impact: str
    language: str
    requester: Person
    organisation: str | None
    owner: str | None
    participants: list[TicketPerson]
    created_at: str
    updated_at: str
    resolved_at: str | None
    rating: int | None
    clocks: list[Clock]


class AttachmentShape(TypedDict):
    """A file of a comment."""

    name: str
    type: str
    size: int
    sha256: str
    inline: bool


class CommentShape(TypedDict):
    """A comment with all its words."""

    id: int
    author: Person
    via: str
    visibility: str
    at: str
    text: str
    full_text: str
    html: str | None
    message_id: str | None
    inbox_id: int | None
    attachments: list[AttachmentShape]


class LinkShape(TypedDict):
    """A way from one ticket to another, or out of the desk."""

    kind: str
    to: str


class EventShape(TypedDict):
    """Something that happened to a ticket."""

    at: str
    actor: str
    kind: str
    detail: dict[str, object]


class WholeTicket(TicketShape):
    """A ticket with everything on it."""

    comments: list[CommentShape]
    links: list[LinkShape]
    events: list[EventShape]


InboxShape = TypedDict(
    "InboxShape",
    {
        "id": int,
        "received_at": str,
        "source": str,
        "from": str,
        "to": list[str],
        "subject": str,
        "message_id": str | None,
        "size": int,
        "state": str,
        "reason": str,
        "ticket": str | None,
    },
)


class OutboxShape(TypedDict):
    """A mail to go out, or gone."""

    id: int
    created_at: str
    event: str
    ticket: str | None
    to: str
    subject: str
    message_id: str
    state: str
    attempts: int
    last_error: str


class Hit(TypedDict):
    """A comment that a search found."""

    ticket: str
    comment: int
    at: str
    snippet: str


class InboxCounts(TypedDict):
    """Messages that wait for the program or for a person."""

    pending: int
    held: int
    failed: int


class OutboxCounts(TypedDict):
    """Mails that have not gone."""

    queued: int
    deferred: int
    dead: int


class MailboxShape(TypedDict):
    """How the last poll of a mailbox went."""

    name: str
    last_poll_at: str | None
    last_error: str | None


class StatusShape(TypedDict):
    """The state of the whole desk."""

    running: bool
    version: str
    inbox: InboxCounts
    outbox: OutboxCounts
    oldest_pending_seconds: int | None
    mailboxes: list[MailboxShape]

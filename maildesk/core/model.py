"""The words of the house as values: what comes in, what is known, what is decided.

In: nothing. Out: frozen dataclasses and closed sets that every room shares. Datetimes are aware
UTC; addresses are lower case unless a field says `as written`.
*Fails:* never; a value of the wrong shape is a bug that `mypy --strict` finds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from maildesk.core.aside import Aside
from maildesk.core.canned import Canned
from maildesk.core.effects import Effect
from maildesk.core.envelope import Envelope as Envelope
from maildesk.core.envelope import ImapSpot as ImapSpot
from maildesk.core.envelope import InboxState as InboxState
from maildesk.core.envelope import Receipt as Receipt
from maildesk.core.estimates import NO_GROUNDS, AskedEstimate, Estimate, Grounds
from maildesk.core.hint import Hint, SpentId, WeighedHint
from maildesk.core.intake import Block
from maildesk.core.lately import Lately
from maildesk.core.leak import Leak
from maildesk.core.links import TicketLink
from maildesk.core.message import BY_SUBJECT as BY_SUBJECT
from maildesk.core.message import GESTURES as GESTURES
from maildesk.core.message import Attachment as Attachment
from maildesk.core.message import Forwarded as Forwarded
from maildesk.core.message import InboundMessage as InboundMessage
from maildesk.core.message import KnownOriginal as KnownOriginal
from maildesk.core.message import Machine as Machine
from maildesk.core.message import Mailbox as Mailbox
from maildesk.core.message import Words as Words
from maildesk.core.newer import Unseen
from maildesk.core.notice import Event as Event
from maildesk.core.notice import Notice as Notice
from maildesk.core.notice import Transcript as Transcript
from maildesk.core.packages import Package
from maildesk.core.participant import FROM_NOW as FROM_NOW
from maildesk.core.participant import Participant as Participant
from maildesk.core.participant import Role as Role
from maildesk.core.priority import DELIVERED, USUAL_IMPACT, USUAL_URGENCY, Matrix
from maildesk.core.rating import Rating
from maildesk.core.report import Mark, Returned
from maildesk.core.rules import FilterRule, SenderRule
from maildesk.core.undoing import Keepsake, Undoable
from maildesk.core.workflow import Workflow


class Visibility(StrEnum):
    """Who may read a comment: everybody on the ticket, or agents alone."""

    PUBLIC = "public"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """Somebody of the staff, with all addresses that are theirs."""

    id: str
    name: str
    emails: tuple[str, ...]
    roles: tuple[str, ...] = ("agent",)
    digest: time | None = time(8)  # when the list of the morning comes
    timezone: str = ""  # of the IANA database; "": the desk's


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One support address with its people and habits."""

    key: str
    name: str
    address: str
    aliases: tuple[str, ...] = ()
    language: str = "en"
    agents: tuple[str, ...] = ()
    plus_addressing: bool = False
    unknown_senders: str = "accept"  # "hold" | "reject"
    reopen_within: timedelta | None = timedelta(days=30)  # None: done is done
    thanks_reopen: bool = False
    timezone: str = "UTC"  # of its calendar
    asks_rating: bool = True
    remind_waiting_after: timedelta | None = None
    close_waiting_after: timedelta | None = None
    close_done_after: timedelta | None = None
    sla: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """A customer: whom its addresses belong to."""

    name: str
    domains: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    approvers: tuple[str, ...] = ()
    language: str = ""
    sla: str | None = None
    share: bool = False
    may: tuple[str, ...] | None = None  # what its people may change; None: all of it
    timezone: str = ""  # of the IANA database; "": the desk's
    packages: tuple[Package, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the configuration tells the core: the people, the desks, whom to believe, the caps.

    `organisational_domains` are pairs of a domain of an agent and the organisational domain above
    it (RFC 7489 §3.2), where the two differ.
    """

    desks: tuple[Desk, ...]
    agents: tuple[Agent, ...]
    organisations: tuple[Organisation, ...] = ()
    staff: str = "verified"  # or "from"
    authserv_ids: tuple[str, ...] = ()
    trusted_peers: tuple[str, ...] = ()
    microsoft365: bool = False
    organisational_domains: tuple[tuple[str, str], ...] = ()
    alerts_to: tuple[str, ...] = ()
    automatic_mails_per_address: int = 10  # an hour
    tickets_per_sender: int = 50  # new ones, an hour
    reopenings_per_ticket: int = 5  # a day
    reverse_path: str = "fixed"  # "verp" | "null"
    batch: timedelta = timedelta(0)  # for which quick changes wait for each other
    attach_up_to: int = 10 * 1024 * 1024
    max_message_size: int = 25 * 1024 * 1024
    senders: tuple[SenderRule, ...] = ()
    filters: tuple[FilterRule, ...] = ()
    priority_matrix: Matrix = DELIVERED
    intake: tuple[Block, ...] = ()
    canned: tuple[Canned, ...] = ()
    workflow: Workflow = field(default_factory=Workflow)
    languages: tuple[str, ...] = ("de", "en", "es", "fr", "it", "ja", "ko", "pl", "sv")  # of mails
    escalate_to: tuple[tuple[str, tuple[str, ...]], ...] = ()  # by the name of an SLA

    @property
    def usual_priority(self) -> str:
        """That of a ticket of which nobody has said how urgent it is."""
        return self.priority_matrix.priority(USUAL_URGENCY, USUAL_IMPACT)

    def organisational_domain(self, domain: str) -> str:
        """The organisational domain of an agent's domain; most are their own."""
        return dict(self.organisational_domains).get(domain, domain)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What a decision needs of a stored ticket.

    `resolved_at` and `reopenings`, those of the last day, are of a ticket that is done.
    `continues` is the ticket that this one goes on with, `status_before` what a waiting ticket was,
    `has_own_priority` says that an agent has set it and the matrix has not. `taken_off` are those
    who were participants, until somebody took them off. `mail_subject` stays what the ticket was
    called at first: mail programs make two threads of two subjects.
    """

    id: int
    key: str
    desk: str
    subject: str
    status: str
    language: str
    requester: Mailbox
    organisation: str | None
    owner: str | None
    opening_message_id: str | None
    created_at: datetime
    mail_subject: str = ""
    type: str = "request"
    priority: str = "P3"
    urgency: str = "medium"
    impact: str = "low"
    has_own_priority: bool = False
    related_to: str | None = None
    participants: tuple[Participant, ...] = ()
    is_shared: bool = False  # with its organisation's people
    taken_off: tuple[str, ...] = ()
    status_before: str | None = None
    status_since: datetime | None = None
    due_on: date | None = None
    is_open: bool = True
    resolved_at: datetime | None = None
    reopenings: int = 0
    continues: int | None = None
    minutes: int = 0  # of work entered so far
    estimates: tuple[Estimate, ...] = ()  # oldest first
    rating: Rating | None = None
    fields: tuple[tuple[str, str], ...] = ()  # that its customer filled in
    links: tuple[TicketLink, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """All that a decision about one message may look at, read in the recording transaction.

    `hints` come strongest first; `tickets` holds each ticket that they or the message's commands
    name, and `named` says which one a command's key leads to.
    """

    policy: Policy
    secret: bytes
    hints: tuple[Hint, ...] = ()
    tickets: tuple[Ticket, ...] = ()
    lately: Lately = field(default_factory=Lately)
    is_blocked: bool = False  # the sender, by an agent's word
    default_desk: str | None = None
    original: KnownOriginal | None = None
    returned: tuple[Returned, ...] = ()  # surest first
    leaks: tuple[Leak, ...] = ()  # of an agent's text, one a ticket
    spent: frozenset[str] = frozenset()  # MACs of signed ids that prove nothing any more
    asked: AskedEstimate | None = None  # whose own mail the message answers
    approvers: tuple[tuple[str, str], ...] = ()  # whom each estimate's mail that it names has asked
    grounds: Grounds = NO_GROUNDS
    named: tuple[tuple[str, int], ...] = ()
    inbox_id: int = 0  # the message's own
    unseen: Unseen = field(default_factory=Unseen)
    undoables: tuple[Undoable, ...] = ()  # the writer's, newest first, for `#undo`
    next_keys: tuple[tuple[str, str], ...] = ()  # of each desk, where a command opens a ticket

    def ticket(self, ticket_id: int) -> Ticket:
        """The gathered ticket of that id."""
        return next(t for t in self.tickets if t.id == ticket_id)

    def approver_by(self, message_id: str) -> str:
        """Whom an estimate's mail of ours has asked; "" for another mail."""
        return dict(self.approvers).get(message_id.lower(), "")

    def named_ticket(self, key: str) -> Ticket | None:
        """The ticket that a command of the message means."""
        found = (ticket_id for named, ticket_id in self.named if named == key)
        ticket_id = next(found, None)
        return self.ticket(ticket_id) if ticket_id is not None else None

    def leak_on(self, ticket_id: int) -> Leak | None:
        """What the message says of the notes on this ticket."""
        return next((leak for leak in self.leaks if leak.ticket_id == ticket_id), None)

    def continuation_of(self, ticket: Ticket) -> Ticket | None:
        """The ticket that goes on with this one, which was done for too long."""
        return next((t for t in self.tickets if t.continues == ticket.id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTicket:
    """A ticket to be opened; the store gives it its number."""

    desk: str
    subject: str
    language: str
    requester: Mailbox
    organisation: str | None
    participants: tuple[Participant, ...]
    is_shared: bool = False
    related_to: str | None = None  # the key that a stranger named, for agents' eyes
    continues: int | None = None  # the ticket, done long ago, that this one goes on with
    thread: tuple[str, ...] = ()  # ids of the conversation that it began with elsewhere
    links: tuple[TicketLink, ...] = ()
    priority: str = "P3"
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewComment:
    """A comment to be added; without `words` of its own it says what the message says."""

    author: Mailbox
    by_agent: str | None
    visibility: Visibility
    at: datetime
    words: Words | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What becomes of a ticket: the ticket as it is to be, and what is no part of its row.

    `by` is whose commands say so; "" where a mail alone does. Nobody is told of a quiet one. The id
    of a ticket that is only being opened is 0.
    """

    ticket: Ticket
    effects: tuple[Effect, ...] = ()
    by: str = ""
    is_quiet: bool = False
    kept: Keepsake | None = None  # for `#undo`


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that happened to a ticket: past tense, append-only.

    `hints` are for those who look after the desk; no mail ever shows them.
    """

    kind: str
    actor: str
    detail: tuple[tuple[str, str], ...] = ()
    hints: tuple[WeighedHint, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """An agent's word that a held message was theirs; it is processed again as such."""

    inbox_id: int
    agent: Agent


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What becomes of one message; nothing else reaches the store.

    A `comment` goes to `ticket_id` or to the `new_ticket`. `ticket_id` without a comment files
    the message on that ticket, and `facts` say how. `about` is the ticket that notices speak of
    where nothing is recorded on it.
    """

    state: InboxState
    reason: str = ""
    ticket_id: int | None = None
    about: int | None = None
    new_ticket: NewTicket | None = None
    comment: NewComment | None = None
    note: NewComment | None = None  # a second one, for agents
    change: Change | None = None
    claimed: str = ""  # the fingerprint of an enclosed mail, which must not come in again
    new_participants: tuple[Participant, ...] = ()
    facts: tuple[Fact, ...] = ()
    notices: tuple[Notice, ...] = ()
    asides: tuple[Aside, ...] = ()  # what becomes of other tickets
    release: Release | None = None
    spent: tuple[SpentId, ...] = ()
    doubts: int | None = None  # a held message about which an answer says nothing clear
    marks: tuple[Mark, ...] = ()
    about_comment: int | None = None  # one of before, whose words the notices quote
    reached: str = ""  # a marked participant who is there after all

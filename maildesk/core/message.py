"""What a mail is made of, whether it came in or is passed on by one that did.

In: nothing. Out: frozen dataclasses and closed sets; `core.model` hands them on with its own.
*Fails:* never; a value of the wrong shape is a bug that `mypy --strict` finds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from maildesk.core.authres import AuthResults
from maildesk.core.report import Report

# How `InboundMessage.machine_mark` begins where nothing but the subject spoke.
BY_SUBJECT = "Subject:"


class Machine(StrEnum):
    """What kind of automatic mail a message is; `PERSON` when a human wrote it."""

    PERSON = "person"
    OWN = "own"  # we sent it ourselves
    BOUNCE = "bounce"  # DSN, MDN or ARF, or anything from the null sender
    REPLY = "automatic reply"  # vacation, out of office, auto-replied
    REACTION = "reaction"  # an emoji, by one click
    RECALL = "recall"  # Outlook takes a mail back, or tells whether it could
    INVITATION = "answer to an invitation"  # of a calendar, without a word beside it
    GENERATED = "automatic"  # monitoring, forms: a ticket, never answered automatically
    LIST = "list"  # lists and bulk: a ticket, never answered automatically


# What a person did, and no word was said.
GESTURES = (Machine.REACTION, Machine.RECALL, Machine.INVITATION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """One person in a header: the address in lower case and the display name, decoded."""

    email: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One part that is not the text; `part` counts the tree's parts depth first from 0."""

    name: str
    type: str
    size: int
    sha256: str
    part: int
    inline: bool = False
    content_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarded:
    """The mail that a message passes on, as far as it can be read.

    `sender` is None when nobody can be made out; `shown_from` then is what the forward shows.
    `note` is what the forwarder says himself, `answer` what of it, and of his commands, is for the
    original's writer. An original that came whole, as an enclosed message,
    has a `part` and a `fingerprint`. `is_found` says where it begins, so that what stands above is
    the forwarder's; `is_mixed` that the forwarder seems to have written below it, too, or another
    mail stands there, and nobody can tell where the original ends.
    """

    sender: Mailbox | None
    shown_from: str = ""
    is_named: bool = False  # the subject calls the message a forward
    is_found: bool = False
    is_mixed: bool = False
    note: str = ""
    answer: str = ""
    part: int | None = None
    fingerprint: str = ""
    message_id: str | None = None
    thread: tuple[str, ...] = ()  # ids of the conversation before it, oldest first
    subject: str = ""
    date: datetime | None = None
    to: tuple[Mailbox, ...] = ()
    cc: tuple[Mailbox, ...] = ()
    text: str = ""
    full_text: str = ""
    html: str | None = None
    attachments: tuple[Attachment, ...] = ()
    machine: Machine = Machine.PERSON
    may_be_answered: bool = True
    reply_to: tuple[Mailbox, ...] = ()
    list_id: str = ""
    original_sender: Mailbox | None = None  # as a list that rewrote From says it was
    handed_on_by: str = ""  # the From address, where a program or a list wrote for `sender`


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a comment says, where that is not simply what the message says.

    `markdown` is the end of the text that is to be shown as Markdown.
    """

    text: str
    full_text: str
    html: str | None = None
    message_id: str | None = None
    attachments: tuple[Attachment, ...] = ()
    markdown: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownOriginal:
    """Where a forwarded mail has its place already: it is there itself, or its conversation is."""

    ticket_id: int
    is_same: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundMessage:
    """A parsed mail: immutable, cleaned of control characters and lone surrogates.

    `sender` is the one From mailbox, None when there is none or more than one; one whose field
    breaks the grammar is mended: it can be answered, but is never an agent.
    `shown_from` is what lists show: the bare From address as far as one can be read.
    `fingerprint` says when two mails are the same mail (contract §7, "One mail, once").
    """

    fingerprint: str
    message_id: str | None
    sender: Mailbox | None
    shown_from: str
    subject: str
    to: tuple[Mailbox, ...] = ()
    cc: tuple[Mailbox, ...] = ()
    delivered_to: tuple[str, ...] = ()
    is_sender_mended: bool = False
    date: datetime | None = None
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    machine: Machine = Machine.PERSON
    machine_mark: str = ""  # which header said so
    may_be_answered: bool = True  # False: X-Auto-Response-Suppress, no-reply, lists
    text: str = ""
    full_text: str = ""
    html: str | None = None
    attachments: tuple[Attachment, ...] = ()
    forwarded: Forwarded | None = None
    auth_results: tuple[AuthResults, ...] = ()  # topmost first
    return_path: str | None = None
    reply_to: tuple[Mailbox, ...] = ()
    report: Report | None = None
    list_id: str = ""
    original_sender: Mailbox | None = None  # as a list that rewrote From says it was
    fields: tuple[tuple[str, str], ...] = ()  # those that rules of the configuration look at
    handed_on_by: str = ""  # the From address, where a program or a list wrote for `sender`
    handed_on_as: str = ""  # the rule that says so
    is_all_quote: bool = False  # nothing stands in it but what it quotes of a mail of ours
    quoted_key: str = ""  # of a ticket, when only the quoted mail of ours says which one
    answers_inside: bool = False  # by no id, but it may answer a mail of ours for agents alone
    holds_inside: bool = False  # such a mail of ours stands in `text`
    unread: str = ""  # why the message could not be read whole; its one file is the message itself
    is_cut: bool = False  # there are more words than `full_text` holds; a file has them all
    defects: tuple[str, ...] = ()

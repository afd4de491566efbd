"""What an outbox row remembers for its template: plain values, frozen when the row is made.

In: what the door knew in the recording transaction. Out: a JSON document that renders to the same
mail for ever, whatever becomes of the ticket meanwhile. `complete` fills what a row leaves out, so
a row written by an older maildesk still renders under newer templates.
*Fails:* never.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypedDict

from maildesk.core.phrase import Line, Phrase

VERSION = 1

# A sentence of ours, to be said in the reader's language: {"say": code, "with": {name: value}}.
Said = TypedDict("Said", {"say": str, "with": dict[str, str]})
LineFacts = Said | str


class Person(TypedDict):
    """Somebody by name and address; the name may be ""."""

    name: str
    email: str


class Recipient(Person):
    """Who gets the mail, and as what: requester, participant, agent or admin."""

    role: str


class DeskFacts(TypedDict):
    """The desk that speaks."""

    key: str
    name: str
    address: str


class TicketFacts(TypedDict):
    """The ticket as it stood. `owner` is an agent's name or None; `created_at` is ISO 8601."""

    key: str
    subject: str
    status: str
    priority: str | None
    type: str | None
    created_at: str
    requester: Person
    owner: str | None


class AttachmentFacts(TypedDict):
    """One file of the comment; `sent` says whether it travels with this very mail."""

    name: str
    type: str
    size: int
    sent: bool


class CommentFacts(TypedDict):
    """What somebody wrote: `text` without quotes and signature, `html` sanitised or None."""

    author: Person
    author_is_agent: bool
    is_internal: bool
    at: str
    text: str
    html: str | None
    attachments: list[AttachmentFacts]


class Alert(TypedDict):
    """Something that people must know: one sentence, then facts of a line each."""

    title: LineFacts
    lines: list[LineFacts]


class Related(TypedDict):
    """Another ticket that this one was linked to."""

    key: str


class LinkFacts(TypedDict):
    """Something that belongs to the ticket: the key of another one, or a web address."""

    kind: str  # related, split, duplicate, external
    to: str


class ForwardFacts(TypedDict):
    """Who of the agents passed the first words on, and what they say to it, line by line."""

    by: str
    note: list[LineFacts]


class TranscriptFacts(TypedDict):
    """What became of one command line; with a `form` it was not done, and would be like that."""

    line: str
    said: LineFacts
    form: str


class Action(TypedDict):
    """Something to do by one mail: a mailto link, and beside it the line to answer with.

    One that is a whole mail has no such line.
    """

    label: LineFacts
    to: str
    subject: LineFacts
    line: str  # "#approve 7K3M-…"
    is_whole: bool


class EstimateFacts(TypedDict):
    """What work is to cost. `left_seconds` is what its package still has, before this work."""

    number: int
    seconds: int
    by: str | None  # an ISO 8601 day
    words: str
    left_seconds: int | None
    package: str | None
    is_budgeted: bool  # whether work for this customer is paid from packages
    approved: bool | None  # None: nobody has decided yet


class TicketRow(TypedDict):
    """One ticket of a list. `at` is when it last changed; rows of one `group` stand together."""

    key: str
    subject: str
    status: str
    priority: str | None
    owner: str | None
    requester: Person
    at: str
    note: LineFacts | None
    group: LineFacts | None
    actions: list[Action]


class FieldFacts(TypedDict):
    """A line of a filled-in intake block."""

    name: str
    value: str


class GuideRow(TypedDict):
    """A command line and what it does."""

    line: str
    words: LineFacts


class Snapshot(TypedDict, total=False):
    """All that templates may name. Only `subject_line`, `desk` and `recipient` must be given."""

    version: int
    subject_line: LineFacts  # "[HELP-12] The printer burns", the same for the ticket's whole life
    desk: DeskFacts
    recipient: Recipient
    ticket: TicketFacts | None
    comment: CommentFacts | None
    comments: list[CommentFacts]  # several in one mail, oldest first
    reason: str  # requester, participant, agent, owner, admin: why this person gets the mail
    is_inside: bool  # whether an answer to the mail stays among agents
    people: list[Person]  # customers who take part, beside the reader
    actor: Person | None  # who did what the mail tells of
    alert: Alert | None
    changes: list[LineFacts]  # what is another now
    transcript: list[TranscriptFacts]
    estimate: EstimateFacts | None
    table: list[TicketRow]
    more: int  # tickets that were left out of `table`
    guide: list[GuideRow]
    fields: list[FieldFacts]
    intake: str  # lines that the reader is asked to fill in
    missing: list[str]  # names of those that must be
    closes_at: str | None  # when the ticket is closed if nobody answers
    actions: list[Action]
    related: Related | None
    links: list[LinkFacts]  # as far as this reader may know of them
    forward: ForwardFacts | None
    unsubscribe: str  # the mailto link of List-Unsubscribe; "" where there is none
    forms: list[str]  # command lines that the reader may send back
    timezone: str  # whose days are shown; a name of the IANA database


_ABSENT: dict[str, object] = {
    "version": VERSION,
    "ticket": None,
    "comment": None,
    "comments": [],
    "reason": "",
    "is_inside": False,
    "people": [],
    "actor": None,
    "alert": None,
    "changes": [],
    "transcript": [],
    "estimate": None,
    "table": [],
    "more": 0,
    "guide": [],
    "fields": [],
    "intake": "",
    "missing": [],
    "closes_at": None,
    "actions": [],
    "related": None,
    "links": [],
    "forward": None,
    "unsubscribe": "",
    "forms": [],
    "timezone": "UTC",
}
_COMMENT: dict[str, object] = {
    "author_is_agent": False,
    "is_internal": False,
    "at": "",
    "html": None,
    "attachments": [],
}
_ROW: dict[str, object] = {
    "priority": None,
    "owner": None,
    "requester": {"name": "", "email": ""},
    "at": "",
    "note": None,
    "group": None,
    "actions": [],
}
# What is filled in inside of one value, or of each of a list.
_ABSENT_IN: dict[str, dict[str, object]] = {
    "recipient": {"name": "", "role": "participant"},
    "ticket": {"priority": None, "type": None, "owner": None, "created_at": ""},
    "comment": _COMMENT,
    "comments": _COMMENT,
    "alert": {"lines": []},
    "actions": {"is_whole": False},
    "forward": {"note": []},
    "transcript": {"form": ""},
    "estimate": {
        "number": 1,
        "by": None,
        "words": "",
        "left_seconds": None,
        "package": None,
        "is_budgeted": False,
        "approved": None,
    },
    "table": _ROW,
}


def line_of(line: Line) -> LineFacts:
    """A line as the snapshot keeps it."""
    return {"say": line.code, "with": dict(line.values)} if isinstance(line, Phrase) else line


def lines_of(lines: Iterable[Line]) -> list[LineFacts]:
    """Lines as the snapshot keeps them."""
    return [line_of(line) for line in lines]


def complete(values: Mapping[str, object]) -> dict[str, object]:
    """`values` with every key that a template may name; what is given is never changed."""
    whole = {**_ABSENT, **values}
    for key, absent in _ABSENT_IN.items():
        given = whole.get(key)
        if isinstance(given, Mapping):
            whole[key] = {**absent, **given}
        elif isinstance(given, list):
            whole[key] = [{**absent, **one} for one in given]
    return whole

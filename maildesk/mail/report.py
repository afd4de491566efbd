"""What a report says about a mail that came back: for whom, how it ended, and which mail it was.

In: header block, parts and decoded subject of a message, and what kind of machine wrote it. Out: a
`Report`, None for what is no report. RFC 3464 and 6522 are read as written, ARF (RFC 5965) and MDN
(RFC 8098) by their fields; for the words of older systems there is `report_text`.
*Fails:* never; what cannot be read is left out. Nothing here is proof: `core.bounce` weighs it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from maildesk.core.message import Machine
from maildesk.core.report import Action, Fate, Report, ReportKind
from maildesk.core.spelling import canonical
from maildesk.core.status_code import read_status
from maildesk.errors import UnparseableMessage
from maildesk.mail.addresses import read_path
from maildesk.mail.charsets import decode
from maildesk.mail.clean import clean_line, clean_text
from maildesk.mail.headers import HeaderBlock, read_text, split, split_part, unfold
from maildesk.mail.report_text import ADDRESS, is_bounce_subject, read_words
from maildesk.mail.tree import Part

_STATUS = ("message/delivery-status", "message/global-delivery-status")
_COMPLAINT = "message/feedback-report"
_RECEIPT = ("message/disposition-notification", "message/global-disposition-notification")
_RETURNED = (
    "message/rfc822",
    "message/rfc822-headers",
    "message/global",
    "message/global-headers",
    "text/rfc822-headers",
    "text/rfc822",
)
_GROUPS_LIMIT = 200
_FATES_LIMIT = 50
_IDS_LIMIT = 50
_DIAGNOSTIC_LIMIT = 500
_SUBJECTS_LIMIT = 5
_SUBJECT_LIMIT = 500
_LOOK = 256 * 1024
_ID = re.compile(r"<[^<>\s]{1,500}>")
_QUOTED_FIELD = re.compile(
    r"^[ \t>|]{0,8}(message-id|references|in-reply-to|return-path|x-envelope-from|subject)"
    r"[ \t]{0,4}:"
    r"([^\n]{0,2000}(?:\n[ \t>|]{1,8}<[^\n]{0,998}){0,20})",
    re.IGNORECASE | re.MULTILINE,
)
_REJECTED = re.compile(r"was automatically rejected", re.IGNORECASE)
_DAEMON = re.compile(r"mailer-?daemon|mail delivery (?:sub)?system|postmaster@", re.IGNORECASE)
# How the words of Action begin (RFC 3464 §2.3.3), and of those who write their own.
_ACTIONS = (
    ("fail", Action.FAILED),
    ("error", Action.FAILED),
    ("expired", Action.FAILED),
    ("undeliver", Action.FAILED),
    ("delay", Action.DELAYED),
    ("warn", Action.DELAYED),
    ("deliver", Action.DELIVERED),
    ("relay", Action.RELAYED),
    ("expand", Action.EXPANDED),
)
_BY_CLASS = {"2": Action.DELIVERED, "4": Action.DELAYED, "5": Action.FAILED}


def read_report(
    block: HeaderBlock, parts: list[Part], subject: str, machine: Machine
) -> Report | None:
    """The report that the message is, or may be.

    What only looks like one, by its subject, is read as well: when it turns out to hold a mail of
    ours it is one, and `machine` stays what it was until then.
    """
    kind, fields = _fields_of_report(parts)
    if kind is None and machine is not Machine.BOUNCE and not _may_be_one(block, subject, machine):
        return None
    texts = _texts(parts)
    if kind is ReportKind.RECEIPT and any(_REJECTED.search(text) for text in texts):
        kind = ReportKind.DELIVERY  # Dovecot refuses mail by an MDN that says "deleted"
    returned = _Returned()
    returned.read_fields(fields)
    for part in parts:
        if part.type in _RETURNED and part.parent is not None:
            returned.read_header(part.bytes()[:_LOOK])
    for text in texts:
        returned.read_quoted(text)
    fates = tuple(_fates(fields)) if kind is ReportKind.DELIVERY else ()
    if kind in (None, ReportKind.DELIVERY) and not any(f.recipient for f in fates):
        fates = _other_fates(block, texts, subject, returned.ids()) or fates
    return Report(
        kind=kind or ReportKind.DELIVERY,
        fates=fates[:_FATES_LIMIT],
        message_ids=tuple(returned.message_ids)[:_IDS_LIMIT],
        references=tuple(returned.references)[:_IDS_LIMIT],
        subjects=tuple(returned.subjects)[:_SUBJECTS_LIMIT],
        reverse_paths=tuple(returned.reverse_paths)[:_IDS_LIMIT],
    )


def _may_be_one(block: HeaderBlock, subject: str, machine: Machine) -> bool:
    """By its looks; a person's answer to a mail is none, however its subject begins."""
    answers = block.first("in-reply-to") is not None or block.first("references") is not None
    if answers and machine is not Machine.REPLY:
        return False
    return is_bounce_subject(subject) or is_by_daemon(block)


def is_by_daemon(block: HeaderBlock) -> bool:
    """Whether From says that a mail system wrote this."""
    return bool(_DAEMON.search(block.text("from")[:1_000]))


def _fields_of_report(parts: list[Part]) -> tuple[ReportKind | None, list[HeaderBlock]]:
    """The first machine-readable part: what kind it is, and its groups of fields."""
    for part in parts:
        if part.type in _STATUS:
            return ReportKind.DELIVERY, list(_groups(part.bytes()[:_LOOK]))
        if part.type == _COMPLAINT:
            return ReportKind.COMPLAINT, list(_groups(part.bytes()[:_LOOK]))
        if part.type in _RECEIPT:
            return ReportKind.RECEIPT, list(_groups(part.bytes()[:_LOOK]))
    return None, []


def _groups(data: bytes) -> Iterator[HeaderBlock]:
    """The groups of fields in a status part, parted by empty lines (RFC 3464 §2.1)."""
    at = 0
    for _ in range(_GROUPS_LIMIT):
        while data[at : at + 1] in (b"\r", b"\n"):
            at += 1
        if at >= len(data):
            return
        try:
            group = split_part(data, at)
        except UnparseableMessage:
            return
        if group.body == at:  # no field begins here
            return
        at = group.body
        yield group


def _fates(groups: list[HeaderBlock]) -> Iterator[Fate]:
    for group in groups:
        final = _recipient(group, "final-recipient")
        original = _recipient(group, "original-recipient")
        if not (final or original):
            continue
        diagnostic = group.text("diagnostic-code").partition(";")[2].strip()
        diagnostic = diagnostic or group.text("diagnostic-code")
        status = _status(group.text("status"), diagnostic)
        yield Fate(
            recipient=final or original,
            original=original,
            action=_action(group.text("action"), status),
            status=status,
            diagnostic=diagnostic[:_DIAGNOSTIC_LIMIT],
        )


def _recipient(group: HeaderBlock, name: str) -> str:
    """The address of `rfc822; ada@example.com`; some write the type twice, or not at all."""
    value = group.text(name)[:2_000]
    found = ADDRESS.search(value.rpartition(";")[2]) or ADDRESS.search(value)
    return canonical(found[0]) if found else ""


def _status(stated: str, diagnostic: str) -> str:
    """The enhanced code, by the diagnostic where the field says no more than the class."""
    status = read_status(stated)
    if status and not status.endswith(".0.0"):
        return status
    better = read_status(diagnostic)
    return better if better and better[:1] in (status[:1], "") else status or better


def _action(word: str, status: str) -> Action:
    word = word.strip().lower()
    named = (action for start, action in _ACTIONS if word.startswith(start))
    return next(named, _BY_CLASS.get(status[:1], Action.FAILED))


def _other_fates(
    block: HeaderBlock, texts: list[str], subject: str, ids: frozenset[str]
) -> tuple[Fate, ...]:
    """Who failed by what is meant for people, and by X-Failed-Recipients (Exim, Gmail)."""
    own = ADDRESS.findall(" ".join(block.text(n)[:4_000] for n in ("to", "cc", "from", "sender")))
    words = read_words("\n".join(texts), subject, ids.union(canonical(a) for a in own))
    named = [canonical(a) for a in ADDRESS.findall(block.text("x-failed-recipients")[:20_000])]
    if not named:
        return words
    said = {fate.recipient: fate for fate in words}
    first = next(iter(words), Fate(recipient="", action=Action.FAILED))
    return tuple(
        said.get(address)
        or Fate(
            recipient=address,
            action=first.action,
            status=first.status,
            diagnostic=first.diagnostic,
        )
        for address in dict.fromkeys(named)
    )


def _texts(parts: list[Part]) -> list[str]:
    """What people are meant to read, as far as the first pieces go."""
    left = _LOOK
    found = []
    for part in parts:
        if part.children or not part.type.startswith("text/") or part.type in _RETURNED:
            continue
        text = clean_text(decode(part.bytes()[:left], part.param("charset")))
        if part.type == "text/html":
            text = _without_tags(text)
        left -= len(text)
        found.append(text)
        if left <= 0:
            break
    return found


_BREAK = re.compile(r"<(?:br|/p|/div|/tr|/li|/h[1-6])\b[^<>]{0,500}>", re.IGNORECASE)
_TAG = re.compile(r"<[a-z/!][^<>@]{0,2000}>", re.IGNORECASE)


def _without_tags(html: str) -> str:
    """Enough of a text to find addresses and codes in; nobody gets to see it."""
    text = _TAG.sub(" ", _BREAK.sub("\n", html))
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&#64;", "@")


class _Returned:
    """What is found out about the mail that came back; dicts for their order."""

    def __init__(self) -> None:
        self.message_ids: dict[str, None] = {}
        self.references: dict[str, None] = {}
        self.reverse_paths: dict[str, None] = {}
        self.subjects: dict[str, None] = {}

    def read_header(self, data: bytes) -> None:
        """The header of an enclosed message, or a header that is enclosed alone."""
        try:
            self._read(split(data))
        except UnparseableMessage:
            # The header of a hostile or cut mail; the ids in it may still be found.
            self.read_quoted(clean_text(decode(data[: 64 * 1024])))

    def read_fields(self, groups: list[HeaderBlock]) -> None:
        """The fields by which MDN, ARF and Gmail name the mail."""
        for group in groups:
            for name in ("original-message-id", "x-original-message-id"):
                self._add(self.message_ids, group.text(name))
            self._add_path(read_path(group.first("original-mail-from")))

    def read_quoted(self, text: str) -> None:
        """A header that stands in plain text, perhaps behind quote marks."""
        for found in _QUOTED_FIELD.finditer(text):
            name, value = found[1].lower(), found[2]
            if name == "message-id":
                self._add(self.message_ids, value)
            elif name in ("references", "in-reply-to"):
                self._add(self.references, value)
            elif name == "subject":
                self.subjects[value.strip()[:_SUBJECT_LIMIT]] = None
            else:
                self._add_path(read_path(value.encode("utf-8", "replace")))

    def ids(self) -> frozenset[str]:
        """The ids without their brackets, which look like addresses."""
        return frozenset(i.strip("<>").lower() for i in (*self.message_ids, *self.references))

    def _read(self, block: HeaderBlock) -> None:
        self.subjects[block.text("subject")[:_SUBJECT_LIMIT]] = None
        for value in block.all("message-id"):
            self._add(self.message_ids, read_text(unfold(value)[:4_000]))
        for name in ("in-reply-to", "references"):
            for value in block.all(name):
                self._add(self.references, clean_line(decode(unfold(value))))
        for name in ("return-path", "x-envelope-from"):
            for value in block.all(name):
                self._add_path(read_path(value))

    def _add(self, ids: dict[str, None], value: str) -> None:
        ids.update(dict.fromkeys(_ID.findall(value)))

    def _add_path(self, path: str | None) -> None:
        if path:
            self.reverse_paths[path] = None

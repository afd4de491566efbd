"""The one place where outgoing mail is written: typed values in, RFC 5322 bytes out.

In: an `OutgoingMail`. Out: bytes with CRLF, 7-bit, no line over 998 octets; text first, HTML
second, attachments around both. The same value gives the same bytes, so a retry is the same mail.
Every block of fields is read back before it leaves: its names must be exactly the ones meant.
*Fails:* `MaildeskError` for an address or Message-ID that cannot stand in a header, a date without
a zone, or bytes that do not read back as meant.

A recipient with a non-ASCII local part is written as it is (RFC 6532); such a mail is 8-bit in its
To field alone and goes only to relays that offer SMTPUTF8. Domains are always ASCII.
"""

from __future__ import annotations

import binascii
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.errors import MultipartInvariantViolationDefect
from email.parser import BytesHeaderParser
from email.utils import format_datetime

from maildesk.core.message import Mailbox
from maildesk.errors import MaildeskError
from maildesk.mail import header_encoding as encode

_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,60}")

# A header block alone has no parts: Python 3.11.2, which Debian 12 ships, calls that a defect.
_EXPECTED_DEFECT = MultipartInvariantViolationDefect

_REFERENCES = 10  # the root and the opening mail, then the newest
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LINE_ENDS = re.compile("[\r\x85\u2028\u2029]")

Fields = list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingAttachment:
    """A file that travels with the mail."""

    name: str
    type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMail:
    """Everything that one mail to one person says. Texts may hold anything; addresses are checked.

    `auto_submitted` is "auto-replied", "auto-generated" or None for a person's own words.
    `references` come oldest first, the thread's root at the head.
    """

    from_name: str
    from_address: str
    to: Mailbox
    reply_to: str
    subject: str
    message_id: str
    date: datetime
    event: str
    text: str
    html: str | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    auto_submitted: str | None = None
    ticket: str = ""
    reason: str = ""
    unsubscribe: str = ""  # a mailto link
    attachments: tuple[OutgoingAttachment, ...] = ()


def write(mail: OutgoingMail) -> bytes:
    """The mail as bytes, its fields proved to be the ones meant."""
    fields, body = _body(mail)
    utf8 = encode.needs_smtputf8(mail.to.email) or encode.needs_smtputf8(mail.from_address)
    return _block([*_fields(mail), ("MIME-Version", "1.0"), *fields], utf8=utf8) + body


def _fields(mail: OutgoingMail) -> Fields:
    """The message's own fields in the order in which people like to read them."""
    fields = [
        ("From", encode.mailbox("From", mail.from_name, mail.from_address)),
        ("To", encode.mailbox("To", mail.to.name, mail.to.email)),
        ("Reply-To", encode.mailbox("Reply-To", "", mail.reply_to)),
        ("Subject", encode.unstructured("Subject", mail.subject)),
        ("Date", _date(mail.date)),
        ("Message-ID", encode.own_message_id(mail.message_id)),
    ]
    return [*fields, *_thread(mail), *_marks(mail)]


def _thread(mail: OutgoingMail) -> Iterator[tuple[str, str]]:
    if mail.in_reply_to and encode.is_message_id(mail.in_reply_to):
        yield "In-Reply-To", mail.in_reply_to
    ids = list(dict.fromkeys(i for i in mail.references if encode.is_message_id(i)))
    if len(ids) > _REFERENCES:
        ids = ids[:2] + ids[2 - _REFERENCES :]
    if ids:
        yield "References", encode.message_ids("References", ids)


def _marks(mail: OutgoingMail) -> Iterator[tuple[str, str]]:
    """What machines read: robots must not answer, filters may sort (RFC 3834 §5)."""
    if mail.auto_submitted:
        yield "Auto-Submitted", encode.token(mail.auto_submitted)
        yield "X-Auto-Response-Suppress", "All"
    if mail.ticket:
        yield "X-Maildesk-Ticket", encode.token(mail.ticket)
    yield "X-Maildesk-Event", encode.token(mail.event)
    if mail.unsubscribe:
        yield "List-Unsubscribe", encode.link(mail.unsubscribe)
    if mail.reason:
        yield "X-Maildesk-Reason", encode.unstructured("X-Maildesk-Reason", mail.reason)


def _date(moment: datetime) -> str:
    if moment.tzinfo is None:
        msg = f"the date {moment} has no time zone"
        raise MaildeskError(msg)
    return format_datetime(moment)


def _body(mail: OutgoingMail) -> tuple[Fields, bytes]:
    """The Content fields of the whole, and what follows the empty line."""
    # `=_` cannot occur in quoted-printable or base64 (RFC 2045 §6.7), so no body can end early.
    mark = "=_" + hashlib.sha256(mail.message_id.encode()).hexdigest()[:24]
    fields, body = _text("plain", mail.text)
    if mail.html is not None:
        parts = [_part(fields, body), _part(*_text("html", mail.html))]
        fields, body = _multipart("alternative", f"{mark}.a", parts)
    if mail.attachments:
        files = [_part(*_attachment(n, a)) for n, a in enumerate(mail.attachments, 1)]
        fields, body = _multipart("mixed", f"{mark}.m", [_part(fields, body), *files])
    return fields, body


def _multipart(kind: str, mark: str, parts: list[bytes]) -> tuple[Fields, bytes]:
    fields = [("Content-Type", f'multipart/{kind};{encode.FOLD}boundary="{mark}"')]
    between = b"\r\n--" + mark.encode()
    body = b"".join(between + b"\r\n" + part for part in parts)
    return fields, body.removeprefix(b"\r\n") + between + b"--\r\n"


def _part(fields: Fields, body: bytes) -> bytes:
    return _block(fields) + body


def _text(kind: str, text: str) -> tuple[Fields, bytes]:
    """A text part as quoted-printable, or base64 where that is a good deal shorter."""
    text = _LINE_ENDS.sub("\n", text.replace("\r\n", "\n"))
    text = _CONTROLS.sub("\ufffd", text).rstrip("\n") + "\n"
    data = text.encode("utf-8", "replace")
    body, encoding = _quoted_printable(data), "quoted-printable"
    if len(body) > 1.5 * len(data) + 100:
        body, encoding = _base64(data.replace(b"\n", b"\r\n")), "base64"
    return [
        ("Content-Type", f"text/{kind}; charset=utf-8"),
        ("Content-Transfer-Encoding", encoding),
    ], body


def _attachment(number: int, attachment: OutgoingAttachment) -> tuple[Fields, bytes]:
    kind = attachment.type.lower()
    # RFC 2046 §5.2.1 and §5.1 forbid base64 on these two; as plain bytes they stay what they were.
    if not _TYPE.fullmatch(kind) or kind.startswith(("multipart/", "message/")):
        kind = "application/octet-stream"
    return [
        ("Content-Type", kind),
        ("Content-Transfer-Encoding", "base64"),
        ("Content-Disposition", "attachment" + encode.file_name(attachment.name, number)),
    ], _base64(attachment.content)


def _quoted_printable(data: bytes) -> bytes:
    """RFC 2045 §6.7; a leading `From ` is hidden from programs that would put a `>` before it."""
    lines = binascii.b2a_qp(data, istext=True)
    lines = re.sub(rb"^From ", b"=46rom=\n ", lines, flags=re.MULTILINE)
    return lines.replace(b"\n", b"\r\n")


def _base64(data: bytes) -> bytes:
    text = binascii.b2a_base64(data, newline=False)
    return b"".join(text[at : at + 76] + b"\r\n" for at in range(0, len(text), 76)) or b"\r\n"


def _block(fields: Fields, *, utf8: bool = False) -> bytes:
    """The fields and the empty line behind them.

    Raises MaildeskError unless they read back as exactly these names in this order.
    """
    text = "".join(f"{name}: {body}\r\n" for name, body in fields) + "\r\n"
    data = text.encode("utf-8", "replace")
    read = BytesHeaderParser().parsebytes(data)
    lines = data.split(b"\r\n")
    sound = (
        read.keys() == [name for name, _ in fields]
        and all(isinstance(defect, _EXPECTED_DEFECT) for defect in read.defects)
        and len(lines) == text.count(encode.FOLD) + len(fields) + 2
        and not any(b"\r" in line or b"\n" in line or len(line) > 998 for line in lines)
        and (utf8 or data.isascii())
    )
    if not sound:
        msg = f"the header would not be read as it was meant: {read.keys()}"
        raise MaildeskError(msg)
    return data

"""The mail that a message passes on: enclosed whole, or written into its text by a mail program.

In: a message's parts, text, header block, and the reader for an enclosed message. Out:
`core.model.Forwarded`, None when the message passes nothing on. Whether anybody may pass mail on
is for the core; here nothing is believed.
*Fails:* never; an original that cannot be read is a `Forwarded` without a sender.

    enclosed as message/rfc822    exact: read as a mail of its own, one level deep
    header lines in the text      as far as programs write them; the id from X-Forwarded-Message-Id,
                                  a Message-ID line, In-Reply-To or References
    neither, but `Fwd:`           nobody can be made out, and whoever forwarded it must be asked
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from maildesk.core import signature
from maildesk.core.message import Attachment, Forwarded, InboundMessage, Mailbox
from maildesk.core.spelling import canonical
from maildesk.errors import UnparseableMessage
from maildesk.mail import forward_words, signature_words, tree
from maildesk.mail.addresses import MAILBOXES_LIMIT
from maildesk.mail.clean import cap, clean_line
from maildesk.mail.forward_block import Found, find
from maildesk.mail.forward_html import cut_out, part_at, words_below
from maildesk.mail.forward_words import Label
from maildesk.mail.forwarder import holds_more, signs_below
from maildesk.mail.reply import strip_reply
from maildesk.mail.shown_date import read_shown_date

ENCLOSED = 100_000  # parts of the enclosed message are numbered from here on
_LITTLE = 300  # characters: who writes no more beside an enclosed mail passes it on
_LONGEST = 4_000  # characters of a header line
_SUBJECT_LIMIT = 2_000
_ADDRESS = re.compile(
    r"[^\s<>()\[\],;:\"\\/'|]{1,64}@(?:[^\s<>()\[\],;:\"\\@'|.]{1,63}\.){1,10}[^\W\d_]{2,63}"
    r"|[^\s<>()\[\],;:\"\\/'|]{1,64}@localhost\b"
)
_QUOTED_NAME = re.compile(r"[\"„“«]([^\"„“”«»<>]{1,100})[\"“”»]\s{0,3}[<\[(]")
_TIME = re.compile(r"\d{1,2}[:.h]\d{2}")
_NAME_DIRT = " \t\"'„“”«»<>[](),;:*"
_SIGNATURE = re.compile(r"^-- ?$", re.MULTILINE)
_ID = re.compile(r"<[^<>\s]{1,500}>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outer:
    """What of the forwarding mail matters to what it forwards."""

    subject: str
    sender: Mailbox | None
    text: str
    html: str | None
    marked: str  # the same, with marks at the elements that a mail program names
    date: str  # the Date field as it stands: its zone is that of the dates in the text
    ids: tuple[str, ...]  # which mail it may pass on: the likeliest first
    thread: tuple[str, ...]
    parts: list[tree.Part]
    attachments: tuple[Attachment, ...]


def is_forward(subject: str, answered: tuple[str, ...]) -> bool:
    """Whether the subject calls the mail a forward; `answered` are the ids that it refers to.

    `VS:` is a forward in Danish and a reply in Finnish: on an answer to a mail of ours a reply.
    """
    if forward_words.SURE_SUBJECT.match(subject):
        return True
    is_answer = any(signature.read(message_id) for message_id in answered)
    return bool(forward_words.ANY_SUBJECT.match(subject)) and not is_answer


def read_forward(outer: Outer, read_mail: Callable[[bytes], InboundMessage]) -> Forwarded | None:
    """What the message passes on; `read_mail` reads an enclosed one."""
    is_named = is_forward(outer.subject, outer.ids)
    found = find(outer.text, is_forward=is_named)
    shown = _shown(outer, found) if found else None
    wholes = _enclosed(outer.parts)
    whole = _whole(wholes[0], read_mail) if len(wholes) == 1 else None
    if whole and _is_passed_on(outer, whole, shown, is_named=is_named):
        return replace(whole, is_named=is_named, note=_note(outer.text, found))
    if shown and (shown.sender or is_named):
        return replace(shown, is_named=is_named)
    return unread(outer.subject, outer.text)


def unread(subject: str, text: str) -> Forwarded | None:
    """What a subject promises that names a forward, when no original can be made out."""
    if not forward_words.SURE_SUBJECT.match(subject):
        return None
    return Forwarded(sender=None, is_named=True, note=_note(text, None))


def extract(parts: list[tree.Part], numbers: tuple[int, ...]) -> tuple[bytes, ...]:
    """The decoded bytes of parts, those of an enclosed original among them."""
    inner: list[tree.Part] = []
    if any(number >= ENCLOSED for number in numbers) and (wholes := _enclosed(parts)):
        inner = tree.open_enclosed(wholes[0])
    return tuple(
        _bytes_of(inner, number - ENCLOSED) if number >= ENCLOSED else _bytes_of(parts, number)
        for number in numbers
    )


def _bytes_of(parts: list[tree.Part], number: int) -> bytes:
    return parts[number].bytes() if 0 <= number < len(parts) else b""


def _enclosed(parts: list[tree.Part]) -> list[tree.Part]:
    """Enclosed messages that a person may have put there; a report's or a digest's are not."""
    return [
        part
        for part in parts
        if part.type in ("message/rfc822", "message/global")
        and (part.parent is None or part.parent.type in ("multipart/mixed", "multipart/related"))
    ]


def _whole(part: tree.Part, read_mail: Callable[[bytes], InboundMessage]) -> Forwarded:
    """The enclosed message as what it is; an unreadable one has no sender."""
    try:
        mail = read_mail(part.bytes())
    except UnparseableMessage:
        return Forwarded(sender=None, part=part.number, is_found=True)
    return Forwarded(
        sender=mail.sender,
        shown_from=mail.shown_from,
        is_found=True,
        part=part.number,
        fingerprint=mail.fingerprint,
        message_id=mail.message_id,
        thread=tuple(dict.fromkeys((*mail.references, *mail.in_reply_to))),
        subject=mail.subject,
        date=mail.date,
        to=mail.to,
        cc=mail.cc,
        text=mail.text,
        full_text=mail.full_text,
        html=mail.html,
        attachments=tuple(replace(a, part=a.part + ENCLOSED) for a in mail.attachments),
        machine=mail.machine,
        may_be_answered=mail.may_be_answered,
        reply_to=mail.reply_to,
        list_id=mail.list_id,
        original_sender=mail.original_sender,
    )


def _is_passed_on(
    outer: Outer, whole: Forwarded, shown: Forwarded | None, *, is_named: bool
) -> bool:
    """Whether the enclosed message is the forwarded mail, and not a file that belongs to another.

    A mail forwarded in the text may have had an enclosed message of its own: then its header lines
    name somebody else, and its subject is the one that the forward repeats.
    """
    has_same_subject = bare_subject(whole.subject) == bare_subject(outer.subject)
    if shown and shown.sender and shown.sender != whole.sender and not has_same_subject:
        same_person = whole.sender and whole.sender.email == shown.sender.email
        return bool(same_person)
    return is_named or has_same_subject or len(_note(outer.text, None)) <= _LITTLE


def _shown(outer: Outer, found: Found) -> Forwarded:
    """The mail that stands in the text, as its header lines describe it."""
    found = _ended(found, outer.marked)
    headers = found.headers
    written = _ID.search(headers.get(Label.MESSAGE_ID, ""))
    ids = ((written[0],) if written else ()) + outer.ids
    shown_from = clean_line(headers.get(Label.FROM, ""))[:_SUBJECT_LIMIT]
    sender = _one_mailbox(shown_from)
    return Forwarded(
        sender=sender,
        shown_from=shown_from,
        is_found=True,
        is_mixed=_is_mixed(found, outer.sender, sender),
        note=_note(outer.text, found),
        message_id=ids[0] if ids else None,
        thread=tuple(i for i in dict.fromkeys((*outer.thread, *ids)) if i != ids[0]),
        subject=clean_line(headers.get(Label.SUBJECT, ""))[:_SUBJECT_LIMIT],
        date=read_shown_date(headers.get(Label.DATE, ""), outer.date),
        to=_mailboxes(headers.get(Label.TO, "")),
        cc=_mailboxes(headers.get(Label.CC, "")),
        reply_to=_mailboxes(headers.get(Label.REPLY_TO, "")),
        text=cap(strip_reply(found.text)),
        full_text=cap(found.text),
        html=cut_out(outer.html, found.text) if outer.html else None,
        attachments=outer.attachments,
    )


def _is_mixed(found: Found, forwarder: Mailbox | None, writer: Mailbox | None) -> bool:
    """Whether words may be the forwarder's or another mail's, and nobody can tell which."""
    if found.is_closed:
        return bool(found.below) and holds_more(found.below, None)
    return signs_below(found.text, forwarder, writer) or holds_more(found.text, writer)


def _ended(found: Found, marked: str) -> Found:
    """The same without what the HTML has below the element that holds the forwarded mail."""
    if found.is_closed or not marked:
        return found
    parted = part_at(found.text, words_below(marked))
    return replace(found, text=parted[0], below=parted[1]) if parted else found


def _note(text: str, found: Found | None) -> str:
    """What the forwarder says himself, without a signature; "" when that is all there is."""
    own = f"{found.above}\n\n{found.below}" if found else text
    cut = _SIGNATURE.search(own)
    own = (own[: cut.start()] if cut else own).strip()
    last = own.rpartition("\n")[2]
    if not own or (own == last and signature_words.DEVICE.fullmatch(last[:400])):
        return ""
    return cap(strip_reply(own).strip())


def bare_subject(subject: str) -> str:
    """A subject without the words for a forward, for comparison."""
    bare = subject.strip()
    while found := forward_words.ANY_SUBJECT.match(bare):
        bare = bare[found.end() :].strip()
    return " ".join(bare.casefold().split())


def _one_mailbox(value: str) -> Mailbox | None:
    """The one person whom a From line names; None for a name without an address, or several."""
    value = value[:_LONGEST]
    if behalf := forward_words.ON_BEHALF.search(value):
        value = value[behalf.end() :]
    addresses = {canonical(found): found.lower() for found in _ADDRESS.findall(_plain(value))}
    if len(addresses) != 1:
        return None
    [(email, written)] = addresses.items()
    return Mailbox(email=email, name=_name_before(value, written))


def _name_before(value: str, address: str) -> str:
    quoted = _QUOTED_NAME.search(value)
    if quoted:
        name = quoted[1]
    else:
        before = value[: max(0, value.lower().find(address))].replace("mailto:", " ")
        # An attribution (`On Friday at 12:46 Ada <…> wrote`) does not say where the name begins.
        name = "" if _TIME.search(before) else before
    name = clean_line(name).strip(_NAME_DIRT)
    return "" if name.lower() == address else name[:200]


def _mailboxes(value: str) -> tuple[Mailbox, ...]:
    """The people in a To or Cc line; names without an address are left out."""
    value = _plain(value[:_LONGEST])
    boxes: dict[str, Mailbox] = {}
    at = 0
    for found in _ADDRESS.finditer(value):
        name = re.split(r"[,;]", value[at : found.start()])[-1].strip(_NAME_DIRT)
        email = canonical(found[0])
        boxes.setdefault(email, Mailbox(email=email, name="" if "@" in name else name[:200]))
        at = found.end()
    return tuple(boxes.values())[:MAILBOXES_LIMIT]


def _plain(value: str) -> str:
    return value.replace("mailto:", " ")

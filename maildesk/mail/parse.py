"""One message from bytes to `InboundMessage`: the reading half of this room, in order.

In: raw bytes and the envelope sender ("" is the null sender, None where there was no envelope).
Out: `core.model.InboundMessage`, clean in every string. It runs in a worker process
(`mail.worker`): what it costs is bounded there, what it may be made of here (`mail.prescan`).
What is beyond a limit is told in its words, with the message itself as a file (`mail.salvage`).
*Fails:* UnparseableMessage, when memory runs out.
"""

from __future__ import annotations

import re
from dataclasses import replace

from maildesk.core.message import Attachment, InboundMessage, Machine
from maildesk.core.report import Report
from maildesk.core.spelling import canonical
from maildesk.errors import UnparseableMessage
from maildesk.mail import forward, prescan, salvage, sealed, tree
from maildesk.mail.addresses import MAILBOXES_LIMIT, Addresses, read_addresses, read_path
from maildesk.mail.authres import read_auth_results
from maildesk.mail.clean import cap, clean_line, is_cut
from maildesk.mail.dates import read_date
from maildesk.mail.fingerprint import fingerprint
from maildesk.mail.gesture import Gesture, read_gesture
from maildesk.mail.headers import HeaderBlock, unfold
from maildesk.mail.inline import has_cue
from maildesk.mail.machine import Signs, Verdict, judge
from maildesk.mail.reply import strip_reply
from maildesk.mail.report import is_by_daemon, read_report
from maildesk.mail.text import Body, read_body

IDS_LIMIT = 100
_SUBJECT_LIMIT = 2_000
_ANSWER = re.compile(
    r"\s*(?:\[[^\[\]]{0,40}\]\s*)?(?:re|aw|antw|antwort|sv|vs|odp|ynt|res|rif|bls|vá|απ|השב|رد"
    r"|回复|回覆|答复|答覆|返信|답장|회신|отв)"
    r"(?:[\[(]\d{1,3}[\])])?\s?[:：]",
    re.IGNORECASE,
)
_ID = re.compile(r"<([^<>]{1,2000})>")
_BARE_ID = re.compile(r"[^\s<>@]{1,1000}@[^\s<>@]{1,1000}")


def parse(raw: bytes, envelope_sender: str | None) -> InboundMessage:
    """The message as a value; what is missing or broken in it is None, "" or a defect."""
    try:
        return _parse(raw, envelope_sender)
    except UnparseableMessage as error:
        reason = str(error)
    except RecursionError:
        reason = "it is nested too deeply"
    except MemoryError as error:
        text = "reading the message takes more memory than allowed"
        raise UnparseableMessage(text) from error
    return read_in_part(raw, envelope_sender, reason, is_suspect=False)


def read_in_part(
    raw: bytes, envelope_sender: str | None, reason: str, *, is_suspect: bool = True
) -> InboundMessage:
    """A message that cannot be read whole: what its header says, and itself as a file."""
    block, is_whole = salvage.header(raw, is_suspect=is_suspect)
    body = salvage.body(reason)
    message = _message(raw, block, [salvage.top(block)], body, envelope_sender)
    return replace(
        message,
        text=body.text,
        full_text=body.text,
        attachments=(salvage.original(raw),),
        auth_results=message.auth_results if is_whole else (),
        report=None,
        unread=reason,
        forwarded=forward.unread(message.subject, ""),
    )


def extract(raw: bytes, parts: tuple[int, ...]) -> tuple[bytes, ...]:
    """The decoded bytes of the parts that `Attachment.part` names."""
    if all(part == salvage.WHOLE for part in parts):
        return (raw,) * len(parts)
    found = tree.read_tree(raw, prescan.check(raw))
    return forward.extract(found, parts)


def _parse(raw: bytes, envelope_sender: str | None) -> InboundMessage:
    block = prescan.check(raw)
    parts = tree.read_tree(raw, block)
    body = read_body(parts)
    message = _message(raw, block, parts, body, envelope_sender)
    outer = forward.Outer(
        subject=message.subject,
        sender=message.sender,
        text=body.text,
        html=body.html,
        marked=body.marked,
        date=block.text("date"),
        ids=_passed_on(block, message),
        thread=message.references,
        parts=parts,
        attachments=message.attachments,
    )
    passed_on = forward.read_forward(outer, _read_enclosed)
    return replace(message, forwarded=passed_on) if passed_on else message


def _read_enclosed(raw: bytes) -> InboundMessage:
    """An enclosed message, read like any other, but not what it encloses in turn."""
    block = prescan.check(raw)
    parts = tree.read_tree(raw, block)
    return _message(raw, block, parts, read_body(parts), None)


def _paths(block: HeaderBlock, envelope_sender: str | None) -> tuple[str | None, str | None]:
    """Where the mail is from by its envelope, and by its Return-Path."""
    return_path = read_path(block.first("return-path"))
    return (return_path if envelope_sender is None else envelope_sender), return_path


def _message(
    raw: bytes,
    block: HeaderBlock,
    parts: list[tree.Part],
    body: Body,
    envelope_sender: str | None,
) -> InboundMessage:
    people = read_addresses(block)
    subject = block.text("subject")[:_SUBJECT_LIMIT]
    path, return_path = _paths(block, envelope_sender)
    verdict, report = _judge(block, parts, people, path, body.text)
    return InboundMessage(
        fingerprint=_fingerprint(raw, block, people),
        message_id=_message_id(block),
        sender=people.sender,
        is_sender_mended=people.is_mended,
        shown_from=people.from_address or canonical(clean_line(path or return_path or "")),
        subject=subject,
        to=people.to,
        cc=people.cc,
        delivered_to=_delivered_to(block),
        date=read_date(block.text("date")),
        in_reply_to=_ids(block, "in-reply-to"),
        references=_ids(block, "references"),
        machine=verdict.kind,
        machine_mark=verdict.mark,
        may_be_answered=verdict.may_be_answered,
        text=body.with_notes(cap(_own_words(body, block, subject, people))),
        full_text=body.with_notes(body.text),
        is_cut=is_cut(body.text),
        html=body.html,
        attachments=_attachments(parts, body),
        auth_results=read_auth_results(block.all("authentication-results")),
        return_path=return_path,
        reply_to=people.reply_to,
        report=report,
        list_id=_list_id(block),
        original_sender=people.original_sender,
        defects=_defects(block, people, parts),
    )


def _passed_on(block: HeaderBlock, message: InboundMessage) -> tuple[str, ...]:
    """Which mail a forward may be about: what its program says, else what it answers."""
    said = _ids(block, "x-forwarded-message-id")
    return tuple(dict.fromkeys((*said, *message.in_reply_to, *reversed(message.references))))


def _judge(
    block: HeaderBlock,
    parts: list[tree.Part],
    people: Addresses,
    envelope_sender: str | None,
    text: str,
) -> tuple[Verdict, Report | None]:
    """Whether a machine wrote this, and the report that it wrote."""
    verdict = _verdict(block, parts, people, envelope_sender)
    report = read_report(block, parts, block.text("subject")[:_SUBJECT_LIMIT], verdict.kind)
    # Exim calls its reports auto-replied (RFC 3834 §5.2 allows both).
    if report and verdict.kind is Machine.REPLY and is_by_daemon(block):
        verdict = replace(verdict, kind=Machine.BOUNCE)
    gesture = read_gesture(block, parts, text, people.sender)
    return _unless_a_gesture(verdict, gesture), report


def _unless_a_gesture(verdict: Verdict, gesture: Gesture | None) -> Verdict:
    """A gesture is one whoever's mark it carries; reports and absence notices come before it."""
    if gesture is None or verdict.kind in (Machine.BOUNCE, Machine.REPLY, Machine.OWN):
        return verdict
    return Verdict(kind=gesture.kind, mark=gesture.mark, may_be_answered=False)


def _verdict(
    block: HeaderBlock, parts: list[tree.Part], people: Addresses, envelope_sender: str | None
) -> Verdict:
    """Whether a machine wrote this, and may it be answered?"""
    return judge(
        Signs(
            block=block,
            parts=parts,
            subject=block.text("subject")[:_SUBJECT_LIMIT],
            sender=people.sender,
            from_address=people.from_address,
            envelope_sender=envelope_sender,
            is_reply=_is_reply(block),
        )
    )


def _own_words(body: Body, block: HeaderBlock, subject: str, people: Addresses) -> str:
    """What `mail.reply` lets stand of the mail that this is."""
    answered = (*_ids(block, "in-reply-to"), *_ids(block, "references"))
    is_forward = forward.is_forward(subject, answered)
    is_reply = bool(answered) or _ANSWER.match(subject) is not None
    own = body.own if is_reply else body.unsigned
    is_shorter = own != body.text
    is_mixed = is_reply and (body.is_mixed or (is_shorter and has_cue(own.split("\n"))))
    text = sealed.unwrap(body.text if is_forward or is_mixed or not own.strip() else own)
    audience = frozenset(box.email for box in (*people.to, *people.cc))
    return strip_reply(
        text,
        is_forward=is_forward,
        is_reply=is_reply,
        is_mixed=is_mixed,
        is_coloured=is_reply and body.is_mixed,
        audience=audience,
    )


def _is_reply(block: HeaderBlock) -> bool:
    return bool(_ids(block, "in-reply-to") or _ids(block, "references"))


def _fingerprint(raw: bytes, block: HeaderBlock, people: Addresses) -> str:
    message_id = _message_id(block)
    date_text = block.text("date")
    return fingerprint(
        message_id=message_id,
        sender=people.from_address,
        date=read_date(date_text),
        date_text=date_text,
        subject=block.text("subject")[:_SUBJECT_LIMIT],
        body=raw[block.body :] if message_id is None else b"",
    )


def _message_id(block: HeaderBlock) -> str | None:
    """The Message-ID as received: `<…>`, else the first word; None without any."""
    value = _one_line(block.first("message-id"))
    found = _ID.search(value)
    if found:
        return f"<{''.join(found[1].split())}>"
    return next(iter(value.split()), "")[:_SUBJECT_LIMIT] or None


def _ids(block: HeaderBlock, name: str) -> tuple[str, ...]:
    """Every id of all fields of that name, in order, each once, the last hundred."""
    found = [i for value in block.all(name) for i in _ids_in(_one_line(value))]
    return tuple(dict.fromkeys(found))[-IDS_LIMIT:]


def _ids_in(value: str) -> list[str]:
    """Every `<…>`; in a field without one its words, if all of them have the form of an id.

    Some gateways take the angles away. Prose of old programs names addresses, so one other word
    makes it prose.
    """
    found = [f"<{''.join(inner.split())}>" for inner in _ID.findall(value) if inner.strip()]
    if found or "@" not in value:
        return found
    bare = [word.strip("<>,;\"'") for word in value.split()]
    return [f"<{word}>" for word in bare] if all(map(_BARE_ID.fullmatch, bare)) else []


def _one_line(value: bytes | None) -> str:
    return clean_line(unfold(value or b"").decode("utf-8", "replace"))


def _delivered_to(block: HeaderBlock) -> tuple[str, ...]:
    """Addresses that hops noted, for mail whose To names none of ours."""
    names = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to")
    paths = (read_path(value) for name in names for value in block.all(name))
    return tuple(dict.fromkeys(path for path in paths if path))[:MAILBOXES_LIMIT]


def _list_id(block: HeaderBlock) -> str:
    """The identifier between angles (RFC 2919 §2), in lower case."""
    value = block.text("list-id")[:_SUBJECT_LIMIT]
    before, angle, rest = value.rpartition("<")
    return (rest.partition(">")[0] if angle else before + rest).strip().lower()


def _attachments(parts: list[tree.Part], body: Body) -> tuple[Attachment, ...]:
    files = (part for part in parts if not part.children or not part.is_whole)
    leaves = (part for part in files if part.number not in body.shown)
    return tuple(
        tree.describe(part)
        for part in leaves
        if not part.type.startswith("multipart/") and not tree.is_hidden(part)
    )


def _defects(block: HeaderBlock, people: Addresses, parts: list[tree.Part]) -> tuple[str, ...]:
    found = [*people.defects, *tree.defects(parts)]
    if block.mended:
        found.append("the header block was mended")
    for name in ("message-id", "subject", "date"):
        if len(block.all(name)) > 1:
            found.append(f"several {name.title()} fields")
    return tuple(found)[:50]

"""Who wrote and to whom: the one place that talks to mail-parser.

In: a `HeaderBlock`. Out: mailboxes with addresses in lower case. Who acts for whom hangs on `From`,
so it is read strictly: mail-parser's scanner decides what one mailbox is (it reports the tricks of
CVE-2023-27043's family, which the standard library's `parseaddr` falls for).
*Fails:* never; what cannot be read strictly is no sender, and `defects` says why.

mail-parser gets a view of the address fields alone. Its reading of bodies costs four fifths of its
time, loses nameless parts and raises on broken multiparts; `tree` reads those.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message
from typing import Any

import mailparser

from maildesk.core.model import Mailbox
from maildesk.mail.charsets import decode
from maildesk.mail.clean import clean_line
from maildesk.mail.headers import HeaderBlock, decode_words, unfold

MAILBOXES_LIMIT = 50

_ANGLE = re.compile(r"<\s*([^<>\s,;]{1,254}@[^<>\s,;]{1,254})\s*>")
_BARE = re.compile(r"[^\s<>()\[\],;:\"]{1,254}@[^\s<>()\[\],;:\"@]{1,254}")
_SOUND = re.compile(r"[^\s<>()\[\],;:\"\\\x00-\x20\x7f-\x9f]{1,64}@[^\s<>(),;:\"\\@]{1,254}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """The address fields of one message."""

    sender: Mailbox | None
    from_address: str  # best effort, "" when From holds no address
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...]
    defects: tuple[str, ...]


def read_addresses(block: HeaderBlock) -> Addresses:
    """From, To and Cc; several To or Cc fields count as one (RFC 5322 §3.6 allows one)."""
    from_values = block.all("from")
    view = Message()
    for name, values in (("From", from_values), ("To", block.all("to")), ("Cc", block.all("cc"))):
        if values:
            view[name] = ", ".join(filter(None, map(_plain, values)))
    mail = _parse(view)
    found = _mailboxes(mail, "from")
    faults = _faults(mail)
    sender = None
    if len(from_values) == 1 and len(found) == 1 and _is_one_mailbox(from_values[0], faults):
        sender = found[0] if _SOUND.fullmatch(found[0].email) else None
    defects = list(faults)
    if len(from_values) > 1:
        defects.append("several From fields")
    return Addresses(
        sender=sender,
        from_address=found[0].email if len(found) else _guess(from_values),
        to=_mailboxes(mail, "to")[:MAILBOXES_LIMIT],
        cc=_mailboxes(mail, "cc")[:MAILBOXES_LIMIT],
        defects=tuple(defects),
    )


def read_path(value: bytes | None) -> str | None:
    """The address of a Return-Path, Delivered-To or similar field; "" for `<>`, None for none."""
    if value is None:
        return None
    text = clean_line(decode(unfold(value)))
    if "<>" in text.replace(" ", ""):
        return ""
    found = _ANGLE.search(text)
    bare = found[1] if found else text.strip("<>").strip()
    return bare.lower() if "@" in bare and _BARE.fullmatch(bare) else None


def _parse(view: Message) -> Any:
    """mail-parser's reading; it is known to raise on input it did not foresee."""
    try:
        return mailparser.MailParser(view)
    except Exception:  # whatever it is, such addresses are nobody's
        return None


def _mailboxes(mail: Any, name: str) -> tuple[Mailbox, ...]:
    if mail is None:
        return ()
    pairs: list[tuple[str, str]] = getattr(mail, "from_" if name == "from" else name) or []
    found = (
        Mailbox(email=clean_line(address).lower(), name=_read_name(shown))
        for shown, address in pairs
        if "@" in address
    )
    return tuple({box.email: box for box in reversed(list(found))}.values())[::-1]


def _faults(mail: Any) -> tuple[str, ...]:
    """What was wrong with From beyond repair; what was mended names one mailbox all the same."""
    if mail is None:
        return ("From cannot be read",)
    return tuple(
        f"From: {clean_line(str(defect['reason']))}"
        for defect in mail.address_header_defects
        if defect["header"] == "from" and not defect["recovered"]
    )


def _is_one_mailbox(value: bytes, faults: tuple[str, ...]) -> bool:
    """Whether nothing but the mailbox is there: no defect, no group, no bytes of no charset."""
    if faults or _is_group(_plain(value)):
        return False
    try:
        value.decode("utf-8")
    except UnicodeDecodeError:
        # A name in a Latin charset is honest; an address can only be ASCII or UTF-8 (RFC 6532).
        angle = value.rpartition(b"<")[2]
        return b">" in angle and angle.isascii()
    return True


def _is_group(value: str) -> bool:
    """Whether a colon outside quotes, comments and angles makes it a group (RFC 6854)."""
    if ":" not in value:
        return False
    bare = re.sub(r'"(?:[^"\\]|\\.)*+"|\((?:[^()\\]|\\.)*+\)|<[^<>]*+>|\[[^\[\]]*+\]', "", value)
    return ":" in bare


def _plain(value: bytes) -> str:
    """The value as text with encoded words left for mail-parser, which knows where they may be."""
    return clean_line(decode(unfold(value)))


def _read_name(name: str) -> str:
    """A display name; words that mail-parser left alone are decoded now that they harm nothing."""
    if "=?" in name:
        name = decode_words(name.encode("utf-8", "replace"))
    name = clean_line(name)
    return name[1:-1] if len(name) > 1 and name[0] == name[-1] == "'" else name


def _guess(values: list[bytes]) -> str:
    """For lists only: the last `<…@…>` of the first From that has one, else any address in it."""
    texts = [clean_line(decode_words(unfold(value))) for value in values]
    for text in texts:
        angles = _ANGLE.findall(text)
        if angles:
            return str(angles[-1]).lower()
    bare = (found[0].lower() for text in texts if (found := _BARE.search(text)))
    return next(bare, "")

"""Who wrote and to whom: the one place that talks to mail-parser.

In: a `HeaderBlock`. Out: mailboxes with addresses in lower case. Who acts for whom hangs on `From`,
so it is read strictly: mail-parser's scanner decides what one mailbox is (it reports the tricks of
CVE-2023-27043's family, which the standard library's `parseaddr` falls for).
*Fails:* never; what cannot be read strictly is no sender, and `defects` says why.

Only mail-parser's address reader is used, the one behind its `from_` and `to`: its reading of
bodies costs most of its time, loses nameless parts and raises on broken multiparts, so `tree`
reads those.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from mailparser.utils import get_addresses

from maildesk.core.message import Mailbox
from maildesk.core.spelling import canonical
from maildesk.mail.charsets import decode
from maildesk.mail.clean import clean_line
from maildesk.mail.headers import HeaderBlock, decode_words, unfold

MAILBOXES_LIMIT = 50
_FEW = 4_000  # characters
_WORTH_REMEMBERING = 200  # characters

_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ANGLE = re.compile(r"<\s*([^<>\s,;]{1,254}@[^<>\s,;]{1,254})\s*>")
_BARE = re.compile(r"[^\s<>()\[\],;:\"]{1,254}@[^\s<>()\[\],;:\"@]{1,254}")
_DOTTED = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}"
_DOMAIN = r"(?:[A-Za-z0-9-]{1,63}+\.){1,20}+[A-Za-z0-9-]{1,63}+"
_QUOTED_DOTS = re.compile(rf'"({_DOTTED})"@([^@\s"]{{1,254}})')
_ONE_MAILBOX = re.compile(
    rf"""\s*(?:(?P<name>"(?:[^"\\]|\\.)*+"\s*|[^<>@,;:()"\\]*+)<(?P<angle>{_DOTTED}@{_DOMAIN})>"""
    rf"""|(?P<bare>{_DOTTED}@{_DOMAIN}))\s*[;,]?\s*"""
)
_SOUND = re.compile(r"[^\s<>()\[\],;:\"\\\x00-\x20\x7f-\x9f]{1,64}@[^\s<>(),;:\"\\@]{1,254}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """The address fields of one message; `is_mended` is of a sender who is not strictly one."""

    sender: Mailbox | None
    is_mended: bool
    from_address: str  # best effort, "" when From holds no address
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...]
    reply_to: tuple[Mailbox, ...]
    original_sender: Mailbox | None
    defects: tuple[str, ...]


def read_addresses(block: HeaderBlock) -> Addresses:
    """From, To, Cc, Reply-To; several To or Cc fields count as one (RFC 5322 §3.6 allows one)."""
    from_values = block.all("from")
    found, faults = _read(_join(from_values))
    defects = tuple(f"From: {fault}" for fault in faults)
    sender = None
    if len(from_values) == 1 and len(found) == 1 and not faults:
        sender = found[0] if _is_one_mailbox(from_values[0], found[0].email) else None
    if len(from_values) > 1:
        defects = (*defects, "several From fields")
    mended = _mended(from_values[0]) if sender is None and len(from_values) == 1 else None
    return Addresses(
        sender=sender or mended,
        is_mended=mended is not None,
        from_address=found[0].email if found else _guess(from_values),
        to=_read_many(block.all("to")),
        cc=_read_many(block.all("cc")),
        reply_to=_read_few(block.all("reply-to")),
        original_sender=_original_sender(block),
        defects=defects,
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
    bare = _unquoted(bare)
    return canonical(bare) if "@" in bare and _BARE.fullmatch(bare) else None


def _original_sender(block: HeaderBlock) -> Mailbox | None:
    """Whose mail a list says it was before it put its own address into From."""
    for name in ("x-original-from", "x-original-sender"):
        found = _read_few(block.all(name))
        if len(found) == 1:
            return found[0]
    return None


def _read_few(values: list[bytes]) -> tuple[Mailbox, ...]:
    """The mailboxes of a field that names one or two; a long one is no such field."""
    return _read_many(values) if sum(map(len, values)) < _FEW else ()


def _read_many(values: list[bytes]) -> tuple[Mailbox, ...]:
    if not values:
        return ()
    value = _join(values)
    # Nearly every mail has the desk itself in To; long fields are not worth the memory.
    found, _ = _read_again(value) if len(value) < _WORTH_REMEMBERING else _read(value)
    return found[:MAILBOXES_LIMIT]


def _read(value: str) -> tuple[tuple[Mailbox, ...], tuple[str, ...]]:
    """The mailboxes of a field, each address once, and what was wrong with it beyond repair."""
    if not value:
        return (), ()
    reports: list[dict[str, object]] = []
    try:
        pairs = get_addresses(value, defects=reports, decode_names=True)
    except Exception as error:  # whatever it is, such addresses are nobody's
        return (), (f"unreadable ({type(error).__name__})",)
    boxes: dict[str, Mailbox] = {}
    for shown, address in pairs:
        email = canonical(_unquoted(clean_line(address)))
        if "@" in email and email not in boxes and len(boxes) < MAILBOXES_LIMIT:
            boxes[email] = Mailbox(email=email, name=_read_name(shown, email))
    # What mail-parser mended names one mailbox all the same; the rest it left out.
    faults = (clean_line(str(report["reason"])) for report in reports if not report["recovered"])
    return tuple(boxes.values()), tuple(faults)


_read_again = lru_cache(maxsize=256)(_read)


def _join(values: list[bytes]) -> str:
    return ", ".join(filter(None, map(_plain, values)))


def _is_one_mailbox(value: bytes, email: str) -> bool:
    """Whether nothing but a sound mailbox is there: no group, no controls or odd bytes in it."""
    if not _SOUND.fullmatch(email) or _is_group(_plain(value)):
        return False
    _, bracket, angle = value.rpartition(b"<")
    # A name may hold what it likes; an address has no controls, and readers that stop at one see
    # another address than readers that leave it out.
    if _CONTROL.search(angle if bracket else value):
        return False
    try:
        value.decode("utf-8")
    except UnicodeDecodeError:
        # A name in a Latin charset is honest; an address can only be ASCII or UTF-8 (RFC 6532).
        return b">" in angle and angle.isascii()
    return True


def _mended(value: bytes) -> Mailbox | None:
    """The one mailbox of a field that breaks the grammar in a way that leaves no doubt.

    A semicolon behind it, and dots where no atom may have one: addresses like `a..b.@` were given
    out by telephone companies for years. Whoever it is can be answered, and is no agent.
    """
    if _CONTROL.search(value) or not value.isascii():
        return None
    found = _ONE_MAILBOX.fullmatch(_plain(value))
    if found is None:
        return None
    email = canonical(found["angle"] or found["bare"])
    return Mailbox(email=email, name=_read_name((found["name"] or "").strip().strip('"'), email))


def _unquoted(address: str) -> str:
    """`"a..b."@…` without its quotes, where they hold nothing but dots in odd places."""
    found = _QUOTED_DOTS.fullmatch(address)
    return f"{found[1]}@{found[2]}" if found else address


def _is_group(value: str) -> bool:
    """Whether a colon outside quotes, comments and angles makes it a group (RFC 6854)."""
    if ":" not in value:
        return False
    bare = re.sub(r'"(?:[^"\\]|\\.)*+"|\((?:[^()\\]|\\.)*+\)|<[^<>]*+>|\[[^\[\]]*+\]', "", value)
    return ":" in bare


def _plain(value: bytes) -> str:
    """The value as text with encoded words left for mail-parser, which knows where they may be."""
    return clean_line(decode(unfold(value)))


def _read_name(name: str, email: str) -> str:
    """A display name; words that mail-parser left alone are decoded now that they harm nothing."""
    if "=?" in name:
        name = decode_words(name.encode("utf-8", "replace"))
    name = clean_line(name)
    if name.lower() == email:
        return ""
    return name[1:-1] if len(name) > 1 and name[0] == name[-1] == "'" else name


def _guess(values: list[bytes]) -> str:
    """For lists only: the last `<…@…>` of the first From that has one, else any address in it."""
    texts = [clean_line(decode_words(unfold(value))) for value in values]
    for text in texts:
        angles = _ANGLE.findall(text)
        if angles:
            return canonical(angles[-1])
    bare = (canonical(found[0]) for text in texts if (found := _BARE.search(text)))
    return next(bare, "")

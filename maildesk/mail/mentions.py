"""Whether a mail holds one of some words, in whatever encoding.

In: a raw message, words. Out: whether a header, a part's text or a file's name holds one of them.
*Fails:* never; what cannot be decoded is looked at as it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import Message


def mentions(raw: bytes, words: Sequence[str]) -> bool:
    """Whether any of the words stands in the mail, in any case of its letters."""
    wanted = tuple(word.casefold() for word in words if word)
    return any(word in text for text in _texts(raw) for word in wanted)


def _is_plain(raw: bytes) -> bool:
    """Whether nothing in it is written otherwise than it reads."""
    lower = raw.lower()
    return not any(mark in lower for mark in (b"=?", b"base64", b"quoted-printable", b"charset"))


def _texts(raw: bytes) -> Iterator[str]:
    yield raw.decode("utf-8", "replace").casefold()
    if _is_plain(raw):
        return
    for part in message_from_bytes(raw, policy=policy.compat32).walk():
        for value in part.values():
            yield _decoded(str(value)).casefold()
        yield _text_of(part).casefold()


def _decoded(value: str) -> str:
    try:
        return str(make_header(decode_header(value)))
    except (LookupError, ValueError):
        return value


def _text_of(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    try:
        return payload.decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:
        return payload.decode("utf-8", "replace")

"""The header block, read from the bytes as they came, and the one decoder of header text.

In: raw bytes of a message or a part. Out: `HeaderBlock`: fields in order, where the body starts,
and what had to be mended. `read_text` decodes RFC 2047 words before anything becomes str, so that
neither raw 8-bit bytes nor a character split over two words is lost.
*Fails:* UnparseableMessage naming the limit: block 256 KiB, one field 64 KiB, 1,000 fields.
"""

from __future__ import annotations

import binascii
import re
from collections import Counter
from dataclasses import dataclass, field

from maildesk.errors import UnparseableMessage
from maildesk.mail.charsets import decode, decode_all, find_codec
from maildesk.mail.clean import clean_line

BLOCK_LIMIT = 256 * 1024
FIELD_LIMIT = 64 * 1024
FIELDS_LIMIT = 1_000

# Possessive quantifiers: a field either matches in one pass or fails at once.
_FIELD = re.compile(
    rb"([!-9;-~]++)([ \t]*+):([^\r\n]*+(?:(?:\r\n|\r|\n)[ \t][^\r\n]*+)*+)(?:\r\n|\r|\n|\Z)"
)
_LINE = re.compile(rb"[^\r\n]*+(?:\r\n|\r|\n|\Z)")
_BLANK = re.compile(rb"\r\n|\r|\n")
_START = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\r\n|\r|\n)*+(?:>?From (?![ \t]*:)[^\r\n]*+(?:\r\n|\r|\n))?"
)
_FOLD = re.compile(rb"(?:\r\n|\r|\n)(?=[ \t])")
_WORD = re.compile(rb"=\?([^?\s]{1,80})\?([bBqQ])\?([^?]*+)\?=")
_KNOWN_NAMES = """
from to cc subject date message-id received return-path content-type mime-version reply-to
in-reply-to references delivered-to content-transfer-encoding
"""
_KNOWN = frozenset(_KNOWN_NAMES.split())
# Of a header that is beyond the limits: what is kept, and how many fields and lines are looked at.
LOOSE_BLOCK = 64 * 1024
_LOOSE_FIELD = 4 * 1024
_LOOSE_SAME = 3  # fields of one name
_LOOSE_LINES = 20_000


@dataclass(frozen=True, slots=True)
class HeaderBlock:
    """Fields as (lower-case name, raw value), the offset of the body, whether lines were mended."""

    fields: tuple[tuple[str, bytes], ...]
    body: int
    mended: bool
    _index: dict[str, list[bytes]] = field(init=False, repr=False, compare=False)
    _texts: dict[str, str] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        index: dict[str, list[bytes]] = {}
        for name, value in self.fields:
            index.setdefault(name, []).append(value)
        object.__setattr__(self, "_index", index)

    def all(self, name: str) -> list[bytes]:
        """Every raw value of the field, topmost first."""
        return self._index.get(name, [])

    def first(self, name: str) -> bytes | None:
        """The topmost raw value of the field."""
        values = self._index.get(name)
        return values[0] if values else None

    def text(self, name: str) -> str:
        """The topmost value as clean text, "" when there is none; read once, asked for often."""
        if name not in self._texts:
            value = self.first(name)
            self._texts[name] = "" if value is None else read_text(value)
        return self._texts[name]


def begins(raw: bytes) -> bool:
    """Whether the first line is a field, so that this may be a header at all; no binary file's is.

    A tar's first line may look like one, since it is a file's name, but zeros stand behind it.
    """
    start = _START.match(raw)
    found = _FIELD.match(raw, start.end() if start else 0)
    return found is not None and b"\0" not in found[0]


def split(raw: bytes) -> HeaderBlock:
    """The header block of a whole message, after a mbox `From ` line or blank lines.

    A line in the block that is no field is dropped when fields every mail has come after it (some
    filters write such lines); else the body starts there, as RFC 5322 readers do.
    """
    found = _START.match(raw)
    start = found.end() if found else 0
    return _read(raw, start, mended=start > 0, mend=True)


def split_loosely(raw: bytes) -> HeaderBlock:
    """What a header beyond the limits says: its first fields, 64 KiB of them, long ones cut.

    Half of that room is kept for the fields that every mail has (From, Subject and their kin),
    so that a flood of others does not hide them. Where no end of the header is found, the body
    is all of the message.
    """
    start = _START.match(raw)
    at, room = (start.end() if start else 0), LOOSE_BLOCK
    fields: list[tuple[str, bytes]] = []
    counts: Counter[str] = Counter()
    for _ in range(_LOOSE_LINES):
        found = _FIELD.match(raw, at)
        if found is None:
            line = _LINE.match(raw, at)
            if line is None or at >= len(raw):
                break
            at = line.end()
            if _BLANK.match(raw, line.start()):
                return HeaderBlock(tuple(fields), at, mended=True)
            continue
        at, name, value = found.end(), found[1].decode("ascii").lower(), _cut(found[3])
        needed = len(name) + len(value)
        is_one_more = counts[name] >= _LOOSE_SAME
        if not is_one_more and needed <= (room if name in _KNOWN else room - LOOSE_BLOCK // 2):
            counts[name] += 1
            fields.append((name, value))
            room -= needed
    return HeaderBlock(tuple(fields), 0, mended=True)


def _cut(value: bytes) -> bytes:
    """A value of bounded length, without the half of an address or an id at its end."""
    if len(value) <= _LOOSE_FIELD:
        return value
    value = value[:_LOOSE_FIELD]
    return value[: max(value.rfind(b","), value.rfind(b">")) + 1] or value


def split_part(raw: bytes, start: int) -> HeaderBlock:
    """The header block of a part that begins at `start`."""
    return _read(raw, start, mended=False, mend=False)


def _read(raw: bytes, start: int, *, mended: bool, mend: bool) -> HeaderBlock:
    fields: list[tuple[str, bytes]] = []
    stop: tuple[int, int] | None = None  # where the first strange line stands, fields before it
    at = start
    while at < len(raw):
        found = _FIELD.match(raw, at)
        if found:
            name, space, value = found.groups()
            fields.append((name.decode("ascii").lower(), value))
            mended = mended or bool(space)
            at = found.end()
        elif blank := _BLANK.match(raw, at):
            at = blank.end()
            break
        else:
            stop = stop or (at, len(fields))
            if not mend or not fields or at - start > BLOCK_LIMIT:
                break
            line = _LINE.match(raw, at)
            at = line.end() if line else len(raw)
        if stop is None and (at - start > BLOCK_LIMIT or len(fields) > FIELDS_LIMIT):
            break
    if stop is not None:
        if not any(name in _KNOWN for name, _ in fields[stop[1] :]):
            return HeaderBlock(tuple(fields[: stop[1]]), stop[0], mended)
        mended = True
    _check(fields, at - start)
    return HeaderBlock(tuple(fields), at, mended)


def _check(fields: list[tuple[str, bytes]], size: int) -> None:
    if size <= FIELD_LIMIT and len(fields) <= FIELDS_LIMIT:
        return
    large = next((name for name, value in fields if len(value) > FIELD_LIMIT), None)
    if large is not None:
        message = f"the header field {large[:80]} is larger than 64 KiB"
    elif size > BLOCK_LIMIT:
        message = "the header block is larger than 256 KiB"
    elif len(fields) > FIELDS_LIMIT:
        message = "the header has more than 1,000 fields"
    else:
        return
    raise UnparseableMessage(message)


def unfold(value: bytes) -> bytes:
    """The value on one line (RFC 5322 §2.2.3)."""
    return _FOLD.sub(b"", value) if b"\n" in value or b"\r" in value else value


def read_text(value: bytes) -> str:
    """An unstructured value as a person reads it: unfolded, RFC 2047 words decoded once, clean."""
    value = unfold(value)
    return clean_line(decode_words(value) if b"=?" in value else decode(value))


def decode_words(value: bytes) -> str:
    """Encoded words decoded wherever they stand; neighbours of one charset are joined first.

    RFC 2047 §5 forbids words inside quotes or without space around; senders write them anyway.
    """
    pieces: list[tuple[bytes, str, bool]] = []  # bytes, charset, is a word
    at = 0
    for found in _WORD.finditer(value):
        between = value[at : found.start()]
        if between and (between.strip() or not pieces):
            pieces.append((between, "", False))
        charset, data = find_codec(found[1].decode("ascii", "replace")), _decode_word(found)
        if pieces and pieces[-1][2] and pieces[-1][1] == charset and _splits(charset):
            data = pieces.pop()[0] + data
        pieces.append((data, charset, True))
        at = found.end()
    pieces.append((value[at:], "", False))
    return decode_all([(data, charset) for data, charset, _ in pieces])


def _splits(charset: str) -> bool:
    # A stateful charset starts anew in each word, so its words must not be glued together.
    return not charset.startswith(("iso2022", "utf-7", "utf-16", "hz"))


def _decode_word(found: re.Match[bytes]) -> bytes:
    data = found[3]
    if found[2] in b"bB":
        return decode_base64(data)
    return binascii.a2b_qp(data.replace(b" ", b"_"), header=True)


_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")


def decode_base64(data: bytes) -> bytes:
    """Base64 as far as it can be read: strange characters and wrong padding do not stop it."""
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        letters = _NOT_BASE64.sub(b"", data)
        if len(letters) % 4 == 1:
            letters = letters[:-1]
        return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))

"""Count what a message is made of before any parser sees it: one pass over the bytes.

In: raw bytes. Out: the header block, when everything is within the limits. Cost is linear in the
size of the message, whatever it holds; parsers behind it are not.
*Fails:* UnparseableMessage naming the limit that is passed.
"""

from __future__ import annotations

import re

from maildesk.errors import UnparseableMessage
from maildesk.mail.headers import HeaderBlock, split, split_part

PARTS_LIMIT = 1_000
NESTING_LIMIT = 50
BOUNDARY_LIMIT = 256  # RFC 2046 §5.1.1 says 70; some senders write more
PARAMETERS_LIMIT = 100
FIELDS_LIMIT = 100_000  # in the headers of all parts
LINES_LIMIT = 3_000_000  # times the depth of the parts

_DELIMITER = re.compile(rb"--(?<![^\r\n]--)([^\r\n]*+)(?:\r\n|\r|\n|\Z)")
_BOUNDARY = re.compile(rb"""boundary(?:\*0?\*?)?\s*=\s*(?:"([^"]*+)|([^\s;"]*+))""", re.IGNORECASE)
_EMPTY_LINES = re.compile(rb"(?:\r\n|\r|\n)(?:\r\n|\r|\n)")


def check(raw: bytes) -> HeaderBlock:
    """The header block of a message whose structure can be read safely."""
    block = split(raw)
    _Structure(raw).check(block)
    return block


class _Structure:
    """The walk: open boundaries, innermost last, and how many parts were seen."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._parts = -1  # the message itself is no part of it
        self._deepest = 0
        self._fields = 0
        self._open: dict[bytes, tuple[int, bool]] = {}  # boundary -> depth inside, is a digest

    def check(self, block: HeaderBlock) -> None:
        self._enter(block, 0, in_digest=False)
        self._walk(block.body)
        self._check_lines()

    def _walk(self, at: int) -> None:
        while self._open:
            found = _DELIMITER.search(self._raw, at)
            if not found:
                return
            at = found.end()
            line = found[1].rstrip(b" \t")
            if line in self._open:
                depth, is_digest = self._open[line]
                self._close_deeper_than(depth)
                self._enter(split_part(self._raw, at), depth, in_digest=is_digest)
            elif line.endswith(b"--") and line[:-2] in self._open:
                self._close_deeper_than(self._open.pop(line[:-2])[0] - 1)

    def _close_deeper_than(self, depth: int) -> None:
        while self._open and next(reversed(self._open.values()))[0] > depth:
            self._open.popitem()

    def _enter(self, block: HeaderBlock, depth: int, *, in_digest: bool) -> None:
        """One part; a message in it is followed into its own header, down to the first leaf."""
        while True:
            self._count(depth)
            self._count_fields(len(block.fields))
            kind, boundary = _read_type(block, in_digest=in_digest)
            if kind.startswith(b"multipart/") and boundary is not None:
                self._open.pop(boundary, None)  # an inner part may use an outer one's boundary
                self._open[boundary] = (depth + 1, kind == b"multipart/digest")
                return
            if kind == b"message/delivery-status":
                self._count_groups(block.body, depth)
            if not kind.startswith(b"message/") or kind == b"message/delivery-status":
                return
            block, depth, in_digest = split_part(self._raw, block.body), depth + 1, False

    def _count_groups(self, at: int, depth: int) -> None:
        """A delivery status is a part for each of its groups of fields (RFC 3464 §2.1)."""
        end = next(
            (
                found.start()
                for found in _DELIMITER.finditer(self._raw, at)
                if found[1].rstrip(b" \t-") in self._open or found[1].rstrip(b" \t") in self._open
            ),
            len(self._raw),
        )
        for _ in _EMPTY_LINES.finditer(self._raw, at, end):
            self._count(depth)

    def _count(self, depth: int) -> None:
        self._parts += 1
        if self._parts > PARTS_LIMIT:
            message = "the message has more than 1,000 parts"
            raise UnparseableMessage(message)
        if depth > NESTING_LIMIT:
            message = "the parts of the message are nested deeper than 50"
            raise UnparseableMessage(message)
        self._deepest = max(self._deepest, depth)

    def _count_fields(self, fields: int) -> None:
        self._fields += fields
        if self._fields > FIELDS_LIMIT:
            message = "the parts of the message have more than 100,000 header fields"
            raise UnparseableMessage(message)

    def _check_lines(self) -> None:
        """Parsers keep every line, and hold it against every open boundary: depth multiplies.

        The lines of a message without parts are never taken apart.
        """
        if self._deepest == 0 or len(self._raw) * (self._deepest + 1) <= LINES_LIMIT:
            return
        lines = max(self._raw.count(b"\n"), self._raw.count(b"\r"))
        if lines * (self._deepest + 1) > LINES_LIMIT:
            message = "the message has more lines than can be read at the depth of its parts"
            raise UnparseableMessage(message)


def _read_type(block: HeaderBlock, *, in_digest: bool) -> tuple[bytes, bytes | None]:
    """Content type in lower case and the boundary, None where there is none.

    An empty one is wrong (RFC 2046 §5.1.1), and parsers go by it all the same.
    """
    for name in ("content-type", "content-disposition"):
        if any(value.count(b";") > PARAMETERS_LIMIT for value in block.all(name)):
            message = f"a {name} field has more than 100 parameters"
            raise UnparseableMessage(message)
    value = block.first("content-type")
    if value is None:
        return (b"message/rfc822" if in_digest else b"text/plain"), None
    found = _BOUNDARY.search(value)
    boundary = (found[1] or found[2] or b"").rstrip() if found else None
    if boundary and len(boundary) > BOUNDARY_LIMIT:
        message = "a boundary is longer than 256 characters"
        raise UnparseableMessage(message)
    return value.split(b";", 1)[0].strip().lower(), boundary

"""The text and HTML of a message, chosen from its parts as a mail reader would show them.

In: parts of the walk. Out: `Body`: full text, sanitised HTML or None, and the parts that are
shown in it; every other leaf is an attachment.
*Fails:* never.
"""

from __future__ import annotations

import html as entities
import re
from dataclasses import dataclass, field

from maildesk.mail import html
from maildesk.mail.charsets import decode
from maildesk.mail.clean import TEXT_LIMIT, cap, clean_text
from maildesk.mail.tree import Part

_META_CHARSET = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE
)
_STUB_LENGTH = 300
_STUB = re.compile(
    r"html|(?:can(?:no|')t|unable to|not able to) (?:view|display|read)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What a person reads of a message."""

    text: str
    html: str | None
    shown: frozenset[int]  # numbers of the parts that `text` and `html` hold


@dataclass(slots=True)
class _Piece:
    """One stretch of the body: plain text, HTML, or both as alternatives of each other."""

    plain: str = ""
    markup: list[html.Clean] = field(default_factory=list)

    def text(self) -> str:
        if not self.markup or (self.plain.strip() and not self._is_stub()):
            return self.plain
        rendered = "\n".join(filter(None, (part.text() for part in self.markup)))
        return rendered if rendered.strip() else self.plain

    def _is_stub(self) -> bool:
        """Whether the plain text only says that there is HTML to read."""
        plain = self.plain.strip()
        if len(plain) > _STUB_LENGTH or not _STUB.search(plain):
            return False
        return sum(len(part.text()) for part in self.markup) > 2 * len(plain)


def read_body(parts: list[Part]) -> Body:
    """Text parts in order; of alternatives the plain text, and the HTML beside it."""
    shown: set[int] = set()
    pieces = _gather(parts[0], shown)
    text = "\n".join(stripped for piece in pieces if (stripped := piece.text().strip("\n")))
    return Body(text=cap(text.rstrip()), html=_join_html(pieces), shown=frozenset(shown))


def _gather(part: Part, shown: set[int]) -> list[_Piece]:
    if not part.children:
        return _read_leaf(part, shown)
    if part.type != "multipart/alternative":
        children = part.children[:1] if part.type == "multipart/signed" else part.children
        return [piece for child in children for piece in _gather(child, shown)]
    chosen = _Piece()
    for child in part.children:
        pieces = _gather(child, shown)
        plain = "\n".join(piece.plain for piece in pieces if piece.plain.strip())
        chosen.plain = chosen.plain or plain
        chosen.markup = [clean for piece in pieces for clean in piece.markup] or chosen.markup
    return [chosen]


def _read_leaf(part: Part, shown: set[int]) -> list[_Piece]:
    if part.type not in ("text/plain", "text/html") or not _is_body(part, shown):
        return []
    data = part.bytes()
    if part.type == "text/html":
        if len(data) > html.SIZE_LIMIT:
            return [_Piece(markup=[html.Clean(markup=None, source=_decode_html(part, data))])]
        shown.add(part.number)
        return [_Piece(markup=[html.sanitise(_decode_html(part, data))])]
    shown.add(part.number)
    # A character takes up to four bytes; what the cap would cut need not be decoded.
    text = clean_text(decode(data[: TEXT_LIMIT * 4], part.param("charset")))
    if "format" in str(part.message.get("content-type", "")).lower():
        text = _unflow_if_flowed(part, text)
    return [_Piece(plain=text)]


def _is_body(part: Part, shown: set[int]) -> bool:
    """A text part is the body unless it is sent as a file: a name counts only after the first."""
    if part.disposition == "attachment":
        return False
    return not part.name or (not shown and part.disposition != "inline")


def _decode_html(part: Part, data: bytes) -> str:
    declared = part.param("charset")
    if not declared and (found := _META_CHARSET.search(data, 0, 2048)):
        declared = found[1].decode("ascii", "replace")
    return clean_text(decode(data[: html.SIZE_LIMIT], declared))


def _join_html(pieces: list[_Piece]) -> str | None:
    """The HTML of all pieces, plain ones between them kept as they are; None without any."""
    if not any(clean.markup for piece in pieces for clean in piece.markup):
        return None
    joined: list[str] = []
    for piece in pieces:
        joined.extend(clean.markup for clean in piece.markup if clean.markup)
        if not piece.markup and piece.plain.strip():
            joined.append(f"<pre>{entities.escape(piece.plain.strip())}</pre>")
    return "\n".join(joined)


def _unflow_if_flowed(part: Part, text: str) -> str:
    if part.param("format").lower() != "flowed":
        return text
    return unflow(text, delete_space=part.param("delsp").lower() == "yes")


def unflow(text: str, *, delete_space: bool = False) -> str:
    """Paragraphs of `format=flowed` put together again (RFC 3676 §4)."""
    lines: list[str] = []
    open_depth = -1  # the quote depth of a paragraph that goes on, -1 when none does
    open_parts: list[str] = []
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content[1:] if content.startswith(" ") else content
        if open_depth not in (-1, depth):
            lines.append(_quote(open_depth, "".join(open_parts)))
            open_parts, open_depth = [], -1
        flows = content.endswith(" ") and content != "-- "
        open_parts.append(content[:-1] if flows and delete_space else content)
        if flows:
            open_depth = depth
        else:
            lines.append(_quote(depth, "".join(open_parts)))
            open_parts, open_depth = [], -1
    if open_parts:
        lines.append(_quote(open_depth, "".join(open_parts)))
    return "\n".join(lines)


def _quote(depth: int, content: str) -> str:
    return f"{'>' * depth} {content}" if depth else content

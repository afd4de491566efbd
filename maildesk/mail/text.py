"""The text and HTML of a message, chosen from its parts as a mail reader would show them.

In: parts of the walk. Out: `Body`: full text, sanitised HTML or None, lines on parts that are no
text (invitations, encrypted mail), and the parts that are shown; every other leaf is an attachment.
*Fails:* never.
"""

from __future__ import annotations

import html as entities
import re
from dataclasses import dataclass, field

from maildesk.mail import calendar, html, rare_text, sealed
from maildesk.mail.charsets import decode
from maildesk.mail.clean import TEXT_LIMIT, cap, clean_text, is_cut, mark_cut
from maildesk.mail.flowed import unflow
from maildesk.mail.stub import is_stub, may_be_stub
from maildesk.mail.tree import Part, is_package

_META_CHARSET = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE
)
_MIME_NOTICE = re.compile(
    r"multi-?part message|MIME[- ](?:format|formatted|encapsulated|aware|compliant)", re.IGNORECASE
)
_CALENDARS = ("text/calendar", "application/ics")
_CALENDARS_LIMIT = 5
_UNSAID = ("application/octet-stream",)  # what some devices call all they send
_FILE_LIMIT = 64 * 1024  # of a file whose words are the mail


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What a person reads of a message."""

    text: str
    html: str | None
    notes: tuple[str, ...]  # lines to stand below any text made of `text`
    shown: frozenset[int]  # numbers of the parts that `text` and `html` hold
    own: str = ""  # `text` without what the HTML calls a quote or a signature
    unsigned: str = ""  # `text` without what the HTML calls a signature
    is_mixed: bool = False  # the HTML has words of a colour of their own in the answered mail
    marked: str = ""  # the HTML, with marks where a mail program named its elements

    def with_notes(self, text: str) -> str:
        """`text`, which may be a part of the body's, and the notes below it."""
        if not self.notes:
            return text
        notes = "\n".join(self.notes)
        room = TEXT_LIMIT - len(notes.encode("utf-8")) - 2
        return f"{cap(text, room)}\n\n{notes}" if text else notes


@dataclass(slots=True)
class _Piece:
    """One stretch of the body: plain text, HTML, or both as alternatives of each other."""

    plain: str = ""
    markup: list[html.Clean] = field(default_factory=list)
    _text: str | None = None

    def text(self) -> str:
        if not self.markup or (self.plain.strip() and not self._is_stub()):
            return self.plain
        rendered = self._rendered()
        return rendered if rendered.strip() else self.plain

    def own(self, *, is_answer: bool) -> str:
        """`text`, without what mail programs name as not the writer's."""
        text = self.text()
        if text == self.plain or not any(part.marked for part in self.markup):
            return text
        own = (part.own_text(is_answer=is_answer) for part in self.markup)
        return "\n".join(filter(None, own))

    def _rendered(self) -> str:
        """The text of the markup, made once; asked for when all parts are known."""
        if self._text is None:
            self._text = "\n".join(filter(None, (part.text() for part in self.markup)))
        return self._text

    def is_cut(self) -> bool:
        """Whether it was too large, or markup too twisted, to be shown whole."""
        return is_cut(self.plain) or any(clean.markup is None for clean in self.markup)

    def _is_stub(self) -> bool:
        """Whether the plain text only says that there is HTML to read."""
        markup = "".join(clean.markup or clean.source for clean in self.markup)
        return may_be_stub(self.plain, markup) and is_stub(self.plain, self._rendered())


@dataclass(slots=True)
class _Progress:
    """The parts that are shown so far, and how many bytes more may be read for it.

    What no longer fits is attached instead: a thousand parts may each be as large as one may be.
    """

    shown: set[int] = field(default_factory=set)
    plain_left: int = TEXT_LIMIT * 4  # a character takes up to four bytes
    html_left: int = html.SIZE_LIMIT * 2


def read_body(parts: list[Part]) -> Body:
    """Text parts in order; of alternatives the plain text, and the HTML beside it."""
    progress = _Progress()
    shown = progress.shown
    pieces = _gather(parts[0], progress)
    text = _join_text(pieces)
    packed = [part for part in parts if part.is_body]
    if packed:
        pieces, text = _add_packed(pieces, text, packed, shown)
    if not text.strip():
        pieces, text = _add_file(pieces, parts, progress)
    if not text.strip():
        pieces, text = _add_stray(pieces, parts[0])
    text = cap(text)
    if is_cut(text):  # what was cut off is attached
        shown -= {part.number for part in parts if part.type != "text/html"}
    notes = (*_describe_calendars(parts), *sealed.notes(parts, text))
    markup = _join_html(pieces)
    if markup is not None:
        markup = "\n".join((markup, *(f"<p>{entities.escape(note)}</p>" for note in notes)))
    return Body(
        text=text,
        own=_own(pieces, text, is_answer=True),
        unsigned=_own(pieces, text, is_answer=False),
        html=markup,
        notes=notes,
        shown=frozenset(shown),
        is_mixed=any(clean.is_mixed for piece in pieces for clean in piece.markup),
        marked="\n".join(clean.marked for piece in pieces for clean in piece.markup),
    )


def _join_text(pieces: list[_Piece]) -> str:
    found = (piece.text().strip("\n") for piece in pieces)
    return "\n".join(text for text in found if text).rstrip()


def _own(pieces: list[_Piece], text: str, *, is_answer: bool) -> str:
    if not any(clean.marked for piece in pieces for clean in piece.markup):
        return cap(text)
    owns = (piece.own(is_answer=is_answer).strip("\n") for piece in pieces)
    return cap("\n".join(own for own in owns if own).rstrip())


def _add_packed(
    pieces: list[_Piece], text: str, packed: list[Part], shown: set[int]
) -> tuple[list[_Piece], str]:
    """The words of a winmail.dat: the body where the mail has no other, never twice."""
    words = set(text.split())
    read = [(part, _read_packed(part)) for part in packed]
    if not words:
        shown.update(part.number for part, piece in read if not piece.is_cut())
        piece = _Piece(plain="\n".join(piece.plain for _, piece in read if piece.plain))
        piece.markup = [clean for _, piece in read for clean in piece.markup]
        return [piece], piece.text().strip("\n").rstrip()
    for part, piece in read:
        if not piece.is_cut() and words.issuperset(piece.text().split()):
            shown.add(part.number)
    return pieces, text


def _add_file(
    pieces: list[_Piece], parts: list[Part], progress: _Progress
) -> tuple[list[_Piece], str]:
    """The words of the one file that a mail without any words is; a file with a name stays one."""
    leaves = [part for part in parts if not part.children]
    part = leaves[0]
    if len(leaves) > 1 or not _may_be_words(part):
        return pieces, ""
    data = part.bytes()
    if len(data) > _FILE_LIMIT:
        return pieces, ""
    if part.type == "text/html":
        piece = _Piece(markup=[_read_html(part, data)])
        return [piece], piece.text().strip("\n").rstrip()
    piece = _Piece(plain=_read_plain(part, data))
    if part.type in rare_text.TYPES:
        piece = _Piece(plain=rare_text.read(part.type, data, part.param("charset")))
    if part.type in _UNSAID and not piece.plain.replace("\n", "").isprintable():
        return pieces, ""
    if part.type == "text/plain" and not part.name:
        progress.shown.add(part.number)
    return [piece], piece.text().strip("\n").rstrip()


def _add_stray(pieces: list[_Piece], whole: Part) -> tuple[list[_Piece], str]:
    """What stands before the first part and behind the last, where no part has a word.

    No reader shows it (RFC 2046 §5.1.1), and old programs put a notice there.
    """
    message = whole.message
    lines = f"{message.preamble or ''}\n{message.epilogue or ''}".split("\n")
    kept = "\n".join(line for line in lines if not _MIME_NOTICE.search(line))
    data = kept.encode("utf-8", "surrogateescape")[: TEXT_LIMIT * 4]
    text = clean_text(decode(data, "")).strip()
    if not text or whole.type == "multipart/report":
        return pieces, ""
    return [*pieces, _Piece(plain=text)], text


def _may_be_words(part: Part) -> bool:
    """Whether a file is of a type that a person reads; what says nothing of itself has no name."""
    if part.type in _UNSAID:
        return not part.name
    if part.type == "text/html":
        return part.disposition != "attachment"
    return part.type == "text/plain" or part.type in rare_text.TYPES


def _read_packed(part: Part) -> _Piece:
    if part.type == "application/rtf":
        return _Piece(plain=rare_text.read(part.type, part.bytes(), ""))
    if part.type == "text/html":
        return _Piece(markup=[_read_html(part, part.bytes())])
    return _Piece(plain=_read_plain(part, part.bytes()))


def _describe_calendars(parts: list[Part]) -> tuple[str, ...]:
    """A line for each different invitation; mail programs write the same one up to three times."""
    found = [part for part in parts if part.type in _CALENDARS and not part.children]
    lines = (
        calendar.describe(part.bytes(), part.param("charset"), part.param("method"))
        for part in found[:_CALENDARS_LIMIT]
    )
    return tuple(dict.fromkeys(line for line in lines if line))


def _gather(part: Part, progress: _Progress) -> list[_Piece]:
    if is_package(part):
        return []
    if not part.children:
        return _read_leaf(part, progress)
    if part.type != "multipart/alternative":
        children = part.children[:1] if part.type == "multipart/signed" else part.children
        return [piece for child in children for piece in _gather(child, progress)]
    chosen = _Piece()
    common = [child for child in part.children if child.type not in rare_text.TYPES]
    rare = [child for child in part.children if child.type in rare_text.TYPES]
    for child in (*common, *rare):
        if child.type in rare_text.TYPES and chosen.text().strip():
            break
        pieces = _gather(child, progress)
        plain = "\n".join(piece.plain for piece in pieces if piece.plain.strip())
        chosen.plain = chosen.plain or plain
        chosen.markup = [clean for piece in pieces for clean in piece.markup] or chosen.markup
    return [chosen]


def _read_leaf(part: Part, progress: _Progress) -> list[_Piece]:
    if part.type in rare_text.TYPES:
        return _read_rare_leaf(part, progress)
    if part.type not in ("text/plain", "text/html") or not _is_body(part, progress.shown):
        return []
    if part.type == "text/html" or _is_undeclared_html(part):
        return _read_html_leaf(part, progress)
    if progress.plain_left <= 0:
        return []
    data = part.bytes()
    progress.plain_left -= len(data)
    progress.shown.add(part.number)
    return [_Piece(plain=_read_plain(part, data))]


def _read_rare_leaf(part: Part, progress: _Progress) -> list[_Piece]:
    """A part without a name is no file; Rich Text stays attached, its words alone say less."""
    if part.name or part.disposition == "attachment" or progress.plain_left <= 0:
        return []
    data = part.bytes()
    progress.plain_left -= len(data)
    if not rare_text.is_rich(part.type, data):
        progress.shown.add(part.number)
    return [_Piece(plain=rare_text.read(part.type, data, part.param("charset")))]


def _read_html_leaf(part: Part, progress: _Progress) -> list[_Piece]:
    if progress.html_left <= 0:
        return []
    data = part.bytes() if part.markup is None else part.markup
    progress.html_left -= len(data)
    clean = _read_html(part, data)
    if clean.markup is not None:
        progress.shown.add(part.number)
    return [_Piece(markup=[clean])]


def _read_html(part: Part, data: bytes) -> html.Clean:
    if len(data) > html.SIZE_LIMIT:
        return html.Clean(markup=None, source=_decode_html(part, data), is_cut=True)
    return html.sanitise(_decode_html(part, data))


def _read_plain(part: Part, data: bytes) -> str:
    # What the cap would cut need not be decoded.
    text = clean_text(decode(data[: TEXT_LIMIT * 4], part.param("charset")))
    if "format" in str(part.message.get("content-type", "")).lower():
        text = _unflow_if_flowed(part, text)
    return mark_cut(text) if len(data) > TEXT_LIMIT * 4 else text


def _is_body(part: Part, shown: set[int]) -> bool:
    """A text part is the body unless it is sent as a file: a name counts only after the first."""
    if part.disposition == "attachment":
        return False
    return not part.name or (not shown and part.disposition != "inline")


def _is_undeclared_html(part: Part) -> bool:
    """Whether a part that says nothing of itself begins as a page does."""
    if str(part.message.get("content-type", "")).strip():
        return False
    return part.bytes()[:100].lstrip().lower().startswith((b"<html", b"<!doctype html"))


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

"""Clean HTML to plain text: one walk over its tags.

In: markup as nh3 writes it, and nothing else: every element closed, every value in double quotes,
no `<` outside tags. Out: text. Paragraphs and rows are lines, cells stand apart, lists have bullets
or numbers, `blockquote` becomes `> `, a link shows its address unless its text does.
*Fails:* never.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape

from maildesk.mail.cut import Cut
from maildesk.mail.quote_marks import INDENT, MARKS

_BLOCK_TAGS = """
address article aside blockquote center dd details div dl dt figcaption figure footer h1 h2 h3
h4 h5 h6 header hgroup hr li main nav ol p pre section summary table tr ul caption
"""
_BLOCKS = frozenset(_BLOCK_TAGS.split())
# Blocks that stand apart from their neighbours by an empty line.
_APART_TAGS = """
blockquote dl h1 h2 h3 h4 h5 h6 ol p pre table ul
"""
_APART = frozenset(_APART_TAGS.split())
_INDENTED = "dl"  # a block that stands apart, no more
_MEANT = frozenset(("a", "br", "img", "td", "th"))  # beside the blocks
_VOID = frozenset(("area", "br", "col", "hr", "img", "wbr"))
_TAG = re.compile(r'<(/?)([a-z][a-z0-9]*+)((?: [^\s=<>"]++="[^"]*+")*+)>')
_ALT = re.compile(r' alt="([^"]*+)"')
_START = re.compile(r' start="([^"]*+)"')
_HREF = re.compile(r' href="([^"]*+)"')


@dataclass(slots=True)
class _Page:
    """Lines as they grow: finished ones, and the pieces of the current one."""

    lines: list[str] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    quotes: int = 0
    preformatted: int = 0
    wants_gap: bool = False
    lists: list[int] = field(default_factory=list)  # next number, 0 for bullets
    bullet: str = ""
    cut: Cut | None = None
    is_indent_next: bool = False  # the next `blockquote` only indents
    indents: list[bool] = field(default_factory=list)  # whether each open `blockquote` does
    target: str = ""  # where the link leads that is open
    link: list[str] | None = None  # its text so far

    def add(self, text: str) -> None:
        if not (self.pieces or self.preformatted):
            # At the start of a line, where most texts are.
            words = " ".join(text.split())
            if words:
                self.pieces.append(words + " " if text[-1].isspace() else words)
            return
        if self.preformatted:
            first, *others = text.split("\n")
            self._append(first)
            for line in others:
                self.end_line(keep_empty=True)
                self._append(line)
            return
        words = " ".join(text.split())
        if text[:1].isspace() and not self.pieces[-1].endswith(" "):
            self.pieces.append(" ")
        self._append(words)
        if words and text[-1:].isspace():
            self.pieces.append(" ")

    def _append(self, text: str) -> None:
        if text:
            self.pieces.append(text)

    def end_line(self, *, keep_empty: bool = False) -> None:
        if not self.pieces and not keep_empty:
            return
        line = "".join(self.pieces).rstrip()
        if not self.preformatted:
            line = line.lstrip()
        self.pieces.clear()
        if not line and not keep_empty:
            return
        if self.wants_gap:
            self.write_gap()
        if self.lists or self.bullet:
            line = "  " * (len(self.lists) - 1) + self.bullet + line
            self.bullet = "  " if self.lists else ""
        self._write(line)

    def _write(self, line: str) -> None:
        if self.quotes:
            line = f"{'>' * self.quotes} {line}"
        self.lines.append(line.rstrip())

    def kind_of_quote(self, *, is_start: bool) -> str:
        """What a `blockquote` counts for that begins or ends here."""
        if is_start:
            self.indents.append(self.is_indent_next)
            self.is_indent_next = False
            return _INDENTED if self.indents[-1] else "blockquote"
        return _INDENTED if self.indents and self.indents.pop() else "blockquote"

    def write_gap(self) -> None:
        """The empty line that was asked for, at the depth of quoting that holds now."""
        if self.wants_gap and self.lines and self.lines[-1].strip("> "):
            self._write("")
        self.wants_gap = False


def render(markup: str) -> str:
    """The text of the markup."""
    return _join(_fill(markup, _Page()).lines)


def render_own(marked: str, *, is_answer: bool) -> str:
    """The text of markup that `quote_marks` marked, without what the marks say is not own.

    In a mail that answers nothing these are signatures alone.
    """
    cut = Cut(takes_quotes=is_answer)
    page = _fill(marked, _Page(cut=cut))
    return _join(cut.leave(page.lines))


def _join(lines: list[str]) -> str:
    return "\n".join(lines).strip("\n")


def _fill(markup: str, page: _Page) -> _Page:
    pieces = _TAG.split(markup)
    # A text and the tag behind it, again and again; the last text has none.
    for text, closing, tag, attributes in zip(*(pieces[n::4] for n in range(4)), strict=False):
        if text:
            _add_text(page, text)
        if tag == "blockquote":
            tag = page.kind_of_quote(is_start=not closing)
        if tag in _BLOCKS or tag in _MEANT:
            if closing:
                _close(page, tag)
            else:
                _open(page, tag, attributes)
        if page.cut:
            _see(page.cut, tag, len(page.lines), is_start=not closing)
    _add_text(page, pieces[-1])
    page.end_line()
    return page


def _see(cut: Cut, tag: str, line: int, *, is_start: bool) -> None:
    cut.see(tag, line, is_start=is_start)
    if tag in _VOID:
        cut.see(tag, line, is_start=False)


def _add_text(page: _Page, text: str) -> None:
    if "&" in text:
        text = unescape(text)
    if INDENT in text:
        text, page.is_indent_next = text.replace(INDENT, ""), True
    if page.link is not None:
        page.link.append(text)
    if page.cut is None:
        page.add(text)
        return
    for piece in page.cut.pieces(text):
        if piece in MARKS:
            page.end_line()
            page.cut.note(piece, len(page.lines))
        else:
            page.add(piece)


def _open(page: _Page, tag: str, attributes: str) -> None:
    if tag == "br":
        page.end_line(keep_empty=True)
    elif tag == "img":
        page.add(_value(_ALT, attributes))
    elif tag == "a":
        page.target, page.link = _value(_HREF, attributes).strip(), []
    elif tag in ("td", "th"):
        if page.pieces:
            page.pieces.append("  ")
    elif tag in _BLOCKS:
        _open_block(page, tag, attributes)


def _value(pattern: re.Pattern[str], attributes: str) -> str:
    found = pattern.search(attributes) if attributes else None
    return unescape(found[1]) if found else ""


def _open_block(page: _Page, tag: str, attributes: str) -> None:
    page.end_line()
    if tag in _APART and not (page.lists and tag in ("ul", "ol", "p")):
        page.wants_gap = True
    if tag == "blockquote":
        page.write_gap()
        page.quotes += 1
    elif tag == "pre":
        page.preformatted += 1
    elif tag == "hr":
        page.add("-" * 40)
        page.end_line()
    elif tag in ("ul", "ol"):
        page.lists.append(_first_number(attributes) if tag == "ol" else 0)
    elif tag == "li" and page.lists:
        number = page.lists[-1]
        page.bullet = f"{number}. " if number else "- "
        page.lists[-1] += bool(number)


def _first_number(attributes: str) -> int:
    """Where a list begins to count."""
    said = _value(_START, attributes)
    return max(1, int(said)) if said.isascii() and said.isdecimal() and len(said) < 7 else 1


def _close(page: _Page, tag: str) -> None:
    if tag == "a":
        _show_target(page)
    if tag not in _BLOCKS:
        return
    page.end_line()
    if tag in _APART and not (page.lists and tag in ("ul", "ol", "p")):
        page.wants_gap = True
    if tag == "blockquote":
        page.quotes -= 1
    elif tag == "pre":
        page.preformatted -= 1
    elif tag in ("ul", "ol") and page.lists:
        page.lists.pop()
        page.bullet = "" if not page.lists else "  "
    elif tag == "li":
        page.bullet = ""


def _show_target(page: _Page) -> None:
    """`text <address>`, unless the text is the address or there is no text to follow."""
    target, shown = page.target, " ".join("".join(page.link or ()).split())
    page.link = None
    if not target or not shown or target.startswith(("#", "cid:")):
        return
    bare = target.removeprefix("mailto:").removeprefix("https://").removeprefix("http://")
    plain = shown.removeprefix("https://").removeprefix("http://")
    if bare.rstrip("/").casefold() == plain.rstrip("/").casefold():
        return
    page.add(f" <{target.removeprefix('mailto:')}>")

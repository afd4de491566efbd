"""Clean HTML to plain text: one walk over the tree, without recursion.

In: markup that nh3 has cleaned. Out: text. Paragraphs and rows are lines, cells stand apart, lists
have bullets or numbers, `blockquote` becomes `> `, a link shows its address unless its text does.
*Fails:* never.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from maildesk.mail.cut import Cut
from maildesk.mail.quote_marks import BLOCK, REST

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

    def add(self, text: str) -> None:
        if self.preformatted:
            first, *others = text.split("\n")
            self._append(first)
            for line in others:
                self.end_line(keep_empty=True)
                self._append(line)
            return
        words = " ".join(text.split())
        if text[:1].isspace() and self.pieces and not self.pieces[-1].endswith(" "):
            self.pieces.append(" ")
        self._append(words)
        if words and text[-1:].isspace():
            self.pieces.append(" ")

    def _append(self, text: str) -> None:
        if text:
            self.pieces.append(text)

    def end_line(self, *, keep_empty: bool = False) -> None:
        line = "".join(self.pieces).rstrip()
        if not self.preformatted:
            line = line.lstrip()
        self.pieces.clear()
        if not line and not keep_empty:
            return
        self.write_gap()
        indent = "  " * (len(self.lists) - 1) if self.lists else ""
        self._write(f"{indent}{self.bullet}{line}")
        self.bullet = "  " if self.lists else ""

    def _write(self, line: str) -> None:
        mark = ">" * self.quotes + " " if self.quotes else ""
        self.lines.append((mark + line).rstrip())

    def write_gap(self) -> None:
        """The empty line that was asked for, at the depth of quoting that holds now."""
        if self.wants_gap and self.lines and self.lines[-1].strip("> "):
            self._write("")
        self.wants_gap = False


def render(markup: str) -> str:
    """The text of the markup."""
    return _join(_fill(markup, _Page()).lines)


def render_own(marked: str) -> str:
    """The text of markup that `quote_marks` marked, without what the marks say is not own."""
    cut = Cut()
    page = _fill(marked, _Page(cut=cut))
    return _join(cut.leave(page.lines))


def _join(lines: list[str]) -> str:
    return "\n".join(lines).strip("\n")


def _fill(markup: str, page: _Page) -> _Page:
    body = LexborHTMLParser(markup).body
    if body is None:
        return page
    for node, is_start in _walk(body):
        tag = node.tag
        if tag == "-text":
            _add_text(page, node.text_content or "")
        elif is_start:
            _open(page, node, tag or "")
        else:
            _close(page, node, tag or "")
        if page.cut and tag != "-text":
            page.cut.see(tag or "", len(page.lines), is_start=is_start)
    page.end_line()
    return page


def _add_text(page: _Page, text: str) -> None:
    if page.cut is None:
        page.add(text)
        return
    for piece in page.cut.pieces(text):
        if piece in (BLOCK, REST):
            page.end_line()
            page.cut.note(piece, len(page.lines))
        else:
            page.add(piece)


def _walk(top: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """Every node below `top` when it starts, and elements again when they end."""
    node = top.first_child
    open_nodes: list[LexborNode] = []
    while node is not None or open_nodes:
        if node is None:
            node = open_nodes.pop()
            yield node, False
            node = node.next
            continue
        yield node, True
        child = node.first_child if node.tag != "-text" else None
        if child is not None:
            open_nodes.append(node)
            node = child
            continue
        if node.tag != "-text":
            yield node, False
        node = node.next


def _open(page: _Page, node: LexborNode, tag: str) -> None:
    if tag == "br":
        page.end_line(keep_empty=True)
    elif tag == "img":
        page.add(node.attributes.get("alt") or "")
    elif tag in ("td", "th"):
        if page.pieces:
            page.pieces.append("  ")
    elif tag in _BLOCKS:
        _open_block(page, node, tag)


def _open_block(page: _Page, node: LexborNode, tag: str) -> None:
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
        page.lists.append(1 if tag == "ol" else 0)
    elif tag == "li" and page.lists:
        number = page.lists[-1]
        page.bullet = f"{number}. " if number else "- "
        page.lists[-1] += bool(number)


def _close(page: _Page, node: LexborNode, tag: str) -> None:
    if tag == "a":
        _show_target(page, node)
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


def _show_target(page: _Page, node: LexborNode) -> None:
    """`text <address>`, unless the text is the address or there is no text to follow."""
    target = (node.attributes.get("href") or "").strip()
    shown = " ".join((node.text() or "").split())
    if not target or not shown or target.startswith(("#", "cid:")):
        return
    bare = target.removeprefix("mailto:").removeprefix("https://").removeprefix("http://")
    plain = shown.removeprefix("https://").removeprefix("http://")
    if bare.rstrip("/").casefold() == plain.rstrip("/").casefold():
        return
    page.add(f" <{target.removeprefix('mailto:')}>")

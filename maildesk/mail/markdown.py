"""Markdown as people write it in a reply, made HTML: the part of it that cannot surprise.

In: the text of a canned reply, or what an agent made of it. Out: clean markup, and text to read
without marks. Taken are paragraphs whose lines stay lines, headings, lists, quotes, fenced code,
rules, bold, italics, struck words, code and links to web and mail addresses; all else is text, HTML
too.
*Fails:* never; what is no Markdown after all is the text that it is.

A list has numbers only where they count up from 1: `3. November` is a day. Marks inside words are
letters: `snake_case_name`, `2*3*4`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape

from maildesk.mail.html import sanitise
from maildesk.mail.render_text import render

_DEEPEST = 6  # quotes and lists in each other
_LONGEST = 100_000  # letters; more is text
_FENCE = re.compile(r" {0,3}(```|~~~)[^`]{0,100}")
_HEADING = re.compile(r" {0,3}(#{1,6}) +([^\n]{1,1000})")
_RULE = re.compile(r" {0,3}(?:(?:- ?){3,80}|(?:\* ?){3,80}|(?:_ ?){3,80})")
_BULLET = re.compile(r" {0,3}[-*+]( +)(?=\S)")
_NUMBER = re.compile(r" {0,3}([0-9]{1,3})[.)]( +)(?=\S)")
_QUOTE = re.compile(r" {0,3}> ?")
_URL = r"(?:https?://|mailto:)[^\s()<>\"]{1,1000}+(?:\([^\s()<>\"]{0,200}+\)[^\s()<>\"]{0,1000}+)?"
_BARE = r"https?://[^\s<>\"]{1,1000}(?<![.,;:!?)\]'*_])"
_INLINE = re.compile(
    r"\\(?P<literal>[\\`*_{}\[\]()#+\-.!<>~|])"
    r"|(?P<ticks>`{1,2})(?P<code>[^`\n]{1,500}+)(?P=ticks)"
    rf"|!?\[(?P<name>[^\[\]\n]{{1,500}}+)\]\(<?(?P<to>{_URL})>?\)"
    rf"|<(?P<angled>{_URL})>|(?P<bare>{_BARE})"
    r"|(?<![\w*])\*\*(?=[^\s*])(?P<bold>[^*\n]{1,1000}+(?:\*(?!\*)[^*\n]{1,500}+){0,40})(?<=\S)\*\*(?![\w*])"
    r"|(?<![\w_])__(?=[^\s_])(?P<bold_>[^_\n]{1,1000}+)(?<=\S)__(?![\w_])"
    r"|(?<![\w*])\*(?=[^\s*])(?P<italic>[^*\n]{1,1000}+)(?<=\S)\*(?![\w*])"
    r"|(?<![\w_])_(?=[^\s_])(?P<italic_>[^_\n]{1,1000}+)(?<=\S)_(?![\w_])"
    r"|(?<![\w~])~~(?=[^\s~])(?P<struck>[^~\n]{1,1000}+)(?<=\S)~~(?![\w~])"
)
_TAGS = {"bold": "strong", "bold_": "strong", "italic": "em", "italic_": "em", "struck": "del"}


def to_html(text: str) -> str | None:
    """The clean markup of a text in Markdown; None for one that is too long or too twisted."""
    if len(text) > _LONGEST:
        return None
    return sanitise("".join(_blocks(text.split("\n"), 0))).markup


def plain_to_html(text: str) -> str | None:
    """The clean markup of a text that is not in Markdown: its paragraphs and lines."""
    blocks = re.split(r"\n(?:[ \t]*+\n)++", text.strip("\n"))
    return sanitise(
        "".join(f"<p>{_lines(block.split(chr(10)), escape)}</p>" for block in blocks)
    ).markup


def to_text(markup: str) -> str:
    """Clean markup as plain text to read."""
    return render(markup)


def _blocks(lines: list[str], depth: int) -> Iterator[str]:
    at = 0
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        block, at = _block(lines, at, depth)
        yield block


def _block(lines: list[str], at: int, depth: int) -> tuple[str, int]:
    """The block that begins on this line, and where the next one may."""
    line = lines[at]
    if _FENCE.fullmatch(line):
        return _fenced(lines, at)
    if heading := _HEADING.fullmatch(line):
        level = min(len(heading[1]) + 1, 4)
        return f"<h{level}>{_inline(heading[2].strip().rstrip('#').rstrip())}</h{level}>", at + 1
    if _RULE.fullmatch(line.rstrip()):
        return "<hr>", at + 1
    if depth < _DEEPEST and _QUOTE.match(line):
        end = _end(lines, at, _QUOTE)
        inner = [_QUOTE.sub("", found, count=1) for found in lines[at:end]]
        return f"<blockquote>{''.join(_blocks(inner, depth + 1))}</blockquote>", end
    if depth < _DEEPEST and _begins_list(line):
        return _list(lines, at, depth)
    end = at + 1
    while end < len(lines) and lines[end].strip() and not _begins_block(lines[end]):
        end += 1
    return f"<p>{_lines(lines[at:end], _inline)}</p>", end


def _begins_block(line: str) -> bool:
    return bool(
        _FENCE.fullmatch(line)
        or _HEADING.fullmatch(line)
        or _RULE.fullmatch(line.rstrip())
        or _QUOTE.match(line)
        or _begins_list(line)
    )


def _begins_list(line: str) -> bool:
    number = _NUMBER.match(line)
    return bool(_BULLET.match(line)) or (number is not None and number[1] == "1")


def _end(lines: list[str], at: int, mark: re.Pattern[str]) -> int:
    while at < len(lines) and mark.match(lines[at]):
        at += 1
    return at


def _fenced(lines: list[str], at: int) -> tuple[str, int]:
    """Code up to the closing fence, or the end."""
    fence = lines[at].strip()[:3]
    end = at + 1
    while end < len(lines) and lines[end].strip() != fence:
        end += 1
    return f"<pre>{escape(chr(10).join(lines[at + 1 : end]))}</pre>", end + 1


def _list(lines: list[str], at: int, depth: int) -> tuple[str, int]:
    """Items one below the other; what is indented below an item belongs to it."""
    mark = _BULLET if _BULLET.match(lines[at]) else _NUMBER
    items: list[str] = []
    while at < len(lines):
        found = mark.match(lines[at])
        if not found or (mark is _NUMBER and int(found[1]) != len(items) + 1):
            break
        width = found.end()
        item = [lines[at][width:]]
        at += 1
        while at < len(lines) and _belongs(lines, at):
            item.append(lines[at][min(width, _indent(lines[at])) :])
            at += 1
        items.append(f"<li>{_tight(''.join(_blocks(item, depth + 1)))}</li>")
        ahead = at
        while ahead < len(lines) and not lines[ahead].strip():
            ahead += 1
        at = ahead if ahead < len(lines) and mark.match(lines[ahead]) else at
    tag = "ul" if mark is _BULLET else "ol"
    return f"<{tag}>{''.join(items)}</{tag}>", at


def _belongs(lines: list[str], at: int) -> bool:
    """Whether a line goes on with the item above: it is indented."""
    return bool(lines[at].strip()) and _indent(lines[at]) >= 2


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _tight(item: str) -> str:
    """An item without the paragraph around its first words."""
    first, mark, rest = item.removeprefix("<p>").partition("</p>")
    return first + rest if item.startswith("<p>") and mark else item


def _lines(lines: list[str], shown: Callable[[str], str]) -> str:
    return "<br>".join(shown(line.strip().removesuffix("\\")) for line in lines)


def _inline(text: str, depth: int = 0) -> str:
    """A line with its marks as tags, all else escaped."""
    pieces, at = [], 0
    for found in _INLINE.finditer(text):
        pieces.append(escape(text[at : found.start()]))
        pieces.append(_marked(found, depth))
        at = found.end()
    return "".join((*pieces, escape(text[at:])))


def _marked(found: re.Match[str], depth: int) -> str:
    name = str(found.lastgroup)
    if name == "literal":
        return escape(found[name])
    if found["code"]:
        return f"<code>{escape(found['code'])}</code>"
    if found["to"]:
        return f'<a href="{escape(found["to"])}">{_inner(found["name"], depth)}</a>'
    if address := found["angled"] or found["bare"]:
        return f'<a href="{escape(address)}">{escape(address.removeprefix("mailto:"))}</a>'
    tag = _TAGS[name]
    return f"<{tag}>{_inner(found[name], depth)}</{tag}>"


def _inner(text: str, depth: int) -> str:
    """Marks inside of marks, a few deep."""
    return _inline(text, depth + 1) if depth < 3 else escape(text)

"""Where mail programs say in their HTML: from here on it is not the writer's.

In: markup as it came, before the allow-list takes names and styles away. Out: the same markup with
an unwritable character in front of each such element: BLOCK before one that holds the line above a
quote or an unmarked quote, LINE where it holds that line and nothing else of the program's; REST
where all that follows is the answered mail; SIGN before one that holds a signature; INDENT before a
`blockquote` by which people indent their own words. Whether quotes are to go at all `mail.reply`
says.
*Fails:* never.

A `blockquote` that quotes needs no mark: the renderer writes `> ` before its lines, and what stands
between two of them, in the very container that Gmail and Proton put around both, is an answer.
"""

from __future__ import annotations

import re

# Noncharacters: no mail program writes them, and what a sender wrote of them is taken out first.
BLOCK, REST, SIGN, INDENT, LINE = "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3", "\ufdd4"
MARKS = BLOCK + REST + SIGN + INDENT + LINE
_MARKS = re.compile(f"[{MARKS}]")
_OTHER_MARKS = re.compile(f"[{BLOCK}{REST}{SIGN}{LINE}]")

_BLOCKS = """
gmail_quote(?:_container)?|gmail_attr|moz-forward-container|yahoo_quoted|yahoo-quoted
|protonmail_quote|zmail_extra|tutanota_quote|mail-editor-reference-message-container|isReplyContent
|ntes-mailmaster-quote|messageReplySection|hs_reply|front-quote|replySplit
"""
_LINES = "moz-cite-prefix"
_SIGNS = """
gmail_signature|moz-signature|ymail_android_signature|protonmail_signature_block
|ms-outlook-mobile-signature
"""
_RESTS = """
divRplyFwdMsg|appendonsend|OutlookMessageHeader|stopSpelling|zwchr|x_divRplyFwdMsg
"""
# Looked for first, because a search for a literal costs next to nothing.
_HINTS = (
    "quote",
    "gmail_",
    "moz-",
    "signature",
    "zmail_extra",
    "ReplyContent",
    "replySplit",
    "messageReply",
    "hs_reply",
    "reference-message",
    "RplyFwdMsg",
    "appendonsend",
    "OutlookMessageHeader",
    "stopSpelling",
    "zwchr",
    "border-top",
    "BORDER-TOP",
    "<blockquote ",
    "<BLOCKQUOTE ",
)


def _one(table: str) -> str:
    return table.replace("\n", "")


_ELEMENT = re.compile(
    rf"<(?:div|table|section|hr|a|pre)\s[^<>]{{0,600}}?\b(?:(?P<block>{_one(_BLOCKS)})"
    rf"|(?P<line>{_LINES})|(?P<sign>{_one(_SIGNS)})|(?P<rest>{_one(_RESTS)}))(?![\w-])",
    re.IGNORECASE,
)
# The line that Outlook and Windows Mail draw above From, Sent, To and Subject.
_RULED = re.compile(
    r"<div\s[^<>]{0,300}?border-top(?:-color)?:\s?(?:(?:1px )?solid )?"
    r"(?:#(?:E1E1E1|B5C4DF|E5E5E5)|rgb\(229, 229, 229\))[^<>]{0,300}>",
    re.IGNORECASE,
)
# Gmail, Apple Mail and Outlook on the web indent so: a style alone, and no line at the left.
_BLOCKQUOTE = re.compile(
    r"<blockquote\s{1,4}(?:dir=[\"']?\w{1,5}[\"']?\s{1,4})?style\s?=\s?(?:\"([^\"<>]{1,400})\""
    r"|'([^'<>]{1,400})')\s{0,4}>",
    re.IGNORECASE,
)
_BARE = re.compile("<blockquote>", re.IGNORECASE)
_DRAWN = re.compile(r"border[\w-]{0,14}\s?:(?!\s?(?:none|0|medium none))", re.IGNORECASE)
_LABEL_END = re.compile(r"[:：]\s{0,4}(?:&nbsp;)?(?:</span>)?\s{0,4}</(?:b|strong)>", re.IGNORECASE)
_BLOCK_LENGTH = 4_000
_RULES = 20  # lines looked at; the first that stands above a header block is enough


def mark(source: str) -> str:
    """The markup with its marks; the very same where there is nothing to mark."""
    source = unmark(source)
    if not any(hint in source for hint in _HINTS):
        return source
    marked = _ELEMENT.sub(lambda found: _mark_of(found) + found[0], source)
    if "order-top" in source or "ORDER-TOP" in source:
        marked = _RULED.sub(_mark_ruled, marked, count=_RULES)
    if "<blockquote" not in marked and "<BLOCKQUOTE" not in marked:
        return marked
    # Who names his quotes does not write a bare one above them: that is the writer's own.
    first = min((at for at in map(marked.find, (BLOCK, LINE, REST)) if at >= 0), default=0)
    head = _BARE.sub(INDENT + "<blockquote>", marked[:first])
    return _BLOCKQUOTE.sub(_mark_indented, head + marked[first:])


def unmark(markup: str) -> str:
    """The markup without its marks."""
    return _MARKS.sub("", markup) if any(mark in markup for mark in MARKS) else markup


def _mark_of(found: re.Match[str]) -> str:
    if found["block"]:
        return BLOCK
    if found["line"]:
        return LINE
    return SIGN if found["sign"] else REST


def only_indents(marked: str) -> str:
    """The markup with marks at indented words alone, "" where there are none."""
    return _OTHER_MARKS.sub("", marked) if INDENT in marked else ""


def _mark_indented(found: re.Match[str]) -> str:
    is_drawn = _DRAWN.search(found[1] or found[2])
    return found[0] if is_drawn else INDENT + found[0]


def _mark_ruled(found: re.Match[str]) -> str:
    """Three labels in bold below the line make it a header block."""
    below = found.string[found.end() : found.end() + _BLOCK_LENGTH]
    return REST + found[0] if len(_LABEL_END.findall(below)) >= 3 else found[0]

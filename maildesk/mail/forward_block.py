"""Where in a text a forwarded mail begins, and the header lines that its program shows above it.

In: the lines of a text. Out: `Found`: what stands above, the header lines by label, the forwarded
words, what stands below. Every line is looked at a fixed number of times and only its first
characters, so hostile text costs no more than honest text.
*Fails:* never; None when nothing in the text is a forwarded mail.

    above, what the forwarder says himself
    ---------- Forwarded message ---------      a line between dashes, a sentence, or nothing
    From: Ada <ada@customer.example>            header lines, in any order, some over two lines,
    Date: Fri, Nov 20, 2026 at 9:50 AM          all of it perhaps behind `> `
    Subject: Printer

    The words of the forwarded mail.
    ----- End forwarded message -----           with some programs
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from maildesk.mail import forward_words as words
from maildesk.mail import reply_words
from maildesk.mail.forward_words import Label

_LONGEST_LINE = 400
_LONGEST_VALUE = 4_000
_LONGEST_BLOCK = 40  # lines
_BLANKS = 3  # between the separator and the first header line
_MARKS = " \t-–—_*=~"
_STARTS = tuple("-–—_*=~")
_OPENERS = frozenset((*_STARTS, ">", " "))
_CLOSERS = frozenset(":： \t\u00a0")
_RULE = re.compile(r"[_\-–—=*]{5,}")
_QUOTE = re.compile(r"(?: ?>){1,20} ?")
_TIME = re.compile(r"\d{1,2}[:.h]\d{2}")
_FIRST = (Label.FROM, Label.DATE, Label.TO, Label.SUBJECT)  # what a bare block begins with
_KINDS = (Label.FROM, Label.DATE, Label.TO, Label.CC, Label.SUBJECT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A forwarded mail in a text; `is_marked` says that a line of its own announced it, `is_closed`
    that quote marks or a line of its own say where it ends.
    """

    above: str
    headers: dict[Label, str]
    text: str
    below: str = ""
    is_marked: bool = False
    is_closed: bool = False


@dataclass(slots=True)
class _Block:
    """Header lines as they are gathered."""

    headers: dict[Label, str] = field(default_factory=dict)
    end: int = 0
    depth: int = 0
    last: Label = Label.OTHER

    def is_whole(self, others: int) -> bool:
        """Whether it says from whom, and enough beside it to be no accident."""
        known = [kind for kind in self.headers if kind in _KINDS]
        return Label.FROM in self.headers and len(known) > others


def find(text: str, *, is_forward: bool) -> Found | None:
    """The topmost forwarded mail; `is_forward` says that the subject called the mail one.

    Without that word in the subject only a line that says `forwarded` counts, because header lines
    alone are how many programs quote what they answer.
    """
    lines = text.split("\n")
    for at, line in enumerate(lines):
        if not is_forward and line[:1] not in _OPENERS and line[-1:] not in _CLOSERS:
            continue  # nearly every line of nearly every mail
        bare = line[:_LONGEST_LINE].lstrip("> ").rstrip()
        if not bare:
            continue
        if _is_announcement(bare):
            return _read_marked(lines, at)
        if is_forward and (found := _read_unmarked(lines, at, bare)):
            return found
    return _attributed(lines) if is_forward else None


def _is_announcement(bare: str) -> bool:
    """`---- Forwarded message ----`, in one of the languages, or Apple's sentence."""
    if bare[:1] in _STARTS:
        inner = words.fold(bare.strip(_MARKS))
        return bare[:2].strip(_MARKS) == "" and inner.startswith(words.FORWARDS)
    return bare[-1:] in ":：" and words.fold(bare).rstrip(" :：\u00a0") in words.SENTENCES


def _read_marked(lines: list[str], at: int) -> Found:
    """A mail below a line that announces it; the line itself may name who wrote it."""
    first = lines[at][:_LONGEST_VALUE].lstrip("> ")
    inner, rest = _split_announcement(first)
    if rest:
        lines = [*lines[:at], first[: len(first) - len(rest)], rest, *lines[at + 1 :]]
    block = _read_block(lines, at + 1)
    if block.is_whole(1):
        return _found(lines, at, block, is_marked=True)
    headers = dict(block.headers)
    if "@" in inner and Label.FROM not in headers:
        headers[Label.FROM] = inner
    if Label.FROM not in headers and (who := _attribution(lines, at + 1)):
        block.end, headers[Label.FROM], headers[Label.DATE] = who[1], who[0], who[0]
    if not headers:
        block.end = at + 1
    whole = _Block(headers=headers, end=block.end, depth=block.depth)
    return _found(lines, at, whole, is_marked=True)


def _split_announcement(line: str) -> tuple[str, str]:
    """What stands between the dashes, and what a program stuck behind them (Yahoo does)."""
    inner = line.strip().lstrip(_MARKS)
    cut = re.search(r"\s?[-=]{3,}\s?", inner)
    if not cut:
        return inner[:_LONGEST_LINE], ""
    return inner[: cut.start()][:_LONGEST_LINE], inner[cut.end() :].strip()


def _read_unmarked(lines: list[str], at: int, bare: str) -> Found | None:
    """Header lines without a word about forwarding: below a rule, `Original message`, or bare."""
    start = at
    if label_of(bare) not in _FIRST:
        inner = bare.strip(_MARKS).casefold() if bare[:1] in _STARTS else ""
        if inner not in reply_words.ORIGINALS and not _RULE.fullmatch(bare):
            return None
        start = at + 1
    block = _read_block(lines, start)
    return _found(lines, at, block, is_marked=False) if block.is_whole(2) else None


def _read_block(lines: list[str], at: int) -> _Block:
    """The header lines from `at` on, after a few blank ones."""
    block = _Block(end=at)
    blanks = 0
    for number, line in enumerate(lines[at : at + _LONGEST_BLOCK]):
        bare = _unquoted(line[:_LONGEST_VALUE])
        if not bare.strip():
            blanks += 1
            if blanks > _BLANKS or (block.headers and _is_closed(block, lines, at + number)):
                break
            continue
        is_first = not block.headers
        if not _take_line(block, bare, after_blank=blanks > 0):
            break
        if is_first:
            block.depth = _depth(line)
        blanks = 0
        block.end = at + number + 1
    block.end = min(block.end, len(lines))
    return block


def _is_closed(block: _Block, lines: list[str], at: int) -> bool:
    """Whether a blank line ends the block: it does unless the next line is a header still missing.

    HTML made into text may have a blank line between any two of its lines.
    """
    below = next((n for n in lines[at + 1 : at + 3] if _unquoted(n).strip()), "")
    kind = label_of(_unquoted(below))
    is_short = Label.FROM not in block.headers or len(block.headers) < 3
    return kind is None or kind in block.headers or not is_short


def _take_line(block: _Block, bare: str, *, after_blank: bool) -> bool:
    """One line into the block; False when it is no part of it."""
    taken = False
    for piece in _pieces(bare):
        kind = label_of(piece)
        if kind is None:
            return _continue(block, piece, after_blank=after_blank) or taken
        if kind in block.headers and kind is not Label.OTHER:
            return taken
        found = words.LABEL.match(piece)
        block.headers[kind] = piece[found.end() :].strip(" \t*") if found else ""
        block.last = kind
        taken = True
    return taken


def _pieces(bare: str) -> list[str]:
    """The header lines in a line: one, but Yahoo sticks all of them together behind `From:`."""
    if bare.count(":", 0, _LONGEST_VALUE) < 3 or label_of(bare) is not Label.FROM:
        return [bare]
    pieces = words.STUCK.split(bare)
    return pieces if len(pieces) > 2 else [bare]


def _continue(block: _Block, bare: str, *, after_blank: bool) -> bool:
    """A value that goes on in the next line: the label stood alone, or addresses were broken."""
    if not block.headers or after_blank:
        return False
    value = block.headers[block.last]
    is_list = block.last not in (Label.SUBJECT, Label.DATE)
    is_folded = is_list and (bare[:1] in " \t" or value.endswith((",", ";")))
    is_address = block.last in (Label.FROM, Label.TO, Label.CC) and bare.lstrip()[:1] in "<["
    if value and not is_folded and not is_address:
        return False
    block.headers[block.last] = f"{value} {bare.strip()}".strip()[:_LONGEST_VALUE]
    return True


def label_of(line: str) -> Label | None:
    """What a header line is about, None for a line that is none."""
    found = words.LABEL.match(line[:60])
    if not found:
        return None
    name = " ".join(words.fold(found[1]).split())
    kind = words.LABELS.get(name)
    if kind is None and name.startswith(("x-", "list-", "resent-", "arc-", "dkim-")):
        return Label.OTHER
    return kind


def _found(lines: list[str], at: int, block: _Block, *, is_marked: bool) -> Found:
    body, below, is_closed = _body(lines, block)
    return Found(
        above="\n".join(lines[:at]).strip(),
        headers=block.headers,
        text=body,
        below=below,
        is_marked=is_marked,
        is_closed=is_closed,
    )


def _body(lines: list[str], block: _Block) -> tuple[str, str, bool]:
    """The forwarded words, unquoted as far as the block was; what follows their end; and whether
    anything but the end of the text says where that is.
    """
    kept: list[str] = []
    at = block.end
    while at < len(lines) and (not lines[at].strip("> ") or _closes_block(lines[at], kept)):
        at += 1
    depth = block.depth or int(_is_all_quoted(lines[at:]))
    for number in range(at, len(lines)):
        line = lines[number]
        if _is_end(line):
            return "\n".join(kept).strip("\n"), "\n".join(lines[number + 1 :]).strip(), True
        if depth and _leaves_quote(lines, number, at):
            return "\n".join(kept).strip("\n"), "\n".join(lines[number:]).strip(), True
        kept.append(_unquoted(line, depth) if depth else line)
    return "\n".join(kept).strip("\n"), "", depth > 0


def _is_all_quoted(lines: list[str]) -> bool:
    """Whether the words are quoted below header lines that are not, as Proton and Missive do."""
    written = [line for line in lines if line.strip()]
    return bool(written) and all(line.lstrip().startswith(">") for line in written)


def _leaves_quote(lines: list[str], number: int, first: int) -> bool:
    """Whether this line is no part of the quote; a broken line of it has no mark of its own."""
    line = lines[number]
    if not line.strip() or line.lstrip().startswith(">"):
        return False
    return number == first or not lines[number - 1].strip("> ")


def _closes_block(line: str, kept: list[str]) -> bool:
    """Zoho and SquirrelMail close the header lines with a line of dashes."""
    bare = line[:_LONGEST_LINE].strip("> ")
    return not kept and bool(_RULE.fullmatch(bare) or (bare[:1] == "=" and _is_announcement(bare)))


def _is_end(line: str) -> bool:
    bare = line[:_LONGEST_LINE].lstrip("> ")
    return bare[:2].strip("-–—") == "" and words.fold(bare.strip(_MARKS)).startswith(words.ENDS)


def _attributed(lines: list[str]) -> Found | None:
    """`On 28/10/2026 12.46, "Ada" <ada@x.example> wrote:`, as Outlook for Mac marks a forward."""
    for at, line in enumerate(lines):
        if line[-1:] in (":", "：") or "@" in line[:_LONGEST_LINE]:
            who = _attribution(lines, at)
            if who:
                headers = {Label.FROM: who[0], Label.DATE: who[0]}
                depth = next((_depth(n) for n in lines[who[1] :] if n.strip()), 0)
                block = _Block(headers=headers, end=who[1], depth=depth)
                return _found(lines, at, block, is_marked=False)
    return None


def _attribution(lines: list[str], at: int) -> tuple[str, int] | None:
    """Who and when, in whatever words: an address, a time and a colon at the end of one or two
    lines; and the number of the line below.
    """
    while at < len(lines) and not lines[at].strip("> "):
        at += 1
    for count in (1, 2):
        joined = " ".join(_unquoted(n[:_LONGEST_LINE]).strip() for n in lines[at : at + count])
        if joined.endswith((":", "：")) and "@" in joined and _TIME.search(joined):
            return joined[:_LONGEST_LINE], at + count
    return None


def _depth(line: str) -> int:
    found = _QUOTE.match(line[:_LONGEST_LINE])
    return found[0].count(">") if found else 0


def _unquoted(line: str, depth: int = 20) -> str:
    """The line without its quote marks, at most `depth` of them."""
    found = _QUOTE.match(line)
    if not found:
        return line
    rest, taken = line, 0
    while taken < depth and rest.lstrip(" ")[:1] == ">":
        rest = rest.lstrip(" ")[1:]
        taken += 1
    return rest.removeprefix(" ")

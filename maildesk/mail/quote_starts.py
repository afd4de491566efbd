"""Where a quote begins in a text, and where a marked one ends.

In: the lines of a text, and where to look. Out: which lines may begin something; what begins at one
of them; the first line behind a marked quote.
*Fails:* never.
"""

from __future__ import annotations

import re

from maildesk.mail import attribution, old_programs
from maildesk.mail import reply_words as words
from maildesk.mail.attribution import LONGEST_LINE
from maildesk.mail.header_block import starts_header_block

RULE = re.compile(r"[_\-–—=*]{3,}")
_LINK_ONLY = re.compile(r"\s*[(<\[]https?://\S{1,380}[)>\]][\s>]*")
_DASHES = " \t-–—*_="
_RULE_STARTS = tuple("-–—_=*")
_STARTS = frozenset((*_RULE_STARTS, ">", "|"))
_FULL_LINE = 70  # no shorter line was broken by a program that breaks quotes
QUOTE, FORWARD = "quote", "forward"


def find_suspects(lines: list[str]) -> bytearray:
    """Which lines may begin something: nearly all lines of nearly all mails may not.

    What begins a quote begins with a mark or a rule, or has a colon or an address in one of its
    lines; an introduction may have begun five lines above that.
    """
    found = bytearray(len(lines))
    for at, line in enumerate(lines):
        start = line[:1]
        if ":" in line or "@" in line or "：" in line:
            first = max(0, at - attribution.MOST_LINES + 1)
            found[first : at + 1] = b"\x01" * (at + 1 - first)
        elif start in _STARTS or (start.isspace() and line.lstrip()[:1] in _STARTS):
            found[at] = 1
    return found


def judge(lines: list[str], at: int) -> str:
    """What begins with this line: QUOTE (all the rest is quoted), FORWARD, or "" for neither."""
    line = lines[at][:LONGEST_LINE].strip()
    if not line:
        return ""
    if line[:1] in _RULE_STARTS:
        inner = line.strip(_DASHES).casefold()
        if inner.startswith(words.FORWARDS) and line[:2] == "--":
            return FORWARD
        is_original = inner in words.ORIGINALS and "--" in line[:3]
        if (is_original and not _is_in_sentence(lines, at)) or _is_rule_above_block(lines, at):
            return QUOTE
    if line[:1] in "-|" and _is_by_old_program(lines, at):
        return QUOTE
    if line[:1] in "Oo" and line.casefold().startswith(words.ORIGINAL_LINES):
        return QUOTE
    if ":" in line[:40] or "：" in line[:40]:
        if line.casefold() in words.FORWARD_LINES:
            return FORWARD
        if starts_header_block(lines, at):
            return QUOTE
    return QUOTE if _starts_unmarked_quote(lines, at) else ""


def _is_in_sentence(lines: list[str], at: int) -> bool:
    """Whether words go on around the line: a program leaves an empty line, or writes labels."""
    beside = lines[max(0, at - 1) : at] + lines[at + 1 : at + 2]
    return len(beside) == 2 and bool(beside[0].strip()) and beside[1].strip()[:1].islower()


def _starts_unmarked_quote(lines: list[str], at: int) -> bool:
    """An introduction with text below it that nothing marks; a marked quote takes its own off."""
    end = attribution.end_of_unmarked(lines, at)
    if not end:
        return False
    below = next((n for n in range(end, min(end + 4, len(lines))) if lines[n].strip()), None)
    return below is not None and not _is_quoted(lines, below)


def _is_by_old_program(lines: list[str], at: int) -> bool:
    return old_programs.is_framed_introduction(lines, at) or old_programs.is_table_of_labels(
        lines, at
    )


def _is_quoted(lines: list[str], at: int) -> bool:
    line = lines[at]
    return line.startswith((">", " >")) and not attribution.is_rest_of_address(lines, at)


def end_of_quote(lines: list[str], at: int, above: list[str]) -> int:
    """The first line behind a marked quote that begins here; `at` itself where none does.

    Lines that a program broke off quoted ones belong to it. s-nail marks with `|`, as tables do: it
    counts only below an introduction.
    """
    if _is_barred(lines[at]) and attribution.length_above(above[-6:]):
        while at < len(lines) and _is_barred(lines[at]):
            at += 1
        return at
    if not _is_quoted(lines, at):
        return at
    if old_programs.is_line_between_arrows(lines, at):
        return len(lines)
    while at < len(lines) and (_is_quoted(lines, at) or _is_broken_off(lines, at)):
        at += 1
    while at < len(lines) and words.PART_LINE.fullmatch(lines[at][:200].strip()):
        at += 1
    return at


def _is_barred(line: str) -> bool:
    bare = line.strip()
    return line.startswith(("|", " |")) and (bare == "|" or not bare.endswith("|"))


def _is_broken_off(lines: list[str], at: int) -> bool:
    """Whether this line, without a mark of its own, goes on where the quoted line above stopped."""
    line, above = lines[at][:LONGEST_LINE].strip(), lines[at - 1][:LONGEST_LINE].rstrip()
    if not line or at + 1 >= len(lines) or not lines[at + 1].startswith(">"):
        return False
    if _LINK_ONLY.fullmatch(lines[at][:LONGEST_LINE]):
        return True
    if above.count("(") > above.count(")") and line.endswith(")") and " " not in line:
        return True
    is_full = len(above) >= _FULL_LINE and (above[-1].isalpha() or above[-1] == ",")
    return is_full and line[0].islower()


def _is_rule_above_block(lines: list[str], at: int) -> bool:
    """A line of dashes or underscores, and header lines right below it."""
    if not RULE.fullmatch(lines[at][:LONGEST_LINE].strip()):
        return False
    below = (n for n in range(at + 1, min(at + 4, len(lines))) if lines[n].strip())
    return starts_header_block(lines, next(below, at))

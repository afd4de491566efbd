"""What looks quoted and is shown by the writer: output below a prompt, the header of another mail.

In: the writer's lines above it, and the lines that look so. Out: whether they are content.
*Fails:* never.

A person says so: the line above ends in a colon, and it is no line that a mail program wrote. A
prompt of Python is quoted three deep by nobody. Where a program introduced the mail that is
answered, below the words, no quote stands above it but of that very mail. Header lines are of
another mail when they are the raw ones, or when they name somebody to whom this mail does not go:
who answers, answers him.
"""

from __future__ import annotations

import re

from maildesk.mail import attribution, inline
from maildesk.mail import reply_words as words
from maildesk.mail.attribution import LONGEST_LINE
from maildesk.mail.header_block import FROM, label_kind, says_sent, starts_header_block

_COLONS = (":", "：")
_BLANKS = 2  # empty lines between an announcement and what it announces
_MARKS = " \t>"
_BLOCK_LINES = 60
_FENCE = "---"
_FENCED_LINES = 40
_DATED = re.compile(r"\d{1,2}[:.h]\d{2}|\d{4}|\d{1,2}[./-]\d{1,2}|[@<]")
_RAW_FIELD = re.compile(
    r"(?:received|return-path|message-id|mime-version|content-type|content-transfer-encoding"
    r"|delivered-to|authentication-results|dkim-signature|references|in-reply-to|user-agent"
    r"|x-[\w-]{1,40}):",
    re.IGNORECASE,
)
_DOMAIN = re.compile(r"[\w.+'-]{1,64}@([\w.-]{1,100}\w)")


def is_pasted_quote(own: list[str], block: list[str]) -> bool:
    """Whether lines that begin with `>` and that no program introduced are the writer's own."""
    return _is_prompt(block) or _is_announced(own)


def bare_lines(lines: list[str]) -> frozenset[str]:
    """The lines without marks, to be found again; "" where an empty one stands."""
    return frozenset(line[:LONGEST_LINE].strip(_MARKS) for line in lines)


def _is_prompt(block: list[str]) -> bool:
    """What Python shows."""
    return all(line.startswith(">>> ") or line == ">>>" for line in block)


def is_introduction(line: str) -> bool:
    """Whether a marked line is how GroupWise begins to introduce a quote."""
    return bool(
        line.startswith(">>> ")
        and words.STARTS.match(line, 4)
        and _DATED.search(line, 4, LONGEST_LINE)
    )


def pasted_header(lines: list[str], at: int, own: list[str], audience: frozenset[str]) -> int:
    """How many lines from `at` on are the header of a mail that is shown; 0 for none."""
    if lines[at].rstrip() == _FENCE:
        return _length_of_fenced(lines, at)
    if not (":" in lines[at][:40] or "：" in lines[at][:40]):
        return 0
    if not starts_header_block(lines, at):
        return 0
    block = [line[:LONGEST_LINE] for line in lines[at : at + _BLOCK_LINES]]
    end = next((n for n, line in enumerate(block) if not line.strip()), len(block))
    block = block[:end]
    if any(_RAW_FIELD.match(line) for line in block) or _is_announced(own):
        return end
    return end if _is_by_another(block, audience) else 0


def _length_of_fenced(lines: list[str], at: int) -> int:
    """Settings as YAML has them, between two lines of dashes: no program closes a header so."""
    below = lines[at + 1 : at + _FENCED_LINES]
    end = next((n for n, line in enumerate(below) if line.rstrip() == _FENCE), 0)
    is_lower = all(line[:1].islower() or line[:1] in " #-" for line in below[:end])
    return end + 2 if end and is_lower else 0


def _is_announced(own: list[str]) -> bool:
    """Whether the writer's last line says that something follows."""
    near = [line.strip() for line in own[-_BLANKS - 1 :]]
    last = next((line for line in reversed(near) if line), "")
    if not last.endswith(_COLONS) or len(last) > LONGEST_LINE or last.startswith(">"):
        return False
    if attribution.is_in_first_person(last):
        return not inline.is_cue(last)
    return not _DATED.search(last) and not inline.is_cue(last)


def _is_by_another(block: list[str], audience: frozenset[str]) -> bool:
    """Whether the sender's domain is none of those to which this mail goes."""
    line = next((line for line in block if label_kind(line) == FROM), "")
    found = _DOMAIN.search(line)
    if not found or not audience or any(map(says_sent, block)):
        return False
    domain = found[1].casefold()
    return not any(_is_same(domain, goal.rpartition("@")[2].casefold()) for goal in audience)


def _is_same(domain: str, goal: str) -> bool:
    return domain == goal or domain.endswith(f".{goal}") or goal.endswith(f".{domain}")

"""Header lines that stand in a text: From, Sent, To, Subject above a mail that nothing marks.

In: lines of a text, and where to look. Out: whether such a block begins there, and what a line's
label says. The labels of all languages are in `reply_words`.
*Fails:* never.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from maildesk.mail import reply_words as words
from maildesk.mail.attribution import LONGEST_LINE

_TIME = re.compile(r"\d{1,2}[:.h]\d{2}")
_YEAR = re.compile(r"(?:19|20)\d\d")
_DATES = ("dat", "dát", "fech", "дат", "ημερ", "tari", "תאר", "التا", "日", "날짜", "ngày", "วัน")
_BLOCK_LINES = 8
FROM, SENT, _SUBJECT = 0, 1, 4
_RECIPIENTS = (2, 3)


def block_at_the_end(own: list[str], reach: int) -> int:
    """How many of the last lines are a header block and nothing else; 0 for none."""
    for at in range(max(0, len(own) - reach), len(own)):
        rest = own[at:]
        if all(label_kind(line) is not None for line in rest) and starts_header_block(own, at):
            return len(rest)
    return 0


def starts_header_block(lines: list[str], at: int) -> bool:
    """Header lines one below the other: three kinds of them, or two with an address and a time.

    Who orders a journey writes `From: Berlin` and `To: Riga`, too; so a block has an address, or a
    subject beside a date.
    """
    if label_kind(lines[at]) not in (FROM, SENT, _SUBJECT):
        return False
    block = _block(lines, at)
    kinds = {label_kind(line) for line in block} - {None}
    joined = " ".join(line[:LONGEST_LINE] for line in block)
    if FROM in kinds and len(kinds) >= 3 and not _is_blank_form(block):
        return "@" in joined or (_SUBJECT in kinds and any(map(_says_when, block)))
    return SENT in kinds and len(kinds) >= 2 and "@" in joined and bool(_TIME.search(joined))


def says_sent(line: str) -> bool:
    """Whether a label says when a mail was sent, as programs do, and not its date, as mails do."""
    return label_kind(line) == SENT and not line.lstrip("* \t").casefold().startswith(_DATES)


def _says_when(line: str) -> bool:
    """Whether it says when a mail was sent: a date of other things need not have year or time."""
    if label_kind(line) != SENT:
        return False
    return says_sent(line) or bool(_TIME.search(line) or _YEAR.search(line))


def _is_blank_form(block: list[str]) -> bool:
    """Whether nobody stands behind `From:`, and the next label follows."""
    for line, below in pairwise(block):
        if label_kind(line) == FROM:
            return line.rstrip().endswith((":", "：")) and label_kind(below) is not None
    return False


def _block(lines: list[str], at: int) -> list[str]:
    """The lines from `at` on that may be one block of header lines.

    Between them empty lines may stand, and below people more addresses.
    """
    block: list[str] = []
    kind: int | None = None
    for line in lines[at : at + _BLOCK_LINES]:
        if not line.strip():
            continue
        found = label_kind(line)
        if found is None and kind not in _RECIPIENTS and not (kind == FROM and "@" in line):
            break
        kind = kind if found is None else found
        block.append(line)
    return block


def label_kind(line: str) -> int | None:
    """Which of the header lines this is, None for none."""
    return _kind_of_start(line[:40])


@lru_cache(maxsize=256)
def _kind_of_start(start: str) -> int | None:
    found = words.LABEL.match(start)
    if not found:
        return None
    return words.LABEL_KINDS.get(found[1].translate(words.DIRECTIONS).strip().casefold())

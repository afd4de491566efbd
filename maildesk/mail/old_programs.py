"""How programs that few people use any more, and many at some places, begin a quote.

In: lines of a text, and where to look. Out: whether such a beginning stands there.
*Fails:* never.
"""

from __future__ import annotations

import re

from maildesk.mail import attribution
from maildesk.mail.attribution import LONGEST_LINE
from maildesk.mail.header_block import label_kind

FRAMED = re.compile(r"[-_=–—]{3,100}[^-_=–—].{0,60}[-_=–—]{3,100}")
_ARROW = re.compile(r"\|-{6,100}>")
_ADDRESS_ONLY = re.compile(r"[^\s<>@:]{1,100}@[^\s<>@:]{1,100}")


def is_framed_introduction(lines: list[str], at: int) -> bool:
    """Notes: `-----Ada <ada@x.example> wrote: -----` and header lines below."""
    line = lines[at][:LONGEST_LINE].strip()
    if not (FRAMED.fullmatch(line) and at + 1 < len(lines) and attribution.has_verb(line)):
        return False
    return label_kind(lines[at + 1]) is not None


def is_table_of_labels(lines: list[str], at: int) -> bool:
    """Notes again: each header line in a table of its own, drawn with arrows."""
    if not _ARROW.fullmatch(lines[at][:LONGEST_LINE].strip()) or at + 2 >= len(lines):
        return False
    label = lines[at + 1].strip().strip("|")
    return label_kind(label) is not None and bool(_ARROW.fullmatch(lines[at + 2].strip()))


def is_line_between_arrows(lines: list[str], at: int) -> bool:
    """GroupWise: `>>> Ada <ada@x.example> 16.11.2026 09:00 >>>`, and nothing marked below."""
    line = lines[at].strip()
    if not (line.startswith(">>> ") and line.endswith(" >>>") and len(line) <= LONGEST_LINE):
        return False
    below = next((line for line in lines[at + 1 : at + 5] if line.strip()), "")
    return not below.startswith(">") and any(c.isdigit() or c == "@" for c in line)


def is_foxmails(own: list[str]) -> bool:
    """Whether the last line is the writer's address, far below the words."""
    gap = [line for line in own[-3:-1] if not line.strip()]
    return len(own) > 3 and len(gap) == 2 and bool(_ADDRESS_ONLY.fullmatch(own[-1].strip()))

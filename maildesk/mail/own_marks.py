"""Lines that a person marked like a quote, in an answer that quotes nothing of what it answers.

In: the full text of an answer, the words of the mail of ours that it answers. Out: whether its
marked lines are the writer's own: a piece of a log, what a prompt shows, what somebody else wrote.
*Fails:* never.

A line is taken for ours when its words stand in our mail in that order; a single one, and all the
marks may be a program's. So a quote of a word or two is never shown by mistake.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORD = re.compile(r"\w+")
_MOST = 200  # marked lines
_LONGEST = 1_000  # characters of one


def are_own(text: str, sent: Iterable[str]) -> bool:
    """Whether there are marked lines, and none of them stands in one of the texts we sent."""
    marked = [line[:_LONGEST] for line in text.split("\n") if line.startswith((">", " >"))]
    said = [_bare(line) for line in marked[: _MOST + 1]]
    if not any(said) or len(said) > _MOST:
        return False
    ours = [_bare(mail) for mail in sent]
    return not any(line in mail for line in said if line for mail in ours)


def _bare(text: str) -> str:
    words = _WORD.findall(text.casefold())
    return f" {' '.join(words)} " if words else ""

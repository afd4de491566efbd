"""Answers that a person typed into the quote of our mail, where each line gets the quote's mark.

In: the lines between two stretches of our mail, and the lines of ours that stand next to them. Out:
stretches, each inside the quote or outside; what a person wrote of them, in its order.
*Fails:* never.

Gmail and Apple Mail put what is typed between the lines of a quote into the quote. In the text that
looks like a line of ours; but we know our mail, and this line is not in it. Between two lines of
ours it is the answerer's. Above the first and below the last of them others may have written, so
that is shown where the mail answers ours directly. Marked twice it is a quote in the quote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from maildesk.mail.reply import outside_quotes, strip_stretch

_PREFIX = re.compile(r"[ \t]{0,3}(?:> ?){1,20}")
_FIRST_MARK = re.compile(r"[ \t]{0,3}> ?")
# What gateways put on top of a stranger's mail says several of these.
_BANNER_WORD = re.compile(
    r"caution|warning|extern|originated|outside|organi[sz]ation|click|links?\b|attachments?\b"
    r"|sender|absender|anhänge|klicken|vorsicht|achtung|expéditeur|pièces? jointes?|cliquez",
    re.IGNORECASE,
)
_BANNER_WORDS = 3
_LONGEST_LINE = 400


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines that are not of our mail; those inside its quote have lost its mark."""

    lines: tuple[str, ...]
    is_inside: bool

    @property
    def text(self) -> str:
        """The lines as one text."""
        return "\n".join(self.lines)


def depth(line: str) -> int:
    """How often a line is marked as quoted."""
    found = _PREFIX.match(line)
    return found[0].count(">") if found else 0


def divide(
    gap: list[str],
    above: str | None,
    below: str | None,
    *,
    is_direct: bool,
    is_ours: bool,
) -> Iterator[Stretch]:
    """The lines between two lines of ours, or beyond the first or last of them, in stretches.

    With `is_ours` nothing but our mail can be quoted there.
    """
    inside = _find_inside(gap, above, below, is_direct=is_direct, is_ours=is_ours)
    for is_inside, numbers in groupby(range(len(gap)), key=lambda at: inside[at]):
        lines = [gap[at] for at in numbers]
        if is_inside:
            lines = [_FIRST_MARK.sub("", line, count=1) for line in lines]
        yield Stretch(tuple(lines), is_inside)
    if not gap:
        yield Stretch((), False)


def _find_inside(
    gap: list[str], above: str | None, below: str | None, *, is_direct: bool, is_ours: bool
) -> list[bool]:
    """For each line whether it stands inside the quote of our mail."""
    marked = [depth(line) > 0 for line in gap]
    goes_on = above is not None and depth(above) == 1
    comes = below is not None and depth(below) == 1
    if goes_on and comes and is_ours:
        return marked
    inside = [False] * len(gap)
    if not is_direct:
        return inside
    if goes_on:
        for at in range(len(gap)):
            if not marked[at]:
                break
            inside[at] = True
    if comes:
        for at in reversed(range(len(gap))):
            if not marked[at]:
                break
            inside[at] = not _is_banner(gap[at])
    return inside


def _is_banner(line: str) -> bool:
    said = {word.casefold() for word in _BANNER_WORD.findall(line[:_LONGEST_LINE])}
    return len(said) >= _BANNER_WORDS


def join(stretches: tuple[Stretch, ...]) -> str:
    """What the person wrote, "" where nothing stood inside.

    What stands outside loses its signature before what stands inside follows it.
    """
    if not any(stretch.is_inside and stretch.text.strip() for stretch in stretches):
        return ""
    kept: list[str] = []
    for is_inside, group in groupby(stretches, key=lambda stretch: stretch.is_inside):
        text = "\n".join(stretch.text for stretch in group)
        own = "\n".join(outside_quotes(text)) if is_inside else strip_stretch(text)
        kept.append(own.strip("\n"))
    return "\n\n".join(filter(None, kept))

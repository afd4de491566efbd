"""Which lines of rendered HTML a mail program called not the writer's own.

In: the marks and tags as the renderer walks over them, with the number of lines until then, and
whether quotes go or signatures alone. Out: the lines that are left. A container that holds a
`blockquote` is cut only in front of it: behind and between quotes stand answers. A forwarded
message is content and stays, and so does what a person typed into a signature's element or into
that of the line above a quote.
*Fails:* never.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from maildesk.mail import attribution
from maildesk.mail import reply_words as words
from maildesk.mail.addendum import is_written, paragraphs
from maildesk.mail.matter import holds_matter
from maildesk.mail.quote_marks import LINE, MARKS, REST, SIGN

_PIECES = re.compile(f"([{MARKS}])")
_SIGN_LINE = " \t-"
_DASHES = " \t-–—*_=>"


@dataclass(slots=True)
class Cut:
    """Stretches of lines to leave out, found in one walk."""

    takes_quotes: bool = True
    stretches: list[tuple[int, int, str]] = field(default_factory=list)  # with their marks
    rest: int | None = None  # from this line on nothing is own
    _awaited: str = ""  # the mark of the next element, which is a container
    _depth: int = 0
    _inside: int = 0  # the depth of the container that is open, 0 for none
    _start: int = 0
    _mark: str = ""

    def pieces(self, text: str) -> list[str]:
        """The text and the marks in it, one by one."""
        return [piece for piece in _PIECES.split(text) if piece]

    def note(self, mark: str, line: int) -> None:
        """A mark, after so many lines."""
        if mark != SIGN and not self.takes_quotes:
            return
        if mark == REST:
            self.rest = line if self.rest is None else self.rest
        elif not self._inside:
            self._awaited = mark

    def see(self, tag: str, line: int, *, is_start: bool) -> None:
        """An element that begins or ends, after so many lines."""
        if not is_start:
            if self._inside == self._depth:
                self._end(line)
            self._depth -= 1
            return
        self._depth += 1
        if tag == "blockquote" and self._inside:
            self._end(line)
        elif self._awaited:
            self._inside, self._start, self._mark = self._depth, line, self._awaited
        self._awaited = ""

    def leave(self, lines: list[str]) -> list[str]:
        """The lines that are own."""
        end = len(lines) if self.rest is None or _is_forward(lines[self.rest :]) else self.rest
        kept: list[str] = []
        at = 0
        for start, stop, mark in self.stretches:
            if start >= end:
                break
            if not _is_forward(lines[start:stop]):
                kept.extend(lines[at:start])
                while mark == SIGN and kept and not kept[-1].strip(_SIGN_LINE):
                    kept.pop()
                kept.extend(_typed(lines[start:stop], mark))
                kept.append("")
                at = stop
        kept.extend(lines[at:end])
        while end < len(lines) and kept and not kept[-1].strip(_DASHES):
            kept.pop()  # the line that is drawn above the answered mail
        return kept

    def _end(self, line: int) -> None:
        self.stretches.append((self._start, line, self._mark))
        self._inside = 0


def _typed(lines: list[str], mark: str) -> list[str]:
    """What somebody typed into an element that was meant for something else.

    Below or above a signature sentences, a log, facts; above the line that introduces a quote all.
    """
    some = paragraphs(lines)
    if mark == LINE:
        last = some[-1] if some else []
        length = attribution.length_above(last) or len(last)
        some = [*some[:-1], last[: len(last) - length]]
    elif mark == SIGN:
        some = [one for one in some if is_written(one) or holds_matter(["", *one])]
    else:
        some = []
    return [line for one in some if one for line in ("", *one)]


def _is_forward(lines: list[str]) -> bool:
    """Whether the first line with words says that a forwarded message follows."""
    first = next((line for line in lines if line.strip(_DASHES)), "").strip(_DASHES).casefold()
    return first.startswith(words.FORWARDS) or first in words.FORWARD_LINES

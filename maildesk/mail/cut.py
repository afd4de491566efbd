"""Which lines of rendered HTML a mail program called not the writer's own.

In: the marks and tags as the renderer walks over them, with the number of lines until then, and
whether quotes go or signatures alone. Out: the lines that are left. A container that holds a
`blockquote` is cut only in front of it: behind and between quotes stand answers. A forwarded
message is content and stays.
*Fails:* never.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from maildesk.mail import reply_words as words
from maildesk.mail.quote_marks import MARKS, REST, SIGN

_PIECES = re.compile(f"([{MARKS}])")
_DASHES = " \t-–—*_=>"


@dataclass(slots=True)
class Cut:
    """Stretches of lines to leave out, found in one walk."""

    takes_quotes: bool = True
    stretches: list[tuple[int, int]] = field(default_factory=list)
    rest: int | None = None  # from this line on nothing is own
    _is_awaited: bool = False  # the next element is a container
    _depth: int = 0
    _inside: int = 0  # the depth of the container that is open, 0 for none
    _start: int = 0

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
            self._is_awaited = True

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
        elif self._is_awaited:
            self._inside, self._start = self._depth, line
        self._is_awaited = False

    def leave(self, lines: list[str]) -> list[str]:
        """The lines that are own."""
        end = len(lines) if self.rest is None or _is_forward(lines[self.rest :]) else self.rest
        kept: list[str] = []
        at = 0
        for start, stop in self.stretches:
            if start >= end:
                break
            if not _is_forward(lines[start:stop]):
                kept.extend(lines[at:start])
                kept.append("")
                at = stop
        kept.extend(lines[at:end])
        while end < len(lines) and kept and not kept[-1].strip(_DASHES):
            kept.pop()  # the line that is drawn above the answered mail
        return kept

    def _end(self, line: int) -> None:
        self.stretches.append((self._start, line))
        self._inside = 0


def _is_forward(lines: list[str]) -> bool:
    """Whether the first line with words says that a forwarded message follows."""
    first = next((line for line in lines if line.strip(_DASHES)), "").strip(_DASHES).casefold()
    return first.startswith(words.FORWARDS) or first in words.FORWARD_LINES

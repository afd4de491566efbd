"""Words that were said among agents, found in a text that is about to go to a customer.

In: the text, the notes of its ticket, and what the customer has seen anyway. Out: the first line
of the text that says what a note says, "" for none.
*Fails:* never.

Only words count, so marks, spaces, line ends and languages do not matter. A stretch is a note's
when eight words of it follow each other as they do there (letters of a script without spaces are
half a word each), or when it is a whole line of 25 letters. What stands in the ticket's public
comments is no secret, wherever else it stands. Each word of the text is looked up once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

_TOKEN = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W_]+")
_UNSEEN = dict.fromkeys((0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF))
_WORD, _LETTER = 2, 1  # the weight of a word, and of a letter that stands for half of one
_RUN = 8 * _WORD
_SECRET = 4 * _WORD  # of a run, that the customer has not seen
_LINE = 25  # letters
_GRAM = 4
_PLACES = 16  # of the same four words
_SHOWN = 200  # characters of a line that is told


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """A line of a message that says what a note on a ticket says."""

    ticket_id: int
    line: str
    is_own: bool  # the note is the writer's own
    is_quoted: bool = False  # not what the writer says, but the mail that he answers


@dataclass(slots=True)
class _Words:
    """The words of several texts in one row, and where each four of them stand."""

    row: list[str] = field(default_factory=list)
    places: dict[tuple[str, ...], list[int]] = field(default_factory=dict)

    def add(self, text: str) -> None:
        """One text more; no four words reach from one text into the next."""
        start = len(self.row)
        self.row.extend(_tokens(text))
        for at in range(start, len(self.row) - _GRAM + 1):
            known = self.places.setdefault(tuple(self.row[at : at + _GRAM]), [])
            if len(known) < _PLACES:
                known.append(at)
        self.row.append("")

    def longest(self, words: list[str], at: int) -> int:
        """How many of `words` from `at` on stand here in a row; 0 for fewer than four."""
        best = 0
        for place in self.places.get(tuple(words[at : at + _GRAM]), ()):
            length = _GRAM
            while (
                at + length < len(words)
                and place + length < len(self.row)
                and words[at + length] == self.row[place + length]
            ):
                length += 1
            best = max(best, length)
        return best


def internal_line(text: str, notes: Iterable[str], seen: Iterable[str]) -> str:
    """The first line of `text` in which a note's words stand, as far as nobody has `seen` them."""
    kept = tuple(notes)
    if not kept or not text.strip():
        return ""
    shown = _Words()
    for other in seen:
        shown.add(other)
    lines = text.split("\n")
    words, owners = _numbered(lines)
    found = (*_runs(words, owners, kept, shown), *_whole_lines(lines, kept, shown))
    return " ".join(lines[min(found)].split())[:_SHOWN] if found else ""


def _tokens(text: str) -> list[str]:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_UNSEEN)
    return _TOKEN.findall(text.casefold())


def _numbered(lines: list[str]) -> tuple[list[str], list[int]]:
    """All words of the lines, and of each the number of its line."""
    words: list[str] = []
    owners: list[int] = []
    for at, line in enumerate(lines):
        found = _tokens(line)
        words.extend(found)
        owners.extend([at] * len(found))
    return words, owners


def _runs(
    words: list[str], owners: list[int], notes: tuple[str, ...], shown: _Words
) -> Iterator[int]:
    """The lines in which stretches of the notes begin."""
    inside = _Words()
    for note in notes:
        inside.add(note)
    is_seen = _covered(words, shown)
    at = 0
    while at < len(words):
        length = inside.longest(words, at)
        stretch = range(at, at + length)
        if _weight(words, stretch) < _RUN:
            at += 1
            continue
        secret = [n for n in stretch if not is_seen[n]]
        if _weight(words, secret) >= _SECRET:
            yield owners[secret[0]]
        at += length


def _covered(words: list[str], shown: _Words) -> list[bool]:
    """Which of the words stand in a row of four that the customer has seen."""
    covered = [False] * len(words)
    at = 0
    while at < len(words):
        length = shown.longest(words, at)
        covered[at : at + length] = [True] * length
        at += length or 1
    return covered


def _weight(words: list[str], some: Iterable[int]) -> int:
    return sum(_LETTER if _is_letter(words[n]) else _WORD for n in some)


def _is_letter(word: str) -> bool:
    return len(word) == 1 and word >= "\u0e00"


def _whole_lines(lines: list[str], notes: tuple[str, ...], shown: _Words) -> Iterator[int]:
    """The lines that stand in a note just so, too few words for a run but too long for chance."""
    said = {line for note in notes for line in map(_joined, note.split("\n")) if _is_long(line)}
    if not said:
        return
    seen = " ".join(shown.row)
    for at, line in enumerate(lines):
        joined = _joined(line)
        if joined in said and joined not in seen:
            yield at


def _joined(line: str) -> str:
    return " ".join(_tokens(line))


def _is_long(joined: str) -> bool:
    return len(joined) - joined.count(" ") >= _LINE

"""The markup of a mail that is shown in a forward: its own part of the forward's, or none.

In: the forward's clean markup, and the text of the original as `forward_block` found it. Out: where
the original ends, if the markup says it; and the stretch of markup that holds its words and no
others, clean; None where they do not stand there once, in one piece. The words decide, so that
nothing an agent says around them can get in.
*Fails:* never; the cost is linear in the markup.
"""

from __future__ import annotations

import re
from itertools import islice

from maildesk.mail.html import sanitise
from maildesk.mail.quote_marks import BLOCK, unmark
from maildesk.mail.reply_words import FORWARD_LINES, FORWARDS

_TAG = re.compile(r'<(/?)([a-z][a-z0-9]*+)(?: [^\s=<>"]++="[^"]*+")*+>')
_VOID = frozenset(("area", "br", "col", "hr", "img", "wbr"))
_ENTITY = re.compile(r"&[a-zA-Z0-9#]{1,10};")
# What plain text shows of links and pictures and markup does not, or the other way round.
_UNSAID = re.compile(
    r"<(?:https?|mailto|tel):[^<>]{0,2000}>|\[(?:cid|image):[^\[\]]{0,300}\]|https?://\S{1,2000}"
)
_WORD = re.compile(r"\w+")
_APART = "\0"
_CONTAINER = re.compile(f'{BLOCK}<([a-z][a-z0-9]*+)(?: [^\\s=<>"]++="[^"]*+")*+>')
_CONTAINERS = 20  # elements looked at; the forward's is among the first
_LOOK = 1_000  # characters behind it, in which the words for a forward stand
_DASHES = " \t-–—*_="


def cut_out(markup: str, text: str) -> str | None:
    """The part of the markup that says just what the text says."""
    wanted = _WORD.findall(_UNSAID.sub(" ", text))
    words, places = _read(markup)
    first = _only_place(words, wanted) if wanted else None
    if first is None:
        return None
    beyond = first + len(wanted)
    start = places[first - 1][1] if first else 0
    end = places[beyond][0] if beyond < len(places) else len(markup)
    found = sanitise(f"{_opened(markup, start)}{markup[start:end]}").markup
    # Whatever a parser makes of a stretch out of the middle, it says this and no more.
    return found if found is not None and _read(found)[0] == wanted else None


def words_below(marked: str) -> list[str]:
    """What stands below the element that holds a forwarded mail, where a program names one."""
    for begun in islice(_CONTAINER.finditer(marked), _CONTAINERS):
        start = unmark(marked[begun.end() : begun.end() + _LOOK])
        words = " ".join(_TAG.sub(" ", start).split()).strip(_DASHES).casefold()
        if words.startswith((*FORWARDS, *FORWARD_LINES)):
            return _read(marked[_end_of(marked, begun) :])[0]
    return []


def _end_of(marked: str, begun: re.Match[str]) -> int:
    """Where the element ends that begins there."""
    depth = 1
    for found in _TAG.finditer(marked, begun.end()):
        if found[2] == begun[1]:
            depth += -1 if found[1] else 1
        if depth == 0:
            return found.end()
    return len(marked)


def part_at(text: str, below: list[str]) -> tuple[str, str] | None:
    """The text above and below the line where the words begin with which it ends; None without."""
    said = _UNSAID.sub(_blanks, text)
    places = [(found[0], found.start(), found.end()) for found in _WORD.finditer(said)]
    first = len(places) - len(below)
    if not below or first < 1 or [word for word, _, _ in places[first:]] != below:
        return None
    above = text.find("\n", places[first - 1][2])
    if above < 0 or above > places[first][1]:
        return None
    return text[:above].rstrip(), text[above:].strip("\n")


def _only_place(words: list[str], wanted: list[str]) -> int | None:
    """The number of the word at which the wanted ones begin; None unless they stand there once."""
    page = _APART.join(("", *words, ""))
    sought = _APART.join(("", *wanted, ""))
    at = page.find(sought)
    if at < 0 or page.find(sought, at + 1) >= 0:
        return None
    return page.count(_APART, 0, at)


def _read(markup: str) -> tuple[list[str], list[tuple[int, int]]]:
    """The words of the markup in their order, and where each begins and ends."""
    words: list[str] = []
    places: list[tuple[int, int]] = []
    at = 0
    for found in (*_TAG.finditer(markup), None):
        stop = found.start() if found else len(markup)
        # A clean page has no entity for a letter; blanks of the same length keep the places.
        said = _UNSAID.sub(_blanks, _ENTITY.sub(_blanks, markup[at:stop]))
        for word in _WORD.finditer(said):
            words.append(word[0])
            places.append((at + word.start(), at + word.end()))
        at = found.end() if found else stop
    return words, places


def _blanks(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _opened(markup: str, end: int) -> str:
    """The tags of the elements that are open there, but for quotes: all of it is quoted."""
    opened: list[tuple[str, str]] = []
    for found in _TAG.finditer(markup, 0, end):
        name = found[2]
        if found[1]:
            if opened and opened[-1][0] == name:
                opened.pop()
        elif name not in _VOID:
            opened.append((name, found[0]))
    return "".join(tag for name, tag in opened if name != "blockquote")

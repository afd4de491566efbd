"""How text stands in the full-text index, and how the index is asked.

In: text that people wrote, words that somebody looks for. Out: what the index is given, its
question, and the piece of a text where the words stand.

The index knows a word by the spaces around it, and inside a Chinese, Japanese or Korean sentence
there are none. Such a run is given as its pairs of neighbours: 請求書 as `請求 求書`. A word of two
characters is then one term, a longer one a row of terms; a single character is looked for among the
letters, of which each stands once (docs/decisions/0031-search-in-sentences.md). Text of other
scripts stands as it is.
*Fails:* never.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

# Han, Hiragana, Katakana and Hangul, with the marks that repeat or lengthen a character.
_RUN = re.compile(
    "[\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff]+"
)
_WORDS = 20
_LOOKED_AT = 50_000  # characters of a text that is looked through for a snippet
_BEFORE = 40  # characters of it that stand before the word
_SNIPPET = 140
_CUT = " … "


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the index is given of one comment: its columns."""

    subject: str
    text: str
    letters: str


def entry(subject: str, text: str) -> Entry:
    """A comment, and the subject of its ticket, as the index is given them."""
    subject, text = _plain(subject), _plain(text)
    letters = {letter for part in (subject, text) for letter in _letters(part)}
    return Entry(subject=_indexed(subject), text=_indexed(text), letters=" ".join(sorted(letters)))


def terms_of(words: str) -> str:
    """The words as the index is asked for them, all of them; "" for none."""
    return " ".join(_term(word) for word in _asked(words))


def snippet(text: str, words: str) -> str:
    """The text around the first of the words that stands in it, on one line; "" where none does."""
    some = text[:_LOOKED_AT]
    folded, places = _folded(some)
    found = (_place_of(word, folded) for word in _asked(words))
    at = min((place for place in found if place is not None), default=None)
    if at is None:
        return ""
    first = max(0, places[at] - _BEFORE)
    piece = some[first : first + _SNIPPET]
    before = _CUT.lstrip() if first else ""
    after = _CUT.rstrip() if first + _SNIPPET < len(text) else ""
    return f"{before}{' '.join(piece.split())}{after}"


def _asked(words: str) -> Iterator[str]:
    """The words apart, and of each the parts that the index has apart."""
    for word in _plain(words).replace('"', " ").split()[:_WORDS]:
        end = 0
        for run in _RUN.finditer(word):
            yield from filter(None, (word[end : run.start()], run[0]))
            end = run.end()
        yield from filter(None, (word[end:],))


def _indexed(text: str) -> str:
    return text if text.isascii() else _RUN.sub(lambda run: f" {_pairs(run[0])} ", text)


def _letters(text: str) -> Iterator[str]:
    for run in _RUN.finditer(text) if not text.isascii() else ():
        yield from run[0]


def _term(word: str) -> str:
    if not _RUN.match(word):
        return f'"{word}"'
    return f'"{_pairs(word)}"' if len(word) > 1 else f'letters : "{word}"'


def _pairs(run: str) -> str:
    """Each character with the one behind it."""
    return " ".join(run[i : i + 2] for i in range(len(run) - 1))


def _plain(text: str) -> str:
    """One form for half and full width, and for a letter with its marks beside it."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def _place_of(word: str, folded: str) -> int | None:
    """Where the word stands; a word of letters stands between others."""
    wanted, _ = _folded(word)
    if not wanted:
        return None
    if _RUN.match(word):
        place = folded.find(wanted)
        return place if place >= 0 else None
    found = re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", folded)
    return found.start() if found else None


def _folded(text: str) -> tuple[str, range | list[int]]:
    """The text without case and accents, and where each of its characters was."""
    if text.isascii():
        return text.lower(), range(len(text))
    folded: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        kept = _base(character)
        folded.append(kept)
        places.extend([place] * len(kept))
    return "".join(folded), places


def _base(character: str) -> str:
    plain = unicodedata.normalize("NFKC", character).casefold()
    if _RUN.match(plain):
        return plain
    parts = unicodedata.normalize("NFKD", plain)
    return "".join(c for c in parts if not unicodedata.combining(c))

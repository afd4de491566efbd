"""Whether two mails say the same: under one Message-ID, or one after the other by one sender.

In: what the writer said, quotes and signature stripped. Out: a sketch of its first words, small
enough to be kept for every mail, and later the comparison of two. A list adds a footer, a gateway a
warning above and other links; a program that gives two mails one id writes other words.
An autoresponder without a mark says the same again and again, but for a number or a name.
*Fails:* never; where one of two says nothing, they are taken for the same.
"""

from __future__ import annotations

import re
from hashlib import blake2b

_LOOK = 20_000  # characters of a text
_MOST = 256  # words that are kept, in their order
_JUDGED = 128  # of these have to be found again: a gateway may add as many above them
_ENOUGH = 0.9  # of them, or of all words of the longer text
_SIZE = 4  # bytes of a kept word
_LINK = re.compile(r"https?://\S{1,2000}")
_WORD = re.compile(r"\w{1,100}")
_FIRST_WITHOUT_SPACES = "\u2e80"  # from here on scripts put no spaces between words


def sketch(text: str) -> bytes:
    """The first different words of a text, four bytes each."""
    plain = _LINK.sub(" ", text[:_LOOK]).casefold()
    found: dict[bytes, None] = {}
    for word in _WORD.findall(plain):
        for piece in _pieces(word):
            data = piece.encode("utf-8", "replace")
            found[blake2b(data, digest_size=_SIZE).digest()] = None
        if len(found) >= _MOST:
            break
    return b"".join(list(found)[:_MOST])


def is_same(one: bytes, other: bytes) -> bool:
    """Whether one of two texts holds what the other says."""
    first, second = _words(one), _words(other)
    if not first or not second:
        return True
    return max(_share(first, second), _share(second, first)) >= _ENOUGH


def is_echo(one: str, other: str) -> bool:
    """Whether two texts are the same but for numbers and a word here and there."""
    first, second = _plain_words(one), _plain_words(other)
    longer = max(len(first), len(second))
    return longer == 0 or len(first & second) / longer >= _ENOUGH


def _plain_words(text: str) -> set[str]:
    plain = _LINK.sub(" ", text[:_LOOK]).casefold()
    found = (word for word in _WORD.findall(plain) if not any(c.isdigit() for c in word))
    return {piece for word in found for piece in _pieces(word)}


def _words(kept: bytes) -> list[bytes]:
    return [kept[at : at + _SIZE] for at in range(0, len(kept), _SIZE)]


def _share(small: list[bytes], large: list[bytes]) -> float:
    judged = small[:_JUDGED]
    return len(set(judged).intersection(large)) / len(judged)


def _pieces(word: str) -> list[str]:
    if word[0] < _FIRST_WITHOUT_SPACES or len(word) == 1:
        return [word]
    return [word[at : at + 2] for at in range(len(word) - 1)]

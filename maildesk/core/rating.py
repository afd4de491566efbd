"""What a customer thinks of a ticket that is done: `#rate 4 words`.

In: the words of the command. Out: one to five stars and the words behind them; or why not.

    4 quick and kind    4/5    ★★★★☆    ⭐⭐⭐⭐    4 stars

    missing        nothing at all
    unreadable     no number and no stars
    out of range   0, 6, 4.5
*Fails:* never; what cannot be taken is a `RatingFault`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

LOWEST, HIGHEST = 1, 5

_NUMBER = re.compile(
    r"(?P<number>[0-9]{1,6}(?:[.,][0-9]{1,6})?)(?: ?/ ?5)?(?: ?(?:stars?\b|[★⭐]))?(?![^\s,;:.!)])",
    re.IGNORECASE,
)
_STARS = re.compile(r"(?P<full>(?:[★⭐🌟]\ufe0f?){1,20})☆{0,5}(?![^\s,;:.!])")
_PAUSE = re.compile(r"\s*(?:[,;:.!)]|[-–—](?=\s))?\s*")


class RatingFault(StrEnum):
    """Why a rating cannot be taken."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    OUT_OF_RANGE = "out of range"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """One to five stars, and what the customer says about it."""

    stars: int
    words: str


def read(words: str) -> Rating | RatingFault:
    """The rating that the words begin with."""
    bare = words.strip()
    if not bare:
        return RatingFault.MISSING
    number, stars = _NUMBER.match(bare), _STARS.match(bare)
    if number:
        given, end = number["number"], number.end()
    elif stars:
        given, end = str(len(stars["full"].replace("\ufe0f", ""))), stars.end()
    else:
        return RatingFault.UNREADABLE
    if not given.isdecimal() or not LOWEST <= int(given) <= HIGHEST:
        return RatingFault.OUT_OF_RANGE
    behind = bare[end:]
    pause = _PAUSE.match(behind)
    return Rating(stars=int(given), words=behind[pause.end() if pause else 0 :].strip())

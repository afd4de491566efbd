"""Whether a reply says thanks and nothing else.

In: what the person wrote, quotes and signature stripped, and names that may stand in it. Out: True
only when every word belongs to a phrase that is known to ask for nothing. A question mark, a number
or one unknown word makes it False: who asks for something must not wait in a closed ticket.
*Fails:* never.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from maildesk.core.thanks_words import BESIDES, BESIDES_CJK, GRATITUDE, GRATITUDE_CJK

_MOST_CHARACTERS = 200
_QUESTION = re.compile("[?\u037e\u061f\u055e\uff1f]")
_SIGN = re.compile("[\U0001f300-\U0001faff\u2764\u263a]")
_MODIFIERS = "\ufe0f\u200d\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
_NO_WORD = re.compile(r"[^\w\U0001f300-\U0001faff\u2764\u263a]+")
_APOSTROPHE = re.compile("['\u2019\u02bc`\u00b4]")


def is_thanks(text: str, names: Iterable[str] = ()) -> bool:
    """Whether nothing but thanks, greetings and names stands there."""
    if len(text) > _MOST_CHARACTERS or _QUESTION.search(text):
        return False
    known = {word for name in names for word in _plain(name).split() if len(word) > 1}
    words = " ".join(word for word in _plain(text).split() if word not in known)
    whole, some = _patterns()
    return bool(words and whole.fullmatch(words) and some.search(words))


def _plain(text: str) -> str:
    """Words alone, case-folded, without accents and apostrophes."""
    folded = unicodedata.normalize("NFKD", _APOSTROPHE.sub("", text)).casefold()
    bare = "".join(c for c in folded if not unicodedata.combining(c) and c not in _MODIFIERS)
    return " ".join(_SIGN.sub(r" \g<0> ", _NO_WORD.sub(" ", bare)).split())


def _any_of(phrases: Iterable[str]) -> str:
    return "|".join(sorted(map(_plain, phrases), key=len, reverse=True))


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """For a text of nothing but phrases, and for one of gratitude; made for the first mail."""
    # Possessive: the longest phrase at each place is taken for good, so the time is linear.
    whole = (
        f"(?:(?:{_any_of((*GRATITUDE, *BESIDES))})(?: |$)"
        f"|(?:{_any_of((*GRATITUDE_CJK, *BESIDES_CJK))}) ?)++"
    )
    some = f"(?:^| )(?:{_any_of(GRATITUDE)})(?: |$)|{_any_of(GRATITUDE_CJK)}"
    return re.compile(whole), re.compile(some)

"""Whether an answer to "was this you?" says no.

In: what the agent wrote, quotes stripped. Out: True when a word of refusal stands in it. An answer
lets a mail in that goes out in the agent's name, so one such word is enough to leave it held.
*Fails:* never.
"""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W\d_]+")
_WORDS_OF_REFUSAL = """
no not nope never didnt wasnt isnt dont forged forgery fake spam phishing
nein nicht kein keine niemals nie gefälscht fälschung
non pas jamais faux ne nunca jamás falso falsa não nao nem falsificado falsificato fals
nee niet geen nooit nep nej inte aldrig falsk ikke nei aldri ingen inget ei eikä koskaan
fałszywe nigdy nebyl nikdy není nebol soha hayır değil asla
нет не никогда подделка ні ніколи όχι δεν لا ليس לא
"""
_REFUSALS = frozenset(_WORDS_OF_REFUSAL.split())
# Where no spaces stand between words; and Finnish, whose "en" is a harmless word elsewhere.
_WORDS_WITHIN = """
いいえ | 違い | ちがい | ではあり | じゃない | 不是 | 不 | 没有 | 沒有 | 아니
en ole | en ollut | en lähet | en kirjoit
"""
_REFUSALS_WITHIN = tuple(
    w.strip() for w in _WORDS_WITHIN.replace("\n", "|").split("|") if w.strip()
)


def is_denial(text: str) -> bool:
    """Whether a word of refusal stands in the text."""
    folded = text.casefold().replace("'", "").replace("\u2019", "")
    if any(words in folded for words in _REFUSALS_WITHIN):
        return True
    return any(word in _REFUSALS for word in _WORD.findall(folded))

"""What somebody still wrote below their name or below the line of their telephone.

In: lines that stand there. Out: whether they are sentences, or a cue says that one more thing
comes: nobody should miss that. Addresses, titles, numbers and what lawyers want are none.
*Fails:* never.

A motto that is a whole sentence passes for one; it costs a line, a lost sentence costs an answer.
"""

from __future__ import annotations

import re

_LONGEST = 1_000  # characters looked at
_FEWEST_WORDS = 5
_CUES = """
p\\.? ?s\\.?|p\\.? ?d\\.?|n\\.?b\\.?|edit|update|addendum|note|also|oh|and also|one more thing
|by the way|btw|another thing|additionally|i also|forgot|sorry
|nachtrag|ergänzung|auch|außerdem|ausserdem|übrigens|ach ja|ach so|noch etwas|noch was|zusatz
|aussi|au fait|d'ailleurs|autre chose|j'ai oublié|addition
|además|también|otra cosa|por cierto|posdata|me olvidé
|inoltre|anche|un'altra cosa|a proposito|dimenticavo
|além disso|também|outra coisa|a propósito
|ook|trouwens|nog iets|bovendien|poza tym|jeszcze jedno|dopisek|także|również
|också|dessutom|förresten|en sak till|også|i øvrigt|for øvrigt|lisäksi|muuten
|ještě|také|mimochodem|még valami|ayrıca|bir de|кстати|также|ещё|еще|до речі|також
|追伸|なお|补充|另外|補充|추신
"""
_CUE = re.compile(rf"\W{{0,4}}(?:{_CUES.replace(chr(10), '')})(?![\w'’])", re.IGNORECASE)
# What stands below every mail of somebody, and is no word of theirs to anybody.
_BOILERPLATE = re.compile(
    r"confiden|privileged|recipient|disclaimer|unsubscrib|newsletter|virus|antivir|legal|liab"
    r"|vertraulich|empfänger|haftung|datenschutz|privacy|gdpr|dsgvo|destinat|riservat|poufn"
    r"|registered|register|handelsregister|amtsgericht|geschäftsführ|vorstand|vat |ust-?id|steuern"
    r"|print(?:ing)? this|ausdruck|environment|umwelt|imprim|stampar|follow us|folgen sie|visit"
    r"|besuchen|linkedin|facebook|twitter|instagram|youtube|website|webseite|working hours"
    r"|office hours|arbeitszeit|i work|all rights|copyright|©|®|™|a member of|part of the"
    r"|\||·|•",
    re.IGNORECASE,
)
# How to reach somebody; a sentence may hold it, too.
_CONTACT = re.compile(
    r"<?\b(?:https?://|www\.)[^\s<>]{1,500}>?|[^\s<>@]{1,64}@[^\s<>@]{1,100}", re.IGNORECASE
)
_NUMBERS = re.compile(r"\d[\d\s()/.+-]{5,}\d")
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’)]{0,2}$")
_NO_CASE = re.compile(r"[\u0590-\u07ff\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def is_written(lines: list[str]) -> bool:
    """Whether a paragraph is something that its writer says to its reader."""
    text = " ".join(" ".join(lines)[:_LONGEST].split())
    if not text or _BOILERPLATE.search(text):
        return False
    bare = _NUMBERS.sub(" ", _CONTACT.sub(" ", text))
    if bare != text:  # a sentence about a number or an address, not the number of a person
        return _is_sentence(text) and _is_sentence(f"{bare.rstrip('.!? ')}.")
    return begins_with_cue(text) or _is_sentence(text)


def is_boilerplate(line: str) -> bool:
    """Whether a line tells how to reach somebody, or what lawyers want."""
    found = _BOILERPLATE.search(line) or _CONTACT.search(line) or _NUMBERS.search(line)
    return found is not None


def paragraphs(lines: list[str]) -> list[list[str]]:
    """The lines, parted where empty ones stand."""
    found: list[list[str]] = [[]]
    for line in lines:
        if line.strip():
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return [paragraph for paragraph in found if paragraph]


def begins_with_cue(text: str) -> bool:
    """Whether words like `PS`, `Also` or `By the way` begin it, and more follows."""
    found = _CUE.match(text)
    return found is not None and bool(re.search(r"\w", text[found.end() :]))


def _is_sentence(text: str) -> bool:
    if not _SENTENCE_END.search(text):
        return False
    if _NO_CASE.search(text):
        return len(text) >= 2 * _FEWEST_WORDS
    words = text.split()
    small = sum(word[0].islower() for word in words)
    return len(words) >= _FEWEST_WORDS and 5 * small >= 2 * len(words)

"""The lines that introduce a quote: who wrote, and when.

In: lines of a text, and where to look. Out: how many lines such an introduction has, above a quote
that is marked with `>` or above one that nothing marks.
*Fails:* never.

Mail programs break these lines as they like, and every language has its own; so the rules ask
for what all have: a date, a name or address, and a colon or a verb at the end. An unmarked quote
swallows all that stands below it, so its introduction must be complete.
"""

from __future__ import annotations

import re
from functools import lru_cache

from maildesk.mail import reply_words as words

LONGEST_LINE = 400
MOST_LINES = 6
_NAME_WORDS = 8  # of somebody who wrote, with the verb
_LETTERS = re.compile(r"[^\W\d_]+")
_DIGIT = re.compile(r"\d")
_DATED = re.compile(r"\d{1,2}[:.h]\d{2}|\d{4}|\d{1,2}[./-]\d{1,2}|@")
_TIME = re.compile(r"\b\d{1,2}[:.h]\d{2}\b")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b|\d{4}年")
_DAY = re.compile(
    r"\d{4}.{0,10}?\d{1,2}|\d{1,2}\W{0,2}\s?\w{2,12}\W{0,3}(?:19|20)?\d\d|\d{1,2}[./-]\d{1,2}"
)
_ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w.-]{1,100}")
_GAP = re.compile(r":\s{2,8}\S")
# A name and an address, and a word or two: whoever wrote.
_NAMED = re.compile(
    r"[^<>:]{0,80}<[^<>\s]{1,80}@[^<>\s]{1,80}> [^\W\d]{1,20}(?: [^\W\d]{1,20})? ?[:：]"
)
# A name and an address, and perhaps the beginning of a date.
_ADDRESSED = re.compile(r"[^<>:]{0,80}<[^<>\s@]{1,80}@[^<>\s]{1,80}>[^<>]{0,60}$")
# Programs write of nobody so.
_FIRST_PERSON = re.compile(
    r"(?<![\w.])(?:I|[Ii]ch|[Ww]ir|[Ww]e|je|nous|yo|io|noi|ik|wij|eu|jag|jeg|ja|я|мы)(?![\w.])"
)
_SENTENCE_END = re.compile(r"(?:[!?;:]|[^\W\d]{4}\.|\.\.)$")
_LEFT_OPEN = re.compile(r"<[^<>]{0,200}$")
# Where a line holds words of its own in front of the introduction.
_INSIDE = re.compile(
    r"(?:\s|-{2,}\s?)(?=(?:On|Am|Le|El|Il|Op|Em|Den|W dniu) (?:[^\W\d]{2,9}[.,]{0,2} ){0,2}\d)"
)
_BIDI = dict.fromkeys((*range(0x200E, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_CLOSED_BELOW = re.compile(r"\s?>[\s>]*(?:wrote|skrev|schrieb|a écrit|escribió|ha scritto)?\s?:\s*")


@lru_cache(maxsize=64)
def has_verb(text: str) -> bool:
    """Whether somebody wrote, in one of the languages; asked again for the same few lines."""
    if not words.VERBS.isdisjoint(_LETTERS.findall(text.casefold())):
        return True
    return not text.isascii() and words.WROTE.search(text) is not None


def is_rest_of_address(lines: list[str], at: int) -> bool:
    """Whether a line that begins with `>` only closes the `<` of the introduction above it."""
    if at == 0 or len(lines[at]) > 30 or not _CLOSED_BELOW.fullmatch(lines[at]):
        return False
    above = next((line for line in reversed(lines[max(0, at - 3) : at]) if line.strip()), "")
    return bool(_LEFT_OPEN.search(above[-LONGEST_LINE:])) or above.startswith("mailto:")


def length_above(own: list[str]) -> int:
    """How many of the last lines introduce the marked quote that begins below them."""
    if not own or not _may_end(_short(own[-1])):
        return 0
    joined, best = "", 0
    for count, line in enumerate(reversed(own[-MOST_LINES:]), start=1):
        if not line.strip() or (count > 1 and _SENTENCE_END.search(line.rstrip()[-10:])):
            break
        joined = f"{_short(line).strip()} {joined}".strip()
        starts = _may_begin(_short(line), joined)
        if _is_introduction(joined) and (best == 0 or starts):
            best = count
        if best and starts:
            break
    return best + _broken_off_above(own[: len(own) - best]) if best else 0


def _broken_off_above(own: list[str]) -> int:
    """1 where an introduction, read up to here, began one line above: its address stands there.

    Gmail breaks lines behind 72 characters, and in an address, in every language.
    """
    line = _short(own[-1]).rstrip() if own else ""
    if not line or _SENTENCE_END.search(line[-10:]):
        return 0
    begins = len(own) == 1 or not own[-2].strip()
    return int(bool(_LEFT_OPEN.search(line)) or (begins and bool(_ADDRESSED.match(line))))


def _may_begin(line: str, joined: str) -> bool:
    """A date at the start of the line, or a name and address with a date behind them."""
    if "@" in line and _TIME.search(line) and _YEAR.search(line):
        return True
    return bool(words.STARTS.match(joined)) and bool(_DATED.search(line))


def words_before(line: str) -> str | None:
    """What stands in front of an introduction on its own line; None where nothing does."""
    *_, found = None, *_INSIDE.finditer(line[:LONGEST_LINE])
    if found is None or not _is_introduction(line[found.end() :].strip()):
        return None
    before = line[: found.start()].rstrip(" -")
    return before if before.strip() else None


def end_of_unmarked(lines: list[str], at: int) -> int:
    """Where an introduction ends that begins at `at`, the quote below unmarked; 0: none."""
    first = lines[at][:LONGEST_LINE]
    if not _DIGIT.search(first, 0, 60) and "@" not in first:
        return 0  # nearly every line of nearly every mail
    if not (words.STARTS.match(first) or ("@" in first and first.rstrip().endswith(words.ENDS))):
        return 0
    joined = ""
    for end in range(at, min(at + MOST_LINES, len(lines))):
        line = _short(lines[end]).strip()
        if not line and "<" not in joined[-60:]:
            break
        joined = f"{joined} {line}".strip()
        if ("@" in joined or joined[:2] == "--") and _may_end(line) and _is_complete(joined):
            return end + 1
    gap = _GAP.search(first)
    if gap and _is_complete(first[: gap.start() + 1].strip()):
        return at + 1  # Yahoo's telephones write on behind the colon
    stands_apart = at == 0 or not lines[at - 1].strip()
    if (
        stands_apart
        and first[-1:] in ":： "
        and _is_plain(first)
        and _is_followed_by_gap(lines, at)
    ):
        return at + 1
    return 0


@lru_cache(maxsize=64)
def _may_end(line: str) -> bool:
    """Asked again for the lines below each line that may begin one; the cache holds the window."""
    end = line[-LONGEST_LINE:].rstrip()
    return end.endswith((*words.ENDS, ">", ")", "-")) or has_verb(end[-12:])


def _is_introduction(joined: str) -> bool:
    """Who, when and a colon: a verb at the end will do, or with a date; else address and time."""
    if len(joined) > LONGEST_LINE or not joined or is_in_first_person(joined):
        return False
    if words.QUOTING.fullmatch(joined):
        return True
    if has_verb(joined) and (joined.endswith(words.ENDS) or _verb_ends(joined)):
        return bool(_DATED.search(joined)) or _is_name_and_verb(joined)
    if joined.endswith(words.ENDS):
        return bool(_ADDRESS.search(joined) and _TIME.search(joined))
    begins_with_day = joined[:4].isdigit() and bool(_DAY.match(joined))
    return begins_with_day and joined.endswith(">") and bool(_ADDRESS.search(joined))


def is_in_first_person(text: str) -> bool:
    """Whether its writer speaks of himself."""
    return _FIRST_PERSON.search(text) is not None


def _is_name_and_verb(joined: str) -> bool:
    """`Example Support wrote:`, and not `My boss wrote:` or `I did what you said:`."""
    said = joined.casefold().rstrip(" .:：*>-()").split()
    if not said or len(said) > _NAME_WORDS or said[0] in words.SPEAKERS:
        return False
    return has_verb(joined[-20:]) and words.SPOKEN.isdisjoint(said[-2:])


def _verb_ends(joined: str) -> bool:
    """Whether the verb is the last word, as in `napisał(a):`."""
    end = joined[-40:].rstrip(" .:：*>-()")
    last = end[max(end.rfind(" "), end.rfind("\t")) + 1 :]
    return has_verb(last)


def _is_complete(joined: str) -> bool:
    """A day with its year or its time, an address or Zoho's dashes, and a colon or a verb."""
    if len(joined) > LONGEST_LINE or not _DAY.search(joined):
        return False
    if len(_YEAR.findall(joined)) > 1 or is_in_first_person(joined):
        return False  # lines of a log, a sentence
    if not (_TIME.search(joined) or _YEAR.search(joined)):
        return False
    is_said = has_verb(joined)
    ends = joined.endswith(words.ENDS) or _verb_ends(joined)
    if joined.startswith("--") and joined.rstrip().endswith("--"):
        return is_said
    timed = bool(_TIME.search(joined) and _YEAR.search(joined))
    return ends and bool(_ADDRESS.search(joined)) and (is_said or timed)


def _is_plain(line: str) -> bool:
    """`On 16 November 2026, Support wrote:` in one line, or `Support <s@desk.example> wrote:`."""
    line = line.strip()
    if len(line) > 160 or not line.endswith((":", "：")) or line[:1].isdigit():
        return False
    if not has_verb(line):
        return False
    if _NAMED.match(line):
        return _verb_ends(line)
    is_dated = bool(_DAY.search(line) and _YEAR.search(line))
    return is_dated and (_verb_ends(line) or bool(_TIME.search(line)))


def _is_followed_by_gap(lines: list[str], at: int) -> bool:
    return at + 1 < len(lines) and not lines[at + 1].strip()


def _short(line: str) -> str:
    """As much of the line as counts, without marks of direction."""
    return line[:LONGEST_LINE] if line.isascii() else line[:LONGEST_LINE].translate(_BIDI)

"""Where a writer's own words end and what stands below every mail of theirs begins.

In: the lines of a stretch of own words. Out: the words without signature, closing phrase with a
name, and the line that a device or a mailing list adds. What a person still says below the name or
below that line stays (`addendum`), and a log or facts do (`matter`); below `-- ` only these.
Of a mail that opens a ticket, `is_first`, nothing goes but what is plainly a signature.
*Fails:* never.
"""

from __future__ import annotations

from maildesk.mail import signature_words as words
from maildesk.mail.addendum import begins_with_cue, is_written, paragraphs
from maildesk.mail.delimiter import find_delimiter
from maildesk.mail.matter import holds_matter, is_plainly_signature

_LONGEST_LINE = 120
_CLOSING_LINES = 6  # a name, a function, a company, a telephone number
_CLOSING_REACH = 24  # lines, with the empty ones between them
_FOOTER_LINES = 8
_GOES_ON = frozenset(
    ("to", "from", "for", "and", "an", "für", "und", "à", "pour", "et", "para", "y", "per", "e")
)
_SENTENCE_ENDS = (".", "!", "?", "…", ")", "。", "！", "？")


def strip_signature(own: list[str], *, is_first: bool = False) -> str:
    """The stretch up to `-- `, a closing phrase with a name, or what was added at the end."""
    kept = list(map(str.rstrip, own))
    end = find_delimiter(own)
    if _is_signature(kept[end + 1 :], is_first=is_first):
        del kept[end:]
    kept = _without_device(kept, is_first=is_first)
    while True:
        _drop_empty_end(kept)
        if _ends_with_device(kept):
            kept.pop()
            continue
        at = _closing(kept)
        if at is not None and not _is_signature(kept[at + 1 :], is_first=is_first):
            at = None
        if at is None:
            at = _list_footer(kept)
        if at is None:
            break
        del kept[at:]
    return "\n".join(kept).strip("\n")


def _is_signature(below: list[str], *, is_first: bool) -> bool:
    """Whether the lines may go: for sure in a first mail, in an answer unless they look of use."""
    return is_plainly_signature(below) if is_first else not holds_matter(below)


def _drop_empty_end(lines: list[str]) -> None:
    while lines and not lines[-1].strip():
        lines.pop()


def _ends_with_device(lines: list[str]) -> bool:
    """Whether the last line is a device's: it stands apart, or names a thing that we know."""
    if not lines or len(lines[-1]) > 2 * _LONGEST_LINE or not words.DEVICE.fullmatch(lines[-1]):
        return False
    is_apart = len(lines) < 2 or not lines[-2].strip()
    return is_apart or words.KNOWN_DEVICE.fullmatch(lines[-1].strip()) is not None


def _without_device(lines: list[str], *, is_first: bool) -> list[str]:
    """The lines above a device's own, and what the writer put below it.

    It stands alone, words above it. A letter that begins below it the device has quoted.
    """
    for at, (above, line, below) in enumerate(zip(lines, lines[1:], lines[2:], strict=False), 1):
        if line and not above and not below and at > 1 and words.OWN_DEVICE.fullmatch(line[:200]):
            rest = lines[at + 1 :]
            return lines[:at] + (rest[1:] if is_first or _is_added(rest) else [])
    return lines


def _is_added(rest: list[str]) -> bool:
    """Whether what stands below a device's line is the writer's: by a cue, or no other letter."""
    below = paragraphs(rest)
    if not below or begins_with_cue(below[0][0]):
        return bool(below)
    return not words.SALUTATION.match(below[0][0]) and any(map(is_written, below))


def _closing(lines: list[str]) -> int | None:
    """Where a closing phrase begins that has a name below it, and words above it."""
    near = [
        at
        for at, line in enumerate(lines[-_CLOSING_REACH:], max(0, len(lines) - _CLOSING_REACH))
        if line.strip()
    ]
    for at in reversed(near[-_CLOSING_LINES - 1 : -1]):
        line = lines[at]
        if len(line) > 60 or not words.CLOSING.fullmatch(line):
            continue
        if _is_in_list(lines, at):
            return None
        below = [line for line in lines[at + 1 :] if line.strip()]
        is_short = all(len(line) <= 60 and not words.POSTSCRIPT.match(line) for line in below)
        if below and is_short and _is_name(below[0]) and not _goes_on(lines[at + 1 :]):
            return at
        return None
    return None


def _is_in_list(lines: list[str], at: int) -> bool:
    """Whether the phrase is one of several things: `LG`, `MFG` and `ATT` are brands, too."""
    above = next((line for line in reversed(lines[:at]) if line.strip()), "").rstrip()
    if above.endswith((":", "：")):
        return True
    if not words.SHORT_CLOSING.fullmatch(lines[at]) or not above:
        return False
    if above.endswith(_SENTENCE_ENDS):
        return False
    below = [line for line in lines[at + 1 :] if line.strip()]
    return bool(lines[at - 1].strip()) or any(map(_has_digit, below))


def _has_digit(line: str) -> bool:
    return any(sign.isdigit() for sign in line)


def _goes_on(below: list[str]) -> bool:
    """Whether the writer adds something below the name, in a paragraph of its own or by a cue."""
    name, *others = paragraphs(below)
    return any(map(begins_with_cue, name[1:])) or any(map(is_written, others))


def _is_name(line: str) -> bool:
    """Up to five words, not a sentence, nor the rest of one."""
    words = line.split()
    if len(words) > 1 and words[0] in _GOES_ON:
        return False
    return len(words) <= 5 and not line.rstrip().endswith(("?", "!", ":", ";"))


def _list_footer(lines: list[str]) -> int | None:
    """Where the underscores begin below which a mailing list tells who it is, and where."""
    for at in range(len(lines) - 1, max(0, len(lines) - 1 - _FOOTER_LINES), -1):
        line = lines[at].strip()
        if len(line) > 1 and not line.strip("_"):
            below = " ".join(line[:_LONGEST_LINE] for line in lines[at + 1 :])
            is_footer = words.LIST_FOOTER.search(below) and words.PLACE.search(below)
            return at if is_footer else None
    return None

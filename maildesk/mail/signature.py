"""Where a writer's own words end and what stands below every mail of theirs begins.

In: the lines of a stretch of own words. Out: the words without signature, closing phrase with a
name, and the line that a device or a mailing list adds. What a person still says below the name or
below that line stays (`addendum`); below `-- ` nothing does.
*Fails:* never.
"""

from __future__ import annotations

from maildesk.mail import signature_words as words
from maildesk.mail.addendum import begins_with_cue, is_written, paragraphs

_LONGEST_LINE = 120
_SIGNATURE_LINES = 20  # below `--` without its space, which may as well be a rule
_CLOSING_LINES = 6  # a name, a function, a company, a telephone number
_CLOSING_REACH = 24  # lines, with the empty ones between them
_FOOTER_LINES = 8
_ADDED = 200  # characters below the line of a device


def strip_signature(own: list[str]) -> str:
    """The stretch up to `-- `, a closing phrase with a name, or what was added at the end."""
    kept = list(map(str.rstrip, own))
    kept = _without_device(kept[: _delimiter(own)])
    while True:
        _drop_empty_end(kept)
        if kept and len(kept[-1]) <= 2 * _LONGEST_LINE and words.DEVICE.fullmatch(kept[-1]):
            kept.pop()
            continue
        end = _closing(kept)
        if end is None:
            end = _list_footer(kept)
        if end is None:
            break
        del kept[end:]
    return "\n".join(kept).strip("\n")


def _drop_empty_end(lines: list[str]) -> None:
    while lines and not lines[-1].strip():
        lines.pop()


def _delimiter(own: list[str]) -> int:
    """The line `-- `; one whose space a program ate only near the end."""
    end = own.index("-- ") if "-- " in own else len(own)
    for at in range(max(0, len(own) - _SIGNATURE_LINES), end):
        if own[at].rstrip() == "--":
            return at
    return end


def _without_device(lines: list[str]) -> list[str]:
    """The lines above a device's own, and what the writer put below it.

    It stands alone, words above it. What is long below it the device has quoted.
    """
    for at, (above, line, below) in enumerate(zip(lines, lines[1:], lines[2:], strict=False), 1):
        if line and not above and not below and at > 1 and words.OWN_DEVICE.fullmatch(line[:200]):
            rest = lines[at + 1 :]
            return lines[:at] + (rest[1:] if _is_added(rest) else [])
    return lines


def _is_added(rest: list[str]) -> bool:
    """Whether what stands below a device's line is the writer's: short, or by a cue."""
    below = paragraphs(rest)
    if below and begins_with_cue(below[0][0]):
        return True
    return sum(map(len, rest)) <= _ADDED and any(map(is_written, below))


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
        below = [line for line in lines[at + 1 :] if line.strip()]
        is_short = all(len(line) <= 60 and not words.POSTSCRIPT.match(line) for line in below)
        if below and is_short and _is_name(below[0]) and not _goes_on(lines[at + 1 :]):
            return at
        return None
    return None


def _goes_on(below: list[str]) -> bool:
    """Whether the writer adds something below the name, in a paragraph of its own or by a cue."""
    name, *others = paragraphs(below)
    return any(map(begins_with_cue, name[1:])) or any(map(is_written, others))


def _is_name(line: str) -> bool:
    """Up to five words, not a sentence."""
    return len(line.split()) <= 5 and not line.rstrip().endswith(("?", "!", ":", ";"))


def _list_footer(lines: list[str]) -> int | None:
    """Where the underscores begin below which a mailing list tells who it is."""
    for at in range(len(lines) - 1, max(0, len(lines) - 1 - _FOOTER_LINES), -1):
        line = lines[at].strip()
        if len(line) > 1 and not line.strip("_"):
            below = " ".join(line[:_LONGEST_LINE] for line in lines[at + 1 :])
            return at if words.LIST_FOOTER.search(below) else None
    return None

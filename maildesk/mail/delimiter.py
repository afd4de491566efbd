"""Where the line `-- ` stands that parts a signature from the words above it.

In: the lines of a stretch of own words. Out: the number of that line; the number of lines where
there is none.
*Fails:* never.

With its space the line is agreed on (RFC 3676 §4.3) and all below it is a signature. Without the
space, which programs eat, two dashes are also a rule, a comment of SQL, an option's end. So what
stands below must look like a person or a company, and the dashes must be the only ones.
"""

from __future__ import annotations

import re

from maildesk.mail.addendum import is_boilerplate, is_written

_REACH = 20  # lines from the end, for a delimiter without its space
_LONGEST_LINE = 120
_NAME_WORDS = 6
_NAME = re.compile(r"[\W_]{0,3}[^\W\d_]")
_CODE = re.compile(
    r"[;{}\\=]$|\w\(.{0,80}\)|(?:^|\s)[\w.-]{1,40}\s?=\s?\S|^\s{0,8}[.#$<>%@/\[{(]"
    r"|^(?:SELECT|FROM|WHERE|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|SET|USE|BEGIN|COMMIT|EXEC)\b",
)
_GIT_VERSION = re.compile(r"\d{1,3}\.\d{1,3}(?:\.\w{1,12}){0,6}(?: \([\w .-]{1,40}\))?")


def find_delimiter(own: list[str]) -> int:
    """The line at which the signature begins."""
    end = len(own)
    if "-- " in own:
        spaced = (at for at, line in enumerate(own) if line == "-- ")
        end = next((at for at in spaced if not _is_in_code(own, at)), end)
    first = max(0, len(own) - _REACH)
    dashed = [at for at, line in enumerate(own[first:end], first) if line[:2] == "--"]
    dashed = [at for at in dashed if own[at][2:3] == " " or own[at].rstrip() == "--"]
    if len(dashed) == 1 and own[dashed[0]].rstrip() == "--":
        at = dashed[0]
        return at if _is_signature(own[at + 1 : end]) else end
    return end


def _is_in_code(own: list[str], at: int) -> bool:
    """Whether a comment of SQL is next to it, or below it git's version and more words."""
    beside = (*own[max(0, at - 1) : at], *own[at + 1 : at + 2])
    if any(line.startswith("-- ") and line != "-- " for line in beside):
        return True
    below = [line for line in own[at + 1 : at + 4] if line.strip()]
    if not below:
        return False
    is_patch = bool(_GIT_VERSION.fullmatch(below[0][:_LONGEST_LINE].rstrip()))
    return is_patch and len(below) > 1


def _is_signature(below: list[str]) -> bool:
    """Whether somebody says who he is: a name or an address first, no code and no sentence."""
    lines = [line[:_LONGEST_LINE].strip() for line in below if line.strip()]
    if not lines:
        return True
    if not (_is_name(lines[0]) or is_boilerplate(lines[0])):
        return False
    if any(_CODE.search(line) and not is_boilerplate(line) for line in lines):
        return False
    return not any(line.endswith("?") or is_written([line]) for line in lines)


def _is_name(line: str) -> bool:
    """Some words that begin with a letter, without a number, a colon or the end of a sentence."""
    if not _NAME.match(line) or any(sign.isdigit() for sign in line):
        return False
    words = line.split()
    if len(words) > 1 and words[0].islower() and not words[0].endswith("."):
        return False  # a sentence goes on
    return len(words) <= _NAME_WORDS and not line.endswith((":", ";", "?", "!", "…"))

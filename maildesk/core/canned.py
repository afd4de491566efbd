"""Canned replies: texts that agents send often, `#reply NAME`.

In: the replies that there are, a name, the ticket's language; the words below the command. Out: the
reply to send, or the name that was probably meant; and whether the words below are that reply.

Words that have more than a quarter of the canned text in them are that text, edited: nobody writes
so much of it anew.
*Fails:* never; a reply that is not there is None.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

_EDITED = 0.25  # of the pieces of the canned text
_PIECE = 8  # letters
_FARTHEST = 5  # times the length of the canned text: what comes later is not looked at
_ENGLISH = "en"
SLOTS = ("agent", "desk", "key", "name", "subject")  # what can be filled in
_SLOT = re.compile(r"( ?)\{([a-z]{1,20})\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Canned:
    """One reply in one language.

    `title` tells agents what it is for, `is_markdown` how the text is to be shown. `status` and
    `type` are set by it, "" leaves them; `fields` are names of lines that the customer is asked to
    fill in.
    """

    name: str
    language: str
    text: str
    title: str = ""
    status: str = ""
    type: str = ""
    fields: tuple[str, ...] = ()
    is_markdown: bool = False


def names(replies: tuple[Canned, ...]) -> tuple[str, ...]:
    """The names of all replies, in alphabetical order."""
    return tuple(sorted({reply.name for reply in replies}))


def find(replies: tuple[Canned, ...], name: str, language: str) -> Canned | None:
    """The reply of that name in the narrowest language that has it, else in English, else any."""
    called = [reply for reply in replies if reply.name == name.casefold()]
    by_language = {reply.language.lower(): reply for reply in called}
    narrow = language.lower().replace("_", "-").split("-")
    chain = ["-".join(narrow[:count]) for count in range(len(narrow), 0, -1)]
    wanted = (by_language.get(tag) for tag in (*chain, _ENGLISH))
    return next((reply for reply in wanted if reply), None) or next(iter(called), None)


def nearest(replies: tuple[Canned, ...], name: str) -> str:
    """The name that somebody may have meant; "" for none that is near."""
    known = names(replies)
    begun = [n for n in known if name and n.startswith(name.casefold())]
    close = difflib.get_close_matches(name.casefold(), known, n=1, cutoff=0.5)
    return (begun or close or [""])[0]


def filled(text: str, values: Iterable[tuple[str, str]]) -> str:
    """The text with `{name}` and its kin filled in; other braces stay as they are.

    What is not known takes the space before it along: `Hello {name},` becomes `Hello,`.
    """
    known = dict(values)

    def value(found: re.Match[str]) -> str:
        if found[2] not in known:
            return found[0]
        return found[1] + known[found[2]] if known[found[2]] else ""

    return _SLOT.sub(value, text)


def unknown_slots(text: str) -> tuple[str, ...]:
    """What stands in braces as a slot does, and would go to the customer as it is."""
    found = (slot[2] for slot in _SLOT.finditer(text))
    return tuple(dict.fromkeys(name for name in found if name not in SLOTS))


def is_edited(canned: str, below: str) -> bool:
    """Whether the words below the command are the canned text, changed."""
    pieces = _pieces(canned)
    kept = len(pieces & _pieces(below[: _FARTHEST * len(canned)]))
    return kept > _EDITED * len(pieces)


def _pieces(text: str) -> set[str]:
    """Every run of eight letters and digits: neither lines nor marks of quoting matter."""
    bare = "".join(c for c in text.casefold() if c.isalnum())
    return {bare[at : at + _PIECE] for at in range(max(1, len(bare) - _PIECE + 1))}

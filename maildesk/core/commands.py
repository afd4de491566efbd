"""Command lines at the head of an agent's mail: `#command words` before the first other text.

In: a text without quotes and signature. Out: the commands with their words, and the text below
them. Mail programs dress lines up, so bold, non-breaking spaces, zero-width characters and curly
quotes are taken off before a line is read.
*Fails:* never; a line that is no command is text.

    command      words      built
    #requester   address    yes
    #spam        -          yes
    #public      anyway     yes
    the others of `NAMES`   not yet: the line is refused, and the mail goes to nobody
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass

REQUESTER = "requester"
SPAM = "spam"
PUBLIC = "public"
ANYWAY = "anyway"  # `#public anyway`: although it says what a note says
# How each command is written; what has no form is not built yet.
FORMS = {REQUESTER: "#requester name@example.com", SPAM: "#spam", PUBLIC: "#public"}
_NOT_YET = """
status done reopen assign take internal due close type urgency impact priority time estimate
cc uncc organisation merge split link subject language reply escalate undo queue mine search show
help
"""
NAMES = (*FORMS, *_NOT_YET.split())
_LONGEST = 1_000  # characters of a line
_MOST = 50  # lines
_COMMAND = re.compile(r"#([A-Za-z]{2,20})(?:\s+(.*))?")
_QUOTES = str.maketrans("“”„‟‘’‚‛«»", '""""' + "''''" + '""')
_ADDRESS = re.compile(
    r"[^\s<>()\[\],;:\"\\'*]{1,64}@[^\s<>()\[\],;:\"\\@'*.]{1,63}(?:\.[^\s<>()\[\],;:\"\\@'*.]{1,63}){0,10}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command line; `line` is as a person reads it."""

    name: str
    words: str
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The commands of a text, and what is left of it."""

    commands: tuple[Command, ...] = ()
    rest: str = ""


def read(text: str) -> Reading:
    """The command lines before the first line of other text."""
    lines = text.split("\n")
    commands: list[Command] = []
    at = 0
    while at < len(lines) and len(commands) < _MOST:
        plain = _plain(lines[at])
        command = _command(plain) if plain else None
        if plain and command is None:
            break
        if command:
            commands.append(command)
        at += 1
    rest = "\n".join(lines[at:]).strip("\n") if commands else text
    return Reading(commands=tuple(commands), rest=rest)


def address_in(words: str) -> str:
    """The one address in a command's words, in lower case; "" for none or several."""
    plain = words.replace("mailto:", " ")
    found = dict.fromkeys(a.lower().rstrip(".") for a in _ADDRESS.findall(plain))
    return next(iter(found)) if len(found) == 1 else ""


def nearest_form(name: str) -> str:
    """The command that somebody may have meant, as it is written; "" for none that works."""
    close = difflib.get_close_matches(name, FORMS, n=1, cutoff=0.6)
    return FORMS[close[0]] if close else ""


def _command(plain: str) -> Command | None:
    found = _COMMAND.fullmatch(plain)
    if not found:
        return None
    return Command(name=found[1].lower(), words=(found[2] or "").strip(), line=plain)


def _plain(line: str) -> str:
    """The line without what a mail program adds to it."""
    folded = unicodedata.normalize("NFKC", line[:_LONGEST]).translate(_QUOTES)
    shown = "".join(c for c in folded if unicodedata.category(c) not in ("Cf", "Cc") or c == "\t")
    bare = " ".join(shown.split())
    for mark in ("**", "__", "*", "_"):
        if bare.startswith(f"{mark}#"):
            bare = bare.removeprefix(mark).replace(mark, "", 1)
    return bare.strip()

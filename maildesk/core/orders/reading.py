"""Which lines of a mail are commands: `#command words` before the first other text.

In: a text without quotes and signature, the names that its writer may use. Out: the commands with
their words, and the text below them. Mail programs dress lines up, so bold, non-breaking spaces,
zero-width characters and curly quotes are taken off before a line is read.
*Fails:* never; a line that is no command is text. So is a word that a customer cannot mean as one:
`#1234` of an invoice, `#printer`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from maildesk.core import codes
from maildesk.core.message import Mailbox
from maildesk.core.orders.forms import FORMS
from maildesk.core.spelling import canonical
from maildesk.core.thread import key_of

_NAME_A_TICKET = ("link", "merge", "show", "undo")
_LONGEST = 1_000  # characters of a line
_MOST = 50  # lines
_LONGEST_NAME = 80
_SALUTATION = 40  # characters, at most
# A colon or full stop behind the word is a habit of hands and telephones; anything else makes it
# another word, which is no command and told so, and never text for a customer.
_COMMAND = re.compile(r"#([A-Za-z]{2,20})(?:[:.,;!?]+|([^A-Za-z\s]\S*))?(?:\s+(.*))?")
_BULLET = re.compile(r"[-*\u2022\u2013\u2014] ?#(?=[A-Za-z])")
_LISTED = re.compile(r"(?:[0-9]{1,2}[.)] ?|[\"'(\[<]{1,3})#(?=[A-Za-z])")
_HEADING = re.compile(r"# (?=[A-Za-z])")
_QUOTES = str.maketrans("“”„‟‘’‚‛«»\u2010\u2011", '""""' + "''''" + '""--')
_ADDRESS = re.compile(
    r"[^\s<>()\[\],;:\"\\'*]{1,64}@[^\s<>()\[\],;:\"\\@'*.]{1,63}(?:\.[^\s<>()\[\],;:\"\\@'*.]{1,63}){0,10}"
)


_PIECE = re.compile(r'(?:[^,;"]|"[^"]*+")++')
_COMMENT = re.compile(r"\([^()]{0,80}\)")
_DRESS = str.maketrans(dict.fromkeys("<>()[]\"'*", " "))


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


def read(text: str, names: frozenset[str] | None = None) -> Reading:
    """The command lines before the first line of other text; with `names`, no other words."""
    lines = text.split("\n")
    commands: list[Command] = []
    at = 0
    while at < len(lines) and len(commands) < _MOST:
        plain = _plain(lines[at])
        found = _commands(plain)
        is_known = names is None or all(command.name in names for command in found)
        if plain and not (found and is_known):
            break
        commands.extend(found)
        at += 1
    rest = "\n".join(lines[at:]).strip("\n") if commands else text
    return Reading(commands=tuple(commands), rest=rest)


def stray(text: str, names: frozenset[str], later: frozenset[str]) -> str:
    """The first line of a text that is all but a command; "" for none.

    It stands below other words, or has a space behind its mark. Below no more than a salutation it
    may be one of `names`, anywhere else one of `later`. What is set in from the left is quoted, or
    a piece of a program.
    """
    above = 0
    for line in text.split("\n"):
        plain = _plain(line)
        is_near = above <= _SALUTATION
        meant = _HEADING.sub("#", plain, count=1) if is_near else plain
        command = None if line.startswith(("  ", "\t")) else _command(meant)
        if command and command.name in (names if is_near else later):
            return plain
        if is_near and _is_dressed(plain, later):
            return plain
        above += len(plain)
    return ""


def _is_dressed(plain: str, names: frozenset[str]) -> bool:
    """Whether it is a command in quotation marks or brackets, or behind the number of a list."""
    bare = _LISTED.sub("#", plain, count=1)
    command = _command(bare.rstrip("\"')]>")) if bare != plain else None
    return command is not None and command.name in names


def keys_named(text: str, names: frozenset[str] | None = None) -> tuple[str, ...]:
    """The tickets that a text's commands name beside the one that it is about."""
    commands = read(text, names).commands
    keys = (key_named(c.words) for c in commands if c.name in _NAME_A_TICKET or codes.read(c.words))
    return tuple(dict.fromkeys(key for key in keys if key))


def key_named(words: str) -> str:
    """The key that a command's words are, or that stands behind a code; "" for none."""
    written = codes.read(words)
    if written is None:
        return key_of(words)
    return key_of(written.rest) or key_of(written.rest.partition(" ")[0])


def address_in(words: str) -> str:
    """The one address in a command's words, in lower case; "" for none or several."""
    plain = words.replace("mailto:", " ")
    found = dict.fromkeys(canonical(a.rstrip(".")) for a in _ADDRESS.findall(plain))
    return next(iter(found)) if len(found) == 1 else ""


def people_in(words: str) -> tuple[Mailbox, ...]:
    """Everybody in a command's words, as `Name <address>`, between commas; () where one is unclear.

    Without commas, addresses alone may stand side by side. Words behind an address are unclear.
    """
    people: dict[str, Mailbox] = {}
    for piece in _PIECE.findall(words):
        plain = piece.replace("mailto:", " ")
        found = dict.fromkeys(canonical(a.rstrip(".")) for a in _ADDRESS.findall(plain))
        left = " ".join(_ADDRESS.sub(" ", plain).translate(_DRESS).split())
        behind = _COMMENT.sub(" ", _ADDRESS.split(plain)[-1]).translate(_DRESS)
        is_unclear = bool(left) and (len(found) != 1 or bool(behind.strip()))
        if is_unclear or (plain.strip() and not found):
            return ()
        for address in found:
            people.setdefault(address, Mailbox(email=address, name=left[:_LONGEST_NAME]))
    return tuple(people.values())


def _commands(plain: str) -> tuple[Command, ...]:
    """The command of a line; several, where each but the last is a bare word."""
    found: list[Command] = []
    while (command := _command(plain)) is not None:
        behind = _command(command.words)
        is_one = behind is None or behind.name not in FORMS or len(found) == _MOST
        if is_one:
            return (*found, command)
        found.append(replace(command, words="", line=f"#{command.name}"))
        plain = command.words
    return tuple(found)


def _command(plain: str) -> Command | None:
    found = _COMMAND.fullmatch(plain)
    if not found:
        return None
    name = (found[1] + (found[2] or "")).lower()
    return Command(name=name, words=(found[3] or "").strip(), line=plain)


def _plain(line: str) -> str:
    """The line without what a mail program adds to it."""
    folded = unicodedata.normalize("NFKC", line[:_LONGEST]).translate(_QUOTES)
    shown = "".join(c for c in folded if unicodedata.category(c) not in ("Cf", "Cc") or c == "\t")
    bare = " ".join(shown.split())
    for mark in ("**", "__", "*", "_"):
        if bare.startswith(f"{mark}#"):
            bare = bare.removeprefix(mark).replace(mark, "", 1)
    return _BULLET.sub("#", bare).strip()

"""One `words.toml`: every sentence of a language, by its code.

In: the path of a file. Out: phrases taken apart into text and slots. A phrase is a string with
slots such as `{name}` or `{due:date}`, or a table of plural forms (CLDR: zero, one, two, few, many,
other) chosen by `{count}`; `{{` and `}}` are braces. Tables join to codes: `[facts] owner = "…"` is
`facts.owner`. Slots are only ever filled, never evaluated.
*Fails:* never; what cannot be used is left out and named in `faults`, by file and line.

A file is held against the English one that came with the program: a phrase that nothing says, or a
slot that nothing fills, is a fault. Sentences of an admin's own layouts stand under `[own]`, names
of their own statuses and types under `[name.status]` and `[name.type]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from maildesk.config import documents
from maildesk.config.keys import nearest
from maildesk.errors import ConfigError

NAME = "words.toml"
FORMATS = frozenset(
    ("date", "moment", "duration", "bytes", "number", "percent", "status", "type", "level", "field")
)
PLURALS = frozenset(("zero", "one", "two", "few", "many", "other"))
COUNT = "count"
# What `outbox.speech` knows without being told.
_ALWAYS = frozenset(("key", "subject", "desk"))
# What an admin may add to: own layouts' sentences, and the names of own statuses and types.
_OPEN = frozenset(("own", "name"))
_PIECE = re.compile(r"\{\{|\}\}|\{([a-z_]+)(?::([a-z]+))?\}|[{}]")


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a value, and how it is shown; "" is as it comes."""

    name: str
    format: str = ""


Pattern = tuple[str | Slot, ...]


@dataclass(frozen=True, slots=True)
class Phrasing:
    """A sentence in one language: by plural form, or under `other` alone."""

    forms: Mapping[str, Pattern]

    @property
    def is_plural(self) -> bool:
        """Whether a count chooses the form."""
        return len(self.forms) > 1

    @property
    def slots(self) -> frozenset[str]:
        """The names of the values that it shows, in whichever form."""
        pieces = (piece for form in self.forms.values() for piece in form)
        return frozenset(piece.name for piece in pieces if isinstance(piece, Slot))


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The sentences of one file."""

    phrases: Mapping[str, Phrasing]
    faults: tuple[str, ...] = ()


def read(path: Path, english: Path) -> Catalogue:
    """The file as it is now; it is read once, until it changes."""
    return _read(path, _version(path), english, _version(english))


@lru_cache(maxsize=64)
def _read(path: Path, _: tuple[int, int], english: Path, version: tuple[int, int]) -> Catalogue:
    try:
        document = documents.read(path)
    except ConfigError as error:
        return Catalogue({}, error.faults)
    reference = None if path == english else _read(english, version, english, version).phrases
    phrases: dict[str, Phrasing] = {}
    faults: list[str] = []
    for place, value in _sentences(document.data, ()):
        code = ".".join(place)
        try:
            phrasing = _phrasing(value)
            if reference is not None:
                _hold(code, phrasing, reference)
        except ValueError as error:
            spot = document.spots.get(place)
            faults.append(f"{path}:{spot.line if spot else 1}: {code}: {error}")
        else:
            phrases[code] = phrasing
    return Catalogue(phrases, tuple(faults))


def _version(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_size


def _sentences(table: Mapping[str, Any], place: tuple[str, ...]) -> Iterator[tuple[Any, Any]]:
    for key, value in table.items():
        if isinstance(value, dict) and not ("other" in value and value.keys() <= PLURALS):
            yield from _sentences(value, (*place, key))
        else:
            yield (*place, key), value


def _phrasing(value: object) -> Phrasing:
    forms = value if isinstance(value, dict) else {"other": value}
    return Phrasing({form: tuple(_pieces(text)) for form, text in forms.items()})


def _pieces(text: object) -> Iterator[str | Slot]:
    if not isinstance(text, str):
        msg = 'must be a text, or a table of plural forms with "other"'
        raise ValueError(msg)
    at = 0
    for found in _PIECE.finditer(text):
        if found.start() > at:
            yield text[at : found.start()]
        at = found.end()
        if found[0] in ("{{", "}}"):
            yield found[0][0]
        elif found[1]:
            yield _slot(found[1], found[2] or "")
        else:
            msg = f"a lone {found[0]}; a brace that is to be seen is written twice"
            raise ValueError(msg)
    if at < len(text):
        yield text[at:]


def _slot(name: str, shown_as: str) -> Slot:
    if shown_as and shown_as not in FORMATS:
        msg = f"{{{name}:{shown_as}}} has an unknown format{nearest(shown_as, sorted(FORMATS))}"
        raise ValueError(msg)
    return Slot(name, shown_as)


def _hold(code: str, phrasing: Phrasing, reference: Mapping[str, Phrasing]) -> None:
    """Raise ValueError for what our layouts and the core never say, or never give."""
    if code.partition(".")[0] in _OPEN:
        return
    original = reference.get(code)
    if original is None:
        msg = f"there is no such phrase{nearest(code, list(reference))}"
        raise ValueError(msg)
    counted = {COUNT} if original.is_plural else set()
    known = original.slots | _ALWAYS | counted
    unknown = sorted(phrasing.slots - known)
    if unknown:
        given = ", ".join(f"{{{name}}}" for name in sorted(original.slots | counted)) or "no values"
        msg = f"{{{unknown[0]}}} is not known here; this phrase has {given}"
        raise ValueError(msg)
    if phrasing.is_plural and COUNT not in known:
        msg = "has plural forms, but nothing is counted in it"
        raise ValueError(msg)

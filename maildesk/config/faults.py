"""What is wrong, in words an admin can act on: "FILE:LINE: key.path: what; what would be right".

In: pydantic's errors and the findings of `checks`, each with a path; where keys stand. Out: lines,
in the order of the file. Values are never repeated, for a value may be a secret, or lie beside one.
*Fails:* never.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from maildesk.config.keys import Path, quoted, suggestion
from maildesk.config.values import MisplacedError

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")

_WORDS = {
    "string_type": "must be text in quotes",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false, without quotes",
    "tuple_type": "must be a list, in [brackets]",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "mapping_type": "must be a table",
    "dict_type": "must be a table",
    "date_type": "must be a date such as 2026-01-31, without quotes",
    "date_from_datetime_inexact": "must be a date such as 2026-01-31, without a time",
    "date_parsing": "must be a date such as 2026-01-31",
    "date_from_datetime_parsing": "must be a date such as 2026-01-31",
    "too_short": "must not be empty",
    "string_too_short": "must not be empty",
    "greater_than_equal": "must be {ge} or more",
    "greater_than": "must be more than {gt}",
    "less_than_equal": "must be {le} or less",
    "literal_error": "must be {expected}",
}

# What a pattern means, by the last key of the path; any other pattern is that of `values.Name`.
_FORMS = {
    "key": 'must be capital letters and digits, a letter first, 16 at most, such as "HELP"',
    "id": 'must be letters, digits, ".", "_" or "-", such as "alice"',
    "holidays": 'must be a country such as "IT", or a region of it such as "IT-RM"',
}

_MISSING = {
    "calendar": '; name a table under [calendars], or "always"',
    "timezone": '; give one such as "Europe/Rome"',
    "hours": '; give them such as { mon-fri = ["09:00-13:00", "14:00-18:00"] }',
    "category": '; give "new", "active", "waiting" or "done"',
}


@dataclass(frozen=True, slots=True)
class Spot:
    """A line of a file."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend: where, and what would be right."""

    path: Path
    words: str


Spots = Mapping[Path, Spot]


def from_pydantic(error: ValidationError) -> Iterator[Fault]:
    """One fault for each of pydantic's errors, in our words."""
    errors = error.errors(include_url=False, include_input=False)
    lists_of_faults = {found["loc"][:-1] for found in errors}
    for found in errors:
        # A default that rests on another key fails together with that key, and a list whose items
        # fail counts as too short: saying it once is enough.
        is_echo = found["type"] == "too_short" and found["loc"] in lists_of_faults
        if not is_echo and found["type"] != "default_factory_not_called":
            context = found.get("ctx", {})
            path = _path(found["loc"], context.get("error"))
            yield Fault(path, _words(found["type"], path, context, found["msg"]))


def lines(faults: Iterable[Fault], spots: Spots, source: str) -> tuple[str, ...]:
    """The faults as lines, sorted as the files are, each once."""
    order = {
        file: place for place, file in enumerate(dict.fromkeys(s.file for s in spots.values()))
    }
    placed = [(spot_of(fault.path, spots), fault) for fault in faults]
    placed.sort(
        key=lambda pair: (order.get(pair[0].file, -1), pair[0].line) if pair[0] else (-1, 0)
    )
    return tuple(dict.fromkeys(_line(spot, fault, source) for spot, fault in placed))


def spot_of(path: Path, spots: Spots) -> Spot | None:
    """Where the key stands, or the table that lacks it."""
    for length in range(len(path), 0, -1):
        if path[:length] in spots:
            return spots[path[:length]]
    return None


def shown(path: Path) -> str:
    """The key path as one would write it; items of lists are known by their line."""
    names = (part for part in path if isinstance(part, str))
    return ".".join(name if _BARE_KEY.fullmatch(name) else quoted(name) for name in names)


def _line(spot: Spot | None, fault: Fault, source: str) -> str:
    where = f"{spot.file}:{spot.line}" if spot else source
    return f"{where}: {shown(fault.path)}: {fault.words}"


def _path(loc: tuple[str | int, ...], cause: Any) -> Path:
    if not isinstance(cause, MisplacedError):
        return loc
    # A secret's other key stands beside its plain one; any other key stands inside.
    is_sibling = cause.key.startswith(str(loc[-1]))
    return (*loc[:-1], cause.key) if is_sibling else (*loc, cause.key)


def _words(kind: str, path: Path, context: Mapping[str, Any], otherwise: str) -> str:
    if kind == "missing":
        return f"is missing{_MISSING.get(str(path[-1]), '')}"
    if kind == "extra_forbidden":
        return f"unknown key; {suggestion(path)}"
    if kind == "value_error":
        return str(context["error"])
    if kind == "string_pattern_mismatch":
        plain = "must be text without line ends, and without spaces at its ends"
        return _FORMS.get(str(path[-1]), plain)
    return _WORDS.get(kind, otherwise).format_map(_Quotes(context))


class _Quotes(dict[str, Any]):
    """Pydantic writes choices in single quotes; TOML's usual ones are double."""

    def __getitem__(self, key: str) -> str:
        return str(super().__getitem__(key)).replace("'", '"')

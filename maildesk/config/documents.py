"""Reading TOML files and joining those that `include` names into one tree.

In: the path of a file. Out: its tables and where each key stands. Lists of tables append, tables
merge, and what would overwrite something is a fault that names both places.
*Fails:* ConfigError: unreadable, not UTF-8, no TOML; all such files of one `include` at once.
"""

from __future__ import annotations

import glob
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from maildesk.config.faults import Fault, Spot
from maildesk.config.keys import Path as KeyPath
from maildesk.config.lines import key_lines
from maildesk.errors import ConfigError

_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)$")

_PLAINER = {"Invalid date or datetime": "there is no such day or time, as February 30 is none"}


@dataclass(slots=True)
class Document:
    """What files say, and where; `faults` collects what made joining them impossible."""

    data: dict[str, Any]
    spots: dict[KeyPath, Spot] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def read(path: Path) -> Document:
    """One file; a single `[listener]` is read as a list of one."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ConfigError((f"{path}: cannot be read: {error.strerror}",)) from None
    except ValueError:
        raise ConfigError((f"{path!r}: is no path of a file",)) from None
    try:
        return parse(raw.decode("utf-8-sig"), str(path))
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ConfigError((f"{path}:{line}: is no UTF-8 text; save the file as UTF-8",)) from None


def parse(text: str, name: str) -> Document:
    """TOML text; `name` stands for the file in messages."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError((_syntax_fault(str(error), text, name),)) from None
    except RecursionError:
        raise ConfigError((f"{name}: brackets are nested too deeply",)) from None
    spots = {path: Spot(name, line) for path, line in key_lines(text).items()}
    return _listeners_as_list(Document(data, spots))


def join_included(document: Document, path: Path) -> None:
    """Merge every file that `include` names into the document of `path`."""
    broken: list[str] = []
    for pattern_path, included in _included(document, path):
        try:
            more = read(included)
        except ConfigError as error:
            broken += error.faults
            continue
        if "include" in more.data:
            spot = more.spots[("include",)]
            del more.data["include"]
            words = f"{spot.file}:{spot.line} includes files, too; only the first file may"
            document.faults.append(Fault(pattern_path, words))
        _join(document, more)
    if broken:
        raise ConfigError(tuple(broken))


def _included(document: Document, path: Path) -> Iterator[tuple[KeyPath, Path]]:
    patterns = document.data.get("include")
    seen = {path.resolve()}
    for index, pattern in enumerate(patterns if isinstance(patterns, list) else ()):
        if not isinstance(pattern, str) or "\0" in pattern:
            continue
        # Joining with "/" lets an absolute pattern stand alone.
        whole = str(Path(glob.escape(str(path.parent)), pattern))
        files = sorted(glob.glob(whole, recursive=True))
        if not files and not glob.has_magic(pattern):
            document.faults.append(Fault(("include", index), "there is no such file"))
        for name in files:
            if Path(name).resolve() not in seen:
                seen.add(Path(name).resolve())
                yield ("include", index), Path(name)


def _join(document: Document, more: Document) -> None:
    shift: dict[KeyPath, int] = {}
    clashes: list[KeyPath] = []
    _merge(document.data, more.data, (), shift, clashes)
    for path in clashes:
        one, two = document.spots.get(path), more.spots.get(path)
        where = f"{one.file}:{one.line}" if one else "another file"
        here = f"{two.file}:{two.line}" if two else "another file"
        words = f"stands in two files, {where} and {here}; keep one of them"
        document.faults.append(Fault(path, words))
    for path, spot in more.spots.items():
        document.spots.setdefault(_shifted(path, shift), spot)


def _merge(
    into: dict[str, Any],
    more: dict[str, Any],
    base: KeyPath,
    shift: dict[KeyPath, int],
    clashes: list[KeyPath],
) -> None:
    for key, value in more.items():
        path = (*base, key)
        if key not in into:
            into[key] = value
        elif isinstance(into[key], dict) and isinstance(value, dict):
            _merge(into[key], value, path, shift, clashes)
        elif _are_tables(into[key]) and _are_tables(value):
            shift[path] = len(into[key])
            into[key] = [*into[key], *value]
        else:
            clashes.append(path)


def _shifted(path: KeyPath, shift: dict[KeyPath, int]) -> KeyPath:
    """The path after the items before it, from other files, are counted."""
    for length in range(1, len(path)):
        index = path[length]
        if path[:length] in shift and isinstance(index, int):
            return (*path[:length], index + shift[path[:length]], *path[length + 1 :])
    return path


def _are_tables(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _listeners_as_list(document: Document) -> Document:
    if not isinstance(document.data.get("listener"), dict):
        return document
    document.data["listener"] = [document.data["listener"]]
    spots = {
        ("listener", 0, *path[1:]) if path[0] == "listener" else path: spot
        for path, spot in document.spots.items()
    }
    return Document(document.data, spots)


def _syntax_fault(message: str, text: str, name: str) -> str:
    found = _AT_LINE.search(message)
    line = int(found[1]) if found else text.count("\n") + 1
    words = _AT_LINE.sub("", message)
    return f"{name}:{line}: is no TOML: {_PLAINER.get(words, words)}"

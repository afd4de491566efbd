"""Where each key of a TOML file stands: tomllib reads values and keeps no line numbers.

In: text that tomllib has already read without a fault. Out: a map from key path, indexes of arrays
included, to the line (from 1) where the key or the item begins. The grammar is followed only as far
as needed to skip values (TOML 1.0; line ends inside inline tables, as in 1.1, do no harm).
*Fails:* never on valid TOML; text that is not leaves later keys without a line.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterator

Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_KEY = re.compile(r"[A-Za-z0-9_-]+|\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"""\"{0,2}'
    r"|'''.*?''''{0,2}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\n]*")


def key_lines(text: str) -> dict[Path, int]:
    """The line of every table, key and array item, by path."""
    return _Scanner(text).run()


class _Scanner:
    """One walk over the text; `base` is the path of the table that keys now belong to."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._ends = [found.start() for found in re.finditer("\n", text)]
        self._lines: dict[Path, int] = {}
        self._items: dict[Path, int] = {}  # arrays of tables: how many items so far

    def run(self) -> dict[Path, int]:
        base: Path = ()
        self._skip(_BLANK)
        while self._at < len(self._text):
            before = self._at
            if self._next() == "[":
                base = self._header()
            else:
                self._pair(base)
            self._skip(_BLANK)
            if self._at == before:
                break
        return self._lines

    def _header(self) -> Path:
        line, is_array = self._line(), self._text.startswith("[[", self._at)
        self._at += 2 if is_array else 1
        path: Path = ()
        keys = tuple(self._key())
        for key in keys[:-1]:
            path = self._named((*path, key), line)
            if path in self._items:  # `[a.b]` after `[[a]]` speaks of the last item of a
                path = (*path, self._items[path])
        path = self._named((*path, keys[-1]), line)
        if is_array:
            self._items[path] = self._items.get(path, -1) + 1
            path = self._named((*path, self._items[path]), line)
        self._at += 2 if is_array else 1
        return path

    def _named(self, path: Path, line: int) -> Path:
        self._lines.setdefault(path, line)
        return path

    def _pair(self, base: Path) -> None:
        line = self._line()
        for key in self._key():
            base = (*base, key)
            self._lines.setdefault(base, line)
        if self._next() == "=":
            self._at += 1
            self._skip(_SPACE)
            self._value(base)

    def _key(self) -> Iterator[str]:
        while True:
            self._skip(_SPACE)
            written = self._take(_KEY)
            yield _spelled(written) if written else ""
            self._skip(_SPACE)
            if self._next() != ".":
                return
            self._at += 1

    def _value(self, path: Path) -> None:
        first = self._next()
        if first == "[":
            self._array(path)
        elif first == "{":
            self._inline_table(path)
        elif not self._take(_STRING):
            self._take(_SCALAR)

    def _array(self, path: Path) -> None:
        for index, _ in enumerate(self._members("]")):
            self._lines[(*path, index)] = self._line()
            self._value((*path, index))

    def _inline_table(self, path: Path) -> None:
        for _ in self._members("}"):
            self._pair(path)

    def _members(self, end: str) -> Iterator[None]:
        """Stops at the start of each member, and leaves behind the closing bracket."""
        self._at += 1
        self._skip(_BLANK)
        while self._next() not in {end, ""}:
            before = self._at
            yield
            self._skip(_BLANK)
            if self._next() == ",":
                self._at += 1
            self._skip(_BLANK)
            if self._at == before:
                return
        self._at += 1

    def _next(self) -> str:
        return self._text[self._at : self._at + 1]

    def _skip(self, pattern: re.Pattern[str]) -> None:
        self._take(pattern)

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return found[0] if found else ""

    def _line(self) -> int:
        return bisect_left(self._ends, self._at) + 1


def _spelled(key: str) -> str:
    """The key itself, quotes and escapes undone."""
    return next(iter(tomllib.loads(f"{key} = 0"))) if key[0] in "\"'" else key

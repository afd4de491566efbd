"""Looking around in TOML tables that nobody has judged yet.

In: the merged tables as tomllib gave them. Out: tables and texts with their paths; what has the
wrong type is left out, for pydantic reports it.
*Fails:* never.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from maildesk.config.keys import Path

Table = dict[str, Any]
Placed = tuple[Path, Table]


def tables(data: Table, *names: str, base: Path = ()) -> Iterator[Placed]:
    """The tables under the keys, one inside the other; lists give each of their items."""
    if not names:
        yield base, data
        return
    inner = data.get(names[0])
    path = (*base, names[0])
    if isinstance(inner, dict):
        yield from tables(inner, *names[1:], base=path)
    for index, item in enumerate(inner if isinstance(inner, list) else ()):
        if isinstance(item, dict):
            yield from tables(item, *names[1:], base=(*path, index))


def named(data: Table, *names: str) -> Iterator[Placed]:
    """The tables that stand under free names, as in `[sla.NAME]`."""
    for path, table in tables(data, *names):
        for name, inner in table.items():
            if isinstance(inner, dict):
                yield (*path, name), inner


def texts(placed: Placed, *keys: str) -> Iterator[tuple[Path, str]]:
    """The texts under the keys, those in lists too."""
    path, table = placed
    for key in keys:
        value = table.get(key)
        if isinstance(value, str):
            yield (*path, key), value
        for index, item in enumerate(value if isinstance(value, list) else ()):
            if isinstance(item, str):
                yield (*path, key, index), item


def is_given(table: Table, key: str) -> bool:
    """Whether the key holds something; "" and an empty table count as left out."""
    return table.get(key, "") not in ("", {}, [])

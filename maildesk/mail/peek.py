"""A bounded look at a few header fields of bytes that nobody has parsed yet.

In: raw bytes. Out: the addresses that the first From field seems to hold, in lower case, or the
values of named fields. It is good enough to recognise a customer before "250" and proves nothing.
*Fails:* never, and reads no more than the first 64 KiB.
"""

from __future__ import annotations

import re

_LOOK = 64 * 1024
_VALUE = 1_000  # characters
_FROM = re.compile(rb"^from[ \t]*:([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)", re.IGNORECASE | re.MULTILINE)
_FIELD = re.compile(rb"^([A-Za-z0-9-]{1,64})[ \t]*:([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)", re.MULTILINE)
_ADDRESS = re.compile(rb"[^\s<>(),;:\"\\\[\]@]{1,64}@[A-Za-z0-9.-]{1,255}")
_HEADER_END = re.compile(rb"\r?\n\r?\n")


def header_values(raw: bytes, names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The unfolded values of a few fields (named in lower case), as far as the first 64 KiB go."""
    head = raw[:_LOOK]
    end = _HEADER_END.search(head)
    found: dict[str, list[str]] = {name: [] for name in names}
    for match in _FIELD.finditer(head[: end.start()] if end else head):
        name = match[1].decode("ascii", "replace").lower()
        if name in found:
            value = b" ".join(match[2].split()).decode("utf-8", "replace")
            found[name].append(value)
    return {name: tuple(values) for name, values in found.items()}


def named_fields(raw: bytes, names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Each field of these names, as (name, value), of a bounded length."""
    found = header_values(raw, names)
    return tuple((name, value[:_VALUE]) for name in names for value in found[name])


def from_addresses(raw: bytes) -> tuple[str, ...]:
    """The addresses of the first From field."""
    head = raw[:_LOOK]
    end = _HEADER_END.search(head)
    found = _FROM.search(head[: end.start()] if end else head)
    if not found:
        return ()
    addresses = _ADDRESS.findall(found[1][:4096])
    return tuple(a.decode("ascii", "replace").lower() for a in addresses)

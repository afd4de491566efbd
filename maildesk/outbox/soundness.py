"""What an admin's own layout says, looked at before it goes out.

In: what it rendered to, and the values that it had. Out: why it cannot be used, "" for no reason;
of a file that is no text, where that shows.

    part       may not
    any        say nothing at all
    subject    leave out the ticket's key: answers without our ids would find no ticket
    HTML       fetch anything from elsewhere: it tells strangers who reads the mail, and when
*Fails:* never.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

_REMOTE = re.compile(
    r"<[^<>]{0,2000}?\b(?:src|srcset|background|poster)\s{0,9}=\s{0,9}[\"']?\s{0,9}(?:https?:)?//"
    r"|<link\b[^<>]{0,2000}?\bhref\s{0,9}=\s{0,9}[\"']?\s{0,9}(?:https?:)?//"
    r"|<[^<>]{0,2000}?\bstyle\s{0,9}=[^<>]{0,2000}?url\(\s{0,9}[\"']?(?:https?:)?//",
    re.IGNORECASE,
)

_FRAMES = ("_base.html.j2", "_base.txt.j2", "_parts.j2")


class UnsoundError(ValueError):
    """A layout that renders and must not go out."""


def hold_sound(kind: str, said: str, values: Mapping[str, object]) -> None:
    """Raises UnsoundError with the reason, for the admin to read."""
    if not said.strip():
        msg = "says nothing"
        raise UnsoundError(msg)
    ticket = values.get("ticket")
    key = str(ticket["key"]) if isinstance(ticket, Mapping) else ""
    if kind == "subject" and key and f"[{key}]" not in said:
        msg = "must hold the ticket's key between brackets, as {{ subject_line | said }} does"
        raise UnsoundError(msg)
    found = _REMOTE.search(said) if kind == "html" else None
    if found:
        msg = f"fetches something from elsewhere: {found[0][-60:]}"
        raise UnsoundError(msg)


def place_of(error: Exception, name: str, directories: Sequence[Path]) -> str:
    """`file:line` of a fault that no line of a template raised; "" where one did."""
    if isinstance(error, UnicodeDecodeError):
        line = error.object.count(b"\n", 0, error.start) + 1
        return f"{_first(name, directories)}:{line}"
    if not isinstance(error, UnsoundError):
        return ""
    own = [d / part for d in directories[:-1] for part in (name, *_FRAMES)]
    for path in own:
        source = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
        if found := _REMOTE.search(source):
            return f"{path}:{source.count(chr(10), 0, found.end()) + 1}"
    return f"{_first(name, directories)}:1"


def _first(name: str, directories: Sequence[Path]) -> Path:
    return next((d / name for d in directories if (d / name).is_file()), Path(name))

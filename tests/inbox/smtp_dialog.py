"""Dialogues with the listener as readable scripts, and the one small runner for them.

In: a `.dialog` file and a client. Out: nothing when every line was answered as written.

    # a comment; the first lines may set the room: `% recipients = 3`, `% protocol = "lmtp"`
    -> EHLO client.example       a line to send, CRLF behind it; \\r \\n \\x00 mean those bytes
    => RSET\\r\\nNOOP\\r\\n          bytes to send as they are
    <- 250 2.0.0 OK              a reply line, word for word
    <~ 250[- ]SIZE \\d+           a reply line, as a regular expression
    == Subject: x\\r\\n            the newest stored mail's bytes
    == nothing                   nothing is stored
    !! closed                    the server closes the connection
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from maildesk.inbox.smtp_limits import Limits
from tests.inbox.smtp_room import Client, Room

_LIMITS = {limit.name for limit in fields(Limits)}


@dataclass(frozen=True)
class Dialog:
    """One script: how the room is set, and its lines."""

    room: dict[str, Any]
    limits: Limits
    lines: tuple[tuple[int, str, str], ...]


def read(path: Path) -> Dialog:
    """A script's settings and its lines, each with its number."""
    given, lines = [], []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        mark, _, text = line.partition(" ")
        if mark == "%":
            given.append(text)
        elif line and mark != "#":
            lines.append((number, mark, text))
    values = tomllib.loads("\n".join(given))
    caps = {name: value for name, value in values.items() if name in _LIMITS}
    rest = {name: value for name, value in values.items() if name not in _LIMITS}
    return Dialog(rest, Limits(goodbye_seconds=1, auth_pause_seconds=0, **caps), tuple(lines))


def play(dialog: Dialog, room: Room) -> None:
    """Send and compare, line by line."""
    client = room.connect()
    for number, mark, text in dialog.lines:
        where = f"line {number}: {mark} {text}"
        match mark:
            case "->":
                client.send(_bytes(text) + b"\r\n")
            case "=>":
                client.send(_bytes(text))
            case "<-":
                assert _line(client) == text, where
            case "<~":
                line = _line(client)
                assert re.fullmatch(text, line), f"{where}, but {line!r}"
            case "==":
                kept = room.door.mails[-1][1] if room.door.mails else b"nothing"
                assert kept == _bytes(text), where
            case "!!":
                assert client.is_closed(), where
            case _:
                raise AssertionError(where)


def _line(client: Client) -> str:
    return client.file.readline().decode().removesuffix("\r\n")


def _bytes(text: str) -> bytes:
    """UTF-8, but `\\xff` and its like are single bytes."""
    escape = re.compile(rb"\\(r|n|t|\\|x[0-9a-f]{2})")
    plain = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"\\": b"\\"}
    return escape.sub(
        lambda m: plain.get(m[1]) or bytes([int(m[1][1:], 16)]),
        text.encode(),
    )

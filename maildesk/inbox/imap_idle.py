"""Waiting in IDLE (RFC 2177) with all its traps: never deaf, never busy, never for ever.

In: a client in IDLE, a deadline, whether to stop. Out: whether the server has told of new mail.
*Fails:* `Gone` when the server has ended the connection; else what imaplib and socket raise.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from imapclient import IMAPClient


class Gone(Exception):
    """The connection is over; `str()` says who ended it."""


def has_heard(client: IMAPClient) -> bool:
    """Whether an answer since SELECT told of new mail: then IDLE will not tell of it again."""
    return len(client._imap.untagged_responses.get("EXISTS", ())) > 1


def watch(
    client: IMAPClient,
    *,
    deadline: float,
    is_over: Callable[[], bool],
    slice_seconds: float,
    read_seconds: float,
) -> bool:
    """Wait until there is news (True), the deadline of `time.monotonic()` or the end."""
    if _has_unread(client, read_seconds):
        return True
    empty = 0
    while not is_over() and time.monotonic() < deadline:
        began = time.monotonic()
        wait = min(slice_seconds, max(deadline - began, 0.01))
        answers = client.idle_check(timeout=wait)
        if any(_word(answer) == b"BYE" for answer in answers):
            message = "the server says goodbye in IDLE"
            raise Gone(message)
        if any(_word(answer) in (b"EXISTS", b"RECENT") for answer in answers):
            return True
        # After the end of the connection idle_check returns [] at once, for ever.
        is_early = not answers and time.monotonic() - began < wait / 2
        empty = empty + 1 if is_early else 0
        if empty >= 2:
            message = "the server has ended the connection in IDLE"
            raise Gone(message)
    return False


def _has_unread(client: IMAPClient, read_seconds: float) -> bool:
    """Whether news came together with the answer to IDLE: idle_check would not see it."""
    connection = client.socket()
    connection.setblocking(False)
    try:
        return bool(client._imap.file.peek(1))
    except (OSError, ValueError):
        return False
    finally:
        connection.settimeout(read_seconds)


def _word(answer: tuple[Any, ...]) -> bytes:
    """The name of an unasked answer: `(3, b'EXISTS')`, `(b'BYE', b'…')`."""
    for part in answer[:2]:
        if isinstance(part, bytes):
            return part.upper()
    return b""

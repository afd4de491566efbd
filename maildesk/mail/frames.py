"""The wire between the daemon and its parse workers: length-prefixed frames over pipes.

In: a kind, a head (JSON) and a body (raw bytes). Out: bytes, and frames out of bytes as they come.
*Fails:* never; a length that makes no sense is for the reader to judge.

    kind (1 byte) | length of head (4) | length of body (8) | head | body
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

PREFIX = struct.Struct("!cIQ")

READY = b"R"  # worker: imports are done, limits are set
PARSE = b"P"  # daemon: head = envelope sender, body = raw message
SALVAGE = b"S"  # daemon: head = envelope sender and why it cannot be read whole, body = raw message
EXTRACT = b"X"  # daemon: head = part numbers, body = raw message
MESSAGE = b"M"  # worker: head = the InboundMessage
PARTS = b"B"  # worker: head = lengths, body = the parts' bytes one after the other
REFUSED = b"E"  # worker: head = why the message cannot be read
LEAVING = b"L"  # worker: the same, and the worker ends itself


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame."""

    kind: bytes
    head: bytes
    body: bytes


def prefix(kind: bytes, head: bytes, body_length: int) -> bytes:
    """What stands before a body of that length."""
    return PREFIX.pack(kind, len(head), body_length) + head


def read_frame(source: BinaryIO) -> Frame | None:
    """The next frame of a blocking stream, None at its end."""
    start = source.read(PREFIX.size)
    if len(start) < PREFIX.size:
        return None
    kind, head_length, body_length = PREFIX.unpack(start)
    head, body = source.read(head_length), source.read(body_length)
    if len(head) < head_length or len(body) < body_length:
        return None
    return Frame(kind, head, body)

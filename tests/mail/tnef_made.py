"""winmail.dat files, made as Outlook makes them: attributes around lists of MAPI properties."""

from __future__ import annotations

import struct

SIGNATURE = struct.pack("<IH", 0x223E9F78, 7)
MESSAGE_ID = bytes.fromhex("0703020000000000c000000000000046")
MESSAGE, FILE = 1, 2


def attribute(level: int, name: int, kind: int, data: bytes) -> bytes:
    head = struct.pack("<BHHI", level, name, kind, len(data))
    return head + data + struct.pack("<H", sum(data) % 65536)


def unicode_(name: int, text: str) -> bytes:
    return _variable(name, 0x1F, (text + "\0").encode("utf-16-le"))


def string(name: int, data: bytes) -> bytes:
    return _variable(name, 0x1E, data + b"\0")


def binary(name: int, data: bytes) -> bytes:
    return _variable(name, 0x102, data)


def object_(name: int, data: bytes) -> bytes:
    return _variable(name, 0x0D, data)


def number(name: int, value: int) -> bytes:
    return struct.pack("<HHI", 3, name, value)


def named(name: int, label: str, value: int) -> bytes:
    """A named property, as Outlook's own ones are."""
    text = (label + "\0").encode("utf-16-le")
    padded = text + b"\0" * (-len(text) % 4)
    return (
        struct.pack("<HH", 3, name)
        + bytes(16)
        + struct.pack("<II", 1, len(text))
        + padded
        + (struct.pack("<I", value))
    )


def _variable(name: int, kind: int, data: bytes) -> bytes:
    padded = data + b"\0" * (-len(data) % 4)
    return struct.pack("<HHII", kind, name, 1, len(data)) + padded


def properties(*values: bytes) -> bytes:
    return struct.pack("<I", len(values)) + b"".join(values)


def message(*values: bytes, codepage: int = 1252) -> bytes:
    """The attributes of the message itself."""
    out = attribute(MESSAGE, 0x9006, 8, struct.pack("<I", 0x10000))
    out += attribute(MESSAGE, 0x9007, 6, struct.pack("<II", codepage, 0))
    return out + attribute(MESSAGE, 0x9003, 6, properties(*values))


def file(title: bytes, data: bytes, *values: bytes) -> bytes:
    """One attachment; `values` override its title and data."""
    out = attribute(FILE, 0x9002, 6, struct.pack("<HIHHI", 1, 0xFFFFFFFF, 32, 32, 0))
    out += attribute(FILE, 0x8010, 1, title + b"\0")
    if data:
        out += attribute(FILE, 0x800F, 6, data)
    return out + (attribute(FILE, 0x9005, 6, properties(*values)) if values else b"")


def pack_rtf(rtf: bytes) -> bytes:
    """Compressed RTF that holds literal bytes only, and the end mark (MS-OXRTFCP §2.2)."""
    out, at, position = b"", 0, 207
    for at in range(0, len(rtf), 8):
        piece = rtf[at : at + 8]
        position += len(piece)
        is_last = len(piece) < 8
        flags = 1 << len(piece) if is_last else 0
        end = struct.pack(">H", position % 4096 << 4) if is_last else b""
        out += bytes([flags]) + piece + end
    if len(rtf) % 8 == 0:
        out += b"\x01" + struct.pack(">H", position % 4096 << 4)
    return struct.pack("<II4sI", len(out) + 12, len(rtf), b"LZFu", 0) + out

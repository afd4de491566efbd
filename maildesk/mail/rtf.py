"""Rich Text as Outlook stores a message's words: unpacked (MS-OXRTFCP), and as plain text.

In: a compressed RTF property; RTF. Out: the RTF, None where it is damaged or too large; its text.
*Fails:* never.

Text is what stands outside the groups that hold fonts, colours, pictures and other settings; in
RTF made from HTML (MS-OXRTFEX) that is the words without the tags.
"""

from __future__ import annotations

import re

from maildesk.mail.charsets import decode

_PACKED_LIMIT = 512 * 1024  # a byte costs about a microsecond
_SIZE_LIMIT = 4 * 1024 * 1024
TEXT_LIMIT = 512 * 1024  # of RTF that is read for its text
_PACKED, _PLAIN = b"LZFu", b"MELA"
_DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    b"\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
    b"\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_WINDOW = 4096

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\(.)|([{}])|([^\\{}\r\n]++)|[\r\n]++",
    re.DOTALL,
)
_NOT_TEXT_WORDS = """
fonttbl colortbl stylesheet info pict object listtable listoverridetable rsidtbl generator
header footer headerl headerr footerl footerr xmlnstbl themedata colorschememapping datastore
"""
_NOT_TEXT = frozenset(word.encode() for word in _NOT_TEXT_WORDS.split())
_SIGNS = {
    b"par": "\n", b"line": "\n", b"row": "\n", b"sect": "\n", b"page": "\n",
    b"tab": "\t", b"cell": "\t", b"emdash": "—", b"endash": "–", b"bullet": "•",
    b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”",
}  # fmt: skip


def decompress(data: bytes) -> bytes | None:
    """The RTF of a PidTagRtfCompressed value (MS-OXRTFCP §2.2)."""
    if len(data) < 16:
        return None
    kind, size = data[8:12], int.from_bytes(data[4:8], "little")
    if kind == _PLAIN:
        return data[16 : 16 + size]
    if kind != _PACKED or len(data) > _PACKED_LIMIT or size > _SIZE_LIMIT:
        return None
    return _inflate(data, size)


def _inflate(data: bytes, size: int) -> bytes | None:
    """Runs of literal bytes and of references into the last 4,096 bytes."""
    out = bytearray(_DICTIONARY)
    start, end, at = len(_DICTIONARY), len(data), 16
    while at < end:
        flags, at = data[at], at + 1
        for bit in range(8):
            if not flags >> bit & 1:
                out += data[at : at + 1]
                at += 1
                continue
            reference = int.from_bytes(data[at : at + 2], "big")
            at += 2
            if at > end:
                return None
            # Offsets count in a ring of 4,096 bytes, whose writing position is the end.
            distance = (len(out) - (reference >> 4)) % _WINDOW
            if distance == 0:
                return bytes(out[start : start + size])
            _copy(out, distance, (reference & 15) + 2)
        if len(out) > size + start + _WINDOW:
            break
    return bytes(out[start : start + size]) if len(out) - start >= size else None


def _copy(out: bytearray, distance: int, length: int) -> None:
    if distance > len(out):  # a part of the ring that nothing was written to
        out += b" " * length
        return
    piece = out[-distance:][:length] if distance <= length else out[-distance : length - distance]
    out += (piece * (length // len(piece) + 1))[:length]


def to_text(data: bytes) -> str:
    """The words of RTF, its paragraphs as lines."""
    reader = _Reader()
    for found in _TOKEN.finditer(data, 0, TEXT_LIMIT):
        word, number, code, sign, brace, run = found.groups()
        if brace:
            reader.take_brace(brace)
        elif word:
            reader.take_word(word, int(number or b"0"))
        elif sign:
            reader.take_sign(sign)
        elif code or run:
            reader.add_bytes(bytes.fromhex(code.decode()) if code else run)
    return reader.text()


class _Reader:
    """Text as it grows, and whether the open groups hold any."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._bytes = bytearray()  # of one charset; a character may span several
        self._charset = "cp1252"
        self._groups: list[bool] = []  # whether text counted outside of each
        self._counts = True
        self._to_skip = 0  # characters that stand in for the last \u

    def take_brace(self, brace: bytes) -> None:
        if brace == b"{":
            self._groups.append(self._counts)
        elif self._groups:
            self._counts = self._groups.pop()

    def take_word(self, word: bytes, number: int) -> None:
        if word in _NOT_TEXT:
            self._counts = False
        elif word == b"ansicpg":
            self._flush()
            self._charset = f"cp{number}"
        elif word == b"u":
            self._add(chr(number % 65536))
            self._to_skip = 1
        elif word in _SIGNS:
            self._add(_SIGNS[word])

    def take_sign(self, sign: bytes) -> None:
        if sign == b"*":
            self._counts = False  # a destination for those who know it
        elif sign == b"~":
            self._add(" ")
        elif sign in b"\\{}":
            self.add_bytes(sign)

    def add_bytes(self, data: bytes) -> None:
        if self._to_skip:
            data, self._to_skip = data[1:], 0
        if self._counts:
            self._bytes += data

    def _add(self, text: str) -> None:
        self._to_skip = 0
        if self._counts:
            self._flush()
            self._pieces.append(text)

    def _flush(self) -> None:
        if self._bytes:
            self._pieces.append(decode(bytes(self._bytes), self._charset))
            self._bytes.clear()

    def text(self) -> str:
        self._flush()
        joined = "".join(self._pieces)
        return joined.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").strip()

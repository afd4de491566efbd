"""ISO-2022-JP as mail programs write it, which is more than the standard says (CP50220, CP50221).

In: bytes with its escape sequences. Out: str; U+FFFD for each character that is broken or unknown.
*Fails:* never.

Python's codec knows neither the characters of vendors (①, ㈱, 髙) nor half-width katakana. Here
each pair is looked up as Windows has it, as browsers do (WHATWG Encoding §12.2). A line always
begins in ASCII (RFC 1468), so a missing escape harms its own line only.
"""

from __future__ import annotations

import re
from functools import cache

# `ESC ( H` is a Swedish set by the registry, and what old programs of Japan wrote for `ESC ( J`.
_ESCAPE = re.compile(rb"(\x1b(?:\$(?:[@B]|\([@BD])|\([BHIJ])|[\x0e\x0f])")
_KANA, _ASCII, _ROMAN = b"\x1b(I", b"\x1b(B", b"\x1b(J"
_SHIFT_OUT, _SHIFT_IN = b"\x0e", b"\x0f"
_SHIFTED = re.compile(rb"\x1b\$(?:[@B]|\([@BD])|\x1b\([HIJ]|\x0e")
_SUPPLEMENT = b"\x1b$(D"
_LETTERS = re.compile("[!-~]{1,2}")
_ROMAN_SIGNS = str.maketrans({"\\": "¥", "~": "‾"})
_KANA_SIGNS = {code: chr(code - 0x21 + 0xFF61) for code in range(0x21, 0x60)} | dict.fromkeys(
    range(0x60, 0x7F), "\ufffd"
)


def is_shifted(data: bytes) -> bool:
    """Whether `data` leaves ASCII anywhere."""
    return bool(_SHIFTED.search(data))


def decode(data: bytes) -> str:
    """The text of `data`, in one walk from escape to escape."""
    begins, *rest = _ESCAPE.split(data)
    texts = [_read_ascii(begins)]
    chosen, is_out = _ASCII, False
    for escape, segment in zip(rest[::2], rest[1::2], strict=True):
        if escape in (_SHIFT_OUT, _SHIFT_IN):
            is_out = escape == _SHIFT_OUT
        else:
            chosen = escape
        line, end, others = segment.partition(b"\n")
        texts.append(_read(line, _KANA if is_out else chosen))
        if end:
            texts.append(_read_ascii(end + others))
            chosen, is_out = _ASCII, False
    return "".join(texts)


def _read(line: bytes, escape: bytes) -> str:
    if escape.startswith(b"\x1b$"):
        pairs = _pairs(is_supplement=escape == _SUPPLEMENT)
        return _LETTERS.sub(lambda found: pairs.get(found[0], "\ufffd"), _read_ascii(line))
    text = _read_ascii(line)
    if escape == _KANA:
        return text.translate(_KANA_SIGNS)
    return text if escape == _ASCII else text.translate(_ROMAN_SIGNS)


def _read_ascii(data: bytes) -> str:
    """What should be ASCII; beyond it stand a list's footer in UTF-8, or katakana of one byte."""
    if data.isascii():
        return data.decode("ascii")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp932", "replace")


@cache
def _pairs(*, is_supplement: bool) -> dict[str, str]:
    """The character of each pair of ASCII letters: JIS X 0208 with what vendors added, or 0212."""
    codes = range(0x21, 0x7F)
    read = _read_supplement if is_supplement else _read_vendors
    return {chr(row) + chr(cell): read(row, cell) for row in codes for cell in codes}


def _read_vendors(row: int, cell: int) -> str:
    lead = (row - 0x21) // 2 + (0x81 if row < 0x5F else 0xC1)
    trail = cell + (0x7E if row % 2 == 0 else 0x1F + (cell >= 0x60))
    return _one(bytes((lead, trail)), "cp932")


def _read_supplement(row: int, cell: int) -> str:
    return _one(bytes((0x8F, row + 0x80, cell + 0x80)), "euc_jp")


def _one(data: bytes, codec: str) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return "\ufffd"

"""Bytes of unknown honesty to text: what the sender declared, else what the bytes say.

In: bytes and a charset label as declared (or ""). Out: str without lone surrogates.
*Fails:* never; the last resort maps every byte to a character.
"""

from __future__ import annotations

import codecs
from functools import lru_cache

# What senders write, and what their software meant: as browsers do, ISO-8859-1 is read as its
# superset windows-1252, GB2312 as GB18030, and so on (WHATWG Encoding §4.2).
_ALIASES = {
    "ansi": "cp1252",
    "ansi_x3.4-1968": "cp1252",
    "ascii": "cp1252",
    "big5": "cp950",
    "chinesebig5": "cp950",
    "cp-850": "cp850",
    "cp-1252": "cp1252",
    "euc-kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso-8859-1": "cp1252",
    "iso-8859-8-i": "iso8859_8",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "iso-gb2312": "gb18030",
    "iso8859-1": "cp1252",
    "ks_c_5601-1987": "cp949",
    "ksc5601": "cp949",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "tis-620": "cp874",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "us-ascii": "cp1252",
    "utf8": "utf-8",
    "win-1251": "cp1251",
    "windows-31j": "cp932",
    "windows-874": "cp874",
    "x-gbk": "gb18030",
    "x-mac-cyrillic": "mac_cyrillic",
    "x-mac-roman": "mac_roman",
    "x-sjis": "cp932",
    "x-x-big5": "cp950",
}
# Codecs of Python that are no charsets of mail; `punycode` and `idna` are quadratic.
_NOT_FOR_MAIL = {"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined"}
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MULTIBYTE = ("utf-8", "gb18030", "cp932", "cp949", "cp950", "iso2022_jp", "euc_jp", "big5hkscs")


def decode(data: bytes, declared: str = "") -> str:
    """The text of `data`: as declared, else by its byte order mark, UTF-8, windows-1252."""
    codec = find_codec(declared)
    if data.isascii() and codec in ("", "cp1252", "utf-8"):
        return data.decode("ascii")
    for candidate in _candidates(data, codec):
        text = _try(data, candidate)
        if text is not None:
            return text
    return _mend(data, codec)


@lru_cache(maxsize=256)
def find_codec(label: str) -> str:
    """Python's codec for a charset label, or "" when it names no charset of mail."""
    name = label.strip().strip("\"'").lower().split("*", 1)[0]
    try:
        info = codecs.lookup(_ALIASES.get(name, name))
    except (LookupError, ValueError):
        return ""
    if info.name in _NOT_FOR_MAIL or not getattr(info, "_is_text_encoding", True):
        return ""
    return _ALIASES.get(info.name, info.name)


def _candidates(data: bytes, codec: str) -> list[str]:
    marked = [name for mark, name in _BYTE_ORDER_MARKS if data.startswith(mark)]
    # Text that calls itself Latin or nothing at all, and is valid UTF-8 beyond ASCII, is UTF-8:
    # no windows-1252 text of use looks like that by chance.
    if codec in ("", "cp1252"):
        return [*marked, "utf-8"]
    fallback = ["cp932"] if codec.startswith("iso2022_jp") else []
    return [*marked[:1], codec, *fallback, "utf-8"]


def _try(data: bytes, codec: str) -> str | None:
    try:
        text = data.decode(codec)
        text.encode("utf-8")  # some codecs can make lone surrogates
    except (UnicodeError, ValueError, LookupError):
        return None
    return text


def _mend(data: bytes, codec: str) -> str:
    """Damaged text: keep a multi-byte charset with marks for what is broken, else windows-1252."""
    for candidate in dict.fromkeys((codec or "utf-8", "utf-8")):
        if candidate in _MULTIBYTE:
            text = data.decode(candidate, "replace")
            strange = len(text) - sum(map(str.isascii, text))
            if text.count("\ufffd") * 3 < strange:
                return text
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")

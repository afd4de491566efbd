"""Bytes of unknown honesty to text: what the sender declared, else what the bytes say.

In: bytes and a charset label as declared (or ""). Out: str without lone surrogates.
*Fails:* never; the last resort maps every byte to a character.
"""

from __future__ import annotations

import codecs
import encodings
import re
from encodings.aliases import aliases
from functools import lru_cache
from pkgutil import iter_modules

from maildesk.mail import jis
from maildesk.mail.detect import detect, detect_shift

# What senders write, and what their software meant: as browsers do, ISO-8859-1 is read as its
# superset windows-1252, GB2312 as GB18030, and so on (WHATWG Encoding §4.2).
_ALIASES = {
    "ansi": "cp1252",
    "ansi_x3.4-1968": "ascii",
    "big5": "cp950",
    "chinesebig5": "cp950",
    "cp50220": "iso2022_jp",
    "cp50221": "iso2022_jp",
    "cp51932": "euc_jp",
    "csgb2312": "gb18030",
    "dos-720": "cp720",
    "dos-862": "cp862",
    "euc-kr": "cp949",
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "iso-2022-jp-ms": "iso2022_jp",
    "iso-8859-1": "cp1252",
    "iso-8859-8-e": "iso8859_8",
    "iso-8859-8-i": "iso8859_8",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "iso-gb2312": "gb18030",
    "iso8859-1": "cp1252",
    "ks_c_5601": "cp949",
    "ks_c_5601-1987": "cp949",
    "ksc5601": "cp949",
    "ksc_5601": "cp949",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "logical": "iso8859_8",
    "macintosh": "mac_roman",
    "ms936": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "tis-620": "cp874",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "unicode-2-0-utf-8": "utf-8",
    "utf8": "utf-8",
    "utf8mb3": "utf-8",
    "utf8mb4": "utf-8",
    "visual": "iso8859_8",
    "windows-31j": "cp932",
    "windows-874": "cp874",
    "windows-936": "gb18030",
    "windows-949": "cp949",
    "mac-ce": "mac_latin2",
    "mac-cyrillic": "mac_cyrillic",
    "mac-greek": "mac_greek",
    "mac-roman": "mac_roman",
    "mac-turkish": "mac_turkish",
    "x-big5": "cp950",
}
# `3D"utf-8"` is a quoted-printable Content-Type, `_iso-2022-jp$ESC` one of a broken mailer.
_LABEL = re.compile(r"""[\s"'_=]*+(?:charset=|3d)?[\s"'_=]*+([^\s"';,*$]{1,60})""")
_PAGE = re.compile(r"^(?:x-)?(?:windows|win|ms|ibm|cp)[-_]?(?=\d)")
# Codecs of Python that are no charsets of mail; `punycode` and `idna` are quadratic.
_NOT_FOR_MAIL = {"punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined"}
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_KNOWN = {module.name for module in iter_modules(encodings.__path__)} | set(aliases)
_ENOUGH = 300  # bytes of words to recognise a charset by; a mail may have thousands of words
_ASCII_ALIKE = ("", "ascii", "cp1252", "utf-8")
_MULTIBYTE = ("utf-8", "gb18030", "cp932", "cp949", "cp950", "iso2022_jp", "euc_jp", "big5hkscs")


def decode(data: bytes, declared: str = "") -> str:
    """The text of `data`: as declared, else by its byte order mark, as UTF-8, as what it looks
    like, as Latin. A byte order mark is never chance, so it also beats what is declared.
    """
    codec = find_codec(declared)
    text = _read(data, codec)
    return text if text is not None else _mend(data, codec, detect(data))


def decode_all(pieces: list[tuple[bytes, str]]) -> str:
    """One text of pieces, each with its label; what none reads is recognised all together."""
    codecs_ = [find_codec(label) for _, label in pieces]
    texts = [_read(data, codec) for (data, _), codec in zip(pieces, codecs_, strict=True)]
    if None in texts:
        unread = (data for (data, _), text in zip(pieces, texts, strict=True) if text is None)
        found = detect(b" ".join(unread)[:_ENOUGH])
        texts = [
            _mend(data, codec, found) if text is None else text
            for (data, _), codec, text in zip(pieces, codecs_, texts, strict=True)
        ]
    return "".join(text or "" for text in texts)


def _read(data: bytes, codec: str) -> str | None:
    """The text, where it is valid as what it says it is, or as UTF-8."""
    if codec in _ASCII_ALIKE and data.isascii() and not _is_shifted(data):
        return data.decode("ascii")
    found = (_try(data, candidate) for candidate in _candidates(data, codec))
    return next((text for text in found if text is not None), None)


def _read_label(label: str) -> str:
    found = _LABEL.match(label.lower())
    return found[1] if found else ""


@lru_cache(maxsize=256)
def find_codec(label: str) -> str:
    """Python's codec for a charset label, or "" when it names no charset of mail."""
    name = _read_label(label)
    spellings = (name, name.removeprefix("x-"), name.replace("-", ""), _PAGE.sub("cp", name))
    info = next(filter(None, map(_look_up, spellings)), None)
    if info is None or info.name in _NOT_FOR_MAIL or not getattr(info, "_is_text_encoding", True):
        return ""
    return _ALIASES.get(info.name, info.name)


def _look_up(name: str) -> codecs.CodecInfo | None:
    name = _ALIASES.get(name, name)
    # Python would look on the disk for each name it does not know, and remember it for ever.
    if encodings.normalize_encoding(name) not in _KNOWN:
        return None
    try:
        return codecs.lookup(name)
    except LookupError:
        return None


def _candidates(data: bytes, codec: str) -> list[str]:
    marked = [name for mark, name in _BYTE_ORDER_MARKS if data.startswith(mark)]
    # Text that calls itself Latin and is valid UTF-8 beyond ASCII is UTF-8: no windows-1252 text
    # of use looks like that by chance.
    if codec in ("", "ascii", "cp1252"):
        # What shifts by escapes, or has two bytes a character, may be valid ASCII as it stands.
        shifted = [detect_shift(data)] if codec != "cp1252" and _is_shifted(data) else []
        return [*marked, *shifted, "utf-8", codec]
    fallback = ["cp932"] if codec.startswith("iso2022_jp") else []
    return [*marked[:1], codec, *fallback, "utf-8"]


def _is_shifted(data: bytes) -> bool:
    return b"\x1b$" in data or b"\x1b(I" in data or b"\0" in data


def _try(data: bytes, codec: str) -> str | None:
    if not codec:
        return None
    if codec.startswith("iso2022_jp") and jis.is_shifted(data):
        return _read_japanese(data, codec)
    return _try_strictly(data, codec)


def _read_japanese(data: bytes, codec: str) -> str:
    """As Python's codec has it; where it fails, or overlooks a shift, as mail programs do."""
    text = None if b"\x0e" in data else _try_strictly(data, codec)
    return jis.decode(data) if text is None else text


def _try_strictly(data: bytes, codec: str) -> str | None:
    try:
        text = data.decode(codec)
        text.encode("utf-8")  # some codecs can make lone surrogates
    except (UnicodeError, ValueError, LookupError):
        return None
    return text


def _mend(data: bytes, codec: str, found: str) -> str:
    """Damaged text: a multi-byte charset with marks for what is broken, else what it looks like."""
    for candidate in dict.fromkeys((codec or "utf-8", "utf-8")):
        if candidate in _MULTIBYTE:
            text = data.decode(candidate, "replace")
            strange = len(text) - sum(map(str.isascii, text))
            if text.count("\ufffd") * 3 < strange:
                return text
    if found:
        return data.decode(found, "replace")
    return _try(data, "cp1252") or data.decode("latin-1")

"""A winmail.dat opened: the words and files that Outlook packs into one part (MS-OXTNEF).

In: the bytes of an `application/ms-tnef` part. Out: `Package`: what lies in it, in order, and
whether all of it could be read. A message in the package gives its words and files like the rest.
*Fails:* never; where the package is damaged, reading ends, and `is_whole` says so.

The stream is attributes (level, id, type, length, data, checksum), some of which hold lists of
MAPI properties. Every step takes bytes off the stream, so the cost is linear in its length.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import repeat

from maildesk.mail import rtf
from maildesk.mail.charsets import decode

SIGNATURE = b"\x78\x9f\x3e\x22"
_CONTENTS_LIMIT = 200
_DEPTH_LIMIT = 3  # of messages in messages
_STEPS_LIMIT = 300_000  # pieces taken off the stream; some hundred make an ordinary package

# Attributes, MS-OXTNEF §2.1.3.3.
_BODY, _PROPERTIES, _CODEPAGE = 0x800C, 0x9003, 0x9007
_NEW_FILE, _FILE_TITLE, _FILE_DATA, _FILE_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
# Properties, MS-OXPROPS.
_PLAIN, _RTF, _HTML, _CODEPAGE_OF_HTML = 0x1000, 0x1009, 0x1013, 0x3FDE
_SHOWN_NAME, _DATA, _SHORT_NAME, _LONG_NAME = 0x3001, 0x3701, 0x3704, 0x3707
_MIME_TYPE, _CONTENT_ID = 0x370E, 0x3712
# Types of properties, MS-OXCDATA §2.11.1: sizes of the fixed ones.
_FIXED = {2: 2, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 2, 20: 8, 64: 8, 72: 16}
_OBJECT, _STRING, _UNICODE, _BINARY = 0x0D, 0x1E, 0x1F, 0x102
_VARIABLE = (_OBJECT, _STRING, _UNICODE, _BINARY)
_MANY = 0x1000
_IS_MESSAGE = bytes.fromhex("0703020000000000c000000000000046")  # IID_IMessage
_CODEPAGES = {20127: "ascii", 20866: "koi8-r", 21866: "koi8-u", 50220: "iso-2022-jp"}
_CODEPAGES |= {51932: "euc-jp", 65001: "utf-8"}
_CODEPAGES |= {28590 + part: f"iso-8859-{part}" for part in (*range(1, 10), 13, 15)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A file of the package, or its message's own words."""

    name: str
    data: bytes
    type: str = ""  # "" where the package does not say
    charset: str = ""
    content_id: str = ""
    is_body: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """What was found; `is_whole` is False when more may lie in it than could be read."""

    contents: tuple[Content, ...]
    is_whole: bool


class _Damaged(Exception):
    """The stream ends, or says what cannot be."""


class _Stream:
    """Bytes, taken front to back; `steps` counts down for a package and all inside it."""

    def __init__(self, view: memoryview, steps: Iterator[int]) -> None:
        self.view = view
        self._steps = steps
        self._at = 0

    def of(self, view: memoryview) -> _Stream:
        """Another stretch of the same package."""
        return _Stream(view, self._steps)

    def take(self, size: int) -> memoryview:
        end = self._at + size
        if end > len(self.view) or not next(self._steps, 0):
            raise _Damaged
        piece = self.view[self._at : end]
        self._at = end
        return piece

    def take_padded(self, size: int) -> memoryview:
        """As many bytes, and what fills them up to a multiple of four."""
        piece = self.take(size)
        self._at += -size % 4
        return piece

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "little")

    def is_at_end(self) -> bool:
        return self._at >= len(self.view)


@dataclass(slots=True)
class _File:
    """One attachment of the package as its attributes come."""

    title: str = ""
    long_name: str = ""
    type: str = ""
    content_id: str = ""
    data: bytes = b""
    message: _Stream | None = None  # the package of a message that is attached


@dataclass(slots=True)
class _Letter:
    """The message of one package as its attributes come."""

    codepage: str = ""
    plain: str | None = None
    html: bytes | str = b""
    html_codepage: str = ""
    rtf: bytes = b""
    files: list[_File] = field(default_factory=list)


def unpack(data: bytes) -> Package:
    """Words first, then files in order."""
    return _unpack(_Stream(memoryview(data), repeat(1, _STEPS_LIMIT)), 0)


def _unpack(stream: _Stream, depth: int) -> Package:
    letter, is_whole = _Letter(), True
    try:
        _read(stream, letter)
    except _Damaged:
        is_whole = False
    contents, bodies_are_whole = _list_bodies(letter)
    is_whole = is_whole and bodies_are_whole
    for file in letter.files:
        found, file_is_whole = _list_file(file, depth)
        contents += found
        is_whole = is_whole and file_is_whole
    is_whole = is_whole and len(contents) <= _CONTENTS_LIMIT
    return Package(contents=tuple(contents[:_CONTENTS_LIMIT]), is_whole=is_whole)


def _read(stream: _Stream, letter: _Letter) -> None:
    if stream.take(4) != SIGNATURE:
        raise _Damaged
    stream.take(2)  # a key that only means something to its writer
    while not stream.is_at_end():
        stream.take(1)  # the level; the ids alone tell message and attachment apart
        name, _, size = stream.number(2), stream.number(2), stream.number(4)
        data = stream.of(stream.take(size))
        stream.take(2)  # the checksum; some writers get it wrong
        _take_attribute(letter, name, data)


def _take_attribute(letter: _Letter, name: int, data: _Stream) -> None:
    if name == _CODEPAGE:
        letter.codepage = _name_codepage(data.number(4))
    elif name == _BODY:
        letter.plain = _read_string(data.view, _STRING, letter.codepage)
    elif name == _PROPERTIES:
        _take_properties(letter, data)
    elif name == _NEW_FILE:
        if len(letter.files) > _CONTENTS_LIMIT:
            raise _Damaged
        letter.files.append(_File())
    elif letter.files and name == _FILE_TITLE:
        letter.files[-1].title = _read_string(data.view, _STRING, letter.codepage)
    elif letter.files and name == _FILE_DATA:
        letter.files[-1].data = bytes(data.view)
    elif letter.files and name == _FILE_PROPERTIES:
        _take_file_properties(letter.files[-1], data, letter.codepage)


def _take_properties(letter: _Letter, data: _Stream) -> None:
    for name, kind, value in _properties(data):
        if name == _PLAIN and kind in (_STRING, _UNICODE):
            letter.plain = _read_string(value, kind, letter.codepage)
        elif name == _HTML and kind == _UNICODE:
            letter.html = _read_string(value, kind, "")
        elif name == _HTML and kind in (_STRING, _BINARY):
            letter.html = bytes(value).rstrip(b"\0")
        elif name == _RTF and kind == _BINARY:
            letter.rtf = bytes(value)
        elif name == _CODEPAGE_OF_HTML and kind in _FIXED:
            letter.html_codepage = _name_codepage(int.from_bytes(value, "little"))


def _take_file_properties(file: _File, data: _Stream, codepage: str) -> None:
    for name, kind, value in _properties(data):
        if name == _DATA and kind == _OBJECT:
            if value[:16] == _IS_MESSAGE:
                file.message = data.of(value[16:])
            else:
                file.data = bytes(value[16:])
        elif name == _DATA and kind == _BINARY:
            file.data = bytes(value)
        elif kind in (_STRING, _UNICODE):
            _take_file_string(file, name, _read_string(value, kind, codepage))


def _take_file_string(file: _File, name: int, text: str) -> None:
    if name == _LONG_NAME:
        file.long_name = text
    elif name == _SHORT_NAME or (name == _SHOWN_NAME and not file.title):
        file.title = text
    elif name == _MIME_TYPE:
        file.type = text
    elif name == _CONTENT_ID:
        file.content_id = text


def _properties(stream: _Stream) -> Iterator[tuple[int, int, memoryview]]:
    """Each property as id, type and its (first) value; MS-OXTNEF §2.1.3.4."""
    for _ in range(stream.number(4)):
        kind, name = stream.number(2), stream.number(2)
        if name >= 0x8000:  # a named property: its set, and its number or name
            stream.take(16)
            named_by = stream.number(4)
            stream.take_padded(4 if named_by == 0 else stream.number(4))
        single = kind & ~_MANY
        if single in _FIXED:
            count = stream.number(4) if kind & _MANY else 1
            yield name, kind, stream.take_padded(_FIXED[single] * count)
        elif single in _VARIABLE:
            values = [stream.take_padded(stream.number(4)) for _ in range(stream.number(4))]
            yield from ((name, kind, value) for value in values[:1])
        else:
            raise _Damaged


def _read_string(value: memoryview, kind: int, codepage: str) -> str:
    data = bytes(value)
    text = data.decode("utf-16-le", "replace") if kind == _UNICODE else decode(data, codepage)
    return text.split("\0", 1)[0]


def _name_codepage(number: int) -> str:
    return _CODEPAGES.get(number, f"cp{number}")


def _list_bodies(letter: _Letter, stem: str = "message") -> tuple[list[Content], bool]:
    """The message's words in every form there is but RTF, which counts where it is alone."""
    found = []
    if letter.plain and letter.plain.strip():
        data = letter.plain.encode("utf-8", "replace")
        found.append(_body(f"{stem}.txt", data, "text/plain", "utf-8"))
    if letter.html:
        as_bytes = isinstance(letter.html, bytes)
        data = (
            letter.html
            if isinstance(letter.html, bytes)
            else letter.html.encode("utf-8", "replace")
        )
        charset = letter.html_codepage if as_bytes else "utf-8"
        found.append(_body(f"{stem}.html", data, "text/html", charset))
    if found or not letter.rtf:
        return found, True
    unpacked = rtf.decompress(letter.rtf)
    if unpacked is None:
        return [], False
    return [_body(f"{stem}.rtf", unpacked, "application/rtf", "")], True


def _body(name: str, data: bytes, kind: str, charset: str) -> Content:
    return Content(name=name, data=data, type=kind, charset=charset, is_body=True)


def _list_file(file: _File, depth: int) -> tuple[list[Content], bool]:
    """A file as it is; a message as its words, under its own name, and its files."""
    name = file.long_name or file.title
    if file.message is None:
        content_id = file.content_id.strip("<> ")
        content = Content(name=name, data=file.data, type=file.type, content_id=content_id)
        return [content], True
    if depth >= _DEPTH_LIMIT:
        return [], False
    inner = _unpack(file.message, depth + 1)
    found = [_rename(content, name) if content.is_body else content for content in inner.contents]
    return found, inner.is_whole


def _rename(body: Content, name: str) -> Content:
    """The words of an attached message as a file with the message's name."""
    extension = body.name.rpartition(".")[2]
    return Content(
        name=f"{name}.{extension}" if name else body.name,
        data=body.data,
        type=body.type,
        charset=body.charset,
    )

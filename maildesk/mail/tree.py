"""The parts of a message: walked once, depth first, never into an enclosed message.

In: raw bytes that `prescan` has passed. Out: a flat list of `Part`, numbered from 0 in the order of
the walk, and behind them what lay in a winmail.dat or stood in markup; their decoded bytes; which
of them are attachments. The tree is a `compat32` message, the same that mail-parser reads;
`email.policy.default` hangs on hostile headers.
*Fails:* UnparseableMessage, when the tree is deeper than the interpreter can follow.
"""

from __future__ import annotations

import binascii
import hashlib
import re
from dataclasses import dataclass, field
from email.feedparser import BytesFeedParser
from email.generator import BytesGenerator
from email.message import Message
from email.policy import Compat32
from functools import lru_cache
from io import BytesIO
from urllib.parse import unquote_to_bytes

from maildesk.core.message import Attachment
from maildesk.errors import UnparseableMessage
from maildesk.mail import data_images, tnef
from maildesk.mail.charsets import decode
from maildesk.mail.clean import clean_line
from maildesk.mail.headers import HeaderBlock, decode_base64, decode_words, split
from maildesk.mail.names import safe_name, type_of

_WORD = re.compile(rb"[A-Za-z]{2,40}(?= )|(?<= )[A-Za-z]{2,40}")
_CHUNK = 64 * 1024
_MIME_FIELDS = ("content-type", "content-disposition", "content-transfer-encoding", "content-id")
_NAMING = ("content-disposition", "content-type")
_SIGNATURES = (
    "application/pgp-signature",
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
)
_PARAM_LIMIT = 2_000  # characters as sent; a file name is cut to 255 bytes in the end
_EXTENDED = re.compile(r"([A-Za-z0-9_-]{2,40})'[A-Za-z-]{0,20}'(.{0,1000}%[0-9A-Fa-f]{2}.{0,1000})")


@dataclass(slots=True)
class Part:
    """One node of the tree; `children` is empty for leaves and for enclosed messages."""

    number: int
    message: Message
    type: str
    disposition: str
    name: str
    parent: Part | None
    children: list[Part] = field(default_factory=list)
    content: bytes | None = None  # of what lay in a package
    is_body: bool = False  # the words of a package's message
    markup: bytes | None = None  # HTML without the images that stood in it
    is_whole: bool = True  # False: more may lie in this package than its children

    def param(self, name: str) -> str:
        """A parameter of Content-Type as clean text, "" when it has none."""
        return clean_line(_param(self.message, name, "content-type"))

    def bytes(self) -> bytes:
        """The decoded content; an enclosed message as a whole."""
        if self.content is not None:
            return self.content
        if self.type.startswith("message/"):
            return _flatten(self.message)
        return decode_transfer(self.message)


def read_tree(raw: bytes, block: HeaderBlock) -> list[Part]:
    """All parts of the message, the message itself first."""
    try:
        message = _read_leaf(raw, block)
        if message.get_content_maintype() in ("multipart", "message"):
            message = _feed(_mend(raw, block) if block.mended else raw)
        parts: list[Part] = []
        _walk(message, None, parts)
        for part in tuple(parts):
            if is_package(part):
                _open_package(part, parts)
            elif part.type == "text/html" and part.disposition != "attachment":
                _take_out_images(part, parts)
    except RecursionError as error:
        text = "the parts of the message are nested too deeply"
        raise UnparseableMessage(text) from error
    return parts


def open_enclosed(part: Part) -> list[Part]:
    """The parts of an enclosed message, as if it had come alone."""
    raw = part.bytes()
    return read_tree(raw, split(raw))


def describe(part: Part) -> Attachment:
    """The attachment that a part is."""
    data = part.bytes()
    content_id = clean_line(str(part.message.get("content-id", ""))).strip("<> ")
    in_related = part.parent is not None and (
        part.parent.type in ("multipart/related", "text/html") or is_package(part.parent)
    )
    inline = part.disposition == "inline" or (
        not part.disposition and bool(content_id) and in_related
    )
    return Attachment(
        name=safe_name(part.name, part.type, part.number),
        type=part.type,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        part=part.number,
        inline=inline,
        content_id=content_id,
    )


def is_package(part: Part) -> bool:
    """Whether Outlook packed files into this part."""
    if part.type in ("application/ms-tnef", "application/vnd.ms-tnef"):
        return True
    return part.type == "application/octet-stream" and part.name.lower() == "winmail.dat"


def is_hidden(part: Part) -> bool:
    """Whether a part is a signature over its neighbour, or a rendering nobody needs twice."""
    if part.parent is None:
        return False
    if part.parent.type == "multipart/signed":
        return part.type in _SIGNATURES
    return part.parent.type == "multipart/alternative" and part.type in (
        "text/x-amp-html",
        "text/watch-html",
    )


def defects(parts: list[Part]) -> tuple[str, ...]:
    """What the parser found wrong with the structure, each kind once."""
    names = (type(defect).__name__ for part in parts for defect in part.message.defects)
    return tuple(dict.fromkeys(names))


def decode_transfer(message: Message) -> bytes:
    """The content of a leaf without its transfer encoding; an unknown encoding is none."""
    payload = _payload(message)
    if not isinstance(payload, str):
        return b""
    data = payload.encode("ascii", "surrogateescape")
    words = str(message.get("content-transfer-encoding", "")).lower().split()
    encoding = words[0].rstrip(";") if words else ""
    if encoding == "base64":
        is_words = message.get_content_maintype() == "text" and _begins_as_words(data)
        return data if is_words else decode_base64(data)
    if encoding == "qp" or encoding.startswith(("quoted-print", "quoted_print")):
        return binascii.a2b_qp(data)
    if encoding in ("x-uuencode", "uuencode", "uue", "x-uue"):
        decoded = message.get_payload(decode=True)
        return decoded if isinstance(decoded, bytes) else data
    return data


def _begins_as_words(data: bytes) -> bool:
    """Whether what is called base64 was never encoded: its first line has spaces between words."""
    first = data[:1_000].lstrip().split(b"\n", 1)[0]
    return len(_WORD.findall(first)) > 1


class _Whole(Message):
    """A message that keeps an enclosed one as the bytes it came as, for its signatures' sake."""

    def get_content_maintype(self) -> str:
        """What the parser asks before it would take an enclosed message apart."""
        kind = super().get_content_maintype()
        return "application" if kind == "message" else kind


def _read_leaf(raw: bytes, block: HeaderBlock) -> Message:
    """A message without parts: its header is read already, and its lines need no looking at."""
    message = Message()
    for name in _MIME_FIELDS:
        if (value := block.first(name)) is not None:
            text = value.decode("ascii", "surrogateescape")
            message.set_raw(name, text.lstrip(" \t").rstrip("\r\n"))
    is_leaf = message.get_content_maintype() not in ("multipart", "message")
    message.set_payload(raw[block.body :].decode("ascii", "surrogateescape") if is_leaf else "")
    return message


def _feed(raw: bytes) -> Message:
    # Piece by piece: `message_from_bytes` keeps two more copies, of up to four bytes a character.
    parser = BytesFeedParser(_Whole)
    for at in range(0, len(raw), _CHUNK):
        parser.feed(raw[at : at + _CHUNK])
    return parser.close()


def _walk(message: Message, parent: Part | None, parts: list[Part]) -> None:
    part = Part(
        number=len(parts),
        message=message,
        type=_read_type(message),
        disposition=(message.get_content_disposition() or "").strip(),
        name=_read_name(message),
        parent=parent,
    )
    parts.append(part)
    if parent is not None:
        parent.children.append(part)
    payload = _payload(message)
    if isinstance(payload, list) and not part.type.startswith("message/"):
        for child in payload:
            _walk(child, part, parts)


def _open_package(part: Part, parts: list[Part]) -> None:
    """What lies in a winmail.dat, as children of its part, numbered behind all others."""
    package = tnef.unpack(part.bytes())
    part.is_whole = package.is_whole
    for content in package.contents:
        name = clean_line(content.name)
        message = Message()
        message["Content-Type"] = f'{type_of(name, content.type)}; charset="{content.charset}"'
        child = Part(
            number=len(parts),
            message=message,
            type=message.get_content_type(),
            disposition="",
            name=name,
            parent=part,
            content=content.data,
            is_body=content.is_body,
        )
        if content.content_id:
            message["Content-ID"] = clean_line(content.content_id)
        part.children.append(child)
        parts.append(child)


def _take_out_images(part: Part, parts: list[Part]) -> None:
    """Images that stand in the markup, as parts of their own, numbered behind all others."""
    part.markup = part.bytes()
    if b"data:image/" not in part.markup:
        return
    part.markup, images = data_images.take_out(part.markup, part.number)
    for image in images:
        message = Message()
        message["Content-Type"] = image.type
        message["Content-ID"] = image.content_id
        child = Part(
            number=len(parts),
            message=message,
            type=image.type,
            disposition="",
            name="",
            parent=part,
            content=image.data,
        )
        parts.append(child)


def _payload(message: Message) -> str | list[Message] | None:
    """What the parser found: text of a leaf, else a list of parts, else None.

    The library's own `get_payload` decodes leaves by a charset that the sender made up.
    """
    found: str | list[Message] | None = message._payload  # type: ignore[attr-defined]
    return found


def _read_type(message: Message) -> str:
    kind = clean_line(message.get_content_type())
    if kind.startswith("multipart/") and not isinstance(_payload(message), list):
        return "text/plain"  # no boundary was ever found: what is there is read as text
    return kind


def _read_name(message: Message) -> str:
    if not any("name" in str(message.get(header, "")).lower() for header in _NAMING):
        return ""
    name = _param(message, "filename", "content-disposition")
    return name or _param(message, "name", "content-type")


def _param(message: Message, name: str, header: str) -> str:
    """A MIME parameter, RFC 2231 and (against the rules, but common) RFC 2047 decoded."""
    value = next((str(v) for n, v in message.raw_items() if n.lower() == header), "")
    if ";" not in value and "=" not in value:
        return ""
    return (_read_known_param if len(value) < 100 else _read_param)(value, name)


def _read_param(field_value: str, name: str) -> str:
    """The parameter of that name in a Content-Type or Content-Disposition field."""
    message = Message()
    message["content-type"] = _readable(field_value)
    values = [value for key, value in message.get_params([]) if key.lower() == name]
    # Senders write the extended form beside a plain one for old readers (RFC 6266 §4.3).
    value = next((value for value in values if isinstance(value, tuple)), next(iter(values), ""))
    if isinstance(value, tuple):
        charset, _, text = value
        return decode(text.encode("latin-1", "replace"), charset or "")
    if found := _EXTENDED.fullmatch(value):  # without the asterisk that would say so
        return decode(unquote_to_bytes(found[2]), found[1])
    words = value.removeprefix('"')[:_PARAM_LIMIT]
    return decode_words(words.encode("utf-8", "surrogateescape"))


# Most of all mail says one of a dozen things here.
_read_known_param = lru_cache(maxsize=256)(_read_param)


def _readable(value: str) -> str:
    """The field with its raw 8-bit bytes read; the library would put a question mark for each."""
    data = value.encode("utf-8", "surrogateescape")
    return value if data.isascii() else decode(data, "")


class _AsItCame(Compat32):
    """Writes fields as they were read; the library's way of folding them takes quadratic time."""

    def fold_binary(self, name: str, value: str) -> bytes:
        return f"{name}: {value}{self.linesep}".encode("ascii", "surrogateescape")


_AS_IT_CAME = _AsItCame()


def _flatten(message: Message) -> bytes:
    """An enclosed message as bytes, its lines as they came."""
    payload = _payload(message)
    if isinstance(payload, str):
        return decode_transfer(message)
    out = BytesIO()
    generator = BytesGenerator(out, mangle_from_=False, policy=_AS_IT_CAME)
    for index, inner in enumerate(payload or ()):
        if index:
            out.write(b"\n")
        generator.flatten(inner)
    return out.getvalue()


def _mend(raw: bytes, block: HeaderBlock) -> bytes:
    """The message with a header block that the library reads the way `headers` did."""
    fields = (name.encode("ascii") + b":" + value + b"\n" for name, value in block.fields)
    return b"".join((*fields, b"\n", raw[block.body :]))

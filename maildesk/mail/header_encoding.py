"""Values into header fields: text, names, addresses, ids, file names (RFC 5322, 2047, 2231).

In: text of any origin, with whatever a sender put in it. Out: field bodies that hold nothing but
that text: no line ends of their own, no encoded-word that we did not write, folded at 76 columns.
Nothing here decodes, and nothing trusts `email.header`, whose 3.11 form re-reads what it writes.
*Fails:* `MaildeskError` for an address or a Message-ID of ours that cannot stand in a header.
"""

from __future__ import annotations

import binascii
import re
import unicodedata
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from maildesk.errors import MaildeskError

FOLD = "\r\n "
_LINK = re.compile(r"mailto:[!#-;=?-~]{1,900}")
_COLUMNS = 76  # RFC 5322 §2.1.1 asks for 78, RFC 2047 §2 for 76 where encoded-words stand
_WORD_BYTES = 45  # of UTF-8 in one encoded-word: 60 of base64, within the 75 of RFC 2047 §2
_LONGEST_WORD = 60  # a longer one is parted, in encoded-words
_LEAST_ROOM = 28  # columns for an encoded-word that says at least one letter
_LONGEST_TEXT = 900
_LONGEST_NAME = 120
_LONGEST_FILE_NAME = 255  # bytes, contract §7

# Controls and line separators become a space; marks that turn the reading direction, or that
# cannot be seen at all, go. U+200D stays: it holds emoji and Indic letters together.
_BREAKS = re.compile("[\x00-\x20\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_UNSEEN = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")
_SURROGATE = re.compile("[\ud800-\udfff]")

_ATOM_TEXT = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+")
_Q_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
_MESSAGE_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{1,900}>")
_TOKEN = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,100}")

# No blanks, controls, brackets, quotes or commas: what is left cannot end an address early. Dots
# may stand anywhere, as in addresses that large Japanese providers gave out for years; such a local
# part goes between quotes (RFC 5321 §4.1.2).
_LOCAL = re.compile(
    r"[^\x00-\x20\x7f-\xa0()<>\[\]:;@\\,\"\u2000-\u200f\u2028-\u202f\u2060-\u206f]{1,64}"
)
_ODD_DOTS = re.compile(r"^\.|\.\.|\.$")
_QUOTED_LOCAL = re.compile(r'"[\x21\x23-\x3b\x3d\x3f-\x5b\x5d-\x7e]{1,62}"')
_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_LITERAL = re.compile(r"\[[A-Za-z0-9:.-]{2,60}\]")


def clean(text: str, longest: int = _LONGEST_TEXT) -> str:
    """`text` as one line that is safe to show and to send, at most `longest` characters.

    `=?` is parted by a blank, so that a reader who decodes twice finds nothing to decode.
    """
    text = _SURROGATE.sub("\ufffd", _UNSEEN.sub("", text))
    text = _BREAKS.sub(" ", text).strip(" ").replace("=?", "= ?")
    return text if len(text) <= longest else text[: longest - 1].rstrip(" ") + "…"


def unstructured(name: str, text: str) -> str:
    """The body of a text field such as Subject; plain ASCII at its beginning stays readable.

    The first encoded-word stands on the line of the plain words before it, and none follow it:
    readers that decode line by line, Python's `decode_header` among them, lose the blank otherwise.
    """
    words = clean(text).split(" ")
    hard = (n for n, word in enumerate(words) if not word.isascii() or len(word) > _LONGEST_WORD)
    first = next(hard, len(words))
    if first == len(words):
        return _fold(name, words)
    while first and _room(name, words[:first]) < _LEAST_ROOM:
        first -= 1
    plain, room = _fold(name, words[:first]), _room(name, words[:first])
    return f"{plain} ".lstrip() + FOLD.join(encoded_words(" ".join(words[first:]), room))


def mailbox(name: str, display_name: str, address: str) -> str:
    """The body of a field that holds one mailbox: `phrase <address>`, or the bare address."""
    spec = wire_address(address)
    phrase = _phrase(clean(display_name, _LONGEST_NAME), _COLUMNS - len(name) - 2)
    return _fold(name, [*phrase, f"<{spec}>"]) if phrase else spec


def message_ids(name: str, ids: Iterable[str]) -> str:
    """The body of References and kin: each id verbatim, folded between them only.

    Ids that no mail could have had are left out; encoding them (as the standard library does from
    78 characters on) would break the thread, and Outlook's are longer than that.
    """
    return _fold(name, [i for i in ids if _MESSAGE_ID.fullmatch(i)])


def link(text: str) -> str:
    """The body of a field that holds one link (RFC 2369 §2): `<mailto:…>`, never folded.

    Raises MaildeskError for what cannot stand between the angle brackets.
    """
    if not _LINK.fullmatch(text):
        msg = f"{text!r} is no link"
        raise MaildeskError(msg)
    return f"<{text}>"


def is_message_id(text: str) -> bool:
    """Whether `text` can stand as a Message-ID in a header as it is."""
    return bool(_MESSAGE_ID.fullmatch(text))


def own_message_id(text: str) -> str:
    """`text` itself.

    Raises MaildeskError when it is no Message-ID: ours always are.
    """
    if not is_message_id(text):
        msg = f"{text!r} is no Message-ID"
        raise MaildeskError(msg)
    return text


def token(text: str) -> str:
    """`text` as one word of a machine's field, "none" when nothing fit is left."""
    return "".join(_TOKEN.findall(text))[:100] or "none"


def wire_address(address: str) -> str:
    """`address` as header and envelope carry it: the domain in ASCII (RFC 5890), the rest as given.

    Raises MaildeskError when it could be read as anything but one address.
    """
    local, at, domain = address.rpartition("@")
    wire = domain if _LITERAL.fullmatch(domain) else ".".join(map(_label, domain.split(".")))
    well = _LOCAL.fullmatch(local) or _QUOTED_LOCAL.fullmatch(local)
    if (
        not at
        or not well
        or not wire
        or len(wire) > 255
        or _SURROGATE.search(local)
        or "=?" in local
    ):
        msg = f"{address!r} is no address that mail can be sent to"
        raise MaildeskError(msg)
    return f'"{local}"@{wire}' if _ODD_DOTS.search(local) else f"{local}@{wire}"


def needs_smtputf8(address: str) -> bool:
    """Whether only SMTPUTF8 (RFC 6531) can carry the address: its local part is not ASCII."""
    return not address.rpartition("@")[0].isascii()


def file_name(name: str, number: int) -> str:
    """The `filename` parameter of an attachment, with its leading `; ` and fold (RFC 2231 §4)."""
    text = clean(re.split(r"[/\\]", name)[-1], _LONGEST_FILE_NAME)
    text = text.encode()[:_LONGEST_FILE_NAME].decode("utf-8", "ignore")
    if not text.strip(". "):
        text = f"attachment-{number}"
    if text.isascii() and len(text) < _COLUMNS - 14 and not re.search(r'["\\]', text):
        return f';{FOLD}filename="{text}"'
    return f";{FOLD}filename*=utf-8''{quote(text, safe='')}"


def encoded_words(text: str, room: int = _COLUMNS) -> list[str]:
    """`text` as RFC 2047 words, in whichever of Q and B is shorter; a letter is never split.

    The first takes at most `room` columns, which must be enough for a letter.
    """
    return [min(_q_word(piece), _b_word(piece), key=len) for piece in _pieces(text, room)]


def _pieces(text: str, room: int) -> Iterator[bytes]:
    """UTF-8 in runs that fit an encoded-word; marks stay with the letter that they belong to."""
    most = min(_WORD_BYTES, (room - 12) // 4 * 3)
    piece = b""
    for letter in _letters(text):
        if piece and len(piece) + len(letter) > most:
            yield piece
            piece, most = b"", _WORD_BYTES
        piece += letter
    yield piece


def _letters(text: str) -> Iterator[bytes]:
    letter = ""
    for char in text:
        joined = unicodedata.combining(char) or char == "\u200d" or letter.endswith("\u200d")
        if letter and not (joined and len(letter) < _WORD_BYTES // 4):
            yield letter.encode()
            letter = ""
        letter += char
    yield letter.encode()


def _b_word(piece: bytes) -> str:
    return f"=?utf-8?b?{binascii.b2a_base64(piece, newline=False).decode()}?="


def _q_word(piece: bytes) -> str:
    text = "".join(chr(c) if c in _Q_SAFE else "_" if c == 32 else f"={c:02X}" for c in piece)
    return f"=?utf-8?q?{text}?="


def _phrase(text: str, room: int) -> list[str]:
    """The words of a display name: atoms, one quoted string, or encoded-words."""
    words = text.split(" ") if text else []
    if all(_ATOM_TEXT.fullmatch(word) for word in words) and len(text) < _COLUMNS:
        return words
    if text.isascii() and len(text) < _COLUMNS - 12:
        return ['"' + re.sub(r'(["\\])', r"\\\1", text) + '"']
    return encoded_words(text, room)


def _fold(name: str, words: Iterable[str]) -> str:
    """The words with a blank or a fold before each; a fold unfolds into the same blank."""
    out, column = "", len(name) + 1
    for word in words:
        if out and column + 1 + len(word) > _COLUMNS:
            out, column = out + FOLD + word, 1 + len(word)
        else:
            out, column = f"{out} {word}" if out else word, column + 1 + len(word)
    return out


def _room(name: str, words: Iterable[str]) -> int:
    """The columns that are left on the last line behind `words` and a blank."""
    return _COLUMNS - len(f"{name}: {_fold(name, words)} ".rpartition("\n")[2])


def _label(label: str) -> str:
    """One label of a domain in ASCII; `ß` and `ς` stay themselves, as in every browser today."""
    if not label.isascii():
        label = "xn--" + unicodedata.normalize("NFKC", label.lower()).encode("punycode").decode()
    if not _LABEL.fullmatch(label):
        msg = f"{label!r} cannot stand in a domain name"
        raise MaildeskError(msg)
    return label

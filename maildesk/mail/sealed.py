"""Mail that only its reader's key opens: said in a plain line, so that no ticket is empty.

In: parts, and the text that could be read. Out: lines to stand below the text; the parts themselves
stay attached as they came (RFC 8551 S/MIME, RFC 3156 PGP/MIME, RFC 9580 armour in the text).
*Fails:* never.
"""

from __future__ import annotations

import re

from maildesk.mail.tree import Part

ENCRYPTED = "This message is encrypted; it could not be read here. The original is attached."
ENCRYPTED_HERE = "The text above is encrypted (PGP); it could not be read here."
WRAPPED = (
    "This message is wrapped in an S/MIME signature; it could not be read here. "
    "The original is attached."
)
_CMS = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_ARMOUR = re.compile(r"^[> \t]{0,20}-----BEGIN PGP MESSAGE-----[ \t]*$", re.MULTILINE)
_SIGNED = re.compile(
    r"^-----BEGIN PGP SIGNED MESSAGE-----[ \t]*\n(?:[A-Za-z-]{1,40}: [^\n]{0,200}\n){0,10}\n",
    re.MULTILINE,
)
_SIGNATURE = re.compile(r"^-----(BEGIN|END) PGP SIGNATURE-----[ \t]*$\n?", re.MULTILINE)
_DASHED = re.compile(r"^- (?=-)", re.MULTILINE)


def notes(parts: list[Part], text: str) -> tuple[str, ...]:
    """A line for each kind of seal."""
    found = dict.fromkeys(note for part in parts if (note := _note_on(part)))
    if "-----BEGIN PGP MESSAGE-----" in text and _ARMOUR.search(text):
        found[ENCRYPTED_HERE] = None
    return tuple(found)


def _note_on(part: Part) -> str:
    if part.type == "multipart/encrypted":
        return ENCRYPTED
    is_named_so = part.type == "application/octet-stream" and part.name.lower() == "smime.p7m"
    if part.type not in _CMS and not is_named_so:
        return ""
    return WRAPPED if part.param("smime-type").lower() == "signed-data" else ENCRYPTED


def unwrap(text: str) -> str:
    """The words of a text with an inline PGP signature, without its armour (RFC 9580 §7)."""
    begin = _SIGNED.search(text) if "-----BEGIN PGP SIGNED" in text else None
    if begin is None:
        return text
    marks = list(_SIGNATURE.finditer(text, begin.end()))
    if len(marks) < 2 or (marks[0][1], marks[1][1]) != ("BEGIN", "END"):
        return text
    words = _DASHED.sub("", text[begin.end() : marks[0].start()])
    return text[: begin.start()] + words + text[marks[1].end() :]

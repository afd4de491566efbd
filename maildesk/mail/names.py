"""Names of attachments: text to show and to save under, never a path.

In: the name as the sender wrote it, decoded. Out: its last path segment without control,
line-separator and bidi characters, at most 255 bytes; `part-N.ext` when nothing is left.
*Fails:* never.
"""

from __future__ import annotations

import re

from maildesk.mail.clean import clean_line

_LIMIT = 255
_EXTENSIONS = {
    "application/ics": "ics",
    "application/json": "json",
    "application/ms-tnef": "dat",
    "application/msword": "doc",
    "application/pdf": "pdf",
    "application/pgp-encrypted": "asc",
    "application/pgp-keys": "asc",
    "application/pgp-signature": "asc",
    "application/pkcs7-mime": "p7m",
    "application/pkcs7-signature": "p7s",
    "application/rtf": "rtf",
    "application/vnd.ms-excel": "xls",
    "application/vnd.ms-outlook": "msg",
    "application/vnd.ms-powerpoint": "ppt",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/x-pkcs7-mime": "p7m",
    "application/zip": "zip",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "image/bmp": "bmp",
    "image/gif": "gif",
    "image/heic": "heic",
    "image/jpeg": "jpg",
    "image/jpg": "jpg",
    "image/png": "png",
    "image/svg+xml": "svg",
    "image/tiff": "tiff",
    "image/webp": "webp",
    "message/delivery-status": "txt",
    "message/disposition-notification": "txt",
    "message/feedback-report": "txt",
    "message/global": "eml",
    "message/news": "eml",
    "message/rfc822": "eml",
    "text/calendar": "ics",
    "text/csv": "csv",
    "text/html": "html",
    "text/plain": "txt",
    "text/rfc822-headers": "txt",
    "text/vcard": "vcf",
    "text/x-vcard": "vcf",
    "video/mp4": "mp4",
}
_TYPES = {extension: kind for kind, extension in reversed(_EXTENSIONS.items())}
_TYPES |= {"txt": "text/plain", "eml": "message/rfc822", "ics": "text/calendar"}
_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}")
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def safe_name(name: str, content_type: str, part: int) -> str:
    """A name that is safe as text and as one segment of a path."""
    segment = re.split(r"[/\\]", _UNFIT.sub("", name))[-1]
    segment = clean_line(segment)
    if not segment.strip(". "):
        return f"part-{part}.{extension_for(content_type)}"
    return _cut(segment)


def extension_for(content_type: str) -> str:
    """The usual extension of a content type, `bin` for those we do not know."""
    if content_type in _EXTENSIONS:
        return _EXTENSIONS[content_type]
    return "txt" if content_type.startswith("text/") else "bin"


def type_of(name: str, declared: str) -> str:
    """A content type for a file of that name, `declared` where it is one of a file."""
    kind = declared.strip().lower()
    is_container = kind.startswith(("multipart/", "message/")) and kind != "message/rfc822"
    if _TYPE.fullmatch(kind) and kind != "application/octet-stream" and not is_container:
        return kind
    return _TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")


def _cut(name: str) -> str:
    """At most 255 bytes of UTF-8, the extension kept."""
    if len(name.encode("utf-8")) <= _LIMIT:
        return name
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension.encode("utf-8")) > 20:
        stem, dot, extension = name, "", ""
    tail = (dot + extension).encode("utf-8")
    return (stem.encode("utf-8")[: _LIMIT - len(tail)] + tail).decode("utf-8", "ignore")

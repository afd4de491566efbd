"""Images that stand in the markup itself: taken out, as if they had come as parts.

In: the bytes of an HTML part. Out: the same markup with `cid:` where a `data:` image stood, and
the images. Web mailers paste screenshots so; left in place they would be lost with every `data:`
address, and the markup would be over its limit for them.
*Fails:* never; what is no image of a known kind stays, and goes when the markup is cleaned.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from maildesk.mail.headers import decode_base64

_LIMIT = 50  # images in one part
_IMAGE = re.compile(
    rb"(?<=[\"'])\s{0,9}data:(image/(?:png|gif|jpe?g|webp|bmp));base64,([A-Za-z0-9+/=%\s]++)(?=[\"'])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DataImage:
    """One image, and the Content-ID by which the markup now names it."""

    type: str
    data: bytes
    content_id: str


def take_out(markup: bytes, part: int) -> tuple[bytes, list[DataImage]]:
    """The images of the markup of that part, in order."""
    images: list[DataImage] = []

    def name(found: re.Match[bytes]) -> bytes:
        data = decode_base64(unquote_to_bytes(found[2]) if b"%" in found[2] else found[2])
        if len(images) >= _LIMIT or not data:
            return found[0]
        kind = found[1].decode("ascii").lower()
        content_id = f"data-{len(images) + 1}@part-{part}"
        images.append(DataImage(type=kind, data=data, content_id=content_id))
        return f"cid:{content_id}".encode()

    return _IMAGE.sub(name, markup), images

"""The codes by which mail systems say what became of a mail.

In: what one said. Out: an enhanced status code (RFC 3463), or "".
*Fails:* never.
"""

from __future__ import annotations

import re

_STATUS = re.compile(r"(?<![\d.])([245])\.([0-9]{1,3})\.([0-9]{1,3})(?!\.?\d)")
_REPLY = re.compile(r"(?<![\d.:])([45])[0-9]{2}(?:[ -]|$)")


def read_status(text: str) -> str:
    """The first enhanced status code (RFC 3463) in a text, else the class of a reply code."""
    found = _STATUS.search(text)
    if found:
        return f"{found[1]}.{int(found[2])}.{int(found[3])}"
    reply = _REPLY.search(text)
    return f"{reply[1]}.0.0" if reply else ""

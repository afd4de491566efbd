"""When two mails are the same mail (contract: "One mail, once").

In: what identifies a message. Out: a hex digest; equal digests are one mail, if what they say is
the same by `core.sameness`.

With a Message-ID: the id, the From address and the Date. A list may add a footer and a relay may
re-encode the body, it is still that mail; another From or Date under the same id is another mail.
Without one: From, Date, Subject and the body's bytes, line ends made equal and trailing ones
dropped. Trace fields, a mbox `From ` line and the envelope have no part in either: they
differ between ways in.
*Fails:* never.
"""

from __future__ import annotations

import hashlib
from datetime import datetime


def fingerprint(
    *,
    message_id: str | None,
    sender: str,
    date: datetime | None,
    date_text: str,
    subject: str,
    body: bytes,
) -> str:
    """The digest; `date_text` is the Date field as it stands, for dates nobody can read."""
    when = date.isoformat() if date else " ".join(date_text.split()).lower()
    if message_id:
        return _digest("id", message_id, sender, when)
    return _digest("body", sender, when, subject, _digest_body(body))


def _digest_body(body: bytes) -> str:
    lines = body.replace(b"\r\n", b"\n") if b"\r\n" in body else body
    lines = lines.replace(b"\r", b"\n") if b"\r" in lines else lines
    return hashlib.sha256(lines.rstrip(b"\n")).hexdigest()


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()

"""What can be told of a message that cannot be read whole: its first fields, and itself as a file.

In: raw bytes, and why they cannot be read. Out: the pieces of a message whose text says so and
whose one attachment is the mail, byte for byte, so that its writer gets a ticket and an agent can
look. Only the header is looked at, and only so much of it.

Authentication-Results count only where the header could be read by the rules of every mail: below
a flood of fields nobody can tell which is the topmost. Nothing in the text is the sender's, so
such a mail says nothing and orders nothing.
*Fails:* never, short of the worker's limits.
"""

from __future__ import annotations

import contextlib
import hashlib
from email.message import Message

from maildesk.core.message import Attachment
from maildesk.errors import UnparseableMessage
from maildesk.mail import headers
from maildesk.mail.headers import HeaderBlock
from maildesk.mail.text import Body
from maildesk.mail.tree import Part

WHOLE = -1  # the part number that means the message itself
_NAME = "original.eml"


def body(reason: str) -> Body:
    """The words that stand for the message's own."""
    words = f"This message could not be read whole ({reason}); the original is attached."
    return Body(text=words, html=None, notes=(), shown=frozenset())


def header(raw: bytes, *, is_suspect: bool) -> tuple[HeaderBlock, bool]:
    """The header block, and whether it was read by the rules of every mail.

    It is not in a suspect message: that has killed a reader already, perhaps by its header.
    """
    if not is_suspect:
        with contextlib.suppress(UnparseableMessage):
            return headers.split(raw), True
    return headers.split_loosely(raw), False


def top(block: HeaderBlock) -> Part:
    """The message's own type, which tells a report from a letter; nothing in it is entered."""
    value = block.text("content-type")[:1_000]
    message = Message()
    message["Content-Type"] = value
    kind = value.partition(";")[0].strip().lower()
    return Part(
        number=0,
        message=message,
        type=kind or "text/plain",
        disposition="",
        name="",
        parent=None,
    )


def original(raw: bytes) -> Attachment:
    return Attachment(
        name=_NAME,
        type="message/rfc822",
        size=len(raw),
        sha256=hashlib.sha256(raw).hexdigest(),
        part=WHOLE,
    )

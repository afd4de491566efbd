"""The bytes between DATA and the dot, in a bounded piece of memory.

In: what arrives, in pieces of any size. Out: the mail, byte for byte as its sender wrote it with
the transparency dots taken off (RFC 5321 §4.5.2), and what came behind the dot. Only CRLF.CRLF
ends a mail; bare CR and LF are bytes like all others, so nothing can be smuggled in behind one.
*Fails:* never; a mail that is too big, or has no room now, is read to its end and forgotten.
"""

from __future__ import annotations

import re

from maildesk.inbox.smtp_limits import Gate
from maildesk.inbox.smtp_replies import Reply

_END = b"\r\n.\r\n"
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_HEADER_SCANNED = 1024 * 1024


class MailReader:
    """Collects one mail. `verdict` is None, or the reply that stands instead of taking it.

    A piece is searched, unstuffed and kept as a whole, not line by line: lines may be as long as
    the mail. What could be the beginning of a dot line waits for the next piece.
    """

    def __init__(self, largest: int, gate: Gate) -> None:
        self.verdict: Reply | None = None
        self.received = 0  # bytes on the wire, kept or not
        self._largest = largest
        self._gate = gate
        self._kept = bytearray()
        self._held = 0
        # The line end of the DATA command stands before the first line, so that a dot there
        # is found like any other; it is taken off again when it would be kept.
        self._pending = b"\r\n"
        self._is_first = True

    def feed(self, piece: bytes) -> bytes | None:
        """Take the next piece. Returns None while the mail goes on, then what is behind the dot."""
        self.received += len(piece)
        text = self._pending + piece
        end = text.find(_END)
        if end >= 0:
            self._keep(text[: end + 2])
            return text[end + len(_END) :]
        # A dot line that has begun starts with a CR in the last four bytes.
        cut = text.find(b"\r", max(0, len(text) - len(_END) + 1))
        cut = len(text) if cut < 0 else cut
        self._keep(text[:cut])
        self._pending = text[cut:]
        return None

    def mail(self) -> bytes:
        """The whole mail; its memory stays accounted for until `release`."""
        mail = bytes(self._kept)
        self._kept = bytearray()
        return mail

    def release(self) -> None:
        """Give back the memory that is held; the second time does nothing."""
        self._kept = bytearray()
        self._gate.release(self._held)
        self._held = 0

    def _keep(self, text: bytes) -> None:
        if not text or self.verdict is not None:
            return
        lines = text.replace(b"\r\n.", b"\r\n")
        if self._is_first:
            lines, self._is_first = lines[2:], False
        if self._held + len(lines) > self._largest:
            self.verdict = Reply.TOO_BIG
        elif not self._gate.hold(len(lines)):
            self.verdict = Reply.BUSY
        else:
            self._held += len(lines)
            self._kept += lines
            return
        self.release()


def count_hops(mail: bytes) -> int:
    """How many Received fields the header block has, looking at its first mebibyte."""
    head = b"\n" + mail[:_HEADER_SCANNED]
    blank = _BLANK_LINE.search(head)
    header = head[: blank.start()] if blank else head
    return header.lower().count(b"\nreceived:")

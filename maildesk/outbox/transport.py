"""What every way out has in common: one mail to one recipient, and an answer.

In: the bytes of a finished mail with its envelope. Out: the receiver's words of acceptance.
*Fails:* `TemporaryDelivery` (try this mail later), `PermanentDelivery` (never), `RelayDown` (no
mail was judged; costs no attempt).
"""

from __future__ import annotations

import re
from typing import Protocol

_LINE_END = re.compile(rb"\r\n|\r|\n")


class Transport(Protocol):
    """A way out. Used by one thread at a time; `close` may be followed by another `send`."""

    def send(self, mail: bytes, mail_from: str, rcpt_to: str) -> str:
        """Hands one mail over for one recipient; `mail_from` is "" for the null sender.

        Returns the receiver's answer, for the log. Raises a DeliveryError.
        """
        ...

    def close_idle(self) -> None:
        """Lets go of a connection that has not been used for a while."""
        ...

    def close(self) -> None:
        """Lets go of everything that is held open."""
        ...


def with_line_ends(mail: bytes, end: bytes) -> bytes:
    """`mail` with `end` behind each line, the last one too, whatever line ends it had."""
    lines = _LINE_END.sub(b"\n", mail)
    if not lines.endswith(b"\n"):
        lines += b"\n"
    return lines if end == b"\n" else lines.replace(b"\n", end)

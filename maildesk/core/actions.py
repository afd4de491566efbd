"""What a reader may do by one click: a mail with one command line, and a code in it.

In: a command, whom it is for, what it is about. Out: an `Action` for a notice; later, from the
words of a command, whether the code that stands in them was made for whoever sent it.

A code is bound to ticket, recipient, command and, where the ticket alone does not say it, to what
is meant (an estimate's number, a held message's id). It holds for ninety days.
*Fails:* never.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from maildesk.core import codes
from maildesk.core.codes import Bond, Match
from maildesk.core.phrase import Line

VALID_FOR = timedelta(days=90)
_LONGEST_LINK = 1_300  # letters


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing to do: what it is called, and the line that does it.

    Of one that is a whole mail, the first line alone does nothing.
    """

    label: Line
    line: str
    is_whole: bool = False


def fits_a_link(line: str) -> bool:
    """Whether every mail program takes a link with these words in it."""
    crossed = line.replace("\n", "\r\n").encode()
    # In a link every sign but a letter or digit takes three letters a byte.
    length = sum(1 if byte < 128 and chr(byte).isalnum() else 3 for byte in crossed)
    return length <= _LONGEST_LINK


def action(
    label: Line, bond: Bond, secret: bytes, now: datetime, *, words: str = "", key: str = ""
) -> Action:
    """`#approve 7K3M-…` for the one whom the bond names; `words` stand before the code.

    With the `key` behind it the line needs no subject that names the ticket.
    """
    code = codes.mint(secret, bond, now.date())
    line = " ".join(part for part in (f"#{bond.action}", words, code, key) if part)
    return Action(label=label, line=line)


def proved(words: str, bonds: Iterable[Bond], secret: bytes, now: datetime) -> Match | None:
    """The bond for which the code at the head of these words was made; None for no code of ours.

    An expired code has its bond all the same: `verdict` says so.
    """
    written = codes.read(words)
    return codes.find(secret, written.code, bonds, now.date(), VALID_FOR) if written else None

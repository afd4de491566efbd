"""What a mail with commands has done, as far as it can be taken back.

In: nothing. Out: what the store keeps of such a mail when it is recorded, and what it knows of it
when its writer writes `#undo`.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from maildesk.core.model import Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Keepsake:
    """Whose commands a mail held, and the mail itself, by its fingerprint.

    `source` is the ticket that it made part of another; `obstacle` says what of it cannot be taken
    back: the code of a phrase.
    """

    agent: str
    mail: str
    lines: str
    source: int | None = None
    obstacle: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoable:
    """One such mail now: `ticket` is how its ticket would be without it, `source` the other one.

    `changed` names what somebody has changed since, `reached` are the addresses that have had mail
    about it.
    """

    id: int
    key: str
    at: datetime
    kept: Keepsake
    ticket: Ticket
    source: Ticket | None = None
    is_undone: bool = False
    is_elsewhere: bool = False  # its ticket has become part of another one since
    changed: tuple[str, ...] = ()
    reached: tuple[str, ...] = ()

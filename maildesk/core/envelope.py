"""What a way in knows of a message, and what the store says of it.

In: nothing. Out: frozen dataclasses; `core.model` hands them on with its own.
*Fails:* never; a value of the wrong shape is a bug that `mypy --strict` finds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SOCKET = "socket"  # a listed peer that has no address

# Mail of a first start on a full mailbox, or of an outage: nobody waits for its acknowledgement.
_LATE = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapSpot:
    """Where an IMAP message lies: RFC 9051 §2.3.1.1 makes these three a name for ever.

    `mailbox` is the folder of an account (`user@host/folder`), not its name in the configuration.
    """

    mailbox: str
    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What the transport knows of a message, before anybody looks inside it.

    `mail_from` is "" for the null sender and None where no envelope exists (IMAP).
    `authenticated_as` is the agent's id after SMTP AUTH, or after the agent has confirmed the
    mail. `peer` is an IP address or "".
    """

    source: str  # smtp, lmtp, pipe, import or imap:NAME
    received_at: datetime
    mail_from: str | None = None
    rcpt_to: tuple[str, ...] = ()
    peer: str = ""
    helo: str = ""
    authenticated_as: str | None = None
    is_encrypted: bool = False  # by TLS, when it came in
    spot: ImapSpot | None = None
    quiet: bool = False  # an import: no mail goes out
    is_let_in: bool = False  # it was held, and a person has let it in
    is_kept: bool = False  # as a note alone
    arrived_at: datetime | None = None  # in the mailbox, before we came for it
    over_size: int = 0  # bytes of a mail too large to be taken, of which the header is all we have

    @property
    def is_late(self) -> bool:
        """Whether it had lain in the mailbox for so long that an automatic answer is no use."""
        return self.arrived_at is not None and self.received_at - self.arrived_at > _LATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The store's word that a message is durable: its inbox id, and whether it is a new row."""

    inbox_id: int
    is_new: bool


class InboxState(StrEnum):
    """Where an inbox row stands; all but `pending` are ends, and each has its reason."""

    PENDING = "pending"
    DONE = "done"
    IGNORED = "ignored"
    HELD = "held"
    FAILED = "failed"

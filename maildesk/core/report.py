"""The values of mail that comes back: reports, what they are tied to, the mark they leave.

In: nothing. Out: frozen dataclasses and closed sets, as in `model`.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ReportKind(StrEnum):
    """What a report tells of a mail that we sent (RFC 6522)."""

    DELIVERY = "delivery report"  # RFC 3464, and what older systems write instead
    COMPLAINT = "complaint"  # ARF, RFC 5965: somebody called the mail spam
    RECEIPT = "read receipt"  # MDN, RFC 8098


class Action(StrEnum):
    """What became of a mail for one recipient (RFC 3464 §2.3.3)."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RELAYED = "relayed"
    EXPANDED = "expanded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What a report says of one recipient; `recipient` is "" where it names none.

    `original` is the address as we wrote to it, where forwarding made another one of it. `status`
    is an enhanced code as in RFC 3463 (`5.1.1`), "" where none can be read.
    """

    recipient: str
    action: Action
    original: str = ""
    status: str = ""
    diagnostic: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A machine's word about a mail that somebody, perhaps we, sent: who did not get it, and why.

    `message_ids` and `subjects` are of the mail that came back, `references` stood in it,
    `reverse_paths` are addresses that errors about it went to. None of it is proved: everybody can
    write a report.
    """

    kind: ReportKind
    fates: tuple[Fate, ...] = ()
    message_ids: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    reverse_paths: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()


class Tie(StrEnum):
    """What ties a report to a mail of ours, in falling weight."""

    REVERSE_PATH = "reverse path"  # our own one of that very mail, with its MAC
    SIGNED = "signed Message-ID"  # of the mail that came back
    KNOWN = "Message-ID and recipient"  # of the ticket's thread, and an address we wrote to
    SUBJECT = "subject and recipient"  # a ticket's key, and an address we wrote to: proves nothing
    RECIPIENT = "recipient alone"  # proves nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """A mail of ours that a report is about.

    `event` is "" and `outbox_id` None where it is not known any more, or not which mail it was.
    """

    tie: Tie
    ticket_id: int | None
    recipient: str
    event: str = ""
    outbox_id: int | None = None
    comment_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A participant whose mail comes back; `is_withheld` says that no more is to be sent."""

    email: str
    status: str
    is_withheld: bool

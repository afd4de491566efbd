"""Estimates: what work will cost, and who may say yes to it.

In: `#estimate 8h by 2026-12-01 words`; later an answer, and the estimates of its ticket. Out: the
question as values; later the verdict on the answer. Time in minutes.

    the answer                                     verdict
    with no estimate on the ticket                 none
    a code that is too old                         expired
    a code of another person                       foreign
    a code that we never made                      unknown
    no code, and no reply to the estimate's mail   unproved
    to an estimate of a ticket that was merged     replaced
    to an estimate that a newer one replaced       replaced
    as it was decided before                       again
    the other way than it was decided              decided
    by who may no longer approve                   not yours
    else                                           sound

An answer is to one estimate alone: it never decides a newer one. A code is its recipient's word,
whether that person is on the ticket or not.
`docs/decisions/0023-answers-to-estimates.md` says why.
*Fails:* never; an answer that does not count is a `Verdict`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from maildesk.core import dates, durations
from maildesk.core.dates import Misread
from maildesk.core.durations import DurationFault
from maildesk.core.message import Mailbox
from maildesk.core.packages import Standing

if TYPE_CHECKING:
    from maildesk.core.model import Policy, Ticket

_BY = re.compile(r"(?:by|until|till)\b[\s:]{0,3}", re.IGNORECASE)


class EstimateState(StrEnum):
    """Where an estimate stands; `replaced`: a newer one was asked before an answer came."""

    ASKED = "asked"
    APPROVED = "approved"
    REJECTED = "rejected"
    REPLACED = "replaced"


class Answer(StrEnum):
    """What an approver says; the value is the command."""

    APPROVE = "approve"
    REJECT = "reject"


class Verdict(StrEnum):
    """What an answer is worth."""

    SOUND = "sound"
    AGAIN = "again"
    DECIDED = "decided"
    REPLACED = "replaced"
    MOVED = "moved"
    NONE = "none"
    NOT_YOURS = "not yours"
    UNPROVED = "unproved"
    EXPIRED = "expired"
    FOREIGN = "foreign"
    UNKNOWN = "unknown"


class Proof(StrEnum):
    """What shows that an answer is to one estimate; only the first two show anything."""

    CODE = "code"
    OWN_MAIL = "own mail"
    NOTHING = "nothing"
    EXPIRED = "expired"
    FOREIGN = "foreign"
    UNKNOWN = "unknown"
    MOVED = "moved"  # it is to an estimate of another ticket, which is part of this one now


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What an agent asks for: the work, by when, in what words."""

    minutes: int
    by: date | None
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """An estimate of a ticket; they count from 1. `asked_by` is an agent's id."""

    number: int
    minutes: int
    by: date | None
    words: str
    asked_by: str
    asked_at: datetime
    state: EstimateState = EstimateState.ASKED
    decided_by: str = ""
    decided_at: datetime | None = None
    decided_words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedEstimate:
    """Which estimate one mail of ours asked about, and whom."""

    ticket_id: int
    number: int
    recipient: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What an estimate that the message asks for rests on.

    `standings` are those of organisations; `first_keys` is, by desk, the key of the ticket that the
    message itself opens.
    """

    standings: tuple[tuple[str, Standing], ...] = ()
    first_keys: tuple[tuple[str, str], ...] = ()


NO_GROUNDS = Grounds()

# Where each answer leads, and what an answer is to an estimate of that state.
DECISION = {Answer.APPROVE: EstimateState.APPROVED, Answer.REJECT: EstimateState.REJECTED}
_BAD_PROOF = {
    Proof.NOTHING: Verdict.UNPROVED,
    Proof.EXPIRED: Verdict.EXPIRED,
    Proof.FOREIGN: Verdict.FOREIGN,
    Proof.UNKNOWN: Verdict.UNKNOWN,
}


def read(words: str, today: date) -> Request | DurationFault | Misread:
    """`8h [by DATE] [words]`; a `by` that no day follows is a question, not words."""
    amount = durations.read_estimate(words)
    if isinstance(amount, DurationFault):
        return amount
    by = _BY.match(amount.rest)
    if by is None:
        return Request(minutes=amount.minutes, by=None, words=amount.rest)
    day = dates.read(amount.rest[by.end() :], today)
    if isinstance(day, Misread):
        return day
    return Request(minutes=amount.minutes, by=day.day, words=day.rest)


def approvers(policy: Policy, ticket: Ticket) -> tuple[Mailbox, ...]:
    """Who may say yes: the approvers of the ticket's organisation, else its requester."""
    organisation = next((o for o in policy.organisations if o.name == ticket.organisation), None)
    if organisation is None or not organisation.approvers:
        return (ticket.requester,)
    known = {p.email: p.name for p in ticket.participants}
    return tuple(Mailbox(email=a, name=known.get(a, "")) for a in organisation.approvers)


def current(estimates: tuple[Estimate, ...]) -> Estimate | None:
    """The newest one that none has replaced: the only one that may still be decided."""
    standing = (e for e in estimates if e.state is not EstimateState.REPLACED)
    return max(standing, key=lambda estimate: estimate.number, default=None)


def waiting(estimates: tuple[Estimate, ...]) -> Estimate | None:
    """The estimate that nobody has decided yet."""
    newest = current(estimates)
    return newest if newest and newest.state is EstimateState.ASKED else None


def numbered(estimates: tuple[Estimate, ...], number: int) -> Estimate | None:
    """The estimate of that number."""
    return next((e for e in estimates if e.number == number), None)


def judge(
    estimates: tuple[Estimate, ...],
    number: int,
    answer: Answer,
    proof: Proof,
    *,
    is_approver: bool,
) -> Verdict:
    """What an answer to estimate `number` is worth; the table above, top to bottom."""
    estimate = numbered(estimates, number)
    if proof is Proof.MOVED:
        return Verdict.MOVED
    if not estimates:
        return Verdict.NONE
    if proof in _BAD_PROOF:
        return _BAD_PROOF[proof]
    if estimate is None:
        return Verdict.UNKNOWN
    if estimate.state is DECISION[answer]:
        return Verdict.AGAIN
    if estimate.state in DECISION.values():
        return Verdict.DECIDED
    if estimate is not current(estimates):
        return Verdict.REPLACED
    return Verdict.SOUND if is_approver else Verdict.NOT_YOURS

"""Which mail of ours a report is about, what proves it, and what becomes of the report.

In: a message that is a report, what the store knows of the mails it names. Out: the decision.

    tie                        what it rests on                                      a failure
    reverse path               the mail's own, with its MAC (`reverse_path = "verp"`)   marks
    signed Message-ID          of the mail that came back                               marks
    Message-ID and recipient   an id of the ticket, and somebody we wrote to about it   marks
    subject and recipient      a ticket's key, and somebody we wrote to about it        is told
    recipient alone            a report that names no mail at all                       is told

A report that names mails, none of them ours, and no ticket, is about somebody else's mail under our
address, or a forgery: ignored. A report is never a comment and never answered; a delay, a read
receipt and whatever says that all is well is noted and told nobody.
*Fails:* never.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from maildesk.core import notices, signature
from maildesk.core.case import Case
from maildesk.core.model import (
    Decision,
    Envelope,
    Event,
    Fact,
    InboundMessage,
    InboxState,
    Machine,
    Policy,
)
from maildesk.core.phrase import phrase
from maildesk.core.recipients import find_desk, is_nobody
from maildesk.core.report import Action, Fate, Report, ReportKind, Returned, Tie
from maildesk.core.senders import NULL_SENDER
from maildesk.core.signature import SignedId
from maildesk.core.thread import subject_keys
from maildesk.core.undeliverable import QUIET, Failure, set_back

_TAG = re.compile(r"b\.([0-9]{1,18})\.[a-z2-7]{26}")
_TAGS_LIMIT = 10
_IDS_LIMIT = 20
_ADDRESSES_LIMIT = 5
_KEYS_LIMIT = 5
_PROOFS = (Tie.REVERSE_PATH, Tie.SIGNED, Tie.KNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """What a report names: all of it to be looked up, none of it believed.

    `tags` are (row of the outbox, whole tag), `addresses` who is said to have got nothing,
    `keys` what the subject of the mail names.
    """

    tags: tuple[tuple[int, str], ...] = ()
    signed: tuple[tuple[str, SignedId], ...] = ()
    ids: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    names_a_mail: bool = False


def trail(message: InboundMessage, envelope: Envelope, policy: Policy) -> Trail:
    """Everything in a report, or an automatic reply, that may lead to a mail of ours."""
    report = message.report
    if report is None and message.machine not in (Machine.BOUNCE, Machine.REPLY):
        return Trail()
    report = report or Report(kind=ReportKind.DELIVERY)
    places = (
        *envelope.rcpt_to,
        *message.delivered_to,
        *(m.email for m in message.to),
        *report.reverse_paths,
    )
    ids = (*report.message_ids, *message.in_reply_to, *reversed(message.references))
    forms = ((i, signature.read(i)) for i in dict.fromkeys(ids))
    tags = tuple(_tags(places, policy))
    return Trail(
        tags=tags[:_TAGS_LIMIT],
        signed=tuple((i, form) for i, form in forms if form)[:_IDS_LIMIT],
        ids=tuple(dict.fromkeys((*ids, *report.references)))[:_IDS_LIMIT],
        addresses=_addresses(report)[:_ADDRESSES_LIMIT],
        keys=_keys(report)[:_KEYS_LIMIT],
        names_a_mail=bool(tags or ids),
    )


def is_report(case: Case) -> bool:
    """Whether the message is a report: a machine says so, or it brings back a mail of ours."""
    message = case.message
    holds_ours = any(r.tie in (Tie.REVERSE_PATH, Tie.SIGNED) for r in case.context.returned)
    return message.machine is Machine.BOUNCE or (message.report is not None and holds_ours)


def is_a_persons(case: Case) -> bool:
    """Whether only the null sender or the name postmaster says that this is a report.

    It may be a person's mail: some forms write with the null sender, some people are postmaster.
    """
    is_postmasters = case.message.machine_mark.startswith("From: postmaster@")
    return is_bare(case) or (is_postmasters and not _says_more(case.message.report))


def is_bare(case: Case) -> bool:
    """Whether somebody's mail has nothing of a report but the null sender."""
    message = case.message
    is_somebodys = message.sender is not None and not is_nobody(message.sender.email)
    is_null = message.machine_mark == NULL_SENDER
    return is_null and is_somebodys and not _says_more(message.report)


def _says_more(report: Report | None) -> bool:
    return bool(report and (report.fates or report.message_ids or report.reverse_paths))


def judge(case: Case) -> Decision | None:
    """What becomes of a report; None when nothing ties it to a mail about a ticket."""
    message = case.message
    mail = next((r for r in case.context.returned if r.ticket_id is not None), None)
    if mail is None:
        return None
    report = message.report or Report(kind=ReportKind.DELIVERY)
    if report.kind is ReportKind.COMPLAINT:
        return _complaint(case, mail)
    fate = _fate_of(report, mail.recipient)
    is_failure = fate is not None and fate.action is Action.FAILED
    if report.kind is ReportKind.RECEIPT or not is_failure or mail.event in QUIET or case.quiet:
        return _noted(case, mail, fate)
    return _failed(case, mail, fate)


def _tags(places: tuple[str, ...], policy: Policy) -> list[tuple[int, str]]:
    found = (find_desk(policy, place) for place in dict.fromkeys(places))
    tags = dict.fromkeys(d.tag.lower() for d in found if d and d.is_bounce)
    return [(int(match[1]), match[0]) for tag in tags if (match := _TAG.fullmatch(tag))]


def _addresses(report: Report) -> tuple[str, ...]:
    named = (address for f in report.fates for address in (f.original, f.recipient) if address)
    return tuple(dict.fromkeys(named))


def _keys(report: Report) -> tuple[str, ...]:
    found = (key for subject in report.subjects for key in subject_keys(subject))
    return tuple(dict.fromkeys(found))


def _fate_of(report: Report, address: str) -> Fate | None:
    """What the report says of the one we wrote to; else of whoever failed on the way there."""
    exact = (f for f in report.fates if address in (f.recipient, f.original))
    failed = (f for f in report.fates if f.action is Action.FAILED)
    return next(exact, None) or next(failed, None) or next(iter(report.fates), None)


def _failed(case: Case, mail: Returned, fate: Fate | None) -> Decision:
    ticket = case.context.ticket(mail.ticket_id or 0)
    fate = fate or Fate(recipient="", action=Action.FAILED)
    is_proved = mail.tie in _PROOFS
    failing = "" if mail.recipient in (fate.recipient, fate.original) else fate.recipient
    why = [phrase("returned.by", address=case.message.shown_from)]
    if failing:
        why.append(phrase("returned.failed-address", address=failing))
    if not is_proved:
        why.append(phrase("returned.unproved"))
    failure = Failure(
        ticket=ticket,
        address=mail.recipient,
        status=fate.status,
        reason=" ".join(part for part in (_shown(fate), fate.diagnostic) if part),
        failing=failing,
        why=tuple(why),
        by=mail.tie.value,
        is_proved=is_proved,
        outbox_id=mail.outbox_id,
    )
    setback = set_back(failure, case.policy, case.desk_of(ticket))
    return Decision(
        state=InboxState.DONE,
        reason=_reason(case),
        ticket_id=ticket.id,
        facts=setback.facts,
        marks=setback.marks,
        about_comment=mail.comment_id if mail.event == Event.COMMENT_PUBLIC else None,
        notices=setback.notices,
    )


def _shown(fate: Fate) -> str:
    """The status, where the diagnostic does not hold it anyway."""
    return "" if fate.status in fate.diagnostic else fate.status


def _noted(case: Case, mail: Returned, fate: Fate | None) -> Decision:
    report = case.message.report
    kind = "bounce noted"
    if report and report.kind is ReportKind.RECEIPT:
        kind = "read receipt noted"
    elif fate and mail.event not in QUIET:
        kind = f"delivery {fate.action.value}"
    status = (("status", fate.status),) if fate and fate.status else ()
    reason = (("reason", fate.diagnostic),) if fate and fate.diagnostic else ()
    detail = (*status, *reason, ("by", mail.tie.value), ("from", case.message.shown_from))
    fact = Fact(kind=kind, actor=mail.recipient, detail=detail)
    return Decision(
        state=InboxState.DONE, reason=_reason(case), ticket_id=mail.ticket_id, facts=(fact,)
    )


def _complaint(case: Case, mail: Returned) -> Decision:
    ticket = case.context.ticket(mail.ticket_id or 0)
    if mail.tie not in _PROOFS:
        return Decision(state=InboxState.IGNORED, reason=_reason(case))
    lines = (
        phrase("returned.to", address=mail.recipient),
        phrase("returned.by", address=case.message.shown_from),
    )
    told = notices.warned(
        case.policy,
        case.desk_of(ticket),
        ticket.owner,
        phrase("alert.spam", key=ticket.key, person=mail.recipient),
        lines,
        once=f"complaint:{ticket.id}:{mail.recipient}",
    )
    fact = Fact(
        kind="complaint noted",
        actor=mail.recipient,
        detail=(("by", mail.tie.value), ("from", case.message.shown_from)),
    )
    return Decision(
        state=InboxState.DONE,
        reason=_reason(case),
        ticket_id=ticket.id,
        facts=(fact,),
        notices=() if case.quiet else told,
    )


def name_of(case: Case) -> str:
    """What kind of report the message is."""
    return (case.message.report.kind if case.message.report else ReportKind.DELIVERY).value


def _reason(case: Case) -> str:
    mark = case.message.machine_mark
    return f"{name_of(case)} ({mark})" if mark else name_of(case)

"""What shows that an answer to an estimate is its approver's: a code, or the mail that it answers.

In: a message on the table, the words of `#approve` or `#reject`. Out: which estimate the answer is
to and how that is shown; and the hint by which a code lets its recipient in to a ticket on which he
has no part.
*Fails:* never.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from maildesk.core import codes, estimates, notices
from maildesk.core.actions import VALID_FOR, Action, action, proved
from maildesk.core.admission import was_sent_to
from maildesk.core.case import Case
from maildesk.core.codes import Bond, Verdict
from maildesk.core.estimates import Answer, Proof
from maildesk.core.hint import Hint, HintKind
from maildesk.core.message import Words
from maildesk.core.model import Decision, Notice, Ticket
from maildesk.core.orders.reading import read
from maildesk.core.phrase import phrase
from maildesk.core.thread import key_of

_HIDDEN = "\u2026"  # in the place of a code


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Which estimate an answer is to, and what shows it; `words` are those behind the code.

    `holder` is whose code it is, where it is somebody else's.
    """

    proof: Proof
    number: int = 0
    words: str = ""
    holder: str = ""


def ways_to_decide(
    key: str, number: int, recipient: str, secret: bytes, now: datetime
) -> tuple[Action, ...]:
    """The two lines with codes by which one person answers an estimate."""
    return tuple(
        action(
            phrase(f"action.{answer}"),
            Bond(key=key, recipient=recipient, action=answer, extra=str(number)),
            secret,
            now,
            key=key,
        )
        for answer in Answer
    )


def shown(case: Case, ticket: Ticket, answer: Answer, words: str, now: datetime) -> Shown:
    """What an answer to one of the ticket's estimates rests on."""
    written = codes.read(words)
    if written is None:
        return _by_mail(case, ticket, words)
    written = replace(written, rest=_without_key(written.rest))
    secret = case.context.secret
    found = proved(words, _bonds(case, ticket, answer, case.writer.addresses), secret, now)
    if found:
        proof = Proof.CODE if found.verdict is Verdict.GOOD else Proof.EXPIRED
        if found.bond.key != ticket.key:
            proof = Proof.MOVED
        return Shown(proof=proof, number=int(found.bond.extra), words=written.rest)
    others = _others(case, ticket)
    foreign = proved(words, _bonds(case, ticket, answer, others), secret, now)
    if foreign:
        return Shown(proof=Proof.FOREIGN, words=written.rest, holder=foreign.bond.recipient)
    return Shown(proof=Proof.UNKNOWN, words=written.rest)


def hint_by_code(case: Case, now: datetime) -> Hint | None:
    """The hint to a ticket for which the message has a good code of its writer's own."""
    answers = tuple(_answers(case))
    for hint in _pointed_at(case) if answers else ():
        ticket = case.context.ticket(hint.ticket_id)
        for answer, words in answers:
            if shown(case, ticket, answer, words, now).proof is Proof.CODE:
                return hint
    return None


def reports_of_codes(case: Case, decision: Decision, now: datetime) -> tuple[Notice, ...]:
    """What a ticket's agents hear of a code of somebody else's that came to no ticket of theirs."""
    answers = tuple(_answers(case))
    for hint in _pointed_at(case) if answers else ():
        ticket = case.context.ticket(hint.ticket_id)
        if ticket.id == decision.ticket_id:
            continue  # there the command itself has reported it
        for answer, words in answers:
            found = shown(case, ticket, answer, words, now)
            if found.proof is Proof.FOREIGN:
                return reported(case, ticket, found.holder)
    return ()


def reported(case: Case, ticket: Ticket, holder: str) -> tuple[Notice, ...]:
    """The word to a ticket's agents that somebody has used a code of somebody else's."""
    writer = case.message.shown_from
    lines = (phrase("alert.foreign-code-words", person=writer, holder=holder),)
    title = phrase("alert.foreign-code", key=ticket.key)
    once = f"code:{ticket.key}:{writer}:{holder}"
    return notices.warned(case.policy, case.desk_of(ticket), ticket.owner, title, lines, once=once)


def _pointed_at(case: Case) -> tuple[Hint, ...]:
    """The tickets that the mail points at, and those whose keys stand behind its codes."""
    named = (Hint(kind=HintKind.CODE, value=k, ticket_id=i) for k, i in case.context.named)
    return (*case.context.hints, *named)


def _answers(case: Case) -> Iterator[tuple[Answer, str]]:
    """The answers to estimates among the message's command lines."""
    known = {answer.value: answer for answer in Answer}
    if "#" not in case.message.text[:2000]:
        return
    for command in read(case.message.text, frozenset(known)).commands:
        if command.name in known and codes.read(command.words):
            yield known[command.name], command.words


def hiding_codes(case: Case, decision: Decision) -> Decision:
    """The decision, with no code in its comment that would decide an estimate for whoever reads it.

    People write the line below other words, where it is no command and their words are for all.
    """
    comment = decision.comment
    text = (comment.words.text if comment.words else case.message.text) if comment else ""
    live = [code for code in codes.written_in(text) if _decides(case, code)]
    if comment is None or not live:
        return decision
    for code in live:
        text = text.replace(code, _HIDDEN)
    message = case.message
    given = comment.words or Words(
        text=text,
        full_text=message.full_text,
        message_id=message.message_id,
        attachments=message.attachments,
    )
    words = replace(given, text=text, html=None, markdown="")
    return replace(decision, comment=replace(comment, words=words))


def _decides(case: Case, code: str) -> bool:
    """Whether the code is anybody's answer to an estimate of a ticket that the mail points at."""
    secret, written = case.context.secret, codes.read(code)
    bonds = (
        bond
        for ticket in case.context.tickets
        for answer in Answer
        for bond in _bonds(case, ticket, answer, (*case.writer.addresses, *_others(case, ticket)))
    )
    return written is not None and any(
        codes.judge(secret, written.code, bond, date.min, VALID_FOR) is not codes.Verdict.UNKNOWN
        for bond in bonds
    )


def _without_key(words: str) -> str:
    """The words behind the key of the ticket, which stands in the line of a link, too."""
    first, _, rest = words.partition(" ")
    return rest.strip() if key_of(first.rstrip(".,;:!")) else words


def _by_mail(case: Case, ticket: Ticket, words: str) -> Shown:
    """An answer without a code: to the estimate whose own mail the message answers."""
    asked = case.context.asked
    is_own = (
        asked is not None
        and asked.recipient in case.writer.addresses
        and any(
            was_sent_to(hint, case.writer, case.context)
            for hint in case.context.hints
            if hint.value in case.message.in_reply_to[:1] and not _is_spent(case, hint)
        )
    )
    if asked is None or not is_own:
        return Shown(proof=Proof.NOTHING, words=words)
    # A merged ticket's estimates have other numbers on the ticket that it is part of now.
    proof = Proof.OWN_MAIL if asked.ticket_id == ticket.id else Proof.MOVED
    return Shown(proof=proof, number=asked.number, words=words)


def _is_spent(case: Case, hint: Hint) -> bool:
    """Whether others are known to have seen the id, who might write in the approver's name."""
    return hint.signed is not None and hint.signed.mac in case.context.spent


def _bonds(case: Case, ticket: Ticket, answer: Answer, people: tuple[str, ...]) -> tuple[Bond, ...]:
    """What a code of these people may stand for; a merged ticket's codes bear its old key."""
    named = (key for key, found in case.context.named if found == ticket.id)
    keys = dict.fromkeys((ticket.key, *case.refs.subject_keys, *named))
    return tuple(
        Bond(key=key, recipient=person, action=answer.value, extra=str(estimate.number))
        for key in keys
        for person in people
        for estimate in ticket.estimates
    )


def _others(case: Case, ticket: Ticket) -> tuple[str, ...]:
    asked = (mailbox.email for mailbox in estimates.approvers(case.policy, ticket))
    people = (participant.email for participant in ticket.participants)
    everybody = dict.fromkeys((*asked, ticket.requester.email, *people))
    return tuple(p for p in everybody if p not in case.writer.addresses)

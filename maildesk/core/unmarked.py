"""Answers to our own mail whose words say what they are, where no header does.

    what comes                                                   is taken for
    an absence notice and nothing else                           an automatic reply
    a read receipt in words, as Outlook writes it                an automatic reply
    a person's words with the null sender, and no other mark     a person's, never answered by us

Only an answer by a customer who may write on the ticket counts: a first mail about absence notices
is a ticket, and an agent's own is held back elsewhere.

In: a message on the table. Out: the same, its message of the kind that it is.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import replace

from maildesk.core import bounce
from maildesk.core.absence import is_absence_alone
from maildesk.core.admission import may_use
from maildesk.core.case import Case
from maildesk.core.model import Machine
from maildesk.core.receipt_words import is_receipt


def recognised(case: Case) -> Case:
    """The case with a message that is what its words say."""
    message = case.message
    is_bare = message.machine is Machine.BOUNCE and bounce.is_bare(case)
    if not (is_bare or message.machine is Machine.PERSON) or not _answers_us(case):
        return case
    mark = message.machine_mark
    if is_absence_alone(message.text, case.author.name):
        return _of_kind(case, Machine.REPLY, f"{mark}, words of absence".lstrip(", "))
    if is_receipt(message.subject, message.full_text):
        return _of_kind(case, Machine.REPLY, f"{mark}, a read receipt".lstrip(", "))
    if is_bare and any(map(str.isalnum, message.text)):
        return _of_kind(case, Machine.PERSON, mark)
    return case


def _of_kind(case: Case, kind: Machine, mark: str) -> Case:
    message = replace(
        case.message, machine=kind, machine_mark=mark, may_be_answered=False, report=None
    )
    return replace(case, message=message)


def _answers_us(case: Case) -> bool:
    """Whether a customer writes whom a hint lets in to its ticket."""
    writer, context = case.writer, case.context
    if writer.agent or writer.claimed or writer.is_disowned or case.quiet:
        return False
    return any(may_use(hint, context, writer) for hint in context.hints)

"""A mail becomes a comment on a ticket that is there.

In: a message on the table, the hint that it follows. Out: the comment, who joins, who is told.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from maildesk.core import notices, thread
from maildesk.core.admission import was_sent_to
from maildesk.core.away_words import is_away_text
from maildesk.core.case import Case
from maildesk.core.hint import Hint
from maildesk.core.inside import stayed_inside
from maildesk.core.leak import Leak
from maildesk.core.model import (
    Decision,
    Fact,
    InboxState,
    NewComment,
    Notice,
    Participant,
    Role,
    Ticket,
    Visibility,
)
from maildesk.core.newcomers import shown
from maildesk.core.orders.forms import names_of
from maildesk.core.orders.reading import stray
from maildesk.core.people import addressed, is_for_others, joined, newcomers
from maildesk.core.phrase import phrase
from maildesk.core.signature import Scope
from maildesk.core.weighing import weighed

_RULES = " \t\r\n-_=*|>\u2013\u2014"  # what mail programs draw between an answer and its quote
_SAYS_A_NOTE = "It says what an internal note on this ticket says"
_HOLDS_A_NOTICE = "It holds a mail of ours that is for agents alone"
_MAY_BE_A_NOTE = "No id in it says which mail it answers, and it may be one for agents alone"
_MAY_BE_AN_ABSENCE = "It reads like an absence notice"
_HOLDS_A_COMMAND = "A line of it is a command that does not stand before all other words"
IS_FOR_OTHERS = "It is to nobody who is a customer on this ticket, and not to the desk"
_STAFFS, _CUSTOMERS = names_of(is_staff=True), names_of(is_staff=False)
_IS_TOO_LONG = "It is longer than a mail of ours, and the file of it holds what it quotes, too"
_FORMS = {
    IS_FOR_OTHERS: ("#public",),
    _MAY_BE_AN_ABSENCE: ("#public",),
    _SAYS_A_NOTE: ("#public anyway",),
    _HOLDS_A_NOTICE: ("#public anyway",),
    _HOLDS_A_COMMAND: ("#public anyway",),
    _MAY_BE_A_NOTE: ("#public",),
}
_SENTENCES = {
    IS_FOR_OTHERS: "kept.is-for-others",
    _MAY_BE_AN_ABSENCE: "kept.may-be-an-absence",
    _SAYS_A_NOTE: "kept.says-a-note",
    _HOLDS_A_NOTICE: "kept.holds-a-notice",
    _HOLDS_A_COMMAND: "kept.holds-a-command",
    _MAY_BE_A_NOTE: "kept.may-be-a-note",
    _IS_TOO_LONG: "kept.is-too-long",
}


def comment_on(case: Case, hint: Hint, ticket: Ticket, now: datetime) -> Decision:
    """The message as a comment on the ticket that its hint leads to."""
    if _is_empty(case):
        return _nothing_to_send(case, ticket)
    comment = case.words(visibility_of(case, hint), now)
    new_people = _brought(case, comment, ticket)
    about = thread.ticket_subject(case.message.subject, case.policy)
    known = (ticket.subject.casefold(), ticket.mail_subject.casefold(), thread.NO_SUBJECT)
    strange = about.casefold() not in known
    other = (("subject", about),) if strange else ()
    mark = (("automatic", case.message.machine_mark),) if case.is_automatic else ()
    fact = Fact(
        kind="comment added",
        actor=comment.author.email,
        detail=(
            ("by", hint.kind.value),
            ("proof", case.writer.proof or "participant"),
            *mark,
            *other,
        ),
        hints=weighed(case, hint),
    )
    kept = kept_inside(case, hint)
    told = _told(case, comment, (*ticket.participants, *new_people), ticket, kept)
    if not kept and _is_answer_inside(case, hint):
        told = (*stayed_inside(case, ticket), *told)
    if is_off(case, ticket):
        told = tuple(_of_one_who_is_off(notice, comment) for notice in told)
    slip = Fact(kind="not sent on", actor=comment.author.email, detail=(("because", kept),))
    return Decision(
        state=InboxState.DONE,
        ticket_id=ticket.id,
        comment=comment,
        new_participants=new_people,
        facts=(fact, *((slip,) if kept else ()), *joined(new_people, comment.author.email)),
        notices=() if case.quiet else told,
    )


def _is_empty(case: Case) -> bool:
    """Whether an agent has sent off a mail without a file and without a word of his own.

    The quote below it may be for agents alone, so nothing of it is shown to anybody.
    """
    message = case.message
    first = message.text.lstrip().split("\n", 1)[0].rstrip()
    is_signature = first == "--"  # with the pictures in it
    has_files = any(not (a.inline and is_signature) for a in message.attachments)
    is_blank = is_signature or message.is_all_quote or not message.text.strip(_RULES)
    return is_blank and not has_files and case.writer.agent is not None and not case.quiet


def _nothing_to_send(case: Case, ticket: Ticket) -> Decision:
    """The ticket's history says that there was such a mail, and its writer hears so."""
    title = phrase("kept.title")
    why = phrase("kept.says-nothing" if case.message.is_all_quote else "kept.is-empty")
    told = notices.command_failed(case.desk_of(ticket), case.comment_author, title, (why,), ())
    is_told = not case.is_automatic and case.is_within_allowance()
    return Decision(
        state=InboxState.DONE,
        reason="nothing stands in it",
        ticket_id=ticket.id,
        facts=(Fact(kind="empty mail noted", actor=case.author.email),),
        notices=(told,) if is_told else (),
    )


def _brought(case: Case, comment: NewComment, ticket: Ticket) -> tuple[Participant, ...]:
    """Who joins by this mail: its writer, and whom a person copies in.

    A guest's note brings nobody, nor does an agent's mail to somebody beside the ticket. Whoever
    was taken off is heard by agents, but comes back only when somebody else says so.
    """
    agent = case.writer.agent
    if comment.visibility is Visibility.INTERNAL and not agent:
        return ()
    role = Role.AGENT if agent else Role.PARTICIPANT
    author = Participant(email=comment.author.email, name=comment.author.name, role=role)
    others = () if is_for_others(case, ticket) else addressed(case)
    return newcomers(ticket.participants, (author, *others))


def _told(
    case: Case,
    comment: NewComment,
    people: tuple[Participant, ...],
    ticket: Ticket,
    kept: str,
) -> tuple[Notice, ...]:
    """Who reads the comment; a program's words reach the agents alone, an agent's program's nobody.

    Two programs that answer each other through us would else never come to an end.
    """
    if case.is_automatic and case.writer.agent:
        return ()
    if case.is_automatic:
        people = tuple(p for p in people if p.role is Role.AGENT)
    mailing = case.mailing(case.desk_of(ticket), ticket)
    told = mailing.commented(comment.visibility, ticket.owner, people)
    return (*_not_sent_on(case, comment, ticket, kept), *told)


def _not_sent_on(case: Case, comment: NewComment, ticket: Ticket, why: str) -> tuple[Notice, ...]:
    """The word to an agent whose mail became a note though it may have been for the customer."""
    if not (why and case.is_within_allowance()):
        return ()
    leak = note_said_in(case, ticket.id)
    line = leak.line if leak and why == _SAYS_A_NOTE else ""
    line = _stray(case) if why == _HOLDS_A_COMMAND else line
    shown = (f"\u201c{line}\u201d",) if line else ()
    because = phrase(_SENTENCES.get(why, "kept.unread"))
    ways = (phrase("kept.send-again"),) if why in _FORMS else ()
    lines = (because, *shown, phrase("kept.as-a-note"), *ways)
    forms, title = (
        _FORMS.get(why, ()),
        phrase("kept.title-for-others" if why == IS_FOR_OTHERS else "kept.title"),
    )
    return (notices.command_failed(case.desk_of(ticket), comment.author, title, lines, forms),)


def kept_inside(case: Case, hint: Hint) -> str:
    """Why an agent's mail goes to no customer though its writer may think so; "" for no reason.

    An archive tells what was sent long ago.
    """
    message = case.message
    if case.writer.agent is None or case.is_automatic or case.asked is Visibility.INTERNAL:
        return ""
    if message.is_cut and not (case.quiet or _is_answer_inside(case, hint)):
        return _IS_TOO_LONG
    if message.unread:
        return f"It could not be read whole: {message.unread}"
    if case.quiet or case.is_sent_anyway or _is_answer_inside(case, hint):
        return ""
    if _stray(case):
        return _HOLDS_A_COMMAND
    leak = note_said_in(case, hint.ticket_id)
    if leak and not leak.is_quoted and not (leak.is_own and case.is_for_customer):
        return _SAYS_A_NOTE
    if message.holds_inside:
        return _HOLDS_A_NOTICE
    if is_away_text(message.text) and not case.is_for_customer:
        return _MAY_BE_AN_ABSENCE
    if is_for_others(case, case.context.ticket(hint.ticket_id)):
        return IS_FOR_OTHERS
    may_answer = message.answers_inside or (leak and leak.is_quoted)
    return _MAY_BE_A_NOTE if may_answer and not case.is_for_customer else ""


def _stray(case: Case) -> str:
    """A line that an agent may have meant for the desk; customers are told of theirs by agents."""
    return stray(case.message.text, _STAFFS, _STAFFS - _CUSTOMERS)


def note_said_in(case: Case, ticket_id: int) -> Leak | None:
    """What the mail says of the notes on its ticket, or on another that it points at."""
    ids = (ticket_id, *(hint.ticket_id for hint in case.context.hints))
    found = (leak for leak in case.context.leaks if leak.ticket_id in ids)
    return min(found, key=lambda leak: (leak.is_quoted, leak.is_own), default=None)


def visibility_of(case: Case, hint: Hint) -> Visibility:
    """An answer to an internal mail by whoever got it is a note; all else is for the customer.

    That may be an admin who is no agent, or somebody who was one. What an agent's mail program
    writes of its own accord is never for the customer, nor is what nobody could read: it may say
    that it is a note. `#public` says of an agent's answer that it is for the customer.
    Whoever was taken off the ticket writes to agents alone.
    """
    if case.asked is Visibility.INTERNAL or is_off(case, case.context.ticket(hint.ticket_id)):
        return Visibility.INTERNAL
    is_programs = case.writer.agent is not None and case.is_automatic
    is_note = _is_answer_inside(case, hint) or is_programs or kept_inside(case, hint)
    return Visibility.INTERNAL if is_note else Visibility.PUBLIC


def is_off(case: Case, ticket: Ticket) -> bool:
    """Whether a customer writes who was on the ticket once, until somebody took them off."""
    if case.writer.agent:
        return False
    mine = case.writer.addresses
    is_on_it = any(p.email in mine for p in ticket.participants)
    return not is_on_it and any(address in ticket.taken_off for address in mine)


def _of_one_who_is_off(notice: Notice, comment: NewComment) -> Notice:
    """The agents' mail says that nobody else has got these words, and what lets the person in."""
    line = phrase("kept.is-off", person=shown(comment.author), line=f"#cc {comment.author.email}")
    return replace(notice, changes=(*notice.changes, line))


def _is_answer_inside(case: Case, hint: Hint) -> bool:
    """Whether the mail answers one for agents alone, and no `#public` says otherwise."""
    signed = hint.signed
    is_internal = signed is not None and signed.scope is Scope.INTERNAL
    got_it = case.writer.agent is not None or was_sent_to(hint, case.writer, case.context)
    return is_internal and got_it and not case.is_for_customer

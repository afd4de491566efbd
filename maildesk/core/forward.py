"""An agent passes on a mail that a customer wrote to him: it becomes the customer's ticket.

In: a message on the table, the hint that it follows, if any. Out: what becomes of it, None when it
is no forward that counts. Only a proved agent's forward does: anybody can write header lines.

    the original                                    the forward becomes
    is on a ticket already                          a note there
    answers a ticket, and its writer is on it       that writer's comment there
    stands under a subject that names a ticket      a note there; it may be meant for agents alone
    is our own mail                                 a new ticket, linked; the agent is asked
    is a customer's                                 the customer's ticket: the original's words,
                                                    date, people and files, and as a note what the
                                                    agent says above it
    is an agent's, a program's, or nobody's         the agent's ticket, and the agent is asked

Where the agent seems to have written below the original, too, nobody can tell where that one ends:
the ticket is the customer's all the same, and all the words are a note.

The writer of an original gets the acknowledgement, with the signed id that his next mail will
answer, unless a program wrote it or it is older than three days.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from maildesk.core import notices, signature, thread
from maildesk.core.admission import may_comment
from maildesk.core.case import Case
from maildesk.core.forward_answer import added_files, answered
from maildesk.core.hint import Hint, HintKind
from maildesk.core.model import (
    Agent,
    Decision,
    Fact,
    Forwarded,
    InboxState,
    Machine,
    Mailbox,
    NewComment,
    NewTicket,
    Notice,
    Participant,
    Role,
    Ticket,
    Visibility,
    Words,
)
from maildesk.core.opening import open_ticket
from maildesk.core.people import addressed, company, is_for_others, joined, joining, newcomers
from maildesk.core.phrase import phrase
from maildesk.core.recipients import is_nobody, is_ours, organisation_of
from maildesk.core.sharing import people_of
from maildesk.core.trust import Identity, agent_at
from maildesk.core.weighing import weighed

_FRESH = timedelta(days=3)  # an older mail is not acknowledged as if it had just come
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_NOTE_LINES = 60  # of the agent's words, in the mail about the new ticket
_THREAD = 20  # ids of the conversation before the original


@dataclass(frozen=True, slots=True, kw_only=True)
class _Passing:
    """A forward that counts: the case, the original, and the agent who passes it on."""

    case: Case
    hint: Hint | None
    original: Forwarded
    agent: Agent
    now: datetime

    @property
    def author(self) -> Mailbox:
        """Who wrote the original."""
        return self.original.sender or Mailbox(email="")

    @property
    def forwarder(self) -> Mailbox:
        """The agent, under the address that he wrote from."""
        return Mailbox(email=self.case.author.email, name=self.agent.name)


def forwarded_in(case: Case, hint: Hint | None, now: datetime) -> Decision | None:
    """What becomes of an agent's forward; None for what is none."""
    original, agent = case.message.forwarded, case.writer.agent
    if original is None or agent is None or case.message.machine is not Machine.PERSON:
        return None
    passing = _Passing(case=case, hint=hint, original=original, agent=agent, now=now)
    if hint and not (original.is_named and _is_legible(original)):
        return None
    decided = _passed_on(passing)
    is_heard = original.answer and not original.is_mixed and _is_customers(passing)
    return answered(case, decided, now) if decided and is_heard else decided


def _passed_on(passing: _Passing) -> Decision | None:
    """What becomes of the original."""
    case, hint = passing.case, passing.hint
    known = case.context.original
    if known and known.is_same:
        return _note_on(passing, case.context.ticket(known.ticket_id))
    if hint and _is_our_mail(passing):
        return None if _has_other_readers(case, hint) else _ask(passing)
    if known and (found := _comment_by_author(passing, case.context.ticket(known.ticket_id))):
        return found
    if hint and hint.kind not in (HintKind.MESSAGE_ID, HintKind.QUOTE):
        return _note_on(passing, case.context.ticket(hint.ticket_id))
    return _open_for_author(passing) if _is_customers(passing) else _ask(passing)


def _is_legible(original: Forwarded) -> bool:
    """Whether there is an original at all, or only a subject that promises one."""
    return bool(original.sender or original.shown_from or original.part is not None)


def _is_our_mail(passing: _Passing) -> bool:
    is_signed = signature.read(passing.original.message_id or "") is not None
    return is_signed or is_ours(passing.case.policy, passing.author.email)


def _has_other_readers(case: Case, hint: Hint) -> bool:
    """Whether the mail is meant for somebody else, and the desk is only to know of it."""
    is_beside = is_for_others(case, case.context.ticket(hint.ticket_id))
    return is_beside or any(p.role is Role.PARTICIPANT for p in addressed(case))


def _is_customers(passing: _Passing) -> bool:
    policy, author = passing.case.policy, passing.original.sender
    is_report = passing.original.machine in (Machine.BOUNCE, Machine.REPLY, Machine.OWN)
    return (
        author is not None
        and not is_report
        and not _is_our_mail(passing)
        and agent_at(policy, author.email) is None
    )


def _ask(passing: _Passing) -> Decision:
    """A ticket of the agent's, and the question whose it should be."""
    case = passing.case
    if case.quiet:  # an archive is not asked about
        return open_ticket(case, passing.now)
    opened = _open_for_agent(passing)
    if opened.new_ticket is None:
        return opened
    told = tuple(
        replace(n, forwarded_by=passing.agent.name)
        for n in opened.notices
        if n.to.email != passing.forwarder.email
    )
    if case.is_within_allowance():
        told = (notices.asked_who(case.desk, passing.forwarder, passing.original.shown_from), *told)
    fact = Fact(kind="requester asked for", actor=passing.forwarder.email)
    return replace(opened, facts=(*opened.facts, fact), notices=told)


def _open_for_agent(passing: _Passing) -> Decision:
    """The agent's own ticket. What he says to his colleagues cannot be told from the original's
    words, so all of it is a note: the customer whom he names later must not read it.
    """
    opened = open_ticket(passing.case, passing.now)
    if opened.new_ticket is None or opened.comment is None:
        return opened
    ticket = replace(opened.new_ticket, thread=_thread(passing, passing.original.message_id))
    comment = replace(opened.comment, visibility=Visibility.INTERNAL)
    return replace(opened, new_ticket=ticket, comment=comment)


def _open_for_author(passing: _Passing) -> Decision:
    """The ticket of whoever wrote the original."""
    case, author = passing.case, passing.author
    policy = case.policy
    organisation = organisation_of(policy, author.email)
    people = _people(passing, present=())
    is_shared = organisation is not None and organisation.share
    if is_shared:
        people = (*people, *joining(people, people_of(policy, organisation)))
    related = next((case.context.ticket(h.ticket_id).key for h in case.context.hints), None)
    ticket = NewTicket(
        desk=case.desk.key,
        subject=_subject(passing),
        language=notices.language_of(policy, case.desk, author.email),
        requester=author,
        organisation=organisation.name if organisation else None,
        participants=people,
        is_shared=is_shared,
        related_to=related,
        thread=_thread(passing, case.message.message_id),
        priority=policy.usual_priority,
        created_at=passing.now,
    )
    return Decision(
        state=InboxState.DONE,
        new_ticket=ticket,
        comment=_comment(passing),
        note=_note(passing),
        claimed=passing.original.fingerprint,
        facts=(_fact(passing, "ticket opened"), *joined(people, passing.forwarder.email)),
        notices=() if case.quiet else _first_mails(passing),
    )


def _comment_by_author(passing: _Passing, ticket: Ticket) -> Decision | None:
    """The original as its writer's comment on the ticket that it answers, if he is on it."""
    case = passing.case
    author = Identity(sender=passing.original.sender)
    if passing.original.handed_on_by:
        return None  # a form may name anybody: its author gets a ticket, and no other
    if not _is_customers(passing) or not may_comment(ticket, case.context, author):
        return None
    if passing.original.is_mixed:
        return _note_on(passing, ticket)
    people = _people(passing, present=ticket.participants)
    told = _mailing(passing, ticket).commented(
        Visibility.PUBLIC, ticket.owner, (*ticket.participants, *people)
    )
    return Decision(
        state=InboxState.DONE,
        ticket_id=ticket.id,
        comment=_comment(passing),
        note=_note(passing),
        claimed=passing.original.fingerprint,
        new_participants=people,
        facts=(_fact(passing, "comment added"), *joined(people, passing.forwarder.email)),
        notices=() if case.quiet else told,
    )


def _note_on(passing: _Passing, ticket: Ticket) -> Decision:
    """The forward as a note of the agent's; a customer's own words never go out under it."""
    case = passing.case
    comment = case.words(Visibility.INTERNAL, passing.now)
    me = Participant(email=comment.author.email, name=comment.author.name, role=Role.AGENT)
    people = newcomers(ticket.participants, (me,))
    told = case.mailing(case.desk_of(ticket)).commented(
        Visibility.INTERNAL, ticket.owner, (*ticket.participants, *people)
    )
    return Decision(
        state=InboxState.DONE,
        ticket_id=ticket.id,
        comment=comment,
        new_participants=people,
        facts=(_fact(passing, "forward noted"), *joined(people, passing.forwarder.email)),
        notices=() if case.quiet else told,
    )


def _comment(passing: _Passing) -> NewComment:
    """What the customer wrote, as he wrote it."""
    original = passing.original
    if original.is_mixed:
        return _kept_for_agents(passing)
    is_usable = original.date is not None and _EARLIEST < original.date <= passing.now
    message = passing.case.message
    # A forward whose words cannot be told from its header keeps all of them.
    text, full_text = original.text, original.full_text
    if not full_text.strip() and not original.attachments:
        text, full_text = message.text, message.full_text
    return NewComment(
        author=passing.author,
        by_agent=None,
        visibility=Visibility.PUBLIC,
        at=original.date if is_usable and original.date else passing.now,
        words=Words(
            text=text,
            full_text=full_text,
            html=original.html,
            message_id=original.message_id,
            attachments=original.attachments,
        ),
    )


def _kept_for_agents(passing: _Passing) -> NewComment:
    """The whole forward as the agent's note; the original's id stays the one that is answered."""
    message = passing.case.message
    words = Words(
        text=message.text,
        full_text=message.full_text,
        html=message.html,
        message_id=passing.original.message_id,
        attachments=message.attachments,
    )
    return replace(passing.case.words(Visibility.INTERNAL, passing.now), words=words)


def _note(passing: _Passing) -> NewComment | None:
    """What the agent says to it, for agents; None when he says nothing and adds no file."""
    message, original = passing.case.message, passing.original
    if original.is_mixed:
        return None
    added = added_files(message)
    if not original.note and (not added or original.answer):
        return None
    words = Words(
        text=original.note,
        full_text=message.full_text,
        message_id=message.message_id,
        attachments=added,
    )
    return replace(passing.case.words(Visibility.INTERNAL, passing.now), words=words)


def _people(passing: _Passing, *, present: tuple[Participant, ...]) -> tuple[Participant, ...]:
    """Who joins: the original's writer and company, the forwarder, and whom he copies in."""
    author, forwarder, original = passing.author, passing.forwarder, passing.original
    policy = passing.case.policy
    found = (
        Participant(email=author.email, name=author.name, role=Role.REQUESTER),
        Participant(email=forwarder.email, name=forwarder.name, role=Role.AGENT),
        *company(policy, (*original.to, *original.cc)),
        *addressed(passing.case),
    )
    return newcomers(present, found) if present else joining(present, found)


def _first_mails(passing: _Passing) -> tuple[Notice, ...]:
    case, by = passing.case, passing.agent.name
    lines = tuple(passing.original.note.split("\n")[:_NOTE_LINES]) if passing.original.note else ()
    opened = _mailing(passing, None).opened(passing.forwarder.email)
    doubt = phrase("ticket.new.mixed") if passing.original.is_mixed else ""
    told = tuple(replace(n, forwarded_by=by, lines=lines, doubt=doubt) for n in opened)
    if not _is_to_be_acknowledged(passing):
        return told
    receipt = notices.received(case.policy, case.desk, passing.author)
    return (replace(receipt, forwarded_by=by), *told)


def _is_to_be_acknowledged(passing: _Passing) -> bool:
    """As if the original had come by itself (RFC 3834 §2), and only while it is news."""
    original, policy = passing.original, passing.case.policy
    allowed = policy.automatic_mails_per_address
    is_allowed = allowed == 0 or passing.case.context.lately.automatic_mails_to_original < allowed
    is_fresh = original.date is None or passing.now - original.date < _FRESH
    return (
        original.machine is Machine.PERSON
        and original.may_be_answered
        and not is_nobody(passing.author.email)
        and is_allowed
        and is_fresh
    )


def _mailing(passing: _Passing, ticket: Ticket | None) -> notices.Mailing:
    """The original's words on their way: its writer's, and news to the forwarder, too."""
    case, author = passing.case, passing.author
    desk = case.desk_of(ticket) if ticket else case.desk
    own = passing.agent.emails
    copied = tuple(m for m in case.message.to + case.message.cc if m.email not in own)
    # An agent who had the original knows of no ticket yet; a customer needs no second copy.
    customers = tuple(
        m for m in passing.original.to + passing.original.cc if not agent_at(case.policy, m.email)
    )
    message = replace(case.message, shown_from=author.email, to=copied, cc=customers)
    writer = Identity(sender=author)
    return notices.Mailing(policy=case.policy, desk=desk, message=message, writer=writer)


def _subject(passing: _Passing) -> str:
    """The original's subject, unless the agent has written another one.

    Programs dress it up: `Fwd: Printer`, `[Ada Lovelace] Printer`, `[ada@x.example: Printer]`.
    """
    policy = passing.case.policy
    shown = thread.ticket_subject(passing.case.message.subject, policy)
    original = thread.ticket_subject(passing.original.subject, policy)
    is_kept = original.casefold() in shown.casefold() or shown == thread.NO_SUBJECT
    return original if is_kept and original != thread.NO_SUBJECT else shown


def _thread(passing: _Passing, message_id: str | None) -> tuple[str, ...]:
    """Ids that an answer in the original conversation may name, beside the first comment's own."""
    before = passing.original.thread
    ids = (message_id, *before[:1], *before[-_THREAD:])
    return tuple(dict.fromkeys(i for i in ids if i and not signature.read(i)))


def _fact(passing: _Passing, kind: str) -> Fact:
    case = passing.case
    how = "enclosed" if passing.original.part is not None else "shown in the text"
    handed = passing.original.handed_on_by
    withheld = kind == "ticket opened" and not _is_to_be_acknowledged(passing)
    mark = (("acknowledgement", "withheld"),) if withheld else ()
    if passing.original.is_mixed and kind == "ticket opened":
        mark = (*mark, ("words", "a note: nothing tells where the original ends"))
    return Fact(
        kind=kind,
        actor=passing.forwarder.email,
        detail=(
            ("forwarded by", passing.agent.id),
            ("original", how),
            *((("handed on by", handed),) if handed else ()),
            ("proof", case.writer.proof),
            *mark,
        ),
        hints=weighed(case, passing.hint if kind == "forward noted" else None),
    )

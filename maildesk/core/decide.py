"""What one message means: the heart of the desk, and a pure function.

In: a parsed message, its envelope, the gathered context. Out: a decision: a new ticket, a comment,
or a reason for neither. The order: screen, find the ticket, then open or comment.
*Fails:* never; everything that can be decided is an outcome.
"""

from __future__ import annotations

from datetime import datetime

from maildesk.core import notices, thread
from maildesk.core.model import (
    Context,
    Decision,
    Desk,
    Envelope,
    Fact,
    Hint,
    InboundMessage,
    InboxState,
    Machine,
    Mailbox,
    NewComment,
    NewTicket,
    Notice,
    Participant,
    Release,
    Role,
    Ticket,
    Visibility,
)
from maildesk.core.notices import Mailing
from maildesk.core.recipients import first_desk, is_ours, organisation_of
from maildesk.core.screen import Case, is_within_allowance, screen
from maildesk.core.signature import Scope, is_signed_for
from maildesk.core.thread import Refs
from maildesk.core.trust import Identity, agent_at, identify

REPLY_BY_ANOTHER = "reply by another person"


def decide(
    message: InboundMessage, envelope: Envelope, context: Context, now: datetime
) -> Decision:
    """What becomes of the message."""
    policy = context.policy
    references = thread.refs(message, envelope, policy)
    writer = identify(message, envelope, references, policy, context.secret)
    desk = desk_of(message, envelope, context)
    case = Case(
        message=message,
        writer=writer,
        desk=desk,
        context=context,
        quiet=envelope.quiet,
        is_let_in=envelope.is_let_in,
    )
    settled = screen(case)
    if settled:
        return settled
    release = confirmed(references, writer, context)
    if release:
        reason = f"confirmed message {release.inbox_id}"
        return Decision(state=InboxState.DONE, reason=reason, release=release)
    hint = find_ticket(context, writer)
    if hint and not envelope.is_let_in and not _may_use(hint, context, writer):
        return _held_for_another(case, hint)
    if hint:
        return _comment(case, hint, now)
    return _open(case, now)


def desk_of(message: InboundMessage, envelope: Envelope, context: Context) -> Desk:
    """The desk of a message: To before Cc before the envelope, then configuration order."""
    policy = context.policy
    for addresses in (
        [m.email for m in message.to],
        [m.email for m in message.cc],
        [*envelope.rcpt_to, *message.delivered_to],
    ):
        delivery = first_desk(policy, addresses)
        if delivery:
            return delivery.desk
    named = (d for d in policy.desks if d.key == context.default_desk)
    return next(named, policy.desks[0])


def find_ticket(context: Context, writer: Identity) -> Hint | None:
    """The hint to follow: the strongest that this writer may use, else a genuine one to hold on.

    A forged Message-ID says no more than a subject key, so it neither proves nor holds anything.
    """
    usable = next((h for h in context.hints if _may_use(h, context, writer)), None)
    if usable:
        return usable
    return next((h for h in context.hints if h.sent_to), None)


def confirmed(references: Refs, writer: Identity, context: Context) -> Release | None:
    """The held message that an agent owns up to by answering our question about it."""
    for _, signed in references.signed:
        is_ours = any(is_signed_for(signed, a, context.secret) for a in writer.addresses)
        if writer.agent and is_ours and signed.scope is Scope.CONFIRM and signed.ref.isdigit():
            return Release(inbox_id=int(signed.ref), agent=writer.agent)
    return None


def may_comment(ticket: Ticket, context: Context, writer: Identity) -> bool:
    """Whether the writer belongs to the ticket: on it, a proved agent, or a sharing colleague."""
    if writer.agent:
        return True
    if writer.sender is None:
        return False
    address = writer.sender.email
    if any(p.email == address for p in ticket.participants):
        return True
    organisation = organisation_of(context.policy, address)
    return bool(
        organisation
        and organisation.share
        and organisation.name == ticket.organisation
        and address in organisation.people
    )


def _may_use(hint: Hint, context: Context, writer: Identity) -> bool:
    signed = hint.signed
    if signed and any(is_signed_for(signed, a, context.secret) for a in writer.addresses):
        return True
    return may_comment(context.ticket(hint.ticket_id), context, writer)


def _held_for_another(case: Case, hint: Hint) -> Decision:
    ticket = case.context.ticket(hint.ticket_id)
    lines = (
        f"{case.message.shown_from} answered a mail about {ticket.key} that somebody else got.",
        "Nothing was added to the ticket; the mail waits as held in the inbox.",
    )
    policy = case.context.policy
    desk = next((d for d in policy.desks if d.key == ticket.desk), case.desk)
    told = notices.warned(policy, desk, ticket.owner, f"{ticket.key}: {REPLY_BY_ANOTHER}", lines)
    return Decision(
        state=InboxState.HELD,
        reason=REPLY_BY_ANOTHER,
        notices=() if case.quiet else told,
    )


def _comment(case: Case, hint: Hint, now: datetime) -> Decision:
    ticket = case.context.ticket(hint.ticket_id)
    desk = next((d for d in case.context.policy.desks if d.key == ticket.desk), case.desk)
    comment = _words(case, _visibility(case.writer, hint), now)
    role = Role.AGENT if case.writer.agent else Role.PARTICIPANT
    author = Participant(email=comment.author.email, name=comment.author.name, role=role)
    joining = _joining(ticket.participants, (author, *_addressed(case)))
    fact = Fact(
        kind="comment added",
        actor=comment.author.email,
        detail=(("by", hint.kind.value), ("proof", case.writer.proof or "participant")),
    )
    told = _mailing(case, desk).commented(
        comment.visibility, ticket.owner, (*ticket.participants, *joining)
    )
    return Decision(
        state=InboxState.DONE,
        ticket_id=ticket.id,
        comment=comment,
        new_participants=joining,
        facts=(fact, *_joined(joining)),
        notices=() if case.quiet else told,
    )


def _open(case: Case, now: datetime) -> Decision:
    policy = case.context.policy
    limit = policy.tickets_per_sender
    is_free = case.quiet or case.is_let_in
    if limit and case.context.tickets_last_hour >= limit and not is_free:
        return _too_many(case, now)
    requester = _author(case)
    organisation = organisation_of(policy, requester.email)
    first = Participant(email=requester.email, name=requester.name, role=Role.REQUESTER)
    people = (first, *_joining((first,), _addressed(case)))
    stranger_named = next(iter(case.context.hints), None)
    related = case.context.ticket(stranger_named.ticket_id).key if stranger_named else None
    ticket = NewTicket(
        desk=case.desk.key,
        subject=thread.ticket_subject(case.message.subject, policy),
        language=notices.language_of(policy, case.desk, requester.email),
        requester=requester,
        organisation=organisation.name if organisation else None,
        participants=people,
        related_to=related,
        created_at=now,
    )
    fact = Fact(kind="ticket opened", actor=requester.email, detail=_opening(case, related))
    return Decision(
        state=InboxState.DONE,
        new_ticket=ticket,
        comment=_words(case, Visibility.PUBLIC, now),
        facts=(fact, *_joined(people)),
        notices=_first_mails(case, requester),
    )


def _first_mails(case: Case, requester: Mailbox) -> tuple[Notice, ...]:
    if case.quiet:
        return ()
    policy = case.context.policy
    told = _mailing(case, case.desk).opened()
    if not _is_to_be_answered(case):
        return told
    return (notices.received(policy, case.desk, requester), *told)


def _mailing(case: Case, desk: Desk) -> Mailing:
    return Mailing(policy=case.context.policy, desk=desk, message=case.message, writer=case.writer)


def _is_to_be_answered(case: Case) -> bool:
    """RFC 3834 §2: only a person's own mail is answered, and within the allowance."""
    message = case.message
    return (
        message.sender is not None
        and message.machine is Machine.PERSON
        and message.may_be_answered
        and not is_ours(case.context.policy, message.sender.email)
        and is_within_allowance(case.context)
    )


def _too_many(case: Case, now: datetime) -> Decision:
    who = case.message.shown_from
    lines = (
        f"{who} has opened {case.context.tickets_last_hour} tickets within an hour.",
        "Further mail from this address that would open a ticket is held.",
    )
    title = f"too many new tickets from {who}"
    told = notices.alerts(
        case.context.policy, title, lines, once=f"tickets-per-sender:{who}:{now:%Y-%m-%dT%H}"
    )
    return Decision(
        state=InboxState.HELD,
        reason="too many new tickets from this sender",
        notices=told,
    )


def _words(case: Case, visibility: Visibility, now: datetime) -> NewComment:
    author = _author(case)
    agent = case.writer.agent
    return NewComment(
        author=Mailbox(email=author.email, name=agent.name) if agent else author,
        by_agent=agent.id if agent else None,
        visibility=visibility,
        at=now,
    )


def _author(case: Case) -> Mailbox:
    return case.writer.sender or Mailbox(email=case.message.shown_from.lower())


def _visibility(writer: Identity, hint: Hint) -> Visibility:
    """An agent's answer to an internal mail is a note; all else is a word to the customer."""
    is_internal = hint.signed is not None and hint.signed.scope is Scope.INTERNAL
    return Visibility.INTERNAL if writer.agent and is_internal else Visibility.PUBLIC


def _addressed(case: Case) -> tuple[Participant, ...]:
    """Whom a person's mail brings along by To and Cc; machines and lists bring nobody."""
    if case.writer.sender is None or case.message.machine is not Machine.PERSON:
        return ()
    policy = case.context.policy
    return tuple(
        Participant(email=m.email, name=m.name, role=Role.PARTICIPANT)
        for m in (*case.message.to, *case.message.cc)
        if _is_a_person(m.email) and not agent_at(policy, m.email) and not is_ours(policy, m.email)
    )


def _joining(
    present: tuple[Participant, ...], found: tuple[Participant, ...]
) -> tuple[Participant, ...]:
    """Those of `found` who are not on the ticket yet, each once."""
    known = {p.email for p in present}
    fresh = {p.email: p for p in reversed(found) if p.email not in known}
    return tuple(reversed(fresh.values()))


_NO_PERSON = ("no-reply", "noreply", "donotreply", "do-not-reply", "mailer-daemon", "postmaster")


def _is_a_person(address: str) -> bool:
    local = address.partition("@")[0]
    return bool(local) and not local.startswith(_NO_PERSON)


def _joined(people: tuple[Participant, ...]) -> tuple[Fact, ...]:
    return tuple(
        Fact(kind="participant added", actor=p.email, detail=(("role", p.role.value),))
        for p in people
        if p.role is not Role.REQUESTER
    )


def _opening(case: Case, related: str | None) -> tuple[tuple[str, str], ...]:
    named = (("named", related),) if related else ()
    proof = (("proof", case.writer.proof),) if case.writer.proof else ()
    withheld = () if _is_to_be_answered(case) else (("acknowledgement", "withheld"),)
    return (*named, *proof, *withheld)

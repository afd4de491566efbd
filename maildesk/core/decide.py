"""What one message means: the heart of the desk, and a pure function.

In: a parsed message, its envelope, the gathered context. Out: a decision: a new ticket, a comment,
or a reason for neither. The order: screen, find the ticket, read an agent's commands, then
open or comment.
*Fails:* never; everything that can be decided is an outcome.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from maildesk.core import notices, thread
from maildesk.core.admission import find_ticket, held_for_another, may_use
from maildesk.core.approval import hiding_codes, hint_by_code, reports_of_codes
from maildesk.core.case import Case
from maildesk.core.coded import named_by_code
from maildesk.core.confirmation import answered
from maildesk.core.copies import once_each
from maildesk.core.filling import filled_in
from maildesk.core.forward import forwarded_in
from maildesk.core.hint import Hint
from maildesk.core.model import (
    Context,
    Decision,
    Desk,
    Envelope,
    InboundMessage,
    InboxState,
    Mailbox,
    Visibility,
)
from maildesk.core.muting import listening
from maildesk.core.newcomers import welcomed
from maildesk.core.news import announced
from maildesk.core.opening import open_ticket
from maildesk.core.orders.merging import told_of_merge
from maildesk.core.orders.obey import given, obey
from maildesk.core.orders.undo import told_of_undo
from maildesk.core.phrase import phrase
from maildesk.core.recipients import desks_at, is_known_sender
from maildesk.core.reopening import follow
from maildesk.core.screen import screen
from maildesk.core.signature import NO_TICKET, Scope, is_signed_for
from maildesk.core.spent import spent_ids
from maildesk.core.stale import held_back
from maildesk.core.trust import identify
from maildesk.core.undecided import still_undecided
from maildesk.core.undeliverable import reached
from maildesk.core.unmarked import recognised


def decide(
    message: InboundMessage, envelope: Envelope, context: Context, now: datetime
) -> Decision:
    """What becomes of the message, and of the proofs that it gives away."""
    references = thread.refs(message, envelope, context.policy)
    case = Case(
        message=message,
        refs=references,
        writer=identify(message, envelope, references, context, now),
        desk=desk_of(message, envelope, context),
        context=context,
        quiet=envelope.quiet,
        is_let_in=envelope.is_let_in,
        is_late=envelope.is_late,
        over_size=envelope.over_size,
        source=envelope.source,
        asked=Visibility.INTERNAL if envelope.is_kept else None,
    )
    case = recognised(case)
    decision = _judged(case, now)
    told = (*decision.notices, *reports_of_codes(case, decision, now))
    return replace(decision, notices=told, spent=spent_ids(case))


def _judged(case: Case, now: datetime) -> Decision:
    """What becomes of the message on the table."""
    settled = screen(case)
    if settled:
        return settled
    about_held = answered(case)
    if about_held:
        return about_held
    context, writer = case.context, case.writer
    hint = named_by_code(case.message, context, writer.addresses, now)
    hint = hint or find_ticket(context, writer)
    is_usable = hint is not None and may_use(hint, context, writer)
    let_in = None if is_usable or writer.is_disowned else hint_by_code(case, now)
    if hint and not (let_in or is_usable or case.is_let_in):
        return held_for_another(case, hint)
    decision = announced(case, filled_in(case, _ordered(case, let_in or hint, now)))
    decision = held_back(case, let_in or hint, decision, now)
    decision = told_of_undo(case, told_of_merge(case, welcomed(case, decision)))
    decision = still_undecided(case, decision, now)
    return once_each(case, hiding_codes(case, decision))


def _ordered(case: Case, hint: Hint | None, now: datetime) -> Decision:
    """The commands of the message, if it has any, and what is left of it on its way."""
    reading = given(case)
    if reading is None:
        return _settled(case, hint, now)
    ticket = case.context.ticket(hint.ticket_id) if hint else None
    return obey(case, reading, ticket, lambda left: _settled(left, hint, now), now)


def _settled(case: Case, hint: Hint | None, now: datetime) -> Decision:
    """The message's usual way: passed on by an agent, a comment, or a ticket of its own."""
    passed_on = forwarded_in(case, hint, now)
    if passed_on:
        return passed_on
    if hint:
        return listening(case, reached(follow(case, hint, now), case.context))
    if _answers(case, Scope.ALERT):
        return Decision(state=InboxState.IGNORED, reason="answer to an alert")
    if case.writer.agent and _answers(case, Scope.INTERNAL, NO_TICKET):
        return _answer_to_a_list(case)
    return open_ticket(case, now)


def desk_of(message: InboundMessage, envelope: Envelope, context: Context) -> Desk:
    """The desk of a message: To before Cc before the envelope, then configuration order.

    A stranger's mail to several desks is not that of one which turns strangers away, if another
    takes them: the door has judged it for each of its recipients.
    """
    policy = context.policy
    addressed = (
        [m.email for m in message.to],
        [m.email for m in message.cc],
        [*envelope.rcpt_to, *message.delivered_to],
    )
    desks = (desk for addresses in addressed for desk in desks_at(policy, addresses))
    first = next(desks, None)
    if first is None:
        named = (d for d in policy.desks if d.key == context.default_desk)
        return next(named, policy.desks[0])
    if first.unknown_senders != "reject" or is_known_sender(policy, message.shown_from):
        return first
    return next((d for d in desks if d.unknown_senders != "reject"), first)


def _answers(case: Case, scope: Scope, ref: str = "") -> bool:
    """Whether somebody answers a mail of that scope that we sent to that very person."""
    return any(
        form.scope is scope
        and ref in ("", form.ref)
        and is_signed_for(form, address, case.context.secret)
        for value, form in case.refs.signed
        if value in case.message.in_reply_to
        for address in case.writer.addresses
    )


def _answer_to_a_list(case: Case) -> Decision:
    """An agent's words below a list belong to none of its tickets, and the agent hears so."""
    title = phrase("asking.answered")
    to = Mailbox(email=case.author.email, name=case.writer.agent.name if case.writer.agent else "")
    lines = (phrase("asking.whose"),)
    told = notices.command_failed(case.desk, to, title, lines, ())
    return Decision(
        state=InboxState.IGNORED,
        reason="answer to a list",
        notices=(told,) if case.is_to_be_answered() else (),
    )

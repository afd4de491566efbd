"""What the command lines of one mail make of it and its ticket: all of them, or none.

In: a message on the table, its commands, the ticket that it follows, if any. Out: the decision.

    commands       the words below them       the writer gets
    all sound      go their usual way         `command.done`, a line for each
    none below     there is no comment        `command.done`
    one at fault   an agent's are kept as a   `command.failed`: the line, why, the nearest form
                   note, a customer's stay
                   a comment

With `#spam` nothing goes out. With `#public` the words below go to the customer whatever the mail
answers, with `#public anyway` also what a note says (docs/decisions/0017-words-for-agents-alone).
Only a proved agent's own mail orders what agents may, and in a forward what stands above the
forwarded mail; where that one cannot be found, all commands are at fault. A customer may order what
the customers' column of `forms` names.
*Fails:* never; a command that cannot be done is an outcome.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from maildesk.core.case import Case
from maildesk.core.model import (
    Change,
    Decision,
    Event,
    Fact,
    InboxState,
    Machine,
    Notice,
    Role,
    Ticket,
    Visibility,
    Words,
)
from maildesk.core.orders import reading as lines_of
from maildesk.core.orders.answer import answer
from maildesk.core.orders.audience import spread
from maildesk.core.orders.beginning import named_author, nowhere, provisional
from maildesk.core.orders.dividing import divided
from maildesk.core.orders.forms import FORMS
from maildesk.core.orders.forwarding import answering, unsaid
from maildesk.core.orders.inside import (
    held_inside,
    is_kept_inside,
    told_at_once,
    words_inside,
)
from maildesk.core.orders.judging import (
    Judged,
    Order,
    Usual,
    done_of,
    is_unread_forward,
    judge_all,
    transcript_of,
    without_ticket,
)
from maildesk.core.orders.meaning import is_meant, may_begin_prose
from maildesk.core.orders.merging import heard_there
from maildesk.core.orders.reading import Command, Reading
from maildesk.core.orders.situation import Done, Fault
from maildesk.core.orders.undo import ESTIMATE_STAYS, changes, keepsake, offered
from maildesk.core.people import joined
from maildesk.core.phrase import phrase
from maildesk.core.rights import names_for

_PLAIN_WORD = 20  # letters


def given(case: Case) -> Reading | None:
    """The commands of a person's mail; None when it orders nothing."""
    # An archive tells what was ordered long ago, and a form or a list orders nothing.
    if case.message.machine is not Machine.PERSON or case.quiet or case.message.handed_on_by:
        return None
    if case.asked is Visibility.INTERNAL:
        return None  # its writer has it kept as a note, and was told that nothing of it is done
    if case.writer.agent is None and is_unread_forward(case):
        return None  # its first lines may be anybody's; an agent is told so
    names = None if case.writer.agent else names_for(case.policy, case.writer)
    reading = lines_of.read(case.message.text, names)
    is_ordered = case.writer.agent or all(map(is_meant, reading.commands))
    return reading if reading.commands and is_ordered else None


def obey(
    case: Case, reading: Reading, ticket: Ticket | None, usual: Usual, now: datetime
) -> Decision:
    """The commands done, and what is left of the mail on its `usual` way; or why not."""
    order = Order(case=case, reading=reading, usual=usual, now=now)
    if _asks_only(order, ticket):
        return _answered(order, ticket)
    return _on_a_ticket(order, ticket) if ticket else _on_a_new_ticket(order)


def _asks_only(order: Order, ticket: Ticket | None) -> bool:
    """Whether the mail is a question and no more.

    Below a question that opens a conversation an agent has at most a signature; a customer's words
    are never taken for one.
    """
    if is_unread_forward(order.case) or not all(map(_is_question, order.reading.commands)):
        return False
    return not order.has_more or (ticket is None and order.is_staffs)


def _is_question(command: Command) -> bool:
    return command.name in FORMS and FORMS[command.name].is_question


def _answered(order: Order, ticket: Ticket | None) -> Decision:
    """One answer, and nothing is recorded: a question opens no ticket and changes none."""
    case = order.case
    judged = judge_all(order, ticket or nowhere(case, order.now))
    faults = tuple((c, o) for c, o in judged if isinstance(o, Fault))
    asked = done_of(judged)
    about = ticket if faults else _shown(case, asked)
    event = Event.COMMAND_FAILED if faults else Event.COMMAND_DONE
    told = answer(case, about, event, transcript_of(faults), asked)
    if order.has_more and not faults:
        told = replace(told, lines=(*told.lines, phrase("asking.left-out")))
    is_free = order.is_staffs and not faults
    return Decision(
        state=InboxState.DONE,
        reason="question",
        about=about.id if about else None,
        notices=(told,) if is_free or case.is_to_be_answered() else (),
    )


def _shown(case: Case, asked: tuple[Done, ...]) -> Ticket | None:
    """The one ticket that the answer is about."""
    ids = [q.ticket_id for d in asked for q in d.questions]
    is_alone = len(asked) == 1
    return next((t for t in case.context.tickets if is_alone and t.id in ids), None)


def _on_a_ticket(order: Order, ticket: Ticket) -> Decision:
    judged = judge_all(order, ticket)
    if any(isinstance(outcome, Fault) for _, outcome in judged):
        return _refused(order, judged, ticket)
    done = done_of(judged)
    after, words = done[-1].ticket, _words_below(order, done)
    case = order.case
    if any(d.is_quiet for d in done):
        decided = _kept(order.usual(case), case, case.message.text)
    elif words.strip() or case.message.attachments:
        left = _left(order, after, words, done)
        is_ended = ticket.is_open and not after.is_open
        left = replace(left, is_ended=is_ended or any(d.reopens_nothing for d in done))
        usual = order.usual(left)
        if is_kept_inside(usual):
            return held_inside(order, usual)
        heard = unsaid(left, usual, judged, _markdown(done))
        if not isinstance(heard, Decision):
            return _refused(order, heard, ticket)
        usual = heard
        decided = _with_words(usual, case, words, _markdown(done))
        new = next((d.split for d in done if d.split), None)
        decided = divided(left, decided, ticket, new) if new else decided
        decided = heard_there(left, decided, after, done)
        decided = spread(left, decided, ticket, tuple(t for d in done for t in d.spread))
    else:
        decided = Decision(state=InboxState.DONE, reason="commands", ticket_id=ticket.id)
    return _carried_out(order, decided, judged, after)


def _on_a_new_ticket(order: Order) -> Decision:
    """Commands at the head of a first mail; alone they open a ticket only for somebody else."""
    if not order.is_staffs and any(map(may_begin_prose, order.reading.commands)):
        return order.usual(order.case)
    names = {command.name for command in order.reading.commands}
    case = named_author(order.case, order.reading)
    if not order.has_more and "requester" not in names:
        lost = (c for c in order.reading.commands if not _is_question(c))
        homeless = tuple((c, without_ticket(order, c)) for c in lost)
        return _refused(order, homeless, None)
    rest = replace(case, message=replace(case.message, text=order.reading.rest))
    opened = order.usual(rest)
    if opened.new_ticket is None:
        # What is passed on may have its place on a ticket that nothing else names.
        has_place = opened.ticket_id is not None and opened.state is InboxState.DONE
        place = case.context.ticket(opened.ticket_id or 0) if has_place else None
        return _on_a_ticket(replace(order, case=case), place) if place else opened
    ticket = provisional(opened.new_ticket, case.policy.workflow.opening().name)
    judged = judge_all(order, ticket)
    if any(isinstance(outcome, Fault) for _, outcome in judged):
        return _refused(order, judged, None)
    done = done_of(judged)
    left = _left(replace(order, case=case), ticket, _words_below(order, done), done)
    heard = unsaid(left, order.usual(left), judged, _markdown(done))
    if not isinstance(heard, Decision):
        return _refused(order, heard, None)
    opened = _with_words(heard, case, left.message.text, _markdown(done))
    after = done[-1].ticket
    if after.requester != ticket.requester:
        mine = case.writer.addresses
        news = tuple(n for n in opened.notices if n.to.email not in mine)
        opened = replace(opened, notices=news)
    return _carried_out(order, opened, judged, after)


def _carried_out(order: Order, decided: Decision, judged: Judged, after: Ticket) -> Decision:
    """The decision about the words, and beside it what the commands change and who is told."""
    done, case = done_of(judged), order.case
    is_quiet = any(d.is_quiet for d in done)
    # What the words do comes after the commands, and knows of them.
    last = decided.change.ticket if decided.change else after
    change = Change(
        ticket=last,
        effects=tuple(e for d in done for e in d.effects),
        by=case.author.email,
        is_quiet=is_quiet,
        kept=keepsake(case, done, order.reading.commands),
    )
    ordered = () if is_quiet else tuple(n for d in done for n in d.notices)
    asked = done if order.is_staffs or case.is_to_be_answered() else ()
    receipt = answer(case, after, Event.COMMAND_DONE, transcript_of(judged), asked)
    said = words_inside(order, decided, done)
    receipt = replace(receipt, lines=(*receipt.lines, *said))
    undo = offered(case, after, change.kept, order.now) if any(map(changes, done)) else ()
    stays = (phrase(ESTIMATE_STAYS),) if _asks_estimate(change) else ()
    receipt = replace(receipt, actions=(*receipt.actions, *undo), lines=(*receipt.lines, *stays))
    return replace(
        decided,
        change=change,
        facts=(*(f for d in done for f in d.facts), *decided.facts),
        notices=(*ordered, *told_at_once(receipt, decided.notices)),
        asides=(*decided.asides, *(a for d in done for a in d.asides)),
    )


def _asks_estimate(change: Change) -> bool:
    """Whether the answer says how its mail is taken back, in the place of a link that would."""
    return change.kept is not None and change.kept.obstacle == ESTIMATE_STAYS


def _refused(order: Order, judged: Judged, ticket: Ticket | None) -> Decision:
    """Nothing is done; the words are kept, an agent's for agents, and the writer learns why."""
    case = order.case
    faults = tuple((c, o) for c, o in judged if isinstance(o, Fault))
    # Anybody can write an address into From: a stranger's words are not sent there.
    shown = faults if ticket or order.is_staffs else tuple((_bare(c), f) for c, f in faults)
    failed = answer(case, ticket, Event.COMMAND_FAILED, transcript_of(shown))
    if ticket and order.has_more and not order.is_staffs:
        failed = replace(failed, title=phrase("orders.rest-arrived"))
    is_answered = case.is_within_allowance() and (order.is_staffs or case.is_to_be_answered())
    told = (
        *((failed,) if is_answered else ()),
        *(n for _, fault in faults for n in fault.notices),
    )
    if ticket is None and not order.has_more:
        return Decision(state=InboxState.DONE, reason="command failed", notices=told)
    fact = Fact(
        kind="commands refused",
        actor=case.author.email,
        detail=tuple((c.name, f.why.code) for c, f in faults),
    )
    if ticket and not order.has_more:
        return Decision(
            state=InboxState.DONE,
            reason="command failed",
            ticket_id=ticket.id,
            facts=(fact,),
            notices=told,
        )
    if not order.is_staffs:
        return _customers_words(order, fact, told)
    return _staffs_words(order, fact, told)


def _staffs_words(order: Order, fact: Fact, told: tuple[Notice, ...]) -> Decision:
    """An agent's mail with refused commands is a note, and brings no customer to the ticket."""
    case = order.case
    kept = _kept(order.usual(case), case, case.message.text)
    staff = tuple(p for p in kept.new_participants if p.role is Role.AGENT)
    brought = tuple(p for p in kept.new_participants if p.role is not Role.AGENT)
    facts = tuple(f for f in kept.facts if f not in joined(brought, case.author.email))
    return replace(
        kept,
        facts=(*facts, fact),
        notices=(*told, *_others(kept.notices, case)),
        new_participants=staff,
    )


def _customers_words(order: Order, fact: Fact, told: tuple[Notice, ...]) -> Decision:
    """What a customer writes below refused commands is a comment; a code is nothing to show."""
    case = order.case
    rest = replace(case, message=replace(case.message, text=order.reading.rest))
    usual = _with_words(order.usual(rest), case, order.reading.rest)
    return replace(usual, facts=(*usual.facts, fact), notices=(*told, *usual.notices))


def _bare(command: Command) -> Command:
    """The command without a stranger's words; one plain word can do no harm."""
    if command.words.isalnum() and len(command.words) <= _PLAIN_WORD:
        return command
    return replace(command, words="", line=f"#{command.name}")


def _others(told: tuple[Notice, ...], case: Case) -> tuple[Notice, ...]:
    return tuple(n for n in told if n.to.email not in case.writer.addresses)


def _left(order: Order, after: Ticket, words: str, done: tuple[Done, ...]) -> Case:
    """The case as it is for the words below the commands: the ticket has changed by then."""
    case = order.case
    asked = [d.visibility for d in done if d.visibility]
    tickets = tuple(after if t.id == after.id else t for t in case.context.tickets)
    return replace(
        case,
        message=replace(
            case.message, text=words, forwarded=answering(case.message.forwarded, done)
        ),
        context=replace(case.context, tickets=tickets),
        asked=asked[-1] if asked else case.asked,
        is_leaving=any(c.name == "mute" for c in order.reading.commands),
        is_sent_anyway=any(d.is_anyway for d in done),
    )


def _words_below(order: Order, done: tuple[Done, ...]) -> str:
    """What is to be read: the words that commands hold for the customer, then the text."""
    after = (d.words_after for d in done)
    below = next((d.words_below for d in done if d.words_below is not None), order.reading.rest)
    parts = (*(d.words for d in done), below, *after)
    return "\n\n".join(part for part in parts if part.strip())


def _markdown(done: tuple[Done, ...]) -> str:
    """What of the words is in Markdown: the end of them, where a command brings such a text."""
    return next((d.markdown for d in reversed(done) if d.markdown), "")


def _with_words(decision: Decision, case: Case, text: str, markdown: str = "") -> Decision:
    """The comment without the command lines; words that are not the writer's stay as they are."""
    if decision.comment is None or decision.comment.words:
        return decision
    words = replace(_words(case, text), markdown=markdown)
    return replace(decision, comment=replace(decision.comment, words=words))


def _kept(decision: Decision, case: Case, text: str) -> Decision:
    """The mail as a note: on a ticket that is there nobody is written to because of it."""
    if decision.comment is None or decision.comment.words:
        return replace(decision, notices=())
    comment = replace(decision.comment, visibility=Visibility.INTERNAL, words=_words(case, text))
    told = decision.notices if decision.new_ticket else ()
    return replace(decision, comment=comment, notices=told)


def _words(case: Case, text: str) -> Words:
    message = case.message
    return Words(
        text=text,
        full_text=message.full_text,
        html=message.html,
        message_id=message.message_id,
        attachments=message.attachments,
    )

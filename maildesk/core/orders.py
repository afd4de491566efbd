"""What an agent's command lines make of a mail and its ticket: all of them, or none.

In: a message on the table, its commands, the ticket that it follows, if any. Out: the decision.

    commands       the words below them       the agent gets
    all sound      go their usual way         `command.done`, a line for each
    none below     the mail is kept as note   `command.done`
    one at fault   the mail is kept as note   `command.failed`: the line, why, the nearest form

With `#spam` nothing goes out. With `#public` the words below go to the customer whatever the mail
answers, with `#public anyway` also what a note says (docs/decisions/0017-words-for-agents-alone).
Only a proved agent's own mail can order anything, and in a forward what stands above the forwarded
mail; where that one cannot be found, all commands are at fault.
*Fails:* never; a command that cannot be done is an outcome.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from maildesk.core import commands, notices
from maildesk.core.case import Case
from maildesk.core.commands import ANYWAY, PUBLIC, REQUESTER, SPAM, Command, Reading
from maildesk.core.model import (
    Change,
    Context,
    Decision,
    Fact,
    Forwarded,
    InboxState,
    Machine,
    Mailbox,
    Notice,
    Participant,
    Role,
    Ticket,
    Visibility,
    Words,
)
from maildesk.core.recipients import is_ours, organisation_of
from maildesk.core.trust import agent_at

_CLOSED = "Closed"
_LONGEST_LINE = 200  # characters of a command line in an answer
_UNREAD = (
    "it stands in a forward in which nothing tells your words from the forwarded ones;"
    " answer this mail with the line instead"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one command does, or in `fault` why it cannot be done."""

    change: Change = field(default_factory=Change)
    facts: tuple[Fact, ...] = ()
    said: str = ""
    fault: str = ""
    form: str = ""
    notices: tuple[Notice, ...] = ()


def given(case: Case) -> Reading | None:
    """The commands of an agent's mail; None when it orders nothing."""
    is_persons = case.writer.agent is not None and case.message.machine is Machine.PERSON
    if not is_persons or case.quiet:  # an archive tells what was ordered long ago
        return None
    reading = commands.read(case.message.text)
    return reading if reading.commands else None


def obey(
    case: Case,
    reading: Reading,
    ticket: Ticket | None,
    usual: Callable[[Case], Decision],
) -> Decision:
    """The commands done, and what is left of the mail on its `usual` way; or why not."""
    outcomes = [_judge(case, command, ticket) for command in reading.commands]
    if _is_unread_forward(case):
        outcomes = [Outcome(fault=_UNREAD, form=commands.FORMS[REQUESTER]) for _ in outcomes]
    faults = [pair for pair in zip(reading.commands, outcomes, strict=True) if pair[1].fault]
    if faults:
        return _refused(case, reading, ticket, usual, faults)
    if ticket is None:
        return _on_a_new_ticket(case, reading, usual)
    return _on_a_ticket(case, reading, ticket, usual, outcomes)


def _is_unread_forward(case: Case) -> bool:
    """Whether the first lines may be those of the forwarded mail, by whomever."""
    passed_on = case.message.forwarded
    return passed_on is not None and not passed_on.is_found


def _judge(case: Case, command: Command, ticket: Ticket | None) -> Outcome:
    if command.name not in commands.FORMS:
        known = command.name in commands.NAMES
        why = "is not available yet" if known else "is no command"
        return Outcome(fault=f"#{command.name} {why}", form=commands.nearest_form(command.name))
    form = commands.FORMS[command.name]
    outcome = _DOERS[command.name](case, command, ticket)
    return replace(outcome, form=form) if outcome.fault else outcome


def _set_requester(case: Case, command: Command, ticket: Ticket | None) -> Outcome:
    address = commands.address_in(command.words)
    if not address:
        return Outcome(fault="there must be exactly one address")
    if is_ours(case.policy, address):
        return Outcome(fault=f"{address} is an address of this desk")
    if ticket is None:
        return Outcome(said=f"{address} is the requester.")
    if ticket.requester.email == address:
        return Outcome(said=f"{address} was the requester of {ticket.key} already.")
    return _change_requester(case, ticket, address)


def _change_requester(case: Case, ticket: Ticket, address: str) -> Outcome:
    policy, desk, former = case.policy, case.desk_of(ticket), ticket.requester
    known = next((p.name for p in ticket.participants if p.email == address), "")
    requester = Mailbox(email=address, name=known)
    organisation = organisation_of(policy, address)
    is_staff = agent_at(policy, former.email) is not None
    is_me = address in case.writer.addresses
    role = Role.AGENT if is_staff else Role.PARTICIPANT
    stays = "" if is_staff else f" {former.email} stays on it as a participant."
    return Outcome(
        change=Change(
            requester=requester,
            organisation=organisation.name if organisation else None,
            language=notices.language_of(policy, desk, address),
            people=(
                Participant(email=address, name=known, role=Role.REQUESTER),
                Participant(email=former.email, name=former.name, role=role),
            ),
        ),
        facts=(
            Fact(
                kind="requester changed",
                actor=case.author.email,
                detail=(("from", former.email), ("to", address)),
            ),
        ),
        said=f"{address} is the requester of {ticket.key} now.{stays}",
        notices=() if is_me else (notices.received(policy, desk, requester),),
    )


def _mark_spam(case: Case, command: Command, ticket: Ticket | None) -> Outcome:
    if ticket is None:
        return Outcome(fault="it belongs into an answer about a ticket")
    address = ticket.requester.email
    if agent_at(case.policy, address) or is_ours(case.policy, address):
        return Outcome(fault=f"{address}, the requester of {ticket.key}, is one of us")
    return Outcome(
        change=Change(closed_as=_CLOSED, blocked=address, by=case.author.email),
        facts=(
            Fact(kind="marked as spam", actor=case.author.email, detail=(("blocked", address),)),
            Fact(
                kind="status changed",
                actor=case.author.email,
                detail=(("from", ticket.status), ("to", _CLOSED)),
            ),
        ),
        said=f"{ticket.key} is closed as spam, and mail from {address} is ignored from now on.",
    )


def _send_on(case: Case, command: Command, ticket: Ticket | None) -> Outcome:
    if ticket is None:
        return Outcome(fault="it belongs into an answer about a ticket")
    if command.words.casefold() not in ("", ANYWAY):
        return Outcome(fault="the words for the customer stand below it, on lines of their own")
    if not (commands.read(case.message.text).rest.strip() or case.message.attachments):
        return Outcome(fault="nothing stands below it")
    return Outcome(said="what stands below it is for the customer.")


_DOERS: dict[str, Callable[[Case, Command, Ticket | None], Outcome]] = {
    REQUESTER: _set_requester,
    SPAM: _mark_spam,
    PUBLIC: _send_on,
}


def _on_a_ticket(
    case: Case,
    reading: Reading,
    ticket: Ticket,
    usual: Callable[[Case], Decision],
    outcomes: list[Outcome],
) -> Decision:
    change = _merged(outcomes)
    is_quiet = change.blocked is not None
    if _is_to_go_on(case, reading) and not is_quiet:
        done = _with_words(usual(_left(case, reading, ticket, change)), case, reading)
    else:
        done = _kept(case, usual(case), text=case.message.text)
    ordered = () if is_quiet else tuple(n for o in outcomes for n in o.notices)
    lines = tuple(f"{_shown(c)}: {o.said}" for c, o in zip(reading.commands, outcomes, strict=True))
    receipt = notices.command_done(case.desk_of(ticket), _me(case), lines)
    told = (*ordered, *done.notices, receipt)
    return replace(
        done,
        change=change,
        facts=(*(f for o in outcomes for f in o.facts), *done.facts),
        notices=told,
    )


def _is_to_go_on(case: Case, reading: Reading) -> bool:
    """Whether there is anything for others below the commands; files alone need `#public`."""
    is_public = any(command.name == PUBLIC for command in reading.commands)
    return bool(reading.rest.strip() or (is_public and case.message.attachments))


def _on_a_new_ticket(case: Case, reading: Reading, usual: Callable[[Case], Decision]) -> Decision:
    """`#requester` at the head of a first mail: a ticket opened in somebody's name."""
    address = next(commands.address_in(c.words) for c in reading.commands)
    requester, passed_on = Mailbox(email=address), case.message.forwarded
    if passed_on and passed_on.full_text:
        left = _for_author(case, reading, passed_on, requester)
        return _transcribed(usual(left), case, address)
    plain = replace(case, message=replace(case.message, forwarded=None))
    opened = _with_words(usual(plain), case, reading)
    if opened.new_ticket is None:
        return opened
    policy, desk = case.policy, case.desk
    me = Participant(email=case.author.email, name=_me(case).name, role=Role.AGENT)
    others = tuple(p for p in opened.new_ticket.participants if p.email not in (me.email, address))
    organisation = organisation_of(policy, address)
    ticket = replace(
        opened.new_ticket,
        requester=requester,
        organisation=organisation.name if organisation else None,
        language=notices.language_of(policy, desk, address),
        participants=(Participant(email=address, name="", role=Role.REQUESTER), me, *others),
    )
    told = tuple(n for n in opened.notices if n.to.email != me.email)
    receipt = notices.received(policy, desk, requester)
    whole = replace(opened, new_ticket=ticket, notices=(receipt, *told))
    return _transcribed(whole, case, address)


def _for_author(case: Case, reading: Reading, passed: Forwarded, author: Mailbox) -> Case:
    """The forward with its author named by the agent, and the command out of the agent's words."""
    is_same = passed.sender is not None and passed.sender.email == author.email
    named = replace(
        passed,
        sender=passed.sender if is_same else author,
        shown_from=author.email,
        note=commands.read(passed.note).rest,
    )
    return replace(case, message=replace(case.message, forwarded=named, text=reading.rest))


def _transcribed(decision: Decision, case: Case, address: str) -> Decision:
    if decision.new_ticket is None:
        return decision
    line = f"#requester {address}: {address} is the requester."
    receipt = notices.command_done(case.desk, _me(case), (line,))
    return replace(decision, notices=(*decision.notices, receipt))


def _refused(
    case: Case,
    reading: Reading,
    ticket: Ticket | None,
    usual: Callable[[Case], Decision],
    faults: list[tuple[Command, Outcome]],
) -> Decision:
    """Nothing is done; the words are kept for agents, and the writer learns why."""
    lines = tuple(f"{_shown(command)}: {outcome.fault}." for command, outcome in faults)
    forms = tuple(dict.fromkeys(outcome.form for _, outcome in faults if outcome.form))
    desk = case.desk_of(ticket) if ticket else case.desk
    title = "Nothing in your mail was done."
    answer = notices.command_failed(desk, _me(case), title, lines, forms)
    told = (answer,) if case.is_within_allowance() else ()
    has_words = bool(reading.rest.strip() or case.message.attachments)
    if ticket is None and not has_words:
        return Decision(state=InboxState.DONE, reason="command failed", notices=told)
    kept = _kept(case, usual(case), text=case.message.text)
    fact = Fact(
        kind="commands refused",
        actor=case.author.email,
        detail=tuple((c.name, o.fault) for c, o in faults),
    )
    news = kept.notices if ticket is None else ()
    others = tuple(n for n in news if n.to.email != case.author.email)
    return replace(kept, facts=(*kept.facts, fact), notices=(*told, *others))


def _left(case: Case, reading: Reading, ticket: Ticket, change: Change) -> Case:
    """The case as it is for the words below the commands: the ticket has changed by then."""
    public = [command for command in reading.commands if command.name == PUBLIC]
    return replace(
        case,
        message=replace(case.message, text=reading.rest),
        context=_changed(case.context, ticket, change),
        is_for_customer=bool(public),
        is_sent_anyway=any(command.words for command in public),
    )


def _changed(context: Context, ticket: Ticket, change: Change) -> Context:
    if change.requester is None:
        return context
    moved = {p.email for p in change.people}
    others = tuple(p for p in ticket.participants if p.email not in moved)
    now = replace(ticket, requester=change.requester, participants=(*change.people, *others))
    tickets = tuple(now if t.id == ticket.id else t for t in context.tickets)
    return replace(context, tickets=tickets)


def _with_words(decision: Decision, case: Case, reading: Reading) -> Decision:
    """The comment without the command lines; words that are not the agent's stay as they are."""
    if decision.comment is None or decision.comment.words:
        return decision
    return replace(decision, comment=replace(decision.comment, words=_words(case, reading.rest)))


def _kept(case: Case, decision: Decision, *, text: str) -> Decision:
    """The mail as a note: nobody is written to because of it."""
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


def _merged(outcomes: list[Outcome]) -> Change:
    """One change of all: the later command wins, and people whom both move have the later part."""
    whole = Change()
    for change in (outcome.change for outcome in outcomes):
        moved = {p.email for p in change.people}
        people = (*(p for p in whole.people if p.email not in moved), *change.people)
        whole = replace(
            change if change.requester else whole,
            people=people,
            closed_as=change.closed_as or whole.closed_as,
            blocked=change.blocked or whole.blocked,
            by=change.by or whole.by,
        )
    return whole


def _me(case: Case) -> Mailbox:
    agent = case.writer.agent
    return Mailbox(email=case.author.email, name=agent.name if agent else "")


def _shown(command: Command) -> str:
    return command.line[:_LONGEST_LINE]

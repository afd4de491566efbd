"""What each command line of one mail comes to, one after the other.

In: who gives the commands, the ticket as the mail found it. Out: for each line what it does, or why
it cannot be done; what its writer is told of it.
*Fails:* never.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from maildesk.core import rights
from maildesk.core.admission import was_sent_to
from maildesk.core.case import Case
from maildesk.core.coded import held_answer, without_code
from maildesk.core.commenting import note_said_in
from maildesk.core.effects import AskEstimate
from maildesk.core.model import Decision, Ticket, Transcript
from maildesk.core.orders.forms import FORMS, Form, nearest_form
from maildesk.core.orders.reading import Command, Reading, key_named, read
from maildesk.core.orders.situation import Done, Fault, Outcome, Situation
from maildesk.core.orders.table import DOERS
from maildesk.core.phrase import Phrase, phrase

# What lies at the ticket, at its people or at who writes: no other form of the line would do.
_ELSEWHERE = ("approval", "budget", "code", "undo")
_NOT_THE_FORMS = frozenset(
    {
        "asking.no-ticket",
        "orders.agents-only",
        "orders.for-both",
        "orders.is-open",
        "orders.may-not-follow",
        "orders.may-not-follow-by",
        "orders.which-status",
        "orders.no-status",
        "orders.merge-alone",
        "orders.needs-ticket",
        "orders.no-incidents",
        "orders.no-organisations",
        "orders.no-reader",
        "orders.no-ticket",
        "orders.nobody-to-ask",
        "orders.nobody-to-share",
        "orders.not-in-plan",
        "orders.not-the-requester",
        "orders.not-theirs",
        "orders.nothing-below",
        "orders.one-of-us",
        "orders.same-ticket",
        "orders.split-nothing",
        "orders.split-once",
        "orders.words-below",
        "rating.not-done",
        "rating.not-yours",
    }
)
# Only agents ever read the words of these.
_STAYS_INSIDE = ("time",)
# Nothing stands beside them: words there are meant for somebody, and would be lost.
_ALONE = ("take", "done", "reopen", "internal", "share", "private", "mute", "unmute", "escalate")
_LONGEST_LINE = 200  # characters of a command line in an answer
Usual = Callable[[Case], Decision]
Judged = tuple[tuple[Command, Outcome], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One mail's commands: who gives them, and how its words go without them."""

    case: Case
    reading: Reading
    usual: Usual
    now: datetime

    @property
    def is_staffs(self) -> bool:
        """Whether an agent has written them."""
        return self.case.writer.agent is not None

    @property
    def names(self) -> frozenset[str]:
        """The commands that their writer may use."""
        return rights.names_for(self.case.policy, self.case.writer)

    @property
    def has_more(self) -> bool:
        """Whether anything but commands stands in the mail."""
        return bool(self.reading.rest.strip() or self.case.message.attachments)


def judge_all(order: Order, ticket: Ticket) -> Judged:
    """Each command on the ticket as those above it have left it."""
    judged: list[tuple[Command, Outcome]] = []
    for command in order.reading.commands:
        outcome = _judge(order, command, ticket)
        if isinstance(outcome, Done):
            ticket = outcome.ticket
        judged.append((command, _unless_contradicted(outcome, judged)))
    return tuple(judged)


def _unless_contradicted(outcome: Outcome, above: Sequence[tuple[Command, Outcome]]) -> Outcome:
    """One mail is for agents alone, or for the customer, and not both; nor asks it and ends."""
    if isinstance(outcome, Fault):
        return outcome
    asks = any(
        isinstance(e, AskEstimate) for _, o in above if isinstance(o, Done) for e in o.effects
    )
    if asks and not outcome.ticket.is_open:
        return Fault(why=phrase("approval.once"))
    if outcome.visibility is None:
        return outcome
    asked = {o.visibility for _, o in above if isinstance(o, Done) and o.visibility}
    if asked <= {outcome.visibility}:
        return outcome
    return Fault(why=phrase("orders.for-both"))


def _judge(order: Order, command: Command, ticket: Ticket) -> Outcome:
    form = FORMS.get(command.name)
    if is_unread_forward(order.case):
        return Fault(why=phrase("orders.unread-forward"), form=FORMS["requester"].example)
    if form is None or command.name not in order.names:
        near = nearest_form(command.name, command.words[:80], is_staff=order.is_staffs)
        return Fault(why=phrase("orders.no-command", name=command.name), form=near)
    if order.case.writer.is_disowned and not _is_still_heard(order, form):
        return Fault(why=phrase("orders.not-believed"))
    refused = _refused(order, command, ticket) or _says_a_note(order, command, ticket)
    outcome = refused or _outcome(order, command, ticket)
    if isinstance(outcome, Fault) and not outcome.form and _is_the_forms(outcome):
        return replace(outcome, form=form.example_for(is_staff=order.is_staffs))
    return outcome


def _is_the_forms(fault: Fault) -> bool:
    """Whether the same command, written in another way, could be done."""
    group, _, _ = fault.why.code.partition(".")
    return group not in _ELSEWHERE and fault.why.code not in _NOT_THE_FORMS


def _is_still_heard(order: Order, form: Form) -> bool:
    """A question in an answer to our own mail: what it asks for goes to whoever had that mail."""
    case = order.case
    has_held = (was_sent_to(h, case.writer, case.context) for h in case.context.hints)
    return form.is_question and any(has_held)


def _refused(order: Order, command: Command, ticket: Ticket) -> Fault | None:
    """Why this customer may not order it."""
    if order.is_staffs:
        return None
    case = order.case
    why = rights.refusal(case.policy, ticket, case.author.email, command.name)
    return Fault(why=why) if why else None


def _says_a_note(order: Order, command: Command, ticket: Ticket) -> Fault | None:
    """The words of a command are mailed to customers as the text is, and held against the notes."""
    leak = note_said_in(order.case, ticket.id) if order.is_staffs else None
    form = FORMS[command.name]
    if leak is None or form.is_question or command.name in _STAYS_INSIDE:
        return None
    public = [c.words.casefold() for c in order.reading.commands if c.name == "public"]
    if leak.is_quoted or (public and (leak.is_own or "anyway" in public[0].split())):
        return None
    said = (c for c in read(leak.line).commands if c.name == command.name and c.words)
    if not any(command.words.startswith(c.words) for c in said):
        return None
    return Fault(why=phrase("kept.says-a-note"), form="#public anyway")


def _outcome(order: Order, command: Command, ticket: Ticket) -> Outcome:
    case = order.case
    keys = (ticket.key, *case.refs.subject_keys)
    words = without_code(command, keys, case.writer.addresses, case.context, order.now)
    if isinstance(words, Phrase):
        return Fault(why=words)
    key = key_named(words) if words != command.words and command.name != "show" else ""
    if key:
        about = case.context.named_ticket(key)
        if about is None or about.id != ticket.id:
            return Fault(why=phrase("code.other-ticket", words=key))
        words = ""
    if order.is_staffs and words and command.name in _ALONE:
        form = f"#assign {words[:80]}" if command.name == "take" else ""
        return Fault(why=phrase("orders.words-below"), form=form)
    situation = Situation(
        case=case,
        ticket=ticket,
        now=order.now,
        name=command.name,
        words=words,
        raw=command.words,
        is_alone=len(order.reading.commands) == 1,
        rest=order.reading.rest,
        held=held_answer(command, keys, case.writer.addresses, case.context, order.now),
    )
    return DOERS[command.name](situation)


def is_unread_forward(case: Case) -> bool:
    """Whether the first lines may be those of the forwarded mail, by whomever."""
    passed_on = case.message.forwarded
    return passed_on is not None and not passed_on.is_found


def without_ticket(order: Order, command: Command) -> Fault:
    """A command without a ticket to do something to."""
    if order.case.writer.is_disowned:
        return Fault(why=phrase("orders.not-believed"))
    if command.name in order.names:
        why = phrase("orders.needs-ticket")
        form = FORMS[command.name].example_for(is_staff=order.is_staffs)
        return Fault(why=why, form=form)
    near = nearest_form(command.name, command.words[:80])
    return Fault(why=phrase("orders.no-command", name=command.name), form=near)


def done_of(judged: Judged) -> tuple[Done, ...]:
    """What is done of it."""
    return tuple(outcome for _, outcome in judged if isinstance(outcome, Done))


def transcript_of(judged: Judged | tuple[tuple[Command, Fault], ...]) -> tuple[Transcript, ...]:
    """What its writer is told of each line."""
    return tuple(_answer(command, outcome) for command, outcome in judged)


def _answer(command: Command, outcome: Outcome) -> Transcript:
    line = command.line[:_LONGEST_LINE]
    if isinstance(outcome, Fault):
        # What was written right and cannot be done needs no right form.
        form = "" if outcome.form.casefold() == line.casefold() else outcome.form
        return Transcript(line=line, said=outcome.why, form=form)
    return Transcript(line=line, said=outcome.said)

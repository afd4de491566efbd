"""What is settled about a message before anybody asks which ticket it is about.

In: a message, who wrote it, what was gathered. Out: the first screening rule that speaks, or None
when the message goes on to its ticket. The order of the table is the policy:

    own mail           it came back to us; answering would be a loop
    bounce             reports are noted on their ticket, never a comment, never answered; where
                       only the null sender says that it is one, it is held
    automatic reply    the same; it opens nothing and reopens nothing (RFC 3834 §2)
    gesture            the same: a reaction, a recall, an invitation answered without a word
    own address        a loop without our mark, a forgery, or a form: held, never answered
    blocked sender     an agent has said `#spam` of this address
    filter             what the mail server's spam filter says, by `[[filters]]`
    no sender          nobody to open a ticket for
    claimed agent      an agent's address without a proof: held, and the agent is asked
    unknown sender     where the desk wants to see strangers first

A mail of which there is only the header, because it is too large, is held whatever the table says;
its sender is told where the table says nothing.

*Fails:* never.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from maildesk.core import bounce, filters, notices, oversize, thread
from maildesk.core.admission import may_use
from maildesk.core.case import Case
from maildesk.core.hint import Hint
from maildesk.core.model import BY_SUBJECT, GESTURES, Decision, Fact, InboxState, Machine
from maildesk.core.recipients import is_a_desks, is_known_sender, is_ours
from maildesk.core.report import Tie

UNKNOWN_SENDER = "unknown sender"
NO_SENDER = "no sender address can be read"
OWN_ADDRESS = "written from an address of our own"
_SHOWN = 80  # characters of a header field in a reason
_QUESTIONS_A_DAY = 20  # to an agent who is not verified; the tenth in an hour was the last, too
_NOTED = 200  # characters of a subject or a line that a ticket's history shows


def screen(case: Case) -> Decision | None:
    """What the first rule that applies makes of the message."""
    settled = next((d for d in (rule(case) for rule in RULES) if d), None)
    return oversize.held(case, is_welcome=settled is None) if case.over_size else settled


def _own_mail(case: Case) -> Decision | None:
    if not thread.is_own(case.message, case.context.secret) and not _has_our_mark(case):
        return None
    return Decision(state=InboxState.IGNORED, reason="our own mail came back")


def _has_our_mark(case: Case) -> bool:
    """Whether it has our header and our address, with a Message-ID that a list has made anew.

    Both can be forged, by which a stranger does no more than to have his mail ignored.
    """
    message = case.message
    if message.machine is not Machine.OWN:
        return False
    written_by = (message.shown_from, *(mailbox.email for mailbox in message.reply_to))
    return any(is_ours(case.policy, address) for address in written_by)


def _bounce(case: Case) -> Decision | None:
    if not bounce.is_report(case):
        return None
    decision = bounce.judge(case) or _note(case, "bounce", bounce.name_of(case))
    if decision.state is not InboxState.IGNORED or not bounce.is_a_persons(case):
        return decision
    if case.is_let_in:
        return None
    return Decision(state=InboxState.HELD, reason=f"{case.message.machine_mark}, but no report")


def _automatic_reply(case: Case) -> Decision | None:
    if case.message.machine is not Machine.REPLY or _is_about_absence(case):
        return None
    return _note(case, "automatic reply", "automatic reply")


def _is_about_absence(case: Case) -> bool:
    """Whether only the subject says "out of office", and it is the ticket's own subject.

    Or it answers nothing of ours at all: it is a talk among others, who have brought the desk in.
    """
    message, context = case.message, case.context
    if not message.machine_mark.startswith(BY_SUBJECT):
        return False
    if not context.hints and not case.refs.signed:
        return True
    subject = thread.ticket_subject(message.subject, context.policy).casefold()
    about = (context.ticket(hint.ticket_id) for hint in context.hints)
    return any(ticket.subject.casefold() == subject for ticket in about)


def _gesture(case: Case) -> Decision | None:
    """Nobody wrote anything: no customer is sent it, and no ticket starts or goes on by it."""
    kind = case.message.machine
    if kind not in GESTURES or case.is_let_in:
        return None
    return _note(case, kind.value, kind.value)


def _own_address(case: Case) -> Decision | None:
    """Quiet mail may pass: old archives hold what was once written from the desk's address."""
    if case.writer.agent or case.quiet or case.is_let_in:
        return None
    if not is_a_desks(case.policy, case.message.shown_from):
        return None
    return Decision(state=InboxState.HELD, reason=OWN_ADDRESS)


def _blocked_sender(case: Case) -> Decision | None:
    if not case.context.is_blocked or case.writer.agent or case.is_let_in:
        return None
    return Decision(state=InboxState.IGNORED, reason="blocked sender")


def _filtered(case: Case) -> Decision | None:
    """The mail server's spam filter, by the rules of the configuration."""
    if case.writer.agent or case.is_let_in:
        return None
    found = filters.first_that_fits(case.policy.filters, case.message.fields)
    if found is None:
        return None
    rule, value = found
    reason = f"filter {rule.name} ({rule.header}: {value[:_SHOWN]})"
    state = InboxState.IGNORED if rule.action == "ignore" else InboxState.HELD
    return Decision(state=state, reason=reason)


def _no_sender(case: Case) -> Decision | None:
    if case.message.shown_from:
        return None
    return Decision(state=InboxState.HELD, reason=NO_SENDER)


def _claimed_agent(case: Case) -> Decision | None:
    agent = case.writer.claimed
    if agent is None:
        return None
    may_ask = not case.quiet and not case.is_late and case.is_within_allowance()
    # An autoresponder without a mark would be asked, and would answer, for ever.
    may_ask = may_ask and case.context.lately.questions_last_day < _QUESTIONS_A_DAY
    is_persons = case.message.machine is Machine.PERSON and not case.message.handed_on_by
    asked = notices.unverified(case.desk, agent, case.message)
    why = "; others know the id that it answers" if _answers_a_spent_id(case) else ""
    return Decision(
        state=InboxState.HELD,
        reason=f"not verified as {agent.id}{why}",
        notices=(asked,) if may_ask and is_persons else (),
    )


def _answers_a_spent_id(case: Case) -> bool:
    return any(form.mac in case.context.spent for _, form in case.refs.signed)


def _unknown_sender(case: Case) -> Decision | None:
    if case.desk.unknown_senders == "accept" or case.is_let_in:
        return None
    is_known = is_known_sender(case.context.policy, case.message.shown_from)
    if is_known and not case.writer.is_disowned:
        return None
    # Whoever belongs to the ticket that the mail is about is no stranger to it.
    if any(may_use(hint, case.context, case.writer) for hint in case.context.hints):
        return None
    return Decision(state=InboxState.HELD, reason=UNKNOWN_SENDER)


RULES: tuple[Callable[[Case], Decision | None], ...] = (
    _own_mail,
    _bounce,
    _automatic_reply,
    _gesture,
    _own_address,
    _blocked_sender,
    _filtered,
    _no_sender,
    _claimed_agent,
    _unknown_sender,
)


def _is_credible(hint: Hint, case: Case) -> bool:
    """A mail that we really sent, or a ticket that the sender has a part in, as agents have."""
    if case.writer.agent:
        return True
    people = {p.email for p in case.context.ticket(hint.ticket_id).participants}
    is_on_it = case.message.shown_from.lower() in people and not case.writer.is_disowned
    return hint.sent_to is not None or is_on_it


def _named(case: Case) -> Iterator[int]:
    """The tickets it may be noted on: by our own reverse path (RFC 3834 §4), then by hints."""
    for mail in case.context.returned:
        if mail.tie is Tie.REVERSE_PATH and mail.ticket_id is not None:
            yield mail.ticket_id
    yield from (h.ticket_id for h in case.context.hints if _is_credible(h, case))


def _note(case: Case, kind: str, what: str) -> Decision:
    """File the message on the ticket that it names, else ignore it; either way, say why."""
    mark = f"{what} ({case.message.machine_mark})" if case.message.machine_mark else what
    ticket_id = next(_named(case), None)
    if ticket_id is None:
        return Decision(state=InboxState.IGNORED, reason=mark)
    detail = (
        ("from", case.message.shown_from),
        ("subject", case.message.subject[:_NOTED]),
        ("text", _first_line(case.message.full_text)),
    )
    fact = Fact(kind=f"{kind} noted", actor=case.message.shown_from, detail=detail)
    return Decision(state=InboxState.DONE, reason=mark, ticket_id=ticket_id, facts=(fact,))


def _first_line(text: str) -> str:
    """The first line of a text, which tells when somebody is back."""
    lines = (line.strip() for line in text[: 10 * _NOTED].split("\n"))
    return next((line[:_NOTED] for line in lines if line), "")

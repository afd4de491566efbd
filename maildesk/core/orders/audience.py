"""`#internal` and `#public`: who reads this very mail.

In: a situation. Out: the visibility of the whole mail.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import replace

from maildesk.core.aside import Aside
from maildesk.core.case import Case
from maildesk.core.commenting import note_said_in
from maildesk.core.effects import LetIn
from maildesk.core.model import Decision, Fact, Participant, Role, Ticket, Visibility
from maildesk.core.orders.situation import Done, Fault, Outcome, Situation
from maildesk.core.phrase import phrase

_ANYWAY = "anyway"
_INCIDENTS = ("incidents", "all")
_PROBLEM, _INCIDENT = "problem", "incident"


def keep_internal(situation: Situation) -> Outcome:
    """`#internal`: for agents alone."""
    if situation.held:
        return _let_in(situation, situation.held, as_a_note=True)
    said = phrase("orders.internal")
    return Done(ticket=situation.ticket, said=said, visibility=Visibility.INTERNAL)


def make_public(situation: Situation) -> Outcome:
    """`#public`: for the customer, though the mail answers an internal one.

    `#public anyway`: although it says what an internal note says (decision 0017). `#public
    incidents`: for the customers of all incidents that are linked to this problem, too.
    """
    if situation.held:
        return _let_in(situation, situation.held, as_a_note=False)
    words = set(situation.words.casefold().split())
    if words - {_ANYWAY, *_INCIDENTS}:
        return Fault(why=phrase("orders.words-below"))
    # `anyway` is for the words of the other commands, too.
    is_theirs = _ANYWAY in words and not situation.is_alone
    if not (situation.has_more or is_theirs):
        return Fault(why=phrase("orders.nothing-below"))
    if leak := _says_a_note(situation, is_anyway=_ANYWAY in words):
        return leak
    incidents = _incidents(situation)
    is_for_all = bool(words.intersection(_INCIDENTS))
    if is_for_all and (situation.ticket.type != _PROBLEM or not incidents):
        return Fault(why=phrase("orders.no-incidents"))
    leaking = next((i for i in incidents if situation.case.context.leak_on(i.id)), None)
    if is_for_all and leaking and _ANYWAY not in words:
        why = phrase("orders.says-a-note", other=leaking.key)
        return Fault(why=why, form="#public incidents anyway")
    keys = ", ".join(i.key for i in incidents)
    code = "orders.public-incidents" if is_for_all else "orders.public"
    return Done(
        ticket=situation.ticket,
        said=phrase(code, **({"keys": keys} if is_for_all else {})),
        visibility=Visibility.PUBLIC,
        is_anyway=_ANYWAY in words,
        spread=incidents if is_for_all else (),
    )


def _says_a_note(situation: Situation, *, is_anyway: bool) -> Fault | None:
    """Whether the words above a forward say what a note on its ticket says."""
    if situation.case.message.forwarded is None or is_anyway:
        return None
    leak = note_said_in(situation.case, situation.ticket.id)
    if leak is None or leak.is_quoted or leak.is_own:
        return None
    return Fault(why=phrase("kept.says-a-note"), form="#public anyway")


def _let_in(situation: Situation, inbox_id: int, *, as_a_note: bool) -> Done:
    """A held answer on its way, by its writer's word; the second click changes nothing."""
    if inbox_id in {number for _, number in situation.case.context.unseen.let_in}:
        return Done(ticket=situation.ticket, said=phrase("stale.used"))
    return Done(
        ticket=situation.ticket,
        said=phrase("stale.kept" if as_a_note else "stale.sent"),
        facts=(situation.fact("answer let in", note="yes" if as_a_note else "no"),),
        effects=(LetIn(inbox_id=inbox_id, as_a_note=as_a_note),),
    )


def spread(case: Case, decided: Decision, ticket: Ticket, others: tuple[Ticket, ...]) -> Decision:
    """The comment on the incidents of its problem, too, so that answers find them."""
    comment = decided.comment
    if comment is None or comment.visibility is not Visibility.PUBLIC:
        return decided
    fact = Fact(kind="comment added", actor=comment.author.email, detail=(("problem", ticket.key),))
    asides = tuple(
        Aside(
            ticket_id=other.id,
            comment=comment,
            facts=(fact,),
            notices=case.mailing(case.desk_of(other), other).to_people(_customers(other)),
        )
        for other in others
    )
    return replace(decided, asides=(*decided.asides, *asides))


def _incidents(situation: Situation) -> tuple[Ticket, ...]:
    """The incidents that the ticket is linked to."""
    found = (situation.case.context.named_ticket(x.to) for x in situation.ticket.links)
    return tuple(t for t in found if t and t.type == _INCIDENT)


def _customers(ticket: Ticket) -> tuple[Participant, ...]:
    return tuple(p for p in ticket.participants if p.role is not Role.AGENT)

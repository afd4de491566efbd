"""`#queue`, `#mine`, `#search`, `#show`, `#budget` and `#help`: commands that only ask.

In: a situation. Out: the question, and who may see the answer; the ticket stays as it is.

    asks          sees
    an agent      queue and search: the desks that are theirs; every ticket by its key
    a customer    tickets that they may write to, without notes, and of those that they were brought
                  to later what was said since then; the budget of the organisation whose people
                  they are one of

A ticket that somebody may not see is one that is not there.
*Fails:* never.
"""

from __future__ import annotations

import difflib

from maildesk.core.admission import may_comment
from maildesk.core.model import Agent, Organisation, Policy, Ticket
from maildesk.core.orders.forms import FORMS, nearest_form
from maildesk.core.orders.reading import Command, key_named
from maildesk.core.orders.situation import Done, Fault, Outcome, Situation
from maildesk.core.phrase import phrase
from maildesk.core.questions import GuideLine, Question, Topic
from maildesk.core.rights import names_for
from maildesk.core.sharing import is_shared_with

_WORDS = 200  # characters


def is_meant(command: Command) -> bool:
    """Whether a customer can mean the line as a command: `#help my printer burns` is a cry."""
    words = command.words.split()
    if command.name == "help":
        return len(words) <= 1 and (not words or _bare(words[0]) in FORMS)
    if command.name == "show":
        return not words or (key_named(command.words) != "")
    return command.name not in ("mine", "budget") or not words


def ask_queue(situation: Situation) -> Outcome:
    """`#queue`: what is open."""
    agent = situation.case.writer.agent
    if agent is None:
        return Fault(why=phrase("orders.agents-only"))
    desks = desks_of(situation.policy, agent)
    return _asked(situation, Question(topic=Topic.QUEUE, agent=agent.id, desks=desks))


def ask_mine(situation: Situation) -> Outcome:
    """`#mine`: what an agent has taken; a customer's own tickets."""
    agent = situation.case.writer.agent
    if agent:
        return _asked(situation, Question(topic=Topic.MINE, agent=agent.id))
    return _asked(situation, Question(topic=Topic.MINE, address=situation.actor))


def ask_search(situation: Situation) -> Outcome:
    """`#search words`: the tickets with all these words."""
    agent = situation.case.writer.agent
    if agent is None:
        return Fault(why=phrase("orders.agents-only"))
    words = situation.words[:_WORDS]
    if not words:
        return Fault(why=phrase("orders.words-missing"))
    desks = desks_of(situation.policy, agent)
    question = Question(topic=Topic.SEARCH, agent=agent.id, desks=desks, words=words)
    return _asked(situation, question)


def ask_show(situation: Situation) -> Outcome:
    """`#show KEY`, or `#show` in an answer about a ticket."""
    key = key_named(situation.words)
    if situation.words and not key:
        return Fault(why=phrase("asking.no-key", words=situation.words[:80]))
    if not key and situation.is_new:
        return Fault(why=phrase("asking.which-ticket"))
    ticket = situation.case.context.named_ticket(key) if key else situation.ticket
    if ticket is None or not may_comment(ticket, situation.case.context, situation.case.writer):
        near = FORMS["queue" if situation.is_staff else "mine"].example
        why = phrase("asking.no-ticket", words=key) if key else phrase("asking.which-ticket")
        return Fault(why=why, form=near)
    agent = situation.case.writer.agent
    question = Question(
        topic=Topic.SHOW,
        agent=agent.id if agent else "",
        address=situation.actor,
        ticket_id=ticket.id,
        sees_after=0 if agent else _sees_after(situation, ticket),
    )
    return _asked(situation, question)


def ask_budget(situation: Situation) -> Outcome:
    """`#budget`: an agent's for the ticket's organisation, or for one by name."""
    policy, words = situation.policy, situation.words.strip().strip('"')
    paying = [o for o in policy.organisations if o.packages]
    if not situation.is_staff:
        found = _payer(situation)
        return _budget(situation, found) if found else Fault(why=phrase("budget.not-yours"))
    wanted = words or situation.ticket.organisation or ""
    found = next((o for o in paying if o.name.casefold() == wanted.casefold()), None)
    if found:
        return _budget(situation, found)
    names = [o.name for o in paying]
    near = difflib.get_close_matches(wanted, names, n=1, cutoff=0.4) or names[:1]
    if not near:
        return Fault(why=phrase("budget.nobody"))
    why = phrase("budget.whose", words=wanted, known=", ".join(names))
    return Fault(why=why, form=f"#budget {near[0]}")


def _payer(situation: Situation) -> Organisation | None:
    """The organisation whose packages a customer may see."""
    paying = (o for o in situation.policy.organisations if o.packages)
    return next((o for o in paying if situation.actor in (*o.people, *o.approvers)), None)


def _budget(situation: Situation, organisation: Organisation) -> Done:
    agent = situation.case.writer.agent
    return _asked(
        situation,
        Question(
            topic=Topic.BUDGET,
            agent=agent.id if agent else "",
            address=situation.actor,
            words=organisation.name,
        ),
    )


def ask_help(situation: Situation) -> Outcome:
    """`#help`: the commands that the writer may use; `#help status`: that one."""
    names = names_for(situation.policy, situation.case.writer)
    wanted = _bare(situation.words)
    if wanted and wanted not in names:
        near = nearest_form(wanted, is_staff=situation.is_staff)
        return Fault(why=phrase("orders.no-command", name=wanted[:40]), form=near)
    guide = tuple(
        GuideLine(line=form.example_for(is_staff=situation.is_staff), words=phrase(f"guide.{name}"))
        for name, form in FORMS.items()
        if name in names
        and wanted in ("", name)
        and (name != "budget" or situation.is_staff or _payer(situation))
    )
    return Done(ticket=situation.ticket, said=phrase("asking.below"), guide=guide)


def desks_of(policy: Policy, agent: Agent) -> tuple[str, ...]:
    """The desks whose tickets an agent has in view: their own; a manager's are all.

    Whoever is an agent of no desk has no other use than to help out anywhere.
    """
    own = tuple(desk.key for desk in policy.desks if agent.id in desk.agents)
    if own and "manager" not in agent.roles:
        return own
    return tuple(desk.key for desk in policy.desks)


def _asked(situation: Situation, question: Question) -> Done:
    said = phrase("asking.below")
    return Done(ticket=situation.ticket, said=said, questions=(question,))


def _sees_after(situation: Situation, ticket: Ticket) -> int:
    """From where a customer may read; all of it is for those with whom it is shared."""
    address = situation.actor
    if is_shared_with(situation.policy, ticket, address):
        return 0
    return next((p.sees_after for p in ticket.participants if p.email == address), 0)


def _bare(words: str) -> str:
    return words.strip().lstrip("#").casefold()

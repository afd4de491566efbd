"""One person, one mail of one cause: what somebody would get twice becomes one mail.

The greater news gives the mail its name and its lines; it brings the words, where either has them.
Only the acknowledgement does not: a reader of the words needs none.

In: the notices of one message. Out: the same, at most one for each person beside the answer to
their own commands.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import replace
from functools import reduce

from maildesk.core.case import Case
from maildesk.core.model import Decision, Event, Notice, Policy
from maildesk.core.trust import agent_at

# Answers to the writer's own mail, trouble, and the question how it was: they are about something
# else than the ticket's news.
_APART = (
    Event.COMMAND_DONE,
    Event.COMMAND_FAILED,
    Event.SENDER_UNVERIFIED,
    Event.DELIVERY_FAILED,
    Event.ADMIN_ALERT,
    Event.RATING_REQUESTED,
)
# News that is news without any words.
_MAY_BE_BARE = (
    Event.TICKET_ESCALATED,
    Event.TICKET_ASSIGNED,
    Event.TICKET_RESOLVED,
    Event.ESTIMATE_REQUESTED,
    Event.ESTIMATE_DECIDED,
)
# From small to great; what is not named is greater than all of these.
_GREATER = (
    Event.TICKET_RECEIVED,
    Event.STATUS_CHANGED,
    Event.COMMENT_INTERNAL,
    Event.COMMENT_PUBLIC,
    Event.TICKET_NEW,
    Event.PARTICIPANT_ADDED,
    Event.TICKET_REOPENED,
    Event.TICKET_RESOLVED,
    Event.TICKET_ASSIGNED,
)


def once_each(case: Case, decision: Decision) -> Decision:
    """The decision, with one notice a person, and the words only for whoever has not had them."""
    policy, had_it = case.policy, {m.email for m in (*case.message.to, *case.message.cc)}
    told = tuple(_without_copy(policy, n, had_it) for n in decision.notices)
    decision = replace(decision, notices=told)
    apart = tuple(n for n in decision.notices if _is_apart(n))
    readers: dict[str, list[Notice]] = {}
    for notice in decision.notices:
        if not _is_apart(notice):
            readers.setdefault(_reader(policy, notice), []).append(notice)
    if all(len(found) == 1 for found in readers.values()):
        return decision
    merged = tuple(reduce(_merged, found) for found in readers.values())
    return replace(decision, notices=(*merged, *apart))


def _without_copy(policy: Policy, notice: Notice, had_it: set[str]) -> Notice:
    """Whatever else it tells, it does not bring a second copy of the words."""
    agent = agent_at(policy, notice.to.email)
    theirs = agent.emails if agent else (notice.to.email,)
    is_copy = not notice.is_bare and notice.event in _MAY_BE_BARE and bool(had_it & set(theirs))
    return replace(notice, is_bare=True, words_of="") if is_copy else notice


def _is_apart(notice: Notice) -> bool:
    """Whether a notice is of another cause: what is sent once whatever happens has its own."""
    return notice.event in _APART or bool(notice.once)


def _reader(policy: Policy, notice: Notice) -> str:
    """Who reads the mail, whichever of their addresses it goes to."""
    agent = agent_at(policy, notice.to.email)
    return agent.id if agent else notice.to.email


def _merged(one: Notice, other: Notice) -> Notice:
    small, great = sorted((one, other), key=_rank)
    if small.is_bare or small.event is Event.TICKET_RECEIVED:
        return replace(great, changes=great.changes or small.changes)
    return replace(
        great,
        is_bare=False,
        words_of=great.words_of or small.words_of,
        changes=great.changes or small.changes,
    )


def _rank(notice: Notice) -> int:
    return _GREATER.index(notice.event) if notice.event in _GREATER else len(_GREATER)

"""What a message pointed at, and what became of each hint: for the ticket's history.

In: a message on the table, the hint that was followed, if any. Out: one line for each hint, in
their order of weight. `ticket log` shows them, so that nobody has to guess why a mail went where.
*Fails:* never.
"""

from __future__ import annotations

from collections.abc import Iterator

from maildesk.core.admission import may_use
from maildesk.core.case import Case
from maildesk.core.hint import Hint, HintKind, HintUse, WeighedHint

_LIMIT = 20  # a thread of many years has a hundred references


def weighed(case: Case, followed: Hint | None) -> tuple[WeighedHint, ...]:
    """Every hint of the message with its fate, strongest first."""
    return tuple(_each(case, followed))[:_LIMIT]


def _each(case: Case, followed: Hint | None) -> Iterator[WeighedHint]:
    for kind, value in _pointers(case):
        found = [h for h in case.context.hints if (h.kind, h.value) == (kind, value)]
        for hint in found:
            key = case.context.ticket(hint.ticket_id).key
            use = _use(case, hint, followed)
            yield WeighedHint(kind=kind, value=value, ticket=key, use=use)
        if not found:
            yield WeighedHint(kind=kind, value=value, ticket="", use=HintUse.DANGLING)


def _pointers(case: Case) -> Iterator[tuple[HintKind, str]]:
    refs = case.refs
    yield from ((HintKind.SIGNED, value) for value, _ in refs.signed)
    yield from ((HintKind.PLUS, key) for key in refs.plus_keys)
    yield from ((HintKind.KEY, key) for key in refs.subject_keys)
    yield from ((HintKind.MESSAGE_ID, value) for value in refs.message_ids)
    yield from ((HintKind.QUOTE, key) for key in refs.quoted_keys)


def _use(case: Case, hint: Hint, followed: Hint | None) -> HintUse:
    if hint == followed:
        return HintUse.FOLLOWED
    if may_use(hint, case.context, case.writer):
        is_late = followed is None and not case.context.ticket(hint.ticket_id).is_open
        return HintUse.LATE if is_late else HintUse.WEAKER
    return HintUse.ANOTHER if hint.sent_to else HintUse.STRANGER

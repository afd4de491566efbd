"""What an agent's commands above a forwarded mail say to whoever wrote that one.

In: the message as it is left for its usual way, what the commands come to. Out: the message with
the answer taken out of the agent's note; afterwards, the commands with a fault where those words
have found no reader: a transcript never says that words went out which did not.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import replace

from maildesk.core.case import Case
from maildesk.core.model import Decision, Forwarded, NewComment, Visibility
from maildesk.core.orders.judging import Judged
from maildesk.core.orders.reading import read
from maildesk.core.orders.situation import Done, Fault
from maildesk.core.phrase import phrase


def answering(passed: Forwarded | None, done: tuple[Done, ...]) -> Forwarded | None:
    """The forward with what its commands make of the words above it.

    With `#public` or a canned reply all of them are for the customer, with `#internal` none, else
    those that a command brings.
    """
    if passed is None or not passed.is_found:
        return passed
    said = read(passed.note).rest
    asked = {d.visibility for d in done}
    if Visibility.INTERNAL in asked:
        return replace(passed, note=said)
    is_public = Visibility.PUBLIC in asked
    brought = [d.words for d in done], [d.words_after for d in done]
    parts = (*brought[0], said if is_public else "", *brought[1])
    answer = "\n\n".join(part for part in parts if part.strip())
    return replace(passed, note="" if is_public else said, answer=answer)


def unsaid(left: Case, decided: Decision, judged: Judged, markdown: str) -> Judged | Decision:
    """The decision; the commands at fault, where it brings the customer none of their words."""
    passed = left.message.forwarded
    if passed is None or not passed.is_found:
        return decided
    said = tuple(a.comment for a in decided.asides if a.is_here and a.comment)
    is_said = any(map(_is_answer, (decided.comment, *said)))
    if is_said or not (passed.answer or left.is_for_customer):
        asides = tuple(
            replace(a, comment=_ending(a.comment, markdown)) if a.is_here else a
            for a in decided.asides
        )
        return replace(decided, asides=asides)
    fault = Fault(why=phrase("orders.no-reader" if passed.answer else "orders.nothing-below"))
    return tuple((c, fault if isinstance(o, Done) and _speaks(o) else o) for c, o in judged)


def _is_answer(comment: NewComment | None) -> bool:
    is_agents = comment is not None and comment.by_agent is not None
    return is_agents and comment is not None and comment.visibility is Visibility.PUBLIC


def _speaks(done: Done) -> bool:
    is_public = done.visibility is Visibility.PUBLIC
    return is_public or bool(done.words or done.words_after)


def _ending(comment: NewComment | None, markdown: str) -> NewComment | None:
    if comment is None or comment.words is None:
        return comment
    return replace(comment, words=replace(comment.words, markdown=markdown))

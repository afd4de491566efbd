"""An agent's mail with sound commands, the words of which may not go to the customer.

In: what the words below the commands would become. Out: the mail as a note with none of its
commands done, and one answer that says both; else the answer to the commands, with what is to be
said of the words.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import replace

from maildesk.core.commenting import IS_FOR_OTHERS
from maildesk.core.model import Decision, Event, Fact, Notice, Visibility, Words
from maildesk.core.orders.judging import Order
from maildesk.core.orders.situation import Done
from maildesk.core.phrase import Phrase, phrase

_WORDS_TO_HIM = (Event.COMMAND_DONE, Event.COMMAND_FAILED)


def is_kept_inside(decided: Decision) -> bool:
    """Whether the words stay inside against what their writer may think.

    A mail to somebody beside the ticket is a note whatever its commands do, and no fault.
    """
    reasons = [dict(f.detail).get("because") for f in decided.facts if f.kind == "not sent on"]
    return any(reason != IS_FOR_OTHERS for reason in reasons)


def held_inside(order: Order, decided: Decision) -> Decision:
    """All of the mail as a note: what is done without its words would be half of it."""
    message, actor = order.case.message, order.case.author.email
    words = Words(
        text=message.text,
        full_text=message.full_text,
        html=message.html,
        message_id=message.message_id,
        attachments=message.attachments,
    )
    left = tuple((c.name, "kept.as-a-note") for c in order.reading.commands)
    refused = Fact(kind="commands refused", actor=actor, detail=left)
    slips = (n for n in decided.notices if n.event is Event.COMMAND_FAILED)
    nothing = phrase("orders.nothing-done")
    kept = decided.comment and replace(
        decided.comment, visibility=Visibility.INTERNAL, words=decided.comment.words or words
    )
    return replace(
        decided,
        comment=kept,
        facts=(*decided.facts, refused),
        notices=tuple(replace(slip, title=nothing) for slip in slips),
    )


def words_inside(order: Order, decided: Decision, done: tuple[Done, ...]) -> tuple[Phrase, ...]:
    """What an agent reads whose words stay inside though none of the lines above them says so."""
    comment = decided.comment
    is_note = comment is not None and comment.visibility is Visibility.INTERNAL
    is_told = any(f.kind == "not sent on" for f in decided.facts)
    is_asked = any(d.visibility or d.is_quiet for d in done)
    if not (is_note and order.is_staffs) or is_told or is_asked:
        return ()
    return (phrase("orders.words-inside"),)


def told_at_once(receipt: Notice, told: tuple[Notice, ...]) -> tuple[Notice, ...]:
    """One answer: the word about the text of a mail stands in the answer to its commands."""
    slips = [n for n in told if n.event in _WORDS_TO_HIM and n.to.email == receipt.to.email]
    others = tuple(n for n in told if n not in slips)
    for slip in slips:
        # That words stay inside is said already; how to send them on is not.
        is_said = slip.event is Event.COMMAND_DONE
        lines = () if is_said else (slip.title, *slip.lines, *slip.forms)
        receipt = replace(
            receipt,
            lines=(*receipt.lines, *lines),
            actions=(*receipt.actions, *slip.actions),
        )
    return (*others, receipt)

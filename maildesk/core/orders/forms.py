"""How each command is written, and who may write it.

In: nothing. Out: the table. `table` names who obeys each.
*Fails:* never.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One command; `example` is how it is written, `customers` how a customer does it.

    `is_question` only asks, and needs no ticket.
    """

    example: str
    customers: str = ""
    is_staffs: bool = True
    is_customers: bool = False
    is_question: bool = False

    def example_for(self, *, is_staff: bool) -> str:
        """How this writer writes it."""
        return self.example if is_staff else self.customers or self.example


def _both(example: str) -> Form:
    return Form(example=example, is_customers=True)


def _question(example: str) -> Form:
    return Form(example=example, is_customers=True, is_question=True)


FORMS: dict[str, Form] = {
    "status": Form(example="#status In progress"),
    "done": Form(example="#done"),
    "close": Form(
        example="#close what the customer should know",
        customers="#close",
        is_customers=True,
    ),
    "reopen": _both("#reopen"),
    "assign": Form(example="#assign me"),
    "take": Form(example="#take"),
    "internal": Form(example="#internal"),
    "public": Form(example="#public"),
    "type": _both("#type incident"),
    "urgency": _both("#urgency high"),
    "impact": _both("#impact high"),
    "priority": Form(example="#priority P1"),
    "subject": Form(example="#subject The new subject"),
    "language": Form(example="#language de"),
    "organisation": Form(example="#organisation ACME"),
    "requester": Form(example="#requester name@example.com"),
    "due": Form(example="#due 2026-12-01"),
    "estimate": Form(example="#estimate 8h by 2026-12-01 what for"),
    "approve": _both("#approve"),
    "reject": _both("#reject"),
    "rate": Form(example="#rate 5 what was good", is_staffs=False, is_customers=True),
    "cc": Form(example="#cc name@example.com"),
    "uncc": Form(example="#uncc name@example.com"),
    "reply": Form(example="#reply install-details"),
    "share": _both("#share"),
    "private": _both("#private"),
    "mute": _both("#mute"),
    "unmute": _both("#unmute"),
    "time": Form(example="#time 1h30m what was done"),
    "link": Form(example="#link HELP-12"),
    "merge": Form(example="#merge HELP-12"),
    "split": Form(example="#split The subject of the new ticket"),
    "escalate": Form(example="#escalate"),
    "undo": Form(example="#undo"),
    "spam": Form(example="#spam"),
    "queue": Form(example="#queue", is_question=True),
    "mine": _question("#mine"),
    "search": Form(example="#search words", is_question=True),
    "show": _question("#show HELP-12"),
    "budget": _question("#budget"),
    "help": _question("#help"),
}


def names_of(*, is_staff: bool) -> frozenset[str]:
    """The commands that somebody may write."""
    return frozenset(n for n, f in FORMS.items() if (f.is_staffs if is_staff else f.is_customers))


def nearest_form(name: str, words: str = "", *, is_staff: bool = True) -> str:
    """The command that somebody may have meant, with their words; "" for none that is near."""
    if name in FORMS:
        return ""  # it is written right, and not theirs
    names = sorted(names_of(is_staff=is_staff))
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if not close:
        return ""
    if words:
        return f"#{close[0]} {words}"
    return FORMS[close[0]].example_for(is_staff=is_staff)

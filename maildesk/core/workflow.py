"""The statuses of a ticket, and how it goes from one to the next.

    category    the ticket           delivered statuses
    new         nobody is at it      Open
    active      somebody is          Analysis, Approved, In progress
    waiting     for somebody else    Waiting for the client, On hold
    done        has ended            Rejected, Closed, Done

Everything may follow everything, until the configuration has a row for the status that a ticket is
in: then only what its rows name, for the types and the people they name.

In: a ticket, a status. Out: the ticket in that status.
*Fails:* never; a status that is no longer configured is taken for active, or for an end.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from maildesk.core.model import Ticket


class Category(StrEnum):
    """What a status means to clocks and lists."""

    NEW = "new"
    ACTIVE = "active"
    WAITING = "waiting"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """One status; `pauses` names the clocks that stand still in it."""

    name: str
    category: Category
    pauses: tuple[str, ...] = ()
    is_customer_visible: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """What may follow a status, for these types, by these people; where none are named, by all."""

    source: str
    targets: tuple[str, ...]
    types: tuple[str, ...] = ()
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusName:
    """What a status is called in mails of a language."""

    language: str
    status: str
    name: str


CLIENT = "Waiting for the client"  # the status that a customer's own words end
DONE = "Done"
CLOSED = "Closed"
_PAUSES = ("update", "resolution")
DELIVERED = (
    Status(name="Open", category=Category.NEW),
    Status(name="Analysis", category=Category.ACTIVE),
    Status(name=CLIENT, category=Category.WAITING, pauses=_PAUSES),
    Status(name="Approved", category=Category.ACTIVE),
    Status(name="Rejected", category=Category.DONE),
    Status(name="In progress", category=Category.ACTIVE),
    Status(name="On hold", category=Category.WAITING, pauses=_PAUSES),
    Status(name=CLOSED, category=Category.DONE),
    Status(name=DONE, category=Category.DONE),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """The statuses in their order, and the transitions where the configuration limits them.

    `names` are those by which mails call them.
    """

    statuses: tuple[Status, ...] = DELIVERED
    transitions: tuple[Transition, ...] = ()
    names: tuple[StatusName, ...] = ()

    def named(self, name: str, *, is_open: bool = True) -> Status:
        """The status of that very name; an unknown one is active, or an end where it was one."""
        category = Category.ACTIVE if is_open else Category.DONE
        unknown = Status(name=name, category=category)
        return next((s for s in self.statuses if s.name == name), unknown)

    def find(self, words: str, language: str = "") -> Status | None:
        """The status that somebody means: its name in any case, or the one that begins so.

        A mail shows the names of its reader's language, so those are known, too; then those of
        another desk's, where only one status is called so.
        """
        wanted = _bare(words)
        if not wanted:
            return None
        own = [(_bare(s.name), s.name) for s in self.statuses]
        theirs = [(_bare(n.name), n.status) for n in self.names if n.language == language]
        others = [(_bare(n.name), n.status) for n in self.names]
        for known in (own, theirs, others):
            if found := _only(status for name, status in known if name == wanted):
                return self.named(found)
        for known in (own, theirs):
            if found := _only(status for name, status in known if name.startswith(wanted)):
                return self.named(found)
        return None

    def nearest(self, words: str, language: str = "") -> str:
        """The name of the status that somebody may have meant, in their language; "" for none."""
        names = {_bare(s.name): s.name for s in self.statuses}
        names |= {_bare(n.name): n.status for n in self.names if n.language == language}
        close = difflib.get_close_matches(_bare(words), names, n=1, cutoff=0.6)
        return self.called(names[close[0]], language) if close else ""

    def called(self, status: str, language: str) -> str:
        """What a status is called in a language; itself, where it has no name there."""
        theirs = (n.name for n in self.names if (n.language, n.status) == (language, status))
        return next(theirs, status)

    def first(self, category: Category, *preferred: str) -> Status | None:
        """The first preferred status of a category, else the first of the category."""
        fitting = [s for s in self.statuses if s.category is category]
        wanted = (s for name in preferred for s in fitting if s.name == name)
        return next(wanted, fitting[0] if fitting else None)

    def opening(self) -> Status:
        """What a new ticket is, and one that is open again."""
        found = self.first(Category.NEW, "Open") or self.first(Category.ACTIVE)
        return found or Status(name="Open", category=Category.NEW)

    def ending(self, *preferred: str) -> Status:
        """The status of an end: `Done`, `Closed`, or what stands for it here."""
        found = self.first(Category.DONE, *preferred)
        return found or Status(name=preferred[0], category=Category.DONE)

    def shown(self, name: str, *, is_open: bool = True) -> str:
        """What customers see of a status: itself, or the first of its kind that is for them.

        That is never the one which says that they are waited for.
        """
        status = self.named(name, is_open=is_open)
        if status.is_customer_visible:
            return name
        seen = [s for s in self.statuses if s.is_customer_visible and s.name != CLIENT]
        kinds = (status.category, *((Category.ACTIVE,) if is_open else ()))
        alike = (s for kind in kinds for s in seen if s.category is kind)
        return next(alike, self.opening()).name

    def allows(self, ticket: Ticket, target: Status, roles: tuple[str, ...]) -> bool:
        """Whether somebody in these roles may bring the ticket to the status."""
        rows = self._rows(ticket)
        if not rows:
            return True
        return any(
            target.name in row.targets and (not row.by or set(row.by) & set(roles)) for row in rows
        )

    def allowed_to(self, ticket: Ticket, target: Status) -> tuple[str, ...]:
        """The roles that may bring the ticket to the status, where only some may."""
        found = (
            role for row in self._rows(ticket) if target.name in row.targets for role in row.by
        )
        return tuple(dict.fromkeys(found))

    def _rows(self, ticket: Ticket) -> list[Transition]:
        """What the table says of the status that the ticket is in."""
        return [
            row
            for row in self.transitions
            if row.source == ticket.status and (not row.types or ticket.type in row.types)
        ]


def moved(ticket: Ticket, status: Status, workflow: Workflow, now: datetime) -> Ticket:
    """The ticket in another status; while it waits it remembers what it was before."""
    was = workflow.named(ticket.status, is_open=ticket.is_open)
    before = ticket.status_before
    if status.category is not Category.WAITING:
        before = None
    elif was.category is not Category.WAITING:
        before = was.name if was.category is not Category.DONE else None
    is_open = status.category is not Category.DONE
    ended = (ticket.resolved_at or now) if not is_open else None
    return replace(
        ticket, status=status.name, is_open=is_open, resolved_at=ended, status_before=before
    )


def answered(ticket: Ticket, workflow: Workflow) -> Status | None:
    """The status of a ticket once its customer has written; None where it does not wait for that.

    `On hold`, and what else a desk has of the category, waits for somebody else.
    """
    if ticket.status != CLIENT or not ticket.is_open:
        return None
    known = {s.name: s for s in workflow.statuses}
    return known.get(ticket.status_before or "", workflow.opening())


def _only(found: Iterable[str]) -> str:
    """The one that is meant; "" for none or several."""
    several = set(found)
    return several.pop() if len(several) == 1 else ""


def _bare(name: str) -> str:
    """A name as people may write it: any case, with hyphens or underscores for spaces."""
    return " ".join(name.casefold().replace("-", " ").replace("_", " ").strip(" \"'.").split())

"""What one command looks at, and what it gives back.

In: the mail on the table, the ticket as the commands above have left it. Out: the ticket as it is
to be and what is told of it, or why the command cannot be done.
*Fails:* never; what cannot be done is an outcome.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from maildesk.core.actions import Action
from maildesk.core.aside import Aside
from maildesk.core.case import Case
from maildesk.core.effects import Effect
from maildesk.core.model import Desk, Fact, NewTicket, Notice, Policy, Ticket, Visibility
from maildesk.core.phrase import Line, Phrase
from maildesk.core.questions import GuideLine, Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Where a command stands. A ticket that is only being opened has the id 0.

    `words` are the command's own, `raw` with a code before them; `rest` is what stands below all
    commands of the mail, and `is_alone` says that this is the only one.
    """

    case: Case
    ticket: Ticket
    now: datetime
    name: str
    words: str = ""
    raw: str = ""
    rest: str = ""
    held: int | None = None  # the held answer that the command's code is about
    is_alone: bool = True

    @property
    def has_more(self) -> bool:
        """Whether anything but commands stands in the mail."""
        return bool(self.rest.strip() or self.case.message.attachments)

    @property
    def policy(self) -> Policy:
        """The configuration in force."""
        return self.case.policy

    @property
    def desk(self) -> Desk:
        """The ticket's desk."""
        return self.case.desk_of(self.ticket)

    @property
    def actor(self) -> str:
        """The address that the commands came from."""
        return self.case.author.email

    @property
    def is_staff(self) -> bool:
        """Whether an agent has written them."""
        return self.case.writer.agent is not None

    @property
    def is_new(self) -> bool:
        """Whether the ticket is only being opened by this very mail."""
        return self.ticket.id == 0

    @property
    def roles(self) -> tuple[str, ...]:
        """What the writer is to a workflow: agent, manager or customer."""
        agent = self.case.writer.agent
        return agent.roles if agent else ("customer",)

    def fact(self, kind: str, **detail: str | None) -> Fact:
        """Something that the writer did."""
        told = tuple((name, value) for name, value in detail.items() if value is not None)
        return Fact(kind=kind, actor=self.actor, detail=told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a command does. `said` stands in the answer to its writer.

    The text below goes to the ticket that is `split` off, or to those that it is `spread` over,
    too; with a command that reopens nothing it is no new matter. `words` come before it,
    `words_after` below it, `words_below` in its place, and `markdown` is what at the end of all
    that is in Markdown. What is `shown` and the `actions` are for the writer alone. `visibility` is
    that of the whole mail, where the command says so, `is_anyway` whatever the mail says; a quiet
    command sends nothing to anybody but its writer.
    """

    ticket: Ticket
    said: Phrase
    facts: tuple[Fact, ...] = ()
    effects: tuple[Effect, ...] = ()
    notices: tuple[Notice, ...] = ()
    asides: tuple[Aside, ...] = ()
    split: NewTicket | None = None
    spread: tuple[Ticket, ...] = ()
    visibility: Visibility | None = None
    is_anyway: bool = False
    words: str = ""
    words_after: str = ""
    words_below: str | None = None
    markdown: str = ""
    shown: tuple[Line, ...] = ()
    actions: tuple[Action, ...] = ()
    is_quiet: bool = False
    questions: tuple[Question, ...] = ()
    guide: tuple[GuideLine, ...] = ()
    reopens_nothing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why a command cannot be done, and the nearest form that could be; "" for its own form.

    `notices` tell others than its writer, where that is due.
    """

    why: Phrase
    form: str = ""
    notices: tuple[Notice, ...] = ()


Outcome = Done | Fault

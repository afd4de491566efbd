"""One message on the table: what screening, opening and commenting all look at.

In: a parsed message, who wrote it, the desk it came to, the gathered context. Out: a `Case`, with
the writer and the words as a comment keeps them.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from maildesk.core.model import (
    Context,
    Desk,
    InboundMessage,
    Machine,
    Mailbox,
    NewComment,
    Policy,
    Ticket,
    Visibility,
)
from maildesk.core.notices import Mailing
from maildesk.core.recipients import is_ours
from maildesk.core.thread import Refs
from maildesk.core.trust import Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One message on the table."""

    message: InboundMessage
    refs: Refs
    writer: Identity
    desk: Desk
    context: Context
    quiet: bool = False
    is_let_in: bool = False
    is_late: bool = False
    over_size: int = 0
    source: str = ""
    asked: Visibility | None = None  # by `#internal` or `#public`, whatever it answers
    is_ended: bool = False  # the ticket, by a command of this very mail
    is_leaving: bool = False  # its writer, who wants no more mail about the ticket
    is_sent_anyway: bool = False  # by `#public anyway`, whatever it says

    @property
    def policy(self) -> Policy:
        """The configuration in force."""
        return self.context.policy

    @property
    def is_for_customer(self) -> bool:
        """Whether its writer says so."""
        return self.asked is Visibility.PUBLIC

    def desk_of(self, ticket: Ticket) -> Desk:
        """The ticket's desk; the desk the mail came to where that one is no longer there."""
        return next((d for d in self.policy.desks if d.key == ticket.desk), self.desk)

    @property
    def author(self) -> Mailbox:
        """Who wrote, as far as it can be read."""
        return self.writer.sender or Mailbox(email=self.message.shown_from.lower())

    @property
    def comment_author(self) -> Mailbox:
        """Who wrote, by the name that the desk knows."""
        agent, author = self.writer.agent, self.author
        if agent:
            return Mailbox(email=author.email, name=agent.name)
        return author if author.name else Mailbox(email=author.email, name=self._known_name)

    @property
    def _known_name(self) -> str:
        """What a person whose mail shows no name is called on a ticket that it points at."""
        people = (p for t in self.context.tickets for p in t.participants if p.name)
        return next((p.name for p in people if p.email == self.author.email), "")

    @property
    def is_automatic(self) -> bool:
        """Whether a program wrote this: it is nobody's word, whoever's address it carries."""
        message = self.message
        is_bulk = message.machine_mark.lower().startswith(("precedence: bulk", "precedence: junk"))
        return message.machine is Machine.GENERATED or is_bulk

    def words(self, visibility: Visibility, now: datetime) -> NewComment:
        """The message as a comment by its writer."""
        agent = self.writer.agent
        return NewComment(
            author=self.comment_author,
            by_agent=agent.id if agent else None,
            visibility=visibility,
            at=now,
        )

    def mailing(self, desk: Desk, ticket: Ticket | None = None) -> Mailing:
        """The message's words on their way to readers at this desk."""
        return Mailing(
            policy=self.policy,
            desk=desk,
            message=self.message,
            writer=self.writer,
            ticket=ticket,
        )

    def is_within_allowance(self) -> bool:
        """Whether the sender may be sent one more automatic answer this hour."""
        allowed = self.policy.automatic_mails_per_address
        return allowed == 0 or self.context.lately.automatic_mails < allowed

    def is_to_be_answered(self) -> bool:
        """RFC 3834 §2: only a person's own fresh mail is answered, within the allowance."""
        message = self.message
        return (
            message.sender is not None
            and message.machine is Machine.PERSON
            and message.may_be_answered
            and not is_ours(self.policy, message.sender.email)
            and not self.is_late
            and self.is_within_allowance()
        )

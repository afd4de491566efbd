"""Who is written to, about what, and why: the one table of notices.

    event              to                                       left out
    ticket.received    the requester, when a person wrote       machines, allowance spent
    ticket.new         the owner, else the desk's agents        who wrote it, who had it anyway
    comment.public     requester, participants, and the agents  who wrote it, who had it anyway
    comment.internal   the agents                               who wrote it, who had it anyway
    sender.unverified  the agent whose address was used         -
    delivery.failed    the owner, else the desk's agents        the address that failed
    admin.alert        `[alerts] to`, else managers, else all   -
    command.done       who wrote the commands                   -
    command.failed     the same, and who forwarded a riddle     allowance spent

What follows from a change of a ticket has its own table, in `core.news`.

In: what happened. Out: notices, at most one a person for one event. `who had it anyway` stood in
the writer's own To or Cc. Our own addresses are never written to.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import dataclass

from maildesk.core.model import (
    Agent,
    Desk,
    Event,
    InboundMessage,
    Mailbox,
    Notice,
    Participant,
    Policy,
    Role,
    Ticket,
    Visibility,
)
from maildesk.core.orders.forms import FORMS
from maildesk.core.phrase import Line, phrase
from maildesk.core.recipients import is_ours, organisation_of
from maildesk.core.trust import Identity, agent_at, own_address

_SHOWN = 200  # characters of somebody's header line in a mail


def received(
    policy: Policy, desk: Desk, requester: Mailbox, *, opened_by: Mailbox | None = None
) -> Notice:
    """The acknowledgement of a new ticket, which may have been opened by somebody else."""
    return Notice(
        event=Event.TICKET_RECEIVED,
        to=requester,
        role=Role.REQUESTER,
        reason="requester",
        language=language_of(policy, desk, requester.email),
        actor=opened_by,
        counted=True,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing:
    """A person's words on their way from one message to everybody who may read them."""

    policy: Policy
    desk: Desk
    message: InboundMessage
    writer: Identity
    ticket: Ticket | None = None

    def opened(self, *answered: str) -> tuple[Notice, ...]:
        """The first mail about a ticket, to the desk's agents and to whom of the staff it names."""
        agents = agents_of(self.policy, self.desk, None, *answered)
        return self._to_agents(Event.TICKET_NEW, agents, None)

    def commented(
        self, visibility: Visibility, owner: str | None, participants: tuple[Participant, ...]
    ) -> tuple[Notice, ...]:
        """A comment's way to everybody else who may read it; a note goes to agents alone."""
        is_public = visibility is Visibility.PUBLIC
        people = [p for p in participants if p.role is not Role.AGENT] if is_public else []
        answered = [p.email for p in participants if p.role is Role.AGENT]
        asked = {p.email for p in people}
        agents = tuple(
            to
            for to in listeners(self.policy, self.desk, owner, participants, *answered)
            if not asked & set(self._all_addresses(to.email))
        )
        event = Event.COMMENT_PUBLIC if is_public else Event.COMMENT_INTERNAL
        return (*self._to_people(event, people), *self._to_agents(event, agents, owner))

    def to_people(self, participants: tuple[Participant, ...]) -> tuple[Notice, ...]:
        """The words for customers alone, where the agents have them by another mail."""
        return self._to_people(Event.COMMENT_PUBLIC, list(participants))

    def _to_agents(
        self, event: Event, agents: tuple[Mailbox, ...], owner: str | None
    ) -> tuple[Notice, ...]:
        return tuple(
            Notice(
                event=event,
                to=to,
                role=Role.AGENT,
                reason=why_agent(self.policy, self.desk, owner, to.email),
                language=self.desk.language,
                words_of=self.speaker(),
            )
            for to in agents
            if self._is_told(to.email)
        )

    def _to_people(self, event: Event, people: list[Participant]) -> tuple[Notice, ...]:
        return tuple(
            Notice(
                event=event,
                to=Mailbox(email=p.email, name=p.name),
                role=p.role,
                reason=p.role,
                language=language_for(self.policy, self.desk, self.ticket, p.email),
                words_of=self.speaker(),
            )
            for p in people
            if self._is_told(p.email) and not p.is_muted
        )

    def _is_told(self, address: str) -> bool:
        """Whether a reader gets the mail: not the writer, not who had it directly, not we."""
        had_it = {m.email for m in (*self.message.to, *self.message.cc)}
        had_it |= {self.message.shown_from.lower(), *self.writer.addresses}
        is_new_to = not had_it & set(self._all_addresses(address))
        return is_new_to and not is_ours(self.policy, address)

    def _all_addresses(self, address: str) -> tuple[str, ...]:
        agent = agent_at(self.policy, address)
        return agent.emails if agent else (address,)

    def speaker(self) -> str:
        """Whose words these are, as a reader knows them.

        A name that shows an address would stand before ours as if that one had written.
        """
        if self.writer.agent:
            return self.writer.agent.name
        sender = self.writer.sender
        if sender is None:
            return self.message.shown_from
        name = sender.name or self._known_name(sender.email)
        return name if name and "@" not in name else sender.email

    def _known_name(self, address: str) -> str:
        """What a person whose mail shows no name is called on the ticket."""
        people = self.ticket.participants if self.ticket else ()
        return next((p.name for p in people if p.email == address), "")


def asked_who(desk: Desk, agent: Mailbox, shown_from: str) -> Notice:
    """The question who wrote a forwarded mail, to the agent who forwarded it."""
    shown = (phrase("riddle.shows", words=shown_from[:_SHOWN]),) if shown_from else ()
    return command_failed(
        desk,
        agent,
        phrase("riddle.title"),
        (phrase("riddle.yours"), *shown),
        (FORMS["requester"].example,),
    )


def command_failed(
    desk: Desk, agent: Mailbox, title: Line, lines: tuple[Line, ...], forms: tuple[str, ...]
) -> Notice:
    """Why nothing was done, and the line that would do it."""
    return Notice(
        event=Event.COMMAND_FAILED,
        to=agent,
        role=Role.AGENT,
        reason="agent",
        language=desk.language,
        counted=True,
        title=title,
        lines=lines,
        forms=forms,
    )


def unverified(desk: Desk, agent: Agent, message: InboundMessage) -> Notice:
    """The question "was this you?" to the address that the mail claims to come from."""
    # Never to an address that only looks like the agent's.
    address = own_address(agent, message.shown_from) or agent.emails[0]
    return Notice(
        event=Event.SENDER_UNVERIFIED,
        to=Mailbox(email=address, name=agent.name),
        role=Role.AGENT,
        reason="agent",
        language=desk.language,
        counted=True,
        title=phrase("sender.unverified.subject", name=desk.name),
        lines=(phrase("sender.unverified.their-subject", words=message.subject),),
    )


def undelivered(
    policy: Policy,
    desk: Desk,
    owner: str | None,
    failed: str,
    title: Line,
    lines: tuple[Line, ...],
) -> tuple[Notice, ...]:
    """The news that a mail was given up, to the ticket's agents but not to the failing address."""
    return tuple(
        Notice(
            event=Event.DELIVERY_FAILED,
            to=to,
            role=Role.AGENT,
            reason="owner" if owner else "agent",
            language=desk.language,
            title=title,
            lines=lines,
        )
        for to in agents_of(policy, desk, owner)
        if to.email != failed
    )


def warned(
    policy: Policy,
    desk: Desk,
    owner: str | None,
    title: Line,
    lines: tuple[Line, ...],
    *,
    once: str = "",
) -> tuple[Notice, ...]:
    """A word to a ticket's agents about mail that they must look at; `once` as in `alerts`."""
    return tuple(
        Notice(
            event=Event.ADMIN_ALERT,
            to=to,
            role=Role.AGENT,
            reason="agent",
            language=desk.language,
            title=title,
            lines=lines,
            once=once,
        )
        for to in agents_of(policy, desk, owner)
    )


def alerts(
    policy: Policy, title: Line, lines: tuple[Line, ...], *, once: str = ""
) -> tuple[Notice, ...]:
    """A word to those who look after the installation; with `once`, never twice for that."""
    return tuple(
        Notice(
            event=Event.ADMIN_ALERT,
            to=to,
            role="admin",
            reason="admin",
            language=policy.desks[0].language,
            title=title,
            lines=lines,
            once=once,
        )
        for to in _admins(policy)
    )


def agents_of(policy: Policy, desk: Desk, owner: str | None, *answered: str) -> tuple[Mailbox, ...]:
    """The owner, else every agent of the desk, and who of the staff answered before.

    Each stands once, at the first of their addresses.
    """
    wanted = (owner,) if owner else desk.agents
    return tuple(
        Mailbox(email=agent.emails[0], name=agent.name)
        for agent in policy.agents
        if agent.id in wanted or set(agent.emails) & set(answered)
    )


def why_agent(policy: Policy, desk: Desk, owner: str | None, address: str) -> str:
    """Why an agent hears of a ticket; one of another desk only takes part."""
    agent = agent_at(policy, address)
    if agent is not None and agent.id == owner:
        return "owner"
    return "agent" if agent is None or agent.id in desk.agents else "participant"


def listeners(
    policy: Policy,
    desk: Desk,
    owner: str | None,
    people: tuple[Participant, ...],
    *answered: str,
) -> tuple[Mailbox, ...]:
    """`agents_of`, without those who have muted the ticket, as long as somebody is left."""
    deaf = {p.email for p in people if p.is_muted and p.role is Role.AGENT}
    found = agents_of(policy, desk, owner, *answered)
    if not deaf:
        return found
    hearing = tuple(to for to in found if not _is_deaf(policy, to.email, deaf, owner))
    return hearing or found


def _is_deaf(policy: Policy, address: str, deaf: set[str], owner: str | None) -> bool:
    agent = agent_at(policy, address)
    return agent is not None and agent.id != owner and bool(deaf & set(agent.emails))


def language_of(policy: Policy, desk: Desk, address: str) -> str:
    """The language a person is written to in: their organisation's, else the desk's."""
    organisation = organisation_of(policy, address)
    return (organisation.language if organisation else "") or desk.language


def language_for(policy: Policy, desk: Desk, ticket: Ticket | None, address: str) -> str:
    """The language a person on a ticket is written to in: the ticket's, but to other organisations.

    Those are written to in their own, else in the desk's: a merge changes nobody's language.
    """
    if ticket is None:
        return language_of(policy, desk, address)
    organisation = organisation_of(policy, address)
    is_other = organisation is not None and organisation.name != ticket.organisation
    return language_of(policy, desk, address) if is_other else ticket.language


def _admins(policy: Policy) -> tuple[Mailbox, ...]:
    if policy.alerts_to:
        return tuple(Mailbox(email=address) for address in policy.alerts_to)
    managers = [a for a in policy.agents if "manager" in a.roles]
    return tuple(Mailbox(email=a.emails[0], name=a.name) for a in managers or policy.agents)

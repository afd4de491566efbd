"""What the core may know of the configuration, as one value.

In: `Settings`. Out: `core.model.Policy`, addresses in lower case.
*Fails:* never.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from maildesk.core.intake import Block
from maildesk.core.model import Agent, Desk, Organisation, Policy
from maildesk.core.packages import Package
from maildesk.core.priority import Matrix
from maildesk.core.rules import FilterRule, SenderRule
from maildesk.core.workflow import Category, Status, Transition, Workflow

if TYPE_CHECKING:
    from maildesk.config.people import Budget
    from maildesk.config.settings import Settings


def policy_of(settings: Settings) -> Policy:
    """The people, the desks, whom to believe, the caps."""
    return Policy(
        desks=_desks(settings),
        agents=_agents(settings),
        organisations=_organisations(settings),
        staff=settings.trust.staff,
        authserv_ids=settings.trust.authserv_ids,
        trusted_peers=settings.trust.peers,
        microsoft365=settings.trust.microsoft365,
        organisational_domains=_organisational_domains(settings),
        alerts_to=settings.alerts.to,
        automatic_mails_per_address=settings.limits.automatic_mails_per_address,
        tickets_per_sender=settings.limits.tickets_per_sender,
        reopenings_per_ticket=settings.limits.reopenings_per_ticket,
        reverse_path=settings.outgoing.reverse_path,
        batch=settings.outgoing.batch,
        attach_up_to=settings.outgoing.attach_up_to,
        max_message_size=settings.max_message_size,
        senders=_senders(settings),
        filters=_filters(settings),
        priority_matrix=_matrix(settings),
        intake=_intake(settings),
        workflow=workflow_of(settings),
        escalate_to=tuple((name, sla.escalate_to) for name, sla in settings.sla.items()),
    )


def workflow_of(settings: Settings) -> Workflow:
    """The statuses and what may follow them."""
    return Workflow(
        statuses=tuple(
            Status(
                name=status.name,
                category=Category(status.category),
                pauses=status.pauses,
                is_customer_visible=status.customer_visible,
            )
            for status in settings.workflow.statuses
        ),
        transitions=tuple(
            Transition(source=row.after, targets=row.may_follow, types=row.types, by=row.by)
            for row in settings.workflow.transitions
        ),
    )


def _matrix(settings: Settings) -> Matrix:
    rows = settings.priority_matrix
    return Matrix(high=rows.high, medium=rows.medium, low=rows.low)


def _intake(settings: Settings) -> tuple[Block, ...]:
    return tuple(
        Block(
            text=block.text,
            desk=block.desk or "",
            type=block.type or "",
            language=block.language or "",
            required=block.required,
        )
        for block in settings.intake
    )


def _senders(settings: Settings) -> tuple[SenderRule, ...]:
    return tuple(
        SenderRule(
            name=rule.name,
            addresses=rule.addresses,
            domains=rule.domains,
            list_ids=rule.list_ids,
            header=rule.header,
            requester=rule.requester,
            labels=rule.labels,
            name_labels=rule.name_labels,
            answer=rule.answer,
        )
        for rule in settings.senders
    )


def _filters(settings: Settings) -> tuple[FilterRule, ...]:
    return tuple(
        FilterRule(
            name=rule.name,
            header=rule.header,
            words=rule.words,
            at_least=rule.at_least,
            action=rule.action,
        )
        for rule in settings.filters
    )


def _desks(settings: Settings) -> tuple[Desk, ...]:
    return tuple(
        Desk(
            key=desk.key,
            name=desk.name,
            address=desk.address,
            aliases=desk.aliases,
            language=desk.language,
            agents=desk.agents,
            plus_addressing=desk.plus_addressing,
            unknown_senders=desk.unknown_senders,
            reopen_within=desk.reopen_within,
            thanks_reopen=desk.thanks_reopen,
            timezone=_timezone(settings, desk.sla),
            asks_rating=desk.ask_rating,
            remind_waiting_after=desk.remind_waiting_after,
            close_waiting_after=desk.close_waiting_after,
            close_done_after=desk.close_done_after,
            sla=desk.sla,
        )
        for desk in settings.desks
    )


def _agents(settings: Settings) -> tuple[Agent, ...]:
    return tuple(
        Agent(
            id=agent.id,
            name=agent.name,
            emails=agent.emails,
            roles=agent.roles,
            digest=agent.digest,
            timezone=agent.timezone.key if agent.timezone else "",
        )
        for agent in settings.agents
    )


def _organisational_domains(settings: Settings) -> tuple[tuple[str, str], ...]:
    """What stands above the agents' domains, by the public suffix list.

    A domain of two names has nothing above it but a suffix, so most desks never read the list.
    """
    addresses = (address for agent in settings.agents for address in agent.emails)
    domains = {address.rpartition("@")[2] for address in addresses}
    deep = tuple(sorted(domain for domain in domains if domain.count(".") > 1))
    return _above(deep) if deep else ()


@lru_cache(maxsize=4)
def _above(domains: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    # The list takes longer to read than all else that a policy is made of.
    from publicsuffixlist import PublicSuffixList

    suffixes = PublicSuffixList()
    pairs = ((domain, suffixes.privatesuffix(domain)) for domain in domains)
    return tuple((domain, above) for domain, above in pairs if above and above != domain)


def _timezone(settings: Settings, sla: str | None) -> str:
    """Where a desk is: the zone of the calendar that its promises are kept in."""
    promise = settings.sla.get(sla or "")
    calendar = settings.calendars.get(promise.calendar) if promise else None
    return calendar.timezone.key if calendar else "UTC"


def _package(budget: Budget) -> Package:
    minutes = round(budget.amount.total_seconds() / 60)
    return Package(name=budget.name, starts=budget.starts, ends=budget.ends, minutes=minutes)


def _organisations(settings: Settings) -> tuple[Organisation, ...]:
    return tuple(
        Organisation(
            name=customer.name,
            domains=customer.domains,
            people=customer.people,
            approvers=customer.approvers,
            language=customer.language or "",
            sla=customer.sla,
            share=customer.share,
            may=customer.may,
            timezone=customer.timezone.key if "timezone" in customer.model_fields_set else "",
            packages=tuple(_package(budget) for budget in customer.budgets),
        )
        for customer in settings.organisations
    )

"""The tables about people: `[[desks]]`, `[[agents]]`, `[[organisations]]` and their budgets.

In: TOML tables. Out: frozen models; addresses are in lower case, None stands for "never".
*Fails:* pydantic.ValidationError. What spans several tables is judged by `maildesk.config.checks`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from maildesk.config.base import Model
from maildesk.config.values import (
    Address,
    Domain,
    DurationOrNever,
    Flag,
    Hours,
    Language,
    Name,
    TimeOfDay,
    TimeOrNever,
    Zone,
)
from maildesk.core.changing import CHANGING, Changing

Share = Annotated[float, Field(strict=True, gt=0, le=10)]


def _key_as_name(given: Mapping[str, Any]) -> str:
    return str(given.get("key", ""))


class DeskTable(Model):
    """One support address: its people, its languages, its habits."""

    key: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{0,15}$")]
    name: Name = Field(default_factory=_key_as_name)
    address: Address
    aliases: tuple[Address, ...] = ()
    language: Language = "en"
    agents: tuple[Name, ...] = ()
    sla: Name | None = None
    plus_addressing: Flag = False
    unknown_senders: Literal["accept", "hold", "reject"] = "accept"
    reopen_within: DurationOrNever = timedelta(days=30)
    remind_waiting_after: DurationOrNever = timedelta(days=5)
    close_waiting_after: DurationOrNever = None
    close_done_after: DurationOrNever = None
    first_response_by: Literal["answer", "take"] = "answer"
    thanks_reopen: Flag = False
    ask_rating: Flag = True


class AgentTable(Model):
    """Somebody of the staff; all addresses that are theirs."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$")]
    name: Name
    emails: Annotated[tuple[Address, ...], Field(min_length=1)]
    roles: tuple[Literal["agent", "manager"], ...] = ("agent",)
    digest: TimeOrNever = time(8)
    timezone: Zone | None = None


class Budget(Model):
    """A package of paid hours; both days count."""

    name: Name
    starts: date
    ends: date
    amount: Hours
    summary_to: tuple[Address, ...] = ()


class OrganisationTable(Model):
    """A customer: which addresses are theirs, who sees, who approves."""

    name: Name
    domains: tuple[Domain, ...] = ()
    people: tuple[Address, ...] = ()
    approvers: tuple[Address, ...] = ()
    language: Language | None = None
    sla: Name | None = None
    share: Flag = False
    may: tuple[Changing, ...] = CHANGING
    timezone: Zone = ZoneInfo("UTC")
    budgets: tuple[Budget, ...] = ()


class BudgetSummaries(Model):
    """When organisations are told what is left; 31 in a shorter month is its last day."""

    days: tuple[Annotated[int, Field(strict=True, ge=1, le=31)], ...] = (1, 15)
    at: TimeOfDay = time(9)
    warn_at: tuple[Share, ...] = (0.5, 0.8, 1.0)

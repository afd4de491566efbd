"""The whole configuration as one frozen value, named as the file is.

In: the merged TOML tables (`maildesk.config.loader` brings them). Out: `Settings`; its `policy()`
is what the core may know of it.
*Fails:* pydantic.ValidationError.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, PrivateAttr

from maildesk.config.arrivals import FilterTable, SenderTable
from maildesk.config.base import Model, Table, empty_table, left_out
from maildesk.config.intake import IntakeTable
from maildesk.config.people import AgentTable, BudgetSummaries, DeskTable, OrganisationTable
from maildesk.config.promises import Calendar, PriorityMatrix, Sla, Workflow
from maildesk.config.values import Address, ConfigPathOrNone, Count, Flag, HerePath, Name, Peer
from maildesk.config.wires import ImapMailbox, Listener, Outgoing

if TYPE_CHECKING:
    from maildesk.core.model import Policy


class Trust(Model):
    """Whose word about a sender is believed."""

    authserv_ids: tuple[Name, ...] = ()
    staff: Literal["verified", "from"] = "verified"
    peers: tuple[Peer, ...] = ()
    microsoft365: Flag = False


class Alerts(Model):
    """Who is told of trouble with the desk itself."""

    to: tuple[Address, ...] = ()


class Limits(Model):
    """Caps against floods and loops; 0 is no limit."""

    automatic_mails_per_address: Count = 10
    tickets_per_sender: Count = 50
    reopenings_per_ticket: Count = 5


class Templates(Model):
    """Where an admin's own templates lie, which come before the delivered ones."""

    directory: ConfigPathOrNone = None


class Settings(Model):
    """Everything that can be configured; every field is a key of the file.

    `source` is the file, None for the embedded default; `warnings` are lines that `check` shows.
    """

    data_dir: HerePath = Field(default=Path("maildesk-data"), validate_default=True)
    rehearsal: Flag = False
    include: tuple[Name, ...] = ()
    listener: tuple[Listener, ...] = left_out([{}])
    mailboxes: tuple[ImapMailbox, ...] = ()
    outgoing: Outgoing = left_out({})
    trust: Trust = left_out({})
    alerts: Alerts = left_out({})
    limits: Limits = left_out({})
    senders: tuple[SenderTable, ...] = ()
    filters: tuple[FilterTable, ...] = ()
    desks: tuple[DeskTable, ...] = ()
    agents: tuple[AgentTable, ...] = ()
    organisations: tuple[OrganisationTable, ...] = ()
    budget_summaries: BudgetSummaries = left_out({})
    intake: tuple[IntakeTable, ...] = ()
    calendars: Table[Calendar] = Field(default_factory=empty_table)
    sla: Table[Sla] = Field(default_factory=empty_table)
    priority_matrix: PriorityMatrix = left_out({})
    workflow: Workflow = left_out({})
    templates: Templates = left_out({})

    _source: Path | None = PrivateAttr(default=None)
    _warnings: tuple[str, ...] = PrivateAttr(default=())

    @property
    def source(self) -> Path | None:
        """The file that was read, or None for the embedded default."""
        return self._source

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is allowed but deserves a look, one line each."""
        return self._warnings

    @property
    def max_message_size(self) -> int:
        """The size, in bytes, that ways without a listener of their own keep to."""
        sizes = [listener.max_message_size for listener in self.listener]
        return max(sizes, default=Listener().max_message_size)

    @property
    def turns_strangers_away(self) -> bool:
        """Whether there is anybody at all whom a desk refuses to the face."""
        return any(desk.unknown_senders == "reject" for desk in self.desks)

    def policy(self) -> Policy:
        """The people, desks, trust and caps that decisions look at."""
        # Who asks has the core in hand; a command that only looks need not load it.
        from maildesk.config.policy import policy_of

        return policy_of(self)

    def loaded_from(self, source: Path | None, warnings: tuple[str, ...]) -> Settings:
        """The same settings, knowing their file and what `check` should show."""
        known = self.model_copy()
        known._source, known._warnings = source, warnings
        return known


def context(folder: Path, data: dict[str, Any]) -> dict[str, Path]:
    """Where relative paths start: the configuration's folder, and the data directory."""
    data_dir = data.get("data_dir")
    start = data_dir if isinstance(data_dir, str) and "\0" not in data_dir else "maildesk-data"
    return {"folder": folder, "data_dir": Path.cwd() / start}

"""What no single key can get wrong: names that repeat, name nothing, or do not go together.

In: the merged tables as read, so that a mistake in one key hides none of these. Out: faults.
*Fails:* never.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path as File

from maildesk.config.calendars import check_calendars
from maildesk.config.connections import check_connections
from maildesk.config.faults import Fault
from maildesk.config.keys import Path, nearest, quoted
from maildesk.config.promises import ALWAYS, DELIVERED
from maildesk.config.raw import Placed, Table, is_given, named, tables, texts
from maildesk.core.intake import fields_in

Named = Iterable[tuple[Path, str]]


def check(data: Table, folder: File) -> Iterator[Fault]:
    """Every fault between keys; `folder` is where relative paths start."""
    yield from _presence(data)
    yield from _repetitions(data)
    yield from _references(data)
    yield from _own_addresses(data)
    yield from _arrivals(data)
    yield from _intake(data)
    yield from _promises(data)
    yield from _budgets(data)
    yield from check_connections(data)
    yield from _folders(data, folder)


def _presence(data: Table) -> Iterator[Fault]:
    if not data.get("desks"):
        yield Fault(("desks",), "is missing; at least one [[desks]] with key and address is needed")


def _repetitions(data: Table) -> Iterator[Fault]:
    desks, agents = list(tables(data, "desks")), list(tables(data, "agents"))
    customers = list(tables(data, "organisations"))
    statuses = tables(data, "workflow", "statuses")
    yield from _repeated(desks, "is the key of another desk", "key")
    yield from _repeated(desks, "is an address of another desk", "address", "aliases")
    yield from _repeated(agents, "is the id of another agent", "id")
    yield from _repeated(agents, "is an address of another agent", "emails")
    yield from _repeated(tables(data, "mailboxes"), "is the name of another mailbox", "name")
    yield from _repeated(customers, "is the name of another organisation", "name")
    yield from _repeated(customers, "is a domain of another organisation", "domains")
    yield from _repeated(customers, "belongs to another organisation", "people", "approvers")
    yield from _repeated(statuses, "is the name of another status", "name")
    for path, customer in customers:
        packages = tables(customer, "budgets", base=path)
        yield from _repeated(packages, "is the name of another of its budgets", "name")


def _repeated(places: Iterable[Placed], words: str, *keys: str) -> Iterator[Fault]:
    """A fault for each value, case-blind, that a table before this one has, too."""
    owners: dict[str, Path] = {}
    for placed in places:
        for path, value in texts(placed, *keys):
            if owners.setdefault(value.lower(), placed[0]) != placed[0]:
                yield Fault(path, f"{quoted(value)} {words}")


def _all(places: Iterable[Placed], *keys: str) -> Iterator[tuple[Path, str]]:
    for placed in places:
        yield from texts(placed, *keys)


def _references(data: Table) -> Iterator[Fault]:
    desks, customers = list(tables(data, "desks")), list(tables(data, "organisations"))
    agent_ids = [value for _, value in _all(tables(data, "agents"), "id")]
    desk_keys = [value for _, value in _all(desks, "key")]
    slas = [str(path[-1]) for path, _ in named(data, "sla")]
    calendars = list({ALWAYS: 0} | {str(path[-1]): 0 for path, _ in named(data, "calendars")})
    logins = ((path, str(path[-1])) for path, _ in named(data, "listener", "auth"))
    yield from _unknown(_all(desks, "agents"), agent_ids, "is no agent's id")
    yield from _unknown(logins, agent_ids, "is no agent's id")
    yield from _unknown(_all(tables(data, "mailboxes"), "desk"), desk_keys, "is no desk's key")
    yield from _unknown(_all(tables(data, "intake"), "desk"), desk_keys, "is no desk's key")
    yield from _unknown(_all([*desks, *customers], "sla"), slas, "is no table under [sla]")
    uses = _all(named(data, "sla"), "calendar")
    yield from _unknown(uses, calendars, "is no table under [calendars]")


def _unknown(found: Named, known: list[str], words: str) -> Iterator[Fault]:
    for path, value in found:
        if value not in known:
            yield Fault(path, f"{quoted(value)} {words}{nearest(value, known)}")


def _own_addresses(data: Table) -> Iterator[Fault]:
    """Mail to people must not come back to the desk: that would be a loop."""
    ours = {value.lower() for _, value in _all(tables(data, "desks"), "address", "aliases")}
    people = itertools.chain(
        _all(tables(data, "agents"), "emails"),
        _all(tables(data, "alerts"), "to"),
        _all(named(data, "sla"), "escalate_to"),
        _all(tables(data, "organisations"), "people", "approvers"),
        _all(tables(data, "organisations", "budgets"), "summary_to"),
    )
    for path, value in people:
        if value.lower() in ours:
            words = "is a desk's own address; mail to it would come back, so name a person's"
            yield Fault(path, f"{quoted(value)} {words}")


def _arrivals(data: Table) -> Iterator[Fault]:
    """Rules about mail that comes in: each names something, and no two have one name."""
    yield from _repeated(tables(data, "senders"), "is the name of another rule", "name")
    yield from _repeated(tables(data, "filters"), "is the name of another filter", "name")
    kinds = ("addresses", "domains", "list_ids", "header")
    for path, rule in tables(data, "senders"):
        if not any(is_given(rule, kind) for kind in kinds):
            yield Fault(path, f"fits all mail; give {', '.join(kinds[:-1])} or {kinds[-1]}")


def _intake(data: Table) -> Iterator[Fault]:
    """What is required is asked for; no customer is asked by two blocks that fit as well."""
    seen: set[tuple[str, ...]] = set()
    for path, table in tables(data, "intake"):
        # Whatever stands there; what is no text is told of elsewhere.
        whom = tuple(repr(table.get(key)) for key in ("desk", "type", "language"))
        if whom in seen:
            yield Fault(path, "asks the same customers as another block: desk, type and language")
        seen.add(whom)
        asked = table.get("text")
        names = [name for name, _ in fields_in(asked)] if isinstance(asked, str) else []
        known = {name.casefold() for name in names}
        for place, name in texts((path, table), "required"):
            if names and name.casefold() not in known:
                words = f"{quoted(name)} is no field of the text{nearest(name, names)}"
                yield Fault(place, words)


def _promises(data: Table) -> Iterator[Fault]:
    for path, _ in named(data, "calendars"):
        if path[-1] == ALWAYS:
            yield Fault(path, f'"{ALWAYS}" is built in; give this calendar another name')
    for path, goal in _goals(data):
        if not {"first_response", "update", "resolution"} & set(goal):
            yield Fault(path, "promises nothing; give first_response, update or resolution")
    yield from check_calendars(data)
    yield from _statuses(data)
    yield from _transitions(data)


def _goals(data: Table) -> Iterator[Placed]:
    for path, sla in named(data, "sla"):
        yield from tables(sla, "goals", base=path)


def _statuses(data: Table) -> Iterator[Fault]:
    """New tickets are Open, customers reopen to it, and agents finish by Done."""
    needed = {name.lower(): DELIVERED[name] for name in ("Open", "Done")}
    for path, status in tables(data, "workflow", "statuses"):
        category = needed.get(str(status.get("name", "")).lower())
        if category and status.get("category", category) != category:
            words = f'must stay "{category}" for {status["name"]}, which the desk itself relies on'
            yield Fault((*path, "category"), words)


def _transitions(data: Table) -> Iterator[Fault]:
    rows = list(tables(data, "workflow", "transitions"))
    own = [value for _, value in _all(tables(data, "workflow", "statuses"), "name")]
    known = [*DELIVERED, *own]
    yield from _unknown(_all(rows, "after", "may_follow"), known, "is no status")


def _budgets(data: Table) -> Iterator[Fault]:
    for path, package in tables(data, "organisations", "budgets"):
        starts, ends = package.get("starts"), package.get("ends")
        if isinstance(starts, date) and isinstance(ends, date) and str(ends) < str(starts):
            yield Fault((*path, "ends"), "must not be before starts")


def _folders(data: Table, folder: File) -> Iterator[Fault]:
    for placed in tables(data, "templates"):
        for path, value in texts(placed, "directory"):
            if value and not os.path.isdir(folder / value):
                yield Fault(path, "is no folder, or it cannot be looked into")

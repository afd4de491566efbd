"""What is allowed and still deserves a look: lines that `check` shows, exit 0.

In: settings without a fault, and the document they came from. Out: findings with their paths.
*Fails:* never; a file that cannot be looked at gives no line.
"""

from __future__ import annotations

import itertools
import stat
from collections.abc import Iterator
from pathlib import Path as File
from typing import Any

from maildesk.config.calendars import last_known_year
from maildesk.config.connections import is_loopback
from maildesk.config.documents import Document
from maildesk.config.faults import Fault, spot_of
from maildesk.config.keys import Path, quoted, table_at
from maildesk.config.settings import Settings


def cautions(settings: Settings, document: Document) -> Iterator[Fault]:
    """One finding for each thing that works and may surprise."""
    yield from _trust(settings)
    yield from _desks(settings)
    yield from _plain_text(settings)
    yield from _overlaps(settings)
    yield from _holidays(settings)
    yield from _open_secrets(document)


def _trust(settings: Settings) -> Iterator[Fault]:
    trust = settings.trust
    if trust.staff == "from":
        words = 'is "from": whoever writes an agent\'s address into From may act as that agent'
        yield Fault(("trust", "staff"), words)
    elif not trust.authserv_ids and not trust.microsoft365:
        words = "is empty: nothing is verified by Authentication-Results, so agents are asked first"
        yield Fault(("trust", "authserv_ids"), words)
    elif settings.listener and not settings.mailboxes and not trust.peers:
        words = "is empty: what comes by SMTP or LMTP is never verified by Authentication-Results"
        yield Fault(("trust", "peers"), words)


def _desks(settings: Settings) -> Iterator[Fault]:
    for index, desk in enumerate(settings.desks):
        if not desk.agents:
            words = f"desk {desk.key} has no agents, so nobody is told of its tickets"
            yield Fault(("desks", index, "agents"), words)


def _plain_text(settings: Settings) -> Iterator[Fault]:
    """Passwords that would cross a network unprotected, and logins that will not be offered."""
    for index, box in enumerate(settings.mailboxes):
        if box.tls == "none" and not is_loopback(box.host):
            yield Fault(("mailboxes", index, "tls"), _in_clear(box.host))
    relay = settings.outgoing
    if relay.tls == "none" and relay.username and not is_loopback(relay.host):
        yield Fault(("outgoing", "tls"), _in_clear(relay.host))
    for index, door in enumerate(settings.listener):
        if door.auth and not door.tls_certificate:
            words = "is offered after STARTTLS alone, and this listener has no tls_certificate"
            yield Fault(("listener", index, "auth"), words)


def _in_clear(host: str) -> str:
    return f'is "none": the password or token goes to {quoted(host)} in the clear'


def _overlaps(settings: Settings) -> Iterator[Fault]:
    for place, customer in enumerate(settings.organisations):
        packages = sorted(enumerate(customer.budgets), key=lambda pair: pair[1].starts)
        for (_, one), (index, two) in itertools.combinations(packages, 2):
            if two.starts <= one.ends:
                words = f"overlaps {quoted(one.name)}; the older package is used up first"
                yield Fault(("organisations", place, "budgets", index, "starts"), words)


def _holidays(settings: Settings) -> Iterator[Fault]:
    """Free days that nobody has written down yet would count as days of work."""
    for name, calendar in settings.calendars.items():
        last = last_known_year(calendar.holidays) if calendar.holidays else None
        if last:
            words = f"those of {calendar.holidays} are known through {last}; later ones belong into"
            yield Fault(("calendars", name, "holidays"), f"{words} holiday_dates")


def _open_secrets(document: Document) -> Iterator[Fault]:
    """Secrets written into a file that every user of the machine may read."""
    open_files: dict[str, bool] = {}
    for path in _inline_secrets(document.data, ()):
        spot = spot_of(path, document.spots)
        if spot and open_files.setdefault(spot.file, _is_open(spot.file)):
            words = f"stands in a file that others may read; chmod o-r it, or use {path[-1]}_file"
            yield Fault(path, words)


def _inline_secrets(value: Any, path: Path) -> Iterator[Path]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _inline_secrets(item, (*path, index))
    if isinstance(value, dict):
        model = table_at(path)
        for key, inner in value.items():
            if model and key in model.secrets and inner:
                yield (*path, key)
            yield from _inline_secrets(inner, (*path, key))


def _is_open(name: str) -> bool:
    try:
        return bool(File(name).stat().st_mode & stat.S_IROTH)
    except OSError:
        return False

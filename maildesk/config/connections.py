"""Which keys of a connection go together: doors, logins, TLS, OAuth2.

In: the merged tables as read. Out: faults.
*Fails:* never.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from urllib.parse import urlsplit

from maildesk.config.faults import Fault
from maildesk.config.raw import Placed, Table, is_given, named, tables
from maildesk.config.secret import keys


def check_connections(data: Table) -> Iterator[Fault]:
    """Every fault between the keys of listeners, mailboxes and the relay."""
    yield from _listeners(data)
    for placed in tables(data, "mailboxes"):
        yield from _mailbox(placed)
        yield from _oauth2(placed)
    for placed in tables(data, "outgoing"):
        yield from _relay(placed)
        yield from _oauth2(placed)


def has(table: Table, name: str) -> bool:
    """Whether the secret is given in any of its four forms."""
    return any(is_given(table, key) for key in keys(name))


def is_loopback(host: str) -> bool:
    """Whether the name or address is this machine's own."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost" or host.lower().endswith(".localhost")


def _listeners(data: Table) -> Iterator[Fault]:
    doors: set[tuple[object, object]] = set()
    for path, door in tables(data, "listener"):
        if is_given(door, "socket") and "port" in door:
            yield Fault((*path, "socket"), "stands beside port; a listener has one of them")
        for one, other in (("tls_certificate", "tls_key"), ("tls_key", "tls_certificate")):
            if is_given(door, one) and not is_given(door, other):
                yield Fault((*path, one), f"needs {other} beside it")
        place = (door.get("host", "127.0.0.1"), door.get("port", 8025))
        if is_given(door, "socket"):
            place = ("", door["socket"])
        if place[1] != 0 and _is_repeated(place, doors):
            yield Fault(path, "listens where another listener does")
    for path, login in named(data, "listener", "auth"):
        if not has(login, "password"):
            yield Fault(path, f"needs {_forms('password')}")


def _is_repeated(place: tuple[object, object], seen: set[tuple[object, object]]) -> bool:
    comparable = (str(place[0]), str(place[1]))
    is_old = comparable in seen
    seen.add(comparable)
    return is_old


def _mailbox(placed: Placed) -> Iterator[Fault]:
    path, box = placed
    yield from _one_proof(placed, is_needed=True)
    folders = [box.get("folder", "INBOX"), box.get("archive_folder", "Processed")]
    if box.get("after", "move") == "move" and len({str(name).lower() for name in folders}) == 1:
        yield Fault((*path, "archive_folder"), "must be another folder than the one that is read")


def _relay(placed: Placed) -> Iterator[Fault]:
    path, relay = placed
    has_proof = has(relay, "password") or is_given(relay, "oauth2")
    if has_proof and not is_given(relay, "username"):
        yield Fault(path, "username is missing beside the password or oauth2")
    yield from _one_proof(placed, is_needed=is_given(relay, "username"))


def _one_proof(placed: Placed, *, is_needed: bool) -> Iterator[Fault]:
    path, table = placed
    has_password, has_oauth2 = has(table, "password"), is_given(table, "oauth2")
    if has_password and has_oauth2:
        yield Fault((*path, "oauth2"), "stands beside a password; one of them is enough")
    if is_needed and not has_password and not has_oauth2:
        yield Fault(path, f"the username needs {_forms('password')} or oauth2")


def _forms(name: str) -> str:
    return ", ".join(keys(name)[:-1]) + f" or {keys(name)[-1]}"


def _oauth2(placed: Placed) -> Iterator[Fault]:
    for path, table in tables(placed[1], "oauth2", base=placed[0]):
        if table:
            yield from _grant((path, table))
            yield from _provider((path, table))


def _grant(placed: Placed) -> Iterator[Fault]:
    path, table = placed
    is_app = table.get("grant", "refresh_token") == "client_credentials"
    if is_app and not has(table, "client_secret"):
        yield Fault(path, f'grant "client_credentials" needs {_forms("client_secret")}')
    if is_app and has(table, "refresh_token"):
        given = next(key for key in keys("refresh_token") if is_given(table, key))
        yield Fault((*path, given), 'has no use with grant "client_credentials"')
    if table.get("grant", "refresh_token") == "refresh_token" and not has(table, "refresh_token"):
        yield Fault(path, f"needs {_forms('refresh_token')}")


def _provider(placed: Placed) -> Iterator[Fault]:
    path, table = placed
    provider, is_app = table.get("provider"), table.get("grant") == "client_credentials"
    if provider == "google" and is_app:
        words = 'must be "refresh_token": Google gives mailboxes no other way'
        yield Fault((*path, "grant"), words)
    if provider == "microsoft" and is_app and not is_given(table, "tenant"):
        yield Fault(path, 'tenant is missing; grant "client_credentials" needs your directory\'s')
    if provider in ("google", "custom") and is_given(table, "tenant"):
        yield Fault((*path, "tenant"), 'is for provider "microsoft" alone')
    if provider == "custom" and not is_given(table, "token_url"):
        yield Fault(path, 'token_url is missing; provider "custom" has no preset')
    if is_given(table, "token_url") and not _is_safe(table["token_url"]):
        yield Fault((*path, "token_url"), "must be an https:// address (http:// on loopback only)")


def _is_safe(url: object) -> bool:
    try:
        parts = urlsplit(str(url))
        host = parts.hostname or ""
    except ValueError:
        return False
    return bool(host) and (
        parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
    )

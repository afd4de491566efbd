"""From the configuration's `[[listener]]` tables to listeners that can be started.

In: settings, sockets inherited from the service manager. Out: listeners, not yet started.
*Fails:* ConfigError when a certificate or key cannot be used.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable
from datetime import datetime

from maildesk.config.secret import Secret
from maildesk.config.settings import Settings
from maildesk.config.wires import Listener as ListenerTable
from maildesk.core.model import Policy
from maildesk.errors import ConfigError
from maildesk.inbox.receive import Door
from maildesk.inbox.smtp_listener import Listener
from maildesk.inbox.smtp_settings import ListenerSettings


def listeners(
    settings: Settings,
    inherited: tuple[int, ...],
    *,
    policy: Callable[[], Policy],
    door: Door,
    now: Callable[[], datetime],
    hostname: str,
) -> tuple[Listener, ...]:
    """One listener for each table; inherited sockets go to the first tables, in order."""
    handles = (*inherited, *(None for _ in settings.listener))
    return tuple(
        Listener(_settings(table, handle), policy=policy, door=door, now=now, hostname=hostname)
        for table, handle in zip(settings.listener, handles, strict=False)
    )


def _settings(table: ListenerTable, handle: int | None) -> ListenerSettings:
    return ListenerSettings(
        protocol=table.protocol,
        host=table.host,
        port=table.port or 0,
        socket=table.socket,
        fd=handle,
        max_message_size=table.max_message_size,
        relays=tuple(str(relay) for relay in table.relays),
        tls_context=_tls(table),
        auth={
            agent: _late(login.password) for agent, login in table.auth.items() if login.password
        },
    )


def _late(password: Secret) -> Callable[[], str]:
    return lambda: password.read(os.environ)


def _tls(table: ListenerTable) -> ssl.SSLContext | None:
    if table.tls_certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(table.tls_certificate, table.tls_key)
    except OSError as error:
        fault = f"listener.tls_certificate: {table.tls_certificate} cannot be used: {error}"
        raise ConfigError((fault,)) from error
    return context

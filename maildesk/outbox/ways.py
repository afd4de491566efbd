"""The configured way out: a relay by SMTP, or a Maildir.

In: settings. Out: a transport; secrets are read when it logs in, not before.
*Fails:* never; a secret that cannot be read is a RelayDown at the first mail.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from maildesk.config.settings import Settings
from maildesk.core.phrase import Teller
from maildesk.errors import ConfigError, LoginRefused, MailboxError, RelayDown, RelayRefused
from maildesk.outbox.maildir import MaildirTransport
from maildesk.outbox.smtp_transport import SmtpTransport
from maildesk.outbox.transport import Transport
from maildesk.store.store import Store

if TYPE_CHECKING:
    from maildesk.oauth2 import TokenSource

# Where the relay's renewed refresh token is kept; no mailbox can have such a name.
_RELAY = "[outgoing]"


def transport_of(settings: Settings, tokens: TokenSource | None) -> Transport:
    """What `[outgoing]` names; `tokens` where the relay wants OAuth2."""
    if settings.outgoing.transport == "maildir":
        return MaildirTransport(settings.outgoing.maildir)
    return relay_of(settings, tokens)


def relay_tokens(
    settings: Settings,
    store: Store,
    *,
    now: Callable[[], datetime],
    alert: Teller,
) -> TokenSource | None:
    """Access tokens for the relay, where the configuration wants them."""
    if settings.outgoing.oauth2 is None:
        return None
    # It knows HTTP and TLS, which a relay with a password, or without one, never needs.
    from maildesk import oauth2
    from maildesk.oauth2 import StoredTokens, TokenSource

    return TokenSource(
        oauth2.from_config(settings.outgoing.oauth2, os.environ),
        name="relay",
        memory=StoredTokens(store, _RELAY),
        now=now,
        alert=alert,
    )


def relay_of(settings: Settings, tokens: TokenSource | None) -> SmtpTransport:
    """The relay that `[outgoing]` names."""
    outgoing = settings.outgoing

    def password() -> str:
        if outgoing.password is None:
            return ""
        try:
            return outgoing.password.read(os.environ)
        except ConfigError as error:
            raise RelayDown(str(error)) from error

    def token() -> str:
        assert tokens
        try:
            return tokens.token()
        except (MailboxError, ConfigError) as error:
            is_verdict = isinstance(error, LoginRefused)
            raise (RelayRefused if is_verdict else RelayDown)(str(error)) from error

    return SmtpTransport(
        host=outgoing.host,
        port=outgoing.port,
        tls=outgoing.tls,
        username=outgoing.username,
        password=password if outgoing.password else None,
        token=token if tokens else None,
        forget_token=tokens.forget if tokens else None,
        timeout=outgoing.timeout,
    )

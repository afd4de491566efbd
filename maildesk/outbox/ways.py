"""The configured way out: a relay by SMTP, or a Maildir.

In: settings. Out: a transport; secrets are read when it logs in, not before.
*Fails:* never; a secret that cannot be read is a RelayDown at the first mail.
"""

from __future__ import annotations

import os

from maildesk.config.settings import Settings
from maildesk.errors import ConfigError, RelayDown
from maildesk.outbox.maildir import MaildirTransport
from maildesk.outbox.smtp_transport import SmtpTransport
from maildesk.outbox.transport import Transport


def transport_of(settings: Settings) -> Transport:
    """What `[outgoing]` names."""
    if settings.outgoing.transport == "maildir":
        return MaildirTransport(settings.outgoing.maildir)
    return relay_of(settings)


def relay_of(settings: Settings) -> SmtpTransport:
    """The relay that `[outgoing]` names."""
    outgoing = settings.outgoing

    def password() -> str:
        if outgoing.password is None:
            return ""
        try:
            return outgoing.password.read(os.environ)
        except ConfigError as error:
            raise RelayDown(str(error)) from error

    return SmtpTransport(
        host=outgoing.host,
        port=outgoing.port,
        tls=outgoing.tls,
        username=outgoing.username,
        password=password if outgoing.password else None,
        timeout=outgoing.timeout,
    )

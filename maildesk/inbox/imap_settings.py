"""What one IMAP mailbox needs to be read, and how patient we are with its server.

In: the configuration's `[[mailboxes]]`, as plain values; secrets are functions, read late. Out:
frozen settings for the session, the poller and the token source.
*Fails:* never.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from maildesk import oauth2
from maildesk.config.secret import Secret
from maildesk.config.wires import ImapMailbox
from maildesk.oauth2 import OAuth2Settings

TLS_IMPLICIT = "implicit"
TLS_STARTTLS = "starttls"
AFTER_MOVE = "move"
AFTER_SEEN = "seen"
AFTER_DELETE = "delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxSettings:
    """One `[[mailboxes]]` table; exactly one of `password` and `oauth2` is set."""

    name: str
    host: str
    port: int = 993
    tls: str = TLS_IMPLICIT
    username: str
    password: Callable[[], str] | None = field(default=None, repr=False)
    oauth2: OAuth2Settings | None = None
    folder: str = "INBOX"
    after: str = AFTER_MOVE
    archive_folder: str = "Processed"
    poll_every: timedelta = timedelta(seconds=60)
    first_poll: str = "new"  # or "all"
    desk: str = ""
    max_message_size: int = 25 * 1024 * 1024

    @property
    def place(self) -> str:
        """The folder of the account, whatever the configuration calls the mailbox."""
        return f"{self.username}@{self.host.lower()}/{self.folder}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to wait for what, in seconds; tests shorten it.

    IDLE is renewed long before the 29 minutes of RFC 2177: middle boxes forget a silent
    connection after 5 to 10.
    """

    connect: float = 15.0
    read: float = 60.0  # for one read of the socket, so a large message may take longer
    goodbye: float = 2.0  # for the server's last words once we are leaving
    idle_slice: float = 1.0  # how soon a stop is noticed
    idle_at_most: tuple[float, float] = (300.0, 540.0)
    first_backoff: float = 1.0
    longest_backoff: float = 300.0
    # Servers lock accounts for logins that are refused a few times within minutes.
    first_refusal: float = 300.0
    longest_refusal: float = 3600.0
    commit: float = 120.0  # for the store to make messages durable
    alert_after: timedelta = timedelta(minutes=10)
    rest: timedelta = timedelta(minutes=10)  # of what failed thrice: a message, or IDLE


def from_config(
    table: ImapMailbox, env: Mapping[str, str], *, max_message_size: int
) -> MailboxSettings:
    """The settings of one `[[mailboxes]]` table; `env` is where secrets may stand."""
    return MailboxSettings(
        name=table.name,
        host=table.host,
        port=table.port,
        tls=table.tls,
        username=table.username,
        password=_late(table.password, env),
        oauth2=oauth2.from_config(table.oauth2, env) if table.oauth2 else None,
        folder=table.folder,
        after=table.after,
        archive_folder=table.archive_folder,
        poll_every=table.poll_every,
        first_poll=table.first_poll,
        desk=table.desk or "",
        max_message_size=max_message_size,
    )


def _late(secret: Secret | None, env: Mapping[str, str]) -> Callable[[], str] | None:
    return (lambda: secret.read(env)) if secret else None

"""How an IMAP connection begins: made with patience, and a login that is judged by what was said.

In: settings; an error of the libraries. Out: a connection; the server's own words; whether a login
was refused for good or is worth another try soon.
*Fails:* what imaplib, ssl and socket raise for a server that is not to be had.
"""

from __future__ import annotations

import imaplib
import re
import socket
import ssl

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import LoginError

from maildesk.inbox.imap_settings import TLS_IMPLICIT, MailboxSettings, Patience

# The codes of a NO to a login that speak of the server's troubles, not of ours.
_PASSING = re.compile(
    r"\[(?:UNAVAILABLE|SERVERBUG|INUSE|LIMIT|THROTTLED|OVERQUOTA)\b", re.IGNORECASE
)


def connect(settings: MailboxSettings, patience: Patience) -> IMAPClient:
    """A connection to the server, encrypted where TLS comes first."""
    client = IMAPClient(
        settings.host,
        settings.port,
        ssl=settings.tls == TLS_IMPLICIT,
        ssl_context=ssl.create_default_context() if settings.tls == TLS_IMPLICIT else None,
        timeout=SocketTimeout(connect=patience.connect, read=patience.read),
    )
    client.normalise_times = False
    # SEARCH goes out in two pieces; Nagle's algorithm would hold back the second for 40 ms.
    client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return client


def log_in(client: IMAPClient, username: str, password: str) -> None:
    """Log in with a password, in the way that the server and the letters allow."""
    is_disabled = client.has_capability("LOGINDISABLED")
    if is_disabled and not client.has_capability("AUTH=PLAIN"):
        # RFC 9051 §6.2.3: then LOGIN must not even be tried, which would show the password.
        message = "the server takes no password on this connection; tls should be on"
        raise LoginError(message)
    # imaplib sends LOGIN in ASCII; SASL PLAIN is defined for UTF-8 (RFC 4616).
    if is_disabled or not (password + username).isascii():
        client.plain_login(username, password)
    else:
        client.login(username, password)


def is_verdict(error: LoginError) -> bool:
    """Whether the server judged the login, and does not call the trouble its own (RFC 5530)."""
    return not isinstance(error.__context__, imaplib.IMAP4.abort) and not _PASSING.search(
        words_of(error)
    )


def words_of(error: BaseException) -> str:
    """What the server said; for logins imaplib keeps it as bytes, imapclient as their repr."""
    cause = (isinstance(error, LoginError) and error.__context__) or error
    said = cause.args[0] if cause and cause.args else ""
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(error)

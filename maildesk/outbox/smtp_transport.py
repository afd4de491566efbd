"""Outgoing mail to the relay by SMTP: smtplib, with the answers kept apart by what they judge.

In: a mail and its envelope, one recipient a transaction (RFC 5321 §3.3). Out: the relay's "250 …".
The connection is kept for up to 100 mails and 30 idle seconds. Certificates are always verified.
A silence or a break after the final dot leaves the outcome unknown: the same mail, with the same
Message-ID, is sent again later (RFC 5321 §6.1 makes that the client's duty).
*Fails:* `RelayDown` for everything before the relay looked at a mail (name, connection, TLS, AUTH,
banner, 421 to MAIL), `RelayRefused` where it judged our login; then `TemporaryDelivery` for 4xx and
a broken dialogue, `PermanentDelivery` for 5xx.
"""

from __future__ import annotations

import base64
import contextlib
import re
import smtplib
import ssl
import time
from collections.abc import Callable
from datetime import timedelta

from maildesk.errors import (
    MaildeskError,
    PermanentDelivery,
    RelayDown,
    RelayRefused,
    TemporaryDelivery,
)
from maildesk.mail.header_encoding import clean, needs_smtputf8, wire_address
from maildesk.outbox.transport import with_line_ends

_MAILS_PER_CONNECTION = 100
_IDLE_SECONDS = 30.0
# RFC 4954 §6: these speak of who we are, not of the mail, so no mail may die of them.
_ABOUT_LOGIN = frozenset((530, 534, 535, 538))

Answer = tuple[int, bytes]


class SmtpTransport:
    """A `Transport` to one relay. `password` and `token` are called at each login, never kept."""

    def __init__(
        self,
        *,
        host: str,
        port: int,
        tls: str = "none",  # or "starttls", "implicit"
        username: str = "",
        password: Callable[[], str] | None = None,
        token: Callable[[], str] | None = None,  # XOAUTH2 instead of a password
        forget_token: Callable[[], bool] | None = None,  # of a refused one; may the next pass?
        helo: str | None = None,
        connect_timeout: timedelta = timedelta(seconds=30),
        command_timeout: timedelta = timedelta(minutes=5),
        timeout: timedelta = timedelta(minutes=10),
        context: ssl.SSLContext | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._host, self._port, self._tls = host, port, tls
        self._username, self._password, self._token = username, password, token
        self._forget_token = forget_token
        self._helo = helo
        self._connect_seconds = connect_timeout.total_seconds()
        self._command_seconds = command_timeout.total_seconds()
        self._dot_seconds = timeout.total_seconds()
        self._context = context
        self._monotonic = monotonic
        self._connection: smtplib.SMTP | None = None
        self._sent = 0
        self._used_at = 0.0

    def send(self, mail: bytes, mail_from: str, rcpt_to: str) -> str:
        """One transaction. Returns the relay's answer to the final dot. Raises DeliveryError."""
        sender = _checked(mail_from) if mail_from else ""
        recipient = _checked(rcpt_to)
        data = _dot_stuffed(mail)
        connection = self._ready()
        try:
            answer = self._transaction(connection, sender, recipient, data)
        except OSError as error:
            self._drop()
            msg = f"the relay broke off: {_words(error)}"
            raise TemporaryDelivery(msg) from error
        finally:
            self._used_at = self._monotonic()
        self._sent += 1
        return _told(answer)

    def check(self) -> None:
        """Connects and logs in, as `maildesk check --connect` does. Raises RelayDown."""
        self._ready()

    def close_idle(self) -> None:
        """Closes a connection that has been idle for 30 seconds."""
        if self._connection and self._monotonic() - self._used_at > _IDLE_SECONDS:
            self.close()

    def close(self) -> None:
        """QUIT, and the connection is gone whatever comes back."""
        connection, self._connection = self._connection, None
        if connection:
            with contextlib.suppress(OSError):
                _patience(connection, 5.0)
                connection.quit()
            connection.close()

    def _ready(self) -> smtplib.SMTP:
        """A connection that has just answered: the kept one if it is alive, else a new one."""
        self.close_idle()
        if self._sent >= _MAILS_PER_CONNECTION:
            self.close()
        if self._connection and not self._is_alive(self._connection):
            self._drop()
        if self._connection is None:
            self._connection = self._opened()
            self._sent, self._used_at = 0, self._monotonic()
        return self._connection

    def _is_alive(self, connection: smtplib.SMTP) -> bool:
        """RSET clears what an earlier refusal left. All errors of smtplib are OSErrors."""
        try:
            return connection.rset()[0] == 250
        except OSError:
            return False

    def _opened(self) -> smtplib.SMTP:
        """A new session, up to the point where mails can go. Raises RelayDown."""
        connection = None
        try:
            connection = self._connected()
            self._greet(connection)
            _patience(connection, self._command_seconds)
        except (OSError, MaildeskError) as error:
            if connection:
                connection.close()
            kind = RelayRefused if isinstance(error, RelayRefused) else RelayDown
            msg = f"{self._host}:{self._port}: {_words(error)}"
            raise kind(msg) from error
        return connection

    def _connected(self) -> smtplib.SMTP:
        """TCP, TLS where it comes first, and the banner; smtplib raises when it is not 220."""
        if self._tls == "implicit":
            return smtplib.SMTP_SSL(
                self._host,
                self._port,
                local_hostname=self._helo,
                timeout=self._connect_seconds,
                context=self._verifying(),
            )
        return smtplib.SMTP(
            self._host, self._port, local_hostname=self._helo, timeout=self._connect_seconds
        )

    def _greet(self, connection: smtplib.SMTP) -> None:
        connection.ehlo_or_helo_if_needed()
        if self._tls == "starttls":
            connection.starttls(context=self._verifying())
            connection.ehlo_or_helo_if_needed()
        if self._username:
            self._log_in(connection)

    def _verifying(self) -> ssl.SSLContext:
        """smtplib's own default would take any certificate."""
        return self._context or ssl.create_default_context()

    def _log_in(self, connection: smtplib.SMTP) -> None:
        """XOAUTH2 with a token, else PLAIN or LOGIN, all in UTF-8 (smtplib knows ASCII only)."""
        offered = connection.esmtp_features.get("auth", "").upper().split()
        if self._token:
            answer = _xoauth2(connection, self._username, self._token())
        elif "PLAIN" in offered or "LOGIN" not in offered:
            secret = f"\0{self._username}\0{self._secret()}"
            answer = connection.docmd("AUTH", f"PLAIN {_base64(secret)}")
        else:
            answer = connection.docmd("AUTH", f"LOGIN {_base64(self._username)}")
            if answer[0] == 334:
                answer = connection.docmd(_base64(self._secret()))
        if answer[0] != 235:
            # A kept token may have been revoked; the next login asks for a fresh one.
            may_pass = self._forget_token is not None and self._forget_token()
            is_verdict = answer[0] // 100 == 5 and not may_pass
            msg = f"login as {self._username} failed: {_told(answer)}"
            raise (RelayRefused if is_verdict else RelayDown)(msg)

    def _secret(self) -> str:
        return self._password() if self._password else ""

    def _transaction(
        self, connection: smtplib.SMTP, sender: str, recipient: str, data: bytes
    ) -> Answer:
        """MAIL, RCPT, DATA and the dot, each answer judged. Raises DeliveryError, OSError."""
        answer = connection.docmd(
            "MAIL", f"FROM:<{sender}>{_options(connection, sender, recipient, data)}"
        )
        if answer[0] == 421 or answer[0] in _ABOUT_LOGIN:
            raise RelayDown(_told(answer))
        _require(answer, 2)
        _require(connection.docmd("RCPT", f"TO:<{recipient}>"), 2)
        _require(connection.docmd("DATA"), 3)
        _patience(connection, self._dot_seconds)
        connection.send(data)
        answer = connection.getreply()
        _patience(connection, self._command_seconds)
        _require(answer, 2)
        return answer

    def _drop(self) -> None:
        """Closes without a word: the other side no longer listens, or cannot be trusted to."""
        connection, self._connection = self._connection, None
        if connection:
            connection.close()


def _checked(address: str) -> str:
    try:
        return wire_address(address)
    except MaildeskError as error:
        raise PermanentDelivery(str(error)) from error


def _options(connection: smtplib.SMTP, sender: str, recipient: str, data: bytes) -> str:
    """SIZE where the relay wants to know, SMTPUTF8 where an address needs it (RFC 6531 §3.4)."""
    options = f" SIZE={len(data)}" if connection.has_extn("size") else ""
    connection.command_encoding = "ascii"
    if needs_smtputf8(sender) or needs_smtputf8(recipient):
        if not connection.has_extn("smtputf8"):
            msg = f"the relay offers no SMTPUTF8, without which no mail can reach <{recipient}>"
            raise PermanentDelivery(msg)
        connection.command_encoding = "utf-8"
        options += " SMTPUTF8"
    return options


def _require(answer: Answer, first_digit: int) -> None:
    """Raises the error that fits an answer other than the one hoped for (RFC 5321 §4.2.1)."""
    kind = answer[0] // 100
    if kind == first_digit:
        return
    raise (PermanentDelivery if kind == 5 else TemporaryDelivery)(_told(answer))


def _xoauth2(connection: smtplib.SMTP, username: str, token: str) -> Answer:
    """One answer whatever the server does: a refusal comes as a challenge that wants a blank."""
    secret = f"user={username}\x01auth=Bearer {token}\x01\x01"
    answer = connection.docmd("AUTH", f"XOAUTH2 {_base64(secret)}")
    return connection.docmd("") if answer[0] == 334 else answer


def _dot_stuffed(mail: bytes) -> bytes:
    """RFC 5321 §4.5.2. With every line end a CRLF, no relay can see the end of data too early."""
    lines = with_line_ends(mail, b"\r\n")
    return re.sub(rb"^\.", b"..", lines, flags=re.MULTILINE) + b".\r\n"


def _patience(connection: smtplib.SMTP, seconds: float) -> None:
    if connection.sock:
        connection.sock.settimeout(seconds)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _told(answer: Answer) -> str:
    """The relay's code and words as one clean line."""
    return clean(f"{answer[0]} {answer[1].decode('utf-8', 'replace')}", 500)


def _words(error: Exception) -> str:
    """What went wrong, in the relay's words where there are any."""
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        return _told((error.smtp_code, words if isinstance(words, bytes) else words.encode()))
    return clean(str(error), 500) or type(error).__name__

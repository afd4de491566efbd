"""Access tokens for mailboxes and the relay: asked for, kept while good, renewed in time.

In: a token URL, client id and secrets (RFC 6749 §4.4, §6). Out: `TokenSource.token()`, good for
five more minutes at least where the provider gives it so long.
A refresh token that comes back renewed is durable before the access token beside it is used: the
old one may be dead already, and with both lost a person would have to give consent again.
*Fails:* MailboxError, whose text never holds a secret: LoginRefused when the provider judged the
request and trying again helps only after somebody has mended something; ConfigError for a
configured secret that cannot be read.
"""

from __future__ import annotations

import http.client
import json
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from maildesk.config.secret import Secret
from maildesk.config.wires import OAuth2
from maildesk.core.phrase import Teller, phrase
from maildesk.errors import LoginRefused, MailboxError, StoreError
from maildesk.store import mailboxes
from maildesk.store.store import Store

REFRESH_TOKEN = "refresh_token"  # noqa: S105 (the name of a grant, not a secret)
CLIENT_CREDENTIALS = "client_credentials"

_MARGIN = timedelta(minutes=5)
_LARGEST_ANSWER = 64 * 1024
_LONGEST_TOKEN = 16 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuth2Settings:
    """How to get access tokens; the configuration has filled in the provider's presets."""

    token_url: str
    client_id: str
    client_secret: Callable[[], str] | None = field(default=None, repr=False)
    refresh_token: Callable[[], str] | None = field(default=None, repr=False)
    grant: str = REFRESH_TOKEN  # or client_credentials
    scope: str = ""
    mechanism: str = "xoauth2"  # or oauthbearer


def from_config(table: OAuth2, env: Mapping[str, str]) -> OAuth2Settings:
    """The settings of one `oauth2` table, a mailbox's or the relay's."""
    return OAuth2Settings(
        token_url=table.token_url,
        client_id=table.client_id,
        client_secret=_late(table.client_secret, env),
        refresh_token=_late(table.refresh_token, env),
        grant=table.grant,
        scope=table.scope,
        mechanism=table.mechanism,
    )


def _late(secret: Secret | None, env: Mapping[str, str]) -> Callable[[], str] | None:
    return (lambda: secret.read(env)) if secret else None


class TokenMemory(Protocol):
    """Where a renewed refresh token survives a restart."""

    def newest(self, configured: str) -> str | None:
        """The token kept in place of `configured`, if any."""

    def keep(self, configured: str, token: str) -> None:
        """Make `token` durable before returning."""


class StoredTokens:
    """The store's memory of refresh tokens, one a name (a mailbox's, or the relay's own)."""

    def __init__(self, store: Store, name: str) -> None:
        self._store = store
        self._name = name

    def newest(self, configured: str) -> str | None:
        """The token kept in place of `configured`, if any."""
        with self._store.read() as conn:
            return mailboxes.refresh_token(conn, self._name, configured)

    def keep(self, configured: str, token: str) -> None:
        """Make `token` durable before returning."""
        self._store.write(
            lambda tx: mailboxes.keep_refresh_token(tx, self._name, configured, token)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Access:
    token: str
    good_until: datetime


class _RefusedError(Exception):
    """The provider judged the request and said no; `error` is its code (RFC 6749 §5.2)."""

    def __init__(self, error: str, words: str) -> None:
        super().__init__(words)
        self.error = error


class TokenSource:
    """Gives a good access token to whoever logs in; thread-safe."""

    def __init__(
        self,
        settings: OAuth2Settings,
        *,
        name: str,
        memory: TokenMemory,
        now: Callable[[], datetime],
        alert: Teller,
        timeout: float = 30.0,
    ) -> None:
        self._settings = settings
        self._name = name
        self._memory = memory
        self._now = now
        self._alert = alert
        self._timeout = timeout
        self._lock = threading.Lock()
        self._access: _Access | None = None
        self._unkept: tuple[str, str] | None = None  # configured, renewed: not durable yet
        self._is_refused = False
        self._is_fresh = False  # whether the token given last had just been asked for

    def token(self) -> str:
        """An access token, the kept one while it is good."""
        with self._lock:
            self._is_fresh = self._access is None or self._now() >= self._access.good_until
            if self._access is None or self._is_fresh:
                self._access = self._renew()
            self._keep()
            return self._access.token

    def forget(self) -> bool:
        """The server refused the access token: the next call asks for another.

        Whether that one may be better: the refused one was kept from before.
        """
        with self._lock:
            self._access = None
            return not self._is_fresh

    def _renew(self) -> _Access:
        # A renewed refresh token that could not be kept counts before anything that is stored.
        self._keep()
        refused: _RefusedError | None = None
        for configured, refresh_token in self._candidates():
            try:
                answer = self._ask(refresh_token)
            except _RefusedError as no:
                refused = refused or no
                if no.error == "invalid_grant":
                    continue
                break
            self._is_refused = False
            return self._take(answer, configured, refresh_token)
        raise self._consent_missing(refused)

    def _candidates(self) -> list[tuple[str, str]]:
        """The refresh tokens to try, newest first; "" for the grant that needs none."""
        if self._settings.grant == CLIENT_CREDENTIALS:
            return [("", "")]
        if self._settings.refresh_token is None:
            return []
        configured = self._settings.refresh_token()
        try:
            newest = self._memory.newest(configured)
        except StoreError as error:
            message = f"the refresh token cannot be read: {error}"
            raise MailboxError(message) from None
        return [(configured, token) for token in (newest, configured) if token]

    def _ask(self, refresh_token: str) -> dict[str, Any]:
        secret = self._settings.client_secret() if self._settings.client_secret else ""
        form = {
            "grant_type": self._settings.grant,
            "client_id": self._settings.client_id,
            "client_secret": secret,
            "refresh_token": refresh_token,
            "scope": self._settings.scope,
        }
        try:
            return self._post({key: value for key, value in form.items() if value})
        except _RefusedError as no:
            raise _RefusedError(no.error, _masked(str(no), secret, refresh_token)) from None

    def _post(self, form: dict[str, str]) -> dict[str, Any]:
        url = self._settings.token_url
        host = urllib.parse.urlsplit(url).hostname
        opener = urllib.request.build_opener()
        body = urllib.parse.urlencode(form).encode()
        try:
            with opener.open(url, body, timeout=self._timeout) as answer:
                return _read_answer(answer.read(_LARGEST_ANSWER), str(host))
        except urllib.error.HTTPError as error:
            with error:
                raise _judge(error.code, error.read(_LARGEST_ANSWER), str(host)) from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = getattr(error, "reason", None) or error
            message = f"the token endpoint {host} does not answer: {reason}"
            raise MailboxError(message) from None

    def _take(self, answer: dict[str, Any], configured: str, used: str) -> _Access:
        token, renewed = _token(answer, "access_token"), _token(answer, "refresh_token")
        if not token:
            message = "the token endpoint gave no usable access token"
            raise MailboxError(message)
        if configured and renewed and renewed != used:
            self._unkept = (configured, renewed)
        life = _life(answer.get("expires_in"))
        return _Access(token=token, good_until=self._now() + life - min(_MARGIN, life / 4))

    def _keep(self) -> None:
        if self._unkept is None:
            return
        try:
            self._memory.keep(*self._unkept)
        except StoreError as error:
            message = f"the renewed refresh token cannot be kept: {error}"
            raise MailboxError(message) from None
        self._unkept = None

    def _consent_missing(self, refused: _RefusedError | None) -> LoginRefused:
        words = str(refused) if refused else "no refresh token is configured"
        again = refused is None or refused.error == "invalid_grant"
        message = f"consent is needed again: {words}" if again else f"access is refused: {words}"
        if not self._is_refused:
            self._is_refused = True
            code = "alert.consent-missing-words" if again else "alert.no-access-words"
            self._alert(phrase("alert.no-access", name=self._name), phrase(code, words=words))
        return LoginRefused(message)


def _judge(code: int, body: bytes, host: str) -> Exception:
    """A refusal, or a fault that may pass (RFC 6749 §5.2 answers 400 or 401 with a code)."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = {}
    error = answer.get("error") if isinstance(answer, dict) else None
    if code in (400, 401, 403) and isinstance(error, str) and "unavailable" not in error:
        told = answer.get("error_description")
        words = f"{host} says {_plain(error)}"
        return _RefusedError(error, f"{words} ({_plain(told)})" if isinstance(told, str) else words)
    return MailboxError(f"the token endpoint {host} answers {code}; it is tried again")


def _read_answer(body: bytes, host: str) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        message = f"the token endpoint {host} does not answer in JSON"
        raise MailboxError(message)
    return answer


def _life(seconds: object) -> timedelta:
    """How long a token lives; RFC 6749 §5.1 lets the field be missing, some send it as text."""
    try:
        return timedelta(seconds=min(max(float(str(seconds)), 0.0), 86400.0))
    except ValueError:
        return timedelta(hours=1)


def _token(answer: dict[str, Any], key: str) -> str:
    """Printable ASCII without spaces (RFC 6750 §2.1): it goes into a protocol line as it is."""
    value = answer.get(key)
    if not isinstance(value, str) or len(value) > _LONGEST_TOKEN:
        return ""
    return value if value.isascii() and value.isprintable() and " " not in value else ""


def _plain(words: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())[:200]


def _masked(words: str, *secrets: str) -> str:
    for secret in secrets:
        if secret:
            words = words.replace(secret, "********")
    return words

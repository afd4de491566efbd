"""The tables about connections: `[listener]`, `[[mailboxes]]`, `[outgoing]` and OAuth2.

In: TOML tables. Out: frozen models; paths are absolute, lengths of time `timedelta`, sizes bytes.
Defaults are for one machine: loopback listener, local relay.
*Fails:* pydantic.ValidationError. What spans several keys is judged by `maildesk.config.checks`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field

from maildesk.config.base import Model, Table, empty_table
from maildesk.config.secret import SecretField
from maildesk.config.values import (
    ConfigPath,
    ConfigPathOrNone,
    DataPath,
    DataPathOrNone,
    Duration,
    IpAddress,
    Name,
    Port,
    Size,
    SomeDuration,
)

Tls = Literal["implicit", "starttls", "none"]
MINUTE = timedelta(minutes=1)

GOOGLE_TOKENS = "https://oauth2.googleapis.com/token"
MICROSOFT_TOKENS = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"
GOOGLE_SCOPE = "https://mail.google.com/"
MICROSOFT_APP_SCOPE = "https://outlook.office365.com/.default"


def _token_url(given: Mapping[str, Any]) -> str:
    presets = {"google": GOOGLE_TOKENS, "microsoft": MICROSOFT_TOKENS}
    url = presets.get(str(given.get("provider")), "")
    return url.format(tenant=given.get("tenant") or "common") if url else ""


def _scope(given: Mapping[str, Any], microsoft: str) -> str:
    if given.get("provider") == "google":
        return GOOGLE_SCOPE
    if given.get("provider") == "microsoft":
        is_app = given.get("grant") == "client_credentials"
        return MICROSOFT_APP_SCOPE if is_app else f"{microsoft} offline_access"
    return ""


def _imap_scope(given: Mapping[str, Any]) -> str:
    return _scope(given, "https://outlook.office.com/IMAP.AccessAsUser.All")


def _smtp_scope(given: Mapping[str, Any]) -> str:
    return _scope(given, "https://outlook.office.com/SMTP.Send")


class OAuth2(Model):
    """How to get an access token (RFC 6749 §4.4, §6); presets fill `token_url` and `scope`."""

    secrets: ClassVar[tuple[str, ...]] = ("client_secret", "refresh_token")

    provider: Literal["google", "microsoft", "custom"]
    grant: Literal["refresh_token", "client_credentials"] = "refresh_token"
    client_id: Name
    client_secret: SecretField = None
    refresh_token: SecretField = None
    tenant: str = ""
    token_url: str = Field(default_factory=_token_url)
    scope: str = Field(default_factory=_imap_scope)
    mechanism: Literal["xoauth2", "oauthbearer"] = "xoauth2"


class RelayOAuth2(OAuth2):
    """The same for `[outgoing]`, where Microsoft wants another scope."""

    scope: str = Field(default_factory=_smtp_scope)


class Login(Model):
    """One entry of `listener.auth`."""

    secrets: ClassVar[tuple[str, ...]] = ("password",)

    password: SecretField = None


def _listener_port(given: Mapping[str, Any]) -> int | None:
    return None if given.get("socket") else 8025


class Listener(Model):
    """One door for SMTP or LMTP; port 0 takes any free one. `port` is None beside a `socket`."""

    protocol: Literal["smtp", "lmtp"] = "smtp"
    host: Name = "127.0.0.1"
    socket: DataPathOrNone = None
    port: Annotated[int, Field(strict=True, ge=0, le=65535)] | None = Field(
        default_factory=_listener_port
    )
    max_message_size: Size = 25 * 2**20
    relays: tuple[IpAddress, ...] = ("127.0.0.1", "::1")
    tls_certificate: ConfigPathOrNone = None
    tls_key: ConfigPathOrNone = None
    auth: Table[Login] = Field(default_factory=empty_table)


def _imap_port(given: Mapping[str, Any]) -> int:
    return 993 if given.get("tls") == "implicit" else 143


class ImapMailbox(Model):
    """One IMAP folder to be read; its `name` is part of a message's source, `imap:NAME`."""

    secrets: ClassVar[tuple[str, ...]] = ("password",)

    name: Name
    host: Name
    tls: Tls = "implicit"
    port: Port = Field(default_factory=_imap_port)
    username: Name
    password: SecretField = None
    oauth2: OAuth2 | None = None
    folder: Name = "INBOX"
    after: Literal["move", "seen", "delete"] = "move"
    archive_folder: Name = "Processed"
    poll_every: SomeDuration = MINUTE
    first_poll: Literal["new", "all"] = "new"
    desk: Name | None = None


class Dkim(Model):
    """How outgoing mail is signed (RFC 6376)."""

    domain: Name
    selector: Name
    key_file: ConfigPath


def _relay_port(given: Mapping[str, Any]) -> int:
    return {"implicit": 465, "starttls": 587}.get(str(given.get("tls")), 25)


def _none_if_empty(value: Any) -> Any:
    return None if value == {} else value


class Outgoing(Model):
    """The way out: a relay, or a Maildir in the data directory."""

    secrets: ClassVar[tuple[str, ...]] = ("password",)

    transport: Literal["smtp", "maildir"] = "smtp"
    host: Name = "localhost"
    tls: Tls = "none"
    port: Port = Field(default_factory=_relay_port)
    username: str = ""
    password: SecretField = None
    oauth2: RelayOAuth2 | None = None
    maildir: DataPath = Field(default=Path("out"), validate_default=True)
    reverse_path: Literal["fixed", "verp", "null"] = "fixed"
    batch: Duration = 2 * MINUTE
    attach_up_to: Size = 10 * 2**20
    retry: Annotated[tuple[SomeDuration, ...], Field(min_length=1)] = (
        MINUTE,
        5 * MINUTE,
        15 * MINUTE,
        30 * MINUTE,
        60 * MINUTE,
    )
    give_up_after: SomeDuration = timedelta(days=5)
    timeout: SomeDuration = 10 * MINUTE
    dkim: Annotated[Dkim | None, BeforeValidator(_none_if_empty)] = None

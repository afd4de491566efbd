"""The way out that the configuration names, with the relay's own OAuth2."""

from __future__ import annotations

import base64
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from maildesk.config import load
from maildesk.config.settings import Settings
from maildesk.errors import RelayDown
from maildesk.outbox.maildir import MaildirTransport
from maildesk.outbox.smtp_transport import SmtpTransport
from maildesk.outbox.ways import relay_of, relay_tokens, transport_of
from maildesk.store.store import Store
from tests.desk_config import write_config
from tests.inbox.oauth2_endpoint import TokenEndpoint
from tests.outbox.relay import Relay, running

pytest_plugins = ["tests.inbox.oauth2_endpoint"]

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def settings(folder: Path, outgoing: str) -> Settings:
    return load(write_config(folder, f"[outgoing]\n{outgoing}"), os.environ)


def with_oauth2(folder: Path, relay: Relay, endpoint: TokenEndpoint) -> Settings:
    return settings(
        folder,
        f'host = "127.0.0.1"\nport = {relay.port}\nusername = "desk@example.com"\n'
        'oauth2 = { provider = "custom", client_id = "c", client_secret = "geheim",'
        f' refresh_token = "first", token_url = "{endpoint.url}" }}',
    )


def way(configured: Settings, store: Store) -> SmtpTransport:
    tokens = relay_tokens(configured, store, now=lambda: NOW, alert=lambda title, words: None)
    return relay_of(configured, tokens)


def tokens_said(relay: Relay) -> list[str]:
    words = (line.split()[2] for line in relay.lines if "XOAUTH2" in line)
    return [base64.b64decode(w).decode().split("Bearer ")[1].rstrip("\x01") for w in words]


def test_a_maildir_or_a_relay_as_configured(tmp_path: Path) -> None:
    assert isinstance(
        transport_of(settings(tmp_path, 'transport = "maildir"'), None), MaildirTransport
    )
    assert isinstance(transport_of(settings(tmp_path, 'host = "mx"'), None), SmtpTransport)


def test_a_refused_token_is_forgotten_and_the_next_login_has_a_new_one(
    tmp_path: Path, token_endpoint: TokenEndpoint
) -> None:
    token_endpoint.answer(access_token="stale", expires_in=3600)
    token_endpoint.answer(access_token="fresh", expires_in=3600)
    store = Store.open(tmp_path / "data")
    script = {"AUTH": ["535 5.7.8 expired", "235 2.7.0 in"]}
    with running(script, extensions=("AUTH XOAUTH2",)) as relay:
        out = way(with_oauth2(tmp_path, relay, token_endpoint), store)
        with pytest.raises(RelayDown, match="expired"):
            out.check()
        out.check()
        out.close()
        assert tokens_said(relay) == ["stale", "fresh"]
    store.close()


def test_a_renewed_refresh_token_of_the_relay_outlives_a_restart(
    tmp_path: Path, token_endpoint: TokenEndpoint
) -> None:
    token_endpoint.answer(access_token="one", expires_in=3600, refresh_token="second")
    token_endpoint.answer(access_token="two", expires_in=3600)
    with running(extensions=("AUTH XOAUTH2",)) as relay:
        configured = with_oauth2(tmp_path, relay, token_endpoint)
        for _ in range(2):
            store = Store.open(tmp_path / "data")
            out = way(configured, store)
            out.check()
            out.close()
            store.close()
    assert [form["refresh_token"] for form in token_endpoint.forms] == ["first", "second"]


def test_without_a_token_no_mail_is_judged(tmp_path: Path, token_endpoint: TokenEndpoint) -> None:
    token_endpoint.answer(400, error="invalid_grant")
    store = Store.open(tmp_path / "data")
    with running(extensions=("AUTH XOAUTH2",)) as relay:
        out = way(with_oauth2(tmp_path, relay, token_endpoint), store)
        with pytest.raises(RelayDown) as told:
            out.check()
    assert "first" not in str(told.value)
    assert "geheim" not in str(told.value)
    store.close()

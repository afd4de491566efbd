"""Access tokens are renewed in time, and nothing secret is ever lost or told.

In: a token endpoint of our own, a store, a clock set by hand. Out: tokens, alerts, errors.

*Fails:* as every test does.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from maildesk.core.phrase import Line
from maildesk.errors import MailboxError, StoreBusy
from maildesk.oauth2 import (
    CLIENT_CREDENTIALS,
    OAuth2Settings,
    StoredTokens,
    TokenSource,
)
from maildesk.outbox.speech import plain
from maildesk.store import mailboxes
from maildesk.store.store import Store
from tests.inbox.oauth2_endpoint import TokenEndpoint

pytest_plugins = ["tests.inbox.oauth2_endpoint"]


class Desk:
    """A token source with everything around it."""

    def __init__(self, folder: Path, endpoint: TokenEndpoint) -> None:
        self.store = Store.open(folder)
        self.now = datetime(2026, 7, 20, 12, 0, tzinfo=UTC)
        self.alerts: list[tuple[str, str]] = []
        self.settings = OAuth2Settings(
            token_url=endpoint.url,
            client_id="maildesk",
            client_secret=lambda: "client-s3cret",
            refresh_token=lambda: "first-refresh",
            scope="mail",
        )

    def hear(self, title: Line, *lines: Line) -> None:
        """What admins would read of an alert."""
        words = " ".join(plain(line, "en") for line in lines)
        self.alerts.append((plain(title, "en"), words))

    def source(self, **more: Any) -> TokenSource:
        return TokenSource(
            replace(self.settings, **more),
            name="mailbox support",
            memory=StoredTokens(self.store, "support"),
            now=lambda: self.now,
            alert=self.hear,
            timeout=1.0,
        )

    def kept(self, configured: str = "first-refresh") -> str | None:
        with self.store.read() as conn:
            return mailboxes.refresh_token(conn, "support", configured)


@pytest.fixture
def desk(tmp_path: Path, token_endpoint: TokenEndpoint) -> Iterator[Desk]:
    desk = Desk(tmp_path, token_endpoint)
    yield desk
    desk.store.close()


def test_a_refresh_token_buys_an_access_token_that_is_kept_until_it_ages(
    desk, token_endpoint
) -> None:
    token_endpoint.answer(access_token="a1", expires_in=3600)
    token_endpoint.answer(access_token="a2", expires_in=3600)
    source = desk.source()
    assert source.token() == "a1"
    desk.now += timedelta(minutes=54)
    assert source.token() == "a1"
    desk.now += timedelta(minutes=2)  # four minutes before its end
    assert source.token() == "a2"
    assert token_endpoint.forms[0] == {
        "grant_type": "refresh_token",
        "client_id": "maildesk",
        "client_secret": "client-s3cret",
        "refresh_token": "first-refresh",
        "scope": "mail",
    }


def test_client_credentials_need_no_refresh_token(desk, token_endpoint) -> None:
    token_endpoint.answer(access_token="a1", expires_in="3600")
    source = desk.source(grant=CLIENT_CREDENTIALS, refresh_token=None)
    assert source.token() == "a1"
    assert token_endpoint.forms[0]["grant_type"] == "client_credentials"
    assert "refresh_token" not in token_endpoint.forms[0]


def test_a_short_life_is_not_eaten_up_by_the_margin(desk, token_endpoint) -> None:
    token_endpoint.answer(access_token="a1", expires_in=60)
    source = desk.source()
    source.token()
    desk.now += timedelta(seconds=40)
    source.token()
    assert len(token_endpoint.forms) == 1
    desk.now += timedelta(seconds=6)
    source.token()
    assert len(token_endpoint.forms) == 2


def test_a_token_without_an_end_is_taken_for_an_hour(desk, token_endpoint) -> None:
    token_endpoint.answer(access_token="a1")
    source = desk.source()
    source.token()
    desk.now += timedelta(minutes=54)
    source.token()
    assert len(token_endpoint.forms) == 1


def test_a_token_that_the_server_refused_is_asked_for_anew(desk, token_endpoint) -> None:
    token_endpoint.answer(access_token="a1", expires_in=3600)
    token_endpoint.answer(access_token="a2", expires_in=3600)
    source = desk.source()
    source.token()
    source.forget()
    assert source.token() == "a2"


def test_a_renewed_refresh_token_is_durable_before_the_access_token_is_used(
    desk, token_endpoint
) -> None:
    token_endpoint.answer(access_token="a1", refresh_token="second-refresh", expires_in=3600)
    desk.source().token()
    assert desk.kept() == "second-refresh"
    # After a restart the kept one is used.
    desk.source().token()
    assert token_endpoint.forms[1]["refresh_token"] == "second-refresh"


def test_without_durability_there_is_no_token_and_the_renewed_one_is_not_lost(
    desk, token_endpoint, monkeypatch
) -> None:
    token_endpoint.answer(access_token="a1", refresh_token="second-refresh", expires_in=3600)
    source = desk.source()

    def full(job: object) -> None:
        message = "the disk is full"
        raise StoreBusy(message)

    with monkeypatch.context() as patch:
        patch.setattr(desk.store, "write", full)
        with pytest.raises(MailboxError, match="cannot be kept: the disk is full"):
            source.token()
        with pytest.raises(MailboxError, match="cannot be kept: the disk is full"):
            source.token()
    assert source.token() == "a1"
    assert desk.kept() == "second-refresh"
    assert len(token_endpoint.forms) == 1


def test_a_new_token_in_the_configuration_beats_the_kept_one(desk, token_endpoint) -> None:
    token_endpoint.answer(access_token="a1", refresh_token="second-refresh", expires_in=3600)
    token_endpoint.answer(access_token="a2", expires_in=3600)
    desk.source().token()
    desk.source(refresh_token=lambda: "consent-given-again").token()
    assert token_endpoint.forms[1]["refresh_token"] == "consent-given-again"


def test_a_kept_token_that_is_dead_gives_way_to_the_configured_one(desk, token_endpoint) -> None:
    desk.store.write(
        lambda tx: mailboxes.keep_refresh_token(tx, "support", "first-refresh", "stale")
    )
    token_endpoint.answer(400, error="invalid_grant")
    token_endpoint.answer(access_token="a1", expires_in=3600)
    assert desk.source().token() == "a1"
    assert [form["refresh_token"] for form in token_endpoint.forms] == ["stale", "first-refresh"]
    assert desk.alerts == []


def test_the_first_refused_refresh_is_told_and_the_next_ones_are_not(desk, token_endpoint) -> None:
    told = "AADSTS70043: The refresh token first-refresh has\r\nexpired, client-s3cret"
    token_endpoint.answer(400, error="invalid_grant", error_description=told)
    source = desk.source()
    for _ in range(3):
        with pytest.raises(MailboxError, match=r"consent is needed again: 127\.0\.0\.1 says"):
            source.token()
    ((subject, words),) = desk.alerts
    assert subject == "mailbox support: the provider gives no access"
    assert "AADSTS70043: The refresh token ******** has expired, ********" in words
    # Once it works and then stops again, people hear of it again.
    token_endpoint.forget()
    token_endpoint.answer(access_token="a1", expires_in=3600)
    token_endpoint.answer(400, error="invalid_grant")
    source.token()
    source.forget()
    with pytest.raises(MailboxError):
        source.token()
    assert len(desk.alerts) == 2


def test_a_client_secret_that_ran_out_is_told_too(desk, token_endpoint) -> None:
    token_endpoint.answer(401, error="invalid_client")
    with pytest.raises(MailboxError, match=r"access is refused: 127\.0\.0\.1 says invalid_client"):
        desk.source().token()
    assert len(desk.alerts) == 1


def test_no_refresh_token_at_all_says_so(desk) -> None:
    with pytest.raises(MailboxError, match="consent is needed again: no refresh token"):
        desk.source(refresh_token=None).token()


@pytest.mark.parametrize(
    ("code", "body"),
    [
        (500, b"oops"),
        (503, b'{"error": "temporarily_unavailable"}'),
        (400, b'{"error": "temporarily_unavailable"}'),
        (429, b"slow down"),
        (400, b"<html>a proxy's page</html>"),
        (400, b"[" * 100_000),
        (200, b"<html>a hotel's login page</html>"),
        (200, b"[]"),
        (200, b'{"access_token": "two words"}'),
        (200, b'{"access_token": "line\\r\\nbreak"}'),
        (200, b'{"access_token": ""}'),
        (200, b'{"access_token": 7}'),
        (302, b""),
    ],
)
def test_an_endpoint_that_is_not_itself_is_a_matter_of_time(
    desk, token_endpoint, code, body
) -> None:
    token_endpoint.answer(code, body)
    with pytest.raises(MailboxError, match="token endpoint"):
        desk.source().token()
    assert desk.alerts == []


def test_an_endpoint_that_is_away_or_silent_is_a_matter_of_time(desk, token_endpoint) -> None:
    with pytest.raises(MailboxError, match=r"token endpoint 127\.0\.0\.1 does not answer"):
        desk.source(token_url="http://127.0.0.1:1/token").token()
    with pytest.raises(MailboxError, match="token endpoint"):
        desk.source(token_url="nonsense").token()


def test_nothing_secret_is_in_a_log_an_error_or_a_repr(desk, token_endpoint, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    token_endpoint.answer(400, error="invalid_grant", error_description="first-refresh")
    source = desk.source()
    with pytest.raises(MailboxError) as refused:
        source.token()
    token_endpoint.forget()
    token_endpoint.answer(access_token="access-s3cret", expires_in=3600)
    source.token()
    chain = [refused.value, refused.value.__cause__, desk.settings, source]
    shown = caplog.text + "".join(f"{thing!r} {thing}" for thing in chain) + str(desk.alerts)
    for secret in ("first-refresh", "client-s3cret", "access-s3cret"):
        assert secret not in shown

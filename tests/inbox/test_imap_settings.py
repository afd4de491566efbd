"""A mailbox's table becomes settings whose secrets are read late and never shown.

In: configuration files. Out: settings of the mailbox and of its tokens.

*Fails:* as every test does.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from maildesk.config import load
from maildesk.errors import ConfigError
from maildesk.inbox.imap_settings import MailboxSettings, from_config

HEAD = """
[[desks]]
key = "HELP"
name = "Help"
address = "support@example.com"
[[mailboxes]]
name = "support"
host = "IMAP.example.com"
username = "support@example.com"
"""


def settings(folder: Path, more: str, env: dict[str, str]) -> MailboxSettings:
    path = folder / "config.toml"
    path.write_text(HEAD + more)
    (table,) = load(path, env).mailboxes
    return from_config(table, env, max_message_size=1000)


def test_a_plain_mailbox(tmp_path) -> None:
    env = {"SECRET": "one"}
    more = 'password_env = "SECRET"\nafter = "seen"\npoll_every = "2m"\ndesk = "HELP"'
    box = settings(tmp_path, more, env)
    assert (box.port, box.tls, box.after, box.desk) == (993, "implicit", "seen", "HELP")
    assert (box.poll_every, box.max_message_size) == (timedelta(minutes=2), 1000)
    assert box.place == "support@example.com@imap.example.com/INBOX"
    env["SECRET"] = "two"
    assert box.password is not None
    assert box.password() == "two"
    assert "two" not in repr(box)


def test_a_mailbox_with_tokens(tmp_path) -> None:
    env = {"CLIENT": "c1", "REFRESH": "r1"}
    more = """oauth2 = { provider = "microsoft", tenant = "contoso", client_id = "id", \
client_secret_env = "CLIENT", refresh_token_env = "REFRESH" }"""
    box = settings(tmp_path, more, env)
    oauth2 = box.oauth2
    assert oauth2 is not None
    assert box.password is None
    assert oauth2.token_url == "https://login.microsoftonline.com/contoso/oauth2/v2.0/token"
    assert oauth2.scope == "https://outlook.office.com/IMAP.AccessAsUser.All offline_access"
    assert (oauth2.grant, oauth2.mechanism) == ("refresh_token", "xoauth2")
    assert oauth2.client_secret is not None
    assert oauth2.refresh_token is not None
    assert (oauth2.client_secret(), oauth2.refresh_token()) == ("c1", "r1")
    assert "r1" not in repr(box)


def test_a_secret_that_is_missing_is_a_fault_of_the_configuration(tmp_path) -> None:
    box = settings(tmp_path, 'password_env = "SECRET"', {})
    assert box.password is not None
    with pytest.raises(ConfigError, match="the variable SECRET is not set"):
        box.password()

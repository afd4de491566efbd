"""Warnings: allowed, and still worth a line."""

from __future__ import annotations

from pathlib import Path

import pytest

from maildesk.config import load
from tests.config.test_load import SMALL, write

PACKAGE = "[[organisations.budgets]]\nname='{}'\namount='1h'\nstarts={}\nends={}\n"
BOX = "[[mailboxes]]\nname='m'\nhost='imap.example.com'\nusername='u'\n"


TRUST = "[trust]\nauthserv_ids=['x']\npeers=['127.0.0.1']\n"


def warnings_of(folder: Path, text: str, mode: int = 0o600) -> list[str]:
    path = write(folder, SMALL + text + ("" if "[trust]" in text or "nobody" in text else TRUST))
    path.chmod(mode)
    return [line.removeprefix(f"{path}:") for line in load(path, {}).warnings]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# nobody", "trust.authserv_ids: is empty: nothing is verified by Authentication-Results"),
        (BOX + "password_env='P' # nobody", "nothing is verified by Authentication-Results"),
        ("[trust]\nauthserv_ids=['x']", "10: trust.peers: is empty: what comes by SMTP or LMTP"),
        ("[trust]\nstaff = 'from'", '11: trust.staff: is "from"'),
        (
            "[trust]\nauthserv_ids=['x']\n" + BOX + "password_env='P'\ntls='none'",
            'mailboxes.tls: is "none": the password or token goes to "imap.example.com" in',
        ),
        (
            "[outgoing]\nhost='relay'\nusername='u'\npassword_env='P'\ntls='none'",
            "outgoing.tls: is",
        ),
        (
            "[listener]\nauth={alice={password_env='P'}}",
            "11: listener.auth: is offered after STARTTLS",
        ),
        ("[[desks]]\nkey='B'\naddress='b@x'", "desk B has no agents"),
        (
            "[[organisations]]\nname='A'\n"
            + PACKAGE.format("two", "2026-02-01", "2026-03-01")
            + PACKAGE.format("one", "2026-01-01", "2026-02-01"),
            '15: organisations.budgets.starts: overlaps "one"',
        ),
        (
            "[calendars.c]\ntimezone='UTC'\nhours={mon=['09:00-17:00']}\nholidays='LK'",
            "13: calendars.c.holidays: those of LK are known through 20",
        ),
    ],
)
def test_what_may_surprise_is_said_once(tmp_path: Path, text: str, words: str) -> None:
    (warning,) = warnings_of(tmp_path, text + "\n")
    assert words in warning


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[trust]\nauthserv_ids=['x']\n" + BOX + "password_env='P'",
        "[trust]\nmicrosoft365=true\n" + BOX + "password_env='P'",
        "[outgoing]\nhost='127.0.0.2'\nusername='u'\npassword_env='P'",
        "[outgoing]\nhost='relay'\n",
        "[calendars.c]\ntimezone='UTC'\nhours={mon=['09:00-17:00']}\nholidays='IT-RM'",
        "[listener]\ntls_certificate='c'\ntls_key='k'\nauth={alice={password_env='P'}}",
    ],
)
def test_what_is_in_order_is_not_warned_of(tmp_path: Path, text: str) -> None:
    assert warnings_of(tmp_path, text + "\n") == []


def test_a_password_in_a_file_that_others_may_read_is_warned_of(tmp_path: Path) -> None:
    text = "[outgoing]\nusername='u'\npassword='HUNTER2'\n"
    (warning,) = warnings_of(tmp_path, text, 0o644)
    assert warning.startswith("12: outgoing.password: stands in a file that others may read")
    assert warnings_of(tmp_path, text, 0o640) == []
    assert warnings_of(tmp_path, text.replace("password=", "password_file="), 0o644) == []


def test_an_included_file_is_looked_at_by_itself(tmp_path: Path) -> None:
    secret = write(tmp_path, "[outgoing]\nusername='u'\npassword='HUNTER2'\n", "secret.toml")
    secret.chmod(0o600)
    path = write(tmp_path, 'include = ["secret.toml"]\n' + SMALL + TRUST)
    path.chmod(0o644)
    assert load(path, {}).warnings == ()
    secret.chmod(0o604)
    assert load(path, {}).warnings[0].startswith(f"{secret}:3: outgoing.password: ")

"""A rehearsal's clock: what takes no `--at` takes the latest one that was given."""

from __future__ import annotations

from pathlib import Path

from tests.cli.shell import maildesk
from tests.outbox import relay as relays
from tests.walks.walk import mail

HERE = ("deliver", "--sender", "ada@acme.example")


def oldest(config: Path) -> object:
    return maildesk("-c", config, "status", "--json").json["oldest_pending_seconds"]


def test_status_counts_from_the_latest_time_that_was_given(desk: Path) -> None:
    maildesk("-c", desk, *HERE, "--at", "2026-11-20T09:00:00Z", stdin=mail())
    assert oldest(desk) == 0
    maildesk("-c", desk, *HERE, "--at", "2026-11-20T09:10:00Z", stdin=mail())
    assert oldest(desk) == 600
    maildesk("-c", desk, *HERE, "--at", "2026-11-20T09:05:00Z", stdin=mail())
    assert oldest(desk) == 600


def test_without_a_rehearsal_the_clock_on_the_wall_counts(desk: Path) -> None:
    maildesk("-c", desk, *HERE, "--at", "2026-11-20T09:00:00Z", stdin=mail())
    desk.write_text(desk.read_text().replace("rehearsal = true", ""))
    found = oldest(desk)
    assert isinstance(found, int)
    assert found > 600


def test_a_mail_that_is_tried_again_is_due_in_the_rehearsed_time(desk: Path) -> None:
    with relays.running({"RCPT": ["550 5.1.1 no", "550 5.1.1 no"]}) as relay:
        smtp = f'transport = "smtp"\nhost = "127.0.0.1"\nport = {relay.port}'
        desk.write_text(desk.read_text().replace('transport = "maildir"', smtp))
        maildesk("-c", desk, *HERE, "--at", "2026-11-20T09:00:00Z", stdin=mail())
        maildesk("-c", desk, "process", "--at", "2026-11-20T12:00:00Z")
        assert maildesk("-c", desk, "outbox", "show", "1", "--json").json["state"] == "dead"
        assert maildesk("-c", desk, "outbox", "retry", "1").code == 0
        maildesk("-c", desk, "process", "--at", "2026-11-20T12:00:01Z")
        assert maildesk("-c", desk, "outbox", "show", "1", "--json").json["state"] == "sent"

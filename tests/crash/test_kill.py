"""`kill -9` at random moments under load loses nothing and doubles nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import parts
from tests.crash.daemon_process import BASE, Daemon
from tests.crash.kill_loop import Load, kill_again_and_again
from tests.inbox.dovecot import Dovecot

pytest_plugins = ["tests.inbox.dovecot"]

_ROUNDS = 6  # of kills, until a broken promise must have shown
_MAILBOX = """
[[mailboxes]]
name = "support"
host = "{host}"
port = {port}
tls = "none"
username = "{user}"
password = "{password}"
after = "move"
archive_folder = "Processed"
first_poll = "all"
poll_every = "1s"
"""


def with_mailbox(box: Dovecot) -> str:
    """The configuration with one mailbox on it."""
    return BASE + _MAILBOX.format(
        host=box.host, port=box.port, user=box.user, password=box.password
    )


def test_three_kills_under_load_lose_and_double_nothing(daemon: Daemon) -> None:
    outcome = kill_again_and_again(daemon, Load(), kills=3, seed=1)
    print(outcome)
    assert outcome.faults == []
    assert outcome.acknowledged > 12


@parts.need("dovecot", "openssl")
@pytest.mark.slow
def test_kills_between_commit_and_move_take_no_mail_twice(tmp_path: Path, dovecot: Dovecot) -> None:
    daemon = Daemon(tmp_path, config=with_mailbox(dovecot))
    load = Load(smtp=0, lmtp=0, pipe=0, imap=dovecot.append, pause=0.005)
    outcome = kill_again_and_again(daemon, load, kills=5, seed=2)
    print(outcome)
    assert outcome.faults == []
    assert dovecot.uids("INBOX") == []
    assert len(dovecot.uids("Processed")) == outcome.acknowledged > 10


@pytest.mark.slow
@pytest.mark.timeout(600)
@parts.need("dovecot", "openssl")
def test_sixty_kills_under_load_from_every_side_lose_and_double_nothing(
    tmp_path: Path, dovecot: Dovecot
) -> None:
    daemon = Daemon(tmp_path, config=with_mailbox(dovecot))
    outcome = kill_again_and_again(daemon, Load(imap=dovecot.append, pause=0.06), kills=60, seed=3)
    print(outcome)
    assert outcome.faults == []
    assert outcome.acknowledged > 600
    assert outcome.counts["tolerated"] <= 1
    assert dovecot.uids("INBOX") == []


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("variant", "fault"),
    [
        ("ack-first", "lost: "),
        ("no-claim", "doubled: "),
        ("sent-first", "maildir: "),
        ("two-steps", "half: "),
    ],
)
def test_a_daemon_with_a_broken_promise_is_found_out(
    tmp_path: Path, variant: str, fault: str
) -> None:
    program = ("-m", "tests.crash.known_bad", variant)
    found: list[str] = []
    # Kills come at random: a round may miss the moment, rounds upon rounds may not.
    for seed in range(4, 4 + _ROUNDS):
        daemon = Daemon(tmp_path / str(seed), program=program)
        outcome = kill_again_and_again(daemon, Load(), kills=8, seed=seed)
        print(outcome)
        found += outcome.faults
        if any(each.startswith(fault) for each in found):
            return
    pytest.fail(f"{_ROUNDS} rounds, found only {found}")

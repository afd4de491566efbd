"""What the daemon does when it is told to end, to end at once, and to read its configuration."""

from __future__ import annotations

import signal

import pytest

from tests.crash.clients import Smtp, send_once, stuffed
from tests.crash.daemon_process import BASE, DESK, Daemon, wait_for
from tests.crash.kill_loop import waiting
from tests.crash.ledger import make_mail
from tests.crash.reading import comments

OTHER = "sales@desk.test"


def test_sigterm_lets_a_mail_under_way_come_to_its_end(daemon: Daemon) -> None:
    daemon.start()
    mail = make_mail("under-way", to=DESK)
    client = Smtp(daemon.ports[0])
    assert client.begin(mail.sender)[:3] == "354"
    client.plug.sendall(stuffed(mail.raw)[:100])
    port = daemon.ports[0]
    daemon.signal(signal.SIGTERM)
    daemon.waits_to_say(" ending")

    assert wait_for(lambda: send_once(port, make_mail("too-late", to=DESK)) == "")
    client.plug.sendall(stuffed(mail.raw)[100:])
    assert client.reply()[:3] == "250"
    client.close()
    assert daemon.wait(60) == 0, daemon.said()
    daemon.leaves_nothing_behind()

    daemon.start()
    assert wait_for(lambda: waiting(daemon.data) == 0)
    assert comments(daemon.data) == [mail.message_id]


def test_sigterm_leaves_an_orderly_house(daemon: Daemon) -> None:
    daemon.start()
    assert send_once(daemon.ports[0], make_mail("one", to=DESK))[:3] == "250"
    assert daemon.stop() == 0
    assert daemon.said().splitlines()[-1].endswith(" ended")
    assert not (daemon.data / "maildesk.db-wal").exists()


def test_a_second_sigterm_ends_at_once(daemon: Daemon) -> None:
    daemon.start()
    client = Smtp(daemon.ports[0])
    assert client.begin("c@customer.test")[:3] == "354"
    daemon.signal(signal.SIGTERM)
    daemon.waits_to_say(" ending")
    daemon.signal(signal.SIGTERM)
    # An orderly end would have code 0.
    assert daemon.wait(20) == 1
    daemon.leaves_nothing_behind()
    client.close()


# Quickly the same is asked in tests/cli/test_commands.py and tests/daemon.
@pytest.mark.slow
@pytest.mark.parametrize(
    "config",
    [
        "this is no TOML",
        BASE.replace("[limits]", "[limit]"),
        BASE.replace("port = 0", 'port = "x"'),
    ],
    ids=["not TOML", "unknown table", "wrong type"],
)
def test_a_bad_configuration_is_refused_and_the_old_one_stays(daemon: Daemon, config: str) -> None:
    daemon.start()
    daemon.configure(config)
    daemon.signal(signal.SIGHUP)
    daemon.waits_to_say(" reload refused")
    assert send_once(daemon.ports[0], make_mail("still", to=DESK))[:3] == "250"
    assert daemon.stop() == 0


def test_a_good_configuration_is_taken_up_while_a_client_talks(daemon: Daemon) -> None:
    daemon.start()
    client = Smtp(daemon.ports[0])
    client.ask(b"MAIL FROM:<c@customer.test>")
    assert client.ask(f"RCPT TO:<{OTHER}>".encode())[:3] == "550"
    daemon.configure(BASE.replace("[[agents]]", f'aliases = ["{OTHER}"]\n[[agents]]'))
    daemon.signal(signal.SIGHUP)
    daemon.waits_to_say(" reloaded")
    assert client.ask(f"RCPT TO:<{OTHER}>".encode())[:3] == "250"
    client.close()
    assert daemon.stop() == 0


def test_a_storm_of_reloads_loses_no_mail(daemon: Daemon) -> None:
    daemon.start()
    changed = BASE.replace('name = "Alice"', 'name = "Alice Doe"')
    for number in range(12):
        daemon.configure(changed if number % 2 else BASE)
        daemon.signal(signal.SIGHUP)
        assert send_once(daemon.ports[0], make_mail(f"n{number}", to=DESK))[:3] == "250"
    assert wait_for(lambda: waiting(daemon.data) == 0)
    assert len(comments(daemon.data)) == 12
    assert daemon.stop() == 0

"""A private Postfix hands mail over: by LMTP with an answer for each recipient, and by a pipe.

In: Postfix's own programs with a configuration and a queue below one folder; root, as Postfix
needs it. Out: tickets, and what Postfix's log says of each recipient.

*Fails:* RuntimeError with Postfix's words when it does not start.
"""

from __future__ import annotations

import os
import re
import shutil
import smtplib
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import parts
from tests.cli.shell import maildesk
from tests.clients.live import ADA, live, until
from tests.ports import free_port
from tests.walks.walk import mail

pytestmark = [
    parts.need("postfix"),
    pytest.mark.skipif(os.geteuid() != 0, reason="Postfix starts as root alone"),
]

MAIN = """
compatibility_level = 3.6
queue_directory = {root}/queue
data_directory = {root}/data
maillog_file = {root}/postfix.log
maillog_file_prefixes = {root}
myhostname = mx.desk.example
mydestination =
relay_domains = desk.example
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
alias_maps =
alias_database =
recipient_delimiter = +
notify_classes =
transport_maps = inline:{{ {{ desk.example = {transport} }}, {{ acme.example = discard: }} }}
maildesk_destination_recipient_limit = 1
"""
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
lmtp unix - - n - - lmtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
maildesk unix - n n - - pipe
  flags=DORX user=nobody argv={pipe}
  deliver --sender ${{sender}} --recipient ${{recipient}}
"""


@dataclass
class Postfix:
    """The running server."""

    root: Path
    port: int

    def send(self, raw: bytes, *recipients: str, sender: str = ADA) -> None:
        with smtplib.SMTP("127.0.0.1", self.port, timeout=60) as session:
            session.sendmail(sender, recipients, raw)

    def log(self) -> str:
        return (self.root / "postfix.log").read_text()

    def ends(self) -> dict[str, tuple[str, str]]:
        """What became of each recipient: the status, and the words that came with it."""
        found = re.findall(
            r" to=<([^>]*@desk\.example)>,.* status=(\w+) \((.*)\)$", self.log(), re.MULTILINE
        )
        return {recipient: (status, words) for recipient, status, words in found}


@contextmanager
def postfix(transport: str, pipe: str = "/bin/false") -> Iterator[Postfix]:
    """A Postfix that hands mail for desk.example to `transport`."""
    # Users of Postfix's own must get through, so no folder of the tests will do.
    root = Path(tempfile.mkdtemp(prefix="pf-"))
    root.chmod(0o755)
    port = free_port()
    try:
        etc = root / "etc"
        for folder in (etc, root / "queue", root / "data"):
            folder.mkdir(mode=0o755)
        shutil.chown(root / "data", "postfix")
        (etc / "main.cf").write_text(MAIN.format(root=root, transport=transport))
        (etc / "master.cf").write_text(MASTER.format(port=port, pipe=pipe))
        command = [parts.path("postfix"), "-c", str(etc)]
        done = subprocess.run([*command, "start"], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr)
        try:
            yield Postfix(root, port)
        finally:
            subprocess.run([*command, "stop"], capture_output=True, check=False)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def test_lmtp_answers_for_each_recipient(tmp_path: Path) -> None:
    lmtp = '[[listener]]\nprotocol = "lmtp"\nhost = "127.0.0.1"\nport = 0\n'
    with live(tmp_path, tables=lmtp) as desk:
        place = desk.places[1].rpartition(":")[2]
        with postfix(f"lmtp:inet:127.0.0.1:{place}") as relay:
            relay.send(mail(text="It burns."), "support@desk.example", "nobody@desk.example")
            desk.mails(2)
            until(lambda: len(relay.ends()) == 2)
            taken, refused = (relay.ends()[f"{who}@desk.example"] for who in ("support", "nobody"))
            assert taken[0] == "sent"
            assert refused[0] == "bounced"
            assert "550 5.1.1" in refused[1]
        [row] = desk.ask("inbox", "list")
        assert (row["source"], row["state"]) == ("lmtp", "done")
        assert row["to"] == ["support@desk.example"]
        assert desk.texts() == ["It burns."]


@pytest.mark.slow
def test_lmtp_takes_two_recipients_of_one_mail_for_one_ticket(tmp_path: Path) -> None:
    more = '\n[[desks]]\nkey = "SALES"\naddress = "sales@desk.example"\nagents = ["alice"]\n'
    lmtp = '[[listener]]\nprotocol = "lmtp"\nhost = "127.0.0.1"\nport = 0\n'
    both = ("sales@desk.example", "support@desk.example")
    with live(tmp_path, tables=lmtp + more) as desk:
        place = desk.places[1].rpartition(":")[2]
        with postfix(f"lmtp:inet:127.0.0.1:{place}") as relay:
            relay.send(mail(to=", ".join(both)), *both)
            until(lambda: len(relay.ends()) == 2)
            assert {status for status, _ in relay.ends().values()} == {"sent"}
        until(lambda: desk.ask("status")["inbox"]["pending"] == 0)
        assert [t["key"] for t in desk.ask("ticket", "list")] == ["HELP-1"]


@pytest.mark.slow
def test_a_daemon_that_is_down_keeps_the_mail_with_postfix(tmp_path: Path) -> None:
    port = free_port()
    with postfix(f"lmtp:inet:127.0.0.1:{port}") as relay:
        relay.send(mail(), "support@desk.example")
        until(lambda: relay.ends())
        assert relay.ends()["support@desk.example"][0] == "deferred"


def test_a_pipe_hands_over_the_mail_and_its_envelope(nobodys_desk: tuple[Path, str]) -> None:
    config, program = nobodys_desk
    raw = mail(text="It burns.\n.\nFrom here on.")
    with postfix("maildesk:", program) as relay:
        relay.send(raw, "support@desk.example")
        until(lambda: relay.ends())
        assert relay.ends()["support@desk.example"][0] == "sent", relay.log()
    [row] = maildesk("-c", config, "inbox", "list", "--json").json
    assert (row["source"], row["state"], row["from"]) == ("pipe", "pending", ADA)
    assert row["to"] == ["support@desk.example"]
    kept = maildesk("-c", config, "inbox", "raw", "1").out
    assert kept.startswith(b"Return-Path: <ada@acme.example>\nReceived: ")
    assert kept.endswith(b"\n\nIt burns.\n.\nFrom here on.\n")
    assert maildesk("-c", config, "process").code == 0
    ticket = maildesk("-c", config, "ticket", "show", "HELP-1", "--json").json
    assert ticket["comments"][0]["text"] == "It burns.\n.\nFrom here on."


@pytest.mark.slow
def test_what_a_pipe_says_no_to_for_good_is_returned(nobodys_desk: tuple[Path, str]) -> None:
    config, program = nobodys_desk
    with postfix("maildesk:", program) as relay:
        relay.send(mail(text="x " * 20000), "support@desk.example")
        until(lambda: relay.ends())
        status, words = relay.ends()["support@desk.example"]
        assert status == "bounced", relay.log()
        assert "larger than 20480 bytes" in words
    assert maildesk("-c", config, "inbox", "list", "--json").json == []


@pytest.mark.slow
def test_a_stranger_is_told_at_once_through_a_pipe_too(nobodys_desk: tuple[Path, str]) -> None:
    _, program = nobodys_desk
    with postfix("maildesk:", program) as relay:
        relay.send(mail("m@far.example"), "support@desk.example", sender="m@far.example")
        until(lambda: relay.ends())
        assert relay.ends()["support@desk.example"][0] == "bounced"


@pytest.mark.slow
def test_the_null_sender_of_a_pipe_is_a_report(nobodys_desk: tuple[Path, str]) -> None:
    config, program = nobodys_desk
    with postfix("maildesk:", program) as relay:
        relay.send(mail("MAILER-DAEMON@far.example"), "support@desk.example", sender="")
        until(lambda: relay.ends())
    assert maildesk("-c", config, "process").code == 0
    [row] = maildesk("-c", config, "inbox", "list", "--json").json
    assert (row["state"], row["ticket"]) == ("ignored", None)

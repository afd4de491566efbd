"""A private Exim hands mail over as README.md says: by SMTP, and by a pipe.

In: Exim's one program, with a configuration and a spool below one folder; root, as Exim needs it.
Out: tickets, and what Exim's log says. The routers and transports are cut out of README.md.

*Fails:* AssertionError with Exim's log when a mail does not arrive.
"""

from __future__ import annotations

import os
import re
import shutil
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import parts
from tests.cli.shell import ROOT, maildesk
from tests.clients.live import ADA, live, until
from tests.ports import free_port
from tests.walks.walk import mail

pytestmark = [
    parts.need("exim4"),
    pytest.mark.skipif(os.geteuid() != 0, reason="Exim delivers as other users as root alone"),
]

USER = "Debian-exim"
CONFIG = """
primary_hostname = mx.desk.example
exim_path = {program}
spool_directory = {root}/spool
log_file_path = {root}/%slog
pid_file_path = {root}/pid
daemon_smtp_ports = {port}
local_interfaces = 127.0.0.1
acl_smtp_rcpt = accept
tls_advertise_hosts =
keep_environment =
begin routers
{router}
begin transports
{transport}
"""


@dataclass
class Exim:
    """The running server."""

    root: Path
    port: int

    def send(self, raw: bytes, recipient: str) -> None:
        with smtplib.SMTP("127.0.0.1", self.port, timeout=60) as session:
            session.sendmail(ADA, [recipient], raw)

    def hands_over(self) -> None:
        """Wait until the mail has left its queue."""
        log = self.root / "mainlog"
        deadline = time.monotonic() + 60
        while "Completed" not in log.read_text():
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        assert " => " in log.read_text(), log.read_text()


def recipe(title: str) -> str:
    """The block of README.md below this title, for our domain."""
    readme = (ROOT / "README.md").read_text()
    _, _, below = readme.partition(f"**Exim, {title}.**")
    return below.split("```")[1].replace("example.com", "desk.example")


@contextmanager
def exim(router: str, transport: str) -> Iterator[Exim]:
    """An Exim that hands mail for support@desk.example over."""
    # Exim and its pipe run as users of their own, so no folder of the tests will do.
    root = Path(tempfile.mkdtemp(prefix="exim-"))
    root.chmod(0o755)
    shutil.chown(root, USER)
    port = free_port()
    config = root / "exim.conf"
    program = parts.path("exim4")
    config.write_text(
        CONFIG.format(root=root, port=port, program=program, router=router, transport=transport)
    )
    command = [program, "-C", str(config), "-bdf"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: answers(port), what="Exim")
        yield Exim(root, port)
    finally:
        server.terminate()
        server.wait(60)
        time.sleep(0.1)  # its children write the last lines of the log
        shutil.rmtree(root, ignore_errors=True)


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


PRESS = """
[[desks]]
key = "PRESS"
address = "press@desk.example"
plus_addressing = true
agents = ["alice"]
"""


def test_exim_hands_over_by_smtp_and_keeps_the_plus(tmp_path: Path) -> None:
    router, _, transport = recipe("SMTP").replace("support", "press").partition("\n\n")
    with live(tmp_path, tables=PRESS) as desk:
        transport = transport.replace("8025", str(desk.port))
        with exim(router, transport) as server:
            server.send(
                mail(text="It burns.", to="press@desk.example"), "press+friends@desk.example"
            )
            server.hands_over()
        until(lambda: desk.ask("status")["inbox"]["pending"] == 0)
        [row] = desk.ask("inbox", "list")
        assert row["to"] == ["press+friends@desk.example"]
        assert desk.texts("PRESS-1") == ["It burns."]


def test_exim_hands_over_by_a_pipe(nobodys_desk: tuple[Path, str]) -> None:
    config, program = nobodys_desk
    # Exim does not become another user for a configuration that is not the system's own.
    shutil.chown(config.parent, USER)
    command = "/opt/maildesk/bin/maildesk -c /etc/maildesk/config.toml"
    transport = recipe("pipe").replace(command, program)
    transport = transport.replace("user = maildesk", f"user = {USER}")
    router = re.sub(r"\n  (?:route_list|self) = .*", "", recipe("SMTP").partition("\n\n")[0])
    router = router.replace("manualroute", "accept").replace("maildesk_smtp", "maildesk_pipe")
    with exim(router, transport) as server:
        server.send(mail(text="It burns.\n.\nFrom here on."), "support@desk.example")
        server.hands_over()
    [row] = maildesk("-c", config, "inbox", "list", "--json").json
    assert (row["source"], row["to"], row["from"]) == ("pipe", ["support@desk.example"], ADA)
    assert maildesk("-c", config, "process").code == 0
    ticket = maildesk("-c", config, "ticket", "show", "HELP-1", "--json").json
    assert ticket["comments"][0]["text"] == "It burns.\n.\nFrom here on."

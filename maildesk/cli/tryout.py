"""`maildesk try`: a guided first run through a desk of its own, over real SMTP.

In: nothing. Out: a customer's mail, an agent's answer and the customer's reply, each mail that
went out, and the ticket that came of it. Everything lies in a temporary folder that is removed.
*Fails:* exit code 1 with the daemon's own words when the desk does not come up.
"""

from __future__ import annotations

import smtplib
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP, default
from pathlib import Path
from typing import TYPE_CHECKING

import click

from maildesk.cli.frame import json_option
from maildesk.cli.printing import print_json, say
from maildesk.errors import MaildeskError

if TYPE_CHECKING:
    from maildesk.store.shapes import WholeTicket

_WAIT_SECONDS = 30.0
_DESK = "support@desk.example"
_CUSTOMER = "Ada Lovelace <ada@customer.example>"
_AGENT = "Grace Hopper <grace@desk.example>"

_CONFIG = """
data_dir = "{folder}/data"
[listener]
port = {port}
[outgoing]
transport = "maildir"
batch = "0s"
[[desks]]
key = "HELP"
name = "Example Support"
address = "support@desk.example"
agents = ["grace"]
[[agents]]
id = "grace"
name = "Grace Hopper"
emails = ["grace@desk.example"]
"""


class Tour:
    """A desk that runs for a moment, its people, and the mails they got so far."""

    def __init__(self, folder: Path, port: int) -> None:
        self._out = folder / "data" / "out" / "new"
        self._port = port
        self._seen: set[Path] = set()
        self.mails: list[EmailMessage] = []

    def send(self, who: str, subject: str, text: str, answers: EmailMessage | None = None) -> None:
        """Write to the desk as a mail program would, over SMTP."""
        mail = EmailMessage(policy=SMTP)
        mail["From"], mail["To"], mail["Subject"] = who, _DESK, subject
        mail["Message-ID"] = f"<{time.time_ns()}@{who.rpartition('@')[2].rstrip('>')}>"
        mail["Date"] = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime())
        if answers:
            mail["In-Reply-To"] = answers["Message-ID"]
        mail.set_content(text)
        with smtplib.SMTP("127.0.0.1", self._port) as session:
            session.send_message(mail)

    def wait_for(self, count: int) -> list[EmailMessage]:
        """The next `count` mails that the desk sends."""
        deadline = time.monotonic() + _WAIT_SECONDS
        while len(fresh := set(self._out.glob("*")) - self._seen) < count:
            if time.monotonic() > deadline:
                message = f"the desk sent {len(fresh)} mails where {count} were expected"
                raise MaildeskError(message)
            time.sleep(0.05)
        self._seen.update(fresh)
        # These mails are our own, so the policy that is too slow for strangers' mail will do.
        files = sorted(fresh, key=lambda file: file.stat().st_mtime_ns)
        mails = [BytesParser(policy=default).parsebytes(file.read_bytes()) for file in files]
        self.mails.extend(mails)
        return mails


@click.command("try")
@json_option
def try_(as_json: bool) -> None:
    """See one ticket from first mail to last, in a desk of its own."""
    with tempfile.TemporaryDirectory(prefix="maildesk-try-") as name:
        folder = Path(name)
        port = _free_port()
        config = folder / "config.toml"
        config.write_text(_CONFIG.format(folder=folder, port=port))
        with _running(config):
            tour = Tour(folder, port)
            _walk(tour, _be_silent if as_json else click.echo)
        ticket = _ticket(folder / "data")
    if as_json:
        print_json({"ticket": ticket, "mails": [_as_json(mail) for mail in tour.mails]})
    else:
        _print_end(ticket)


def _walk(tour: Tour, say: Callable[[str], None]) -> None:
    """The three mails of the tour, each with what the desk makes of it."""
    say("1. Ada, a customer, writes to support@desk.example.\n")
    tour.send(_CUSTOMER, "The printer is on fire", "Dear support,\n\nthe printer burns.\n\nAda")
    first = tour.wait_for(2)
    _print_mails(first, say)
    new = next(mail for mail in first if mail["X-Maildesk-Event"] == "ticket.new")

    say("2. Grace, an agent, answers the desk's mail from her own mail program.\n")
    tour.send(_AGENT, f"Re: {new['Subject']}", "Please pull the plug, then use water.", new)
    answer = tour.wait_for(1)
    _print_mails(answer, say)

    say("3. Ada replies.\n")
    tour.send(_CUSTOMER, f"Re: {answer[0]['Subject']}", "It is out. Thank you!", answer[0])
    _print_mails(tour.wait_for(1), say)


def _be_silent(_: str) -> None:
    """With --json everything is told at the end."""


def _print_mails(mails: list[EmailMessage], say: Callable[[str], None]) -> None:
    for mail in mails:
        say(f"   From: {mail['From']}\n   To: {mail['To']}\n   Subject: {mail['Subject']}\n")
        say("\n".join(f"   | {line}".rstrip() for line in _text(mail).splitlines()) + "\n")


def _print_end(ticket: WholeTicket) -> None:
    say(f"The ticket {ticket['key']}, as `maildesk ticket show {ticket['key']}` tells it:\n")
    for comment in ticket["comments"]:
        author = comment["author"]
        say(f"   {author['name'] or author['email']}:")
        say("\n".join(f"     {line}".rstrip() for line in comment["text"].splitlines()))
    say("\nNow run `maildesk run` for a desk of your own; it needs no configuration to begin with.")


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body else ""


def _as_json(mail: EmailMessage) -> dict[str, str]:
    names = ("From", "To", "Subject", "Message-ID", "X-Maildesk-Event", "X-Maildesk-Ticket")
    return {**{name.lower(): str(mail[name] or "") for name in names}, "text": _text(mail)}


def _ticket(data_dir: Path) -> WholeTicket:
    from maildesk.store.store import Store
    from maildesk.store.tickets import show_ticket

    store = Store.open(data_dir)
    try:
        with store.read() as conn:
            return show_ticket(conn, "HELP-1")
    finally:
        store.close()


@contextmanager
def _running(config: Path) -> Iterator[None]:
    """The daemon, until the tour is over."""
    command = [sys.executable, "-m", "maildesk", "-c", str(config), "run"]
    daemon = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)  # noqa: S603 (ourselves)
    assert daemon.stderr is not None
    words = []
    try:
        for line in daemon.stderr:
            words.append(line)
            if line.strip() == "maildesk ready":
                break
        else:
            message = f"the desk did not come up: {''.join(words)}"
            raise MaildeskError(message)
        yield
    finally:
        daemon.terminate()
        daemon.communicate(timeout=_WAIT_SECONDS)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])

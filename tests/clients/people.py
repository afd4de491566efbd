"""People with real mail programs: mailboxes on a real Dovecot, letters by neomutt and s-nail.

In: a running desk, a Dovecot. Out: `Person`, who writes and answers, and `Post`, which brings what
the desk sends into the mailboxes.

*Fails:* AssertionError with what a program said.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

from tests import parts
from tests.clients.live import Live, until, wire
from tests.inbox.dovecot import Dovecot
from tests.walks.walk import body

DESK = "support@desk.example"


@dataclass
class Person:
    """Somebody with an address, a mailbox and a mail program; agents send with a password."""

    name: str
    address: str
    box: Dovecot
    home: Path
    port: int
    program: str = "neomutt"
    login: str = ""
    ca: Path | None = None
    got: list[EmailMessage] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.home.mkdir()
        tls = "tls off\nauth off\n"
        if self.login:
            tls = f"tls on\ntls_trust_file {self.ca}\nauth plain\nuser {self.login}\npassword x\n"
        rc = f"account default\nhost 127.0.0.1\nport {self.port}\nfrom {self.address}\n{tls}"
        (self.home / "msmtprc").write_text(rc)
        (self.home / "msmtprc").chmod(0o600)

    def newest(self, event: str, key: str = "") -> EmailMessage:
        """The newest mail of this event that came, about this ticket."""
        found = [
            m
            for m in self.got
            if m["X-Maildesk-Event"] == event and f"[{key}" in str(m["Subject"]).replace("]", "[")
        ]
        assert found, (self.name, event, key, [m["X-Maildesk-Event"] for m in self.got])
        return found[-1]

    def write(self, subject: str, text: str) -> None:
        """A new mail to the desk."""
        words = f"{text}\n".encode()
        if self.program == "neomutt":
            rc = str(self._neomuttrc())
            self._run(parts.path("neomutt"), "-n", "-F", rc, "-s", subject, DESK, stdin=words)
            return
        self._run(*self._s_nail(), "-s", subject, DESK, stdin=words)

    def answer(self, mail: EmailMessage, text: str) -> None:
        """An answer to a mail that lies in the mailbox, with its quote."""
        (self.home / "words").write_text(f"{text}\n")
        message_id = str(mail["Message-ID"]).strip("<>")
        if self.program == "neomutt":
            keys = f"<limit>~i {message_id}<enter><first-entry><reply><send-message><exit>"
            rc = str(self._neomuttrc())
            where = f"imap://127.0.0.1:{self.box.port}/INBOX"
            line = f"{parts.path('neomutt')} -n -F {rc} -f {where} -e 'push \"{keys}\"'"
            self._run(parts.path("script"), "-qec", line, "/dev/null")
            return
        number = self._number_of(message_id)
        said = f"reply {number}\n{text}\n~.\nxit\n"
        self._run(*self._s_nail(), "-f", self._folder(), stdin=said.encode())

    def _folder(self) -> str:
        box = self.box
        return f"imap://{box.user}:{box.password}@127.0.0.1:{box.port}/INBOX"

    def _number_of(self, message_id: str) -> int:
        with self.box.client() as client:
            client.select("INBOX", readonly=True)
            found = client.search(None, "HEADER", "Message-ID", message_id)[1][0].split()
        return int(found[-1])

    def _neomuttrc(self) -> Path:
        editor = self.home / "editor"
        words = self.home / "words"
        editor.write_text(f'#!/bin/sh\ncat "{words}" "$1" > "$1.new" && mv "$1.new" "$1"\n')
        editor.chmod(0o755)
        rc = self.home / "neomuttrc"
        rc.write_text(
            f"""
set from="{self.address}" realname="{self.name}" use_from=yes use_envelope_from=yes
set folder="{self.home}" imap_user="{self.box.user}" imap_pass="{self.box.password}"
set hostname=client.example ssl_starttls=no ssl_force_tls=no sort=mailbox-order
set sendmail="{parts.path("msmtp")} -C {self.home}/msmtprc" sendmail_wait=0
set editor="{editor}" autoedit=yes fast_reply=yes include=yes abort_unmodified=no
set record="" wait_key=no quit=yes header_cache="" charset=utf-8 copy=no mail_check=0
set send_charset="us-ascii:utf-8"
"""
        )
        return rc

    def _s_nail(self) -> list[str]:
        options = {
            "v15-compat": "yes",
            "mta": str(parts.path("msmtp")),
            "mta-arguments": f"-C {self.home}/msmtprc",
            "from": f"{self.name} <{self.address}>",
            "hostname": "client.example",
            "sendcharsets": "utf-8",
            "ttycharset": "utf-8",
            "quote": "yes",
            "indentprefix": "> ",
            "sendwait": "yes",
        }
        settings = [word for item in options.items() for word in ("-S", "=".join(item))]
        return [str(parts.path("s-nail")), "-:/", "-#", *settings]

    def _run(self, *command: str | None, stdin: bytes = b"") -> None:
        done = subprocess.run(
            [str(word) for word in command],
            input=stdin,
            cwd=self.home,
            env={
                "HOME": str(self.home),
                "PATH": os.environ["PATH"],
                "LC_ALL": "C.UTF-8",
                "TERM": "xterm",
            },
            capture_output=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, (command, done.stdout, done.stderr)


@dataclass
class Post:
    """The desk's mail on its way into the mailboxes."""

    desk: Live
    people: list[Person]
    seen: int = 0

    def settle(self) -> dict[str, list[str]]:
        """Wait until the desk has done everything; the events of what each person got."""
        self.seen += 1
        until(lambda: len(self.desk.ask("inbox", "list")) >= self.seen, 60, "the letter")
        until(self._is_quiet, 60, "quiet")
        told: dict[str, list[str]] = {}
        for mail in self.desk.mails(0):
            person = next((p for p in self.people if p.address == mail["X-Original-To"]), None)
            if person:
                person.box.append(wire(mail))
                person.got.append(mail)
                told.setdefault(person.name, []).append(str(mail["X-Maildesk-Event"]))
        return told

    def _is_quiet(self) -> bool:
        status = self.desk.ask("status")
        return not (status["inbox"]["pending"] or status["outbox"]["queued"])


def line_of(mail: EmailMessage, command: str) -> str:
    """The command line that a link of a mail holds."""
    found = [line for line in body(mail).split("\n") if f"#{command} " in line]
    assert found, body(mail)
    return found[0][found[0].index(f"#{command}") :].rstrip(".")

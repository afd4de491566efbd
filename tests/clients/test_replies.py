"""An agent's answer, written by the mail programs that agents use.

In: the desk's mail to an agent, in her Maildir; a program that replies to it. Out: the answer as
the customer gets it, with the words alone.

*Fails:* AssertionError with what the program said.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests import parts
from tests.clients.live import ADA, ALICE, Live, live, to, wire
from tests.walks.walk import body, mail

WORDS = "Pull the plug, then use water – Grüße, Alice."

Client = Callable[["Home"], None]


class Home:
    """An agent's home directory: her Maildir with the desk's mails, and how she sends."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.maildir = folder / "Mail"
        for name in ("cur", "new", "tmp"):
            (self.maildir / name).mkdir(parents=True)
        self.port = port
        self.msmtp = folder / "msmtprc"
        self.msmtp.write_text(
            f"account default\nhost 127.0.0.1\nport {port}\nfrom {ALICE}\ntls off\nauth off\n"
        )
        self.msmtp.chmod(0o600)
        self.words = folder / "words"
        self.words.write_text(f"{WORDS}\n")

    def file(self, message: EmailMessage) -> None:
        """What her server would have put into her inbox."""
        data = wire(message).replace(b"\r\n", b"\n")
        (self.maildir / "cur" / "1.agent.desk:2,").write_bytes(data)

    def run(self, *command: str, stdin: bytes = b"") -> bytes:
        environment = {
            "HOME": str(self.folder),
            "PATH": os.environ["PATH"],
            "LC_ALL": "C.UTF-8",
            "TERM": "xterm",
            "MBLAZE": str(self.folder / ".mblaze"),
        }
        done = subprocess.run(
            command,
            input=stdin,
            cwd=self.folder,
            env=environment,
            capture_output=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, (done.stdout, done.stderr)
        return done.stdout

    def editor(self) -> str:
        """An editor that writes the words on top and keeps what the program put there."""
        script = self.folder / "editor"
        script.write_text(
            f'#!/bin/sh\ncat "{self.words}" "$1" > "$1.new" && mv "$1.new" "$1" || exit 1\n'
        )
        script.chmod(0o755)
        return str(script)


def neomutt(home: Home) -> None:
    rc = home.folder / "neomuttrc"
    rc.write_text(
        f"""
set from="{ALICE}" realname="Alice Doe" use_from=yes use_envelope_from=yes hostname=desk.example
set sendmail="{parts.path("msmtp")} -C {home.msmtp}" sendmail_wait=0
set editor="{home.editor()}" autoedit=yes fast_reply=yes include=yes abort_unmodified=no
set record="" mbox_type=Maildir wait_key=no quit=yes header_cache="" charset=utf-8
set send_charset="us-ascii:utf-8" copy=no
"""
    )
    keys = "push <reply><send-message><exit>"
    line = f"{parts.path('neomutt')} -n -F {rc} -f {home.maildir} -e '{keys}'"
    home.run(parts.path("script"), "-qec", line, "/dev/null")


def s_nail(home: Home) -> None:
    options = {
        "v15-compat": "yes",
        "mta": f"smtp://127.0.0.1:{home.port}",
        "smtp-auth": "none",
        "from": f"Alice Doe <{ALICE}>",
        "hostname": "desk.example",
        "sendcharsets": "utf-8",
        "ttycharset": "utf-8",
        "quote": "yes",
        "indentprefix": "> ",
        "sendwait": "yes",
    }
    settings = [word for name, value in options.items() for word in ("-S", f"{name}={value}")]
    home.run(
        *(parts.path("s-nail"), "-:/", "-#", *settings, "-f", str(home.maildir)),
        stdin=b"reply 1\n" + home.words.read_bytes() + b"~.\nxit\n",
    )


def notmuch(home: Home) -> None:
    config = home.folder / "notmuch-config"
    config.write_text(
        f"[database]\npath={home.maildir}\n[user]\nname=Alice Doe\nprimary_email={ALICE}\n"
    )
    program = (parts.path("notmuch"), f"--config={config}")
    home.run(*program, "new", "--quiet")
    draft = home.run(*program, "reply", "--reply-to=sender", "*")
    head, _, quote = draft.partition(b"\n\n")
    words = home.words.read_bytes()
    home.run(
        *(parts.path("msmtp"), "-C", str(home.msmtp), "-t", "--read-envelope-from"),
        stdin=head + b"\n\n" + words + b"\n" + quote,
    )


def mblaze(home: Home) -> None:
    profile = home.folder / ".mblaze"
    profile.mkdir()
    (profile / "profile").write_text(
        f"Local-Mailbox: Alice Doe <{ALICE}>\nSendmail: {parts.path('msmtp')}\n"
        f"Sendmail-Args: -C {home.msmtp} -t --read-envelope-from\n"
    )
    home.run("sh", "-c", f"mlist {home.maildir} | mseq -S && mrep -body {home.words} -send -- 1")


CLIENTS = [
    pytest.param(neomutt, marks=parts.need("neomutt", "msmtp", "script")),
    pytest.param(s_nail, marks=parts.need("s-nail")),
    pytest.param(notmuch, marks=[parts.need("notmuch", "msmtp"), pytest.mark.slow]),
    pytest.param(mblaze, marks=[parts.need("mblaze", "msmtp"), pytest.mark.slow]),
]


@pytest.mark.parametrize("client", CLIENTS)
def test_an_agents_answer_reaches_the_customers_thread(client: Client, tmp_path: Path) -> None:
    with live(tmp_path) as desk:
        desk.send(mail(text="It burns – bitte helfen.", headers={"Subject": "Drucker brennt ✓"}))
        first = desk.mails(2)
        home = Home(tmp_path / "alice", desk.port)
        home.file(to(ALICE, first))
        client(home)
        answer = only(desk)
        assert answer["X-Original-To"] == ADA
        assert answer["From"] == '"Alice Doe (Example Support)" <support@desk.example>'
        assert answer["Subject"] == "[HELP-1] Drucker brennt ✓"
        assert to(ADA, first)["Message-ID"] in answer["References"]
        assert WORDS in body(answer)
        assert "alice@" not in answer.as_string()
        [_, comment] = desk.ask("ticket", "show", "HELP-1")["comments"]
        assert comment["author"] == {"email": ALICE, "name": "Alice Doe"}
        assert comment["text"] == WORDS
        assert "It burns" in comment["full_text"]


def only(desk: Live) -> EmailMessage:
    """The one mail that the answer made; what became of it, when there was none."""
    try:
        [answer] = desk.mails(1)
    except AssertionError as error:
        raise AssertionError(desk.ask("inbox", "list")) from error
    return answer

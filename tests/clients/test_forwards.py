"""A customer's mail to an agent, forwarded to the desk by the mail programs that agents use.

In: the customer's mail, in the agent's Maildir; a program that forwards it. Out: the ticket, which
is the customer's.

*Fails:* AssertionError with what the program said.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path

import pytest

from tests import parts
from tests.clients.live import ADA, ALICE, Live, live, until
from tests.clients.test_replies import Home
from tests.walks.walk import mail

DESK = "support@desk.example"
WORDS = "Please take this one."
# No server checks the sender here; in the field it is the agent's own.
BELIEVED = '[trust]\nstaff = "from"\n'

Client = Callable[[Home], None]


def neomutt(home: Home, *, enclosed: bool) -> None:
    rc = home.folder / "neomuttrc"
    rc.write_text(
        f"""
set from="{ALICE}" realname="Alice Doe" use_from=yes use_envelope_from=yes hostname=desk.example
set sendmail="{parts.path("msmtp")} -C {home.msmtp}" sendmail_wait=0
set editor="{home.editor()}" autoedit=no fast_reply=yes abort_unmodified=no
set record="" mbox_type=Maildir wait_key=no quit=yes header_cache="" charset=utf-8
set send_charset="us-ascii:utf-8" copy=no forward_format="Fwd: %s"
set mime_forward={"yes" if enclosed else "no"} forward_attachments=yes
"""
    )
    keys = f"push <forward-message>{DESK}<enter><send-message><exit>"
    line = f"{parts.path('neomutt')} -n -F {rc} -f {home.maildir} -e '{keys}'"
    home.run(parts.path("script"), "-qec", line, "/dev/null")


def neomutt_in_the_text(home: Home) -> None:
    neomutt(home, enclosed=False)


def neomutt_enclosed(home: Home) -> None:
    neomutt(home, enclosed=True)


def s_nail(home: Home) -> None:
    options = {
        "v15-compat": "yes",
        "mta": f"smtp://127.0.0.1:{home.port}",
        "smtp-auth": "none",
        "from": f"Alice Doe <{ALICE}>",
        "hostname": "desk.example",
        "sendcharsets": "utf-8",
        "ttycharset": "utf-8",
        "sendwait": "yes",
    }
    settings = [word for name, value in options.items() for word in ("-S", f"{name}={value}")]
    home.run(
        *(parts.path("s-nail"), "-:/", "-#", *settings, "-f", str(home.maildir)),
        stdin=f"forward 1 {DESK}\n".encode() + home.words.read_bytes() + b"~.\nxit\n",
    )


def mblaze(home: Home, *, how: str) -> None:
    profile = home.folder / ".mblaze"
    profile.mkdir()
    (profile / "profile").write_text(
        f"Local-Mailbox: Alice Doe <{ALICE}>\nSendmail: {parts.path('msmtp')}\n"
        f"Sendmail-Args: -C {home.msmtp} -t --read-envelope-from\n"
    )
    home.run(
        "sh",
        "-c",
        f"mlist {home.maildir} | mseq -S && mfwd {how} -to {DESK} -body {home.words} -send -- 1",
    )


def mblaze_enclosed(home: Home) -> None:
    mblaze(home, how="")


def mblaze_in_the_text(home: Home) -> None:
    mblaze(home, how="-r")


CLIENTS = [
    pytest.param(neomutt_in_the_text, marks=parts.need("neomutt", "msmtp", "script")),
    pytest.param(neomutt_enclosed, marks=parts.need("neomutt", "msmtp", "script")),
    pytest.param(s_nail, marks=parts.need("s-nail")),
    pytest.param(mblaze_enclosed, marks=parts.need("mblaze", "msmtp")),
    pytest.param(mblaze_in_the_text, marks=parts.need("mblaze", "msmtp")),
]


@pytest.mark.slow
@pytest.mark.parametrize("client", CLIENTS)
def test_a_forward_is_the_customers_ticket(client: Client, tmp_path: Path) -> None:
    wrote = datetime.now(tz=UTC).replace(microsecond=0) - timedelta(hours=2)
    raw = mail(
        "Ada Lovelace <ada@acme.example>",
        "Drucker brennt",
        "It burns – bitte helfen.",
        to=f"Alice Doe <{ALICE}>",
        cc="carl@acme.example",
        date=wrote,
    )
    with live(tmp_path, tables=BELIEVED) as desk:
        home = Home(tmp_path / "alice", desk.port)
        original = BytesParser(policy=default).parsebytes(raw)
        assert isinstance(original, EmailMessage)
        home.file(original)
        client(home)
        ticket = the_ticket(desk)
        assert (ticket["requester"]["email"], ticket["subject"]) == (ADA, "Drucker brennt")
        words = ticket["comments"][0]
        assert "It burns – bitte helfen." in words["text"]
        assert WORDS not in words["text"]
        assert datetime.fromisoformat(words["at"]) == wrote
        assert "carl@acme.example" in {p["email"] for p in ticket["participants"]}


def the_ticket(desk: Live) -> dict:
    until(lambda: desk.ask("ticket", "list"), what="the ticket")
    shown: dict = desk.ask("ticket", "show", "HELP-1")
    if shown["requester"]["email"] != ADA:
        raise AssertionError(shown["comments"])
    return shown

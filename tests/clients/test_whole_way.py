"""The whole way with real programs: swaks and a mailbox in, a Maildir or a relay out."""

from __future__ import annotations

import re
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from imapclient import IMAPClient

from tests import parts
from tests.cli.shell import maildesk, running
from tests.clients.live import ADA, ALICE, live, to, until, wire
from tests.inbox.dovecot import Dovecot, make_certificates
from tests.outbox import relay as relays
from tests.ports import free_port
from tests.walks.walk import body, mail, reply

pytest_plugins = ["tests.inbox.dovecot"]


@parts.need("swaks")
def test_with_no_configuration_a_mail_by_swaks_is_a_ticket_and_two_mails(tmp_path: Path) -> None:
    with running(cwd=tmp_path):
        done = subprocess.run(
            [
                *(parts.path("swaks"), "--server", "127.0.0.1", "--port", "8025"),
                *("--from", ADA, "--to", "support@localhost"),
                *("--header", "Subject: The printer burns", "--body", "Please help."),
                *("--attach-type", "text/plain", "--attach-name", "log.txt", "--attach", "@-"),
            ],
            input=b"lp0 on fire\n",
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
        out = tmp_path / "maildesk-data" / "out" / "new"
        until(lambda: len(list(out.glob("*"))) == 2)
        status = maildesk("status", "--json", cwd=tmp_path)
        assert (status.code, status.json["running"]) == (0, True)
    ticket = maildesk("ticket", "show", "HELP-1", "--json", cwd=tmp_path).json
    assert ticket["subject"] == "The printer burns"
    assert [c["text"].strip() for c in ticket["comments"]] == ["Please help."]
    assert [a["name"] for a in ticket["comments"][0]["attachments"]] == ["log.txt"]
    heads = sorted(file.read_text().split("\n\n")[0] for file in out.iterdir())
    acknowledgement = next(h for h in heads if "X-Maildesk-Event: ticket.received" in h)
    news = next(h for h in heads if "X-Maildesk-Event: ticket.new" in h)
    assert acknowledgement.startswith(f"Return-Path: <>\nX-Original-To: {ADA}\n")
    assert news.startswith("Return-Path: <support@localhost>\nX-Original-To: agent@localhost\n")


@parts.need("msmtp", "openssl")
def test_an_agent_submits_by_msmtp_with_tls_and_a_password(tmp_path: Path) -> None:
    make_certificates(tmp_path)
    door = f"""
[[listener]]
port = 0
tls_certificate = "{tmp_path}/server.pem"
tls_key = "{tmp_path}/server.key"
auth = {{ alice = {{ password = "s3cret" }} }}
"""

    def msmtp(port: str, password: str) -> subprocess.CompletedProcess[bytes]:
        file = tmp_path / "msmtprc"
        file.write_text(
            f"account default\nhost 127.0.0.1\nport {port}\nfrom {ALICE}\ntls on\n"
            f"tls_trust_file {tmp_path}/ca.pem\nauth plain\nuser alice\npassword {password}\n"
        )
        file.chmod(0o600)
        command = [parts.path("msmtp"), "-C", str(file), "support@desk.example"]
        raw = mail(ALICE, "[HELP-1]", "Pull the plug.")
        return subprocess.run(command, input=raw, capture_output=True, check=False)

    with live(tmp_path, tables=door) as desk:
        desk.send(mail())
        desk.mails(2)
        port = desk.places[1].rpartition(":")[2]
        assert b"535" in msmtp(port, "wrong").stderr
        done = msmtp(port, "s3cret")
        assert done.returncode == 0, done.stderr
        [answer] = desk.mails(1)
        assert answer["X-Original-To"] == ADA
        assert desk.texts()[1] == "Pull the plug."
        assert b"with ESMTPSA id" in maildesk("-c", desk.config, "inbox", "raw", "2").out


@pytest.fixture
def support(dovecot: Dovecot) -> str:
    """The lines that connect the desk to its mailbox."""
    return f"""
[[mailboxes]]
name = "support"
host = "127.0.0.1"
port = {dovecot.port}
tls = "none"
username = "{dovecot.user}"
password = "{dovecot.password}"
first_poll = "all"
"""


@parts.need("dovecot", "openssl")
def test_mail_in_a_mailbox_goes_the_whole_way_and_back(
    dovecot: Dovecot, support: str, tmp_path: Path
) -> None:
    dovecot.append(mail(text="It burns."))
    with live(tmp_path, tables=support) as desk:
        first = desk.mails(2)
        assert to(ADA, first)["X-Maildesk-Event"] == "ticket.received"
        news = to(ALICE, first)
        assert news["X-Maildesk-Event"] == "ticket.new"
        until(lambda: not dovecot.uids() and len(dovecot.uids("Processed")) == 1)
        # The answer comes while the poller waits in IDLE.
        dovecot.append(reply(news, f"Alice Doe <{ALICE}>", "Pull the plug."))
        [answer] = desk.mails(1)
        assert answer["X-Original-To"] == ADA
        assert answer["From"] == '"Alice Doe (Example Support)" <support@desk.example>'
        assert "Pull the plug." in body(answer)
        until(lambda: len(dovecot.uids("Processed")) == 2)
        rows = desk.ask("inbox", "list")
        assert [(r["source"], r["state"]) for r in rows] == [("imap:support", "done")] * 2
        [box] = desk.ask("status")["mailboxes"]
        assert (box["name"], box["last_error"]) == ("support", None)
        assert box["last_poll_at"]
        desk.ask("check", "--connect")


@parts.need("dovecot", "openssl")
@pytest.mark.slow
def test_a_message_that_came_by_smtp_too_is_one_comment(
    dovecot: Dovecot, support: str, tmp_path: Path
) -> None:
    raw = mail()
    with live(tmp_path, tables=support) as desk:
        desk.send(raw)
        desk.mails(2)
        dovecot.append(raw)
        until(lambda: len(dovecot.uids("Processed")) == 1)
        until(lambda: len(desk.ask("inbox", "list")) == 2)
        until(lambda: desk.ask("inbox", "list")[1]["state"] != "pending")
        assert desk.ask("inbox", "list")[1]["reason"] == "duplicate of 1"
        assert len(desk.texts()) == 1


@pytest.mark.slow
@parts.need("dovecot", "openssl", "notmuch")
def test_mail_programs_see_one_ticket_as_one_thread(dovecot: Dovecot, tmp_path: Path) -> None:
    with live(tmp_path) as desk:
        desk.send(mail(text="It burns."))
        first = desk.mails(2)
        desk.send(reply(to(ALICE, first), ALICE, "Pull the plug."), ALICE)
        [answer] = desk.mails(1)
        desk.send(reply(answer, ADA, "It is out."))
        [thanks] = desk.mails(1)
        desk.send(reply(thanks, ALICE, "Glad to hear."), ALICE)
        last = desk.mails(1)
        desk.send(mail(subject="Re: [HELP-1]", text="One more thing, by the key alone."))
        desk.mails(1)
        desk.send(mail(subject="Another matter"))
        desk.mails(2)
        filed = desk.every_mail()
    # The mail that has the key alone names no other; its answers do. It is left to the key.
    filed = [raw for raw in filed if b"by the key alone" not in raw]
    for raw in filed:
        dovecot.append(raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    with IMAPClient(dovecot.host, dovecot.port, ssl=False) as client:
        client.login(dovecot.user, dovecot.password)
        client.select_folder("INBOX")
        assert len(client.thread("REFS")) == 2
    assert threads(tmp_path, filed) == 2
    # The customer's mailbox holds half of them, and sees the same.
    hers = [wire(m) for m in (to(ADA, first), answer, to(ADA, last))]
    assert threads(tmp_path / "hers", hers) == 1


def threads(folder: Path, mails: list[bytes]) -> int:
    """How many threads notmuch makes of them."""
    inbox = folder / "notmuch" / "cur"
    for name in ("cur", "new", "tmp"):
        (inbox.parent / name).mkdir(parents=True)
    for number, raw in enumerate(mails):
        (inbox / f"{number}:2,").write_bytes(raw.replace(b"\r\n", b"\n"))
    config = folder / "notmuch-config"
    config.write_text(f"[database]\npath={inbox.parent}\n[user]\nname=x\nprimary_email=x@x\n")
    notmuch = [parts.path("notmuch"), f"--config={config}"]
    subprocess.run([*notmuch, "new", "--quiet"], check=True, capture_output=True)
    counted = subprocess.run(
        [*notmuch, "count", "--output=threads", "*"], check=True, capture_output=True
    )
    return int(counted.stdout)


def test_mail_goes_out_by_a_relay_as_it_goes_into_a_maildir(tmp_path: Path) -> None:
    with relays.running() as relay:
        smtp = f'host = "127.0.0.1"\nport = {relay.port}'
        with live(tmp_path, outgoing=smtp) as desk:
            desk.send(mail(text="It burns."))
            until(lambda: len(relay.taken) == 2)
        taken = {t.rcpt_to: t for t in relay.taken}
        assert taken[f"TO:<{ADA}>"].mail_from.startswith("FROM:<>")
        news = taken[f"TO:<{ALICE}>"]
        assert news.mail_from.startswith("FROM:<support@desk.example>")
        assert b"X-Maildesk-Event: ticket.new\r\n" in news.data
        assert b"It burns." in news.data
        assert b"Return-Path" not in news.data


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """smtp-sink with a folder for what it takes."""
    folder = tmp_path / "sink"
    folder.mkdir()
    port = free_port()
    words = ["-u", "root", "-d", f"{folder}/%M.", f"127.0.0.1:{port}", "50"]
    process = subprocess.Popen([parts.path("smtp-sink"), *words], cwd=folder)
    try:
        until(lambda: _is_open(port))
        yield port, folder
    finally:
        process.terminate()
        process.wait(30)


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@parts.need("smtp-source", "smtp-sink")
@pytest.mark.slow
def test_two_hundred_mails_by_smtp_source_are_two_hundred_tickets(
    sink: tuple[int, Path], tmp_path: Path
) -> None:
    port, folder = sink
    smtp = f'host = "127.0.0.1"\nport = {port}'
    limits = "[limits]\ntickets_per_sender = 0\nautomatic_mails_per_address = 0\n"
    with live(tmp_path, outgoing=smtp, tables=limits) as desk:
        began = time.monotonic()
        subprocess.run(
            [
                *(parts.path("smtp-source"), "-s", "8", "-m", "200", "-l", "4096", "-d"),
                *("-f", ADA, "-t", "support@desk.example", f"127.0.0.1:{desk.port}"),
            ],
            check=True,
            timeout=120,
        )
        assert time.monotonic() - began < 120
        until(lambda: desk.ask("status")["inbox"]["pending"] == 0, 120)
        rows = desk.ask("inbox", "list")
        assert len(rows) == 200
        assert {row["state"] for row in rows} == {"done"}
        assert {row["from"] for row in rows} == {ADA}
        until(lambda: desk.ask("status")["outbox"]["queued"] == 0, 120)
    assert len(desk.ask("ticket", "list")) == 200
    dumped = [file.read_bytes() for file in folder.iterdir()]
    assert len(dumped) == 400
    ids = [re.search(rb"^Message-ID: (\S+)", raw, re.MULTILINE) for raw in dumped]
    assert len({found[1] for found in ids if found}) == 400

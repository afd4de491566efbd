"""Real programs hand in mail: swaks, Postfix's smtp-source and Python's smtplib."""

from __future__ import annotations

import smtplib
import ssl
import subprocess
from email.message import EmailMessage
from pathlib import Path

import pytest

from maildesk.inbox.smtp_limits import Limits
from tests import parts
from tests.inbox.smtp_room import Room, room, server_tls


def swaks(inside: Room, *words: str | Path) -> str:
    fixed = ["--server", f"127.0.0.1:{inside.port}", "--from", "ann@customer.example"]
    command = [parts.path("swaks"), *fixed, *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.stdout + done.stderr


@parts.need("swaks")
def test_swaks_hands_in_a_mail() -> None:
    with room() as inside:
        said = swaks(inside, "--to", "help@desk.example,bill@desk.example")
        assert "250 2.0.0 Stored as 1" in said
        envelope, raw = inside.door.mails[0]
    assert envelope.rcpt_to == ("help@desk.example", "bill@desk.example")
    assert b"This is a test mailing" in raw


@parts.need("swaks")
def test_swaks_is_told_of_a_wrong_address() -> None:
    with room() as inside:
        assert "550 5.1.1 No such recipient here" in swaks(inside, "--to", "x@desk.example")
        assert inside.door.mails == []


@parts.need("msmtp", "openssl")
@pytest.mark.parametrize("mechanism", ["plain", "login"])
def test_msmtp_logs_in_behind_tls(tmp_path: Path, mechanism: str) -> None:
    passwords = {"alice": lambda: "sesame"}
    with room(tls_context=server_tls(tmp_path), auth=passwords) as inside:
        place = ["--host=127.0.0.1", f"--port={inside.port}", "--from=alice@desk.example"]
        tls = ["--tls=on", "--tls-starttls=on", "--tls-certcheck=off"]
        login = [f"--auth={mechanism}", "--user=alice", "--passwordeval=echo sesame"]
        command = [parts.path("msmtp"), "--file=/dev/null", *place, *tls, *login]
        words = [*command, "help@desk.example"]
        mail = b"Subject: x\n\n.\n"
        done = subprocess.run(words, input=mail, capture_output=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        envelope, raw = inside.door.mails[0]
    assert envelope.authenticated_as == "alice"
    assert raw.endswith(b"Subject: x\r\n\r\n.\r\n")


@parts.need("swaks")
def test_swaks_delivers_by_lmtp(tmp_path: Path) -> None:
    with room(protocol="lmtp", socket=tmp_path / "lmtp") as inside:
        words = ["--socket", str(tmp_path / "lmtp"), "--protocol", "LMTP"]
        command = [parts.path("swaks"), *words, "--to", "help@desk.example,bill@desk.example"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.stdout.count("250 2.0.0 Stored as 1") == 2, done.stdout + done.stderr
        assert len(inside.door.mails) == 1


@parts.need("smtp-source")
@pytest.mark.parametrize("protocol", ["smtp", "lmtp"])
def test_smtp_source_sends_a_hundred_mails_in_ten_sessions(protocol: str) -> None:
    with room(protocol=protocol, limits=Limits(idle_seconds=20)) as inside:
        addresses = ["-f", "ann@customer.example", "-t", "help@desk.example"]
        load = ["-s", "10", "-m", "100", "-l", "5000", *addresses]
        kind = ["-L"] if protocol == "lmtp" else []
        place = f"inet:127.0.0.1:{inside.port}"
        command = [parts.path("smtp-source"), *kind, *load, place]
        subprocess.run(command, timeout=60, check=True, capture_output=True)
        assert len(inside.door.mails) == 100
        assert {envelope.source for envelope, _ in inside.door.mails} == {protocol}


def test_smtplib_sends_8bit_and_utf8_addresses() -> None:
    mail = EmailMessage()
    mail["Subject"], mail["To"] = "Grüße", "hjælp@desk.example"
    mail.set_content("Ærlig talt\n.\n..\n", cte="8bit")
    with room() as inside:
        with smtplib.SMTP("127.0.0.1", inside.port, timeout=60) as peer:
            peer.send_message(mail, "søren@customer.example", ["hjælp@desk.example"])
            with pytest.raises(smtplib.SMTPRecipientsRefused) as refusal:
                peer.sendmail("a@x.example", ["x@desk.example"], "x")
        envelope, raw = inside.door.mails[0]
    assert envelope.mail_from == "søren@customer.example"
    assert envelope.rcpt_to == ("hjælp@desk.example",)
    assert "Ærlig talt\r\n.\r\n..\r\n".encode() in raw
    assert refusal.value.recipients["x@desk.example"][0] == 550


def test_smtplib_speaks_lmtp() -> None:
    with room(protocol="lmtp") as inside, smtplib.LMTP("127.0.0.1", inside.port) as peer:
        assert peer.sendmail("a@x.example", ["help@desk.example"], "Subject: x\r\n\r\ny") == {}
        assert len(inside.door.mails) == 1


@parts.need("openssl")
def test_smtplib_wants_a_certificate_that_it_trusts(tmp_path: Path) -> None:
    with room(tls_context=server_tls(tmp_path)) as inside:
        trusting = ssl.create_default_context(cafile=str(tmp_path / "certificate.pem"))
        peer = smtplib.SMTP("127.0.0.1", inside.port, timeout=60)
        with pytest.raises(ssl.SSLCertVerificationError):
            peer.starttls(context=trusting)
        peer.close()
        with smtplib.SMTP("127.0.0.1", inside.port, timeout=60) as peer:
            peer._host = "desk.example"  # type: ignore[attr-defined]
            peer.starttls(context=trusting)
            assert peer.sendmail("a@x.example", ["help@desk.example"], "Subject: x") == {}

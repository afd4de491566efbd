"""The recipe of IDENTITY.md for Postfix: OpenDKIM and OpenDMARC look, Postfix hands over by LMTP.

In: the real programs, with a domain name system of two records. Out: an agent who is believed by
what they write into the mail, and forgers who are not.

*Fails:* as Postfix's own tests do.
"""

from __future__ import annotations

import base64
import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import parts
from tests.clients import test_postfix
from tests.clients.live import ALICE, Live, live, until
from tests.ports import free_port
from tests.walks.walk import mail

pytestmark = [
    parts.need("postfix", "opendkim", "opendmarc", "openssl", "dkimpy"),
    pytest.mark.skipif(os.geteuid() != 0, reason="Postfix starts as root alone"),
    pytest.mark.slow,
]

OPENDKIM = """
Mode v
Socket inet:{port}@127.0.0.1
AuthservID mx.desk.example
InternalHosts {folder}/nobody
TestPublicKeys {folder}/keys
AlwaysAddARHeader yes
Syslog no
"""
OPENDMARC = """
Socket inet:{port}@127.0.0.1
AuthservID mx.desk.example
IgnoreHosts {folder}/nobody
SPFSelfValidate true
TestDNSData {folder}/policies
PublicSuffixList /usr/share/publicsuffix/public_suffix_list.dat
Syslog no
"""
MILTERS = """
smtpd_milters = inet:127.0.0.1:{opendkim}, inet:127.0.0.1:{opendmarc}
milter_default_action = tempfail
"""
FORGED = b"Authentication-Results: mx.desk.example; dmarc=pass header.from=desk.example\r\n"


@contextlib.contextmanager
def milters(folder: Path) -> Iterator[str]:
    """Both programs, and the lines by which Postfix asks them."""
    public = subprocess.run(
        ["openssl", "rsa", "-in", folder / "key.pem", "-pubout", "-outform", "DER"],
        check=True,
        capture_output=True,
    ).stdout
    record = f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"
    (folder / "nobody").write_text("192.0.2.77\n")
    (folder / "keys").write_text(f"sel._domainkey.desk.example {record}\n")
    (folder / "policies").write_text("_dmarc.desk.example v=DMARC1; p=none\n")
    ports = {"opendkim": free_port(), "opendmarc": free_port()}
    running = []
    for name, text, option in (("opendkim", OPENDKIM, "-x"), ("opendmarc", OPENDMARC, "-c")):
        file = folder / f"{name}.conf"
        file.write_text(text.format(port=ports[name], folder=folder))
        running.append(subprocess.Popen([parts.path(name), "-f", option, str(file)]))
    try:
        for port in ports.values():
            until(lambda port=port: is_listening(port), what="a milter")
        yield MILTERS.format(**ports)
    finally:
        for program in running:
            program.terminate()
            program.wait()


def is_listening(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


@pytest.fixture
def folder() -> Iterator[Path]:
    """A place that the milters may read, with a key for desk.example."""
    place = Path(tempfile.mkdtemp(prefix="om-"))
    place.chmod(0o755)
    key = ["openssl", "genrsa", "-out", str(place / "key.pem"), "2048"]
    subprocess.run(key, check=True, capture_output=True)
    yield place
    shutil.rmtree(place, ignore_errors=True)


def rows(desk: Live) -> list[dict[str, str]]:
    """The messages that came in."""
    found: list[dict[str, str]] = desk.ask("inbox", "list")
    return found


def signed(folder: Path, raw: bytes) -> bytes:
    import dkim

    key = (folder / "key.pem").read_bytes()
    header: bytes = dkim.sign(raw, b"sel", b"desk.example", key)
    return header + raw


def test_an_agent_is_believed_by_what_postfix_and_opendmarc_write(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = '\n[[listener]]\nprotocol = "lmtp"\nhost = "127.0.0.1"\nport = 0\n'
    peers = '[trust]\nauthserv_ids = ["mx.desk.example"]\npeers = ["127.0.0.1"]\n'
    with milters(folder) as lines, live(tmp_path, tables=tables, top=peers) as desk:
        monkeypatch.setattr(test_postfix, "MAIN", test_postfix.MAIN + lines)
        place = desk.places[1].rpartition(":")[2]
        with test_postfix.postfix(f"lmtp:inet:127.0.0.1:{place}") as relay:
            relay.send(signed(folder, mail(ALICE, "Signed")), "support@desk.example", sender=ALICE)
            evil = "mallory@evil.example"
            relay.send(mail(ALICE, "Plain"), "support@desk.example", sender=evil)
            relay.send(FORGED + mail(ALICE, "Forged"), "support@desk.example", sender=evil)
            until(lambda: len([r for r in rows(desk) if r["state"] != "pending"]) == 3)
        found = {row["subject"]: row for row in rows(desk)}
        states = {subject: (row["state"], row["reason"]) for subject, row in found.items()}
        assert states == {
            "Signed": ("done", ""),
            "Plain": ("held", "not verified as alice"),
            "Forged": ("held", "not verified as alice"),
        }
        [event, *_] = desk.ask("ticket", "log", "HELP-1")
        assert event["detail"]["proof"] == "dmarc"

"""A real Dovecot for tests: unprivileged, on loopback ports, everything below one folder.

In: Debian's dovecot-imapd (2.3, or 2.4) and, for TLS, openssl. Out: the fixture `dovecot`, a fresh
user of one server that runs for the whole session. A test module uses it by

    pytest_plugins = ["tests.inbox.dovecot"]
    pytestmark = parts.need("dovecot", "openssl")

    def test_a_mail_becomes_a_ticket(dovecot): dovecot.append(b"…"); connect to dovecot.port …

Log in as `dovecot.user` with `dovecot.password` (plain on `port`, STARTTLS there, TLS on
`tls_port` with `dovecot.ca` to verify it) or by XOAUTH2 and OAUTHBEARER with a token that
`dovecot.allow(token)` made good.

*Fails:* RuntimeError with Dovecot's own words when it does not start.

PYTEST_DONT_REWRITE: this is a plugin that modules also import from, in any order.
"""

from __future__ import annotations

import contextlib
import grp
import imaplib
import json
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests import parts
from tests.ports import free_port

PASSWORD = "s3cret"

_CONF_2_3 = """
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/dovecot.log
protocols = imap
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
ssl = yes
ssl_cert = <{root}/server.pem
ssl_key = <{root}/server.key
disable_plaintext_auth = no
auth_failure_delay = 0
auth_mechanisms = plain login xoauth2 oauthbearer
mail_location = maildir:{root}/mail/%u
mail_fsync = never
first_valid_uid = {uid}
first_valid_gid = {gid}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {root}/oauth2.conf
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={root}/mail/%u allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
"""

# From 2.4 on tokens are checked without a passdb.
_CONF_2_4 = """
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/dovecot.log
protocols = imap
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
ssl = yes
ssl_server_cert_file = {root}/server.pem
ssl_server_key_file = {root}/server.key
auth_allow_cleartext = yes
auth_failure_delay = 0
auth_mechanisms = plain login xoauth2 oauthbearer
mail_driver = maildir
mail_path = {root}/mail/%{{user}}
mail_home = {root}/mail/%{{user}}
mail_uid = {uid}
mail_gid = {gid}
mail_fsync = never
first_valid_uid = {uid}
first_valid_gid = {gid}
oauth2 {{
  introspection_url = http://127.0.0.1:{tokens}/introspect
  introspection_mode = post
  username_attribute = username
  active_attribute = active
  active_value = true
}}
passdb static {{
  password = {password}
}}
userdb static {{
  userdb_static_allow_all_users = yes
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
"""

# Without root there is no chroot, and wrong passwords must not slow down later tests.
_SERVICES = """
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  process_min_avail = 1
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
"""

_OAUTH2_2_3 = """introspection_url = http://127.0.0.1:{tokens}/introspect
introspection_mode = post
username_attribute = username
active_attribute = active
active_value = true
"""


@dataclass(frozen=True)
class Dovecot:
    """One user of the running server."""

    host: str
    port: int
    tls_port: int
    ca: Path
    user: str
    root: Path
    password: str = PASSWORD
    _tokens: dict[str, str] = field(default_factory=dict, repr=False)

    def append(self, raw: bytes, folder: str = "INBOX", flags: str = "") -> None:
        """Put a message into a folder, as a delivery would."""
        with self.client() as client:
            done, words = client.append(folder, flags, None, raw)
            assert done == "OK", words

    def uids(self, folder: str = "INBOX", criterion: str = "ALL") -> list[int]:
        """The UIDs in a folder; [] where there is no such folder."""
        with self.client() as client:
            if client.select(folder, readonly=True)[0] != "OK":
                return []
            return [int(uid) for uid in client.uid("SEARCH", criterion)[1][0].split()]

    def messages(self, folder: str = "INBOX") -> list[bytes]:
        """The messages in a folder."""
        uids = self.uids(folder)
        with self.client() as client:
            client.select(folder, readonly=True)
            return [client.uid("FETCH", str(uid), "(BODY.PEEK[])")[1][0][1] for uid in uids]

    def client(self) -> imaplib.IMAP4:
        """A second client, logged in; use it in `with`."""
        client = imaplib.IMAP4(self.host, self.port, timeout=30)
        client.login(self.user, self.password)
        return client

    def allow(self, token: str) -> None:
        """Make an access token good for this user."""
        self._tokens[token] = self.user

    def revoke(self, token: str) -> None:
        """End an access token."""
        self._tokens.pop(token, None)

    def disconnect(self) -> None:
        """Hang up on all sessions of this user, as an administrator may."""
        doveadm = shutil.which("doveadm") or "/usr/bin/doveadm"
        conf = str(self.root / "dovecot.conf")
        subprocess.run([doveadm, "-c", conf, "kick", self.user], check=False, capture_output=True)


@pytest.fixture(scope="session")
def dovecot_server() -> Iterator[Dovecot]:
    """The one server of this session."""
    with running() as server:
        yield server


@pytest.fixture
def dovecot(dovecot_server: Dovecot) -> Dovecot:
    """A fresh user with an empty INBOX."""
    return fresh_user(dovecot_server)


_count = 0


def fresh_user(server: Dovecot) -> Dovecot:
    """Another user of the same server."""
    global _count
    _count += 1
    return Dovecot(
        **{name: getattr(server, name) for name in ("host", "port", "tls_port", "ca", "root")},
        user=f"user{_count}",
        _tokens=server._tokens,
    )


@contextlib.contextmanager
def running() -> Iterator[Dovecot]:
    """Start a server, and end it with all its processes."""
    # A short path: the names of Unix sockets below it must stay under 108 bytes.
    root = Path(tempfile.mkdtemp(prefix="dv-"))
    tokens: dict[str, str] = {}
    with _introspection(tokens) as token_port:
        server = Dovecot(
            "127.0.0.1", free_port(), free_port(), root / "ca.pem", "", root, _tokens=tokens
        )
        try:
            make_certificates(root)
            process = _start(server, token_port)
            try:
                _wait_for_greeting(server, process)
                yield server
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait(30)
        finally:
            shutil.rmtree(root, ignore_errors=True)


def make_certificates(root: Path) -> None:
    """A CA of our own, and a certificate by it for localhost and 127.0.0.1."""
    new = ["-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    ca = ["-keyout", f"{root}/ca.key", "-out", f"{root}/ca.pem", "-subj", "/CN=test CA"]
    _openssl("req", "-x509", *new, *ca, "-days", "30")
    ours = ["-keyout", f"{root}/server.key", "-out", f"{root}/server.csr", "-subj", "/CN=localhost"]
    _openssl("req", *new, *ours)
    (root / "san").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    by = ["-CA", f"{root}/ca.pem", "-CAkey", f"{root}/ca.key", "-CAcreateserial", "-days", "30"]
    files = ["-in", f"{root}/server.csr", "-out", f"{root}/server.pem", "-extfile", f"{root}/san"]
    _openssl("x509", "-req", *files, *by)


def _openssl(*arguments: str) -> None:
    done = subprocess.run(
        [parts.path("openssl") or "openssl", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)


def _start(server: Dovecot, token_port: int) -> subprocess.Popen[bytes]:
    owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    is_2_4 = _version() >= (2, 4)
    filled = ((_CONF_2_4 if is_2_4 else _CONF_2_3) + _SERVICES).format(
        root=server.root,
        user=owner.pw_name,
        group=grp.getgrgid(owner.pw_gid).gr_name,
        uid=owner.pw_uid,
        gid=owner.pw_gid,
        port=server.port,
        tls_port=server.tls_port,
        tokens=token_port,
        password=PASSWORD,
    )
    for folder in ("run", "state", "mail"):
        (server.root / folder).mkdir()
    (server.root / "dovecot.conf").write_text(filled)
    (server.root / "oauth2.conf").write_text(_OAUTH2_2_3.format(tokens=token_port))
    as_owner: dict[str, Any] = {}
    if os.geteuid() == 0:
        server.root.chmod(0o755)
        for path in (server.root, *server.root.rglob("*")):
            os.chown(path, owner.pw_uid, owner.pw_gid)
        as_owner = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
    command = [parts.path("dovecot"), "-F", "-c", str(server.root / "dovecot.conf")]
    with (server.root / "start.log").open("wb") as output:
        return subprocess.Popen(
            command, stdout=output, stderr=output, start_new_session=True, **as_owner
        )


def _version() -> tuple[int, int]:
    done = subprocess.run([parts.path("dovecot"), "--version"], capture_output=True, check=True)
    found = re.match(rb"(\d+)\.(\d+)", done.stdout)
    assert found, done.stdout
    return int(found[1]), int(found[2])


def _wait_for_greeting(server: Dovecot, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", server.port), 0.5) as connection,
        ):
            if connection.recv(200).startswith(b"* OK"):
                return
        time.sleep(0.02)
    logs = [server.root / name for name in ("start.log", "dovecot.log")]
    raise RuntimeError("\n".join(log.read_text() for log in logs if log.exists()))


@contextlib.contextmanager
def _introspection(tokens: dict[str, str]) -> Iterator[int]:
    """The service that Dovecot asks whether an access token is good (RFC 7662)."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            form = urllib.parse.parse_qs(self.rfile.read(length).decode())
            user = tokens.get(form.get("token", [""])[0])
            # Dovecot compares with `active_value` as text, so true stands in quotes.
            told = {"active": "true" if user else "false", "username": user or "nobody"}
            body = json.dumps(told).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)

"""pymap, an IMAP server from PyPI: the fallback where Dovecot is missing.

In: the package `pymap`. Out: the fixture `pymap_port`, a server in memory with one account,
`demouser` and `demopass`, whose INBOX holds four messages.

*Fails:* RuntimeError when it does not start.

PYTEST_DONT_REWRITE: this is a plugin that modules also import from, in any order.
"""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from tests.ports import free_port

USER, PASSWORD = "demouser", "demopass"


@pytest.fixture
def pymap_port() -> Iterator[int]:
    """The port of a fresh server."""
    port = free_port()
    # The package has no __main__, and the script's place depends on the installation.
    program = "import sys; from pymap.main import main; sys.exit(main())"
    options = ["--host", "127.0.0.1", "--port", str(port), "--no-tls"]
    options += ["--no-service", "managesieve", "dict", "--demo-data"]
    process = subprocess.Popen(
        [sys.executable, "-c", program, *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for_greeting(port, process)
        yield port
    finally:
        process.kill()
        process.wait(30)


def _wait_for_greeting(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", port), 1) as connection,
        ):
            if connection.recv(200).startswith(b"* OK"):
                return
        time.sleep(0.05)
    message = f"pymap did not start: exit code {process.poll()}"
    raise RuntimeError(message)

"""A port that a program of the tests may take.

In: nothing. Out: one where nobody listens, below those that the kernel lends to clients: among
those another client may have it by then, and one that asks again and again may meet itself.

*Fails:* never.
"""

from __future__ import annotations

import contextlib
import random
import socket


def free_port() -> int:
    """A port where nobody listens."""
    while True:
        port = random.randrange(10_000, 32_000)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port

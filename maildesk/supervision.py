"""What the service manager is told, and the signs of life behind it.

In: fields of sd_notify(3); beats of the loops. Out: datagrams to $NOTIFY_SOCKET; whether every
loop has shown life lately.
*Fails:* never; without a service manager nothing is sent.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Mapping


def notify(env: Mapping[str, str], *fields: str) -> bool:
    """Tell the service manager; False when there is none."""
    address = env.get("NOTIFY_SOCKET", "")
    if not address:
        return False
    # A leading @ stands for the zero byte of Linux's abstract socket names.
    path = "\0" + address[1:] if address.startswith("@") else address
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
            sender.connect(path)
            sender.sendall("\n".join(fields).encode())
    except OSError:
        return False
    return True


def watchdog_interval(env: Mapping[str, str]) -> float | None:
    """Half of what the service manager waits for a sign of life, in seconds."""
    microseconds = env.get("WATCHDOG_USEC", "")
    is_ours = env.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
    return int(microseconds) / 2e6 if microseconds.isdigit() and is_ours else None


def inherited_sockets(env: Mapping[str, str]) -> tuple[int, ...]:
    """The listening sockets that systemd opened for us (sd_listen_fds(3))."""
    if env.get("LISTEN_PID") != str(os.getpid()):
        return ()
    count = env.get("LISTEN_FDS", "0")
    return tuple(range(3, 3 + int(count))) if count.isdigit() else ()


class Pulse:
    """Who promised to be heard of again until when. Thread-safe."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._until: dict[str, float] = {}
        self._lock = threading.Lock()

    def beat(self, name: str, seconds: float = 30.0) -> None:
        """`name` lives, and will be heard of again within `seconds`."""
        with self._lock:
            self._until[name] = self._monotonic() + seconds

    def rest(self, name: str) -> None:
        """`name` has ended as it should."""
        with self._lock:
            self._until.pop(name, None)

    def silent(self) -> tuple[str, ...]:
        """Who has not kept the promise."""
        now = self._monotonic()
        with self._lock:
            return tuple(name for name, until in self._until.items() if until < now)

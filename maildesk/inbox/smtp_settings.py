"""What one listener is told: where it listens, how large a mail may be, who may log in.

In: figures and objects, already read and checked by whoever starts the listener. Out: a frozen
value. No configuration is read here.
*Fails:* never.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenerSettings:
    """Exactly one place is used: an inherited `fd`, else the Unix `socket`, else host and port.

    `auth` maps an agent's id to a function that reads the password, so that no password is kept.
    """

    protocol: Literal["smtp", "lmtp"] = "smtp"
    host: str = "127.0.0.1"
    port: int = 8025  # 0: any free one
    socket: Path | None = None
    fd: int | None = None
    max_message_size: int = 25 * 1024 * 1024
    relays: tuple[str, ...] = ("127.0.0.1", "::1")  # addresses and networks
    tls_context: ssl.SSLContext | None = None
    auth: Mapping[str, Callable[[], str]] = field(default_factory=dict, repr=False)

    @property
    def place(self) -> int | Path | tuple[str, int]:
        """What stays open over a reload that does not change it."""
        if self.fd is not None:
            return self.fd
        return self.socket or (self.host, self.port)

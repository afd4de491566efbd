"""A listener in a process of its own, for tests that measure it.

In: `python -m tests.inbox.smtp_server ours|stock [LARGEST]`. Out: its port on the first line of
stdout; then it serves until it is killed. `stock` is aiosmtpd as it comes. Both answer for a mail
at once, so that the protocol alone is measured.
"""

from __future__ import annotations

import asyncio
import sys
from concurrent.futures import Future
from datetime import UTC, datetime

from aiosmtpd.smtp import SMTP
from aiosmtpd.smtp import Envelope as StockEnvelope

from maildesk.core.model import Envelope, Receipt
from maildesk.inbox.smtp_limits import Limits
from maildesk.inbox.smtp_listener import Listener
from maildesk.inbox.smtp_settings import ListenerSettings
from tests.inbox.smtp_room import POLICY

LARGEST = int(sys.argv[2]) if len(sys.argv) > 2 else 30_000_000


class Sink:
    """Our door: everything is durable at once."""

    def accept(self, envelope: Envelope, raw: bytes) -> Future[Receipt]:
        kept: Future[Receipt] = Future()
        kept.set_result(Receipt(inbox_id=1, is_new=True))
        return kept

    def refuses(self, envelope: Envelope, raw: bytes) -> str:
        return ""


class StockSink:
    """The same for aiosmtpd's own class."""

    async def handle_DATA(self, server: SMTP, session: object, envelope: StockEnvelope) -> str:  # noqa: N802
        return "250 OK"


async def ours() -> int:
    listener = Listener(
        ListenerSettings(port=0, max_message_size=LARGEST),
        policy=lambda: POLICY,
        door=Sink(),
        now=lambda: datetime.now(UTC),
        hostname="desk.example",
        limits=Limits(),
    )
    await listener.start()
    place = listener.addresses[0]
    assert isinstance(place, tuple)
    return place[1]


async def stock() -> int:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(StockSink(), hostname="x", loop=loop, data_size_limit=LARGEST),
        "127.0.0.1",
        0,
        backlog=1024,
    )
    stock.server = server  # type: ignore[attr-defined]
    return int(server.sockets[0].getsockname()[1])


async def serve(kind: str) -> None:
    print(await (ours() if kind == "ours" else stock()), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))

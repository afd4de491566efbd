"""Taking connections off a listening socket, also when there is no room for one more.

In: bound sockets, what makes a connection's protocol. Out: connections, each with its protocol.
asyncio's own server tries a thousand times in a row when the process is out of file descriptors,
and writes a traceback for each; this one waits a second, and says so at times in one line.
*Fails:* OSError when a socket cannot be listened on.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable, Iterable

from maildesk import log

_PAUSE_SECONDS = 1.0
_LINES_APART_SECONDS = 10.0
_EXHAUSTED = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}


class Accepting:
    """Accepts on copies of some sockets until it is closed. Used from the loop's thread only."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        protocol: Callable[[], asyncio.Protocol],
        *,
        backlog: int,
    ) -> None:
        self._loop = loop
        self._protocol = protocol
        self._backlog = backlog
        self._sockets: list[socket.socket] = []
        self._pauses: dict[socket.socket, asyncio.TimerHandle] = {}
        # The event loop itself keeps no task alive.
        self._arriving: set[asyncio.Task[object]] = set()
        self._next_line_at = 0.0

    def start(self, bound: Iterable[socket.socket]) -> None:
        """Let clients come."""
        try:
            for each in bound:
                listening = each.dup()
                self._sockets.append(listening)
                listening.setblocking(False)
                listening.listen(self._backlog)
        except BaseException:
            self.close()
            raise
        for listening in self._sockets:
            self._loop.add_reader(listening, self._accept, listening)

    def close(self) -> None:
        """Take nobody any more; who has been taken stays."""
        for pause in self._pauses.values():
            pause.cancel()
        for listening in self._sockets:
            self._loop.remove_reader(listening)
            listening.close()
        self._pauses.clear()
        self._sockets.clear()

    def _accept(self, listening: socket.socket) -> None:
        """One connection; the loop calls again for the next, and serves the others in between."""
        try:
            connection, _ = listening.accept()
        except OSError as error:
            # All else is the client's: it has gone away, or its network has.
            if error.errno in _EXHAUSTED:
                self._pause(listening, error)
            return
        connection.setblocking(False)
        task = self._loop.create_task(self._arrive(connection))
        self._arriving.add(task)
        task.add_done_callback(self._arriving.discard)

    async def _arrive(self, connection: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(self._protocol, connection)
        except BaseException:
            connection.close()
            raise

    def _pause(self, listening: socket.socket, error: OSError) -> None:
        self._loop.remove_reader(listening)
        self._pauses[listening] = self._loop.call_later(_PAUSE_SECONDS, self._go_on, listening)
        moment = self._loop.time()
        if moment >= self._next_line_at:
            self._next_line_at = moment + _LINES_APART_SECONDS
            log.warning("cannot-accept", error=error.strerror, seconds=_PAUSE_SECONDS)

    def _go_on(self, listening: socket.socket) -> None:
        del self._pauses[listening]
        self._loop.add_reader(listening, self._accept, listening)

"""One connection: lines in, replies out, and a clock that never interrupts our own work.

In: a transport, through aiosmtpd's `SMTP` (connection, STARTTLS, stream). Out: lines and pieces of
mail for the session above, which talks until it raises `Ended`.
*Fails:* `Ended` inside the session when its time is up; a connection that breaks ends its task.

aiosmtpd has one timer that cancels whatever runs, a commit as well. Here the clock counts only
while the client is waited for, and it ends the reading alone: the session sees `Ended`, says 421
and closes. What was handed to the store is never cancelled by anybody. See
docs/decisions/0004-own-smtp-protocol.md for what is used of the library and why.
"""

from __future__ import annotations

import asyncio
import math
import ssl
from typing import AnyStr

from aiosmtpd.smtp import SMTP, TLSSetupException

from maildesk.inbox.smtp_limits import Limits
from maildesk.inbox.smtp_replies import Reply

_READ_AT_ONCE = 256 * 1024
_UNHEARD = 16 * 1024 * 1024


class Ended(Exception):
    """The session says `reply` and is over."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply)
        self.reply = reply


class _NoHooks:
    """aiosmtpd's handler object; the session below uses none of its hooks."""


class Wire(SMTP):
    """The connection's side of a session; `converse` is the other side."""

    # The stream's read-ahead. As the longest line it is no verdict on a mail.
    line_length_limit = 65_536

    def __init__(self, *, hostname: str, tls: ssl.SSLContext | None, limits: Limits) -> None:
        super().__init__(
            _NoHooks(),
            hostname=hostname,
            tls_context=tls,
            loop=asyncio.get_running_loop(),
        )
        self.limits = limits
        self.gone: asyncio.Future[None] = self.loop.create_future()  # the connection is closed
        self._unheard = 0  # bytes read and forgotten after our last word
        self._is_leaving = False
        self._ahead = bytearray()  # read behind a mail's dot: the next commands
        self._is_in_data = False
        self._farewell: Reply | None = None  # said instead of reading the next command
        self._longest_stall = math.inf  # within a mail
        self._last_word: Reply | None = None  # said instead of reading anything more
        self._deadline = math.inf  # in the loop's time; inf while nobody is waited for
        self._late: Reply | None = None  # None: cut off without a word
        self._last_moment = math.inf

    # ---- what the session uses

    async def converse(self) -> None:
        """Talk until `Ended` or until the client is gone."""
        raise Ended(Reply.NOT_IMPLEMENTED)

    # aiosmtpd's constructor looks at every attribute: a property that needs ours would fail there.
    def task(self) -> asyncio.Task[None]:
        """The session's own task, done when the session is over."""
        assert self._handler_coroutine is not None
        return self._handler_coroutine

    def has_tls(self) -> bool:
        """Whether the connection is encrypted."""
        return self._tls_protocol is not None

    async def say(self, reply: str) -> None:
        """Send one reply, of one line or more."""
        if self.transport is None:
            raise ConnectionResetError
        self._writer.write(reply.encode("ascii", "replace") + b"\r\n")
        if self._writer.transport.get_write_buffer_size():
            self._wait_for_client(self.limits.idle_seconds, None)
        await self._writer.drain()
        self._deadline = math.inf

    async def read_line(self) -> bytes:
        """The next line with its end; a bare LF ends a command, too."""
        if self._last_word or self._farewell:
            raise Ended(self._last_word or self._farewell or Reply.SHUTTING_DOWN)
        newline = self._ahead.find(b"\n") + 1
        if newline:
            return self._take_ahead(newline)
        self._wait_for_client(self.limits.idle_seconds, Reply.IDLE)
        try:
            line: bytes = await self._reader.readuntil(b"\n")
        except asyncio.LimitOverrunError:
            raise Ended(Reply.FLOOD) from None
        except asyncio.IncompleteReadError:
            if self._last_word:
                raise Ended(self._last_word) from None
            raise
        finally:
            self._deadline = math.inf
        return self._take_ahead(len(self._ahead)) + line

    async def read_piece(self, deadline: float) -> bytes:
        """Some bytes of a mail, however they come; `deadline` is in the loop's time."""
        if self._ahead:
            return self._take_ahead(len(self._ahead))
        if self._last_word:
            raise Ended(self._last_word)
        self._wait_for_piece(deadline)
        self._is_in_data = True
        try:
            piece: bytes = await self._reader.read(_READ_AT_ONCE)
        finally:
            self._is_in_data = False
            self._deadline = math.inf
        if self._last_word:
            raise Ended(self._last_word)
        if not piece:
            raise ConnectionResetError
        return piece

    def _wait_for_piece(self, deadline: float) -> None:
        left, idle = deadline - self.loop.time(), self.limits.idle_seconds
        if self._farewell and self._longest_stall < min(left, idle):
            self._wait_for_client(self._longest_stall, self._farewell)
        elif left < idle:
            self._wait_for_client(left, Reply.DATA_TOO_SLOW)
        else:
            self._wait_for_client(idle, Reply.IDLE)

    def put_back(self, rest: bytes) -> None:
        """What came behind the dot are the next commands."""
        self._ahead[:0] = rest

    async def start_tls(self) -> None:
        """Say 220 and encrypt; plaintext behind the command is dropped (RFC 3207 §4.2)."""
        await self.smtp_STARTTLS("")
        self._ahead.clear()
        self._deadline = math.inf
        assert self.session is not None
        if self.session.ssl is None:
            # The client hung up within the handshake; the library takes that for success.
            raise TLSSetupException

    # ---- what the listener uses

    def limit_session(self, seconds: float) -> None:
        """End the session so long from now, whatever it does by then."""
        self._last_moment = self.loop.time() + seconds

    def say_farewell(self, longest_stall: float) -> None:
        """Shut down: an idle session ends now, one with a mail under way after its answer.

        A mail that stalls for longer than `longest_stall` seconds is not under way.
        """
        self._farewell, self._longest_stall = Reply.SHUTTING_DOWN, longest_stall
        if not self._is_in_data:
            self._interrupt(Reply.SHUTTING_DOWN)
        elif self.loop.time() + longest_stall < self._deadline:
            self._wait_for_client(longest_stall, self._farewell)

    def break_off(self) -> None:
        """Shut down now, even within DATA; a mail already handed in still gets its answer."""
        if self._deadline == math.inf:
            self._last_word = Reply.SHUTTING_DOWN
        self._interrupt(Reply.SHUTTING_DOWN)

    def cut(self) -> None:
        """Close without a word."""
        if self.transport is not None:
            self._writer.transport.abort()

    def _take_ahead(self, size: int) -> bytes:
        taken = bytes(self._ahead[:size])
        del self._ahead[:size]
        return taken

    # ---- aiosmtpd's and asyncio's side

    def connection_lost(self, error: Exception | None) -> None:
        """The connection is closed, by whomever; aiosmtpd ends the session's task."""
        super().connection_lost(error)
        if not self.gone.done():
            self.gone.set_result(None)

    def data_received(self, data: bytes) -> None:
        """Bytes for the session; after its last word they are read and forgotten.

        Closing with bytes unread would reset the connection, and the 421 be lost with it.
        """
        if self._last_word is None and not self._is_leaving:
            super().data_received(data)
            return
        self._unheard += len(data)
        if self._unheard > _UNHEARD:
            self.cut()

    def eof_received(self) -> bool | None:
        """A client that has said all may still wait for answers: nothing is cancelled."""
        if self._is_leaving:
            return False
        asyncio.StreamReaderProtocol.eof_received(self)
        return not self.has_tls()

    async def push(self, status: AnyStr) -> None:
        """The library's own voice: it speaks before the handshake and nowhere else."""
        await self.say(Reply.READY_FOR_TLS)
        self._wait_for_client(self.limits.idle_seconds, None)

    async def _handle_client(self) -> None:
        try:
            await self.converse()
        except Ended as end:
            self._close(end.reply)
        except TLSSetupException as error:
            # The library never hears of a connection whose handshake failed.
            self.cut()
            self.connection_lost(error)
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            self._close(None)

    def _close(self, reply: Reply | None) -> None:
        if self.transport is None:
            return
        transport = self._writer.transport
        if reply is not None:
            transport.write(reply.encode() + b"\r\n")
        if reply in (None, Reply.BYE) or not transport.can_write_eof():
            transport.close()
        else:
            self._is_leaving = True
            transport.write_eof()
            self._read_on(transport)
        assert self._timeout_handle is not None
        self._timeout_handle.cancel()
        self._timeout_handle = self.loop.call_later(self.limits.goodbye_seconds, self.cut)

    @staticmethod
    def _read_on(transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            transport.resume_reading()

    def _reset_timeout(self, duration: float | None = None) -> None:
        """The library starts its timer when a connection is made; ours waits for its first use."""
        if self._timeout_handle is None:
            self._timeout_handle = self.loop.call_later(self.limits.idle_seconds, self._timeout_cb)

    def _wait_for_client(self, seconds: float, late: Reply | None) -> None:
        deadline = self.loop.time() + seconds
        if self._last_moment < deadline:
            deadline, late = self._last_moment, late and Reply.LONG_SESSION
        self._deadline, self._late = deadline, late
        # The timer is left where it is when it rings too early: it looks and goes on. That is
        # cheaper than a new timer for each line.
        if self._timeout_handle is None or deadline < self._timeout_handle.when():
            self._ring_at(deadline)

    def _ring_at(self, moment: float) -> None:
        if self._timeout_handle is not None:
            self._timeout_handle.cancel()
        self._timeout_handle = self.loop.call_at(moment, self._timeout_cb)

    def _timeout_cb(self) -> None:
        if self.loop.time() < self._deadline:
            idle = self.loop.time() + self.limits.idle_seconds
            self._ring_at(min(self._deadline, idle))
        else:
            self._interrupt(self._late or Reply.IDLE)

    def _interrupt(self, reply: Reply) -> None:
        if self._deadline == math.inf or self.transport is None:
            return
        if self._late is None:
            self.cut()
            return
        # An exception set on the reader would be missed by a read that was just woken by data.
        self._last_word = reply
        self._reader.feed_eof()

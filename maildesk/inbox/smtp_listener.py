"""The listening socket: admits clients, keeps their sessions, and takes leave of them.

In: settings, the policy, the door, a clock. Out: a running SMTP or LMTP server in the event loop
that `start` is called in. New settings for the same place are taken up with the socket open: who
is inside goes on under the old ones.
*Fails:* OSError from `start` when the place to listen cannot be had; `stop` never.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import os
import socket
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from maildesk import log
from maildesk.core.model import Policy
from maildesk.inbox.accepting import Accepting
from maildesk.inbox.smtp_handover import Door
from maildesk.inbox.smtp_limits import DEFAULT_LIMITS, Gate, Limits
from maildesk.inbox.smtp_session import House, MailSession
from maildesk.inbox.smtp_settings import ListenerSettings

_BACKLOG = 1024
# A commit that takes longer than this at the end is not waited for: its client sends again.
_LAST_COMMITS_SECONDS = 10.0
_LAST_WORDS_SECONDS = 1.0


class Listener:
    """One place where mail comes in."""

    def __init__(
        self,
        settings: ListenerSettings,
        *,
        policy: Callable[[], Policy],
        door: Door,
        now: Callable[[], datetime],
        hostname: str,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        self._settings = settings
        self._parts = (policy, door, now, hostname)
        # However small the room for all mails is, one of the largest size must fit.
        room = max(limits.bytes_in_flight, settings.max_message_size)
        self._limits = replace(limits, bytes_in_flight=room)
        self._house: House | None = None
        self._server: asyncio.Server | None = None
        self._accepting: Accepting | None = None
        self._sessions: set[MailSession] = set()
        self._places: tuple[tuple[str, int] | str, ...] = ()

    @property
    def addresses(self) -> tuple[tuple[str, int] | str, ...]:
        """Where it listens: (host, port), or a Unix socket's path."""
        return self._places

    async def start(self) -> None:
        """Listen; the first client may be there before this returns."""
        # The library tells every command at INFO, and would say so on stderr.
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        loop = asyncio.get_running_loop()
        self._house = self._furnished(loop)
        await self._open(loop)
        assert self._server is not None
        self._places = tuple(_place(s) for s in self._server.sockets)

    def is_at_the_place_of(self, other: Listener) -> bool:
        """Whether both listen, or would listen, at the same place."""
        return self._settings.place == other._settings.place

    def take_up(self, other: Listener) -> None:
        """Go on at this place as `other` would; who is inside notices nothing."""
        self._settings, self._parts, self._limits = other._settings, other._parts, other._limits
        self._house = self._furnished(asyncio.get_running_loop())

    async def stop(self, drain_seconds: float) -> None:
        """Accept nobody new, let mails under way come to their end, close everything.

        Idle sessions are told at once, and so is a mail that stalls for a third of the time. A
        mail whose dot was received gets its true answer.
        """
        if self._server is None:
            return
        self.stop_listening()
        for session in tuple(self._sessions):
            session.say_farewell(drain_seconds / 3)
        await self._wait_for_sessions(drain_seconds)
        for session in tuple(self._sessions):
            session.break_off()
        await self._wait_for_sessions(_LAST_COMMITS_SECONDS)
        # What is left has had its last word, and is given a moment to hear it.
        await self._wait_for_closes(_LAST_WORDS_SECONDS)
        for session in tuple(self._sessions):
            session.cut()
        await self._wait_for_closes(_LAST_WORDS_SECONDS)
        self._server = None

    def stop_listening(self) -> None:
        """Accept nobody new; who is inside stays. `listen_again` takes it back."""
        assert self._server is not None
        if self._accepting is not None:
            self._accepting.close()
            self._accepting = None
        self._server.close()
        self._remove_socket_file()

    async def listen_again(self) -> None:
        """Accept clients as before `stop_listening`."""
        await self._open(asyncio.get_running_loop())

    async def _open(self, loop: asyncio.AbstractEventLoop) -> None:
        """The server holds the places; whoever comes to them is taken in by `Accepting`."""
        self._server = await self._listen(loop)
        accepting = Accepting(loop, self._doorstep, backlog=_BACKLOG)
        try:
            accepting.start(self._server.sockets)
        except OSError:
            self._server.close()
            raise
        self._accepting = accepting

    def _furnished(self, loop: asyncio.AbstractEventLoop) -> House:
        """The house for new sessions; the gate with its counts stays where its rules do."""
        policy, door, now, hostname = self._parts
        gate = Gate(self._limits, self._settings.relays, loop.time)
        if self._house and self._house.gate.has_the_rules_of(gate):
            gate = self._house.gate
        return House(
            settings=self._settings,
            policy=policy,
            door=door,
            now=now,
            hostname=hostname,
            gate=gate,
        )

    def _listen(self, loop: asyncio.AbstractEventLoop) -> Coroutine[Any, Any, asyncio.Server]:
        settings = self._settings
        if settings.fd is not None:
            # A copy, so that a listener started after a reload finds the inherited one open.
            inherited = socket.socket(fileno=os.dup(settings.fd))
            if inherited.family == socket.AF_UNIX:
                return loop.create_unix_server(self._doorstep, sock=inherited, start_serving=False)
            return loop.create_server(self._doorstep, sock=inherited, start_serving=False)
        if settings.socket is not None:
            return self._listen_on_path(loop, settings.socket)
        return loop.create_server(self._doorstep, settings.host, settings.port, start_serving=False)

    async def _listen_on_path(self, loop: asyncio.AbstractEventLoop, path: Path) -> asyncio.Server:
        server = await loop.create_unix_server(self._doorstep, str(path), start_serving=False)
        # As open as a port on the loopback: the mail system that delivers here is another user.
        # Who may come near is said by the directory's own permissions.
        path.chmod(0o666)
        return server

    def _doorstep(self) -> _Doorstep:
        return _Doorstep(self)

    def admit(self, transport: asyncio.Transport) -> None:
        """Give a new connection its session, or tell it to come later."""
        assert self._house is not None
        peer = _peer(transport)
        reply = self._house.gate.enter(peer)
        if reply is not None:
            log.info("turned-away", peer=peer, reply=reply)
            transport.write(reply.encode() + b"\r\n")
            transport.close()
            return
        try:
            session = MailSession(self._house, peer)
        except Exception:
            self._house.gate.leave(peer)
            transport.abort()
            raise
        self._sessions.add(session)
        transport.set_protocol(session)
        session.connection_made(transport)
        session.gone.add_done_callback(lambda _: self._leave(session))

    def _leave(self, session: MailSession) -> None:
        self._sessions.discard(session)
        session.house.gate.leave(session.peer)

    async def _wait_for_sessions(self, seconds: float) -> None:
        if self._sessions:
            await asyncio.wait([s.task() for s in self._sessions], timeout=seconds)

    async def _wait_for_closes(self, seconds: float) -> None:
        if self._sessions:
            await asyncio.wait([s.gone for s in self._sessions], timeout=seconds)

    def _remove_socket_file(self) -> None:
        path = self._settings.socket
        if self._settings.fd is None and path is not None and path.exists():
            path.unlink()


class _Doorstep(asyncio.Protocol):
    """A connection before anything is spent on it."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._listener.admit(transport)


def _peer(transport: asyncio.Transport) -> str:
    """The client's IP address, or "" behind a Unix socket."""
    name = transport.get_extra_info("peername")
    if not isinstance(name, tuple):
        return ""
    address = ipaddress.ip_address(name[0])
    mapped = address.ipv4_mapped if address.version == 6 else None
    return str(mapped or address)


def _place(listening: socket.socket) -> tuple[str, int] | str:
    name = listening.getsockname()
    return (str(name[0]), int(name[1])) if isinstance(name, tuple) else str(name)

"""The daemon: starts everything in order, keeps it in one piece, ends it in order.

In: how to load the configuration. Out: an exit code. Start: lock, store, loops, mailboxes,
listeners, then "ready". End (SIGTERM, SIGINT): listeners drain, mailboxes stop, the piece in hand
is finished, the rest waits in the store. A second signal ends at once. SIGHUP takes up a new
configuration, all of it or nothing, and renewed certificates; one reload after the other.
*Fails:* ConfigError, StoreError, PlaceTaken at the start; later a broken store ends the run with
code 1.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable

from maildesk import log, scheduler
from maildesk.config.settings import Settings
from maildesk.desk import Maildesk
from maildesk.errors import ConfigError, MaildeskError, PlaceTaken
from maildesk.inbox.listening import listeners
from maildesk.inbox.polling import Pollers
from maildesk.inbox.receive import Door
from maildesk.inbox.smtp_listener import Listener
from maildesk.loops import Sending, processing
from maildesk.store.database import daemon_lock
from maildesk.supervision import Pulse, inherited_sockets, notify, watchdog_interval

_DRAIN_SECONDS = 25.0
_LAST_PIECE_SECONDS = 10.0
_LOOK_SECONDS = 1.0


def run(load: Callable[[], Settings]) -> int:
    """Run until told to end; 0 after an orderly end, 1 when the store broke."""
    settings = load()
    with daemon_lock(settings.data_dir):
        return asyncio.run(Daemon(settings, load).run())


class Daemon:
    """Everything that runs, and the order in which it starts and ends."""

    def __init__(self, settings: Settings, load: Callable[[], Settings]) -> None:
        self._load = load
        self._maildesk = Maildesk(settings)
        self._pulse = Pulse()
        self._inherited = inherited_sockets(os.environ)
        self._door = Door(
            self._maildesk.store,
            policy=lambda: self._maildesk.policy,
            host=self._maildesk.host,
            knock=self._maildesk.new_mail.set,
        )
        self._processing = processing(self._maildesk, self._pulse)
        self._sending = Sending(self._maildesk, self._pulse)
        self._pollers = Pollers(self._maildesk, self._door, self._pulse)
        self._listeners: tuple[Listener, ...] = ()
        self._is_ending = asyncio.Event()
        self._reloading = asyncio.Lock()
        # The event loop itself keeps no task alive.
        self._reloads: set[asyncio.Task[None]] = set()

    async def run(self) -> int:
        """Start, serve, end."""
        self._take_signals()
        await self._start()
        watching = asyncio.create_task(self._watch())
        await self._is_ending.wait()
        watching.cancel()
        await self._end()
        return 1 if self._maildesk.store.broken else 0

    async def _start(self) -> None:
        self._maildesk.courier().recover()
        self._processing.start()
        self._sending.loop.start()
        self._clock = scheduler.start(self._maildesk.new_mail.set, self._maildesk.new_letters.set)
        self._listeners = self._made_listeners(self._maildesk.settings)
        for listener in self._listeners:
            await self._listen(listener)
        self._pollers.start(self._maildesk.settings)
        log.ready()
        notify(os.environ, "READY=1", f"STATUS={self._status()}")

    async def _listen(self, listener: Listener) -> None:
        try:
            await listener.start()
        except OSError as error:
            message = f"cannot listen: {error.strerror or error}"
            raise PlaceTaken(message) from error
        for place in listener.addresses:
            log.info("listening", at=place if isinstance(place, str) else f"{place[0]}:{place[1]}")

    async def _end(self) -> None:
        notify(os.environ, "STOPPING=1")
        log.info("ending")
        for reload in self._reloads:
            reload.cancel()
        await asyncio.gather(*self._reloads, return_exceptions=True)
        await asyncio.gather(*(listener.stop(_DRAIN_SECONDS) for listener in self._listeners))
        await asyncio.to_thread(self._end_threads)
        log.info("ended")

    def _end_threads(self) -> None:
        """All are told first, so that they come to their ends at the same time."""
        deadline = time.monotonic() + _LAST_PIECE_SECONDS
        loops = (self._processing, self._sending.loop)
        for loop in loops:
            loop.stop()
        self._clock.shutdown(wait=False)
        self._pollers.stop()
        has_ended = [loop.join(max(0.0, deadline - time.monotonic())) for loop in loops]
        self._door.close()
        if all(has_ended):
            self._sending.close()
            self._maildesk.close()

    def _take_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._ask_to_end)
        loop.add_signal_handler(signal.SIGHUP, self._ask_to_reload)

    def _ask_to_end(self) -> None:
        if self._is_ending.is_set():
            log.warning("ended at once")
            # Whatever is not committed is found again at the next start, as after a crash.
            os._exit(1)
        self._is_ending.set()

    def _ask_to_reload(self) -> None:
        if self._is_ending.is_set():
            return
        reload = asyncio.get_running_loop().create_task(self._reload())
        self._reloads.add(reload)
        reload.add_done_callback(self._reloads.discard)

    async def _reload(self) -> None:
        """Take up a new configuration, all of it or nothing."""
        async with self._reloading:
            now = time.monotonic_ns() // 1000
            notify(os.environ, "RELOADING=1", f"MONOTONIC_USEC={now}")
            try:
                await self._adopt(self._load())
            except MaildeskError as error:
                log.error("reload refused", error=error)
            except Exception:
                # The service manager waits for the end of every reload.
                log.bug("reload-bug")
            else:
                log.info("reloaded")
            notify(os.environ, "READY=1", f"STATUS={self._status()}")

    async def _adopt(self, settings: Settings) -> None:
        old = self._maildesk.settings
        if settings.data_dir != old.data_dir:
            raise ConfigError(("data_dir: a new one needs a restart",))
        self._maildesk.prove(settings)
        fresh = self._made_listeners(settings)
        # A renewed certificate lies where the old one did, and its table says nothing new.
        if settings.listener != old.listener or any(t.tls_certificate for t in old.listener):
            await self._change_listeners(fresh)
        self._maildesk.adopt(settings)
        await asyncio.to_thread(self._pollers.change, settings)

    async def _change_listeners(self, fresh: tuple[Listener, ...]) -> None:
        """Close the old places and open the new; when one cannot be had, the old come back."""
        old = self._listeners
        await asyncio.gather(*(listener.stop(_DRAIN_SECONDS) for listener in old))
        self._listeners = fresh
        try:
            for listener in fresh:
                await self._listen(listener)
        except PlaceTaken:
            await asyncio.gather(*(listener.stop(0) for listener in fresh))
            # As they were: what their configuration named may be gone from the disk by now.
            self._listeners = old
            for listener in old:
                await self._listen(listener)
            raise

    def _made_listeners(self, settings: Settings) -> tuple[Listener, ...]:
        return listeners(
            settings,
            self._inherited,
            policy=lambda: self._maildesk.policy,
            door=self._door,
            now=self._maildesk.now,
            hostname=self._maildesk.host,
        )

    async def _watch(self) -> None:
        """Tell the service manager that all is well, only while it is."""
        interval = watchdog_interval(os.environ)
        told_at = 0.0
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            if self._maildesk.store.broken:
                log.error("the store is broken", error=self._maildesk.store.broken)
                self._is_ending.set()
            silent = self._pulse.silent()
            if silent:
                log.error("no sign of life", of=",".join(silent))
            elif interval and time.monotonic() - told_at >= interval - _LOOK_SECONDS:
                told_at = time.monotonic()
                notify(os.environ, "WATCHDOG=1", f"STATUS={self._status()}")

    def _status(self) -> str:
        places = [str(place) for listener in self._listeners for place in listener.addresses]
        boxes = len(self._maildesk.settings.mailboxes)
        return f"listening on {len(places)} place(s), reading {boxes} mailbox(es)"

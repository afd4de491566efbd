"""The daemon: starts everything in order, keeps it in one piece, ends it in order.

In: how to load the configuration. Out: an exit code. Start: lock, store, loops, mailboxes,
listeners, then "ready". End (SIGTERM, SIGINT): listeners drain for a few seconds, mailboxes stop,
the piece in hand is finished, the rest waits in the store. A second signal ends at once. SIGHUP
takes up a new configuration, all of it or nothing, and renewed certificates; one reload after the
other. A place that stays the same stays open all the while.
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
from maildesk.process import retry_after_upgrade
from maildesk.store.database import daemon_lock
from maildesk.supervision import Pulse, inherited_sockets, notify, watchdog_interval

_DRAIN_SECONDS = 3.0
_LEAVING_SECONDS = 25.0  # for a place that is given up while the daemon goes on
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
        self._leaving: tuple[Listener, ...] = ()  # closed by a reload, with sessions inside
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
        await asyncio.to_thread(self._maildesk.tidy)
        retry_after_upgrade(self._maildesk)
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
        everybody = (*self._listeners, *self._leaving)
        ending = asyncio.create_task(asyncio.to_thread(self._end_threads))
        await asyncio.gather(*(listener.stop(_DRAIN_SECONDS) for listener in everybody))
        await asyncio.to_thread(self._close, await ending)
        log.info("ended")

    def _end_threads(self) -> bool:
        """Whether all loops have ended; all are told first, so that they end at the same time."""
        deadline = time.monotonic() + _LAST_PIECE_SECONDS
        loops = (self._processing, self._sending.loop)
        for loop in loops:
            loop.stop()
        self._clock.shutdown(wait=False)
        self._pollers.stop()
        has_ended = [loop.join(max(0.0, deadline - time.monotonic())) for loop in loops]
        return all(has_ended)

    def _close(self, has_ended: bool) -> None:
        self._door.close()
        if has_ended:
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
        await self._change_listeners(self._made_listeners(settings))
        self._maildesk.adopt(settings)
        await asyncio.to_thread(self._pollers.change, settings)
        await asyncio.gather(*(listener.stop(_LEAVING_SECONDS) for listener in self._leaving))
        self._leaving = ()

    async def _change_listeners(self, made: tuple[Listener, ...]) -> None:
        """Open the new places, then give up the old; a place that stays is never closed."""
        old = list(self._listeners)
        stays: list[tuple[Listener, Listener]] = []
        for new in made:
            found = next((one for one in old if one.is_at_the_place_of(new)), None)
            if found:
                old.remove(found)
                stays.append((found, new))
        known = {new: listener for listener, new in stays}
        await self._open([new for new in made if new not in known], in_the_way=old)
        for listener, new in stays:
            listener.take_up(new)
        self._listeners = tuple(known.get(new, new) for new in made)
        self._leaving = tuple(old)

    async def _open(self, fresh: list[Listener], in_the_way: list[Listener]) -> None:
        """Listen at all of these places or at none; then the others are as they were."""
        try:
            await self._open_all(fresh)
        except PlaceTaken:
            if not in_the_way:
                raise
        else:
            return
        # One port at another address collides with the old one until that is closed.
        for listener in in_the_way:
            listener.stop_listening()
        try:
            await self._open_all(fresh)
        except PlaceTaken:
            for listener in in_the_way:
                await listener.listen_again()
            raise

    async def _open_all(self, fresh: list[Listener]) -> None:
        try:
            for listener in fresh:
                await self._listen(listener)
        except PlaceTaken:
            await asyncio.gather(*(listener.stop(0) for listener in fresh))
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

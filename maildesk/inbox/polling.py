"""The pollers of all configured mailboxes, started, changed and ended together.

In: settings, the door, the signs of life. Out: one thread a mailbox; after a reload only those
whose tables changed, or the size they keep to, are started anew. Those that end are waited for
together, so that ten dead servers keep nobody longer than one.
*Fails:* never; a mailbox that cannot be read says so in its own log lines and alerts.
"""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor

from maildesk.config.settings import Settings
from maildesk.config.wires import ImapMailbox
from maildesk.desk import Maildesk
from maildesk.inbox.imap_poller import Poller
from maildesk.inbox.imap_settings import from_config
from maildesk.inbox.receive import Door
from maildesk.supervision import Pulse

# One poll may fetch a large message over a slow line; its own timeouts are shorter.
_PATIENCE = 15 * 60.0
# What one poller was made from; another one is made when it differs.
_Plan = tuple[ImapMailbox, int]


class Pollers:
    """All mailboxes that are read."""

    def __init__(self, maildesk: Maildesk, door: Door, pulse: Pulse) -> None:
        self._maildesk = maildesk
        self._door = door
        self._pulse = pulse
        self._is_ending = threading.Event()
        self._changing = threading.Lock()
        self._running: dict[str, tuple[_Plan, Poller]] = {}

    def start(self, settings: Settings) -> None:
        """Begin to read every mailbox."""
        self.change(settings)

    def change(self, settings: Settings) -> None:
        """Take up changed tables; mailboxes for which nothing changed go on undisturbed.

        Those that wait after a failure try at once: a password's file is in no table.
        """
        size = settings.max_message_size
        plans = {table.name: (table, size) for table in settings.mailboxes}
        with self._changing:
            stays = {n for n, (plan, _) in self._running.items() if plans.get(n) == plan}
            fresh = {
                name: (plan, self.poller(settings, plan[0]))
                for name, plan in plans.items()
                if name not in stays
            }
            for name in stays:
                self._running[name][1].hurry()
            self._let_go([name for name in self._running if name not in stays])
            self._running.update(fresh)
            for _, poller in fresh.values():
                poller.start()

    def stop(self) -> None:
        """End every poller after the message in hand."""
        # Before the lock: whoever is changing is waiting for pollers that hear this.
        self._is_ending.set()
        with self._changing:
            self._let_go(list(self._running))

    def poller(self, settings: Settings, table: ImapMailbox) -> Poller:
        """The poller of one mailbox, not yet started."""
        size = settings.max_message_size
        return Poller(
            from_config(table, os.environ, max_message_size=size),
            door=self._door,
            store=self._maildesk.store,
            now=self._maildesk.now,
            alert=self._maildesk.alert,
            stop=self._is_ending,
            beat=lambda: self._beat(table.name),
        )

    def _let_go(self, names: list[str]) -> None:
        leaving = [self._running.pop(name)[1] for name in names]
        for poller in leaving:
            poller.stop()
        with ThreadPoolExecutor(max(len(leaving), 1), thread_name_prefix="leaving") as waiting:
            list(waiting.map(lambda poller: poller.join(), leaving))
        for name in names:
            self._pulse.rest(f"imap:{name}")

    def _beat(self, name: str) -> None:
        # One that hangs on after it was let go must promise nothing that nobody will keep.
        if name in self._running:
            self._pulse.beat(f"imap:{name}", _PATIENCE)

"""The pollers of all configured mailboxes, started, changed and ended together.

In: settings, the door, the signs of life. Out: one thread a mailbox; after a reload only those
whose tables changed are started anew.
*Fails:* never; a mailbox that cannot be read says so in its own log lines and alerts.
"""

from __future__ import annotations

import os
import threading

from maildesk.config.settings import Settings
from maildesk.config.wires import ImapMailbox
from maildesk.desk import Maildesk
from maildesk.inbox.imap_poller import Poller
from maildesk.inbox.imap_settings import from_config
from maildesk.inbox.listening import largest_message
from maildesk.inbox.receive import Door
from maildesk.supervision import Pulse

# One poll may fetch a large message over a slow line; its own timeouts are shorter.
_PATIENCE = 15 * 60.0


class Pollers:
    """All mailboxes that are read."""

    def __init__(self, maildesk: Maildesk, door: Door, pulse: Pulse) -> None:
        self._maildesk = maildesk
        self._door = door
        self._pulse = pulse
        self._is_ending = threading.Event()
        self._running: dict[str, tuple[ImapMailbox, Poller]] = {}

    def start(self, settings: Settings) -> None:
        """Begin to read every mailbox."""
        for table in settings.mailboxes:
            poller = self.poller(settings, table)
            self._running[table.name] = (table, poller)
            poller.start()

    def change(self, settings: Settings) -> None:
        """Take up changed tables; mailboxes whose table is the same go on undisturbed."""
        wanted = {table.name: table for table in settings.mailboxes}
        for name, (table, poller) in tuple(self._running.items()):
            if wanted.get(name) == table:
                del wanted[name]
                continue
            poller.stop()
            poller.join()
            self._pulse.rest(f"imap:{name}")
            del self._running[name]
        for name, table in wanted.items():
            poller = self.poller(settings, table)
            self._running[name] = (table, poller)
            poller.start()

    def stop(self) -> None:
        """End every poller after the message in hand."""
        self._is_ending.set()
        for _, poller in self._running.values():
            poller.stop()
        for name, (_, poller) in self._running.items():
            poller.join()
            self._pulse.rest(f"imap:{name}")

    def poller(self, settings: Settings, table: ImapMailbox) -> Poller:
        """The poller of one mailbox, not yet started."""
        size = largest_message(settings)
        return Poller(
            from_config(table, os.environ, max_message_size=size),
            door=self._door,
            store=self._maildesk.store,
            now=self._maildesk.now,
            alert=self._maildesk.alert,
            stop=self._is_ending,
            beat=lambda: self._pulse.beat(f"imap:{table.name}", _PATIENCE),
        )

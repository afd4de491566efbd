"""The wiring: settings, store, clock, the door, and the bells that wake the loops.

In: settings and a clock. Out: one object that the ways in, processing and the courier share. A new
configuration takes effect by one assignment, so every reader sees either the old or the new one.
*Fails:* StoreError, SchemaMismatch when the data directory cannot be used.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from maildesk import log
from maildesk.config.settings import Settings
from maildesk.core import notices
from maildesk.core.canned import Canned
from maildesk.core.model import Envelope, Policy
from maildesk.core.phrase import Line, phrase
from maildesk.core.workflow import StatusName
from maildesk.mail.worker import ParserPool
from maildesk.outbox import canned, compose
from maildesk.outbox.courier import Courier
from maildesk.outbox.letter import LetterWriter
from maildesk.outbox.maildir import MaildirTransport
from maildesk.outbox.render import Renderer
from maildesk.outbox.signing import signer
from maildesk.outbox.speech import ENGLISH, plain
from maildesk.outbox.status_names import status_names
from maildesk.outbox.templates_dir import languages_of, template_directories
from maildesk.outbox.ways import relay_tokens, transport_of
from maildesk.store.outbox import OutboxItem
from maildesk.store.store import Store

_CHECK = phrase("alert.look", command="maildesk template check")


def utc_now() -> datetime:
    """The clock on the wall."""
    return datetime.now(UTC)


class Maildesk:
    """Everything that runs shares this; `new_mail` and `new_letters` are hints and may be lost."""

    def __init__(self, settings: Settings, *, now: Callable[[], datetime] = utc_now) -> None:
        self._settings = settings
        self._policy = settings.policy()
        self._status_names: tuple[StatusName, ...] = ()
        self._languages: tuple[str, ...] = ()
        self._canned: tuple[canned.Version, tuple[Canned, ...]] = ((), ())
        self.now = now
        self.host = socket.getfqdn() or "localhost"
        self.store = Store.open(settings.data_dir)
        self.parser = ParserPool()
        self._letters: LetterWriter | None = None
        self.new_mail = threading.Event()
        self.new_letters = threading.Event()

    @property
    def settings(self) -> Settings:
        """The configuration in force."""
        return self._settings

    @property
    def policy(self) -> Policy:
        """What the configuration in force tells the core, with the texts as they are."""
        workflow = replace(self._policy.workflow, names=self._status_names)
        canned_replies, languages = self._canned[1], self._languages
        return replace(
            self._policy,
            canned=canned_replies,
            workflow=workflow,
            languages=languages or self._policy.languages,
        )

    def look_again(self) -> None:
        """Take up texts that have changed; a canned reply that cannot be used is told of once."""
        directories = template_directories(self._settings.templates.directory)
        statuses, tags = self._policy.workflow.statuses, (d.language for d in self._policy.desks)
        self._status_names = status_names(directories, statuses, tags)
        self._languages = languages_of(directories)
        version = canned.version_of(directories)
        if version == self._canned[0]:
            return
        found = canned.load(directories)
        self._canned = (version, found.replies)
        for fault in found.faults:
            title = phrase("alert.reply-unusable")
            self.alert(title, fault, _CHECK, once=f"canned:{self.now():%Y-%m-%d}:{fault[:200]}")

    def adopt(self, settings: Settings) -> None:
        """Put a new configuration in force; the data directory stays what it was."""
        self._policy = settings.policy()
        self._settings = settings
        self._letters = None

    def letters(self) -> LetterWriter:
        """Who can say again what we sent; made at the first answer, and anew on a reload."""
        made = self._letters or self._letter_writer(self._settings)
        self._letters = made
        return made

    def default_desk(self, envelope: Envelope) -> str | None:
        """The desk for mail from this mailbox that names none of our addresses."""
        name = envelope.source.removeprefix("imap:")
        boxes = (b for b in self._settings.mailboxes if envelope.source == f"imap:{name}")
        return next((b.desk for b in boxes if b.name == name), None)

    def prove(self, settings: Settings) -> None:
        """Raise what would keep this configuration from sending; nobody is connected to."""
        settings.policy()
        self._courier(settings).close()

    def courier(self) -> Courier:
        """A courier over the configured way out."""
        return self._courier(self._settings)

    def _courier(self, settings: Settings) -> Courier:
        tokens = relay_tokens(settings, self.store, now=self.now, alert=self.alert)
        writer = self._letter_writer(settings)
        return Courier(
            self.store,
            writer,
            transport_of(settings, tokens),
            settings=lambda: self._settings,
            policy=lambda: self._policy,
            now=self.now,
        )

    def _letter_writer(self, settings: Settings) -> LetterWriter:
        return LetterWriter(
            self.store,
            Renderer(template_directories(settings.templates.directory)),
            self.parser,
            policy=lambda: self._policy,
            sign=signer(settings.outgoing.dkim),
            report=self._template_fault,
        )

    def _template_fault(self, item: OutboxItem, fault: str) -> None:
        """Tell of a template that was passed over, once a day for each fault."""
        once = f"template:{item.created_at:%Y-%m-%d}:{fault[:200]}"
        title = phrase("alert.text-unusable")
        seen = phrase("alert.seen-in", event=item.event)
        self.alert(title, fault, seen, _CHECK, once=once)

    def alert(self, title: Line, *lines: Line, once: str = "") -> None:
        """Tell those who look after the installation; with `once`, never twice for that."""
        log.error("alert", title=plain(title, ENGLISH))
        told = notices.alerts(self._policy, title, lines, once=once)
        secret = self.store.identity.secret
        self.store.write(lambda tx: compose.queue_alert(tx, told, self._policy, secret, self.now()))
        self.new_letters.set()

    def tidy(self) -> None:
        """Remove what a kill has left half-written, once it is old enough."""
        now = self.now().timestamp()
        removed = self.store.raw.tidy(now)
        if self._settings.outgoing.transport == "maildir":
            removed += MaildirTransport(self._settings.outgoing.maildir).tidy(now)
        if removed:
            log.info("tidied", files=removed)

    def close(self) -> None:
        """Finish what is queued and let go of everything."""
        self.parser.close()
        self.store.close()

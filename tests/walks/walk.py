"""A desk without its daemon: everything real but the doors and the clock.

In: a configuration, and mail as a way in would hand it over. Out: for each mail its inbox row and
the mails that went out because of it, read back from a Maildir as a mail program would.

    step = walk.receive(mail("ada@acme.example", "The printer burns"))
    assert step.ticket == "HELP-1"
    assert step.mail_to("ada@acme.example")["X-Maildesk-Event"] == "ticket.received"

*Fails:* AssertionError where a step asks for a mail that is not there.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any

from maildesk.config import load
from maildesk.core.model import Envelope, ImapSpot
from maildesk.desk import Maildesk
from maildesk.inbox.receive import Door
from maildesk.mail.worker import ParserPool
from maildesk.process import Processor
from maildesk.store import inbox, lists, outbox
from maildesk.store.shapes import InboxShape, OutboxShape, WholeTicket
from maildesk.store.tickets import TicketFilter, list_tickets, show_ticket
from maildesk.sweeps import sweep

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ADA = "Ada Lovelace <ada@acme.example>"
STRANGER = "Mallory <mallory@elsewhere.example>"
ALICE = "Alice <alice@desk.example>"
BORIS = "Boris Roe <boris@desk.example>"
TRUSTED = "192.0.2.9"

CONFIG = """
data_dir = "{folder}/data"
{top}
[outgoing]
transport = "{transport}"
batch = "{batch}"
{outgoing}
[trust]
authserv_ids = ["mx.desk.example"]
peers = ["192.0.2.9"]
{trust}
[limits]
{limits}
[[desks]]
key = "HELP"
name = "Example Support"
address = "support@desk.example"
aliases = ["help@desk.example"]
agents = ["alice", "boris"]
{desk}
[[desks]]
key = "SALES"
name = "Example Sales"
address = "sales@desk.example"
agents = ["boris"]
[[agents]]
id = "alice"
name = "Alice Doe"
emails = ["alice@desk.example", "alice@home.example"]
{agents}
[[agents]]
id = "boris"
name = "Boris Roe"
emails = ["boris@desk.example"]
{agents}
roles = ["agent", "manager"]
[[organisations]]
name = "ACME"
domains = ["acme.example"]
people = ["cto@acme.example"]
{organisation}
{more}
"""

_numbers = itertools.count(1)


class Remembering(EmailPolicy):
    """`email.policy.default`, which reads a field anew each time that somebody looks at it."""

    @staticmethod
    @cache
    def header_fetch_parse(name: str, value: str) -> Any:
        return DEFAULT.header_fetch_parse(name, value)


DEFAULT = EmailPolicy()
READER = BytesParser(policy=Remembering())


def mail(
    sender: str | None = ADA,
    subject: str = "The printer burns",
    text: str = "Dear support,\n\nit burns.",
    *,
    to: str = "support@desk.example",
    cc: str = "",
    answers: EmailMessage | None = None,
    files: Iterable[tuple[str, bytes]] = (),
    date: datetime = NOON,
    headers: dict[str, str] | None = None,
) -> bytes:
    """A mail as a mail program writes it; `answers` threads it as a reply to that mail."""
    wanted: dict[str, str] = {"To": to, "Cc": cc, "Subject": subject}
    if sender is not None:
        wanted["From"] = sender
    wanted["Date"] = format_datetime(date)
    wanted["Message-ID"] = f"<m{next(_numbers)}@client.example>"
    if answers is not None:
        wanted["In-Reply-To"] = str(answers["Message-ID"])
        wanted["References"] = f"{answers['References'] or ''} {answers['Message-ID']}".strip()
    message = EmailMessage(policy=SMTP)
    for name, value in {**wanted, **(headers or {})}.items():
        if value:
            message[name] = value
    message.set_content(text)
    for name, content in files:
        message.add_attachment(content, "application", "octet-stream", filename=name)
    return message.as_bytes()


def reply(
    told: EmailMessage, sender: str, text: str = "Thank you.", *, to: str = "", **more: Any
) -> bytes:
    """A reply to a mail that the desk sent, with its quote, as every client writes it."""
    quoted = "\n".join(f"> {line}" for line in body(told).splitlines())
    wrote = f"{text}\n\nOn Friday at 12:00, {told['From']} wrote:\n{quoted}\n"
    subject = more.pop("subject", f"Re: {told['Subject']}")
    return mail(sender, subject, wrote, to=to or str(told["Reply-To"]), answers=told, **more)


def body(message: EmailMessage, kind: str = "plain") -> str:
    """The text of a mail, or its HTML."""
    part = message.get_body((kind,))
    return str(part.get_content()) if part else ""


def flat(message: EmailMessage) -> str:
    """The text of a mail on one line, for sentences that were broken into several."""
    return " ".join(body(message).split())


@dataclass
class Step:
    """What became of one mail."""

    row: InboxShape
    mails: list[EmailMessage]
    refusal: str = ""

    @property
    def state(self) -> str:
        return self.row["state"]

    @property
    def reason(self) -> str:
        return self.row["reason"]

    @property
    def ticket(self) -> str | None:
        return self.row["ticket"]

    @property
    def events(self) -> list[tuple[str, str]]:
        """Each mail that went out: its event and whom it is for, sorted."""
        return sorted((str(m["X-Maildesk-Event"]), str(m["X-Original-To"])) for m in self.mails)

    def mail_to(self, recipient: str) -> EmailMessage:
        """The one mail to this address."""
        found = [m for m in self.mails if m["X-Original-To"] == recipient]
        assert len(found) == 1, (recipient, self.events)
        return found[0]

    def event(self, name: str) -> EmailMessage:
        """The first mail of this event."""
        found = [m for m in self.mails if m["X-Maildesk-Event"] == name]
        assert found, (name, self.events)
        return found[0]


@dataclass
class Walk:
    """The desk, and the hand on its clock."""

    folder: Path
    desk: Maildesk
    moment: datetime = NOON
    _seen: set[str] = field(default_factory=set)
    _read: dict[str, EmailMessage] = field(default_factory=dict)  # by the Message-ID
    _files: set[str] = field(default_factory=set)
    _uids: Iterable[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        store = self.desk.store
        self.door = Door(store, policy=lambda: self.desk.policy, host="mx", knock=lambda: None)
        self.processor = Processor(self.desk)
        self.courier = self.desk.courier()

    def advance(self, **span: float) -> Step | None:
        """Turn the clock, and let what is due by then go out."""
        self.moment += timedelta(**span)
        self.courier.deliver_due()
        return None

    def receive(
        self,
        raw: bytes,
        *,
        by: str = "smtp",
        sender: str | None = None,
        to: tuple[str, ...] = ("support@desk.example",),
        peer: str = "192.0.2.1",
        auth: str | None = None,
    ) -> Step:
        """One mail the whole way: through the door, into its ticket, and its answers out."""
        inbox_id, refusal = self.store(raw, by=by, sender=sender, to=to, peer=peer, auth=auth)
        if refusal:
            nothing: Any = {"state": "", "reason": "", "ticket": None}
            return Step(nothing, [], refusal)
        mails = self.work_off()
        return Step(self.row(inbox_id), mails)

    def store(
        self,
        raw: bytes,
        *,
        by: str = "smtp",
        sender: str | None = None,
        to: tuple[str, ...] = ("support@desk.example",),
        peer: str = "192.0.2.1",
        auth: str | None = None,
    ) -> tuple[int, str]:
        """Through the door alone: the inbox id, or the words of a refusal."""
        envelope = self._envelope(raw, by, sender, to, peer, auth)
        if by in ("smtp", "lmtp", "pipe") and (refusal := self.door.refuses(envelope, raw)):
            return 0, refusal
        return self.door.accept(envelope, raw).result().inbox_id, ""

    def work_off(self) -> list[EmailMessage]:
        """Process what waits and send what is due; the mails that went out."""
        self.processor.work_off()
        sweep(self.desk)
        self.courier.deliver_due()
        return self.fresh()

    def fresh(self) -> list[EmailMessage]:
        """The mails that went out since somebody last looked, in the order of the outbox."""
        ids = [i for i in self._ids() if i not in self._seen]
        self._seen.update(ids)
        return [self._read[i] for i in ids]

    def sent(self) -> list[EmailMessage]:
        """Every mail in the Maildir, in the order of the outbox."""
        return [self._read[i] for i in self._ids()]

    def _ids(self) -> list[str]:
        """The Message-IDs of all mails in the Maildir, each of which is read now."""
        for file in (self.folder / "data" / "out" / "new").glob("*"):
            if file.name not in self._files:
                self._files.add(file.name)
                message = READER.parsebytes(file.read_bytes())
                self._read[str(message["Message-ID"])] = message
        ids = [row["message_id"] for row in self.outbox()]
        return [i for i in ids if i in self._read]

    def ticket(self, key: str) -> WholeTicket:
        with self.desk.store.read() as conn:
            return show_ticket(conn, key)

    def keys(self) -> list[str]:
        with self.desk.store.read() as conn:
            return [t["key"] for t in list_tickets(conn, TicketFilter())]

    def row(self, inbox_id: int) -> InboxShape:
        with self.desk.store.read() as conn:
            return lists.show_inbox(conn, inbox_id)

    def outbox(self) -> list[OutboxShape]:
        with self.desk.store.read() as conn:
            return lists.list_outbox(conn)

    def raw(self, inbox_id: int) -> bytes:
        with self.desk.store.read() as conn:
            return self.desk.store.raw.read(conn, inbox_id)

    def retry(self, inbox_id: int) -> Step:
        """What `maildesk inbox retry` does, and what comes of it."""
        self.desk.store.write(lambda tx: inbox.reopen(tx, inbox_id))
        mails = self.work_off()
        return Step(self.row(inbox_id), mails)

    def revive(self, row_id: int) -> list[EmailMessage]:
        """What `maildesk outbox retry` does."""
        self.desk.store.write(lambda tx: outbox.revive(tx, row_id, self.moment))
        return self.work_off()

    def close(self) -> None:
        self.door.close()
        self.courier.close()
        self.desk.store.close()

    def _envelope(
        self,
        raw: bytes,
        by: str,
        sender: str | None,
        to: tuple[str, ...],
        peer: str,
        auth: str | None,
    ) -> Envelope:
        has_envelope = by in ("smtp", "lmtp", "pipe")
        is_imap = by.startswith("imap:")
        found = re.search(rb"(?im)^From: .*?<?([^<>\s]+@[^<>\s]+?)>?\r?$", raw)
        writer = found[1].decode("ascii", "replace") if found else "somebody@client.example"
        spot = ImapSpot(mailbox=by, uidvalidity=1, uid=next(iter(self._uids)))
        return Envelope(
            source=by,
            received_at=self.moment,
            mail_from=(writer if sender is None else sender) if has_envelope else None,
            rcpt_to=to if has_envelope else (),
            peer=peer if by in ("smtp", "lmtp") else "",
            helo="client.example" if by in ("smtp", "lmtp") else "",
            authenticated_as=auth,
            spot=spot if is_imap else None,
            quiet=by == "import",
        )


def ordered(walk: Walk, text: str, by: str = ALICE) -> Step:
    """An agent's own mail about Ada's ticket, with the key alone."""
    who = "alice" if by == ALICE else "boris"
    return walk.receive(mail(by, "[HELP-1]", text), auth=who)


def begin(
    folder: Path,
    parser: ParserPool,
    *,
    transport: str = "maildir",
    batch: str = "0s",
    domain: str = "desk.example",
    **lines: str,
) -> Walk:
    """A desk in `folder`; each keyword adds lines to that table of the configuration."""
    places = ("top", "outgoing", "trust", "limits", "desk", "agents", "organisation", "more")
    assert set(lines) <= set(places), lines
    file = folder / "config.toml"
    # A walk over several days is not about what each morning brings.
    filled = {**dict.fromkeys(places, ""), "agents": 'digest = "never"', **lines}
    text = CONFIG.replace("desk.example", domain)
    file.write_text(text.format(folder=folder, transport=transport, batch=batch, **filled))
    walk: Walk
    desk = Maildesk(load(file, {}), now=lambda: walk.moment)
    # A worker takes a third of a second to start, so all walks share one.
    desk.parser.close()
    desk.parser = parser
    walk = Walk(folder, desk)
    return walk

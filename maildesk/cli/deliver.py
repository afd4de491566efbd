"""`maildesk deliver`: one message on stdin, made durable; for a pipe transport or an alias.

In: the message; `--sender` and `--recipient`, else the transport's environment and the mail's own
trace headers. Out: exit code 0 after the commit; 64 usage, 65 empty or over-size, 75 try again,
77 refused sender, 78 configuration.
*Fails:* with 75 for anything that is our trouble or a fault of the program (`run_guarded`), so that
the transport keeps the mail.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from datetime import datetime
from email.utils import parseaddr
from typing import TYPE_CHECKING, TextIO

import click

from maildesk.cli.frame import Frame, json_option, pass_frame
from maildesk.cli.moments import parse_moment
from maildesk.cli.printing import print_json, say
from maildesk.errors import RefusedSender, StoreError, UnusableMessage

if TYPE_CHECKING:
    from maildesk.config.settings import Settings

_LOCK_SECONDS = 45.0
_NULL = ("", "<>", "mailer-daemon")


@click.command()
@click.option("--sender", help="The envelope sender; '' or MAILER-DAEMON is the null sender.")
@click.option("--recipient", "recipients", multiple=True, help="An envelope recipient.")
@click.option("--at", "at_text", help="Pretend that it is this time (ISO 8601); rehearsals only.")
@json_option
@pass_frame
def deliver(
    frame: Frame,
    sender: str | None,
    recipients: tuple[str, ...],
    at_text: str | None,
    as_json: bool,
) -> None:
    """Take one message on stdin, store it durably, exit."""
    settings = frame.load()
    received_at = parse_moment(at_text, settings)
    raw = _read(settings)
    inbox_id = _store(
        settings, raw, sender, recipients, received_at, is_rehearsed=at_text is not None
    )
    if as_json:
        print_json({"inbox": inbox_id})


def _read(settings: Settings) -> bytes:
    largest = settings.max_message_size
    # Python's own word for a closed stdin is None, whatever its type says.
    stdin: TextIO | None = sys.stdin
    if stdin is None:
        message = "stdin is closed, so there is no message to be read"
        raise StoreError(message)
    if stdin.isatty():
        say("maildesk: type the message, header first; Ctrl-D ends it", err=True)
    raw = stdin.buffer.read(largest + 1)
    if len(raw) > largest:
        message = f"the message is larger than {largest} bytes"
        raise UnusableMessage(message)
    return raw


def _store(
    settings: Settings,
    raw: bytes,
    sender: str | None,
    recipients: tuple[str, ...],
    received_at: datetime,
    *,
    is_rehearsed: bool,
) -> int:
    import socket

    from maildesk.core.envelope import Envelope
    from maildesk.inbox.receive import Door
    from maildesk.mail.peek import header_values
    from maildesk.store import rehearsal
    from maildesk.store.store import Store

    headers = header_values(raw, ("return-path", "delivered-to", "x-original-to", "to"))
    envelope = Envelope(
        source="pipe",
        received_at=received_at,
        mail_from=_sender(sender, os.environ, headers),
        rcpt_to=tuple(map(_line, recipients)) or _recipients(os.environ, headers),
    )
    store = Store.open(settings.data_dir, lock_seconds=_LOCK_SECONDS)
    try:
        door = Door(store, policy=settings.policy, host=socket.getfqdn(), knock=lambda: None)
        # To ask the door makes the whole policy, which most deliveries have no need of.
        refusal = door.refuses(envelope, raw) if settings.turns_strangers_away else ""
        if refusal:
            raise RefusedSender(refusal)
        if is_rehearsed:
            store.write(lambda tx: rehearsal.see(tx, received_at))
        return door.accept(envelope, raw).result().inbox_id
    finally:
        store.close()


def _sender(
    option: str | None, env: Mapping[str, str], headers: Mapping[str, tuple[str, ...]]
) -> str | None:
    """The envelope sender: "" is the null sender, None one that nobody has named."""
    named = option if option is not None else env.get("SENDER")
    if named is None:
        named = next(iter(headers["return-path"]), None)
    if named is None:
        return None
    address = _line(named).strip("<>").strip()
    return "" if address.lower() in _NULL else address


def _recipients(env: Mapping[str, str], headers: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    for name in ("RECIPIENT", "ORIGINAL_RECIPIENT"):
        if env.get(name):
            return (_line(env[name]),)
    for name in ("delivered-to", "x-original-to", "to"):
        found = tuple(parseaddr(value)[1] for value in headers[name][:1])
        if any(found):
            return found
    return ()


def _line(given: str) -> str:
    """An address as one line of text, though its sender may have written it in any encoding."""
    # Bytes that are no UTF-8 come as halves of surrogates (PEP 383), which no database takes.
    text = given.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return " ".join(text.split())

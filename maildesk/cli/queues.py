"""`maildesk inbox …` and `maildesk outbox …`: every message in and out, and what became of it.

In: an id or nothing. Out: tables, one row, raw bytes, or JSON.
*Fails:* NotFound for an id that names nothing, be it a word or as long as a line, or one that
cannot be retried or dismissed; exit code 1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from maildesk.cli.frame import Frame, json_option, limit_option, pass_frame
from maildesk.cli.moments import present
from maildesk.cli.printing import print_bytes, print_json, print_table, say, short_time
from maildesk.errors import NotFound

if TYPE_CHECKING:
    from maildesk.store.view import View


def _id_of(missing: str) -> Callable[[click.Context, click.Parameter, str], int]:
    """Reads an id as SQLite can hold it; other words are no usage error, they name nothing."""

    def read(_: click.Context, __: click.Parameter, text: str) -> int:
        if text.isascii() and text.isdecimal() and len(text) <= 18:
            return int(text)
        raise NotFound(missing.format(text))

    return read


_message_id = click.argument(
    "inbox_id", metavar="ID", callback=_id_of("no message {} in the inbox")
)
_mail_id = click.argument("row_id", metavar="ID", callback=_id_of("no mail {} in the outbox"))
_INBOX_STATES = click.Choice(["pending", "done", "ignored", "held", "failed"])
_OUTBOX_STATES = click.Choice(["queued", "sent", "deferred", "dead"])


@click.group()
def inbox() -> None:
    """Every message that came in, and what became of it."""


@inbox.command("list")
@click.option("--state", type=_INBOX_STATES, help="Only those.")
@limit_option
@json_option
@pass_frame
def inbox_list(frame: Frame, state: str | None, limit: int | None, as_json: bool) -> None:
    """List messages, oldest first."""
    from maildesk.store import lists

    with frame.look() as desk:
        found = lists.list_inbox(desk.conn, state=state, limit=limit)
    if as_json:
        print_json(found)
        return
    rows = [
        (
            r["id"],
            short_time(r["received_at"]),
            r["source"],
            r["state"],
            r["ticket"] or "-",
            r["from"],
            r["subject"],
            r["reason"],
        )
        for r in found
    ]
    headers = ("ID", "AT (UTC)", "BY", "STATE", "TICKET", "FROM", "SUBJECT", "REASON")
    print_table(headers, rows, "no messages", wide=("FROM", "SUBJECT", "REASON"))


@inbox.command("show")
@_message_id
@json_option
@pass_frame
def inbox_show(frame: Frame, inbox_id: int, as_json: bool) -> None:
    """Show what is known of one message, and what speaks for its sender."""
    from maildesk.store import lists

    with frame.look() as desk:
        found = lists.show_inbox(desk.conn, inbox_id)
        identity = () if as_json else _identity(frame, desk, inbox_id)
    _print_one(dict(found), as_json)
    for line in identity:
        say(f"{'identity:':<13} {line}")


def _identity(frame: Frame, desk: View, inbox_id: int) -> tuple[str, ...]:
    from maildesk.mail.identity import sender_of
    from maildesk.store import inbox as rows

    try:
        raw = desk.raw.read(desk.conn, inbox_id)
    except NotFound as error:
        return (str(error),)
    return sender_of(raw, rows.read(desk.conn, inbox_id).envelope, frame.load().policy())


@inbox.command("raw")
@_message_id
@pass_frame
def inbox_raw(frame: Frame, inbox_id: int) -> None:
    """Print the stored bytes of one message."""
    with frame.look() as desk:
        raw = desk.raw.read(desk.conn, inbox_id)
    print_bytes(raw)


@inbox.command("retry")
@_message_id
@json_option
@pass_frame
def inbox_retry(frame: Frame, inbox_id: int, as_json: bool) -> None:
    """Process a failed message again; let a held one in."""
    from maildesk.store import inbox as rows
    from maildesk.store import lists

    with frame.look() as desk:
        lists.show_inbox(desk.conn, inbox_id)
    with frame.store() as store:
        store.write(lambda tx: rows.reopen(tx, inbox_id))
    _say(f"message {inbox_id} will be processed again", as_json)


@inbox.command("dismiss")
@_message_id
@json_option
@pass_frame
def inbox_dismiss(frame: Frame, inbox_id: int, as_json: bool) -> None:
    """Ignore a held or failed message for good; its bytes are kept."""
    from maildesk.store import inbox as rows
    from maildesk.store import lists

    settings = frame.load()
    with frame.look() as desk:
        lists.show_inbox(desk.conn, inbox_id)
        now = present(desk, settings)
    with frame.store() as store:
        store.write(lambda tx: rows.dismiss(tx, inbox_id, now))
    _say(f"message {inbox_id} is dismissed", as_json)


@click.group()
def outbox() -> None:
    """Every mail to go out, and how that went."""


@outbox.command("list")
@click.option("--state", type=_OUTBOX_STATES, help="Only those.")
@limit_option
@json_option
@pass_frame
def outbox_list(frame: Frame, state: str | None, limit: int | None, as_json: bool) -> None:
    """List mails, oldest first."""
    from maildesk.store import lists

    with frame.look() as desk:
        found = lists.list_outbox(desk.conn, state=state, limit=limit)
    if as_json:
        print_json(found)
        return
    rows = [
        (
            r["id"],
            short_time(r["created_at"]),
            r["event"],
            r["state"],
            r["to"],
            r["subject"],
            r["last_error"],
        )
        for r in found
    ]
    headers = ("ID", "AT (UTC)", "EVENT", "STATE", "TO", "SUBJECT", "LAST ERROR")
    print_table(headers, rows, "no mails", wide=("TO", "SUBJECT", "LAST ERROR"))


@outbox.command("show")
@_mail_id
@json_option
@pass_frame
def outbox_show(frame: Frame, row_id: int, as_json: bool) -> None:
    """Show what is known of one mail."""
    from maildesk.store import lists

    with frame.look() as desk:
        found = lists.show_outbox(desk.conn, row_id)
    _print_one(dict(found), as_json)


@outbox.command("retry")
@_mail_id
@json_option
@pass_frame
def outbox_retry(frame: Frame, row_id: int, as_json: bool) -> None:
    """Try a dead or deferred mail again at once."""
    from maildesk.store import lists
    from maildesk.store import outbox as rows

    settings = frame.load()
    with frame.look() as desk:
        lists.show_outbox(desk.conn, row_id)
        now = present(desk, settings)
    with frame.store() as store:
        store.write(lambda tx: rows.revive(tx, row_id, now))
    _say(f"mail {row_id} will be tried again", as_json)


def _print_one(found: dict[str, object], as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    for name, value in found.items():
        shown = ", ".join(value) if isinstance(value, list) else value
        say(f"{name + ':':<13} {'-' if shown in (None, '') else shown}")


def _say(sentence: str, as_json: bool) -> None:
    if as_json:
        print_json({"done": sentence})
    else:
        say(sentence)

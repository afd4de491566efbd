"""`maildesk inbox …` and `maildesk outbox …`: every message in and out, and what became of it.

In: an id or nothing. Out: tables, one row, raw bytes, or JSON.
*Fails:* NotFound for an id that names nothing or cannot be retried; exit code 1.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click

from maildesk.cli.frame import (
    Frame,
    json_option,
    limit_option,
    pass_frame,
    print_json,
    print_table,
    short_time,
)

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

    with frame.store() as store, store.read() as conn:
        found = lists.list_inbox(conn, state=state, limit=limit)
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
    print_table(headers, rows, "no messages")


@inbox.command("show")
@click.argument("inbox_id", metavar="ID", type=int)
@json_option
@pass_frame
def inbox_show(frame: Frame, inbox_id: int, as_json: bool) -> None:
    """Show what is known of one message."""
    from maildesk.store import lists

    with frame.store() as store, store.read() as conn:
        found = lists.show_inbox(conn, inbox_id)
    _print_one(dict(found), as_json)


@inbox.command("raw")
@click.argument("inbox_id", metavar="ID", type=int)
@pass_frame
def inbox_raw(frame: Frame, inbox_id: int) -> None:
    """Print the stored bytes of one message."""
    with frame.store() as store, store.read() as conn:
        raw = store.raw.read(conn, inbox_id)
    sys.stdout.buffer.write(raw)


@inbox.command("retry")
@click.argument("inbox_id", metavar="ID", type=int)
@json_option
@pass_frame
def inbox_retry(frame: Frame, inbox_id: int, as_json: bool) -> None:
    """Process a failed message again; let a held one in."""
    from maildesk.store import inbox as rows

    with frame.store() as store:
        store.write(lambda tx: rows.reopen(tx, inbox_id))
    _say(f"message {inbox_id} will be processed again", as_json)


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

    with frame.store() as store, store.read() as conn:
        found = lists.list_outbox(conn, state=state, limit=limit)
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
    print_table(headers, rows, "no mails")


@outbox.command("show")
@click.argument("row_id", metavar="ID", type=int)
@json_option
@pass_frame
def outbox_show(frame: Frame, row_id: int, as_json: bool) -> None:
    """Show what is known of one mail."""
    from maildesk.store import lists

    with frame.store() as store, store.read() as conn:
        found = lists.show_outbox(conn, row_id)
    _print_one(dict(found), as_json)


@outbox.command("retry")
@click.argument("row_id", metavar="ID", type=int)
@json_option
@pass_frame
def outbox_retry(frame: Frame, row_id: int, as_json: bool) -> None:
    """Try a dead or deferred mail again at once."""
    from maildesk.store import outbox as rows

    with frame.store() as store:
        store.write(lambda tx: rows.revive(tx, row_id, datetime.now(UTC)))
    _say(f"mail {row_id} will be tried again", as_json)


def _print_one(found: dict[str, object], as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    for name, value in found.items():
        shown = ", ".join(value) if isinstance(value, list) else value
        click.echo(f"{name + ':':<13} {'-' if shown in (None, '') else shown}")


def _say(sentence: str, as_json: bool) -> None:
    if as_json:
        print_json({"done": sentence})
    else:
        click.echo(sentence)

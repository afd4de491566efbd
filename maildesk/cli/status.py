"""`maildesk status`: is it running, what waits, and does it need a person?

In: nothing. Out: a few lines or JSON; works with the daemon down, and before there is a desk.
*Fails:* exit code 1 when something needs a person: held or failed messages, dead mail, a mailbox
that cannot be read, work that waits while no daemon runs, a message that waits for a quarter of an
hour, or a mail that has not gone for an hour.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import click

from maildesk.cli.frame import Frame, json_option, pass_frame
from maildesk.cli.moments import present
from maildesk.cli.printing import print_json, say, short_time

if TYPE_CHECKING:
    from maildesk.store.shapes import StatusShape


_PATIENCE_WITH_PENDING = 15 * 60  # seconds
_PATIENCE_WITH_RELAY = timedelta(hours=1)


@click.command()
@json_option
@pass_frame
def status(frame: Frame, as_json: bool) -> None:
    """Say how the desk is doing; exit 1 when something needs a person."""
    from maildesk.store import lists
    from maildesk.store.database import is_daemon_running

    settings = frame.load()
    names = tuple(table.name for table in settings.mailboxes)
    with frame.look() as desk:
        running = is_daemon_running(settings.data_dir)
        now = present(desk, settings)
        found = lists.status(desk.conn, running=running, now=now, mailboxes=names)
        unsent_since = lists.oldest_unsent(desk.conn)
    if as_json:
        print_json(found)
    else:
        _print(found)
    is_stuck = unsent_since is not None and now - unsent_since > _PATIENCE_WITH_RELAY
    if needs_a_person(found) or is_stuck:
        raise click.exceptions.Exit(1)


def needs_a_person(found: StatusShape) -> bool:
    """Whether something will not mend itself."""
    inbox, outbox = found["inbox"], found["outbox"]
    waits = inbox["pending"] or outbox["queued"] or outbox["deferred"]
    return bool(
        inbox["held"]
        or inbox["failed"]
        or outbox["dead"]
        or any(box["last_error"] for box in found["mailboxes"])
        or (waits and not found["running"])
        or (found["oldest_pending_seconds"] or 0) > _PATIENCE_WITH_PENDING
    )


def _print(found: StatusShape) -> None:
    inbox, outbox = found["inbox"], found["outbox"]
    state = "running" if found["running"] else "not running"
    oldest = found["oldest_pending_seconds"]
    age = f", the oldest for {oldest} s" if oldest is not None else ""
    say(f"maildesk {found['version']} is {state}")
    say(f"inbox:  {inbox['pending']} pending{age}, {inbox['held']} held, {inbox['failed']} failed")
    say(f"outbox: {outbox['queued']} queued, {outbox['deferred']} deferred, {outbox['dead']} dead")
    for box in found["mailboxes"]:
        polled = short_time(box["last_poll_at"])
        last = f"last read {polled} UTC" if polled else "never read"
        trouble = f", {box['last_error']}" if box["last_error"] else ""
        say(f"mailbox {box['name']}: {last}{trouble}")

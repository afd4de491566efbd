"""`maildesk import PATH…`: old mail into tickets, quietly, and never twice.

In: mbox files, Maildirs, `.eml` files, folders. Out: tickets and comments with the times of their
mails; no mail goes out unless `--notify`.
*Fails:* NotFound for a path that is missing or no regular file; StoreError and ParserDown end the
import, which goes on where it was when it is started again; Unfinished at the end when a file was
no mail.
"""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from maildesk.cli.frame import Frame, json_option, pass_frame
from maildesk.cli.printing import print_json, progress, say
from maildesk.errors import StoreBusy, StoreError, Unfinished, UnusableMessage

if TYPE_CHECKING:
    from maildesk.desk import Maildesk
    from maildesk.inbox.archive import Archive

_PAUSE_SECONDS = 0.05
# A daemon that is started anew is back by then; a look at its lock is rare, since it takes it.
_GRACE_SECONDS = 20.0
_LOOK_SECONDS = 1.0


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--notify", is_flag=True, help="Let mail go out as if these had just arrived.")
@json_option
@pass_frame
def import_(frame: Frame, paths: tuple[Path, ...], notify: bool, as_json: bool) -> None:
    """Import mbox, Maildir or .eml files into tickets."""
    from maildesk.desk import Maildesk
    from maildesk.inbox.archive import Archive
    from maildesk.store.database import daemon_lock

    settings = frame.load()
    with ExitStack() as stack:
        archive = Archive.look(paths, datetime.now(UTC))
        maildesk = Maildesk(settings)
        stack.callback(maildesk.close)
        is_alone = True
        try:
            stack.enter_context(daemon_lock(maildesk.settings.data_dir))
        except StoreBusy:
            is_alone = False
        taken, known, refused = _import(maildesk, archive, notify, is_alone=is_alone)
    _report(taken, known, [*archive.no_mail, *refused], as_json)


def _import(
    maildesk: Maildesk, archive: Archive, notify: bool, *, is_alone: bool
) -> tuple[int, int, list[str]]:
    """Take every message: how many were new, how many known, which could not be taken."""
    from maildesk.core.model import Envelope
    from maildesk.inbox.receive import Door
    from maildesk.process import Processor, is_known

    door = Door(
        maildesk.store,
        policy=lambda: maildesk.policy,
        host=maildesk.host,
        knock=threading.Event().set,
    )
    processor = Processor(maildesk)
    taken = known = 0
    refused: list[str] = []
    with (
        closing(door),
        progress(archive.places, "importing") as places,
    ):
        for place in places:
            try:
                raw = archive.read(place)
                if is_known(maildesk, raw):
                    known += 1
                    continue
                envelope = Envelope(source="import", received_at=maildesk.now(), quiet=not notify)
                inbox_id = door.accept(envelope, raw).result().inbox_id
            except (OSError, UnusableMessage) as error:
                refused.append(f"{place.file}: {error}")
                continue
            taken += 1
            if is_alone:
                processor.work_off()
            else:
                _wait_for_daemon(maildesk, inbox_id)
    return taken, known, refused


def _wait_for_daemon(maildesk: Maildesk, inbox_id: int) -> None:
    """Let the running daemon process the message, so that the next one finds its ticket."""
    from maildesk.store.database import is_daemon_running

    seen_at = looked_at = time.monotonic()
    while _is_pending(maildesk, inbox_id):
        time.sleep(_PAUSE_SECONDS)
        now = time.monotonic()
        if now - looked_at < _LOOK_SECONDS:
            continue
        looked_at = now
        if is_daemon_running(maildesk.settings.data_dir):
            seen_at = now
        elif now - seen_at > _GRACE_SECONDS:
            message = "the daemon has ended, and so does the import; start it again to go on"
            raise StoreError(message)


def _is_pending(maildesk: Maildesk, inbox_id: int) -> bool:
    from maildesk.core.model import InboxState
    from maildesk.store import inbox

    with maildesk.store.read() as conn:
        return inbox.read(conn, inbox_id).state is InboxState.PENDING


def _report(taken: int, known: int, no_mail: list[str], as_json: bool) -> None:
    done = f"{taken} messages imported, {known} were here already"
    faults = [f"no mail: {file}" for file in no_mail]
    if faults and as_json:
        raise Unfinished("\n".join([done, *faults]))
    if as_json:
        print_json({"imported": taken, "known": known})
    else:
        say(done)
    if faults:
        raise Unfinished("\n".join(faults))

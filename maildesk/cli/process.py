"""`maildesk process`: work off everything that is due now, then exit.

In: the configuration, optionally a pretended time. Out: processed messages, sent mail.
*Fails:* StoreBusy while a daemon runs, which does all this by itself; Unfinished when a mailbox
could not be read, after everything else was done.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import click

from maildesk.cli.frame import Frame, json_option, pass_frame
from maildesk.cli.moments import parse_moment
from maildesk.cli.printing import print_json, say
from maildesk.errors import MaildeskError, Unfinished

if TYPE_CHECKING:
    from maildesk.desk import Maildesk


@click.command()
@click.option("--at", "at_text", help="Take this time (ISO 8601) for now; rehearsals only.")
@json_option
@pass_frame
def process(frame: Frame, at_text: str | None, as_json: bool) -> None:
    """Work off all that is due: mailboxes, messages, mail to go out."""
    from maildesk.desk import Maildesk
    from maildesk.process import Processor, retry_after_upgrade
    from maildesk.store import rehearsal
    from maildesk.store.database import daemon_lock
    from maildesk.sweeps import sweep

    settings = frame.load()
    now = parse_moment(at_text, settings)
    clock = {"now": (lambda: now)} if at_text else {}
    with daemon_lock(settings.data_dir):
        maildesk = Maildesk(settings, **clock)
        try:
            if at_text:
                maildesk.store.write(lambda tx: rehearsal.see(tx, now))
            retry_after_upgrade(maildesk)
            troubles = _poll(maildesk) if settings.mailboxes else []
            processed = Processor(maildesk).work_off()
            sweep(maildesk)
            tried = _send(maildesk)
        finally:
            maildesk.close()
    done = f"{processed} messages processed, {tried} mails tried"
    if troubles and as_json:
        raise Unfinished("\n".join([*troubles, done]))
    if as_json:
        print_json({"processed": processed, "tried": tried})
    else:
        say(done)
    if troubles:
        raise Unfinished("\n".join(troubles))


def _poll(maildesk: Maildesk) -> list[str]:
    """Read every mailbox once; what went wrong."""
    from maildesk.inbox.polling import Pollers
    from maildesk.inbox.receive import Door
    from maildesk.supervision import Pulse

    door = Door(
        maildesk.store,
        policy=lambda: maildesk.policy,
        host=maildesk.host,
        knock=threading.Event().set,
    )
    pollers = Pollers(maildesk, door, Pulse())
    troubles = []
    for table in maildesk.settings.mailboxes:
        try:
            pollers.poller(maildesk.settings, table).poll_once()
        except MaildeskError as error:
            troubles.append(f"mailbox {table.name}: {error}")
    door.close()
    return troubles


def _send(maildesk: Maildesk) -> int:
    courier = maildesk.courier()
    courier.recover()
    try:
        return courier.deliver_due()
    finally:
        courier.close()

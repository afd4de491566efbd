"""`maildesk blocked …`: senders whose mail is ignored.

In: an address or nothing. Out: a table or JSON; a sender blocked, or welcome again.
*Fails:* UsageError for an address of ours or an agent's, or for what is no address; NotFound for
one that is not blocked; exit codes 2 and 1.
"""

from __future__ import annotations

import click

from maildesk.cli.frame import Frame, json_option, pass_frame
from maildesk.cli.moments import present
from maildesk.cli.printing import print_json, print_table, say, short_time
from maildesk.errors import UsageError


@click.group()
def blocked() -> None:
    """Senders whose mail is ignored."""


@blocked.command("list")
@json_option
@pass_frame
def blocked_list(frame: Frame, as_json: bool) -> None:
    """List them, the oldest first."""
    from maildesk.store.blocked import list_blocked
    from maildesk.store.database import stamp

    with frame.look() as desk:
        found = list_blocked(desk.conn)
    if as_json:
        print_json([{"address": b.address, "by": b.by, "at": stamp(b.at)} for b in found])
        return
    rows = [(b.address, b.by, short_time(stamp(b.at))) for b in found]
    headers = ("ADDRESS", "BY", "AT (UTC)")
    print_table(headers, rows, "nobody is blocked", wide=("ADDRESS",))


@blocked.command("add")
@click.argument("address")
@json_option
@pass_frame
def blocked_add(frame: Frame, address: str, as_json: bool) -> None:
    """Ignore a sender's mail from now on."""
    from maildesk.core.recipients import is_ours
    from maildesk.core.trust import agent_at
    from maildesk.store.blocked import block_sender

    settings = frame.load()
    policy = settings.policy()
    if "@" not in address.strip("@") or is_ours(policy, address) or agent_at(policy, address):
        message = f"{address} is an agent's or a desk's address, or none at all"
        raise UsageError(message)
    with frame.look() as desk:
        now = present(desk, settings)
    with frame.store() as store:
        store.write(lambda tx: block_sender(tx, address, "command line", now))
    _say(f"mail from {address} is ignored from now on", as_json)


@blocked.command("remove")
@click.argument("address")
@json_option
@pass_frame
def blocked_remove(frame: Frame, address: str, as_json: bool) -> None:
    """Take a sender's mail again."""
    from maildesk.store.blocked import unblock_sender

    with frame.store() as store:
        store.write(lambda tx: unblock_sender(tx, address))
    _say(f"mail from {address} is taken again", as_json)


def _say(sentence: str, as_json: bool) -> None:
    if as_json:
        print_json({"done": sentence})
    else:
        say(sentence)

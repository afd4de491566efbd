"""`maildesk person …`: what is kept of one person, and its end.

In: an address. Out: a JSON document with everything; how much was removed.
*Fails:* NotFound for an address that stands nowhere, exit code 1; UsageError for one of ours or an
agent's, and without `--yes` where nobody can be asked, exit code 2.
"""

from __future__ import annotations

import secrets
import sys

import click

from maildesk.cli.frame import Frame, json_option, pass_frame
from maildesk.cli.moments import present
from maildesk.cli.printing import print_json, say
from maildesk.errors import NotFound, UsageError


@click.group()
def person() -> None:
    """What is kept of one person."""


@person.command("export")
@click.argument("address")
@json_option
@pass_frame
def person_export(frame: Frame, address: str, as_json: bool) -> None:
    """Print everything on a person, as one JSON document, with --json and without."""
    from maildesk.store.exporting import export

    with frame.look() as desk:
        print_json(export(desk.conn, address))


@person.command("erase")
@click.argument("address")
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask.")
@json_option
@pass_frame
def person_erase(frame: Frame, address: str, is_sure: bool, as_json: bool) -> None:
    """Remove a person everywhere; the skeleton of their tickets stays."""
    from maildesk.core.recipients import is_ours
    from maildesk.core.trust import agent_at
    from maildesk.mail.mentions import mentions
    from maildesk.store.erasing import erase
    from maildesk.store.view import has_desk

    settings = frame.load()
    policy = settings.policy()
    if "@" not in address.strip("@") or is_ours(policy, address) or agent_at(policy, address):
        message = f"{address} is an agent's or a desk's address, or none at all"
        raise UsageError(message)
    if not has_desk(settings.data_dir):
        message = f"there is no desk in {settings.data_dir}"
        raise NotFound(message)
    _ask(address, is_sure=is_sure or as_json)
    with frame.look() as desk:
        now = present(desk, settings)
    with frame.store():
        pass  # brings an older file to this version
    alias = f"erased-{secrets.token_hex(4)}@erased.invalid"
    done = erase(settings.data_dir, address, alias, mentions, now)
    if as_json:
        counts = {"tickets": done.tickets, "comments": done.comments, "messages": done.messages}
        print_json({"erased": counts, "alias": alias})
        return
    say(
        f"erased: {done.tickets} tickets to their skeletons, {done.comments} comments,"
        f" {done.messages} messages; backups and mail that was sent are as they were"
    )


def _ask(address: str, *, is_sure: bool) -> None:
    """A person says yes, on a terminal; what is erased cannot be had back."""
    if is_sure:
        return
    if not sys.stdin.isatty():
        message = "nobody can be asked here; --yes says that you are sure"
        raise UsageError(message)
    click.confirm(f"Erase everything on {address}? It cannot be had back", abort=True)

"""`maildesk check`: is the configuration right, and with `--connect` do the servers agree?

In: the configuration. Out: one line a finding; exit code 2 for faults, 1 when a server says no.
*Fails:* ConfigError with every fault; with `--json` Unfinished with every server that said no.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from maildesk.cli.frame import Frame, json_option, pass_frame
from maildesk.cli.printing import print_json, say
from maildesk.errors import MaildeskError, Unfinished

if TYPE_CHECKING:
    from maildesk.config.settings import Settings
    from maildesk.store.store import Store

Finding = tuple[str, str]  # ("ok" | "warn" | "FAIL", a sentence)


@click.command()
@click.option("--connect", is_flag=True, help="Also log in to every mailbox and to the relay.")
@json_option
@pass_frame
def check(frame: Frame, connect: bool, as_json: bool) -> None:
    """Validate the configuration; --connect also logs in everywhere."""
    settings = frame.load()
    findings: list[Finding] = [("warn", warning) for warning in settings.warnings]
    findings.extend(("warn", fault) for fault in _texts(settings))
    where = settings.source or "the embedded default"
    findings.append(("ok", f"{where}: no faults"))
    if connect:
        findings.extend(_connected(settings))
    faults = [about for result, about in findings if result == "FAIL"]
    if faults and as_json:
        raise Unfinished("\n".join(faults))
    if as_json:
        print_json([{"result": result, "about": about} for result, about in findings])
    else:
        for result, about in findings:
            say(f"{result:<5}{about}")
    if faults:
        raise click.exceptions.Exit(1)


def _texts(settings: Settings) -> tuple[str, ...]:
    """What of the admin's own mail texts cannot be used; the delivered ones go out meanwhile."""
    if settings.templates.directory is None:
        return ()
    from maildesk.config.policy import workflow_of
    from maildesk.outbox.review import review
    from maildesk.outbox.templates_dir import template_directories

    directories = template_directories(settings.templates.directory)
    return review(directories, workflow_of(settings)).faults


def _connected(settings: Settings) -> Iterator[Finding]:
    """What the servers say, one after the other."""
    from maildesk.inbox import imap_check
    from maildesk.inbox.imap_settings import from_config

    with _store(settings) as store:
        for table in settings.mailboxes:
            box = from_config(table, os.environ, max_message_size=settings.max_message_size)
            yield _asked(f"mailbox {table.name}", partial(imap_check.check, box, store))
        if settings.outgoing.transport == "smtp":
            yield _asked("relay", partial(_relay, settings, store))


@contextmanager
def _store(settings: Settings) -> Iterator[Store]:
    """The desk's own store, or one that is gone afterwards: to check makes no desk.

    A refresh token that a provider turns must not be lost, so with OAuth2 it is always the desk's.
    """
    from maildesk.store.database import database_path
    from maildesk.store.store import Store

    tokens = (settings.outgoing.oauth2, *(box.oauth2 for box in settings.mailboxes))
    place = settings.data_dir
    is_in_the_way = place.exists() and not place.is_dir()  # opening it says so
    is_kept = database_path(place).exists() or is_in_the_way or any(tokens)
    with TemporaryDirectory(prefix="maildesk-check-") as spare:
        store = Store.open(place if is_kept else Path(spare))
        try:
            yield store
        finally:
            store.close()


def _asked(name: str, question: Callable[[], str]) -> Finding:
    try:
        return "ok", question()
    except MaildeskError as error:
        return "FAIL", f"{name}: {error}"


def _relay(settings: Settings, store: Store) -> str:
    from maildesk.outbox.ways import relay_of, relay_tokens

    tokens = relay_tokens(
        settings, store, now=lambda: datetime.now(UTC), alert=lambda title, *lines: None
    )
    relay = relay_of(settings, tokens)
    try:
        relay.check()
    finally:
        relay.close()
    return f"relay {settings.outgoing.host}:{settings.outgoing.port}: takes our mail"

"""`maildesk run`: the daemon in the foreground.

In: the configuration. Out: log lines on stderr until SIGTERM; exit code 0, or 1 when the store
broke.
*Fails:* as `maildesk.errors` says, with 2 (78 under systemd) for the configuration.
"""

from __future__ import annotations

import sys

import click

from maildesk.cli.frame import Frame, pass_frame
from maildesk.cli.printing import say


@click.command()
@pass_frame
def run(frame: Frame) -> None:
    """Run the daemon: listen, poll, process, send."""
    from maildesk import daemon, log

    log.set_up()
    settings = frame.load()
    for warning in settings.warnings:
        log.warning("configuration", note=warning)
    if settings.source is None:
        _introduce(settings.listener[0].port or 0, settings.desks[0].address)
    sys.exit(daemon.run(frame.load))


def _introduce(port: int, address: str) -> None:
    """Say what the embedded default does, with a line that can be pasted."""
    say(
        f"""maildesk: no configuration found, so this is the embedded default:
  everything is kept in ./maildesk-data/ (SQLite maildesk.db),
  mail is taken by SMTP on 127.0.0.1:{port} for the desk HELP at {address},
  the one agent is agent@localhost,
  outgoing mail is written to the Maildir ./maildesk-data/out/.
Send a first message:
  python3 -c "import smtplib; smtplib.SMTP('127.0.0.1', {port}).sendmail('you@example.com', \
'{address}', 'From: you@example.com\\nTo: {address}\\nSubject: Hello\\n\\nIt works.')"
""",
        err=True,
    )

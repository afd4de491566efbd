"""The command line: one file a command group, no logic of its own.

In: arguments. Out: text for people or, with `--json`, one JSON document; an exit code: 0 done,
1 failed, 2 usage or configuration error. `deliver` speaks sysexits(3) instead.
*Fails:* never with a traceback; what can go wrong is in `maildesk.errors` and ends in a sentence.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import NoReturn

import click

from maildesk import __version__
from maildesk.cli.frame import Frame, run_guarded

# Commands are loaded when they are called: a pipe delivery must not pay for the daemon.
_COMMANDS = {
    "run": "maildesk.cli.daemon:run",
    "check": "maildesk.cli.check:check",
    "deliver": "maildesk.cli.deliver:deliver",
    "import": "maildesk.cli.imports:import_",
    "process": "maildesk.cli.process:process",
    "try": "maildesk.cli.tryout:try_",
    "ticket": "maildesk.cli.tickets:ticket",
    "queue": "maildesk.cli.tickets:queue",
    "search": "maildesk.cli.tickets:search",
    "inbox": "maildesk.cli.queues:inbox",
    "outbox": "maildesk.cli.queues:outbox",
    "blocked": "maildesk.cli.blocked:blocked",
    "person": "maildesk.cli.person:person",
    "template": "maildesk.cli.templates:template",
    "status": "maildesk.cli.status:status",
    "backup": "maildesk.cli.backup:backup",
    "restore": "maildesk.cli.backup:restore",
}


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order of the manual."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now."""
        place = _COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _, name = place.partition(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return _configurable(command)


def _configurable(command: click.Command) -> click.Command:
    """The command, and those of its group, with a `-c` of its own: people type it at the end."""
    if not any(parameter.name == "config" for parameter in command.params):
        command.params.append(
            click.Option(
                ["-c", "--config"],
                type=click.Path(path_type=Path),
                expose_value=False,
                callback=_configure,
                help="The configuration file.",
            )
        )
    for part in command.commands.values() if isinstance(command, click.Group) else ():
        _configurable(part)
    return command


def _configure(ctx: click.Context, _: click.Parameter, config: Path | None) -> None:
    if config is not None:
        ctx.obj = Frame(config)


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "-c",
    "--config",
    type=click.Path(path_type=Path),
    help="The configuration file; else $MAILDESK_CONFIG, ./config.toml, "
    "/etc/maildesk/config.toml, or none at all.",
)
@click.version_option(__version__, prog_name="maildesk")
@click.pass_context
def cli(ctx: click.Context, config: Path | None) -> None:
    """A ticket desk that lives in e-mail."""
    ctx.obj = Frame(config)


def main() -> NoReturn:
    """The entry point of the `maildesk` command."""
    run_guarded(cli)

"""What all commands share: finding the configuration, printing, and how errors end.

In: what the user typed. Out: settings, a store, printed tables or JSON, an exit code.
*Fails:* never; `run_guarded` turns each error into its sentence and code.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from maildesk.errors import (
    ConfigError,
    MaildeskError,
    RefusedSender,
    SchemaMismatch,
    UnusableMessage,
    UsageError,
)
from maildesk.log import place_of

if TYPE_CHECKING:
    from maildesk.config.settings import Settings
    from maildesk.store.store import Store

# sysexits(3), which every mail transport knows.
EX_USAGE, EX_DATAERR, EX_TEMPFAIL, EX_NOPERM, EX_CONFIG = 64, 65, 75, 77, 78


class Frame:
    """The frame of one call: where the configuration is, and what it says."""

    def __init__(self, config: Path | None) -> None:
        self._config = config

    def load(self) -> Settings:
        """The settings in force for this call."""
        from maildesk.config import find_config, load

        return load(find_config(self._config, os.environ, Path.cwd()), os.environ)

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The store of the configured data directory."""
        from maildesk.store.store import Store

        store = Store.open(self.load().data_dir)
        try:
            yield store
        finally:
            store.close()


_CELL = 72  # characters of one cell in a table

pass_frame = click.make_pass_decorator(Frame)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
limit_option = click.option(
    "--limit", type=click.IntRange(min=0), help="The newest so many; with --json all by default."
)


def print_json(document: object) -> None:
    """Print one JSON document."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


def print_table(headers: Sequence[str], rows: Sequence[Sequence[object]], empty: str) -> None:
    """Print rows as a table people like to read, cut to the terminal's width."""
    if not rows:
        click.echo(empty)
        return
    from tabulate import tabulate

    cells = [[_cut(cell) for cell in row] for row in rows]
    text = tabulate(cells, headers=headers, tablefmt="plain", disable_numparse=True)
    is_terminal = sys.stdout.isatty()
    width = os.get_terminal_size().columns if is_terminal else 0
    for line in text.splitlines():
        shown = line if not width or len(line) <= width else line[: width - 1] + "…"
        click.echo(shown.rstrip())


def _cut(cell: object) -> str:
    """One cell: a subject of thousands of characters must not push the others off the screen."""
    text = str(cell)
    return text if len(text) <= _CELL else f"{text[: _CELL - 1]}…"


def short_time(stamp: str | None) -> str:
    """A stored time as lists show it: to the minute, UTC."""
    return stamp[:16].replace("T", " ") if stamp else ""


def run_guarded(command: click.Command) -> NoReturn:
    """Run the command line; every error ends as a sentence and an exit code."""
    try:
        code = command.main(prog_name="maildesk", standalone_mode=False)
    except click.exceptions.Exit as ending:
        code = ending.exit_code
    except click.Abort:
        code = _end("stopped", 1)
    except click.ClickException as error:
        if not _wants_json():
            error.show()
        code = _end(error.format_message(), _usage_code(), is_shown=not _wants_json())
    except MaildeskError as error:
        code = _end(str(error), _code_of(error))
    except BrokenPipeError:
        # Whoever read our output has enough; the rest would only raise again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:
        code = _end(_of_system(error), _trouble_code())
    except Exception as error:
        # An upgrade under way, a fault of ours: a transport must not bounce the mail for it. The
        # exception's own text is left out, since it may quote a mail.
        code = _end(f"a fault of maildesk's own: {place_of(error)}", _trouble_code())
    sys.exit(code if isinstance(code, int) else 0)


def _end(sentence: str, code: int, *, is_shown: bool = False) -> int:
    # Where nothing can be said, the code still counts.
    with suppress(OSError):
        if _wants_json():
            print_json({"error": sentence})
        elif not is_shown:
            click.echo(f"maildesk: {sentence}", err=True)
    return code


def _of_system(error: OSError) -> str:
    place = f"{error.filename}: " if error.filename is not None else ""
    return f"{place}{error.strerror or type(error).__name__}"


def _trouble_code() -> int:
    return EX_TEMPFAIL if _is("deliver") else 1


# What a transport is told; all else is trouble of ours: it keeps the mail and tries again.
_TO_TRANSPORTS: tuple[tuple[type[MaildeskError], int], ...] = (
    (UsageError, EX_USAGE),
    (UnusableMessage, EX_DATAERR),
    (RefusedSender, EX_NOPERM),
    (ConfigError, EX_CONFIG),
)


def _code_of(error: MaildeskError) -> int:
    if _is("deliver"):
        codes = (code for kind, code in _TO_TRANSPORTS if isinstance(error, kind))
        return next(codes, EX_TEMPFAIL)
    if isinstance(error, SchemaMismatch):
        return EX_CONFIG
    is_service = _is("run") and "NOTIFY_SOCKET" in os.environ
    is_usage = isinstance(error, ConfigError | UsageError)
    return (EX_CONFIG if is_service else 2) if is_usage else 1


def _usage_code() -> int:
    return EX_USAGE if _is("deliver") else 2


def _is(name: str) -> bool:
    words = [word for word in sys.argv[1:] if not word.startswith("-")]
    return name in words[:2]


def _wants_json() -> bool:
    return "--json" in sys.argv[1:]

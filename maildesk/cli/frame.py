"""What all commands share: finding the configuration, and how errors end.

In: what the user typed. Out: settings, a store, an exit code.
*Fails:* never; `run_guarded` turns each error into its sentence and code.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from maildesk.cli.printing import print_json, say, set_up
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
    from maildesk.store.view import View

# sysexits(3), which every mail transport knows.
EX_USAGE, EX_DATAERR, EX_TEMPFAIL, EX_NOPERM, EX_CONFIG = 64, 65, 75, 77, 78


class Frame:
    """The frame of one call: where the configuration is, and what it says."""

    def __init__(self, config: Path | None) -> None:
        self._config = config

    def load(self) -> Settings:
        """The settings in force for this call."""
        # Pydantic would ask every installed package whether it wants to look into our settings.
        os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
        from maildesk.config import find_config, load

        return load(find_config(self._config, os.environ, Path.cwd()), os.environ)

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The store of the configured data directory, made where it is missing."""
        from maildesk.store.store import Store

        store = Store.open(self.load().data_dir)
        try:
            yield store
        finally:
            store.close()

    @contextmanager
    def look(self) -> Iterator[View]:
        """The desk as it is, for commands that change nothing; a missing one is empty."""
        from maildesk.store.view import look

        with look(self.load().data_dir) as view:
            yield view


Callback = TypeVar("Callback", bound=Callable[..., Any])


def _number_of_rows(_: click.Context, __: click.Parameter, limit: int | None) -> int | None:
    if limit is not None and limit < 0:
        message = f"{limit} is no number of rows."
        raise click.BadParameter(message)
    # SQLite holds no larger number, and nobody so many rows.
    return None if limit is None else min(limit, 2**62)


def _limit(which: str) -> Callable[[Callback], Callback]:
    return click.option(
        "--limit",
        type=int,
        metavar="N",
        callback=_number_of_rows,
        help=f"The {which} so many; else all.",
    )


pass_frame = click.make_pass_decorator(Frame)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
limit_option = _limit("newest")
urgent_option = _limit("most urgent")


def run_guarded(command: click.Command) -> NoReturn:
    """Run the command line; every error ends as a sentence and an exit code."""
    set_up()
    try:
        code = command.main(prog_name="maildesk", standalone_mode=False)
    except click.exceptions.Exit as ending:
        code = ending.exit_code
    except click.Abort:
        code = _end("stopped", _trouble_code())
    except click.ClickException as error:
        if not _wants_json():
            error.show()
        code = _end(error.format_message(), _usage_code(), is_shown=not _wants_json())
    except MaildeskError as error:
        code = _end(str(error), _code_of(error))
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
            say(f"maildesk: {sentence}", err=True)
    return code


def _of_system(error: OSError) -> str:
    place = f"{error.filename}: " if error.filename is not None else ""
    return f"{place}{error.strerror or type(error).__name__}"


def _trouble_code() -> int:
    return EX_TEMPFAIL if _command() == "deliver" else 1


# What a transport is told; all else is trouble of ours: it keeps the mail and tries again.
_TO_TRANSPORTS: tuple[tuple[type[MaildeskError], int], ...] = (
    (UsageError, EX_USAGE),
    (UnusableMessage, EX_DATAERR),
    (RefusedSender, EX_NOPERM),
    (ConfigError, EX_CONFIG),
)


def _code_of(error: MaildeskError) -> int:
    if _command() == "deliver":
        codes = (code for kind, code in _TO_TRANSPORTS if isinstance(error, kind))
        return next(codes, EX_TEMPFAIL)
    is_run, is_service = _command() == "run", "NOTIFY_SOCKET" in os.environ
    # A newer file waits for a newer program, however often and by whomever this one is started.
    if is_run and (isinstance(error, SchemaMismatch) or (is_service and _is_usage(error))):
        return EX_CONFIG
    return 2 if _is_usage(error) else 1


def _is_usage(error: MaildeskError) -> bool:
    return isinstance(error, ConfigError | UsageError)


def _usage_code() -> int:
    return EX_USAGE if _command() == "deliver" else 2


def _command() -> str:
    """The name of the command that was called: the first word that is no option, nor one's."""
    words = iter(sys.argv[1:])
    for word in words:
        if word in ("-c", "--config"):
            next(words, None)
        elif not word.startswith("-"):
            return word
    return ""


def _wants_json() -> bool:
    words = sys.argv[1:]
    return "--json" in (words[: words.index("--")] if "--" in words else words)

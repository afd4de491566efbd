"""Log lines as named events with stable `key=value` fields, on stderr.

In: an event's name and its fields. Out: one line; under systemd with the `<N>` priority prefix of
sd-daemon(3) and without a time of its own. Never bodies or secrets; control characters escaped.
*Fails:* never.
"""

from __future__ import annotations

import json
import logging
import os
import sys

_PRIORITIES = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3}
_logger = logging.getLogger("maildesk")


def info(event: str, **fields: object) -> None:
    """Something that happened as it should."""
    _logger.info(_line(event, fields))


def ready() -> None:
    """The line that tells scripts that mail is taken from now on; it is always just this."""
    _logger.info("maildesk ready", extra={"is_bare": True})


def warning(event: str, **fields: object) -> None:
    """Something outside went wrong and is dealt with."""
    _logger.warning(_line(event, fields))


def error(event: str, **fields: object) -> None:
    """Something that a person should look at."""
    _logger.error(_line(event, fields))


def bug(event: str, **fields: object) -> None:
    """A fault of the program itself: the line and the traceback of the exception at hand."""
    _logger.exception(_line(event, fields))


def set_up() -> None:
    """Send maildesk's lines to stderr, and of the libraries' only warnings."""
    handler = logging.StreamHandler(sys.stderr)
    is_journal = "JOURNAL_STREAM" in os.environ
    handler.setFormatter(_JournalFormatter() if is_journal else _TerminalFormatter())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    _logger.setLevel(logging.INFO)
    for library in ("mail.log", "imapclient", "apscheduler"):
        logging.getLogger(library).setLevel(logging.WARNING)


def place_of(error: BaseException) -> str:
    """Kind and place of an exception, without its text, which may quote a mail."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    name = os.path.basename(trace.tb_frame.f_code.co_filename)
    return f"{type(error).__name__} in {name}:{trace.tb_lineno}"


class _JournalFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """The line with its priority in front of each of its parts."""
        prefix = f"<{_PRIORITIES.get(record.levelno, 6)}>"
        return "\n".join(prefix + line for line in super().format(record).splitlines())


class _TerminalFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """The line with its time in front, but for the one that scripts wait for."""
        line = super().format(record)
        is_bare = getattr(record, "is_bare", False)
        return line if is_bare else f"{self.formatTime(record, '%H:%M:%S')} {line}"


def _line(event: str, fields: dict[str, object]) -> str:
    words = [event, *(f"{name}={_value(value)}" for name, value in fields.items())]
    return " ".join(words)


def _value(value: object) -> str:
    text = str(value)
    if text and text.isascii() and text.isprintable() and not set(text) & set(" \"'=\\"):
        return text
    # JSON escapes quotes and every control character, so a subject cannot forge a line.
    return json.dumps(text)

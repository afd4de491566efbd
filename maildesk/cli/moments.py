"""`--at TIME`: which moment a command takes for now.

In: ISO 8601 text, the settings. Out: an aware UTC datetime; the clock's, when nothing was given.
Commands without `--at` take the latest one that a rehearsal has seen.
*Fails:* ConfigError without `rehearsal = true`; UsageError for text that is no time.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from maildesk.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from maildesk.config.settings import Settings
    from maildesk.store.view import View

# Spans are added to it, and the Date of a mail has four digits for the year.
_EARLIEST, _LATEST = 1970, 9000


def parse_moment(text: str | None, settings: Settings) -> datetime:
    """The moment to take for now."""
    if text is None:
        return datetime.now(UTC)
    if not settings.rehearsal:
        raise ConfigError(("--at is for rehearsals: it needs `rehearsal = true`",))
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        message = f"--at {text!r} is no time; write it as 2026-11-21T09:00:00Z"
        raise UsageError(message) from error
    if not _EARLIEST <= moment.year < _LATEST:
        message = f"--at {text!r} is no time that mail knows: from {_EARLIEST} to {_LATEST}"
        raise UsageError(message)
    return moment


def present(desk: View, settings: Settings) -> datetime:
    """The moment to take for now where no `--at` can be given."""
    from maildesk.store import rehearsal

    seen = rehearsal.latest(desk.conn) if settings.rehearsal else None
    return seen or datetime.now(UTC)

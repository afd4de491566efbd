"""The Date field as a moment, where it is one.

In: the raw value. Out: aware UTC, or None when it is missing, unreadable or before there was mail
like ours; whether it lies in the future is for the caller, who knows the time.
*Fails:* never.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache

_LONGEST = 200  # characters; the library's reader is not linear
_FIRST_YEAR = 1990  # an earlier one is a clock that was never set


def read_date(value: str) -> datetime | None:
    """The moment that a Date field names (RFC 5322 §3.3 and its obsolete forms)."""
    return _read(value[:_LONGEST])


@lru_cache(maxsize=4)  # one mail's date is asked for more than once
def _read(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.year >= _FIRST_YEAR else None

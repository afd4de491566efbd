"""Clocks on walls: the first moment at which one shows an hour of a day, or more than it.

    on the wall             the moment
    09:00, most days        09:00
    02:30, left out         the moment of the change
    02:30, comes twice      the first of the two
    24:00                   00:00 of the next day

Thus bounds stay in their order whatever the clocks do, and each moment belongs to one day: the
newest that has begun, also while the clocks repeat the end of the day before.

In: a zone, days as ordinals, minutes after midnight, moments as microseconds since 1970. Out: the
same.
*Fails:* OverflowError and ValueError at the ends of the years that Python knows.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WALL = datetime(1970, 1, 1)  # noqa: DTZ001 - what a wall shows has no zone
_MICROSECOND = timedelta(microseconds=1)
_SECOND = 1_000_000
_DAY = 24 * 60


def instant(when: datetime) -> int:
    """The moment of a datetime.

    Datetimes of one zone compare as walls show them, so that an hour that comes twice would go
    wrong; moments do not.
    """
    return (when - _EPOCH) // _MICROSECOND


def moment(at: int) -> datetime:
    """The datetime of a moment, in UTC."""
    return _EPOCH + timedelta(microseconds=at)


def day_of(zone: tzinfo, at: int) -> int:
    """The day that a moment belongs to."""
    local = moment(at).astimezone(zone)
    day = local.toordinal()
    # In an hour that comes again the next day may have begun in the first one.
    return day + 1 if local.fold and at >= reached(zone, day + 1, 0) else day


def reached(zone: tzinfo, day: int, minutes: int) -> int:
    """When the clocks first show that time of the day, or have passed it."""
    days, rest = divmod(minutes, _DAY)
    shown = datetime.fromordinal(day + days) + timedelta(minutes=rest)
    wall = shown.replace(tzinfo=zone)
    early, late = wall.utcoffset(), wall.replace(fold=1).utcoffset()
    assert early is not None
    assert late is not None
    at = (shown - _WALL) // _MICROSECOND
    if late <= early:  # as on most days; or the first of two
        return at - early // _MICROSECOND
    return _change(zone, at - late // _MICROSECOND, at - early // _MICROSECOND)


def _change(zone: tzinfo, before: int, after: int) -> int:
    """The moment between two others at which the clocks leap forward, on a whole second."""
    low, high = before // _SECOND, after // _SECOND
    offset = moment(after).astimezone(zone).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        is_changed = moment(middle * _SECOND).astimezone(zone).utcoffset() == offset
        low, high = (low, middle) if is_changed else (middle, high)
    return high * _SECOND

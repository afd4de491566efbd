"""The small words of the configuration: durations, sizes, shares, addresses, times of day.

In: one TOML value. Out: `timedelta`, bytes as `int`, a share of 1 as `float`, text in its settled
form. A value that already has the wanted type passes unchanged.
*Fails:* ValueError, whose text says what would be right and never repeats the value.
"""

from __future__ import annotations

import ipaddress
import re
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, PlainValidator, ValidationInfo

from maildesk.core.envelope import SOCKET
from maildesk.core.spelling import canonical
from maildesk.core.worktime import DaySpan, WorkSpan

_NUMBER = r"([0-9]{1,9}(?:[.,][0-9]{1,6})?)"
_DURATION = re.compile(
    rf"\s*(?:{_NUMBER}\s*d)?\s*(?:{_NUMBER}\s*h)?\s*(?:{_NUMBER}\s*m)?\s*(?:{_NUMBER}\s*s)?\s*"
)
_SIZE = re.compile(rf"\s*{_NUMBER}\s*([kmg]?i?b)\s*", re.IGNORECASE)
_SHARE = re.compile(r"\s*([0-9]{1,3}(?:\.[0-9]{1,3})?)\s*%\s*")
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"\\\x00-\x1f\x7f]+@[^\s@<>()\[\],;:\"\\\x00-\x1f\x7f]+")
_HEADER = re.compile(r"[A-Za-z0-9-]{1,64}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z]{2,4})?")
_UNITS = {"b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "kib": 2**10, "mib": 2**20, "gib": 2**30}
_TEN_YEARS = timedelta(days=3653)

DURATION_FORM = 'must be a duration such as "90s", "30m", "1h30m" or "2d"'
SIZE_FORM = 'must be a size such as "25MiB" or "500KiB"'
TIME_FORM = 'must be a time of day such as "09:00"'
TEXT_FORM = 'must be text in quotes, such as "…"'


class MisplacedError(ValueError):
    """A fault that belongs to a key inside, or beside, the one that is being read."""

    def __init__(self, key: str, words: str) -> None:
        super().__init__(words)
        self.key = key


def text(value: Any) -> str:
    """The value, if it is text at all."""
    if not isinstance(value, str):
        raise ValueError(TEXT_FORM)
    return value


def duration(value: Any) -> timedelta:
    """`"1h30m"`, `"2d"`, `"36h"`; a day is 24 hours. At most ten years."""
    if isinstance(value, timedelta):
        return value
    days, hours, minutes, seconds = _parts(value)
    return _bounded(timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds))


def duration_or_never(value: Any) -> timedelta | None:
    """A duration, or None for the word `"never"`."""
    if value is None or (isinstance(value, str) and value.strip() == "never"):
        return None
    try:
        return _some(duration(value))
    except ValueError as error:
        words = f'{error}, or "never"'
        raise ValueError(words) from None


def work_span(value: Any) -> WorkSpan:
    """A goal: hours are working hours, `d` is one working day of the goal's calendar."""
    if isinstance(value, WorkSpan):
        return value
    days, hours, minutes, seconds = _parts(value)
    _bounded(timedelta(days=days))
    span = WorkSpan(days, _bounded(timedelta(hours=hours, minutes=minutes, seconds=seconds)))
    if not span.days and not span.time:
        words = "must be longer than nothing"
        raise ValueError(words)
    return span


def hours(value: Any) -> timedelta:
    """An amount of work: hours and minutes alone, for a day has no length here."""
    if isinstance(value, str) and "d" in value:
        words = 'must be in hours, such as "40h": how long a day is would be a guess'
        raise ValueError(words)
    return _some(duration(value))


def size(value: Any) -> int:
    """`"25MiB"` in bytes; KiB, MiB, GiB are powers of 1024, KB, MB, GB of 1000."""
    found = _SIZE.fullmatch(value) if isinstance(value, str) else None
    if not found or found[2].lower() not in _UNITS:
        raise ValueError(SIZE_FORM)
    return int(float(found[1].replace(",", ".")) * _UNITS[found[2].lower()])


def threshold(value: Any) -> float | timedelta:
    """When to warn of a clock: `"50%"` of its time gone (0.5), or `"30m"` left (a timedelta)."""
    if isinstance(value, float | timedelta):
        return value
    found = _SHARE.fullmatch(value) if isinstance(value, str) else None
    share = float(found[1]) / 100 if found else 0.0
    if found and 0 < share < 1:
        return share
    if found or not isinstance(value, str) or not _DURATION.fullmatch(value):
        words = 'must be a share of the time gone such as "50%", or the time left such as "30m"'
        raise ValueError(words)
    return _some(duration(value))


def time_of_day(value: Any) -> time:
    """`"09:00"`, or TOML's own 09:00:00."""
    if isinstance(value, time):
        return value
    minutes = _minutes(value)
    if minutes >= 24 * 60:
        raise ValueError(TIME_FORM)
    return time(minutes // 60, minutes % 60)


def time_or_never(value: Any) -> time | None:
    """A time of day, or None for the word `"never"`."""
    if value is None or (isinstance(value, str) and value.strip() == "never"):
        return None
    try:
        return time_of_day(value)
    except ValueError as error:
        words = f'{error}, or "never"'
        raise ValueError(words) from None


def day_span(value: Any) -> DaySpan:
    """`"09:00-13:00"`; the end may be 24:00."""
    start, dash, end = value.partition("-") if isinstance(value, str) else ("", "", "")
    if not dash:
        words = 'must be hours of a day such as "09:00-13:00"'
        raise ValueError(words)
    span = DaySpan(_minutes(start.strip()), _minutes(end.strip()))
    if span.start >= span.end:
        words = "must end after it starts; what crosses midnight is written as two days' hours"
        raise ValueError(words)
    return span


def address(value: Any) -> str:
    """A bare e-mail address, spelled as those of mail are."""
    if not _ADDRESS.fullmatch(text(value)):
        words = 'must be a bare address such as "name@example.com"'
        raise ValueError(words)
    return canonical(text(value))


def domain(value: Any) -> str:
    """The part of addresses behind the @, spelled as those of mail are."""
    if not _ADDRESS.fullmatch(f"x@{text(value)}"):
        words = 'must be a domain such as "example.com"'
        raise ValueError(words)
    return canonical(f"@{text(value)}").removeprefix("@").rstrip(".")


def header_name(value: Any) -> str:
    """The name of a header field, in lower case."""
    if not _HEADER.fullmatch(text(value)):
        words = 'must be the name of a header field such as "X-Spam-Flag"'
        raise ValueError(words)
    return text(value).lower()


def peer(value: Any) -> str:
    """An IP address, or `socket` for whoever may connect to a Unix socket of ours."""
    return SOCKET if value == SOCKET else ip_address(value)


def ip_address(value: Any) -> str:
    """An IPv4 or IPv6 address in its shortest form."""
    try:
        return str(ipaddress.ip_address(text(value)))
    except ValueError:
        words = 'must be an IP address such as "127.0.0.1" or "::1"'
        raise ValueError(words) from None


def language(value: Any) -> str:
    """A language tag such as `en` or `pt-BR`."""
    if not _LANGUAGE.fullmatch(text(value)):
        words = 'must be a language such as "en" or "pt-BR"'
        raise ValueError(words)
    return text(value)


def zone(value: Any) -> ZoneInfo:
    """A time zone of the IANA list, such as `Europe/Rome`."""
    if isinstance(value, ZoneInfo):
        return value
    try:
        return ZoneInfo(text(value))
    except (OSError, ValueError, KeyError):
        words = f'must be a time zone such as "Europe/Rome"{_nearest_zone(str(value))}'
        raise ValueError(words) from None


def here(value: Any) -> Path:
    """A path; a relative one starts at the current directory."""
    if value == "" or (isinstance(value, str) and "\0" in value):
        words = 'must be a path such as "/var/lib/maildesk"'
        raise ValueError(words)
    return Path.cwd() / (value if isinstance(value, Path) else text(value))


def beside_config(value: Any, info: ValidationInfo) -> Path:
    """A path; a relative one starts at the configuration file's folder."""
    return _rooted(value, info, "folder")


def inside_data(value: Any, info: ValidationInfo) -> Path:
    """A path; a relative one starts at `data_dir`."""
    return _rooted(value, info, "data_dir")


def beside_config_or_none(value: Any, info: ValidationInfo) -> Path | None:
    """The same as `beside_config`; "" is none."""
    return None if value in (None, "") else beside_config(value, info)


def inside_data_or_none(value: Any, info: ValidationInfo) -> Path | None:
    """The same as `inside_data`; "" is none."""
    return None if value in (None, "") else inside_data(value, info)


def _rooted(value: Any, info: ValidationInfo, root: str) -> Path:
    path = here(value)  # judges the value; an absolute one is done
    is_absolute = Path(value).is_absolute()
    return path if is_absolute else Path((info.context or {}).get(root, Path.cwd()), value)


def _parts(value: Any) -> tuple[float, float, float, float]:
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if not found or not any(found.groups()):
        raise ValueError(DURATION_FORM)
    days, hours_, minutes, seconds = (float((n or "0").replace(",", ".")) for n in found.groups())
    return days, hours_, minutes, seconds


def _bounded(length: timedelta) -> timedelta:
    if length > _TEN_YEARS:
        words = "must be ten years at most"
        raise ValueError(words)
    return length


def _some(length: timedelta) -> timedelta:
    if length <= timedelta(0):
        words = "must be longer than nothing"
        raise ValueError(words)
    return length


def _minutes(value: Any) -> int:
    found = _TIME.fullmatch(value) if isinstance(value, str) else None
    minutes = int(found[1]) * 60 + int(found[2]) if found else -1
    if not found or int(found[2]) > 59 or minutes > 24 * 60:
        raise ValueError(TIME_FORM)
    return minutes


def _nearest_zone(name: str) -> str:
    # Only a fault pays for these imports and for reading the list of zones.
    import difflib
    import zoneinfo

    known = {zone.lower(): zone for zone in zoneinfo.available_timezones()}
    near = difflib.get_close_matches(name.lower(), known, 1)
    return f'; the nearest is "{known[near[0]]}"' if near else ""


Duration = Annotated[timedelta, PlainValidator(duration)]
SomeDuration = Annotated[timedelta, PlainValidator(duration), AfterValidator(_some)]
DurationOrNever = Annotated[timedelta | None, PlainValidator(duration_or_never)]
Goal = Annotated[WorkSpan, PlainValidator(work_span)]
Hours = Annotated[timedelta, PlainValidator(hours)]
Size = Annotated[int, PlainValidator(size)]
Threshold = Annotated[float | timedelta, PlainValidator(threshold)]
TimeOfDay = Annotated[time, PlainValidator(time_of_day)]
TimeOrNever = Annotated[time | None, PlainValidator(time_or_never)]
Zone = Annotated[ZoneInfo, PlainValidator(zone)]
Address = Annotated[str, PlainValidator(address)]
Domain = Annotated[str, PlainValidator(domain)]
HeaderName = Annotated[str, PlainValidator(header_name)]
IpAddress = Annotated[str, PlainValidator(ip_address)]
Peer = Annotated[str, PlainValidator(peer)]
Language = Annotated[str, PlainValidator(language)]
Name = Annotated[str, Field(min_length=1, pattern=r"^\S(?:[^\x00-\x1f\x7f]*\S)?$")]
Flag = Annotated[bool, Field(strict=True)]
Count = Annotated[int, Field(strict=True, ge=0)]
Port = Annotated[int, Field(strict=True, ge=1, le=65535)]
HerePath = Annotated[Path, PlainValidator(here)]
ConfigPath = Annotated[Path, PlainValidator(beside_config)]
ConfigPathOrNone = Annotated[Path | None, PlainValidator(beside_config_or_none)]
DataPath = Annotated[Path, PlainValidator(inside_data)]
DataPathOrNone = Annotated[Path | None, PlainValidator(inside_data_or_none)]

"""How much time a command names: `#time 1h30m words`, `#estimate 8h words`.

In: the words of a command, in compatibility form (NFKC), as the command reader leaves them. Out:
minutes and the words behind them; or the one reason why not.

    written              minutes        why not        for example
    1h30m, 1h 30m             90        missing        nothing at all
    90m, 90 min               90        unreadable     90; 1h90m; 1,500h; 1h 30; 1h 2h
    1.5h, 1,5h, .5h    90, 90, 30       days           2d, 1w: how long is a day?
    -30m                     -30        zero           0h
                                        negative       an estimate below nothing
                                        too long       beyond 24 h; an estimate: 10,000 h
                                        below zero     -30m on a ticket that has 20 minutes

An amount that could mean two things is none: `1,500h` may be a thousand hours or one and a half.
*Fails:* never; what cannot be taken is a `DurationFault`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

LONGEST_ENTRY = 24 * 60
LONGEST_ESTIMATE = 10_000 * 60

_HOURS = r"(?:h|hrs?|hours?|std|stunden?|時間|시간)\.?"
_MINUTES = r"(?:m|mins?|minutes?|minuten?|分|분)\.?"
_SIGN = r"(?P<sign>[+\-−–‒]?)"
_END = r"(?![^\s,;:])"
# The forms, the first that fits counts. Hours and minutes together are whole numbers, for 1.5h30m
# and 1h90m are slips of the hand.
_FORMS = tuple(
    re.compile(_SIGN + form + _END, re.IGNORECASE)
    for form in (
        rf"(?P<hours>[0-9]{{1,6}}) ?{_HOURS} ?(?P<minutes>[0-9]{{1,2}}) ?{_MINUTES}",
        rf"(?P<hours>[0-9]{{1,6}}) ?{_HOURS}(?P<minutes>[0-9]{{2}})",
        rf"(?P<hours>[0-9]{{1,6}}(?:[.,][0-9]{{1,2}})?|[.,][0-9]{{1,2}}) ?{_HOURS}",
        rf"(?P<minutes>[0-9]{{1,7}}) ?{_MINUTES}",
    )
)
_DAYS = re.compile(
    r"[+\-−–‒]?[0-9]{1,6}(?:[.,][0-9]{1,2})? ?(?:d|days?|w|wks?|weeks?|tage?n?|日|일)\b",
    re.IGNORECASE,
)
_ANOTHER = re.compile(rf"[+\-−–‒]?[0-9.,]{{1,8}} ?(?:{_HOURS}|{_MINUTES}){_END}", re.IGNORECASE)
_LONE = re.compile(r"[0-9.,]{1,8}")
_PAUSE = re.compile(r"(?:[,;:]|[-–—](?=\s))")


class DurationFault(StrEnum):
    """Why an amount of time cannot be taken."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    DAYS = "days"
    ZERO = "zero"
    NEGATIVE = "negative"
    TOO_LONG = "too long"
    BELOW_ZERO = "below zero"


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """Minutes, and the words behind them."""

    minutes: int
    rest: str


def read_entry(words: str, *, spent: int = 0) -> Amount | DurationFault:
    """The time of `#time`: at most 24 h, on a ticket that has `spent` minutes so far.

    An amount below zero takes back what was entered by mistake, and no more than that.
    """
    amount = _read(words, LONGEST_ENTRY)
    if isinstance(amount, Amount) and spent + amount.minutes < 0:
        return DurationFault.BELOW_ZERO
    return amount


def read_estimate(words: str) -> Amount | DurationFault:
    """The time of `#estimate`: above zero and at most 10,000 h."""
    amount = _read(words, LONGEST_ESTIMATE)
    if isinstance(amount, Amount) and amount.minutes < 0:
        return DurationFault.NEGATIVE
    return amount


def written(minutes: int) -> str:
    """The amount as a command says it: `1h30m`, `8h`, `45m`, `-30m`."""
    hours, rest = divmod(abs(minutes), 60)
    shown = f"{hours}h" * bool(hours) + f"{rest}m" * bool(rest or not hours)
    return f"-{shown}" if minutes < 0 else shown


def _read(words: str, longest: int) -> Amount | DurationFault:
    bare = words.strip()
    if not bare:
        return DurationFault.MISSING
    found = next((hit for form in _FORMS if (hit := form.match(bare))), None)
    if found is None:
        return DurationFault.DAYS if _DAYS.match(bare) else DurationFault.UNREADABLE
    behind = bare[found.end() :].lstrip()
    if _ANOTHER.match(behind) or _LONE.fullmatch(behind):
        return DurationFault.UNREADABLE
    minutes = _minutes(found)
    if minutes is None:
        return DurationFault.UNREADABLE
    if minutes == 0:
        return DurationFault.ZERO
    if abs(minutes) > longest:
        return DurationFault.TOO_LONG
    return Amount(minutes=minutes, rest=_PAUSE.sub("", behind, count=1).strip())


def _minutes(found: re.Match[str]) -> int | None:
    """The amount in whole minutes; None where the minutes beside hours fill an hour."""
    parts = found.groupdict()
    hours, minutes = parts.get("hours"), parts.get("minutes")
    if hours and minutes and int(minutes) >= 60:
        return None
    exact = Decimal((hours or "0").replace(",", ".")) * 60 + int(minutes or 0)
    whole = int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    return whole if parts["sign"] in ("", "+") else -whole

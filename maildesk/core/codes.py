"""Action codes: what makes `#approve 7K3M-Q2XD-9FHA-4TRW` one person's word about one thing.

In: the instance's secret, what the code stands for (a `Bond`), the day. Out: sixteen letters in
four groups, and later the verdict on what somebody sent back.

    7K3M-Q2XD-9FHA-4TRW
    MAC, 65 bits    day, 15 bits

The letters are Crockford's base 32: no U, and whoever types O for 0 or l for 1 is understood. The
day says when a code was made, so that one can be too old; the MAC covers it. That a code counts
once is not its own doing: what it stands for is done by then.
*Fails:* never; what is no code of ours is `unknown`.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TYPED = str.maketrans("OIL", "011")
_FIRST_DAY = date(2020, 1, 1).toordinal()
_DAYS = 2**15
_LENGTH, _DAY_LETTERS, _GROUP = 16, 3, 4
_MAC_LETTERS = _LENGTH - _DAY_LETTERS
_LABEL = b"maildesk action code"

_DASH = r"\-‐‑‒–—−"
_CODE = re.compile(
    rf"[0-9A-TV-Za-tv-z]{{4}}(?:[{_DASH}\s]{{0,3}}[0-9A-TV-Za-tv-z]{{4}}){{3}}(?!\w)"
)
_PAUSE = " \t\n.,;:!?)]}>\"'\u201d\u2019\u00bb"  # what people put behind a code
_DASHED = re.compile(
    rf"(?<![\w-])[0-9A-TV-Za-tv-z]{{4}}(?:[{_DASH}][0-9A-TV-Za-tv-z]{{4}}){{3}}(?![\w-])"
)
_PLAIN_WORDS = re.compile(r"[A-Za-z\s]+")


class Verdict(StrEnum):
    """What a code is worth."""

    GOOD = "good"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bond:
    """What a code stands for, and whose word it is.

    `extra` is what the ticket alone does not say: an estimate's number, a held message's id.
    """

    key: str
    recipient: str
    action: str
    extra: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A code at the head of a command's words, and the words behind it."""

    code: str
    rest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Which bond a code is for; an expired one has its bond all the same."""

    bond: Bond
    verdict: Verdict


def mint(secret: bytes, bond: Bond, day: date) -> str:
    """The code for the bond, made on that day; the same one all day long."""
    number = (day.toordinal() - _FIRST_DAY) % _DAYS
    whole = _mac(secret, bond, number) + _spelled(number, _DAY_LETTERS)
    return "-".join(whole[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))


def read(words: str) -> Written | None:
    """The code that the words begin with, as `mint` writes it; None where there is none.

    People's own words are no code: four groups of four letters, without a dash or a digit.
    """
    bare = words.lstrip()
    found = _CODE.match(bare)
    if found is None or _PLAIN_WORDS.fullmatch(found[0]):
        return None
    typed = "".join(c for c in found[0].upper() if c.isalnum()).translate(_TYPED)
    groups = (typed[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))
    return Written(code="-".join(groups), rest=bare[found.end() :].lstrip(_PAUSE).rstrip())


def written_in(text: str) -> tuple[str, ...]:
    """What looks like a code with its dashes, anywhere in a text, as it is written there."""
    return tuple(dict.fromkeys(_DASHED.findall(text)))


def judge(secret: bytes, code: str, bond: Bond, today: date, valid_for: timedelta) -> Verdict:
    """What a code, as `read` gives it, is worth for this bond."""
    letters = code.replace("-", "")
    number = _number(letters[_MAC_LETTERS:])
    if not hmac.compare_digest(_mac(secret, bond, number), letters[:_MAC_LETTERS]):
        return Verdict.UNKNOWN
    # Days go round every 89 years; one from tomorrow was made where midnight had passed already.
    age = (today.toordinal() - _FIRST_DAY - number + _DAYS // 2) % _DAYS - _DAYS // 2
    return Verdict.EXPIRED if age > valid_for.days else Verdict.GOOD


def find(
    secret: bytes, code: str, bonds: Iterable[Bond], today: date, valid_for: timedelta
) -> Match | None:
    """The bond that the code was made for, out of those that come into question."""
    for bond in bonds:
        verdict = judge(secret, code, bond, today, valid_for)
        if verdict is not Verdict.UNKNOWN:
            return Match(bond=bond, verdict=verdict)
    return None


def _mac(secret: bytes, bond: Bond, number: int) -> str:
    """The MAC's letters, under a key of its own: no Message-ID's MAC is ever a code's."""
    key = hmac.new(secret, _LABEL, hashlib.sha256).digest()
    parts = (bond.key.lower(), bond.recipient.lower(), bond.action, bond.extra, str(number))
    # With its length before it no part can pass for the end of another.
    text = "".join(f"{len(part)}:{part}" for part in parts).encode("utf-8", "replace")
    digest = hmac.new(key, text, hashlib.sha256).digest()
    bits = int.from_bytes(digest[:9], "big") >> (72 - 5 * _MAC_LETTERS)
    return _spelled(bits, _MAC_LETTERS)


def _spelled(number: int, length: int) -> str:
    return "".join(_LETTERS[number >> (5 * at) & 31] for at in reversed(range(length)))


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number << 5 | _LETTERS.index(letter)
    return number

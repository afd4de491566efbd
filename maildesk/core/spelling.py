"""When two spellings of an address name one mailbox.

In: an address as a peer, a header or the configuration spells it. Out: its local part and domain
as they compare: without quotes that change nothing (RFC 5321 §4.1.2), without a source route or a
final dot, the domain in Unicode (RFC 5890), both in lower case and composed.
*Fails:* never; what is no address compares with nothing that is one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

_ROUTE = re.compile(r"@[^<>:\s]++:")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*+)"', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_LONGEST_LABEL = 63


class Spelled(NamedTuple):
    """An address as it compares; `postmaster` alone has no domain."""

    local: str
    domain: str


@lru_cache(maxsize=512)
def spelled(address: str) -> Spelled:
    """The address behind a spelling."""
    bare = address.strip().strip("<>")
    route = _ROUTE.match(bare)
    local, at, domain = bare[route.end() if route else 0 :].rpartition("@")
    if not at:
        local, domain = domain, ""
    quoted = _QUOTED.fullmatch(local)
    if quoted:
        local = _ESCAPED.sub(r"\1", quoted[1])
    return Spelled(_plain(local), ".".join(map(_label, domain.removesuffix(".").split("."))))


def spelled_among(known: Iterable[str], address: str) -> str:
    """The one of the known addresses that this is a spelling of, or ""."""
    wanted = spelled(address) if address else None
    return next((each for each in known if spelled(each) == wanted), "")


def _label(label: str) -> str:
    label = _plain(label)
    if not label.startswith("xn--") or len(label) > _LONGEST_LABEL:
        return label
    try:
        return _plain(label[4:].encode("ascii").decode("punycode"))
    except UnicodeError:
        return label


def _plain(text: str) -> str:
    """Local parts compare case-blind, as every mail system in use does (RFC 5321 §2.4)."""
    return text if text.isascii() and text.islower() else unicodedata.normalize("NFC", text.lower())

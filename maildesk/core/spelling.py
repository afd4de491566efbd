"""When two spellings of an address name one mailbox.

In: an address as a peer, a header or the configuration spells it. Out: its local part and domain
as they compare: without quotes that change nothing (RFC 5321 §4.1.2), without a source route or a
final dot, the domain in Unicode (RFC 5890), both in lower case and composed. And the one spelling
that is kept of whatever comes in, so that one person is one address everywhere.
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
_KELVIN = "\u212a"


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


def canonical(address: str) -> str:
    """The address as it is kept: in lower case, the domain in Unicode, both composed.

    Nothing becomes ASCII that was not (the Kelvin sign would be a k): that is another address.
    """
    if address.isascii() and "xn--" not in address.lower():
        return address.lower()
    local, at, domain = _lower(address).rpartition("@")
    return _composed(local) + at + ".".join(map(_decoded, map(_composed, domain.split("."))))


def _lower(text: str) -> str:
    return _KELVIN.join(part.lower() for part in text.split(_KELVIN))


def _composed(text: str) -> str:
    found = unicodedata.normalize("NFC", text)
    ascii_before = [c for c in text if c.isascii()]
    # A letter and its mark may become one, but no sign may become a letter, a blank or a bracket.
    has_become = [c for c in found if c.isascii()] != ascii_before and len(found) == len(text)
    return text if has_become else found


def _label(label: str) -> str:
    return _plain(_decoded(_plain(label)))


def _decoded(label: str) -> str:
    """A label in Unicode; what is no word of letters, or would be written another way, stays."""
    if not label.startswith("xn--") or len(label) > _LONGEST_LABEL:
        return label
    try:
        found = label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label
    is_word = all(c == "-" or unicodedata.category(c)[0] in "LMN" for c in found)
    is_plain = found == unicodedata.normalize("NFKC", found.lower()) and not found.isascii()
    return found if is_word and is_plain and _written(found) == label else label


def _written(label: str) -> str:
    return f"xn--{label.encode('punycode').decode('ascii')}"


def _plain(text: str) -> str:
    """Local parts compare case-blind, as every mail system in use does (RFC 5321 §2.4)."""
    return text if text.isascii() and text.islower() else unicodedata.normalize("NFC", text.lower())

"""What a ticket is tied to: other tickets, and places outside the desk.

In: the words of `#link`. Out: a link, or None for words that name nothing a link may lead to. A
link to a ticket stands on both, under the same kind; one to the outside is a web address.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qs, urlsplit

_LONGEST = 500  # characters of an address
_SCHEMES = ("http", "https")
_SAFE_LINKS = ".safelinks.protection.outlook.com"
_NEVER_IN_URLS = frozenset(" \"'<>\\^`{|}@")
_BRACKETS = {"<": ">", "(": ")", "[": "]"}


class LinkKind(StrEnum):
    """How two belong together."""

    RELATED = "related"
    SPLIT = "split"
    DUPLICATE = "duplicate"
    EXTERNAL = "external"


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketLink:
    """A way from a ticket to another one, by its key, or to a web address.

    Customers see the public ones among those to the outside, and no others.
    """

    kind: LinkKind
    to: str
    is_public: bool = False


def urls_in(words: str) -> frozenset[str]:
    """The web addresses that the words are; "" stands for a word that is none.

    Mail programs that make text of HTML write one twice, as shown and as it leads: Outlook without
    a space between, and the second behind Microsoft's safe links.
    """
    parts = words.replace("<", " <").split()
    found = {_direct(safe_url(part)) for part in parts}
    bare = {url for url in found if f"{url}/" not in found}
    return frozenset(bare)


def _direct(url: str) -> str:
    """Where a safe link leads; any other address as it is."""
    parts = urlsplit(url)
    if not (parts.hostname or "").endswith(_SAFE_LINKS):
        return url
    behind = parse_qs(parts.query).get("url", [""])
    return safe_url(behind[0])


def safe_url(words: str) -> str:
    """The web address that the words are, as browsers take it; "" for anything else.

    Nothing but `http` and `https`, with a host and without a name and password before it.
    """
    url = _bare(words)
    if not url.isprintable() or len(url) > _LONGEST or set(url) & _NEVER_IN_URLS:
        return ""
    try:
        parts = urlsplit(url)
        has_host = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return ""
    return url if parts.scheme.lower() in _SCHEMES and has_host else ""


def _bare(words: str) -> str:
    """The address without the brackets that mail programs put around it."""
    url = words.strip()
    closing = _BRACKETS.get(url[:1])
    return url[1:-1].strip() if closing and url.endswith(closing) else url

"""Which desk an address belongs to, and what stands behind the plus.

In: the policy and an address as a peer or a header gave it. Out: the desk, the plus tag, and
whether the address is one of our bounce addresses.
*Fails:* never; an address that is not ours gives None.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from maildesk.core.spelling import Spelled, canonical, spelled

if TYPE_CHECKING:
    # The parse worker asks for names that nobody reads, and has no desk.
    from maildesk.core.model import Desk, Organisation, Policy

# `local+b.<id>.<mac>@domain`: the reverse path of our own mail under `reverse_path = "verp"`.
_BOUNCE_TAG = re.compile(r"b\.[0-9]{1,18}\.[a-z2-7]{26}", re.IGNORECASE)


# Bounce address tag validation: `prvs=` with a signature, in both orders in use.
_SIGNED_LOCAL = re.compile(r"^prvs=[0-9a-z]{1,20}=|(?<=.)=prvs$")

# Local parts behind which nobody reads.
_NOBODY = re.compile(
    r"(?:do[-_.]?not[-_.]?reply|no[-_.]?reply|non[-_.]?rispondere|ne[-_.]?pas[-_.]?repondre"
    r"|nicht[-_.]?antworten|keine[-_.]?antwort|no[-_.]?responder|nao[-_.]?responda|bounces?"
    r"|notifications?|mailer[-_.]?daemon|mail-daemon|mail\.delivery\.system|postmaster)"
    r"(?:[-_+.].*)?",
    re.IGNORECASE,
)

# What list programs and their robots are called, and where many lists live.
_LIST_LOCAL = re.compile(
    r"(?:owner-.*|.*-(?:request|owner|bounces?|subscribe|unsubscribe|join|leave|confirm)"
    r"|majordomo|listserv|mailman|sympa)(?:\+.*)?",
    re.IGNORECASE,
)
_LIST_DOMAIN = re.compile(
    r"(?:lists?|listserv|mailman)\..*|(?:.*\.)?(?:googlegroups\.com|groups\.io|freelists\.org)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An address of ours: its desk, the text behind the first plus, and what the tag is for."""

    desk: Desk
    tag: str = ""
    is_bounce: bool = False


def find_desk(policy: Policy, address: str) -> Delivery | None:
    """The desk that takes mail for `address`, or None.

    `postmaster`, bare or at a desk's domain, reaches the first desk (RFC 5321 §4.5.1).
    """
    wanted = spelled(address)
    homes = [(home, desk) for desk in policy.desks for home in _homes(desk)]
    for home, desk in homes:
        if wanted == home:
            return Delivery(desk=desk)
    if wanted.local == "postmaster" and wanted.domain in {"", *(home.domain for home, _ in homes)}:
        return Delivery(desk=policy.desks[0])
    behind = (_behind_plus(wanted, home, desk) for home, desk in homes)
    # Where one desk's address continues another's, the longer one is meant.
    return min((d for d in behind if d), key=lambda d: len(d.tag), default=None)


def desks_at(policy: Policy, addresses: Iterable[str]) -> list[Desk]:
    """The desks that these addresses reach, in configuration order."""
    found = (find_desk(policy, address) for address in addresses)
    keys = {delivery.desk.key for delivery in found if delivery and not delivery.is_bounce}
    return [desk for desk in policy.desks if desk.key in keys]


def desks_elsewhere(policy: Policy, addresses: Iterable[str]) -> frozenset[str]:
    """The keys of all desks that none of these addresses reaches."""
    reached = {d.desk.key for d in (find_desk(policy, a) for a in addresses) if d}
    return frozenset(desk.key for desk in policy.desks) - reached


def is_ours(policy: Policy, address: str) -> bool:
    """Whether mail to `address` would come back to us."""
    return find_desk(policy, address) is not None


def is_a_desks(policy: Policy, address: str) -> bool:
    """Whether it is a desk's own address; postmaster's mail reaches us, but others write it."""
    return is_ours(policy, address) and spelled(address).local != "postmaster"


def is_nobody(address: str) -> bool:
    """Whether an address says of itself that nobody reads there: no-reply, bounces, daemons."""
    return _NOBODY.fullmatch(address.partition("@")[0]) is not None


def is_list(policy: Policy, address: str) -> bool:
    """Whether an address is a mailing list's: by its name, or by a list that a rule knows."""
    local, _, domain = address.partition("@")
    known = {name for rule in policy.senders for name in rule.list_ids}
    is_named = _LIST_LOCAL.fullmatch(local) or _LIST_DOMAIN.fullmatch(domain)
    return bool(is_named) or f"{local}.{domain}".lower() in known


def plain_address(address: str) -> str:
    """The mailbox behind an address: without plus tag and BATV signature, in lower case.

    A loop whose other end signs or numbers its address is still one address to a cap.
    """
    local, at, domain = canonical(address).rpartition("@")
    local = _SIGNED_LOCAL.sub("", local)
    return (local.partition("+")[0] or local) + at + domain


def organisation_of(policy: Policy, address: str) -> Organisation | None:
    """The organisation whose people or domain the address belongs to; a person beats a domain."""
    wanted = canonical(address)
    domain = wanted.rpartition("@")[2]
    for organisation in policy.organisations:
        if wanted in (*organisation.people, *organisation.approvers):
            return organisation
    return next((o for o in policy.organisations if domain in o.domains), None)


def timezone_of(policy: Policy, desk: Desk, address: str) -> str:
    """Whose clock a reader looks at: an agent's own, their organisation's, else the desk's."""
    own = next((a.timezone for a in policy.agents if address in a.emails), "")
    if own:
        return own
    organisation = organisation_of(policy, address)
    return (organisation.timezone if organisation else "") or desk.timezone


def is_known_sender(policy: Policy, address: str) -> bool:
    """Whether the address is an agent's or belongs to an organisation (contract §7)."""
    wanted = canonical(address)
    is_agent = any(wanted in agent.emails for agent in policy.agents)
    return is_agent or organisation_of(policy, wanted) is not None


def _homes(desk: Desk) -> tuple[Spelled, ...]:
    """The desk's address and its aliases."""
    return tuple(map(spelled, (desk.address, *desk.aliases)))


def _behind_plus(wanted: Spelled, home: Spelled, desk: Desk) -> Delivery | None:
    base = f"{home.local}+"
    if wanted.domain != home.domain or not wanted.local.startswith(base):
        return None
    tag = wanted.local.removeprefix(base)
    is_bounce = bool(_BOUNCE_TAG.fullmatch(tag))
    if not (desk.plus_addressing or is_bounce):
        return None
    return Delivery(desk=desk, tag=tag, is_bounce=is_bounce)

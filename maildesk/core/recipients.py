"""Which desk an address belongs to, and what stands behind the plus.

In: the policy and an address as a peer or a header gave it. Out: the desk, the plus tag, and
whether the address is one of our bounce addresses.
*Fails:* never; an address that is not ours gives None.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from maildesk.core.model import Desk, Organisation, Policy

# `local+b.<id>.<mac>@domain`: the reverse path of our own mail under `reverse_path = "verp"`.
_BOUNCE_TAG = re.compile(r"b\.[0-9]{1,18}\.[a-z2-7]{26}", re.IGNORECASE)


# Local parts behind which nobody reads.
_NOBODY = re.compile(
    r"(?:do[-_.]?not[-_.]?reply|no[-_.]?reply|non[-_.]?rispondere|ne[-_.]?pas[-_.]?repondre"
    r"|nicht[-_.]?antworten|keine[-_.]?antwort|no[-_.]?responder|nao[-_.]?responda|bounces?"
    r"|notifications?|mailer[-_.]?daemon|mail-daemon|mail\.delivery\.system|postmaster)"
    r"(?:[-_+.].*)?",
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

    Local parts compare case-blind, as every mail system in use does (RFC 5321 §2.4 allows more).
    `postmaster`, bare or at a desk's domain, reaches the first desk (RFC 5321 §4.5.1).
    """
    wanted = address.strip().strip("<>").lower()
    for desk in policy.desks:
        if wanted in addresses_of(desk):
            return Delivery(desk=desk)
    local, _, domain = wanted.rpartition("@")
    base, plus, tag = local.partition("+")
    if plus:
        return _behind_plus(policy, f"{base}@{domain}", tag)
    if wanted == "postmaster" or (local == "postmaster" and domain in _domains(policy)):
        return Delivery(desk=policy.desks[0])
    return None


def addresses_of(desk: Desk) -> tuple[str, ...]:
    """The desk's address and its aliases, in lower case."""
    return tuple(a.lower() for a in (desk.address, *desk.aliases))


def first_desk(policy: Policy, addresses: Iterable[str]) -> Delivery | None:
    """The desk of the first address that is ours, in configuration order among equals."""
    found = [d for d in (find_desk(policy, a) for a in addresses) if d and not d.is_bounce]
    order = {desk.key: place for place, desk in enumerate(policy.desks)}
    return min(found, key=lambda d: order[d.desk.key], default=None)


def is_ours(policy: Policy, address: str) -> bool:
    """Whether mail to `address` would come back to us."""
    return find_desk(policy, address) is not None


def is_nobody(address: str) -> bool:
    """Whether an address says of itself that nobody reads there: no-reply, bounces, daemons."""
    return _NOBODY.fullmatch(address.partition("@")[0]) is not None


def organisation_of(policy: Policy, address: str) -> Organisation | None:
    """The organisation whose people or domain the address belongs to; a person beats a domain."""
    wanted = address.lower()
    domain = wanted.rpartition("@")[2]
    for organisation in policy.organisations:
        if wanted in (*organisation.people, *organisation.approvers):
            return organisation
    return next((o for o in policy.organisations if domain in o.domains), None)


def is_known_sender(policy: Policy, address: str) -> bool:
    """Whether the address is an agent's or belongs to an organisation (contract §7)."""
    wanted = address.lower()
    is_agent = any(wanted in agent.emails for agent in policy.agents)
    return is_agent or organisation_of(policy, wanted) is not None


def _behind_plus(policy: Policy, base: str, tag: str) -> Delivery | None:
    is_bounce = bool(_BOUNCE_TAG.fullmatch(tag))
    for desk in policy.desks:
        if base in addresses_of(desk) and (desk.plus_addressing or is_bounce):
            return Delivery(desk=desk, tag=tag, is_bounce=is_bounce)
    return None


def _domains(policy: Policy) -> set[str]:
    return {a.rpartition("@")[2] for desk in policy.desks for a in addresses_of(desk)}

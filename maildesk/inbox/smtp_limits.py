"""How much the listener lets anybody ask of it, and who is inside.

In: peers that come and go, bytes that are held. Out: a reply for those who must stay outside,
None for the others. All figures stand in `Limits`; a relay (an address of the operator's own
list, and whoever comes by a Unix socket) is free of the caps per peer and per session.
*Fails:* never.
"""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from maildesk.inbox.smtp_replies import Reply

_MIB = 1024 * 1024
_PEERS_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Every cap of one listener. Times are seconds, sizes bytes.

    Postfix's habits scaled to a desk; RFC 5321 §4.5.3.1.8 wants at least 100 recipients.
    """

    # Admission. A few sessions are kept free for relays, whoever else is at the door.
    sessions: int = 200
    sessions_kept_for_relays: int = 20
    sessions_per_peer: int = 20
    new_sessions_per_peer_and_minute: int = 600
    # One session
    session_seconds: float = 1800
    idle_seconds: float = 120
    mails: int = 20
    errors: int = 50
    idle_commands: int = 20  # NOOP, RSET, VRFY, HELP, EHLO since the last mail
    unknown_recipients: int = 10
    auth_tries: int = 3
    auth_pause_seconds: float = 1
    command_bytes: int = 4096
    # One mail
    recipients: int = 100
    recipients_beyond: int = 1000  # told "too many" so often, then the session is over
    data_seconds: float = 600
    commit_seconds: float = 120
    hops: int = 100
    flood_factor: int = 4  # the reader stops at so many times the largest mail
    # All together
    bytes_in_flight: int = 64 * _MIB
    goodbye_seconds: float = 10  # a client that does not read its 421 is cut off


DEFAULT_LIMITS = Limits()


@dataclass(slots=True)
class Gate:
    """Counts sessions, newcomers and bytes. Used from the event loop's thread only."""

    limits: Limits
    relays: Iterable[str]
    clock: Callable[[], float]
    bytes_in_flight: int = 0
    _networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()
    _sessions: int = 0
    _strangers: int = 0
    _inside: Counter[str] = field(default_factory=Counter)
    _newcomers: dict[str, tuple[float, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._networks = tuple(ipaddress.ip_network(r, strict=False) for r in self.relays)

    def has_the_rules_of(self, other: Gate) -> bool:
        """Whether both would admit the same peers and hold as much."""
        return (self.limits, self._networks) == (other.limits, other._networks)

    def is_relay(self, peer: str) -> bool:
        """Whether `peer` ("" behind a Unix socket) is one of the operator's own."""
        if not peer:
            return True
        address = ipaddress.ip_address(peer)
        return any(address in network for network in self._networks)

    def enter(self, peer: str) -> Reply | None:
        """Let a peer in (None; `leave` must follow), or say why not."""
        limits = self.limits
        if self.is_relay(peer):
            if self._sessions >= limits.sessions:
                return Reply.SESSIONS
            self._sessions += 1
            return None
        name = _crowd(peer)
        if self._is_crowding(name):
            return Reply.SESSIONS_OF_PEER
        free = limits.sessions - limits.sessions_kept_for_relays
        if self._strangers >= free or self._sessions >= limits.sessions:
            return Reply.SESSIONS
        self._sessions += 1
        self._strangers += 1
        self._inside[name] += 1
        return None

    def leave(self, peer: str) -> None:
        """A peer that was let in is gone."""
        self._sessions -= 1
        if self.is_relay(peer):
            return
        self._strangers -= 1
        name = _crowd(peer)
        self._inside[name] -= 1
        if not self._inside[name]:
            del self._inside[name]

    def has_room(self, size: int) -> bool:
        """Whether a mail of `size` bytes would fit into memory now."""
        return self.bytes_in_flight + size <= self.limits.bytes_in_flight

    def hold(self, size: int) -> bool:
        """Whether `size` more bytes of mail fit into memory; `release` must follow a yes."""
        if not self.has_room(size):
            return False
        self.bytes_in_flight += size
        return True

    def release(self, size: int) -> None:
        """Bytes that were held are durable or forgotten."""
        self.bytes_in_flight -= size

    def _is_crowding(self, name: str) -> bool:
        if self._inside[name] >= self.limits.sessions_per_peer:
            return True
        moment = self.clock()
        since, count = self._newcomers.get(name, (moment, 0))
        if moment - since >= 60:
            since, count = moment, 0
        if len(self._newcomers) >= _PEERS_REMEMBERED:
            self._forget_old(moment)
        self._newcomers[name] = (since, count + 1)
        return count >= self.limits.new_sessions_per_peer_and_minute

    def _forget_old(self, moment: float) -> None:
        recent = {n: seen for n, seen in self._newcomers.items() if moment - seen[0] < 60}
        self._newcomers = recent if len(recent) < _PEERS_REMEMBERED else {}


def _crowd(peer: str) -> str:
    """Whom a peer is counted with: itself, or its /64, which one IPv6 customer has to himself."""
    address = ipaddress.ip_address(peer)
    if address.version == 4:
        return peer
    return str(ipaddress.ip_network((int(address), 64), strict=False))

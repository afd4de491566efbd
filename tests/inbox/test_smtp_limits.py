"""Who is let in, by the numbers."""

from __future__ import annotations

from maildesk.inbox.smtp_limits import Gate, Limits
from maildesk.inbox.smtp_replies import Reply


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_one_peer_may_have_so_many_sessions_at_once_and_no_more() -> None:
    gate = Gate(Limits(sessions_per_peer=2), (), Clock())
    assert [gate.enter("192.0.2.1") for _ in range(3)] == [None, None, Reply.SESSIONS_OF_PEER]
    assert gate.enter("192.0.2.2") is None
    gate.leave("192.0.2.1")
    assert gate.enter("192.0.2.1") is None


def test_newcomers_are_counted_by_the_minute() -> None:
    clock = Clock()
    gate = Gate(Limits(new_sessions_per_peer_and_minute=2), (), clock)
    for wanted in (None, None, Reply.SESSIONS_OF_PEER):
        reply = gate.enter("192.0.2.1")
        assert reply is wanted
        if reply is None:
            gate.leave("192.0.2.1")
    clock.now = 59.9
    assert gate.enter("192.0.2.1") is Reply.SESSIONS_OF_PEER
    clock.now = 60
    assert gate.enter("192.0.2.1") is None


def test_strangers_leave_room_for_relays() -> None:
    limits = Limits(sessions=3, sessions_kept_for_relays=1)
    gate = Gate(limits, ("10.0.0.0/8", "2001:db8::1"), Clock())
    strangers = [gate.enter(f"192.0.2.{n}") for n in range(3)]
    assert strangers == [None, None, Reply.SESSIONS]
    assert gate.enter("10.1.2.3") is None
    assert gate.enter("2001:db8::1") is Reply.SESSIONS
    gate.leave("10.1.2.3")
    assert gate.enter("2001:db8::1") is None


def test_relays_are_free_of_the_caps_of_one_peer() -> None:
    gate = Gate(
        Limits(sessions_per_peer=1, new_sessions_per_peer_and_minute=1), ("127.0.0.1",), Clock()
    )
    assert [gate.enter("127.0.0.1") for _ in range(5)] == [None] * 5
    assert [gate.enter("") for _ in range(5)] == [None] * 5
    assert gate.is_relay("127.0.0.1")
    assert not gate.is_relay("127.0.0.2")


def test_a_network_of_ipv6_is_one_peer() -> None:
    gate = Gate(Limits(sessions_per_peer=1), (), Clock())
    assert gate.enter("2001:db8::1") is None
    assert gate.enter("2001:db8::2") is Reply.SESSIONS_OF_PEER
    assert gate.enter("2001:db8:0:1::2") is None
    assert gate.enter("fe80::1%lo") is None


def test_a_flood_of_addresses_is_not_remembered_for_ever() -> None:
    clock = Clock()
    gate = Gate(Limits(sessions=100_000), (), clock)
    for number in range(25_000):
        address = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
        assert gate.enter(address) is None
        gate.leave(address)
    assert len(gate._newcomers) <= 10_000
    assert not gate._inside

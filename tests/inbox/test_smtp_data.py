"""The DATA reader: the same mail, however the network cuts it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from maildesk.inbox.smtp_data import MailReader, count_hops
from maildesk.inbox.smtp_limits import Gate, Limits
from maildesk.inbox.smtp_replies import Reply

PIECES = st.lists(st.sampled_from([b"\r", b"\n", b".", b"a", b"\r\n", b"\0", b"\xff"]))


def gate(room: int = 1_000_000) -> Gate:
    return Gate(Limits(bytes_in_flight=room), (), lambda: 0.0)


def line_by_line(wire: bytes) -> tuple[bytes, bytes] | None:
    """RFC 5321 §4.5.2 as it is written: the mail and the rest, None while it goes on."""
    lines = wire.split(b"\r\n")
    for number, line in enumerate(lines[:-1]):
        if line == b".":
            kept = lines[:number]
            mail = b"".join(text.removeprefix(b".") + b"\r\n" for text in kept)
            return mail, b"\r\n".join(lines[number + 1 :])
    return None


@settings(max_examples=400, deadline=None)
@given(PIECES, st.data())
def test_however_it_is_cut_a_mail_ends_where_the_standard_says(
    pieces: list[bytes], data: st.DataObject
) -> None:
    wire = b"".join(pieces) + b"\r\n.\r\nQUIT\r\n"
    cuts = sorted(data.draw(st.lists(st.integers(0, len(wire)), max_size=8)))
    reader = MailReader(1_000_000, gate())
    rest = None
    for start, end in zip([0, *cuts], [*cuts, len(wire)], strict=True):
        rest = reader.feed(wire[start:end]) if rest is None else rest + wire[start:end]
    assert (reader.mail(), rest) == line_by_line(wire)


def test_byte_by_byte_makes_the_same_mail() -> None:
    reader = MailReader(1000, gate())
    wire = b"..a\r\n\r\n..\r\nb\r\r\n.\r\n"
    answers = [reader.feed(wire[i : i + 1]) for i in range(len(wire))]
    assert answers[:-1] == [None] * (len(wire) - 1)
    assert answers[-1] == b""
    assert reader.mail() == b".a\r\n\r\n.\r\nb\r\r\n"


def test_all_256_byte_values_come_through_as_they_are() -> None:
    body = bytes(range(256)) * 3 + b"\r\n"
    reader = MailReader(10_000, gate())
    reader.feed(body + b".\r\n")
    assert reader.mail() == body


def test_a_mail_that_is_too_big_is_read_to_its_end_and_not_kept() -> None:
    room = gate()
    reader = MailReader(10, room)
    assert reader.feed(b"x" * 50) is None
    assert reader.verdict is Reply.TOO_BIG
    assert room.bytes_in_flight == 0
    assert reader.feed(b"\r\n.\r\nQUIT\r\n") == b"QUIT\r\n"
    assert reader.mail() == b""


def test_memory_is_counted_while_a_mail_grows_and_given_back_once() -> None:
    room = gate(20)
    first, second = MailReader(15, room), MailReader(15, room)
    first.feed(b"x" * 12)
    second.feed(b"y" * 12)
    assert room.bytes_in_flight == 12
    assert (first.verdict, second.verdict) == (None, Reply.BUSY)
    second.release()
    first.release()
    first.release()
    assert room.bytes_in_flight == 0


def test_hops_are_counted_in_the_header_only() -> None:
    assert count_hops(b"Received: a\r\nX-Received: b\r\nreceived: c\r\n\r\nReceived: d\r\n") == 2
    assert count_hops(b"\r\nReceived: in the body\r\n") == 0
    assert count_hops(b"Received: a\n\nReceived: in the body\n") == 1
    assert count_hops(b"Received: x\r\n" * 99) == 99

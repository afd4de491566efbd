"""Our trace in front of what came in: told fully, forged by nobody, the rest untouched.

In: envelopes of every way in. Out: the bytes with two fields in front.
*Fails:* as every test does.
"""

from __future__ import annotations

import email
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maildesk.core.model import Envelope
from maildesk.mail.trace import prepend, without_mbox_line

RAW = b"From: bob@example.net\r\nSubject: x\r\n\r\nHello\nbare\rends\r\n"
SMTP = Envelope(
    source="smtp",
    received_at=datetime(2026, 11, 21, 9, 0, tzinfo=UTC),
    mail_from="bob@example.net",
    rcpt_to=("support@example.com",),
    peer="192.0.2.7",
    helo="mail.example.net",
)


def traced(envelope: Envelope, raw: bytes = RAW) -> bytes:
    return prepend(envelope, raw, "desk.example.com", "4711")


def test_a_mail_by_smtp_tells_its_whole_way() -> None:
    wanted = (
        b"Return-Path: <bob@example.net>\r\n"
        b"Received: from mail.example.net ([192.0.2.7])\r\n"
        b"\tby desk.example.com (maildesk) with ESMTP id 4711\r\n"
        b"\tfor <support@example.com>;\r\n"
        b"\tSat, 21 Nov 2026 09:00:00 +0000\r\n"
    )
    assert traced(SMTP) == wanted + RAW


def test_the_null_sender_is_kept_as_such() -> None:
    assert traced(replace(SMTP, mail_from="")).startswith(b"Return-Path: <>\r\nReceived: ")


def test_without_an_envelope_there_is_no_return_path() -> None:
    imap = Envelope(source="imap:support", received_at=SMTP.received_at)
    assert traced(imap) == (
        b"Received: by desk.example.com (maildesk) with imap id 4711;\r\n"
        b"\tSat, 21 Nov 2026 09:00:00 +0000\r\n" + RAW
    )


def test_more_than_one_recipient_is_told_to_none_of_them() -> None:
    raw = traced(replace(SMTP, rcpt_to=("support@example.com", "secret@example.com")))
    assert b"for <" not in raw
    assert b"secret" not in raw


@pytest.mark.parametrize(
    ("source", "is_encrypted", "agent", "name"),
    [
        ("smtp", False, None, b"with ESMTP id"),
        ("smtp", True, None, b"with ESMTPS id"),
        ("smtp", True, "alice", b"with ESMTPSA id"),
        ("lmtp", False, None, b"with LMTP id"),
        ("lmtp", True, None, b"with LMTPS id"),
        ("pipe", False, None, b"with pipe id"),
        ("import", False, None, b"with import id"),
    ],
)
def test_each_way_in_has_its_name(
    source: str, is_encrypted: bool, agent: str | None, name: bytes
) -> None:
    envelope = replace(SMTP, source=source, is_encrypted=is_encrypted, authenticated_as=agent)
    assert name in traced(envelope)


@pytest.mark.parametrize(
    ("peer", "shown"),
    [("2001:db8::1", b"([IPv6:2001:db8::1])"), ("", b"(local)"), ("192.0.2.7", b"([192.0.2.7])")],
)
def test_a_peer_is_shown_as_an_address_literal(peer: str, shown: bytes) -> None:
    assert shown in traced(replace(SMTP, peer=peer))


def test_the_trace_takes_the_line_ends_of_the_mail() -> None:
    assert b"\r" not in traced(SMTP, b"Subject: x\n\nHello\r\n").split(b"Hello")[0]
    for raw in (b"no line end", b"", b"\r\nbody"):
        assert traced(SMTP, raw).count(b"\r\n") == 5 + raw.count(b"\r\n")
    assert b"\r" not in traced(SMTP, b"\nbody")


@pytest.mark.parametrize(
    "line",
    [
        b"From bob@example.net Sat Nov 21 09:00:00 2026\r\n",
        b"From  - Sat Nov 21\n",
        b"From MAILER-DAEMON x\n",
    ],
)
def test_the_line_of_an_mbox_entry_goes(line: bytes) -> None:
    assert without_mbox_line(line + RAW) == RAW
    assert traced(SMTP, line + RAW).endswith(b"+0000\r\n" + RAW)


@pytest.mark.parametrize(
    "raw", [RAW, b"From : bob@example.net\r\n\r\n", b"From:x\n\n", b"From ", b""]
)
def test_a_header_field_is_never_taken_for_an_mbox_line(raw: bytes) -> None:
    assert without_mbox_line(raw) == raw


@given(st.text(), st.text(), st.text(), st.text(), st.binary())
def test_no_peer_makes_a_field_of_its_own(
    helo: str, mail_from: str, rcpt: str, peer: str, raw: bytes
) -> None:
    envelope = replace(SMTP, helo=helo, mail_from=mail_from, rcpt_to=(rcpt,), peer=peer)
    whole = traced(envelope, raw)
    rest = without_mbox_line(raw)
    assert whole.endswith(rest)
    head = whole[: len(whole) - len(rest)]
    assert head.isascii()
    assert email.message_from_bytes(head).keys() == ["Return-Path", "Received"]
    assert len(head.splitlines()) == 5
    assert max(map(len, head.splitlines())) < 998

"""Whether a mail holds a word, however it is written there."""

from __future__ import annotations

import base64

import pytest

from maildesk.mail.mentions import mentions

WORDS = ("ada@acme.example", "Jürgen Müller")
UTF8 = b"From: x@y\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: "
NAME = "Ask Jürgen Müller.".encode()


@pytest.mark.parametrize(
    "raw",
    [
        b"From: Ada@ACME.example\r\n\r\nhello",
        b"From: x@y\r\n\r\n> ada@acme.example wrote:",
        b"From: x@y\r\nSubject: =?utf-8?q?J=C3=BCrgen_M=C3=BCller?=\r\n\r\nhello",
        UTF8 + b"base64\r\n\r\n" + base64.b64encode(NAME),
        UTF8 + b"quoted-printable\r\n\r\nwrite to ada@acme.=\r\nexample",
        UTF8 + b"8bit\r\n\r\n" + NAME,
        UTF8.replace(b"utf-8", b"latin-1") + b"8bit\r\n\r\nJ\xfcrgen M\xfcller",
        b"no header at all, ada@acme.example",
    ],
)
def test_a_word_is_seen(raw: bytes) -> None:
    assert mentions(raw, WORDS)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"From: eve@acme.example\r\n\r\nJuergen Mueller",
        b"Subject: =?nonsense?q?x?=\r\nContent-Type: text/plain; charset=nonsense\r\n\r\n\xff",
    ],
)
def test_what_is_not_there_is_not_seen(raw: bytes) -> None:
    assert not mentions(raw, WORDS)
    assert not mentions(raw, ())

"""An enclosed mail is kept byte for byte: its signatures count every one."""

from __future__ import annotations

import hashlib

import pytest

from maildesk.mail.parse import extract, parse

_HEAD = b"""From: a@b.example\r
Subject: look at this\r
MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary=b\r
\r
--b\r
Content-Type: text/plain\r
\r
see below\r
--b\r
Content-Type: message/rfc822\r
\r
"""
_ODD = b"From:  Ada <ada@x.example>\r\nX-Odd:\tfolded\r\n  more\r\n\r\nhello \xff\x00\r\nbye\r\n"


@pytest.mark.parametrize(
    "inner",
    [_ODD, _ODD.replace(b"\r\n", b"\n"), b"no header at all", b"A\x00B: c\r\n\r\nbody", b"\r\n"],
    ids=["odd header", "bare line feeds", "no header", "NUL in a name", "empty"],
)
def test_an_enclosed_mail_is_an_attachment_of_the_very_bytes(inner: bytes) -> None:
    raw = _HEAD + inner + b"\r\n--b--\r\n"
    message = parse(raw, "")
    (enclosed,) = message.attachments
    assert (enclosed.type, enclosed.size) == ("message/rfc822", len(inner))
    assert enclosed.sha256 == hashlib.sha256(inner).hexdigest()
    assert extract(raw, (enclosed.part,)) == (inner,)
    assert message.text == "see below"

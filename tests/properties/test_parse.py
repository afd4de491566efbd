"""Whatever the bytes: reading them gives a clean value or one UnparseableMessage."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from maildesk.core.model import InboundMessage
from maildesk.errors import UnparseableMessage
from maildesk.mail.parse import extract, parse

CORPUS = [
    path.read_bytes() for path in sorted((Path(__file__).parent.parent / "corpus").rglob("*.eml"))
]
DIRT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
LINE_DIRT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

NAMES = [b"From", b"To", b"Cc", b"Subject", b"Date", b"Message-ID", b"In-Reply-To", b"References"]
NAMES += [b"Content-Type", b"Content-Disposition", b"Content-Transfer-Encoding", b"Return-Path"]
NAMES += [b"Auto-Submitted", b"Authentication-Results", b"Delivered-To", b"Content-ID", b"X"]
SCRAPS = [b"multipart/mixed; boundary=b", b"multipart/alternative; boundary=b", b"text/html"]
SCRAPS += [
    b"message/rfc822",
    b"message/delivery-status",
    b"base64",
    b"quoted-printable",
    b"x-uuencode",
]
SCRAPS += [
    b"=?utf-8?q?=ff?=",
    b"=?utf-8?b?w7w=?=",
    b"<a@b.c>",
    b'"a" <b@c>',
    b"a@b, c@d",
    b"(",
    b'"',
]
SCRAPS += [b"attachment; filename=../x", b"filename*=utf-8''%00%0a", b"charset=utf-16", b"\xff\x00"]
SCRAPS += [
    b"\r\n ",
    b"\n",
    b"\r",
    b"--b",
    b"--b--",
    b"\xe2\x80\xae",
    b"<p>x<script>",
    b"> q",
    b"-- ",
]
SCRAPS += [
    b"application/ms-tnef",
    b'x\x9f>"\x01\x00\x01\x03\x90\x06\x00\x04\x00\x00\x00\x01\x00\x00\x00',
    b"text/calendar; method=REPLY",
    b"BEGIN:VEVENT\r\nSUMMARY:x\r\nDTSTART:20261116T100000Z\r\nEND:VEVENT",
    b"multipart/encrypted; boundary=b",
    b"application/pkcs7-mime",
    b"-----BEGIN PGP SIGNED MESSAGE-----\r\n\r\n",
    b"-----BEGIN PGP SIGNATURE-----",
    b"charset=koi8-r",
    "привет".encode("cp1251"),
]

scrap = st.one_of(st.sampled_from(SCRAPS), st.binary(max_size=12))
value = st.lists(scrap, max_size=5).map(b" ".join)
header = st.tuples(st.sampled_from(NAMES), value).map(b": ".join)
block = st.lists(header, max_size=8).map(b"\r\n".join)
body = st.lists(st.one_of(value, block, st.just(b"--b"), st.just(b"")), max_size=12).map(
    b"\r\n".join
)
made = st.tuples(block, body).map(b"\r\n\r\n".join)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A mail of the corpus with a stretch cut out, doubled or overwritten."""
    raw = draw(st.sampled_from(CORPUS))
    start = draw(st.integers(0, len(raw)))
    end = draw(st.integers(start, min(len(raw), start + 40)))
    return raw[:start] + draw(st.one_of(scrap, st.just(raw[start:end] * 2))) + raw[end:]


@given(
    raw=st.one_of(made, damaged(), st.binary(max_size=300)),
    sender=st.sampled_from([None, "", "a@b"]),
)
@settings(max_examples=150, deadline=None)
def test_any_bytes_give_a_clean_message_or_one_refusal(raw: bytes, sender: str | None) -> None:
    try:
        message = parse(raw, sender)
    except UnparseableMessage:
        return
    assert_clean(message)
    numbers = tuple(attachment.part for attachment in message.attachments)
    sizes = [attachment.size for attachment in message.attachments]
    assert [len(data) for data in extract(raw, numbers)] == sizes
    if sender is not None:
        assert parse(raw, sender) == message


def assert_clean(message: InboundMessage) -> None:
    for text in (message.text, message.full_text, message.html or ""):
        assert not DIRT.search(text)
    lines = (message.subject, message.shown_from, message.message_id or "", message.machine_mark)
    names = tuple(attachment.name for attachment in message.attachments)
    for line in (*lines, *names, *message.references, *message.delivered_to, *message.defects):
        assert not LINE_DIRT.search(line), line
    for name in names:
        assert name.strip(".")
        assert "/" not in name
        assert "\\" not in name
        assert len(name.encode()) <= 255
    for box in filter(None, (message.sender, *message.to, *message.cc)):
        assert box.email == box.email.lower()
        assert "@" in box.email
        assert not LINE_DIRT.search(box.email + box.name)
    for text in strings(message):
        text.encode("utf-8")
    assert message.date is None or message.date.utcoffset() is not None
    assert bool(message.text.strip()) == bool(message.full_text.strip())


def strings(value: Any) -> Iterator[str]:
    """Every str in a message, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from strings(item)
    elif hasattr(value, "__slots__") and hasattr(value, "__dataclass_fields__"):
        for name in value.__slots__:
            yield from strings(getattr(value, name))


@given(raw=st.one_of(made, damaged()), ends=st.sampled_from([b"\n", b"\r\n", b"\r"]))
@settings(max_examples=150, deadline=None)
def test_the_same_mail_has_one_fingerprint_whatever_the_way_it_came(
    raw: bytes, ends: bytes
) -> None:
    # One kind of line end to begin with: a lone CR amid LF makes another mail.
    raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").lstrip(b"\n \t")
    if not re.match(rb"[!-9;-~]+:", raw) or b"\n\n" not in raw:
        return
    trace = b"Return-Path: <a@b>\nReceived: from x by y; Mon, 16 Nov 2026 10:00:00 +0100\n"
    copies = [raw, raw.replace(b"\n", ends), trace + raw, raw + b"\n", b"From a@b now\n" + raw]
    try:
        assert len({parse(copy, None).fingerprint for copy in copies}) == 1
    except UnparseableMessage:
        return


words = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=9)
lines = st.lists(st.one_of(words, st.sampled_from(["> q", "-- ", "On 3 May a@b wrote:", "--"])))


@given(rows=lines)
@settings(max_examples=150, deadline=None)
def test_the_full_text_has_every_word_and_what_is_shown_of_it_no_others(rows: list[str]) -> None:
    text = "\n".join(rows)
    head = b"From: a@b.c\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    message = parse(head + text.encode(), None)
    assert message.full_text.split() == text.split()
    rest = iter(message.full_text.split())
    assert all(word in rest for word in message.text.split())


@given(rows=lines)
@settings(max_examples=100, deadline=None)
def test_a_text_as_html_has_the_same_words(rows: list[str]) -> None:
    text = "\n".join(f"<p>{html.escape(row)}</p>" for row in rows)
    head = b"From: a@b.c\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    message = parse(head + text.encode(), None)
    assert message.full_text.split() == " ".join(rows).split()

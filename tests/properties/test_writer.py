"""Whatever stands in a mail's values, its header has the fields that were meant and no others.

In: strings of every kind in every field at once. Out: bytes, read back.
*Fails:* with the smallest values that break the promise.
"""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.utils import parseaddr

from hypothesis import given, settings
from hypothesis import strategies as st

from maildesk.core.model import Mailbox
from maildesk.errors import MaildeskError
from maildesk.mail import header_encoding
from maildesk.mail.writer import OutgoingAttachment, OutgoingMail, write

HOSTILE = st.sampled_from(
    [
        "\r\n",
        "\n",
        "\r",
        "\0",
        "=?utf-8?q?",
        "=?",
        "?=",
        "=0D=0A",
        "Bcc: x@y.z",
        " ",
        "\t",
        "\u2028",
    ]
)
TEXT = st.lists(st.one_of(HOSTILE, st.text(max_size=30)), max_size=12).map("".join)
FIXED = ["From", "To", "Reply-To", "Subject", "Date", "Message-ID"]
MAIL = OutgoingMail(
    from_name="",
    from_address="support@example.com",
    to=Mailbox(email="bob@example.net"),
    reply_to="support@example.com",
    subject="",
    message_id="<help-12.p.abc@example.com>",
    date=datetime(2026, 11, 21, tzinfo=UTC),
    event="x",
    text="",
)


def names(raw: bytes) -> list[str]:
    """The names that stand on the wire, counted without anybody's parser."""
    head = raw.split(b"\r\n\r\n", 1)[0].decode()
    return [line.partition(":")[0] for line in head.split("\r\n") if not line.startswith(" ")]


@settings(max_examples=100, deadline=None)
@given(st.lists(TEXT, min_size=9, max_size=9), st.lists(TEXT, max_size=4), st.booleans())
def test_names_in_are_names_out(texts: list[str], ids: list[str], is_automatic: bool) -> None:
    subject, from_name, to_name, reason, ticket, event, text, html, file = texts
    mail = replace(
        MAIL,
        subject=subject,
        from_name=from_name,
        to=Mailbox(email="bob@example.net", name=to_name),
        reason=reason,
        ticket=ticket,
        event=event,
        text=text,
        html=html,
        in_reply_to="".join(ids[:1]),
        references=tuple(f"<{i}>" for i in ids),
        auto_submitted="auto-generated" if is_automatic else None,
        attachments=(
            OutgoingAttachment(name=file, type=reason, content=text.encode(errors="ignore")),
        ),
    )
    raw = write(mail)
    wanted = [*FIXED]
    if header_encoding.is_message_id(mail.in_reply_to or ""):
        wanted.append("In-Reply-To")
    if any(map(header_encoding.is_message_id, mail.references)):
        wanted.append("References")
    if is_automatic:
        wanted += ["Auto-Submitted", "X-Auto-Response-Suppress"]
    wanted += ["X-Maildesk-Ticket"] * bool(ticket) + ["X-Maildesk-Event"]
    wanted += ["X-Maildesk-Reason"] * bool(reason) + ["MIME-Version", "Content-Type"]
    assert names(raw) == wanted
    assert email.message_from_bytes(raw).keys() == wanted
    assert raw.isascii()
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    assert len(list(email.message_from_bytes(raw).walk())) == 5


@settings(max_examples=100, deadline=None)
@given(TEXT)
def test_a_subject_arrives_as_it_was_cleaned(subject: str) -> None:
    raw = write(replace(MAIL, subject=subject))
    read = email.message_from_bytes(raw, policy=email.policy.default)["Subject"]
    assert read == header_encoding.clean(subject)


@settings(max_examples=100, deadline=None)
@given(TEXT)
def test_a_name_arrives_as_it_was_cleaned_and_the_address_with_it(name: str) -> None:
    raw = write(replace(MAIL, to=Mailbox(email="bob@example.net", name=name)))
    # Not by `email.policy.default`: 3.11 keeps the blank between two encoded-words of a name.
    phrase, address = parseaddr(" ".join(email.message_from_bytes(raw)["To"].split("\r\n ")))
    assert address == "bob@example.net"
    assert str(make_header(decode_header(phrase))) == header_encoding.clean(name, 120)


@settings(max_examples=200, deadline=None)
@given(st.one_of(TEXT, st.builds("{}@{}".format, TEXT, TEXT), st.emails()))
def test_an_address_is_written_as_one_or_not_at_all(address: str) -> None:
    try:
        wire = header_encoding.wire_address(address)
    except MaildeskError:
        return
    assert not set(wire) & set("\r\n\0 <>,;")
    assert wire.count("@") == 1 or wire.startswith('"')
    assert header_encoding.wire_address(wire) == wire


@settings(max_examples=200, deadline=None)
@given(TEXT)
def test_a_text_arrives_whole(text: str) -> None:
    message = email.message_from_bytes(write(replace(MAIL, text=text)), policy=email.policy.default)
    letters = [c for c in message.get_content() if c.isalnum()]
    assert letters == [c for c in text if c.isalnum()]

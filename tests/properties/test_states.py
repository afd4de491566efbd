"""Every byte string ends in a state, with its reason; a ticket's key comes back as it went out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from maildesk.core import thread
from maildesk.core.model import Mailbox
from maildesk.mail.parse import parse
from maildesk.mail.worker import ParserPool
from maildesk.mail.writer import OutgoingMail, write
from tests.properties.test_parse import damaged, made
from tests.walks import walk as walks
from tests.walks.walk import Walk

MAIL = OutgoingMail(
    from_name="Example Support",
    from_address="support@example.com",
    to=Mailbox(email="bob@example.net"),
    reply_to="support@example.com",
    subject="",
    message_id="<help-12.p.abc@example.com>",
    date=datetime(2026, 11, 21, tzinfo=UTC),
    event="comment.public",
    text="x",
)


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory, parser: ParserPool) -> Iterator[Walk]:
    walk = walks.begin(tmp_path_factory.mktemp("states"), parser)
    yield walk
    walk.close()


@settings(max_examples=30)
@given(
    raw=st.one_of(made, damaged(), st.binary(max_size=300)),
    by=st.sampled_from(["smtp", "pipe", "imap:support", "import"]),
    sender=st.sampled_from(["", "ada@acme.example", "alice@desk.example"]),
)
def test_every_byte_string_ends_in_a_state_with_its_reason(
    walk: Walk, raw: bytes, by: str, sender: str
) -> None:
    assume(raw.strip())  # the door takes no empty mail
    inbox_id, refusal = walk.store(raw, by=by, sender=sender)
    walk.processor.work_off()
    walk.courier.deliver_due()
    if refusal:
        return
    row = walk.row(inbox_id)
    assert row["state"] in ("done", "ignored", "held", "failed")
    assert row["reason"] or row["state"] == "done"
    assert row["state"] != "done" or row["ticket"]
    assert walk.raw(inbox_id).endswith(raw)
    assert {item["state"] for item in walk.outbox()} <= {"sent"}


@settings(max_examples=200)
@given(number=st.integers(1, 999_999_999), words=st.text(max_size=120))
def test_a_key_comes_back_through_a_real_header(number: int, words: str) -> None:
    line = thread.subject_line(f"HELP-{number}", words.strip() or "x")
    message = parse(write(replace(MAIL, subject=f"Re: {line}")), None)
    assert f"HELP-{number}" in thread.subject_keys(message.subject)

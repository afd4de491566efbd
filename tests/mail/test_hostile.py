"""Mail made to hurt parsers is read, or told in words; none of it hangs or grows without bound.

Here each is read in this process, within the run's own time limit: a quadratic reader would need
minutes for one of them. The slow test reads them in a worker, as the daemon does, and holds what
each may cost.
"""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from maildesk.core.model import InboundMessage, Mailbox
from maildesk.mail import prescan
from maildesk.mail.parse import extract, parse
from maildesk.mail.worker import ParserPool
from tests.cost import slowness
from tests.mail.hostile_mail import CASES, load
from tests.mail.test_corpus import check
from tests.mail.worker_costs import Costs

HEAD = b"From: a@x.test\r\nTo: b@y.test\r\nMessage-ID: <1@x>\r\n"
MULTIPART = b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n"
HTML = HEAD + b"Content-Type: text/html\r\n\r\n"
TEXT = HEAD + b"\r\n"
NORMAL = HEAD + b"Subject: normal\r\n\r\nHello.\r\n"
CPU_SECONDS, MEMORY = 2.0, 256 * 1024 * 1024


def parts(count: int) -> bytes:
    return HEAD + MULTIPART + b"\r\n" + b"--b\r\n\r\nx\r\n" * count + b"--b--\r\n"


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_hostile_mail_is_read_or_told_in_words(case: Path) -> None:
    mail = load(case)
    assert mail.why
    message = parse(mail.raw, "a@x.test")
    assert len(message.full_text.encode()) <= 200 * 1024
    assert len(message.text.encode()) <= 200 * 1024
    assert bool(message.unread) == bool(mail.refused)
    if mail.refused:
        assert mail.refused in message.unread
        assert_told_in_words(message, mail.raw)
    for key, value in mail.expected.items():
        check(message, key, value)


def assert_told_in_words(message: InboundMessage, raw: bytes) -> None:
    """A message over a limit is a few words, and itself as a file."""
    assert message.text == message.full_text
    assert message.text == (
        f"This message could not be read whole ({message.unread}); the original is attached."
    )
    assert (message.sender, message.message_id) == (Mailbox(email="a@x.test"), "<1@x>")
    assert [m.email for m in message.to] == ["b@y.test"]
    [original] = message.attachments
    assert (original.name, original.type, original.size) == (
        "original.eml",
        "message/rfc822",
        len(raw),
    )
    assert extract(raw, (original.part,)) == (raw,)


FLOOD = b"".join(b"X-%d: v\r\n" % n for n in range(10_000))
RESULT = b"Authentication-Results: mx.y.test; dmarc=pass header.from=x.test\r\n"


def test_the_fields_of_every_mail_are_found_behind_a_flood_of_others() -> None:
    message = parse(FLOOD + HEAD + b"Subject: the printer\r\n\r\nhi", "a@x.test")
    assert (message.shown_from, message.subject) == ("a@x.test", "the printer")


def test_a_field_that_is_too_large_does_not_hide_those_around_it() -> None:
    raw = b"X-Spam: " + b"y" * 100_000 + b"\r\n" + HEAD + b"Subject: burns\r\n\r\nhi"
    message = parse(raw, "a@x.test")
    assert (message.subject, message.machine) == ("burns", "person")


def test_results_in_a_header_beyond_the_limits_are_not_believed() -> None:
    assert parse(RESULT + FLOOD + HEAD + b"\r\nhi", "a@x.test").auth_results == ()


def test_results_above_a_body_beyond_the_limits_are_those_of_any_mail() -> None:
    [result] = parse(RESULT + parts(1_001), "a@x.test").auth_results
    assert result.authserv_id == "mx.y.test"


def test_a_machines_mail_beyond_the_limits_is_still_a_machines() -> None:
    report = b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
    raw = HEAD + report + b"--b\r\n\r\nx\r\n" * 1_001
    assert parse(raw, "a@x.test").machine == "bounce"
    assert parse(FLOOD + b"Auto-Submitted: auto-replied\r\n" + HEAD + b"\r\nhi", "").machine in (
        "bounce",
        "automatic reply",
    )


def test_two_messages_whose_header_never_ends_are_two_messages() -> None:
    one, two = (FLOOD * 3 + b"X: %d\r\n" % n for n in range(2))
    assert parse(one, None).fingerprint != parse(two, None).fingerprint


def test_every_hostile_mail_says_why_it_is_here() -> None:
    assert len(CASES) >= 60
    assert {path.stem for path in CASES[0].parent.glob("*.eml")} <= {path.stem for path in CASES}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_hostile_mail_costs_two_seconds_and_256_mib_and_the_next_mail_comes_at_once() -> None:
    pool, faults = ParserPool(), []
    try:
        for case in CASES:
            mail = load(case)
            pool.submit(NORMAL, None).result()
            costs = Costs(pool.pids()[0])
            future = pool.submit(mail.raw, "a@x.test")
            unread = future.result().unread
            spent, memory = costs.so_far()
            began = time.monotonic()
            assert pool.submit(NORMAL, None).result().subject == "normal"
            waited = time.monotonic() - began
            print(
                f"{case.stem:44} {spent:5.2f} s {memory / 2**20:5.0f} MiB {waited:5.2f} s {unread}"
            )
            is_dear = spent > CPU_SECONDS and spent > CPU_SECONDS * slowness()
            if is_dear or memory > MEMORY or waited > 5.0:
                faults.append(
                    f"{case.stem}: {spent:.2f} s, {memory / 2**20:.0f} MiB, {waited:.2f} s"
                )
    finally:
        pool.close()
    assert not faults


def test_what_the_prescan_counts_is_what_the_parser_builds() -> None:
    block = prescan.check(parts(3))
    assert block.first("content-type") == b" multipart/mixed; boundary=b"
    assert [attachment.part for attachment in parse(parts(3), "").attachments] == []


@pytest.mark.parametrize("build", [lambda: b"<div>" * 50_000 + b"the words"], ids=["div"])
def test_markup_too_twisted_to_clean_keeps_its_words_and_is_attached(
    build: Callable[[], bytes],
) -> None:
    message = parse(HTML + build(), "a@x.test")
    assert message.html is None
    assert message.full_text == "the words"
    assert [attachment.name for attachment in message.attachments] == ["part-0.html"]


def test_markup_over_the_cap_keeps_its_words_and_is_attached() -> None:
    message = parse(HTML + b"<p>the words</p>" * 20_000, "a@x.test")
    assert message.html is None
    assert message.text.startswith("the words\nthe words")
    assert [attachment.name for attachment in message.attachments] == ["part-0.html"]


def test_text_over_the_cap_ends_with_a_mark() -> None:
    message = parse(TEXT + "ü".encode() * 300_000, "a@x.test")
    assert message.full_text.endswith("the message holds all of it]")

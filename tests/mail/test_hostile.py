"""Mail made to hurt parsers is read, or told in words; none of it hangs or grows without bound.

The cases that once cost seconds or gigabytes are built here, not stored. Each must be done well
within the run's own time limit; a quadratic reader would need minutes for one of them.
"""

import base64
from collections.abc import Callable

import pytest

from maildesk.core.model import Mailbox
from maildesk.mail import prescan
from maildesk.mail.parse import extract, parse

HEAD = b"From: a@x.test\r\nTo: b@y.test\r\nMessage-ID: <1@x>\r\n"
MULTIPART = b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n"
HTML = HEAD + b"Content-Type: text/html\r\n\r\n"
TEXT = HEAD + b"\r\n"


def nested(depth: int, body: bytes = b"hi\r\n") -> bytes:
    levels = (
        b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (n, n + 1)
        for n in range(depth - 1)
    )
    top = HEAD + b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b0\r\n\r\n"
    return top + b"".join(levels) + b"--b%d\r\n\r\n" % (depth - 1) + body


def parts(count: int) -> bytes:
    return HEAD + MULTIPART + b"\r\n" + b"--b\r\n\r\nx\r\n" * count + b"--b--\r\n"


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "nested deeply": (lambda: nested(51), "nested deeper than 50"),
    "nested absurdly": (lambda: nested(10_000), "nested deeper than 50"),
    "messages in messages": (
        lambda: HEAD + b"Content-Type: message/rfc822\r\n\r\nMIME-Version: 1.0\r\n" * 1_000,
        "nested deeper than 50",
    ),
    "digests in digests": (
        lambda: (
            HEAD
            + b"Content-Type: multipart/digest; boundary=d\r\n\r\n"
            + b"--d\r\n\r\nContent-Type: multipart/digest; boundary=d\r\n\r\n" * 60
        ),
        "nested deeper than 50",
    ),
    "many parts": (lambda: parts(1_001), "more than 1,000 parts"),
    "a hundred thousand parts": (lambda: parts(100_000), "more than 1,000 parts"),
    "groups of a delivery status": (
        lambda: HEAD + b"Content-Type: message/delivery-status\r\n\r\n" + b"a: b\r\n\r\n" * 2_000,
        "more than 1,000 parts",
    ),
    "one long field": (
        lambda: HEAD + b"Subject: " + b"x" * 10_000_000 + b"\r\n\r\nhi",
        "field subject is larger than 64 KiB",
    ),
    "one folded field": (
        lambda: HEAD + b"Subject: x\r\n" + (b" " + b"y" * 70 + b"\r\n") * 14_000 + b"\r\nhi",
        "field subject is larger than 64 KiB",
    ),
    "many fields": (
        lambda: HEAD + b"".join(b"X-%d: v\r\n" % n for n in range(1_001)) + b"\r\nhi",
        "more than 1,000 fields",
    ),
    "a large header": (
        lambda: HEAD + (b"X: " + b"y" * 60_000 + b"\r\n") * 5 + b"\r\nhi",
        "header block is larger than 256 KiB",
    ),
    "a long boundary": (
        lambda: HEAD + b"Content-Type: multipart/mixed; boundary=" + b"z" * 257 + b"\r\n\r\nhi",
        "boundary is longer",
    ),
    "many parameters": (
        lambda: HEAD + b"Content-Type: text/plain" + b"; a=b" * 101 + b"\r\n\r\nhi",
        "more than 100 parameters",
    ),
    "many segments of a name": (
        lambda: (
            HEAD
            + b"Content-Disposition: attachment"
            + b"".join(b"; filename*%d=a" % n for n in range(101))
            + b"\r\n\r\nhi"
        ),
        "more than 100 parameters",
    ),
    "lines times depth": (lambda: nested(45, b"\n" * 4_000_000), "more lines than can be read"),
}

READ: dict[str, Callable[[], bytes]] = {
    "nested to the limit": lambda: nested(50),
    "a thousand parts": lambda: parts(1_000),
    "From of quotes": lambda: b"From: " + b'"' * 60_000 + b"\r\n\r\nhi",
    "From of comments": lambda: b"From: " + b"(" * 60_000 + b"\r\n\r\nhi",
    "From of angles": lambda: b"From: " + b"<a@" * 20_000 + b"\r\n\r\nhi",
    "From of encoded words": lambda: b"From: " + b"=?utf-8?q?a?= " * 4_000 + b"<a@b>\r\n\r\nhi",
    "From of colons": lambda: b"From: " + b':("\\' * 15_000 + b"\r\n\r\nhi",
    "Subject of word starts": lambda: b"Subject: " + b"=?a?q?" * 10_000 + b"\r\n\r\nhi",
    "Subject of encoded words": lambda: b"Subject: " + b"=?utf-8?q?a?= " * 4_000 + b"\r\n\r\nhi",
    "References of angles": lambda: b"References: " + b"<a" * 30_000 + b"\r\n\r\nhi",
    "Date of digits": lambda: b"Date: " + b"1" * 60_000 + b"\r\n\r\nhi",
    "results of comments": lambda: b"Authentication-Results: " + b"(" * 60_000 + b"\r\n\r\nhi",
    "results of results": lambda: b"Authentication-Results: a" + b";a=b" * 15_000 + b"\r\n\r\nhi",
    "rubbish in the header": lambda: b"Subject: x\r\n" + b"rubbish\r\n" * 25_000 + b"\r\nhi",
    "a boundary never used": lambda: HEAD + MULTIPART + b"\r\n" + b"--zz\r\n" * 200_000,
    "no boundary given": lambda: HEAD + b"Content-Type: multipart/mixed\r\n\r\nhi",
    "a part that encloses its parent's boundary": lambda: (
        HEAD + MULTIPART + b"\r\n" + b"--b\r\n" + MULTIPART + b"\r\n--b\r\n\r\nx\r\n--b--\r\n"
    ),
    "25 MB of base64": lambda: (
        HEAD
        + b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(b"\0" * 18_000_000)
    ),
    "10 MB on one line": lambda: TEXT + b"x" * 10_000_000,
    "charset punycode": lambda: (
        HEAD + b"Content-Type: text/plain; charset=punycode\r\n\r\n" + b"a" * 25_000 + b"-b"
    ),
    "charset idna": lambda: (
        HEAD + b"Content-Type: text/plain; charset=idna\r\n\r\n" + b"a." * 50_000
    ),
    "charset unicode_escape": lambda: (
        HEAD + b"Content-Type: text/plain; charset=unicode_escape\r\n\r\n\\x3cb\\x3e"
    ),
    "NUL and CR": lambda: HEAD + b"Subject: a\rBcc: x@y\r\n\r\n" + b"\0\r\r\n\n\r" * 100_000,
    "nested div": lambda: HTML + b"<div>" * 50_000,
    "nested tables": lambda: HTML + b"<table><tr><td>" * 15_000,
    "nested spans": lambda: HTML + b"<font><p>" * 25_000,
    "attributes": lambda: HTML + b"<a" + b" a=b" * 40_000 + b">x",
    "attributes by slashes": lambda: HTML + b"<a" + b"/a" * 60_000 + b">x",
    "less-than signs": lambda: HTML + b"<" * 250_000,
    "comment starts": lambda: HTML + b"<!--" * 60_000,
    "paragraphs": lambda: HTML + b"<p>x" * 60_000,
    "5 MB of paragraphs": lambda: HTML + b"<p>x" * 1_200_000,
    "On On On": lambda: TEXT + b"On " * 22_000,
    "attributions": lambda: TEXT + b"On 2020 a@b wrote\r\n\r\n" * 10_000,
    "attributions with colons": lambda: TEXT + b"On 2020 a@b wrote:\r\n\r\n" * 10_000,
    "header labels": lambda: TEXT + b"From: \r\n" * 25_000,
    "quotes and answers": lambda: TEXT + b"> \r\nx\r\n" * 25_000,
    "rules": lambda: TEXT + b"-----\r\n" * 25_000,
    "empty lines": lambda: TEXT + b"\r\n" * 100_000,
    "one field without a name": lambda: b":" * 100_000,
    "nothing": lambda: b"",
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_message_over_a_limit_is_told_in_words_with_the_whole_of_it_as_a_file(case: str) -> None:
    build, words = REFUSED[case]
    raw = build()
    message = parse(raw, "a@x.test")
    assert words in message.unread
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


@pytest.mark.parametrize("case", READ)
def test_a_hostile_message_within_the_limits_is_read(case: str) -> None:
    message = parse(READ[case](), "a@x.test")
    assert len(message.full_text.encode()) <= 200 * 1024
    assert len(message.text.encode()) <= 200 * 1024


def test_what_the_prescan_counts_is_what_the_parser_builds() -> None:
    block = prescan.check(parts(3))
    assert block.first("content-type") == b" multipart/mixed; boundary=b"
    assert [attachment.part for attachment in parse(parts(3), "").attachments] == []


def test_markup_too_twisted_to_clean_keeps_its_words_and_is_attached() -> None:
    message = parse(HTML + b"<div>" * 50_000 + b"the words", "a@x.test")
    assert message.html is None
    assert message.full_text == "the words"


def test_markup_over_the_cap_keeps_its_words_and_is_attached() -> None:
    message = parse(HTML + b"<p>the words</p>" * 20_000, "a@x.test")
    assert message.html is None
    assert message.text.startswith("the words\nthe words")
    assert [attachment.name for attachment in message.attachments] == ["part-0.html"]


def test_text_over_the_cap_ends_with_a_mark() -> None:
    message = parse(TEXT + "ü".encode() * 300_000, "a@x.test")
    assert message.full_text.endswith("the message holds all of it]")

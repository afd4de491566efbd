"""Words of a body: unflowed, of the right part; and names of attachments."""

import pytest

from maildesk.mail.flowed import unflow
from maildesk.mail.names import safe_name
from maildesk.mail.parse import parse


@pytest.mark.parametrize(
    ("flowed", "text"),
    [
        ("a \nb\nc", "a b\nc"),
        (" From here\n > not a quote", "From here\n> not a quote"),
        ("> a \n> b\nc", "> a b\nc"),
        ("> a \nb", "> a \nb"),
        (">> a \n> b", ">> a \n> b"),
        ("a\n-- \nAnna", "a\n-- \nAnna"),
        ("a ", "a "),
        ("", ""),
    ],
)
def test_flowed_paragraphs_are_put_together(flowed: str, text: str) -> None:
    assert unflow(flowed) == text


def test_delsp_takes_the_space_that_only_marked_the_flow() -> None:
    assert unflow("日本 \n語", delete_space=True) == "日本語"


def test_of_a_signed_message_only_the_signed_part_is_read() -> None:
    raw = (
        b"From: a@b.c\r\nContent-Type: multipart/signed; boundary=s\r\n\r\n"
        b"--s\r\n\r\nsigned\r\n--s\r\n\r\nslipped in\r\n--s--\r\n"
    )
    message = parse(raw, None)
    assert message.full_text == "signed"
    assert [attachment.name for attachment in message.attachments] == ["part-2.txt"]


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("report.pdf", "report.pdf"),
        ("a/b\\c.pdf", "c.pdf"),
        ("../../etc/passwd", "passwd"),
        ("", "part-7.pdf"),
        ("..", "part-7.pdf"),
        (" . ", "part-7.pdf"),
        ("a/", "part-7.pdf"),
        ("a\x00\r\n\u2028\u202e\u2066b.pdf", "ab.pdf"),
        ("ü" * 200 + ".pdf", "ü" * 125 + ".pdf"),
        ("x" * 300, "x" * 255),
        ("日本語.pdf", "日本語.pdf"),
    ],
)
def test_a_name_is_one_safe_segment_of_at_most_255_bytes(given: str, name: str) -> None:
    assert safe_name(given, "application/pdf", 7) == name


@pytest.mark.parametrize(
    ("field", "name"),
    [
        (b"attachment; filename*=UTF-8''na%C3%AFve.pdf", "naïve.pdf"),
        (b"attachment; filename*=na%C3%AFve.pdf", "naïve.pdf"),
        (b"attachment; filename*=utf-8'en'na%C3%AFve.pdf; filename=\"naive.pdf\"", "naïve.pdf"),
        (b"attachment; filename=naive.pdf; filename*=utf-8''na%C3%AFve.pdf", "naïve.pdf"),
        (b'attachment; filename*1="name.pdf"; filename*0="long "', "long name.pdf"),
        (b"attachment; filename*0*=utf-8''na%C3; filename*1*=%AFve.pdf", "naïve.pdf"),
        (b"attachment; filename*0*=utf-8''na%C3%AF; filename*1=\"ve 5%.pdf\"", "naïve 5%.pdf"),
        (b'attachment; filename*0="a"; filename*2="c.pdf"', "ac.pdf"),
        (b'attachment; filename*0="=?utf-8?Q?na=C3=AF"; filename*1="ve.pdf?="', "naïve.pdf"),
        (b'attachment; filename="=?utf-8?Q?na=C3?= =?utf-8?Q?=AFve.pdf?="', "naïve.pdf"),
        (b"attachment; filename==?utf-8?Q?na=C3=AFve.pdf?=", "naïve.pdf"),
        (b"attachment; filename=UTF-8''na%C3%AFve.pdf", "naïve.pdf"),
        (b"attachment; filename*=\"UTF-8''na%C3%AFve.pdf\"", "naïve.pdf"),
        (b"attachment; filename*=utf-8''na%EFve.pdf", "naïve.pdf"),
        (b"attachment; filename*=x-unknown''na%C3%AFve.pdf", "naïve.pdf"),
        (b'attachment; filename="na\xefve.pdf"', "naïve.pdf"),
        (b"attachment; filename=two words.pdf", "two words.pdf"),
        (b'attachment; filename="folded\r\n name.pdf"', "folded name.pdf"),
        (b'attachment; filename="unclosed.pdf', "unclosed.pdf"),
        (b"filename=bare.pdf", "bare.pdf"),
        (b'attachment; filename="C:\\docs\\x.pdf"', "x.pdf"),
        (b"attachment; filename*=utf-8''a%2F..%2Fb%00c%0d%0a.pdf", "bc.pdf"),
        (b"attachment; filename*0*=''a; filename*1*=%", "a%"),
        (b"attachment; filename*=utf-8''%E2%80%AE%2F..", "part-1.pdf"),
        (b"attachment", "part-1.pdf"),
    ],
)
def test_a_name_is_read_however_it_was_written(field: bytes, name: str) -> None:
    raw = (
        b"From: a@b.c\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
        b"Content-Type: application/pdf\r\nContent-Disposition: " + field + b"\r\n\r\nX\r\n--b--"
    )
    assert [file.name for file in parse(raw, None).attachments] == [name]


STRAY = (
    b"From: ada@acme.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
)


@pytest.mark.parametrize(
    "raw",
    [
        b"A multi-part message.\r\n\r\nIt burns.\r\n--b\r\n\r\n\r\n--b--\r\n",
        b"--b\r\n\r\n\r\n--b--\r\n\r\nIt burns.\r\n",
    ],
    ids=["before the first part", "behind the last part"],
)
def test_words_outside_of_all_parts_are_read_where_no_part_has_any(raw: bytes) -> None:
    found = parse(STRAY + raw, None)
    assert (found.text, found.full_text) == ("It burns.", "It burns.")


def test_words_outside_of_all_parts_are_left_out_beside_others() -> None:
    raw = b"This is no MIME mail.\r\n--b\r\n\r\nIt burns.\r\n--b--\r\n\r\nfooter\r\n"
    assert parse(STRAY + raw, None).full_text == "It burns."


def test_a_mail_that_is_one_inline_page_with_a_name_shows_its_words() -> None:
    page = (
        b"--b\r\nContent-Type: text/html; name=x.html\r\n"
        b"Content-Disposition: inline; filename=x.html\r\n\r\n<p>It burns.</p>\r\n--b--\r\n"
    )
    found = parse(STRAY + page, None)
    assert found.text == "It burns."
    assert [a.name for a in found.attachments] == ["x.html"]


def test_text_that_only_calls_itself_base64_is_read_as_it_is() -> None:
    header = b"From: ada@acme.example\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    assert parse(header + b"It burns again.\r\nAda\r\n", None).full_text == "It burns again.\nAda"
    real = parse(header + b"SXQgYnVybnMu\r\n-- \r\nA list\r\n", None)
    assert real.full_text.startswith("It burns.")

"""Screenshots that a web mailer puts into its markup are files like any other inline image."""

import base64

import pytest

from maildesk.mail.data_images import take_out
from maildesk.mail.parse import extract, parse

PNG = b"\x89PNG\r\n" + bytes(range(256)) * 4
HEAD = b"From: a@b.c\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n"


def mail(image: bytes, kind: bytes = b"image/png") -> bytes:
    url = b"data:" + kind + b";base64," + base64.b64encode(image)
    markup = b"<p>Look:</p><img alt='the error' src='" + url + b"'><p>Why?</p>"
    return HEAD + base64.encodebytes(markup)


def test_an_image_in_the_markup_becomes_an_inline_file() -> None:
    raw = mail(PNG)
    message = parse(raw, None)
    [image] = message.attachments
    assert (image.name, image.type, image.size) == ("part-1.png", "image/png", len(PNG))
    assert (image.inline, image.content_id) == (True, "data-1@part-0")
    assert extract(raw, (image.part,)) == (PNG,)
    assert message.html is not None
    assert 'src="cid:data-1@part-0"' in message.html
    assert message.text == "Look:\n\nthe error\n\nWhy?"


def test_a_large_screenshot_does_not_cost_the_mail_its_markup() -> None:
    message = parse(mail(PNG * 1_000), None)
    assert message.html is not None
    assert [file.size for file in message.attachments] == [len(PNG) * 1_000]


def test_a_program_that_calls_itself_an_image_is_not_taken_for_one() -> None:
    message = parse(mail(b"<svg onload=alert(1)>", b"image/svg+xml"), None)
    assert message.attachments == ()
    assert "data:" not in (message.html or "")


@pytest.mark.parametrize(
    "markup",
    [
        b"'data:image/png;base64," * 20_000,
        b"'data:image/png;base64," + b"A" * 500_000,
        b"'data:image/png;base64," + b"A" * 500_000 + b"'",
        b"'data:image/png;base64,%%%%'",
        b"'" + b" " * 200_000 + b"data:image/png;base64,AAAA'",
    ],
    ids=range(5),
)
def test_rubbish_is_left_in_linear_time(markup: bytes) -> None:
    changed, images = take_out(markup, 0)
    assert len(changed) <= len(markup)
    assert len(images) <= 50

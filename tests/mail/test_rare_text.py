"""No words of a mail are left out because their part is of a rare kind, or larger than is shown."""

import base64

import pytest

from maildesk.core.model import InboundMessage
from maildesk.mail import rare_text
from maildesk.mail.parse import parse
from tests.cost import at_most

HEAD = "From: a@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
CUT = "the message holds all of it]"


def read(fields: str, body: str | bytes) -> InboundMessage:
    data = body if isinstance(body, bytes) else body.encode()
    return parse(f"{HEAD}{fields}\r\n\r\n".encode() + data, "a@b.example")


def mixed(*parts: str, kind: str = "mixed") -> InboundMessage:
    body = "".join(f"--m\r\nContent-Type: {part}\r\n" for part in parts)
    return read(f"Content-Type: multipart/{kind}; boundary=m", f"{body}--m--\r\n")


@pytest.mark.parametrize("kind", ["text/markdown", "text/x-markdown; charset=utf-8"])
def test_markdown_alone_is_shown_as_it_is(kind: str) -> None:
    message = read(f"Content-Type: {kind}", "# Fän\n\n* one")
    assert message.text == "# Fän\n\n* one"
    assert message.attachments == ()


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<bold>It</bold> burns <<here>.\nGo.\n\nNow.", "It burns <here>. Go.\nNow."),
        ("<nofill>a\nb</nofill>\n\n\nc", "a\nb\n\nc"),
        ("<color><param>red</param>It</color> burns", "It burns"),
        ("5 < 6 and <this is no command>", "5 < 6 and <this is no command>"),
        ("<param>never closed", "never closed"),
    ],
)
def test_enriched_text_loses_its_commands_and_no_words(source: str, text: str) -> None:
    assert read("Content-Type: text/enriched", source).text == text


def test_rich_text_is_shown_by_its_words_and_stays_attached() -> None:
    for kind in ("text/rtf", "application/rtf", "text/richtext"):
        message = read(f"Content-Type: {kind}", "{\\rtf1\\ansi It \\b burns\\par}")
        assert message.text == "It burns"
        assert [file.type for file in message.attachments] == [kind]


def test_of_alternatives_the_rare_one_counts_when_there_are_no_words_beside_it() -> None:
    rare = "text/rtf\r\n\r\n{\\rtf1 It burns}\r\n"
    assert mixed(rare, kind="alternative").text == "It burns"
    for other in ("text/plain\r\n\r\nHello\r\n", "text/html\r\n\r\n<p>Hello\r\n"):
        assert mixed(rare, other, kind="alternative").text == "Hello"
        assert mixed(other, rare, kind="alternative").text == "Hello"


def test_markdown_beside_the_footer_of_a_list_is_no_file() -> None:
    message = mixed("text/markdown\r\n\r\n# It burns\r\n", "text/plain\r\n\r\nA list.\r\n")
    assert message.text == "# It burns\nA list."


@pytest.mark.parametrize(
    "fields",
    [
        "Content-Type: text/plain\r\nContent-Disposition: attachment",
        "Content-Type: text/plain; name=body.txt\r\nContent-Disposition: inline",
        "Content-Type: application/octet-stream",
        "Content-Type: text/markdown; name=body.md",
    ],
)
def test_a_mail_that_is_one_file_of_words_shows_them(fields: str) -> None:
    assert read(fields, "It bürns.\n").text == "It bürns."
    inside = fields.removeprefix("Content-Type: ")
    assert mixed(f"{inside}\r\n\r\nIt burns.\r\n").text == "It burns."


@pytest.mark.parametrize(
    ("fields", "data"),
    [
        ("Content-Type: application/octet-stream", b"\x00\x01\x02"),
        ("Content-Type: application/octet-stream; name=a.bin", b"Cat"),
        (
            "Content-Type: text/plain; name=log.txt\r\nContent-Disposition: attachment",
            b"a" * 70_000,
        ),
        ("Content-Type: application/pdf", b"%PDF"),
    ],
)
def test_a_file_that_nobody_reads_as_a_letter_is_an_attachment_alone(
    fields: str, data: bytes
) -> None:
    message = read(fields, data)
    assert message.text == ""
    assert len(message.attachments) == 1


def test_a_text_file_beside_others_is_a_file() -> None:
    file = "text/plain\r\nContent-Disposition: attachment; filename=log.txt\r\n\r\nx\r\n"
    message = mixed(file, "application/pdf; name=a.pdf\r\n\r\nx\r\n")
    assert message.text == ""
    assert len(message.attachments) == 2


@pytest.mark.parametrize("start", ["<html><body>", "<!DOCTYPE html>\n", " <HTML>"])
def test_a_page_that_says_nothing_of_its_type_is_html(start: str) -> None:
    assert read("X-A: b", f"{start}<p>It burns.</p>").text == "It burns."
    source = f"{start}<p>It burns.</p>"
    assert "<p>" in read("Content-Type: text/plain", source).text


@pytest.mark.parametrize(
    "plain",
    ["[cid:image001.png@01DA]", "[image: logo.png]\n\n[cid:a]", "<image001.png>", "[Bild: x]"],
)
def test_names_of_pictures_are_no_words_beside_html(plain: str) -> None:
    page = "text/html\r\n\r\n<p>It burns. <img src='cid:image001.png@01DA'>\r\n"
    assert mixed(f"text/plain\r\n\r\n{plain}\r\n", page, kind="alternative").text == "It burns."
    empty = "text/html\r\n\r\n<img src='cid:image001.png@01DA'>\r\n"
    assert mixed(f"text/plain\r\n\r\n{plain}\r\n", empty, kind="alternative").text == plain


def test_what_was_typed_into_a_form_is_shown() -> None:
    page = "<form>What burns? <textarea>The printer &lt;3&gt;</textarea></form>"
    message = read("Content-Type: text/html", page)
    assert message.text == "What burns? The printer <3>"
    assert "<3>" not in (message.html or "")


def test_a_misspelt_transfer_encoding_is_known() -> None:
    fields = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: "
    for name in ("quoted-printeable", "Quoted-Printable;", "qp"):
        assert read(f"{fields}{name}", "F=C3=BCr").text == "Für"


LONG = "It burns. " * 30_000
WIDE = base64.b64encode(("A" * 250_000).encode("utf-32")).decode()


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        ("Content-Type: text/plain", LONG),
        ("Content-Type: text/markdown", LONG),
        ("Content-Type: text/html", f"<p>{LONG}"),
        ("Content-Type: text/rtf", f"{{\\rtf1 {LONG * 2}}}"),
        ("Content-Type: text/plain; charset=utf-32\r\nContent-Transfer-Encoding: base64", WIDE),
    ],
)
def test_words_beyond_the_limit_are_told_and_attached(fields: str, body: str) -> None:
    message = read(fields, body)
    assert message.full_text.endswith(CUT)
    assert len(message.attachments) == 1
    assert len(message.full_text.encode()) <= 200 * 1024 + len(CUT) * 2


def test_parts_that_are_too_long_together_are_attached() -> None:
    part = f"text/plain\r\n\r\n{LONG[:150_000]}\r\n"
    message = mixed(part, part)
    assert message.full_text.endswith(CUT)
    assert [file.size >= 149_000 for file in message.attachments] == [True, True]


def test_a_text_of_the_full_length_is_shown_without_a_mark() -> None:
    message = read("Content-Type: text/plain", "a" * 204_800)
    assert message.full_text == "a" * 204_800
    assert message.attachments == ()


@pytest.mark.parametrize("scrap", ["<", "<<", "<param>", "<a>", "\n", "<" + "a" * 59])
def test_hostile_enriched_text_costs_no_more_than_its_length(scrap: str) -> None:
    with at_most(4):
        rare_text.read("text/enriched", (scrap * 400_000)[:400_000].encode(), "")

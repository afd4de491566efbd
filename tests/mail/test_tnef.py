"""A winmail.dat is opened: its files are the mail's, and its words where the mail has none."""

from __future__ import annotations

import base64
import hashlib
import struct

import pytest

from maildesk.core.model import InboundMessage
from maildesk.mail import rtf, tnef
from maildesk.mail.parse import extract, parse
from tests.mail import tnef_made as made

HEAD = (
    b"From: Ada <ada@customer.example>\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
)
FILES = made.file(b"PLAN~1.PDF", b"%PDF-1", made.unicode_(0x3707, "Plän 1.pdf")) + made.file(
    b"\xdcbersicht.txt", b"inside"
)


def mail(package: bytes, text: bytes = b"Words of the mail.", kind: bytes = b"ms-tnef") -> bytes:
    """A mail with some text, a winmail.dat and a file behind it."""
    return b"".join(
        (
            HEAD,
            b"--b\r\n\r\n" + text + b"\r\n" if text else b"",
            b"--b\r\nContent-Type: application/" + kind + b"; name=winmail.dat\r\n"
            b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(package),
            b"--b\r\nContent-Type: image/png; name=after.png\r\n\r\nPNG\r\n--b--\r\n",
        )
    )


def names(message: InboundMessage) -> list[str]:
    return [attachment.name for attachment in message.attachments]


def test_the_files_of_a_winmail_dat_are_files_of_the_mail() -> None:
    raw = mail(made.SIGNATURE + made.message() + FILES)
    message = parse(raw, None)
    assert message.text == "Words of the mail."
    assert names(message) == ["after.png", "Plän 1.pdf", "Übersicht.txt"]
    assert [file.type for file in message.attachments[1:]] == ["application/pdf", "text/plain"]
    # Behind all parts of the mail, whose numbers therefore do not depend on what lies inside.
    assert [file.part for file in message.attachments] == [3, 4, 5]
    assert extract(raw, (4, 3, 5)) == (b"%PDF-1", b"PNG", b"inside")
    assert message.attachments[1].sha256 == hashlib.sha256(b"%PDF-1").hexdigest()


def test_a_package_by_its_name_alone_is_opened() -> None:
    message = parse(mail(made.SIGNATURE + FILES, kind=b"octet-stream"), None)
    assert "Übersicht.txt" in names(message)
    assert "winmail.dat" not in names(message)


def test_the_words_inside_are_the_text_of_a_mail_without_any() -> None:
    words = made.message(made.unicode_(0x1000, "Guten Tag,\r\nes brennt."))
    message = parse(mail(made.SIGNATURE + words + FILES, text=b""), None)
    assert message.text == "Guten Tag,\nes brennt."
    assert names(message) == ["after.png", "Plän 1.pdf", "Übersicht.txt"]


def test_words_that_the_mail_says_itself_are_not_attached_once_more() -> None:
    words = made.message(made.string(0x1000, b"Words of  the mail."))
    assert names(parse(mail(made.SIGNATURE + words), None)) == ["after.png"]


def test_other_words_inside_are_attached_where_the_mail_has_its_own() -> None:
    words = made.message(made.string(0x1000, b"Quite something else."))
    message = parse(mail(made.SIGNATURE + words), None)
    assert message.text == "Words of the mail."
    assert names(message) == ["after.png", "message.txt"]


def test_html_inside_is_sanitised_and_read_in_its_codepage() -> None:
    html = "<p>Привет</p><script>x</script>".encode("cp1251")
    words = made.message(made.binary(0x1013, html), made.number(0x3FDE, 1251))
    message = parse(mail(made.SIGNATURE + words, text=b""), None)
    assert message.text == "Привет"
    assert message.html == "<p>Привет</p>"


def test_words_that_are_rich_text_only_are_read() -> None:
    rich = (
        rb"{\rtf1\ansi\ansicpg1252\fromhtml1{\fonttbl{\f0 Arial;}}{\colortbl;\red0;}"
        rb"{\*\htmltag64 <p>}Gr\'fc\'dfe, \u8364?5\htmlrtf \par\htmlrtf0 zwei\{\}"
        rb"{\pict\wmetafile8 0011}}"
    )
    words = made.message(made.binary(0x1009, made.pack_rtf(rich)))
    message = parse(mail(made.SIGNATURE + words, text=b""), None)
    assert message.text == "Grüße, €5\nzwei{}"


def test_a_message_inside_gives_its_words_and_files_under_its_name() -> None:
    inner = made.SIGNATURE + made.message(made.unicode_(0x1000, "inner words")) + FILES
    outer = made.file(b"Re: offer", b"", made.object_(0x3701, made.MESSAGE_ID + inner))
    message = parse(mail(made.SIGNATURE + made.message() + outer), None)
    assert names(message) == ["after.png", "Re: offer.txt", "Plän 1.pdf", "Übersicht.txt"]
    assert "inner words" not in message.full_text


def test_an_image_of_the_words_inside_keeps_its_content_id() -> None:
    image = made.file(b"a.png", b"PNG", made.unicode_(0x3712, "img1@x"))
    attachment = parse(mail(made.SIGNATURE + image), None).attachments[-1]
    assert (attachment.content_id, attachment.inline) == ("img1@x", True)


@pytest.mark.parametrize("cut", [0, 3, 6, 20, 60, 100, 150])
def test_a_damaged_package_is_kept_beside_what_could_be_read_of_it(cut: int) -> None:
    package = made.SIGNATURE + made.message(made.named(0x8005, "x", 1)) + FILES
    raw = mail(package[:cut])
    message = parse(raw, None)
    assert names(message)[0] == "winmail.dat"
    assert extract(raw, (message.attachments[0].part,)) == (package[:cut],)


def test_named_properties_and_lists_of_values_are_passed_over() -> None:
    several = struct.pack("<HHIII", 0x101E, 0x6001, 2, 2, 0x0062) + struct.pack("<II", 2, 0x63)
    fixed = struct.pack("<HHIHHH", 0x1002, 0x6002, 3, 1, 2, 3) + b"\0\0"
    words = made.message(made.named(0x8005, "label", 1), several, fixed, made.string(0x1000, b"w"))
    assert tnef.unpack(made.SIGNATURE + words).contents[0].data == b"w"


@pytest.mark.parametrize(
    "package",
    [
        b"",
        made.SIGNATURE,
        made.SIGNATURE + b"\xff" * 200,
        made.SIGNATURE + made.attribute(1, 0x9003, 6, struct.pack("<I", 0xFFFFFFFF)),
        made.SIGNATURE
        + made.attribute(1, 0x9003, 6, struct.pack("<IHHI", 1, 0x1003, 1, 2**32 - 1)),
        made.SIGNATURE
        + made.attribute(1, 0x9003, 6, struct.pack("<IHHI", 1, 0x1001, 1, 2**32 - 1)),
        made.SIGNATURE + made.attribute(1, 0x8005, 0, b"") * 1_000_000,
        made.SIGNATURE + made.file(b"a", b"") * 20_000,
    ],
    ids=str.split("empty bare rubbish endless-list endless-values no-values attributes files"),
)
def test_a_hostile_package_is_read_in_time(package: bytes) -> None:
    assert len(tnef.unpack(package).contents) <= 200


def test_messages_in_messages_end_at_a_depth() -> None:
    package = made.SIGNATURE + made.message(made.unicode_(0x1000, "deep"))
    for _ in range(50):
        inside = made.object_(0x3701, made.MESSAGE_ID + package)
        package = made.SIGNATURE + made.file(b"m", b"", inside)
    assert not tnef.unpack(package).is_whole


def test_a_file_inside_cannot_call_itself_a_bounce() -> None:
    report = made.file(b"a", b"x", made.unicode_(0x370E, "message/delivery-status"))
    message = parse(mail(made.SIGNATURE + report), "ada@customer.example")
    assert message.machine == "person"
    assert message.attachments[-1].type == "application/octet-stream"


def test_rich_text_with_references_is_unpacked() -> None:
    # The example of MS-OXRTFCP §3.1.
    packed = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af3206865"
        "6c090020627705b06c647d0a800fa0"
    )
    assert rtf.decompress(packed) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert rtf.to_text(rtf.decompress(packed) or b"") == "hello world"


def test_rich_text_that_repeats_itself_is_unpacked() -> None:
    # MS-OXRTFCP §3.2: a reference that reaches into what it writes.
    packed = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")
    assert rtf.decompress(packed) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"


@pytest.mark.parametrize(
    "packed",
    [b"", b"x" * 15, b"x" * 40, made.pack_rtf(b"abc" * 9)[:20], b"\xff" * 8 + b"LZFu" + b"\0" * 9],
)
def test_damaged_rich_text_is_none(packed: bytes) -> None:
    assert rtf.decompress(packed) is None

"""ISO-2022-JP as Japanese mail programs write it: vendors' characters, katakana, and damage."""

from __future__ import annotations

import base64

import pytest

from maildesk.mail.charsets import decode
from maildesk.mail.headers import read_text
from maildesk.mail.parse import parse
from tests.cost import at_most

_STOPPED = "サーバーが停止しました。"


def _jis(text: str) -> bytes:
    return text.encode("iso2022_jp")


_BODIES = {
    "plain": (_jis(_STOPPED + "\r\n山田"), _STOPPED + "\r\n山田"),
    "row 13": (_jis("手順") + b"\x1b$B-!\x1b(B" + _jis("で停止"), "手順①で停止"),
    "a company": (b"\x1b$B-j;3ED>&;v\x1b(B\r\n" + _jis(_STOPPED), "㈱山田商事\r\n" + _STOPPED),
    "a name of row 92": (b"\x1b$B|b66\x1b(B\r\n" + _jis(_STOPPED), "髙橋\r\n" + _STOPPED),
    "the old set": (b"\x1b$@-!;3\x1b(J 1", "①山 1"),
    "half-width katakana": (_jis("サー") + b"\x1b(I;0J\x1b(B" + _jis("停止"), "サーｻｰﾊ停止"),
    "katakana by shifts": (b"a \x0e;0J\x0f b", "a ｻｰﾊ b"),
    "katakana of one byte": (b"\x1b$B-!\x1b(B \xbb\xb0\xca", "① ｻｰﾊ"),
    "roman": (b"\x1b$B-!\x1b(J\\100~\x1b(B\\~", "①¥100‾\\~"),
    "the supplement": (b"\x1b$(D0!\x1b$B-!\x1b(B", "丂①"),
    "no escape at the end": (b"\x1b$B-!", "①"),
    "no escape before a line end": (b"\x1b$B-!\r\nHello", "①\r\nHello"),
    "an escape that ends early": (b"\x1b$B-!;3\x1b", "①山\x1b"),
    "an escape of one letter": (b"\x1b$B-!\x1b(B ok \x1b$", "① ok \x1b$"),
    "an odd letter": (b"\x1b$B-!;\x1b(B ok", "①\ufffd ok"),
    "a blank between pairs": (b"\x1b$B-! ;3\x1b(B", "① 山"),
    "a pair that nobody has": (b"\x1b$B-!~~;3\x1b(B", "①\ufffd山"),
    "a footer in UTF-8": (b"\x1b$B-!\x1b(B\n" + "Grüße".encode(), "①\nGrüße"),
}


@pytest.mark.parametrize("name", _BODIES)
def test_a_body_is_read_as_japanese_mail_programs_do(name: str) -> None:
    data, text = _BODIES[name]
    assert decode(data, "ISO-2022-JP") == text


@pytest.mark.parametrize(
    "label",
    ["iso-2022-jp-1", "iso-2022-jp-2", "ISO-2022-JP-MS", "cp50220", "CP50221", "csISO2022JP", ""],
)
def test_every_label_of_the_charset_reads_vendors_characters(label: str) -> None:
    assert decode(b"\x1b$B-!|b\x1b(B \x1b(I;0J\x1b(B", label) == "①髙 ｻｰﾊ"


def test_every_character_that_python_knows_is_the_same_as_windows_has_it() -> None:
    rows = [bytes((row, cell)) for row in range(0x21, 0x75) for cell in range(0x21, 0x7F)]
    for pair in rows:
        try:
            known = (b"\x1b$B" + pair + b"\x1b(B").decode("iso2022_jp")
        except UnicodeDecodeError:
            continue
        ours = decode(b"\x1b$B-!" + pair + b"\x1b(B", "iso-2022-jp")
        windows = {"〜": "～", "‖": "∥", "−": "－", "¢": "￠", "£": "￡", "¬": "￢", "\\": "＼"}
        assert ours == "①" + windows.get(known, known)


def test_encoded_words_and_bare_escapes_in_header_fields_go_the_same_way() -> None:
    name = b"\x1b$B-j|b66\x1b(B"
    word = b"=?ISO-2022-JP?B?" + base64.b64encode(name) + b"?="
    assert read_text(word) == "㈱髙橋"
    assert read_text(name) == "㈱髙橋"
    assert read_text(word + b" " + word) == "㈱髙橋㈱髙橋"


def test_a_mail_with_a_vendors_character_is_read_to_its_end() -> None:
    raw = (
        b"From: a@b.example\r\nContent-Type: text/plain; charset=ISO-2022-JP\r\n"
        b"Content-Transfer-Encoding: 7bit\r\n\r\n" + _BODIES["a company"][0]
    )
    assert parse(raw, None).text == "㈱山田商事\n" + _STOPPED


@pytest.mark.parametrize(
    "piece",
    [b"\x1b$B", b"\x1b(I", b"\x0e\x0f", b"\x1b$B!\n", b"\x1b", b"\x1b$B-!\xff", b"\x1b$(D~"],
)
def test_a_hostile_body_costs_its_length(piece: bytes) -> None:
    data = b"\x1b$B-!" + piece * (800_000 // len(piece))
    with at_most(2):
        assert decode(data, "iso-2022-jp").startswith("①")

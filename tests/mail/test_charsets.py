"""Bytes to text: declared, by mark, UTF-8, detected, Latin; and the labels that senders invent."""

from __future__ import annotations

import codecs

import pytest

from maildesk.mail.charsets import decode, find_codec
from maildesk.mail.headers import read_text
from maildesk.mail.parse import parse


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("utf-8", "utf-8"),
        ('"UTF-8"', "utf-8"),
        ('3D"utf-8"', "utf-8"),
        ("utf8mb4", "utf-8"),
        ("utf-8; format=flowed", "utf-8"),
        ("charset=utf-8", "utf-8"),
        ("cp-850", "cp850"),
        ("ks_c_5601-1987", "cp949"),
        ("iso-8859-8-i", "iso8859_8"),
        ("unicode-1-1-utf-7", "utf-7"),
        ("x-mac-cyrillic", "mac-cyrillic"),
        ("x-sjis", "cp932"),
        ("x-x-big5", "cp950"),
        ("gb2312", "gb18030"),
        ("iso-8859-1", "cp1252"),
        ("windows1251", "cp1251"),
        ("iso-8859-15", "iso8859-15"),
        ("_iso-2022-jp$ESC", "iso2022_jp"),
        ("us-ascii", "ascii"),
        ("x-unknown", ""),
        ("unknown-8bit", ""),
        ("x-user-defined", ""),
        ("8bit", ""),
        ("", ""),
        ("punycode", ""),
        ("unicode_escape", ""),
        ("rot13", ""),
        ("hex", ""),
        ("../../etc", ""),
        ("a\0b", ""),
        ("x" * 5_000, ""),
    ],
)
def test_a_label_names_the_charset_its_sender_meant(label: str, codec: str) -> None:
    found = find_codec(label)
    assert found == codec or (codec and codecs.lookup(found) == codecs.lookup(codec))


@pytest.mark.parametrize(
    ("data", "declared", "text"),
    [
        ("жук".encode("koi8-r"), "koi8-r", "жук"),
        (b"\xef\xbb\xbfna\xc3\xafve", "us-ascii", "naïve"),
        ("\ufeffnaïve".encode("utf-16-le"), "iso-8859-1", "naïve"),
        ("naïve".encode(), "", "naïve"),
        ("naïve".encode(), "us-ascii", "naïve"),
        ("naïve".encode(), "koi8-r", "naц╞ve"),  # what is declared comes before UTF-8
        ("naïve".encode(), "iso-8859-1", "naïve"),  # but for Latin, which would be gibberish
        ("привет, коллеги".encode("cp1251"), "us-ascii", "привет, коллеги"),
        ("привет, коллеги".encode("koi8-r"), "x-unknown", "привет, коллеги"),
        ("привет, коллеги".encode("koi8-r"), "utf-8", "привет, коллеги"),
        (b"na\xefve \x80 5", "", "naïve € 5"),
        (b"\x81\x8d\xe9", "", "\x81\x8dé"),
        ("こんにちは".encode("iso2022_jp"), "", "こんにちは"),
        ("hello there".encode("utf-16-le"), "", "hello there"),
        ("Grüße ".encode() * 9 + b"\xff", "utf-8", "Grüße " * 9 + "\ufffd"),
    ],
)
def test_the_order_is_mark_declared_utf8_detected_latin(
    data: bytes, declared: str, text: str
) -> None:
    assert decode(data, declared) == text


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("Коллеги, в договоре допущена ошибка: сумма без налога.", "cp1251"),
        ("Коллеги, в договоре допущена ошибка: сумма без налога.", "koi8-r"),
        ("Proszę sprawdzić, czy są prawidłowe, bo księgowość zgłosiła różnicę.", "cp1250"),
        ("Proszę sprawdzić, czy są prawidłowe, bo księgowość zgłosiła różnicę.", "iso8859-2"),
        ("Lütfen geçen ay değişen hesap numarasını kontrol ediniz, teşekkürler.", "cp1254"),
        ("Παρακαλώ ελέγξτε τον αριθμό λογαριασμού.", "cp1253"),
        ("נא לבדוק את מספר החשבון שהשתנה", "cp1255"),
        ("يرجى التحقق من رقم الحساب الذي تغير", "cp1256"),
        ("契約書を添付いたします。ご確認をお願いいたします。", "cp932"),
        ("契約書を添付いたします。ご確認をお願いいたします。", "euc-jp"),
        ("附件是需要签署的合同。请核对银行账号。", "gb18030"),
        ("附件是需要簽署的合約。請核對銀行帳號。", "cp950"),
        ("계약서를 첨부합니다. 확인해 주시기 바랍니다.", "cp949"),
        ("กรุณาส่งช่างมาด้วย ขอบคุณครับ", "cp874"),
        ("Merci de vérifier où l'imprimante est passée à la rentrée, ça brûle déjà.", "cp1252"),
        ("Für Rückfragen stehe ich gern zur Verfügung, schöne Grüße, Jürgen", "cp1252"),
    ],
)
def test_text_of_no_declared_charset_is_recognised(text: str, codec: str) -> None:
    assert decode(text.encode(codec)) == text


def test_header_words_go_the_same_way() -> None:
    assert read_text(b"=?us-ascii?Q?" + b"=EF=F0=E8=E2=E5=F2=20=E2=F1=E5=EC?=") == "привет всем"
    assert read_text("привет всем".encode("koi8-r")) == "привет всем"
    assert read_text(b"=?cp-850?Q?na=8Bve?=") == "naïve"


def test_a_body_of_no_charset_is_read_by_its_letters() -> None:
    raw = b"From: a@b.example\r\n\r\n" + "Принтер не работает со вчерашнего дня.".encode("koi8-r")
    assert parse(raw, None).text == "Принтер не работает со вчерашнего дня."

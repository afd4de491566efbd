"""Encrypted and signed mail: kept whole, and said so where nobody here can read it."""

from __future__ import annotations

import pytest

from maildesk.mail import sealed
from maildesk.mail.parse import parse

FROM = b"From: ada@customer.example\r\nMIME-Version: 1.0\r\n"
CLEAR_SIGNED = """Hello,
-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA256

the lift is stuck
- -----dashes-----
-----BEGIN PGP SIGNATURE-----

iQEzBAEBCAAdFiEE
-----END PGP SIGNATURE-----
"""


@pytest.mark.parametrize("kind", [b"pkcs7-mime", b"x-pkcs7-mime; smime-type=enveloped-data"])
def test_an_encrypted_smime_mail_says_so_and_is_attached(kind: bytes) -> None:
    raw = FROM + b"Content-Type: application/" + kind + b"; name=smime.p7m\r\n\r\nMIIB"
    message = parse(raw, None)
    assert message.text == message.full_text == sealed.ENCRYPTED
    assert [(file.name, file.size) for file in message.attachments] == [("smime.p7m", 4)]


def test_a_mail_inside_an_smime_signature_is_not_called_encrypted() -> None:
    raw = FROM + b"Content-Type: application/pkcs7-mime; smime-type=signed-data\r\n\r\nMIIB"
    message = parse(raw, None)
    assert message.text == sealed.WRAPPED
    assert [file.name for file in message.attachments] == ["part-0.p7m"]


def test_an_encrypted_pgp_mail_says_so_and_keeps_both_its_parts() -> None:
    raw = FROM + (
        b'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b\r\n'
        b"\r\n--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n"
        b"--b\r\nContent-Type: application/octet-stream; name=encrypted.asc\r\n\r\n"
        b"-----BEGIN PGP MESSAGE-----\r\n\r\nhQEM\r\n-----END PGP MESSAGE-----\r\n--b--\r\n"
    )
    message = parse(raw, None)
    assert message.text == sealed.ENCRYPTED
    assert [file.name for file in message.attachments] == ["part-1.asc", "encrypted.asc"]


def test_an_encrypted_text_stays_and_is_said_to_be_one() -> None:
    raw = FROM + b"\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nhQEM\r\n-----END PGP MESSAGE-----\r\n"
    message = parse(raw, None)
    assert message.text.startswith("-----BEGIN PGP MESSAGE-----")
    assert message.text.endswith(sealed.ENCRYPTED_HERE)


def test_of_a_signed_text_the_words_are_shown_and_all_of_it_is_kept() -> None:
    message = parse(FROM + b"\r\n" + CLEAR_SIGNED.encode(), None)
    assert message.text == "Hello,\nthe lift is stuck\n-----dashes-----"
    assert "iQEzBAEBCAAdFiEE" in message.full_text


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN PGP SIGNED MESSAGE-----\n" * 5_000,
        "-----BEGIN PGP SIGNED MESSAGE-----\n\n" + "-----BEGIN PGP SIGNATURE-----\n" * 5_000,
        CLEAR_SIGNED.replace("END", "BEGIN"),
        CLEAR_SIGNED.replace("\n\nthe", "\nthe"),
        "words about -----BEGIN PGP SIGNED MESSAGE----- in prose",
    ],
)
def test_what_only_looks_like_a_signed_text_is_left_alone(text: str) -> None:
    assert sealed.unwrap(text) == text


def test_a_signed_mail_of_parts_is_read_like_any_other() -> None:
    raw = FROM + (
        b"Content-Type: multipart/signed; boundary=b; protocol=application/pgp-signature\r\n\r\n"
        b"--b\r\n\r\nsigned words\r\n--b\r\nContent-Type: application/pgp-signature\r\n\r\nx\r\n"
        b"--b--\r\n"
    )
    message = parse(raw, None)
    assert (message.text, message.attachments) == ("signed words", ())

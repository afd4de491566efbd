"""Which two mails are one mail: by id, sender and date, else by all that the sender wrote."""

from maildesk.mail.parse import parse

MAIL = (
    b"From: Anna <anna@customer.example>\r\nTo: a@desk.example\r\nSubject: x\r\n"
    b"Date: Mon, 16 Nov 2026 10:00:00 +0100\r\nMessage-ID: <1@customer.example>\r\n\r\nwords\r\n"
)
WITHOUT_ID = MAIL.replace(b"Message-ID: <1@customer.example>\r\n", b"")


def one(raw: bytes, sender: str | None = "anna@customer.example") -> str:
    return parse(raw, sender).fingerprint


def test_ways_in_do_not_change_a_mail() -> None:
    for mail in (MAIL, WITHOUT_ID):
        same = (
            mail.replace(b"\r\n", b"\n"),
            mail.replace(b"\r\n", b"\r"),
            mail.rstrip(b"\r\n"),
            mail + b"\r\n\r\n",
            b"From anna@customer.example Mon Nov 16 10:00:00 2026\n" + mail,
            b"Return-Path: <anna@customer.example>\r\nReceived: by x; now\r\n" + mail,
            b"Delivered-To: a@desk.example\r\nX-Original-To: b@desk.example\r\n" + mail,
            b"Authentication-Results: mx; none\r\nDKIM-Signature: v=1\r\nARC-Seal: i=1\r\n" + mail,
        )
        assert {one(raw) for raw in same} == {one(mail)}
        assert one(mail, None) == one(mail, "") == one(mail, "other@customer.example")


def test_a_list_may_add_a_footer_to_a_mail_with_an_id() -> None:
    assert one(MAIL + b"-- \r\nlist footer\r\n") == one(MAIL)
    assert one(MAIL.replace(b"Subject: x", b"Subject: [list] x")) == one(MAIL)
    assert one(MAIL.replace(b"10:00:00 +0100", b"09:00:00 +0000")) == one(MAIL)


def test_the_same_id_of_another_sender_or_date_is_another_mail() -> None:
    assert one(MAIL.replace(b"anna@", b"eve@", 1)) != one(MAIL)
    assert one(MAIL.replace(b"10:00:00", b"10:00:01")) != one(MAIL)


def test_without_an_id_every_difference_makes_another_mail() -> None:
    changes = ((b"anna@", b"eve@"), (b"10:00", b"10:01"), (b"Subject: x", b"Subject: y"))
    for old, new in (*changes, (b"words", b"other words")):
        assert one(WITHOUT_ID.replace(old, new)) != one(WITHOUT_ID)
    assert one(WITHOUT_ID) != one(MAIL)


def test_a_date_nobody_can_read_still_counts() -> None:
    def dated(value: bytes) -> bytes:
        return MAIL.replace(b"Mon, 16 Nov 2026 10:00:00 +0100", value)

    assert one(dated(b"some  day")) == one(dated(b"Some Day"))
    assert one(dated(b"some day")) != one(dated(b"another day"))

"""What the one writer of headers promises, on any Python and for any value.

In: values, kind and hostile. Out: bytes, read back by the standard library.
*Fails:* as every test does.
"""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.header import decode_header
from email.message import EmailMessage, Message

import pytest

from maildesk.core.model import Mailbox
from maildesk.errors import MaildeskError
from maildesk.mail import header_encoding
from maildesk.mail.writer import OutgoingAttachment, OutgoingMail, write

OUTLOOK_ID = "<" + "AM0PR01MB1234567890" * 6 + "@eurprd01.prod.exchangelabs.com>"
PLAIN = OutgoingMail(
    from_name="Alice Doe (Example Support)",
    from_address="support@example.com",
    to=Mailbox(email="bob@example.net", name="Bob"),
    reply_to="support@example.com",
    subject="[HELP-12] The printer",
    message_id="<help-12.p.abcdefghij.klm@example.com>",
    date=datetime(2026, 11, 21, 9, 0, tzinfo=UTC),
    event="comment.public",
    ticket="HELP-12",
    reason="requester",
    text="Hello Bob,\n\nit is mended.\n",
    html="<p>Hello Bob,</p>\n<p>it is mended.</p>",
)
NAMES = [
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "X-Maildesk-Ticket",
    "X-Maildesk-Event",
    "X-Maildesk-Reason",
    "MIME-Version",
    "Content-Type",
]


def read(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(part: Message) -> str:
    assert isinstance(part, EmailMessage)
    content: str = part.get_content()
    return content.replace("\r\n", "\n")


def raw_fields(raw: bytes) -> Message:
    """Fields as they stand on the wire, unfolded and not decoded."""
    return email.message_from_bytes(raw)


def test_a_mail_has_exactly_the_fields_that_were_meant() -> None:
    message = read(write(PLAIN))
    assert message.keys() == NAMES
    assert message["From"] == '"Alice Doe (Example Support)" <support@example.com>'
    assert message["To"] == "Bob <bob@example.net>"
    assert message["Subject"] == "[HELP-12] The printer"
    assert message["Date"] == "Sat, 21 Nov 2026 09:00:00 +0000"


def test_text_stands_first_and_html_second() -> None:
    message = read(write(PLAIN))
    assert message.get_content_type() == "multipart/alternative"
    plain, html = message.iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert text_of(plain) == PLAIN.text
    assert text_of(html) == f"{PLAIN.html}\n"


def test_text_alone_needs_no_parts() -> None:
    message = read(write(replace(PLAIN, html=None)))
    assert message.get_content_type() == "text/plain"
    assert text_of(message) == PLAIN.text


def test_attachments_stand_around_the_alternatives() -> None:
    files = (
        OutgoingAttachment(name="Größe.pdf", type="application/pdf", content=bytes(range(256))),
        OutgoingAttachment(name='a "b"\\c.txt', type="text/plain", content=b"From x\r\n.\r\n"),
        OutgoingAttachment(name="empty", type="no type", content=b""),
        OutgoingAttachment(name="..", type="message/rfc822", content=b"Subject: x\n\ny"),
    )
    message = read(write(replace(PLAIN, attachments=files)))
    assert message.get_content_type() == "multipart/mixed"
    body, *parts = message.iter_parts()
    assert body.get_content_type() == "multipart/alternative"
    assert [p.get_filename() for p in parts] == ["Größe.pdf", "c.txt", "empty", "attachment-4"]
    assert [p.get_payload(decode=True) for p in parts] == [f.content for f in files]
    types = [p.get_content_type() for p in parts]
    assert types == ["application/pdf", "text/plain", *["application/octet-stream"] * 2]


def test_the_same_mail_is_the_same_bytes() -> None:
    assert write(PLAIN) == write(replace(PLAIN))


def test_an_encoded_word_in_a_subject_stays_text() -> None:
    # Python 3.11 re-reads it and writes a Bcc field.
    subject = "[HELP-12] =?utf-8?q?a=0D=0ABcc:_x@example.org?="
    message = read(write(replace(PLAIN, subject=subject)))
    assert message.keys() == NAMES
    assert "=?" not in message["Subject"]
    assert message["Subject"].replace("= ?", "=?") == subject


def test_an_encoded_word_in_a_name_stays_text() -> None:
    to = Mailbox(email="bob@example.net", name="=?utf-8?q?x=0D=0ABcc:_a@b.c?=")
    message = read(write(replace(PLAIN, to=to)))
    assert message.keys() == NAMES
    assert [a.addr_spec for a in message["To"].addresses] == ["bob@example.net"]


@pytest.mark.parametrize(
    "mark", ["\n", "\r", "\r\n", "\r\n ", "\0", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"]
)
def test_no_kind_of_line_end_makes_a_field(mark: str) -> None:
    text = f"a{mark}Bcc: evil@example.org"
    mail = replace(
        PLAIN,
        subject=text,
        from_name=text,
        to=Mailbox(email="bob@example.net", name=text),
        reason=text,
        ticket=text,
        attachments=(OutgoingAttachment(name=text, type=text, content=b"x"),),
    )
    message = read(write(mail))
    assert message.keys() == NAMES
    assert message["Subject"] == "a Bcc: evil@example.org"


def test_a_text_that_turns_the_reading_direction_loses_the_turn() -> None:
    assert header_encoding.clean("invoice\u202efdp.exe") == "invoicefdp.exe"


def test_letters_of_one_emoji_are_not_parted() -> None:
    family = "👨\u200d👩\u200d👧"
    subject = "[HELP-1] " + family * 30
    raw = write(replace(PLAIN, subject=subject))
    assert read(raw)["Subject"] == subject
    words = header_encoding.encoded_words(family * 30)
    assert all(header_encoding.encoded_words(family)[0][12:-2] in word for word in words)


@pytest.mark.parametrize(
    "subject",
    [
        "[HELP-12] Größe falsch",
        "[HELP-12] " + "é" * 200 + " and plain words at the end of it",
        "[HELP-12] Re " + "plain words " * 8 + "é" * 90,
        "[HELP-12] " + "x" * 58 + " é",
        "[HELP-12] " + "x" * 200 + " y",
        "é plain",
    ],
)
def test_a_reader_that_decodes_line_by_line_loses_no_blank(subject: str) -> None:
    raw = write(replace(PLAIN, subject=subject))
    assert raw.count(b"Subject: [HELP-12]") == subject.startswith("[")
    folded = raw_fields(raw)["Subject"]
    pieces = [p if isinstance(p, str) else p.decode(c or "ascii") for p, c in decode_header(folded)]
    assert "".join(pieces) == read(raw)["Subject"] == subject


def test_long_ids_of_outlook_are_never_encoded() -> None:
    ids = ("<root@example.com>", OUTLOOK_ID, OUTLOOK_ID.replace("0", "1"))
    raw = write(replace(PLAIN, in_reply_to=OUTLOOK_ID, references=ids))
    fields = raw_fields(raw)
    assert fields["In-Reply-To"] == OUTLOOK_ID
    assert fields["References"].split() == list(ids)
    assert b"=?" not in raw


def test_of_many_references_the_first_two_and_the_newest_stay() -> None:
    ids = tuple(f"<{n}@example.com>" for n in range(30))
    fields = raw_fields(write(replace(PLAIN, references=ids)))
    assert fields["References"].split() == [*ids[:2], *ids[-8:]]


@pytest.mark.parametrize(
    "bad", ["<a b@x>", "no brackets", "<a>b>", "<\xe9@x>", "<a\r\nBcc: b>", ""]
)
def test_a_foreign_id_that_is_none_is_left_out(bad: str) -> None:
    raw = write(replace(PLAIN, in_reply_to=bad, references=(bad, "<good@x>")))
    fields = raw_fields(raw)
    assert fields["References"] == "<good@x>"
    assert fields["In-Reply-To"] is None


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "bob",
        "@example.net",
        "bob@",
        "a b@example.net",
        "bob@example.net\r\nBcc: x@y.z",
        "bob@example.net>",
        "<bob@example.net>",
        "a,b@example.net",
        "a;b@example.net",
        "a(b)@example.net",
        "bob@exa mple.net",
        "bob@example..net",
        "bob@-example.net",
        "bob\u2028@example.net",
        "=?utf-8?q?a?=@example.net",
        "\udcff@example.net",
        "x" * 65 + "@example.net",
        '"a\r\nb"@example.net',
    ],
)
def test_an_address_that_could_be_read_as_more_is_an_error(bad: str) -> None:
    for field in ("from_address", "reply_to"):
        with pytest.raises(MaildeskError):
            write(replace(PLAIN, **{field: bad}))
    with pytest.raises(MaildeskError):
        write(replace(PLAIN, to=Mailbox(email=bad)))


@pytest.mark.parametrize(
    ("address", "wire"),
    [
        ("a.b+c=d@sub.example.net", "a.b+c=d@sub.example.net"),
        ("a..b.@docomo.example", '"a..b."@docomo.example'),
        (".a@docomo.example", '".a"@docomo.example'),
        ('"quoted!"@example.net', '"quoted!"@example.net'),
        ("o'neil@localhost", "o'neil@localhost"),
        ("bob@[192.0.2.1]", "bob@[192.0.2.1]"),
        ("bob@bücher.example", "bob@xn--bcher-kva.example"),
        ("bob@STRASSE.straße.example", "bob@STRASSE.xn--strae-oqa.example"),
        ("bob@BÜCHER.example", "bob@xn--bcher-kva.example"),
        ("bob@例え.テスト", "bob@xn--r8jz45g.xn--zckzah"),
    ],
)
def test_an_odd_but_real_address_is_written(address: str, wire: str) -> None:
    raw = write(replace(PLAIN, to=Mailbox(email=address, name="")))
    assert raw_fields(raw)["To"] == wire
    assert raw.isascii()


def test_a_local_part_beyond_ascii_is_written_as_it_is() -> None:
    raw = write(replace(PLAIN, to=Mailbox(email="jürgen@example.net", name="Jürgen")))
    assert "To: =?utf-8?q?J=C3=BCrgen?= <jürgen@example.net>\r\n".encode() in raw
    assert header_encoding.needs_smtputf8("jürgen@example.net")
    assert not header_encoding.needs_smtputf8("jurgen@bücher.example")


def test_automatic_mail_tells_robots_to_keep_quiet() -> None:
    fields = raw_fields(write(replace(PLAIN, auto_submitted="auto-replied")))
    assert fields["Auto-Submitted"] == "auto-replied"
    assert fields["X-Auto-Response-Suppress"] == "All"
    assert raw_fields(write(PLAIN))["Auto-Submitted"] is None


def test_a_mail_without_ticket_and_reason_has_no_such_fields() -> None:
    fields = raw_fields(write(replace(PLAIN, ticket="", reason="")))
    assert "X-Maildesk-Ticket" not in fields
    assert "X-Maildesk-Reason" not in fields


def test_a_date_without_a_zone_is_an_error() -> None:
    with pytest.raises(MaildeskError, match="time zone"):
        write(replace(PLAIN, date=datetime(2026, 1, 1)))


def test_a_date_keeps_its_own_zone() -> None:
    zone = timezone(timedelta(hours=5, minutes=45))
    raw = write(replace(PLAIN, date=datetime(2026, 1, 1, tzinfo=zone)))
    assert raw_fields(raw)["Date"] == "Thu, 01 Jan 2026 00:00:00 +0545"


def test_a_message_id_of_ours_that_is_none_is_an_error() -> None:
    with pytest.raises(MaildeskError, match="Message-ID"):
        write(replace(PLAIN, message_id="<a b@x>"))


@pytest.mark.parametrize(
    "text",
    [
        "a\r.\rb\r\n.\r\nc",
        "From me\nFrom: you\n>From them\n.\n..\n",
        "trailing blank \nand tab\t\n-- \nsignature",
        "x" * 5000,
        "ü" * 5000,
        "日本語のテキスト\n" * 200,
        "NUL \0 and ESC \x1b[31m",
        "lone \udcff surrogate",
        "separators \u2028 and \u2029 and \x85 end",
        "",
        "=?utf-8?q?not=20decoded?= =3D = \n=\n",
    ],
)
def test_a_body_of_any_kind_arrives_and_stays_seven_bit(text: str) -> None:
    raw = write(replace(PLAIN, text=text, html=f"<p>{text}</p>"))
    assert raw.isascii()
    assert b"\0" not in raw
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    plain, _ = read(raw).iter_parts()
    wanted = text.replace("\r\n", "\n")
    for mark in ("\r", "\x85", "\u2028", "\u2029"):
        wanted = wanted.replace(mark, "\n")
    wanted = wanted.replace("\0", "\ufffd").replace("\x1b", "\ufffd").replace("\udcff", "?")
    assert text_of(plain) == wanted.rstrip("\n") + "\n"


def test_no_line_of_a_body_looks_like_the_start_of_an_mbox_entry() -> None:
    raw = write(replace(PLAIN, text="From me\n" * 5 + "From " + "x" * 100, html=None))
    assert b"\nFrom " not in raw
    assert max(len(line) for line in raw.split(b"\r\n\r\n", 1)[1].split(b"\r\n")) <= 76


def test_a_line_of_the_header_is_short_where_it_can_be() -> None:
    mail = replace(
        PLAIN,
        subject="[HELP-12] " + "wörter und words " * 30 + "x" * 200,
        to=Mailbox(email="bob@example.net", name="Ein sehr langer Name mit Ümläuten " * 5),
        references=tuple(f"<{n}{'x' * 30}@example.com>" for n in range(10)),
    )
    for shape in (mail, replace(mail, subject="é" * 100), replace(mail, from_name="ü" * 100)):
        head = write(shape).split(b"\r\n\r\n")[0]
        assert max(len(line) for line in head.split(b"\r\n")) <= 78


def test_a_very_long_subject_is_cut_and_says_so() -> None:
    subject = read(write(replace(PLAIN, subject="[HELP-1] " + "x" * 5000)))["Subject"]
    assert subject.startswith("[HELP-1] xxx")
    assert subject.endswith("x…")
    assert len(subject) == 900


def test_a_field_that_does_not_read_back_stops_the_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(name: str, text: str) -> str:
        return text

    monkeypatch.setattr(header_encoding, "unstructured", careless)
    for text in ("a\r\nBcc: x@y.z", "a\r\n\r\nbody", "a\nBcc: x", "a\rBcc: x", "ü", "x" * 999):
        with pytest.raises(MaildeskError, match="read"):
            write(replace(PLAIN, subject=text))


def test_a_last_field_that_would_begin_the_body_stops_the_mail(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = OutgoingAttachment(name="a", type="text/plain", content=b"x")
    monkeypatch.setattr(header_encoding, "file_name", lambda name, number: "\r\n\r\nbody")
    with pytest.raises(MaildeskError, match="read"):
        write(replace(PLAIN, attachments=(file,)))

"""Attachments: kept with the ticket, relayed up to `attach_up_to`, named beyond."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest

from tests.mail import tnef_made
from tests.walks.walk import ALICE, Walk, body, mail, reply

PHOTO = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4


def files(message) -> list[tuple[str | None, bytes]]:
    return [(part.get_filename(), part.get_content()) for part in message.iter_attachments()]


def test_a_customers_file_reaches_the_agents_byte_for_byte(walk: Walk) -> None:
    step = walk.receive(mail(files=[("burning printer – foto.png", PHOTO)]))
    news = step.mail_to("alice@desk.example")
    assert files(news) == [("burning printer – foto.png", PHOTO)]
    assert news.get_content_type() == "multipart/mixed"
    assert "burning printer – foto.png" in body(news)
    assert files(step.mail_to("ada@acme.example")) == []
    [kept] = walk.ticket("HELP-1")["comments"][0]["attachments"]
    assert kept == {
        "name": "burning printer – foto.png",
        "type": "application/octet-stream",
        "size": len(PHOTO),
        "sha256": hashlib.sha256(PHOTO).hexdigest(),
        "inline": False,
    }


def test_an_agents_file_reaches_the_customer(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    raw = reply(news, ALICE, "See the manual.", files=[("manual.pdf", b"%PDF-1.7\n")])
    assert files(walk.receive(raw).mail_to("ada@acme.example")) == [("manual.pdf", b"%PDF-1.7\n")]


def test_what_is_larger_than_allowed_is_named_and_kept(begin: Callable[..., Walk]) -> None:
    walk = begin(outgoing='attach_up_to = "2KiB"')
    sent = [("small.bin", b"s" * 1000), ("large.bin", b"l" * 3000), ("last.bin", b"e" * 1000)]
    news = walk.receive(mail(files=sent)).mail_to("alice@desk.example")
    assert files(news) == [sent[0], sent[2]]
    assert "large.bin" in body(news)
    assert "kept in the ticket" in body(news)
    assert [a["size"] for a in walk.ticket("HELP-1")["comments"][0]["attachments"]] == [
        1000,
        3000,
        1000,
    ]


def test_nothing_travels_where_nothing_may(begin: Callable[..., Walk]) -> None:
    walk = begin(outgoing='attach_up_to = "0B"')
    news = walk.receive(mail(files=[("a.txt", b"x")])).mail_to("alice@desk.example")
    assert files(news) == []
    assert "a.txt" in body(news)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ada\\a.txt", "a.txt"),
        ("in\u202evoice.exe", "invoice.exe"),
        ("...", "part-2.bin"),
    ],
)
def test_file_names_are_names_and_nothing_else(walk: Walk, given: str, shown: str) -> None:
    step = walk.receive(mail(files=[(given, b"x")]))
    [kept] = walk.ticket("HELP-1")["comments"][0]["attachments"]
    assert kept["name"] == shown or (shown.startswith("part-") and kept["name"][:5] == "part-")
    assert [name for name, _ in files(step.mail_to("alice@desk.example"))] == [kept["name"]]


def test_a_mail_beyond_the_row_is_relayed_from_its_file(walk: Walk) -> None:
    large = bytes(range(256)) * 4096
    step = walk.receive(mail(files=[("large.bin", large)]))
    assert step.row["size"] > 1024 * 1024
    assert files(step.mail_to("alice@desk.example")) == [("large.bin", large)]
    assert list((walk.folder / "data" / "raw").rglob("*"))


def test_an_enclosed_mail_travels_as_a_file(walk: Walk) -> None:
    inner = mail("far@far.example", "inner", "the inner text")
    outer = mail(subject="Fwd: inner", text="See below.", headers={"MIME-Version": ""})
    head, _, text = outer.partition(b"\r\n\r\n")
    lines = [x for x in head.split(b"\r\n") if not x.lower().startswith((b"content-", b"mime-"))]
    raw = b"\r\n".join(
        [
            *lines,
            b"MIME-Version: 1.0",
            b"Content-Type: multipart/mixed; boundary=b",
            b"",
            b"--b",
            b"",
            text,
            b"--b",
            b"Content-Type: message/rfc822",
            b"",
            inner,
            b"--b--",
            b"",
        ]
    )
    step = walk.receive(raw)
    assert walk.ticket("HELP-1")["subject"] == "inner"
    [(name, content)] = files(step.mail_to("alice@desk.example"))
    assert name
    assert b"the inner text" in content


def test_what_lies_in_a_winmail_dat_reaches_the_agents_as_files(walk: Walk) -> None:
    package = tnef_made.SIGNATURE + tnef_made.message() + tnef_made.file(b"foto.png", PHOTO)
    step = walk.receive(mail(files=[("winmail.dat", package)]))
    assert [name for name, _ in files(step.mail_to("alice@desk.example"))] == ["foto.png"]
    assert files(step.mail_to("alice@desk.example"))[0][1] == PHOTO


def test_an_encrypted_mail_is_a_ticket_that_says_so(walk: Walk) -> None:
    sealed = b"\x30\x80encrypted"
    raw = mail(files=[("smime.p7m", sealed)], text="")
    step = walk.receive(raw)
    [comment] = walk.ticket("HELP-1")["comments"]
    assert "encrypted" in comment["text"]
    assert files(step.mail_to("alice@desk.example")) == [("smime.p7m", sealed)]

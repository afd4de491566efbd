"""Outgoing mail into a Maildir: one durable file a recipient, however often it is handed over.

In: mails. Out: files, read back by Python's own mailbox module.
*Fails:* as every test does.
"""

from __future__ import annotations

import mailbox
import os
from pathlib import Path

import pytest

from maildesk.errors import RelayDown
from maildesk.outbox.maildir import MaildirTransport

MAIL = (
    b"Date: Sat, 21 Nov 2026 09:00:00 +0000\r\n"
    b"Message-ID: <help-1.p.abc@example.com>\r\n"
    b"Subject: hello\r\n\r\nA line.\r\nAnother\r\n"
)


def files(path: Path) -> list[Path]:
    return sorted(p for folder in ("new", "cur", "tmp") for p in (path / folder).iterdir())


def test_the_envelope_stands_in_front_of_the_mail(tmp_path: Path) -> None:
    MaildirTransport(tmp_path / "out").send(MAIL, "desk@example.com", "bob@example.net")
    (file,) = files(tmp_path / "out")
    assert file.parent.name == "new"
    assert file.read_bytes() == (
        b"Return-Path: <desk@example.com>\nX-Original-To: bob@example.net\n"
        + MAIL.replace(b"\r\n", b"\n")
    )
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_mail_reader_finds_the_mail(tmp_path: Path) -> None:
    MaildirTransport(tmp_path / "out").send(MAIL, "", "bob@example.net")
    (message,) = mailbox.Maildir(tmp_path / "out", create=False)
    assert (message["Return-Path"], message["X-Original-To"]) == ("<>", "bob@example.net")
    assert message.get_payload() == "A line.\nAnother\n"


def test_the_same_mail_again_is_still_one_file(tmp_path: Path) -> None:
    names = {MaildirTransport(tmp_path).send(MAIL, "", "bob@example.net") for _ in range(3)}
    assert len(names) == len(files(tmp_path)) == 1


def test_a_mail_that_is_there_is_not_touched_again(tmp_path: Path) -> None:
    out = MaildirTransport(tmp_path)
    first = (tmp_path / "new" / out.send(MAIL, "", "bob@example.net")).stat()
    again = (tmp_path / "new" / out.send(MAIL, "", "bob@example.net")).stat()
    assert (first.st_ino, first.st_mtime_ns) == (again.st_ino, again.st_mtime_ns)


def test_the_same_mail_again_is_still_one_file_after_it_was_read(tmp_path: Path) -> None:
    out = MaildirTransport(tmp_path)
    name = out.send(MAIL, "", "bob@example.net")
    (tmp_path / "new" / name).rename(tmp_path / "cur" / f"{name}:2,RS")
    assert out.send(MAIL, "", "bob@example.net") == name
    assert [f.name for f in files(tmp_path)] == [f"{name}:2,RS"]


def test_each_recipient_and_each_mail_has_a_file(tmp_path: Path) -> None:
    out = MaildirTransport(tmp_path)
    out.send(MAIL, "", "bob@example.net")
    out.send(MAIL, "", "carol@example.net")
    out.send(MAIL.replace(b"abc", b"abd"), "", "bob@example.net")
    assert len(files(tmp_path)) == 3


def test_a_mail_without_message_id_and_date_is_named_by_its_bytes(tmp_path: Path) -> None:
    out = MaildirTransport(tmp_path)
    for body in (b"one", b"one", b"two"):
        out.send(b"Subject: x\r\n\r\n" + body, "", "bob@example.net")
    assert len(files(tmp_path)) == 2


def test_what_an_earlier_try_left_half_written_is_overwritten(tmp_path: Path) -> None:
    out = MaildirTransport(tmp_path)
    name = out.send(MAIL, "", "bob@example.net")
    whole = (tmp_path / "new" / name).read_bytes()
    (tmp_path / "new" / name).unlink()
    (tmp_path / "tmp" / f"{name}.{os.getpid()}").write_bytes(b"X" * 10_000)
    out.send(MAIL, "", "bob@example.net")
    assert [f.read_bytes() for f in files(tmp_path)] == [whole]


def test_names_sort_by_the_date_of_the_mail(tmp_path: Path) -> None:
    out = MaildirTransport(tmp_path)
    later = out.send(MAIL, "", "a@example.net")
    earlier = out.send(MAIL.replace(b"09:00", b"08:00"), "", "a@example.net")
    assert earlier < later


def test_a_directory_that_cannot_be_written_is_a_relay_that_is_down(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(RelayDown, match="out: "):
        MaildirTransport(tmp_path / "out").send(MAIL, "", "bob@example.net")


def test_an_address_cannot_write_a_line_of_its_own(tmp_path: Path) -> None:
    MaildirTransport(tmp_path).send(MAIL, "a@b\nX-Evil: 1", "c@d\r\nX-Evil: 2")
    (message,) = mailbox.Maildir(tmp_path, create=False)
    assert "X-Evil" not in message


HOUR = 3600.0


def test_what_a_kill_left_in_tmp_goes_after_36_hours_and_nothing_else(tmp_path: Path) -> None:
    maildir = MaildirTransport(tmp_path)
    name = maildir.send(MAIL, "", "bob@example.net")
    now = (tmp_path / "new" / name).stat().st_mtime
    old = now - 37 * HOUR
    left = tmp_path / "tmp" / f"{name}.4711"
    kept = [
        tmp_path / "tmp" / f"{name}.4712",  # as young as a mail in the making
        tmp_path / "tmp" / "1234.somebody-elses.host",
        tmp_path / "tmp" / name,
        tmp_path / "new" / f"{name}.4711",
        tmp_path / "cur" / f"{name}.4711",
    ]
    for file in (left, *kept):
        file.write_bytes(b"half")
        os.utime(file, (old, old))
    os.utime(kept[0], (now - 35 * HOUR, now - 35 * HOUR))
    os.utime(tmp_path / "new" / name, (old, old))
    (tmp_path / "tmp" / f"{name}.4713").symlink_to(kept[3])
    os.utime(tmp_path / "tmp" / f"{name}.4713", (old, old), follow_symlinks=False)
    assert maildir.tidy(now) == 1
    assert not left.exists()
    assert all(file.exists() for file in (*kept, tmp_path / "new" / name))
    assert (tmp_path / "tmp" / f"{name}.4713").is_symlink()


def test_a_maildir_that_is_not_there_yet_is_tidy(tmp_path: Path) -> None:
    assert MaildirTransport(tmp_path / "out").tidy(0) == 0
    assert not (tmp_path / "out").exists()

"""Where old mail is found, and what beside it is none.

In: folders as mail servers and programs leave them. Out: the messages, and what was named as none.

*Fails:* as every test does.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from maildesk.errors import NotFound
from maildesk.inbox.archive import Archive

MAIL = b"From: ada@acme.example\r\nDate: Mon, 4 Mar 2019 05:06:0%d +0000\r\n\r\nx\r\n"
BESIDE = (
    "dovecot-uidlist",
    "dovecot-uidvalidity",
    "dovecot-uidvalidity.5c7cb1de",
    "dovecot.index.cache",
    "dovecot.index.log",
    "dovecot.list.index.log",
    "dovecot-keywords",
    "maildirfolder",
    "maildirsize",
    "subscriptions",
)


def maildir(folder: Path, *places: str) -> None:
    """A Maildir as Dovecot keeps one, with mail in these places."""
    for part in ("cur", "new", "tmp"):
        (folder / part).mkdir(parents=True)
    for name in BESIDE:
        (folder / name).write_bytes(b"3 V1551675967 N2 G2e1a\n:1551675967.M1P2.mail\n")
    for number, place in enumerate(places):
        (folder / place).write_bytes(MAIL % number)


def names(archive: Archive) -> list[str]:
    return [place.file.name for place in archive.places]


def test_of_a_maildir_only_cur_and_new_and_its_subfolders_are_read(tmp_path: Path) -> None:
    box = tmp_path / "Maildir"
    maildir(box, "cur/1.M1.mail,S=60:2,S", "new/2.M2.mail", "tmp/3.M3.mail")
    maildir(box / ".Sent", "cur/4.M4.mail:2,S", "tmp/5.M5.mail")
    maildir(box / ".Archive.2019", "new/6.M6.mail")
    (box / "cur" / ".nfs0001").write_bytes(b"left behind")
    (box / "sieve").mkdir()
    (box / "sieve" / "rules.sieve").write_text("keep;\n")
    archive = Archive.look((box,))
    assert sorted(names(archive)) == [
        "1.M1.mail,S=60:2,S",
        "2.M2.mail",
        "4.M4.mail:2,S",
        "6.M6.mail",
    ]
    assert archive.no_mail == ()


def test_a_home_of_several_maildirs_is_read_whole(tmp_path: Path) -> None:
    maildir(tmp_path / "ada" / "Maildir", "cur/1.mail")
    maildir(tmp_path / "bob" / ".maildir", "cur/2.mail")
    assert sorted(names(Archive.look((tmp_path,)))) == ["1.mail", "2.mail"]


def test_hidden_files_of_other_folders_are_nobodys_mail(tmp_path: Path) -> None:
    for name in (".DS_Store", ".index", "a.eml", ".cache/b.eml", "old/c.eml", "old/.lock"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(MAIL % 1)
    # Whoever opened this would wait for ever.
    os.mkfifo(tmp_path / "pipe")
    archive = Archive.look((tmp_path,))
    assert (sorted(names(archive)), archive.no_mail) == (["a.eml", "c.eml"], ())


def test_a_hidden_file_that_was_named_is_read(tmp_path: Path) -> None:
    (tmp_path / ".saved").write_bytes(MAIL % 1)
    assert names(Archive.look((tmp_path / ".saved",))) == [".saved"]


def test_what_cannot_be_read_is_named_with_its_cause(tmp_path: Path) -> None:
    # The kernel refuses to read what lies at the beginning of any program's memory.
    archive = Archive.look((Path("/proc/self/mem"),))
    assert archive.no_mail == ("/proc/self/mem: Input/output error",)
    with pytest.raises(NotFound):
        Archive.look((tmp_path / "nowhere",))

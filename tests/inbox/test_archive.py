"""Where old mail is found, and what beside it is none.

In: folders as mail servers and programs leave them. Out: the messages, and what was named as none.

*Fails:* as every test does.
"""

from __future__ import annotations

import io
import os
import sqlite3
import tarfile
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from maildesk.errors import NotFound
from maildesk.inbox.archive import Archive
from maildesk.inbox.mbox import spans

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
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
    archive = Archive.look((box,), NOW)
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
    assert sorted(names(Archive.look((tmp_path,), NOW))) == ["1.mail", "2.mail"]


def test_hidden_files_of_other_folders_are_nobodys_mail(tmp_path: Path) -> None:
    for name in (".DS_Store", ".index", "a.eml", ".cache/b.eml", "old/c.eml", "old/.lock"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(MAIL % 1)
    # Whoever opened this would wait for ever.
    os.mkfifo(tmp_path / "pipe")
    archive = Archive.look((tmp_path,), NOW)
    assert (sorted(names(archive)), archive.no_mail) == (["a.eml", "c.eml"], ())


def test_a_hidden_file_that_was_named_is_read(tmp_path: Path) -> None:
    (tmp_path / ".saved").write_bytes(MAIL % 1)
    assert names(Archive.look((tmp_path / ".saved",), NOW)) == [".saved"]


def test_what_cannot_be_read_is_named_with_its_cause(tmp_path: Path) -> None:
    # The kernel refuses to read what lies at the beginning of any program's memory.
    archive = Archive.look((Path("/proc/self/mem"),), NOW)
    assert archive.no_mail == ("/proc/self/mem: Input/output error",)
    with pytest.raises(NotFound):
        Archive.look((tmp_path / "nowhere",), NOW)


def as_mbox(path: Path, *mails: tuple[str, str]) -> Path:
    """An mbox of mails, each the date of its `From ` line and its fields."""
    text = "".join(f"From ada@acme.example {at}\n{fields}\nx\n\n" for at, fields in mails)
    path.write_text(text)
    return path


def fields(name: str, date: str = "", answers: str = "") -> str:
    """The fields of a mail whose subject and Message-ID are `name`."""
    dated = f"Date: {date}\n" if date else ""
    parent = f"References: <{answers}@acme.example>\n" if answers else ""
    return f"Subject: {name}\nMessage-ID: <{name}@acme.example>\n{dated}{parent}"


def subjects(*paths: Path) -> list[str]:
    """The subjects of the messages in the order of the import."""
    archive = Archive.look(paths, NOW)
    lines = [archive.read(place).split(b"\n")[0] for place in archive.places]
    return [line.removeprefix(b"Subject: ").decode() for line in lines]


@pytest.mark.parametrize(
    "date",
    [
        "",
        "the day before yesterday",
        "Thu, 1 Jan 1970 00:00:00 +0000",
        "Fri, 20 Nov 2026 12:00:01 +0000",
        "Mon, 4 Mar 2199 05:06:07 +0000",
    ],
)
def test_a_mail_without_a_usable_date_counts_by_the_line_before_it(
    tmp_path: Path, date: str
) -> None:
    box = as_mbox(
        tmp_path / "box",
        ("-", fields("last", "Wed, 6 Mar 2019 05:06:07 +0000")),
        ("Tue Mar  5 05:06:07 2019", fields("middle", date)),
        ("-", fields("first", "Mon, 4 Mar 2019 05:06:07 +0000")),
    )
    assert subjects(box) == ["first", "middle", "last"]


@pytest.mark.parametrize(
    "line",
    [
        "Tue Mar  5 05:06:07 2019",
        "Tue Mar 05 05:06:07 +0000 2019",
        "Tue Mar  5 05:06:07 2019 +0000",
        "Mon Moon Tue Mar  5 05:06:07 2019",
    ],
)
def test_the_line_before_a_mail_is_read_as_programs_write_it(tmp_path: Path, line: str) -> None:
    box = as_mbox(
        tmp_path / "box",
        ("-", fields("last", "Tue, 5 Mar 2019 05:06:08 +0000")),
        (line, fields("middle")),
        ("-", fields("first", "Tue, 5 Mar 2019 05:06:06 +0000")),
    )
    assert subjects(box) == ["first", "middle", "last"]


@pytest.mark.parametrize("line", ["-", "Thu Jan  1 00:00:00 1970", "Mon Mar  4 05:06:07 2199"])
def test_a_mail_without_any_usable_date_stays_behind_the_one_before_it(
    tmp_path: Path, line: str
) -> None:
    box = as_mbox(
        tmp_path / "box",
        (line, fields("1")),
        ("-", fields("2", "Wed, 6 Mar 2019 05:06:07 +0000")),
        (line, fields("3")),
        (line, fields("4")),
        ("-", fields("5", "Thu, 7 Mar 2019 05:06:07 +0000")),
    )
    other = as_mbox(tmp_path / "other", ("-", fields("0", "Mon, 4 Mar 2019 05:06:07 +0000")))
    assert subjects(box, other) == ["0", "1", "2", "3", "4", "5"]


def test_a_reply_comes_after_what_it_answers_whatever_the_dates_say(tmp_path: Path) -> None:
    late, early = "Wed, 6 Mar 2019 05:06:07 +0000", "Mon, 4 Mar 2019 05:06:07 +0000"
    box = as_mbox(
        tmp_path / "box",
        ("-", fields("reply to the reply", early, "reply")),
        ("-", fields("other", "Sun, 3 Mar 2019 05:06:07 +0000")),
        ("-", fields("reply", early, "question").replace("References", "In-Reply-To")),
        ("-", fields("question", late)),
    )
    text = box.read_text().replace("reply to the reply@", "second@")
    box.write_text(text)
    assert subjects(box) == ["other", "question", "reply", "reply to the reply"]


def test_mails_that_answer_each_other_or_themselves_are_all_read_once(tmp_path: Path) -> None:
    box = as_mbox(
        tmp_path / "box",
        ("-", fields("a", answers="b")),
        ("-", fields("b", answers="c")),
        ("-", fields("c", answers="a")),
        ("-", fields("d", answers="d")),
        ("-", fields("a", answers="b")),
    )
    assert sorted(subjects(box)) == ["a", "a", "b", "c", "d"]


def test_a_thread_of_thousands_is_put_in_order_at_once(tmp_path: Path) -> None:
    mails = [("-", fields(str(n), answers=str(n - 1))) for n in range(3_000)]
    assert subjects(as_mbox(tmp_path / "box", *reversed(mails))) == [str(n) for n in range(3_000)]


@pytest.mark.parametrize("size", [1, 200])
def test_a_mail_is_known_as_one_however_many_fields_stand_before_its_own(
    tmp_path: Path, size: int
) -> None:
    flood = b"".join(b"X-%d: %s\n" % (n, b"x" * size) for n in range(10_000))
    (tmp_path / "a.eml").write_bytes(flood + MAIL % 2)
    (tmp_path / "b.eml").write_bytes(MAIL % 1)
    (tmp_path / "c.mbox").write_bytes(b"From ada@acme.example -\n" + flood + MAIL % 0)
    archive = Archive.look((tmp_path,), NOW)
    assert (names(archive), archive.no_mail) == (["c.mbox", "b.eml", "a.eml"], ())


@pytest.mark.parametrize(
    "before",
    [b"", b"\xef\xbb\xbf", b"\r\n\n", b">From ada Mon Mar  4 05:06:07 2019\n", b"X-Y :z\n"],
)
def test_what_may_stand_before_a_mail_makes_it_none_the_less_one(
    tmp_path: Path, before: bytes
) -> None:
    (tmp_path / "a.eml").write_bytes(before + MAIL % 1)
    assert names(Archive.look((tmp_path,), NOW)) == ["a.eml"]


@pytest.mark.parametrize("name", ["backup", "Maildir/cur/1.M1.mail:2,S"])
def test_a_tar_of_mails_is_no_mail(tmp_path: Path, name: str) -> None:
    with tarfile.open(tmp_path / "old.tar", "w") as tar:
        member = tarfile.TarInfo(name)
        member.size = len(MAIL % 1)
        tar.addfile(member, io.BytesIO(MAIL % 1))
    archive = Archive.look((tmp_path,), NOW)
    assert (archive.places, archive.no_mail) == ((), (str(tmp_path / "old.tar"),))


def test_a_database_with_mails_in_it_is_no_mail(tmp_path: Path) -> None:
    conn = sqlite3.connect(tmp_path / "maildesk.db")
    conn.execute("create table raw (bytes blob)")
    conn.execute("insert into raw values (?)", (b"\n" + MAIL % 1,))
    conn.commit()
    conn.close()
    archive = Archive.look((tmp_path,), NOW)
    assert (archive.places, archive.no_mail) == ((), (str(tmp_path / "maildesk.db"),))


POSTMARKS = [
    "ada@acme.example Mon Mar  4 05:06:07 2019",
    "ada@acme.example Mon Mar  4 05:06:07 +0100 2019",
    "1590012345678901234@xxx Mon Mar 04 05:06:07 +0000 2019",
    "ada@acme.example Mon Mar  4 05:06:07 2019 +0100",
    "ada@acme.example Mon Mar  4 05:06 PST 2019",
    "ada@acme.example Mon, 4 Mar 2019 05:06:07 +0100",
    "MAILER-DAEMON Mon Mar  4 05:06:07 2019",
    "- Mon Mar  4 05:06:07 2019",
    '"ada lovelace"@acme.example Mon Mar  4 05:06:07 2019',
    "ada@acme.example Mon Mar  4 05:06:07 2019 remote from mx",
]
QUOTED = """To whom it may concern,

From here on it is simple: press the button.
From: the button
From ada@acme.example Mon Mar  4 05:06:07 2019
and so it went on.

From Monday to Friday, Mar 4 05:06:07 2019: closed

From ada@acme.example Mon Mar  4 05:06:07 2019
No field follows this one.
"""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("postmark", POSTMARKS)
def test_a_line_of_a_body_that_begins_with_from_splits_no_mail(
    tmp_path: Path, postmark: str, end: str
) -> None:
    text = "".join(f"From {postmark}\n{fields(n)}\n{QUOTED}\n" for n in "ab")
    (tmp_path / "old.mbox").write_bytes(text.replace("\n", end).encode())
    archive = Archive.look((tmp_path / "old.mbox",), NOW)
    mails = [archive.read(place).decode().replace(end, "\n") for place in archive.places]
    assert mails == [f"{fields(n)}\n{QUOTED}" for n in "ab"]


def test_where_the_first_line_has_no_date_the_others_need_none(tmp_path: Path) -> None:
    box = tmp_path / "old.mbox"
    box.write_text("".join(f"From ada@acme.example\n{fields(n)}\nx\n\n" for n in "abc"))
    assert subjects(box) == ["a", "b", "c"]


def test_a_letter_that_begins_with_from_is_no_mail(tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("From the desk of Ada Lovelace\n\nDear Charles,\n")
    archive = Archive.look((tmp_path,), NOW)
    assert (archive.places, archive.no_mail) == ((), (str(tmp_path / "letter"),))


def test_an_import_holds_no_mbox_open(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    for number in range(50):
        as_mbox(tmp_path / f"{number}.mbox", ("Mon Mar  4 05:06:07 2019", fields(f"m{number}")))
    archive = Archive.look((tmp_path,), NOW)
    assert len([archive.read(place) for place in archive.places]) == 50
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_line_without_end_costs_no_memory_of_its_own(tmp_path: Path) -> None:
    box = tmp_path / "old.mbox"
    line = b"From " + b"Mon " * 2_000_000
    box.write_bytes(b"From a@b Mon Mar  4 05:06:07 2019\nSubject: a\n\n" + line)
    with box.open("rb") as stream:
        begun = time.perf_counter()
        assert [span.end for span in spans(stream)] == [box.stat().st_size]
    assert time.perf_counter() - begun < 1


def test_what_is_no_regular_file_is_called_so(tmp_path: Path) -> None:
    # Whoever opened the pipe would wait for ever.
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path(os.devnull)):
        with pytest.raises(NotFound, match=f"^{path} is no regular file$"):
            Archive.look((path,), NOW)

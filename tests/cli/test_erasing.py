"""What is kept of a person is handed out, and erased: no address, name or word is left."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from maildesk.errors import NotFound, StoreBusy
from maildesk.mail.mentions import mentions
from maildesk.store import erasing
from tests.cli.shell import maildesk
from tests.clients.live import live
from tests.walks import walk as walks
from tests.walks.walk import ALICE, BORIS, Walk, mail, reply

ADA = "Ada Lovelace <ada@acme.example>"
BOB = "Bob Roe <bob@acme.example>"
TRACES = ("ada@acme.example", "lovelace", "xyzzy")
CONFIG = 'agents = "x"'


@pytest.fixture
def walk(tmp_path: Path, parser: walks.ParserPool) -> Iterator[Walk]:
    """A desk on which Ada has left a trace of every kind."""
    walk = walks.begin(
        tmp_path,
        parser,
        organisation='approvers = ["ada@acme.example"]\nshare = true',
        limits="automatic_mails_per_address = 0",
        outgoing='reverse_path = "verp"',
    )
    big = [("xyzzy.log", b"xyzzy " * 60_000)]
    news = walk.receive(mail(ADA, "The xyzzy burns", "xyzzy it burns.", files=big))
    said = [(ALICE, "alice", "#take\n#cc bob@acme.example\n\nDear Ada, is xyzzy hot?")]
    said += [(BORIS, "boris", "#internal\n\nAda Lovelace never pays for xyzzy.")]
    said += [(ALICE, "alice", "#time 1h with ada@acme.example\n#estimate 8h xyzzy")]
    said += [(ALICE, "alice", "#done\n\nxyzzy is cold, Ada Lovelace.")]
    for who, login, text in said:
        walk.receive(mail(who, "[HELP-1]", text), auth=login)
    walk.receive(mail(ADA, "[HELP-1]", "#rate 5 xyzzy is lovely"))
    walk.receive(reply(news.mail_to("alice@desk.example"), "Eve <eve@x.example>", "Me, too."))
    walk.receive(mail(BOB, "Bob's own", "Ask Ada Lovelace <ada@acme.example>.", cc=ADA))
    walk.receive(mail(ADA, "[HELP-2]", "xyzzy is all I know."))
    walk.receive(mail(ADA, "Smoke xyzzy", "More smoke: xyzzy."))
    walk.receive(mail(ALICE, "[HELP-3]", "#merge HELP-2"), auth="alice")
    walk.receive(mail(ALICE, "what is there", "#queue\n#search burns"), auth="alice")
    walk.receive(mail(ADA, "[HELP-2]", "xyzzy, and I am a smith.", cc="sales@desk.example"))
    walk.store(mail(ADA, "Not looked at yet", "xyzzy"))
    with closing(sqlite3.connect(tmp_path / "data" / "maildesk.db")) as conn:
        # What was deleted before may still stand in pages that are free now.
        conn.execute("PRAGMA secure_delete = OFF")
        conn.execute("CREATE TABLE waste (words TEXT)")
        conn.executemany("INSERT INTO waste VALUES (?)", [("xyzzy " * 2_000,)] * 20)
        conn.execute("DROP TABLE waste")
        conn.commit()
    yield walk
    walk.close()


def everything(data: Path) -> bytes:
    """All bytes of the database, its log and the raw files, and every value as it reads."""
    files = [f for f in data.rglob("*") if f.is_file() and "out" not in f.parts]
    pieces = [f.name.encode() + f.read_bytes() for f in files]
    with closing(sqlite3.connect(data / "maildesk.db")) as conn:
        pieces += [line.encode("utf-8", "replace") for line in conn.iterdump()]
        for (table,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
            for row in conn.execute(f"SELECT * FROM '{table}'"):
                pieces += [v if isinstance(v, bytes) else str(v).encode() for v in row]
    return b"\n".join(pieces).lower()


def erase(walk: Walk, address: str = "Ada@acme.example", *more: str) -> object:
    return maildesk("-c", walk.folder / "config.toml", "person", "erase", address, *more)


def test_nothing_of_a_person_is_left(walk: Walk) -> None:
    data = walk.folder / "data"
    assert all(trace.encode() in everything(data) for trace in TRACES)
    done = erase(walk, "Ada@acme.example", "--yes", "--json")
    assert done.code == 0, done
    left = everything(data)
    found = [
        (trace, left[max(0, at - 80) : at + 40])
        for trace in TRACES
        if (at := left.find(trace.encode())) >= 0
    ]
    assert found == []


def test_the_skeleton_of_their_tickets_and_what_others_wrote_stay(walk: Walk) -> None:
    before = walk.ticket("HELP-1")
    erase(walk, "ada@acme.example", "--yes")
    after = walk.ticket("HELP-1")
    assert after["subject"] == "(erased)"
    for name in ("key", "status", "priority", "created_at", "resolved_at", "owner", "rating"):
        assert after[name] == before[name], name
    assert len(after["comments"]) == len(before["comments"])
    assert {c["text"] for c in after["comments"]} == {""}
    assert after["events"][-1]["kind"] == "person erased"
    bobs = walk.ticket("HELP-2")
    assert bobs["subject"] == "Bob's own"
    assert bobs["requester"]["email"] == "bob@acme.example"
    assert bobs["comments"][0]["text"].startswith("Ask (erased) <erased-")


def test_the_desk_goes_on(walk: Walk) -> None:
    erase(walk, "ada@acme.example", "--yes")
    step = walk.receive(mail(BOB, "[HELP-2]", "And now?"))
    assert step.ticket == "HELP-2"
    again = walk.receive(mail(ADA, "Back again"))
    assert (again.state, again.ticket) == ("done", "HELP-4")
    with closing(sqlite3.connect(walk.folder / "data" / "maildesk.db")) as conn:
        conn.execute("INSERT INTO comment_search (comment_search) VALUES ('integrity-check')")
        assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert conn.execute("PRAGMA foreign_key_check").fetchall() == []


def test_it_asks_and_knows_whom_it_may_not_erase(walk: Walk) -> None:
    assert erase(walk, "ada@acme.example").code == 2
    assert erase(walk, "alice@desk.example", "--yes").code == 2
    assert erase(walk, "support@desk.example", "--yes").code == 2
    assert erase(walk, "nobody@nowhere.example", "--yes").code == 1
    assert walk.ticket("HELP-1")["subject"] == "The xyzzy burns"


def test_an_erasure_that_a_reader_cut_short_is_ended_by_the_next(
    walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = walk.folder / "data"
    monkeypatch.setattr(erasing, "_PATIENCE_SECONDS", 0.2)
    ada = (data, "ada@acme.example", "x@erased.invalid", mentions, walk.moment)
    # While this connection is open nobody else's end empties the log.
    with closing(sqlite3.connect(data / "maildesk.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM tickets").fetchone()
        with pytest.raises(StoreBusy):
            erasing.erase(*ada)
        assert b"Lovelace" in on_disk(data)
        reader.execute("COMMIT")
        with pytest.raises(NotFound):
            erasing.erase(*ada)
        assert b"Lovelace" not in on_disk(data)


def on_disk(data: Path) -> bytes:
    """The database and its log as they lie there, looked at by no connection."""
    return b"".join(file.read_bytes() for file in sorted(data.glob("maildesk.db*")))


def test_everything_on_a_person_is_handed_out(walk: Walk) -> None:
    done = maildesk("-c", walk.folder / "config.toml", "person", "export", "Ada@acme.example")
    assert done.code == 0, done
    found = done.json
    assert (found["address"], found["names"]) == ("ada@acme.example", ["Ada Lovelace"])
    assert [t["key"] for t in found["tickets"]] == ["HELP-1"]
    assert found["tickets"][0]["comments"][0]["text"] == "xyzzy it burns."
    [bobs] = found["elsewhere"]
    assert (bobs["ticket"], bobs["role"]) == ("HELP-2", "participant")
    assert {c["author"]["email"] for c in bobs["comments"]} == {"ada@acme.example"}
    assert "ada@acme.example" in {m["from"] for m in found["messages"]}
    assert {m["to"] for m in found["mails"]} == {"ada@acme.example"}
    assert found["blocked"] is False


def test_nobody_is_handed_out_whom_nobody_knows(walk: Walk) -> None:
    words = ("person", "export", "no@where.example", "--json")
    done = maildesk("-c", walk.folder / "config.toml", *words)
    assert (done.code, list(done.json)) == (1, ["error"])


@pytest.mark.slow
def test_a_daemon_that_runs_goes_on(tmp_path: Path) -> None:
    with live(tmp_path) as desk:
        desk.send(mail(ADA, "The xyzzy burns"), "ada@acme.example")
        desk.mails(2)
        done = maildesk("-c", desk.config, "person", "erase", "ada@acme.example", "--yes")
        assert done.code == 0, done
        left = everything(tmp_path / "data")
        assert [t for t in TRACES if t.encode() in left] == []
        desk.send(mail(BOB, "Another"), "bob@acme.example")
        assert len(desk.mails(2)) == 2
        assert [t["subject"] for t in desk.ask("ticket", "list")] == ["(erased)", "Another"]

"""What the listings say: every key of the contract, exit codes, and tables people can read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.shell import Done, maildesk
from tests.desk_config import EXAMPLE, MAILDIR, write_config
from tests.walks.walk import ALICE, mail

TICKET = {
    "key": str,
    "desk": str,
    "subject": str,
    "type": str,
    "status": str,
    "priority": str,
    "urgency": str,
    "impact": str,
    "language": str,
    "requester": dict,
    "organisation": (str, type(None)),
    "owner": (str, type(None)),
    "participants": list,
    "created_at": str,
    "updated_at": str,
    "resolved_at": (str, type(None)),
    "rating": (int, type(None)),
    "clocks": list,
}
COMMENT = {
    "id": int,
    "author": dict,
    "via": str,
    "visibility": str,
    "at": str,
    "text": str,
    "full_text": str,
    "html": (str, type(None)),
    "message_id": (str, type(None)),
    "inbox_id": int,
    "attachments": list,
}
INBOX = {
    "id": int,
    "received_at": str,
    "source": str,
    "from": str,
    "to": list,
    "subject": str,
    "message_id": (str, type(None)),
    "size": int,
    "state": str,
    "reason": str,
    "ticket": (str, type(None)),
}
OUTBOX = {
    "id": int,
    "created_at": str,
    "event": str,
    "ticket": (str, type(None)),
    "to": str,
    "subject": str,
    "message_id": str,
    "state": str,
    "attempts": int,
    "last_error": (str, type(None)),
}
COMMANDS = (
    "run",
    "check",
    "deliver",
    "import",
    "process",
    "try",
    "ticket",
    "queue",
    "search",
    "inbox",
)
COMMANDS += ("outbox", "status", "backup", "restore")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def ask(config: Path, *words: str) -> Done:
    done = maildesk("-c", config, *words)
    assert done.code == 0, done.err
    return done


def assert_shape(found: dict[str, object], shape: dict[str, object]) -> None:
    assert list(found) == list(shape)
    for name, kind in shape.items():
        assert isinstance(found[name], kind), (name, found[name])
        assert not (kind is int and isinstance(found[name], bool))
        if (name.endswith("_at") and found[name]) or name == "at":
            assert TIME.fullmatch(str(found[name])), (name, found[name])


def test_ticket_show_has_every_key(seen: Path) -> None:
    ticket = ask(seen, "ticket", "show", "HELP-1", "--json").json
    assert_shape(ticket, {**TICKET, "comments": list, "links": list, "events": list})
    assert ticket["subject"] == "Der Drucker brennt ✓"
    assert ticket["requester"] == {"email": "ada@acme.example", "name": "Ada Lovelace"}
    assert ticket["participants"] == [{"email": "ada@acme.example", "role": "requester"}]
    assert ticket["created_at"].startswith("2026-11-20T09:00:00")
    [comment] = ticket["comments"]
    assert_shape(comment, COMMENT)
    [file] = comment["attachments"]
    assert (file["name"], file["size"], file["inline"]) == ("foto.png", 4, False)
    assert list(file) == ["name", "type", "size", "sha256", "inline"]
    for event in ticket["events"]:
        assert list(event) == ["at", "actor", "kind", "detail"]
        assert TIME.fullmatch(event["at"])


@pytest.mark.parametrize("key", ["help-1", "[HELP-1]", " HELP-1 "])
def test_a_key_may_be_written_as_people_write_it(seen: Path, key: str) -> None:
    assert ask(seen, "ticket", "show", key, "--json").json["key"] == "HELP-1"


def test_ticket_list_has_the_same_without_the_words(seen: Path) -> None:
    tickets = ask(seen, "ticket", "list", "--json").json
    assert [t["key"] for t in tickets] == ["HELP-1", "HELP-2"]
    for ticket in tickets:
        assert_shape(ticket, TICKET)


def test_the_queue_has_the_open_tickets_as_the_list_has_them(seen: Path) -> None:
    tickets = ask(seen, "queue", "--json").json
    assert tickets == ask(seen, "ticket", "list", "--open", "--json").json
    [first] = ask(seen, "queue", "--limit", "1", "--json").json
    assert first["key"] == "HELP-1"
    assert b"HELP-2" in ask(seen, "queue").out


@pytest.mark.parametrize(
    ("filters", "keys"),
    [
        (("--desk", "HELP"), ["HELP-1", "HELP-2"]),
        (("--desk", "SHOP"), []),
        (("--status", "open"), ["HELP-1", "HELP-2"]),
        (("--status", "Done"), []),
        (("--organisation", "acme"), ["HELP-1"]),
        (("--owner", "alice"), []),
        (("--type", "Request"), ["HELP-1", "HELP-2"]),
        (("--priority", "P1"), []),
        (("--open",), ["HELP-1", "HELP-2"]),
        (("--limit", "1"), ["HELP-2"]),
    ],
)
def test_the_filters_of_ticket_list(seen: Path, filters: tuple[str, ...], keys: list[str]) -> None:
    found = ask(seen, "ticket", "list", "--json", *filters).json
    assert [t["key"] for t in found] == keys


def test_a_limit_of_none_shows_none_and_says_why(seen: Path) -> None:
    for words in (("ticket", "list"), ("inbox", "list"), ("queue",), ("search", "attic")):
        assert ask(seen, *words, "--limit", "0", "--json").json == []
        assert ask(seen, *words, "--limit", "0").text == "none shown: --limit 0\n"


def test_ticket_log_tells_what_happened(seen: Path) -> None:
    events = ask(seen, "ticket", "log", "HELP-1", "--json").json
    assert [e["kind"] for e in events] == ["ticket opened", "automatic reply noted"]
    assert "ticket opened" in ask(seen, "ticket", "log", "HELP-1").text


def test_inbox_list_says_what_became_of_every_message(seen: Path) -> None:
    rows = ask(seen, "inbox", "list", "--json").json
    for row in rows:
        assert_shape(row, INBOX)
    assert [row["id"] for row in rows] == [1, 2, 3, 4, 5, 6]
    assert [(row["state"], row["ticket"]) for row in rows] == [
        ("done", "HELP-1"),
        ("ignored", None),
        ("done", "HELP-2"),
        ("done", "HELP-1"),
        ("held", None),
        ("failed", None),
    ]
    assert rows[0]["from"] == "ada@acme.example"
    assert rows[0]["to"] == ["support@desk.example"]
    assert rows[0]["source"] == "pipe"
    assert rows[1]["reason"] == "duplicate of 1"
    assert rows[0]["reason"] == ""
    assert all(row["reason"] for row in rows[3:])


def test_inbox_show_is_one_of_the_list(seen: Path) -> None:
    rows = ask(seen, "inbox", "list", "--json").json
    assert ask(seen, "inbox", "show", "5", "--json").json == rows[4]
    assert "identity:     From is " in ask(seen, "inbox", "show", "5").text


def test_inbox_raw_is_the_stored_bytes(seen: Path) -> None:
    raw = ask(seen, "inbox", "raw", "1").out
    size = ask(seen, "inbox", "show", "1", "--json").json["size"]
    assert len(raw) == size
    assert raw.startswith(b"Return-Path: <")
    assert b"\r\nSubject: Der Drucker brennt =?utf-8?" in raw


def test_outbox_list_tells_of_every_mail(seen: Path) -> None:
    rows = ask(seen, "outbox", "list", "--json").json
    for row in rows:
        assert_shape(row, OUTBOX)
    assert [(row["event"], row["to"]) for row in rows] == [
        ("ticket.received", "ada@acme.example"),
        ("ticket.new", "alice@desk.example"),
        ("ticket.received", "mallory@elsewhere.example"),
        ("ticket.new", "alice@desk.example"),
        ("sender.unverified", "alice@desk.example"),
        ("admin.alert", "alice@desk.example"),
    ]
    assert {row["state"] for row in rows} == {"sent"}
    assert rows[0]["ticket"] == "HELP-1"
    assert ask(seen, "outbox", "show", "1", "--json").json == rows[0]


@pytest.mark.parametrize(
    ("what", "state", "ids"),
    [
        ("inbox", "held", [5]),
        ("inbox", "pending", []),
        ("outbox", "sent", [1, 2, 3, 4, 5, 6]),
        ("outbox", "dead", []),
    ],
)
def test_the_queues_may_be_narrowed_to_a_state(
    seen: Path, what: str, state: str, ids: list[int]
) -> None:
    rows = ask(seen, what, "list", "--state", state, "--json").json
    assert [row["id"] for row in rows] == ids


def test_search_finds_words_of_comments_and_subjects(seen: Path) -> None:
    [hit] = ask(seen, "search", "attic", "--json").json
    assert list(hit) == ["ticket", "comment", "at", "snippet"]
    assert hit["ticket"] == "HELP-2"
    assert "attic" in hit["snippet"]
    assert TIME.fullmatch(hit["at"])
    assert [h["ticket"] for h in ask(seen, "search", "drucker", "--json").json] == ["HELP-1"]
    assert ask(seen, "search", "paper", "drucker", "--json").json == []


@pytest.mark.parametrize("words", ['"', "a AND", "NEAR(", "*", "(", "-", "^x", "'; DROP TABLE"])
def test_no_words_break_the_search(seen: Path, words: str) -> None:
    assert isinstance(ask(seen, "search", "--json", "--", words).json, list)


def test_status_says_what_waits_and_fails_when_a_person_is_needed(seen: Path) -> None:
    done = maildesk("-c", seen, "status", "--json")
    assert done.code == 1
    found = done.json
    assert list(found) == [
        "running",
        "version",
        "inbox",
        "outbox",
        "oldest_pending_seconds",
        "mailboxes",
    ]
    assert found["running"] is False
    assert found["inbox"] == {"pending": 0, "held": 1, "failed": 1}
    assert found["outbox"] == {"queued": 0, "deferred": 0, "dead": 0}
    assert found["oldest_pending_seconds"] is None
    assert found["mailboxes"] == []


@pytest.mark.parametrize(
    "words",
    [
        ("ticket", "show", "HELP-99"),
        ("ticket", "show", "nonsense"),
        ("ticket", "log", "HELP-99"),
        ("inbox", "show", "99"),
        ("inbox", "show", "abc"),
        ("inbox", "show", "9" * 40),
        ("inbox", "show", "1.5"),
        ("inbox", "show", "٣"),
        ("inbox", "raw", "99"),
        ("inbox", "retry", "99"),
        ("inbox", "retry", "1"),
        ("inbox", "dismiss", "99"),
        ("inbox", "dismiss", "1"),
        ("outbox", "show", "99"),
        ("outbox", "show", "abc"),
        ("outbox", "retry", "99"),
        ("outbox", "retry", "1"),
    ],
)
def test_what_does_not_exist_is_a_failure_in_words(seen: Path, words: tuple[str, ...]) -> None:
    done = maildesk("-c", seen, *words)
    assert (done.code, done.out) == (1, b"")
    assert done.err.startswith("maildesk: ")
    assert "Traceback" not in done.err
    if words[1] == "raw":
        return
    done = maildesk("-c", seen, *words, "--json")
    assert done.code == 1
    assert list(done.json) == ["error"]
    assert done.json["error"]


@pytest.mark.parametrize(
    "words",
    [
        ("ticket", "list", "--nonsense"),
        ("ticket",),
        ("nonsense",),
        ("inbox", "show"),
        ("inbox", "list", "--state", "odd"),
        ("search",),
        ("ticket", "list", "--limit", "-1"),
    ],
)
def test_a_wrong_command_line_is_a_usage_error(seen: Path, words: tuple[str, ...]) -> None:
    done = maildesk("-c", seen, *words)
    assert done.code == 2
    assert done.err
    done = maildesk("-c", seen, *words, "--json")
    assert done.code == 2
    assert list(done.json) == ["error"]


def test_tables_stand_in_columns(seen: Path) -> None:
    lines = ask(seen, "ticket", "list").text.splitlines()
    assert lines[0].split() == [
        "KEY",
        "STATUS",
        "PRIO",
        "OWNER",
        "REQUESTER",
        "UPDATED",
        "(UTC)",
        "SUBJECT",
    ]
    at = lines[0].index("SUBJECT")
    assert lines[1][at:] == "Der Drucker brennt ✓"
    assert lines[2][at:] == "A second one"
    for what in ("inbox", "outbox"):
        assert ask(seen, what, "list").text.startswith("ID")


def test_a_ticket_reads_like_a_page(seen: Path) -> None:
    page = ask(seen, "ticket", "show", "HELP-1").text
    assert page.startswith("[HELP-1] Der Drucker brennt ✓\n")
    assert "Ada Lovelace <ada@acme.example>" in page
    assert "it burns." in page
    assert "foto.png" in page


def test_empty_lists_say_so(desk: Path) -> None:
    assert ask(desk, "ticket", "list").text == "no tickets\n"
    assert ask(desk, "inbox", "list").text == "no messages\n"
    assert ask(desk, "outbox", "list").text == "no mails\n"
    for words in (("ticket", "list"), ("inbox", "list"), ("outbox", "list"), ("search", "x")):
        assert ask(desk, *words, "--json").json == []


def test_every_command_explains_itself() -> None:
    done = maildesk("--help")
    assert done.code == 0
    for name in [
        "run",
        "check",
        "deliver",
        "import",
        "process",
        "try",
        "ticket",
        "inbox",
        "outbox",
        "search",
        "status",
    ]:
        assert re.search(rf"^  {name} +\S", done.text, re.MULTILINE), name
        assert maildesk(name, "--help").code == 0
    assert maildesk("--version").text.startswith("maildesk")


def test_a_ticket_shows_what_lies_beside_it(tmp_path: Path) -> None:
    tables = f'rehearsal = true\n{MAILDIR}\n[trust]\nstaff = "from"\n'
    config = write_config(tmp_path, tables, desk=EXAMPLE)
    raw = mail(ALICE, "Rollers", "#due 2026-12-01\n#time 1h30m\n\nNew rollers.")
    words = ("deliver", "--sender", "alice@desk.example", "--at", "2026-11-20T09:00:00Z")
    assert maildesk("-c", config, *words, stdin=raw).code == 0
    assert maildesk("-c", config, "process", "--at", "2026-11-20T09:01:00Z").code == 0
    shown = ask(config, "ticket", "show", "HELP-1").text
    assert "Due: 1 Dec 2026\nWorked: 1 h 30 min\n" in shown

"""A day at the desk, by mail alone: five customers, two agents, every command.

Nobody uses anything but neomutt and s-nail on mailboxes of a real Dovecot. What the desk did is
read from its command line.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from maildesk.core.orders.forms import FORMS
from tests import parts
from tests.clients.live import live
from tests.clients.people import Person, Post, line_of
from tests.desk_config import EXAMPLE
from tests.inbox.dovecot import Dovecot, fresh_user, make_certificates
from tests.walks.walk import body

pytest_plugins = ["tests.inbox.dovecot"]
pytestmark = [
    parts.need("dovecot", "openssl", "neomutt", "s-nail", "msmtp", "script"),
    pytest.mark.slow,
    pytest.mark.timeout(900),
]

_TABLES = """
[[listener]]
port = 0
tls_certificate = "{folder}/server.pem"
tls_key = "{folder}/server.key"
auth = {{ alice = {{ password = "x" }}, boris = {{ password = "x" }} }}
[[agents]]
id = "boris"
name = "Boris Roe"
emails = ["boris@desk.example"]
roles = ["agent", "manager"]
[[organisations]]
name = "ACME"
domains = ["acme.example"]
people = ["cto@acme.example"]
approvers = ["cto@acme.example"]
[[organisations.budgets]]
name = "Support package"
starts = 2020-01-01
ends = 2099-12-31
amount = "40h"
[[organisations]]
name = "Globex"
domains = ["globex.example"]
"""


class Day:
    """The desk, the post, and everybody at it."""

    def __init__(self, desk: Any, server: Dovecot, folder: Path) -> None:
        plain, with_password = (int(p.rpartition(":")[2]) for p in desk.places[:2])

        def person(name: str, address: str, program: str, login: str = "") -> Person:
            return Person(
                name=name,
                address=address,
                box=fresh_user(server),
                home=folder / name.split()[0].lower(),
                port=with_password if login else plain,
                program=program,
                login=login,
                ca=folder / "ca.pem",
            )

        self.desk = desk
        self.ada = person("Ada Lovelace", "ada@acme.example", "neomutt")
        self.cto = person("Cleo Chief", "cto@acme.example", "s-nail")
        self.carl = person("Carl Gauss", "carl@globex.example", "s-nail")
        self.dora = person("Dora Maar", "dora@home.example", "neomutt")
        self.emil = person("Emil Post", "emil@globex.example", "s-nail")
        self.alice = person("Alice Doe", "alice@desk.example", "neomutt", "alice")
        self.boris = person("Boris Roe", "boris@desk.example", "s-nail", "boris")
        customers = [self.ada, self.cto, self.carl, self.dora, self.emil]
        self.post = Post(desk, [*customers, self.alice, self.boris])
        self.used: set[str] = set()

    def writes(self, who: Person, subject: str, text: str) -> dict[str, list[str]]:
        """A new mail, and what everybody gets because of it."""
        self._note(text)
        who.write(subject, text)
        return self.post.settle()

    def answers(self, who: Person, event: str, key: str, text: str) -> dict[str, list[str]]:
        """An answer to the newest mail of that event, and what everybody gets because of it."""
        self._note(text)
        who.answer(who.newest(event, key), text)
        return self.post.settle()

    def ticket(self, key: str) -> Any:
        return self.desk.ask("ticket", "show", key)

    def _note(self, text: str) -> None:
        words = [line.split()[0].lstrip("#") for line in text.split("\n") if line.startswith("#")]
        self.used.update(words)


@pytest.fixture
def day(dovecot_server: Dovecot, tmp_path: Path) -> Iterator[Day]:
    make_certificates(tmp_path)
    both = EXAMPLE.replace('agents = ["alice"]', 'agents = ["alice", "boris"]')
    with live(tmp_path, desk=both, tables=_TABLES.format(folder=tmp_path)) as desk:
        yield Day(desk, dovecot_server, tmp_path)


def test_a_day_passes_by_mail_alone(day: Day) -> None:
    morning(day)
    an_estimate_approved_and_one_rejected(day)
    people_come_and_go(day)
    tickets_meet_and_part(day)
    evening(day)
    assert day.used == set(FORMS)


def morning(day: Day) -> None:
    """Ada's printer, from the first word to the rating."""
    told = day.writes(day.ada, "The printer burns", "#urgency high\n#impact high\n\nIt burns.")
    assert "ticket.received" in told["Ada Lovelace"]
    assert "ticket.new" in told["Alice Doe"]
    assert day.ticket("HELP-1")["priority"] == "P1"
    told = day.answers(day.alice, "ticket.new", "HELP-1", "#take\n#status in progress\n\nComing.")
    assert told["Ada Lovelace"] == ["comment.public"]
    assert told["Alice Doe"] == ["command.done"]
    told = day.answers(day.alice, "ticket.new", "HELP-1", "#reply install-details")
    assert "comment.public" in told["Ada Lovelace"]
    told = day.answers(day.ada, "comment.public", "HELP-1", "Version 3, on the third floor.")
    assert told["Alice Doe"] == ["comment.public"]
    note = "#internal\n#time 30m on the telephone\n\nShe pulled the plug herself."
    told = day.answers(day.alice, "comment.public", "HELP-1", note)
    assert "Ada Lovelace" not in told
    told = day.answers(day.alice, "comment.public", "HELP-1", "#done\n\nA new cable did it.")
    assert "ticket.resolved" in told["Ada Lovelace"]
    assert "rating.requested" in told["Ada Lovelace"]
    rating = day.ada.newest("rating.requested", "HELP-1")
    day.answers(day.ada, "rating.requested", "HELP-1", line_of(rating, "rate"))
    assert day.ticket("HELP-1")["rating"] == 5


def an_estimate_approved_and_one_rejected(day: Day) -> None:
    day.writes(day.ada, "A new report", "#type change\n\nWe need a report of all printers.")
    asked = "#take\n#estimate 8h by +60d The report and its tests."
    told = day.answers(day.alice, "ticket.new", "HELP-2", asked)
    assert "estimate.requested" in told["Cleo Chief"]
    line = line_of(day.cto.newest("estimate.requested", "HELP-2"), "approve")
    told = day.writes(day.cto, "[HELP-2] A new report", line)
    assert "estimate.decided" in told["Alice Doe"]
    assert day.ticket("HELP-2")["status"] == "Approved"
    day.writes(day.ada, "Gold letters", "Can it print in gold?")
    day.answers(day.alice, "ticket.new", "HELP-3", "#take\n#estimate 900h Gold is hard.")
    told = day.answers(day.cto, "estimate.requested", "HELP-3", "#reject\n\nToo much.")
    assert "estimate.decided" in told["Alice Doe"]
    assert day.ticket("HELP-3")["status"] == "Rejected"


def people_come_and_go(day: Day) -> None:
    day.writes(day.carl, "No mail", "#private\n\nNo mail comes in.")
    told = day.answers(day.boris, "ticket.new", "HELP-4", "#cc emil@globex.example\n\nEmil knows.")
    assert "participant.added" in told["Emil Post"]
    told = day.answers(day.emil, "participant.added", "HELP-4", "#mute")
    assert told["Emil Post"] == ["command.done"]
    told = day.answers(day.boris, "ticket.new", "HELP-4", "It is the spool.")
    assert "Emil Post" not in told
    day.answers(day.emil, "command.done", "HELP-4", "#unmute")
    day.writes(day.boris, "[HELP-4]", "#uncc emil@globex.example")
    day.writes(day.boris, "[HELP-4]", "#share\n#organisation Globex\n#language en")
    told = day.writes(day.boris, "[HELP-4]", "#requester emil@globex.example\n#assign alice")
    assert "ticket.received" in told["Emil Post"]
    assert "ticket.assigned" in told["Alice Doe"]
    told = day.writes(day.boris, "[HELP-4]", "#escalate")
    assert told["Boris Roe"] == ["command.failed"]
    told = day.writes(day.alice, "[HELP-4]", "#escalate\n#priority P1\n#due +3d\n#subject Mail")
    assert "ticket.escalated" in told["Boris Roe"]
    told = day.answers(day.boris, "ticket.escalated", "HELP-4", "#public\n\nWe are at it.")
    assert "comment.public" in told["Emil Post"]


def tickets_meet_and_part(day: Day) -> None:
    day.writes(day.dora, "Mail again", "The same for me.")
    day.writes(day.boris, "[HELP-5]", "#link HELP-4")
    told = day.writes(day.boris, "[HELP-5]", "#merge HELP-4")
    assert day.ticket("HELP-5")["key"] == "HELP-4"
    assert told["Boris Roe"] == ["command.done"]
    told = day.answers(day.dora, "ticket.received", "HELP-5", "Any news?")
    assert "comment.public" in told["Alice Doe"]
    undo = line_of(day.boris.newest("command.done", "HELP-4"), "undo")
    day.writes(day.boris, "[HELP-4]", undo)
    told = day.writes(day.boris, "[HELP-1]", "#split Paper is out\n\nThere is no paper, either.")
    split = [link for link in day.ticket("HELP-1")["links"] if link["kind"] == "split"]
    assert split


def evening(day: Day) -> None:
    told = day.writes(day.emil, "[HELP-4]", "#close It works.")
    assert "ticket.resolved" in told["Alice Doe"]
    day.writes(day.emil, "[HELP-4]", "#reopen")
    day.writes(day.dora, "Buy pills", "Cheap pills!")
    spam = max(t["key"] for t in day.desk.ask("ticket", "list"))
    day.writes(day.alice, f"[{spam}]", "#spam")
    for text in ("#queue", "#mine", "#search cable", "#show HELP-1", "#help"):
        told = day.writes(day.alice, "a question", text)
        assert told == {"Alice Doe": ["command.done"]}, text
    answer = body(day.alice.got[-1])
    assert "#status" in answer
    told = day.writes(day.cto, "our hours", "#budget")
    assert told == {"Cleo Chief": ["command.done"]}
    told = day.writes(day.ada, "mine", "#mine")
    assert told == {"Ada Lovelace": ["command.done"]}

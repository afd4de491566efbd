"""What is for agents alone stands in no mail to anybody else, whatever is done to a ticket.

In: hypothesis' conversations: notes, commands, answers, people who come and go, time that passes,
with batching and without. Out: every mail that went to a customer, held against the words of every
note.
*Fails:* as every test does.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from maildesk.mail.worker import ParserPool
from maildesk.sweeps import sweep
from tests.walks import walk as walks
from tests.walks.walk import ADA, ALICE, BORIS, STRANGER, Walk, mail, reply

STAFF = {"alice@desk.example", "boris@desk.example"}
BOB = "Bob <bob@acme.example>"
CTO = "Carla <cto@acme.example>"
MARK = "Sesame"
# A conversation takes a second, so one that leaks is told as it is.
UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)
# Each stands above words that are for agents alone.
INSIDE = (
    "#internal",
    "#done\n#internal",
    "#close\n#internal",
    "#reopen\n#internal",
    "#take\n#internal",
    "#assign boris\n#internal",
    "#status waiting\n#internal",
    "#cc bob@acme.example\n#internal",
    "#uncc bob@acme.example\n#internal",
    "#share\n#internal",
    "#escalate\n#internal",
    "#priority P1\n#internal",
    "#estimate 8h by 2026-12-01\n#internal",
    "#time 1h\n#internal",
    "#language de\n#internal",
    "#split Another matter\n#internal",
    "#merge HELP-2\n#internal",
    "#undo\n#internal",
    "#nosuchcommand",
    "#internal:",
    "#internal-note",
    "#done\n#status nowhere",
)
OUTSIDE = (
    "",
    "#done",
    "#reopen",
    "#status waiting",
    "#status in progress",
    "#cc bob@acme.example",
    "#uncc bob@acme.example",
    "#share",
    "#escalate",
    "#estimate 4h what it takes",
    "#reply install-details",
    "#link https://bugs.example/1",
    "#split A matter of its own",
    "#merge HELP-1",
    "#undo",
)
CUSTOMERS = ("", "#reopen", "#close", "#show HELP-1", "#mine", "#help", "#urgency high", "#share")
CUSTOMERS += ("#private", "#mute", "#rate 3", "#approve", "#reject", "#undo", "#show HELP-2")

PLACES = {"HELP-1": "[HELP-1] The printer burns", "HELP-2": "[HELP-2] The other one"}
AGENTS = st.sampled_from((ALICE, BORIS))
KEYS = st.sampled_from(sorted(PLACES))
STEPS = st.one_of(
    st.tuples(st.just("note"), AGENTS, KEYS, st.sampled_from(INSIDE)),
    st.tuples(st.just("word"), AGENTS, KEYS, st.sampled_from(OUTSIDE)),
    st.tuples(st.just("note again"), AGENTS, KEYS, st.just("")),
    st.tuples(
        st.just("customer"), st.sampled_from((ADA, BOB, CTO, STRANGER)), KEYS,
        st.sampled_from(CUSTOMERS),
    ),
    st.tuples(st.just("time"), st.sampled_from(("1", "3", "7000", "60000")), KEYS, st.just("")),
)  # fmt: skip


class Talk:
    """One conversation on a desk of its own."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.notes = 0
        walk.receive(mail())
        walk.receive(mail(subject="The other one"))

    def do(self, kind: str, who: str, key: str, line: str) -> None:
        """One step; the time that passes is in minutes."""
        if kind == "time":
            self.walk.advance(minutes=int(who))
            sweep(self.walk.desk)
            self.walk.courier.deliver_due()
        elif kind == "customer":
            self.walk.receive(mail(who, PLACES[key], f"{line}\n\nIt still burns.".strip()))
        elif kind == "word":
            text = f"{line}\n\nWe look at it.".strip()
            self.walk.receive(mail(who, PLACES[key], text), auth=_id(who))
        elif kind == "note again":
            self._answer_inside(who)
        else:
            self.walk.receive(mail(who, PLACES[key], f"{line}\n\n{self._secret()}"), auth=_id(who))

    def _answer_inside(self, who: str) -> None:
        """An answer to the newest mail about a note, which stays inside by itself."""
        news = [m for m in self.walk.sent() if m["X-Maildesk-Event"] == "comment.internal"]
        mine = [m for m in news if _id(who) in str(m["X-Original-To"])]
        if mine:
            self.walk.receive(reply(mine[-1], who, self._secret()), auth=_id(who))

    def _secret(self) -> str:
        self.notes += 1
        return f"{MARK} {self.notes}: he forgot to pay, tell nobody."

    def leaks(self) -> Iterator[str]:
        """Mails to anybody but agents in which a note's words stand, in whatever part."""
        for sent in self.walk.sent():
            if sent["X-Original-To"] in STAFF:
                continue
            for part in sent.walk():
                payload = part.get_payload(decode=True)
                if isinstance(payload, bytes) and re.search(rb"(?i)sesame|to pay", payload):
                    yield f"{sent['X-Maildesk-Event']} to {sent['X-Original-To']}"


def _id(who: str) -> str:
    return who.partition("<")[2].partition("@")[0]


def talk_of(steps: list[tuple[str, str, str, str]], batch: str, parser: ParserPool) -> list[str]:
    """What leaked of a conversation; there must be none."""
    with tempfile.TemporaryDirectory() as folder:
        walk = walks.begin(
            Path(folder),
            parser,
            batch=batch,
            organisation='approvers = ["cto@acme.example"]\nshare = true',
            desk='close_waiting_after = "20d"\nclose_done_after = "30d"',
        )
        try:
            talk = Talk(walk)
            for step in steps:
                talk.do(*step)
            walk.advance(days=1)
            walk.work_off()
            return list(talk.leaks())
        finally:
            walk.close()


@settings(max_examples=12, phases=UNSHRUNK)
@given(steps=st.lists(STEPS, min_size=4, max_size=10), batch=st.sampled_from(("0s", "2m")))
def test_no_note_reaches_a_customer(
    steps: list[tuple[str, str, str, str]], batch: str, parser: ParserPool
) -> None:
    assert talk_of(steps, batch, parser) == []


@pytest.mark.slow
@pytest.mark.timeout(900)
@settings(max_examples=300, phases=UNSHRUNK)
@given(steps=st.lists(STEPS, min_size=6, max_size=16), batch=st.sampled_from(("0s", "2m")))
def test_no_note_reaches_a_customer_in_long_conversations(
    steps: list[tuple[str, str, str, str]], batch: str, parser: ParserPool
) -> None:
    assert talk_of(steps, batch, parser) == []

"""Who gets what, whatever people write: one person one copy, nobody their own.

In: conversations of agents, a requester, a colleague, an organisation's people and somebody from
elsewhere, with commands, Cc and notes, through a whole desk. Out: the mails that went out.
*Fails:* as every test does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from maildesk.mail.worker import ParserPool
from tests.walks import walk as walks
from tests.walks.walk import Step, Walk, body, mail

NOTE = "He never pays."
AGENTS = {
    "alice@desk.example": "alice",
    "alice@home.example": "alice",
    "boris@desk.example": "boris",
}
CUSTOMERS = ("ada@acme.example", "carl@acme.example", "cto@acme.example", "bob@other.example")
# Answers to somebody's own mail; and the question how it was, which comes beside the end.
RECEIPTS = ("command.done", "command.failed", "ticket.received", "rating.requested")

LINES = (
    *("#take", "#assign boris", "#assign nobody", "#status in progress", "#status waiting"),
    *("#done", "#close that was it", "#reopen", "#urgency high", "#priority P1", "#mute"),
    *("#unmute", "#cc bob@other.example", "#cc eve@other.example", "#uncc carl@acme.example"),
    *("#cc boris@desk.example", "#share", "#private", "#requester carl@acme.example"),
    *("#organisation none", "#organisation ACME", "#escalate", "#estimate 2h words", "#approve"),
    *("#subject Another", "#language de", "#type bug", "#split Another matter", "#show"),
)


@dataclass
class Desk:
    """A desk that Hypothesis does not print with each example."""

    walk: Walk = field(repr=False)


@dataclass(frozen=True)
class Said:
    """One mail of a conversation."""

    writer: str
    lines: tuple[str, ...]
    words: str
    is_note: bool
    cc: tuple[str, ...]


said = st.builds(
    Said,
    writer=st.sampled_from((*AGENTS, *AGENTS, *CUSTOMERS)),
    lines=st.lists(st.sampled_from(LINES), max_size=3, unique=True).map(tuple),
    words=st.sampled_from(("", "Dear all, so it is.", "And now?")),
    is_note=st.booleans(),
    cc=st.lists(st.sampled_from((*AGENTS, *CUSTOMERS)), max_size=2, unique=True).map(tuple),
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, parser: ParserPool) -> Iterator[Desk]:
    more = '[[organisations]]\nname = "Other"\ndomains = ["other.example"]'
    walk = walks.begin(
        tmp_path_factory.mktemp("readers"),
        parser,
        organisation="share = true",
        limits="automatic_mails_per_address = 0\ntickets_per_sender = 0\nreopenings_per_ticket = 0",
        more=more,
    )
    yield Desk(walk)
    walk.close()


def spoken(walk: Walk, key: str, one: Said) -> Step:
    """One mail about the ticket, through the desk."""
    agent = AGENTS.get(one.writer)
    words = NOTE if agent and one.is_note else one.words
    lines = ("#internal",) if agent and one.is_note else ()
    text = "\n".join((*lines, *one.lines, "", words))
    raw = mail(one.writer, f"[{key}]", text, cc=", ".join(one.cc))
    return walk.receive(raw, auth=agent)


def person(address: str) -> str:
    return AGENTS.get(address, address)


@settings(max_examples=20, phases=[p for p in Phase if p is not Phase.shrink])
@given(talk=st.lists(said, min_size=1, max_size=6))
def test_one_person_one_copy_and_nobody_their_own(desk: Desk, talk: list[Said]) -> None:
    walk = desk.walk
    key = walk.receive(mail(cc="carl@acme.example")).ticket
    assert key
    for place, one in enumerate(talk):
        one = replace(one, words=f"{one.words} {place}" if one.words else "")
        step = spoken(walk, key, one)
        news = [m for m in step.mails if m["X-Maildesk-Event"] not in RECEIPTS]
        copies = Counter((str(m["X-Maildesk-Ticket"]), person(m["X-Original-To"])) for m in news)
        assert set(copies.values()) <= {1}, (one, step.events)
        assert person(one.writer) not in {who for _, who in copies}, (one, step.events)
        for told in step.mails:
            reader = str(told["X-Original-To"])
            is_copy = reader in one.cc and told["X-Maildesk-Event"] != "command.done"
            if is_copy and one.words:
                assert one.words not in body(told), (one, step.events)

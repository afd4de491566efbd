"""What is for agents alone stands in no mail to others: whatever people do, in every template.

In: conversations of agents, customers and strangers on a desk with secrets, in all nine languages;
then every event's layout, as if the core had sent it to a customer about a note. Out: every mail
that went to anybody but agents, each header, part and file of it held against the secrets.

    secret                                          where it is kept
    `Sesame …`                                      notes, their files, the words of `#time`, a link
    `Secret review`                                 a status that is not for customers
    `Flamingo`                                      a ticket on which none of the others is
*Fails:* as every test does.
"""

from __future__ import annotations

import itertools
import re
import tempfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from maildesk.core.actions import Action
from maildesk.core.estimates import Estimate
from maildesk.core.model import Event, Mailbox, Notice, Role, Transcript
from maildesk.core.phrase import phrase
from maildesk.mail.worker import ParserPool
from maildesk.outbox import compose
from maildesk.outbox.occasion import Occasion
from maildesk.outbox.templates_dir import shipped_templates
from maildesk.store.gather import load_ticket
from maildesk.store.writer import Tx
from maildesk.sweeps import sweep
from tests.walks import walk as walks
from tests.walks.walk import ADA, ALICE, BORIS, NOON, STRANGER, Walk, mail, reply

LANGUAGES = sorted(p.parent.name for p in shipped_templates().glob("*/words.toml"))
STAFF = {"alice@desk.example", "alice@home.example", "boris@desk.example"}
BOB = "Bob <bob@acme.example>"
CTO = "Carla <cto@acme.example>"
EVE = "Eve <eve@far.example>"
SECRET = re.compile(rb"(?i)sesame|to pay|secret review")
OTHERS = re.compile(rb"(?i)flamingo")
STATUSES = """
[[workflow.statuses]]
name = "Secret review"
category = "active"
customer_visible = false
"""
ORGANISATION = 'approvers = ["cto@acme.example"]\nshare = true\nlanguage = "{language}"'
DESK = 'language = "{language}"\nclose_waiting_after = "20d"\nclose_done_after = "30d"'
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
    "#status secret review\n#internal",
    "#cc bob@acme.example\n#internal",
    "#uncc bob@acme.example\n#internal",
    "#share\n#internal",
    "#escalate\n#internal",
    "#priority P1\n#internal",
    "#estimate 8h by 2026-12-01\n#internal",
    "#time 1h\n#internal",
    "#language de\n#internal",
    "#link https://bugs.example/1 public\n#internal",
    "#split Another matter\n#internal",
    "#merge HELP-2\n#internal",
    "#undo\n#internal",
    "#nosuchcommand",
    "#internal:",
    "#internal-note",
    "#done\n#status nowhere",
)
# Each stands above words for everybody.
OUTSIDE = (
    "",
    "#done",
    "#reopen",
    "#status waiting",
    "#status in progress",
    "#status secret review",
    "#time 1h on what he forgot to pay",
    "#link https://bugs.example/sesame",
    "#cc bob@acme.example",
    "#uncc bob@acme.example",
    "#share",
    "#escalate",
    "#estimate 4h what it takes",
    "#reply install-details",
    "#link https://bugs.example/1 public",
    "#split A matter of its own",
    "#merge HELP-1",
    "#undo",
)
# None has a word that is secret: what a customer writes, the others on the ticket may read.
CUSTOMERS = (
    *("", "#reopen", "#close", "#urgency high", "#share", "#private", "#mute", "#rate 3"),
    *("#approve", "#reject", "#undo", "#help", "#help show", "#mine", "#budget", "#search forgot"),
    *("#show", "#show HELP-1", "#show HELP-2", "#show HELP-3", "#show [HELP-3]", "#queue"),
)
PLACES = {"HELP-1": "[HELP-1] The printer burns", "HELP-2": "[HELP-2] The other one"}
AGENTS = st.sampled_from((ALICE, BORIS))
KEYS = st.sampled_from(sorted(PLACES))
WRITERS = st.sampled_from((ADA, BOB, CTO, STRANGER))
STEPS = st.one_of(
    st.tuples(st.just("note"), AGENTS, KEYS, st.sampled_from(INSIDE)),
    st.tuples(st.just("word"), AGENTS, KEYS, st.sampled_from(OUTSIDE)),
    st.tuples(st.just("note again"), AGENTS, KEYS, st.just("")),
    st.tuples(st.just("customer"), WRITERS, KEYS, st.sampled_from(CUSTOMERS)),
    st.tuples(st.just("question"), WRITERS, KEYS, st.sampled_from(CUSTOMERS)),
    st.tuples(st.just("time"), st.sampled_from(("1", "3", "7000", "60000")), KEYS, st.just("")),
)
Steps = list[tuple[str, str, str, str]]


def begin(folder: Path, parser: ParserPool, language: str, batch: str = "0s") -> Walk:
    return walks.begin(
        folder,
        parser,
        batch=batch,
        organisation=ORGANISATION.format(language=language),
        desk=DESK.format(language=language),
        limits="automatic_mails_per_address = 0\ntickets_per_sender = 0",
        more=STATUSES,
    )


class Talk:
    """One conversation on a desk of its own."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.notes = 0
        walk.receive(mail())
        walk.receive(mail(subject="The other one"))
        walk.receive(mail(EVE, "Flamingo", "My flamingo is ill."))

    def do(self, kind: str, who: str, key: str, line: str) -> None:
        """One step; the time that passes is in minutes."""
        if kind == "time":
            self.pass_(minutes=int(who))
        elif kind == "question":
            self.walk.receive(mail(who, "hello", line))
        elif kind == "customer":
            self.walk.receive(mail(who, PLACES[key], f"{line}\n\nIt still burns.".strip()))
        elif kind == "word":
            text = f"{line}\n\nWe look at it.".strip()
            self.walk.receive(mail(who, PLACES[key], text), auth=_id(who))
        elif kind == "note again":
            self._answer_inside(who)
        else:
            self.note(who, key, line)

    def note(self, who: str, key: str, line: str) -> None:
        """Words for agents alone, with a file."""
        text, file = f"{line}\n\n{self._secret()}", ("sesame.txt", b"sesame")
        self.walk.receive(mail(who, PLACES[key], text, files=[file]), auth=_id(who))

    def pass_(self, **span: float) -> None:
        self.walk.advance(**span)
        sweep(self.walk.desk)
        self.walk.courier.deliver_due()

    def _answer_inside(self, who: str) -> None:
        """An answer to the newest mail about a note, which stays inside by itself."""
        news = [m for m in self.walk.sent() if m["X-Maildesk-Event"] == "comment.internal"]
        mine = [m for m in news if _id(who) in str(m["X-Original-To"])]
        if mine:
            self.walk.receive(reply(mine[-1], who, self._secret()), auth=_id(who))

    def _secret(self) -> str:
        self.notes += 1
        return f"Sesame {self.notes}: he forgot to pay, tell nobody."


def leaks(mails: list[EmailMessage]) -> list[str]:
    """Mails to anybody but agents in which a secret stands, in whatever part."""
    return [f"{m['X-Maildesk-Event']} to {m['X-Original-To']}" for m in mails if _tells(m)]


def _tells(sent: EmailMessage) -> bool:
    reader = str(sent["X-Original-To"])
    if reader in STAFF:
        return False
    secrets = [SECRET] if reader == "eve@far.example" else [SECRET, OTHERS]
    return any(secret.search(piece) for piece in _pieces(sent) for secret in secrets)


def _pieces(sent: EmailMessage) -> Iterator[bytes]:
    """Everything that a reader could see."""
    for part in sent.walk():
        yield "\n".join(map(str, part.values())).encode()
        payload = part.get_payload(decode=True)
        yield payload if isinstance(payload, bytes) else b""


def _id(who: str) -> str:
    return who.partition("<")[2].partition("@")[0]


def told(steps: Steps, language: str, batch: str, folder: Path, parser: ParserPool) -> list[str]:
    """What leaked of a conversation; there must be none."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        walk = begin(Path(place), parser, language, batch)
        try:
            talk = Talk(walk)
            for step in steps:
                talk.do(*step)
            talk.pass_(days=1)
            return leaks(walk.sent())
        finally:
            walk.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For the desk of each conversation."""
    return tmp_path_factory.mktemp("talks")


LANGUAGE = st.sampled_from(LANGUAGES)
BATCH = st.sampled_from(("0s", "2m"))


@settings(max_examples=12, phases=UNSHRUNK)
@given(steps=st.lists(STEPS, min_size=4, max_size=10), language=LANGUAGE, batch=BATCH)
def test_whatever_people_do_no_secret_reaches_a_customer(
    steps: Steps, language: str, batch: str, folder: Path, parser: ParserPool
) -> None:
    assert told(steps, language, batch, folder, parser) == []


@pytest.mark.slow
@pytest.mark.timeout(900)
@settings(max_examples=300, phases=UNSHRUNK)
@given(steps=st.lists(STEPS, min_size=6, max_size=16), language=LANGUAGE, batch=BATCH)
def test_no_secret_reaches_a_customer_in_long_conversations(
    steps: Steps, language: str, batch: str, folder: Path, parser: ParserPool
) -> None:
    assert told(steps, language, batch, folder, parser) == []


# The layouts are the same for all languages, only their sentences are not.
@pytest.mark.parametrize(
    "language",
    [pytest.param(one, marks=() if one in ("en", "ja") else pytest.mark.slow) for one in LANGUAGES],
)
def test_no_template_shows_a_customer_the_note_that_its_mail_is_about(
    tmp_path: Path, parser: ParserPool, language: str
) -> None:
    """Were the core to send any event to a customer for a note's sake, the note is not in it."""
    walk = begin(tmp_path, parser, language)
    try:
        talk = Talk(walk)
        talk.do("word", ALICE, "HELP-1", "#take\n#status secret review")
        talk.do("word", ALICE, "HELP-1", "#time 1h what he forgot to pay")
        talk.do("word", ALICE, "HELP-1", "#link https://bugs.example/sesame")
        talk.note(BORIS, "HELP-1", "#internal")
        talk.note(ALICE, "HELP-1", "#internal")
        walk.fresh()
        walk.desk.store.write(lambda tx: _write_to_customers(tx, walk, language))
        walk.courier.deliver_due()
        mails = walk.fresh()
        assert {(m["X-Maildesk-Event"]) for m in mails} == set(Event)
        assert len(mails) == 2 * len(Event)
        assert leaks(mails) == []
    finally:
        walk.close()


def _write_to_customers(tx: Tx, walk: Walk, language: str) -> None:
    """A mail of each event to the requester and to a participant, about the newest note."""
    [note] = tx.execute("SELECT max(id) FROM comments WHERE visibility = 'internal'").fetchone()
    occasion = Occasion(
        policy=walk.desk.policy,
        secret=walk.desk.store.identity.secret,
        desk=walk.desk.policy.desks[0],
        cause="probe",
        now=walk.moment,
    )
    occasion = occasion.about(load_ticket(tx, 1), occasion.desk, note, is_internal=True)
    roles = (Role.REQUESTER, Role.PARTICIPANT)
    for number, (event, role) in enumerate(itertools.product(Event, roles)):
        to = Mailbox(email=f"c{number}@acme.example", name="")
        compose.queue(tx, (_notice(event, to, role, language),), occasion)


def _notice(event: Event, to: Mailbox, role: Role, language: str) -> Notice:
    """With everything that any event's layout may ask for, and nothing secret."""
    return Notice(
        event=event,
        to=to,
        role=role,
        reason=role,
        language=language,
        words_of="Alice Doe",
        title=phrase("merge.news", source="HELP-8", target="HELP-1"),
        transcript=(Transcript(line="#take", said=phrase("orders.linked", to="HELP-8")),),
        estimate=Estimate(
            number=1, minutes=60, by=None, words="x", asked_by="alice", asked_at=NOON
        ),
        actions=(Action(label=phrase("action.show"), line="#show HELP-1"),),
        earlier=9,
    )

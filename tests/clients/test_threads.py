"""Every mail of a ticket is in one thread of its reader's mailbox, whatever the mail is about.

In: a week at a desk in which each event goes to everybody who may get it. Every person's mailbox
is filled in two ways: with what came to them, and with their own mails beside it. Out: the threads
that a real Dovecot (`THREAD=REFS`) and notmuch make of each mailbox.

    mail                                        its thread
    of a ticket                                 the ticket's, and nothing of any other ticket in it
    of a ticket that another became part of     the same; for who came by the merge, with theirs
    of a ticket that was split off              its own
    of a ticket that goes on with a done one    its own; with their own mails beside it the done
                                                one's, because there its writer answered
    about no ticket: lists, help, the morning   none of a ticket's
*Fails:* as every test does.
"""

from __future__ import annotations

import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path

import pytest
from imapclient import IMAPClient

from maildesk.core.model import Event
from maildesk.mail.worker import ParserPool
from tests import parts
from tests.clients.live import wire
from tests.clients.people import line_of
from tests.inbox.dovecot import Dovecot, fresh_user
from tests.walks import walk as walks
from tests.walks.test_bounces import dsn
from tests.walks.walk import ADA, ALICE, BORIS, STRANGER, Step, Walk, mail, reply

pytest_plugins = ["tests.inbox.dovecot"]

CTO = "Cleo Chief <cto@acme.example>"
BEN = "Ben <ben@acme.example>"
EVE = "Eve <eve@acme.example>"
AGENTS = {ALICE: "alice", BORIS: "boris"}
STAFF = frozenset({"alice@desk.example", "boris@desk.example"})
# Who of them may get each event: the table fails for an event that it does not have.
CUSTOMER, AGENT, APPROVER = "customer", "agent", "approver"
READERS = {
    Event.TICKET_RECEIVED: {CUSTOMER},
    Event.TICKET_NEW: {AGENT},
    Event.COMMENT_PUBLIC: {CUSTOMER, AGENT},
    Event.COMMENT_INTERNAL: {AGENT},
    Event.SENDER_UNVERIFIED: {AGENT},
    Event.DELIVERY_FAILED: {AGENT},
    Event.TICKET_ASSIGNED: {AGENT},
    Event.TICKET_RESOLVED: {CUSTOMER, AGENT, APPROVER},
    Event.TICKET_REOPENED: {CUSTOMER, AGENT},
    Event.STATUS_CHANGED: {CUSTOMER, AGENT},
    Event.ESTIMATE_REQUESTED: {APPROVER},
    Event.ESTIMATE_DECIDED: {CUSTOMER, AGENT},
    Event.RATING_REQUESTED: {CUSTOMER},
    Event.WAITING_REMINDER: {CUSTOMER},
    Event.TICKET_ESCALATED: {AGENT},
    Event.PARTICIPANT_ADDED: {CUSTOMER},
    Event.COMMAND_DONE: {CUSTOMER, AGENT, APPROVER},
    Event.COMMAND_FAILED: {CUSTOMER, AGENT, APPROVER},
    Event.DIGEST_QUEUE: {AGENT},
    Event.ADMIN_ALERT: {AGENT},
}
MERGED = {frozenset({"HELP-3", "HELP-1"})}
GOES_ON = {frozenset({"HELP-2", "HELP-8"})}

ORGANISATION = """approvers = ["cto@acme.example"]
[[organisations.budgets]]
name = "Support package"
starts = 2020-01-01
ends = 2099-12-31
amount = "40h"
"""
NO_LIMITS = "automatic_mails_per_address = 0\ntickets_per_sender = 0\nreopenings_per_ticket = 1"


def address(who: str) -> str:
    return who.partition("<")[2].rstrip(">")


class Week:
    """The desk, and everybody who writes to it."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk

    def writes(self, who: str, subject: str, text: str, **more: str) -> Step:
        """A mail that answers none."""
        return self.walk.receive(mail(who, subject, text, **more), auth=AGENTS.get(who))

    def answers(self, who: str, event: Event, key: str, text: str) -> Step:
        """An answer to the newest mail of this event."""
        told = self.newest(who, event, key)
        return self.walk.receive(reply(told, who, text), auth=AGENTS.get(who))

    def newest(self, who: str, event: Event, key: str) -> EmailMessage:
        found = [
            m
            for m in self.walk.sent()
            if (m["X-Original-To"], m["X-Maildesk-Event"], m["X-Maildesk-Ticket"])
            == (address(who), event, key)
        ]
        assert found, (who, event, key)
        return found[-1]

    def passes(self, **span: float) -> None:
        self.walk.advance(**span)
        self.walk.work_off()


def words_and_commands(week: Week) -> None:
    """HELP-1, from its first word to its rating, with everybody on it."""
    week.writes(ADA, "The printer burns", "It burns.")
    week.answers(ALICE, Event.TICKET_NEW, "HELP-1", "#take\n#status in progress")
    week.answers(ALICE, Event.TICKET_NEW, "HELP-1", "#cc ben@acme.example\n\nPull the plug.")
    week.answers(BORIS, Event.TICKET_NEW, "HELP-1", "#internal\n\nShe never pays.")
    week.answers(ALICE, Event.COMMENT_INTERNAL, "HELP-1", "She does.")
    week.answers(BEN, Event.PARTICIPANT_ADDED, "HELP-1", "It is out.")
    week.answers(ADA, Event.COMMENT_PUBLIC, "HELP-1", "#urgency high")
    week.answers(ADA, Event.COMMENT_PUBLIC, "HELP-1", "#approve")
    week.answers(ALICE, Event.COMMENT_PUBLIC, "HELP-1", "#nonsense\n\nWhat?")
    week.answers(ALICE, Event.COMMAND_FAILED, "HELP-1", "#escalate")
    week.answers(ALICE, Event.COMMAND_DONE, "HELP-1", "#assign boris")
    week.answers(BORIS, Event.TICKET_ASSIGNED, "HELP-1", "Mine now.")
    week.walk.receive(mail(ALICE, "[HELP-1] not proved", "From somewhere."))
    told = week.newest(ADA, Event.COMMENT_PUBLIC, "HELP-1")
    week.walk.receive(dsn(told), sender="")
    week.answers(BORIS, Event.DELIVERY_FAILED, "HELP-1", "#public\n\nAda, are you there?")
    # With the key alone: no program knows which mail this one answers, but ours do.
    week.writes(ADA, "[HELP-1] by the key", "One more thing.")
    week.walk.receive(reply(told, STRANGER, "Me, too."))
    week.answers(BORIS, Event.ADMIN_ALERT, "HELP-1", "Who is he?")


def an_estimate_and_an_end(week: Week) -> None:
    """HELP-2 waits, is approved, done, reopened, done, rated, and goes on as HELP-8."""
    week.writes(ADA, "A new report", "We need one.", cc=BEN)
    assert week.writes(BEN, "[HELP-2]", "So we do.").ticket == "HELP-2"
    week.answers(ALICE, Event.TICKET_NEW, "HELP-2", "#take\n#estimate 3h A draft.")
    week.answers(CTO, Event.ESTIMATE_REQUESTED, "HELP-2", "#reject\n\nToo little.")
    week.answers(ALICE, Event.ESTIMATE_DECIDED, "HELP-2", "#estimate 8h The report.")
    week.answers(CTO, Event.ESTIMATE_REQUESTED, "HELP-2", "#approve ABCD-EFGH-ABCD-EFGH")
    asked = week.newest(CTO, Event.ESTIMATE_REQUESTED, "HELP-2")
    week.writes(CTO, "[HELP-2] A new report", line_of(asked, "approve"))
    week.answers(ALICE, Event.ESTIMATE_DECIDED, "HELP-2", "#status waiting\n\nWhich colour?")
    week.passes(days=5)
    week.answers(ADA, Event.WAITING_REMINDER, "HELP-2", "Red.")
    week.answers(ALICE, Event.TICKET_NEW, "HELP-2", "It is there.")  # stale: held
    week.answers(ALICE, Event.COMMENT_PUBLIC, "HELP-2", "#done\n\nHere it is.")
    week.answers(ADA, Event.TICKET_RESOLVED, "HELP-2", "It is not red.")
    week.answers(ALICE, Event.TICKET_REOPENED, "HELP-2", "#done\n\nNow it is.")
    week.answers(ADA, Event.RATING_REQUESTED, "HELP-2", "#rate 4 fine")
    week.answers(ADA, Event.TICKET_RESOLVED, "HELP-2", "#reopen")
    week.answers(ADA, Event.COMMAND_DONE, "HELP-2", "#close\n\nWe end it here.")


def tickets_meet_and_part(week: Week) -> None:
    """HELP-3 becomes part of HELP-1, HELP-4 leaves it, HELP-7 speaks for HELP-5 and HELP-6."""
    week.writes(EVE, "Smoke", "There is smoke.")
    week.answers(ALICE, Event.TICKET_NEW, "HELP-3", "Which room?")
    week.answers(BORIS, Event.TICKET_NEW, "HELP-3", "#merge HELP-1")
    week.answers(EVE, Event.STATUS_CHANGED, "HELP-1", "The third.")
    split = "#split The scanner\n\nThe scanner hums."
    week.answers(ALICE, Event.COMMENT_PUBLIC, "HELP-1", split)
    week.answers(ADA, Event.COMMENT_PUBLIC, "HELP-4", "It does.")
    week.answers(BORIS, Event.TICKET_NEW, "HELP-4", "Loudly?")
    week.answers(ALICE, Event.COMMENT_PUBLIC, "HELP-4", "#cc eve@acme.example\n\nYou hear it, too?")
    week.answers(ALICE, Event.COMMENT_PUBLIC, "HELP-1", "Back to the fire.")
    for key, who in (("HELP-5", ADA), ("HELP-6", EVE)):
        week.writes(who, "No mail", "No mail comes.")
        week.answers(ALICE, Event.TICKET_NEW, key, "#type incident")
    week.writes(
        BORIS, "The mail is broken", "#type problem\n#link HELP-5\n#link HELP-6\n\nAll of it."
    )
    week.answers(ALICE, Event.TICKET_NEW, "HELP-7", "#take\n#public incidents\n\nWe know.")
    for key, who in (("HELP-5", ADA), ("HELP-6", EVE)):
        week.answers(who, Event.COMMENT_PUBLIC, key, "Thank you, when?")
    week.answers(BORIS, Event.COMMENT_PUBLIC, "HELP-7", "Soon.")
    week.answers(ALICE, Event.COMMENT_PUBLIC, "HELP-6", "Tomorrow.")


def questions(week: Week) -> None:
    """What belongs to no ticket."""
    for who in (ALICE, BORIS):
        week.writes(who, "a question", "#queue\n#mine")
        week.writes(who, "another", "#help")
        week.answers(who, Event.COMMAND_DONE, "HELP-1", "#show")
        week.writes(who, "a third", "#search printer")
        week.writes(who, "nonsense", "#show HELP-99")
    for who in (ADA, CTO):
        week.writes(who, "mine", "#mine\n#show HELP-1")
        week.writes(who, "hours", "#budget")
    week.walk.desk.alert("the disk is nearly full")
    week.passes(days=31)
    week.answers(ADA, Event.RATING_REQUESTED, "HELP-2", "And in blue?")
    week.answers(ALICE, Event.TICKET_NEW, "HELP-8", "No.")
    week.answers(ADA, Event.COMMENT_PUBLIC, "HELP-8", "A pity.")


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    pool = ParserPool()
    walk = walks.begin(
        tmp_path_factory.mktemp("threads"),
        pool,
        agents="",
        organisation=ORGANISATION,
        limits=NO_LIMITS,
    )
    it = Week(walk)
    words_and_commands(it)
    an_estimate_and_an_end(it)
    tickets_meet_and_part(it)
    questions(it)
    yield walk
    walk.close()
    pool.close()


def kind_of(who: str) -> str:
    if who in STAFF:
        return AGENT
    return APPROVER if who == address(CTO) else CUSTOMER


def mailboxes(walk: Walk, *, own: bool) -> dict[str, dict[str, bytes]]:
    """Each person's mails by their ids; `own` with those that they wrote or had directly."""
    boxes: dict[str, dict[str, bytes]] = defaultdict(dict)
    for message in walk.sent():
        boxes[message["X-Original-To"]][message["Message-ID"]] = wire(message)
    with walk.desk.store.read() as conn:
        ids = [row["id"] for row in conn.execute("SELECT id FROM inbox ORDER BY id")]
    for raw in map(walk.raw, ids) if own else ():
        message = BytesParser(policy=default).parsebytes(raw)
        for field in ("From", "Cc"):
            for person in message[field].addresses if message[field] else ():
                if person.addr_spec in boxes:
                    boxes[person.addr_spec][message["Message-ID"]] = raw
    return boxes


def tickets_by_id(walk: Walk) -> dict[str, str]:
    """Of which ticket each of our mails is; "" for none."""
    return {m["Message-ID"]: str(m["X-Maildesk-Ticket"] or "") for m in walk.sent()}


def test_each_event_goes_to_everybody_who_may_get_it(week: Walk) -> None:
    seen: dict[str, set[str]] = defaultdict(set)
    for message in week.sent():
        seen[message["X-Maildesk-Event"]].add(kind_of(message["X-Original-To"]))
    assert set(READERS) == set(Event)
    assert {e: kinds - seen[e] for e, kinds in READERS.items() if kinds - seen[e]} == {}


Threads = Callable[[dict[str, bytes]], list[set[str]]]


@pytest.fixture(params=["dovecot", "notmuch"])
def threads(request: pytest.FixtureRequest, tmp_path: Path) -> Threads:
    """What a program makes of a mailbox: sets of Message-IDs."""
    if request.param == "notmuch":
        return lambda box: by_notmuch(tmp_path, box)
    server = request.getfixturevalue("dovecot_server")
    return lambda box: by_dovecot(fresh_user(server), box)


def by_dovecot(server: Dovecot, box: dict[str, bytes]) -> list[set[str]]:
    with IMAPClient(server.host, server.port, ssl=False) as client:
        client.login(server.user, server.password)
        client.multiappend("INBOX", list(box.values()))
        client.select_folder("INBOX")
        uids = sorted(client.search())
        ids = dict(zip(uids, box, strict=True))
        return [{ids[uid] for uid in _flat(found)} for found in client.thread("REFS")]


def _flat(found: object) -> Iterator[int]:
    for one in found if isinstance(found, tuple) else (found,):
        if isinstance(one, tuple):
            yield from _flat(one)
        elif isinstance(one, int):
            yield one


def by_notmuch(folder: Path, box: dict[str, bytes]) -> list[set[str]]:
    inbox = folder / "notmuch" / "cur"
    for name in ("cur", "new", "tmp"):
        (inbox.parent / name).mkdir(parents=True, exist_ok=True)
    for old in inbox.iterdir():
        old.unlink()
    for number, raw in enumerate(box.values()):
        (inbox / f"{number}:2,").write_bytes(raw.replace(b"\r\n", b"\n"))
    config = folder / "notmuch-config"
    config.write_text(f"[database]\npath={inbox.parent}\n[user]\nname=x\nprimary_email=x@x\n")

    def notmuch(*words: str) -> list[str]:
        command = [str(parts.path("notmuch")), f"--config={config}", *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()

    notmuch("new", "--quiet")
    found = notmuch("search", "--output=threads", "*")
    return [
        {f"<{line.removeprefix('id:')}>" for line in notmuch("search", "--output=messages", thread)}
        for thread in found
    ]


@parts.need("dovecot", "openssl", "notmuch")
@pytest.mark.parametrize("own", [False, True], ids=["what came", "with their own mails"])
def test_every_mail_of_a_ticket_is_in_one_thread_of_its_readers_mailbox(
    week: Walk, threads: Threads, own: bool
) -> None:
    ticket_of = tickets_by_id(week)
    tied = MERGED | (GOES_ON if own else set())
    for who, box in mailboxes(week, own=own).items():
        found = [{ticket_of[i] for i in one if i in ticket_of} - {None} for one in threads(box)]
        keys = {key for keys in found for key in keys if key}
        for key in keys:
            assert sum(key in keys for keys in found) == 1, (who, key, found)
        for together in found:
            strange = len(together) > 1 and frozenset(together) not in tied
            assert not strange, (who, together)

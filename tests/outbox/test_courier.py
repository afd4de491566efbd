"""The courier under a clock turned by hand, before relays that answer as they are told."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from maildesk.config import load
from maildesk.core.model import Envelope
from maildesk.desk import Maildesk
from maildesk.errors import (
    DeliveryError,
    ParserDown,
    PermanentDelivery,
    RelayDown,
    RelayRefused,
    TemporaryDelivery,
)
from maildesk.inbox.receive import Door
from maildesk.mail.worker import ParserPool
from maildesk.outbox.courier import Courier
from maildesk.outbox.letter import LetterWriter
from maildesk.outbox.render import Renderer
from maildesk.outbox.templates_dir import template_directories
from maildesk.process import Processor
from maildesk.store import lists, outbox
from maildesk.store.shapes import OutboxShape
from tests.desk_config import LOCAL, write_config

START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
ADA, AGENT = "ada@acme.example", "agent@localhost"
RAW = b"""From: Ada <ada@acme.example>
To: support@localhost
Subject: Printer
Message-ID: <1@acme.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

It burns.
--b
Content-Type: image/png; name=fire.png
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--b--
"""


class ToldRelay:
    """A transport that remembers every mail and fails as it is told, by recipient."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, bytes]] = []
        self.tried: list[tuple[str, bytes]] = []
        self.faults: dict[str, Callable[[], DeliveryError]] = {}

    def send(self, mail: bytes, mail_from: str, rcpt_to: str) -> str:
        self.tried.append((rcpt_to, mail))
        if rcpt_to in self.faults:
            raise self.faults[rcpt_to]()
        self.sent.append((mail_from, rcpt_to, mail))
        return "250 2.0.0 ok"

    def close_idle(self) -> None:
        """Nothing is held open."""

    def close(self) -> None:
        """Nothing is held open."""


class Post:
    """A desk with one new ticket, whose two first mails wait to be sent."""

    def __init__(
        self,
        folder: Path,
        parser: ParserPool,
        outgoing: str = 'give_up_after = "1h"',
        *,
        desk: str = LOCAL,
    ) -> None:
        self.now = START
        tables = f'[outgoing]\nretry = ["1m", "5m"]\n{outgoing}'
        config = write_config(folder, tables, desk=desk)
        self.maildesk = Maildesk(load(config, os.environ), now=lambda: self.now)
        self.maildesk.parser.close()
        self.maildesk.parser = parser
        self.relay = ToldRelay()
        self.receive(RAW)

    def receive(self, raw: bytes) -> None:
        """Take a message and process it."""
        maildesk = self.maildesk
        door = Door(maildesk.store, policy=lambda: maildesk.policy, host="h", knock=lambda: None)
        envelope = Envelope(
            source="smtp", received_at=self.now, mail_from=ADA, rcpt_to=("support@localhost",)
        )
        door.accept(envelope, raw).result()
        Processor(maildesk).work_off()
        door.close()

    def round(self, may_go_on: Callable[[], bool] = lambda: True) -> int:
        """Let a courier, as after a start, send what is due."""
        courier = self.courier()
        courier.recover()
        return courier.deliver_due(may_go_on)

    def courier(self) -> Courier:
        """A courier over the told relay."""
        maildesk = self.maildesk
        writer = LetterWriter(
            maildesk.store,
            Renderer(template_directories()),
            maildesk.parser,
            policy=lambda: maildesk.policy,
        )
        return Courier(
            maildesk.store,
            writer,
            self.relay,
            settings=lambda: maildesk.settings,
            policy=lambda: maildesk.policy,
            now=lambda: self.now,
        )

    def rows(self) -> dict[str, OutboxShape]:
        """The outbox, the newest row of each event and recipient."""
        with self.maildesk.store.read() as conn:
            return {f"{r['event']} {r['to']}": r for r in lists.list_outbox(conn)}


RECEIVED, NEW = f"ticket.received {ADA}", f"ticket.new {AGENT}"


@pytest.fixture
def begin(tmp_path: Path, parser: ParserPool) -> Iterator[Callable[..., Post]]:
    """Begins a desk, with more lines for `[outgoing]` or another desk."""
    begun: list[Post] = []

    def begin(*outgoing: str, desk: str = LOCAL) -> Post:
        begun.append(Post(tmp_path, parser, *outgoing, desk=desk))
        return begun[-1]

    yield begin
    for one in begun:
        one.maildesk.store.close()


@pytest.fixture
def post(begin: Callable[..., Post]) -> Post:
    return begin()


def test_mails_go_once_each_with_their_envelope(post: Post) -> None:
    assert post.round() == 2
    assert post.round() == 0
    assert [(f, t) for f, t, _ in post.relay.sent] == [("", ADA), ("support@localhost", AGENT)]
    assert {r["state"] for r in post.rows().values()} == {"sent"}


def test_the_agent_gets_the_file_and_the_acknowledgement_carries_none(post: Post) -> None:
    post.round()
    files = {
        to: [p.get_filename() for p in message_from_bytes(mail).walk() if p.get_filename()]
        for _, to, mail in post.relay.sent
    }
    assert files == {ADA: [], AGENT: ["fire.png"]}


def test_a_temporary_no_defers_and_every_attempt_is_the_same_mail(post: Post) -> None:
    post.relay.faults[ADA] = lambda: TemporaryDelivery("451 4.7.1 greylisted")
    post.round()
    row = post.rows()[RECEIVED]
    assert (row["state"], row["attempts"], row["last_error"]) == (
        "deferred",
        1,
        "451 4.7.1 greylisted",
    )
    assert post.round() == 0
    post.now += timedelta(minutes=1)
    del post.relay.faults[ADA]
    assert post.round() == 1
    first, second = [mail for to, mail in post.relay.tried if to == ADA]
    assert first == second
    assert post.rows()[RECEIVED]["state"] == "sent"


def test_a_mail_is_given_up_at_its_time_and_the_agents_are_told(post: Post) -> None:
    post.relay.faults[ADA] = lambda: TemporaryDelivery("451 later")
    for _ in range(40):
        post.round()
        post.now += timedelta(minutes=2)
    assert post.rows()[RECEIVED]["state"] == "dead"
    assert post.rows()[f"delivery.failed {AGENT}"]["state"] == "sent"
    assert sum(to == ADA for to, _ in post.relay.tried) > 5


def test_a_permanent_no_is_dead_at_once_and_never_told_to_the_failing_address(
    post: Post,
) -> None:
    post.relay.faults[ADA] = lambda: PermanentDelivery("550 5.1.1 no such user")
    post.round()
    rows = post.rows()
    assert (rows[RECEIVED]["state"], rows[RECEIVED]["last_error"]) == (
        "dead",
        "550 5.1.1 no such user",
    )
    assert rows[f"delivery.failed {AGENT}"]["ticket"] == "HELP-1"
    assert not any(event == f"delivery.failed {ADA}" for event in rows)


def test_a_dead_notice_of_failure_is_not_answered_with_another(begin: Callable[..., Post]) -> None:
    two = LOCAL.replace('agents = ["agent"]', 'agents = ["agent", "boris"]')
    boris = '[[agents]]\nid = "boris"\nname = "Boris"\nemails = ["boris@localhost"]\n'
    made = begin(desk=two + boris)
    for address in (ADA, AGENT, "boris@localhost"):
        made.relay.faults[address] = lambda: PermanentDelivery("550 no")
    for _ in range(3):
        made.round()
    failures = [r for r in made.rows().values() if r["event"] == "delivery.failed"]
    with made.maildesk.store.read() as conn:
        every = [r for r in lists.list_outbox(conn) if r["event"] == "delivery.failed"]
    assert {r["to"] for r in failures} == {AGENT, "boris@localhost"}
    assert len(every) == 4  # the acknowledgement to both, each agent's news to the other


def test_a_relay_that_is_down_costs_nothing_and_is_asked_again_within_a_minute(
    post: Post,
) -> None:
    post.relay.faults[ADA] = lambda: RelayDown("connection refused")
    post.round()
    assert len(post.relay.tried) == 1
    rows = post.rows()
    assert {(r["state"], r["attempts"]) for r in rows.values()} == {("queued", 0)}
    post.relay.faults.clear()
    post.now += timedelta(seconds=60)
    assert post.round() == 2
    assert {r["state"] for r in post.rows().values()} == {"sent"}


def test_a_dead_relay_is_left_alone_for_a_while_however_much_waits(post: Post) -> None:
    for number in range(40):
        post.receive(RAW.replace(b"<1@", f"<{number}x@".encode()))
    post.relay.faults = {a: lambda: RelayDown("535 no login") for a in (ADA, AGENT)}
    courier = post.courier()
    for _ in range(10):
        courier.deliver_due()
        post.now += timedelta(seconds=1)
    assert len(post.relay.tried) == 1
    post.now += timedelta(seconds=30)
    courier.deliver_due()
    assert len(post.relay.tried) == 2


def test_a_mail_that_no_relay_ever_looks_at_is_given_up_in_time_and_told(post: Post) -> None:
    post.relay.faults = {a: lambda: RelayDown("connection refused") for a in (ADA, AGENT)}
    post.round()
    post.now = START + timedelta(minutes=59)
    post.round()
    assert {r["state"] for r in post.rows().values()} == {"queued"}
    post.now = START + timedelta(minutes=60)
    post.round()
    rows = post.rows()
    for name in (RECEIVED, NEW):
        row = rows[name]
        assert (row["state"], row["last_error"]) == ("dead", "connection refused")
        assert row["attempts"] == 0
    # The relay that is dead for that news as well may come back for it.
    assert rows[f"delivery.failed {AGENT}"]["state"] == "queued"
    post.now += timedelta(days=1)
    post.round()
    assert len([r for r in post.rows() if r.startswith("delivery.failed")]) == 1


def test_a_parser_that_is_down_kills_no_mail_however_old(post: Post) -> None:
    post.relay.faults[ADA] = lambda: ParserDown("no memory")  # type: ignore[return-value]
    post.now += timedelta(days=9)
    post.round()
    assert {r["state"] for r in post.rows().values()} == {"queued"}


def test_a_relay_that_refuses_the_login_is_asked_less_and_less(post: Post) -> None:
    post.relay.faults = {a: lambda: RelayRefused("535 no") for a in (ADA, AGENT)}
    courier, tries = post.courier(), []
    for minute in range(59):
        seen = len(post.relay.tried)
        courier.deliver_due()
        tries += [minute] if len(post.relay.tried) > seen else []
        post.now += timedelta(minutes=1)
    assert tries == [0, 5, 15, 35]
    # A reload makes another courier.
    assert post.round() == 2
    assert len(post.relay.tried) == 5


def test_told_to_end_it_puts_back_what_it_has_not_sent(post: Post) -> None:
    answers = iter([True, True, False])
    post.round(lambda: next(answers, False))
    assert sorted(r["state"] for r in post.rows().values()) == ["queued", "sent"]
    assert {r["attempts"] for r in post.rows().values()} == {0, 1}
    assert post.round() == 1


def test_a_second_death_after_a_retry_is_told_again(post: Post) -> None:
    post.relay.faults[ADA] = lambda: PermanentDelivery("550 no")
    post.round()
    store = post.maildesk.store
    store.write(lambda tx: outbox.revive(tx, 1, post.now))
    post.now += timedelta(minutes=1)
    post.round()
    with store.read() as conn:
        told = [r for r in lists.list_outbox(conn) if r["event"] == "delivery.failed"]
    assert len(told) == 2


def test_a_worker_that_cannot_start_costs_no_mail(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_starts(*_: object) -> Future[tuple[bytes, ...]]:
        waiting: Future[tuple[bytes, ...]] = Future()
        waiting.set_exception(ParserDown("no worker"))
        return waiting

    with monkeypatch.context() as patch:
        patch.setattr(post.maildesk.parser, "extract", none_starts)
        post.round()
    assert post.rows()[NEW]["state"] == "queued"
    post.now += timedelta(minutes=1)
    post.round()
    assert post.rows()[NEW]["state"] == "sent"


def test_after_three_days_of_a_dead_relay_everything_goes_with_its_first_message_id(
    begin: Callable[..., Post],
) -> None:
    post = begin('give_up_after = "5d"')
    post.relay.faults[ADA] = lambda: RelayDown("connection refused")
    ids = {r["message_id"] for r in post.rows().values()}
    for _ in range(72):
        post.round()
        post.now += timedelta(hours=1)
    post.relay.faults.clear()
    post.round()
    assert {message_from_bytes(mail)["Message-ID"] for _, _, mail in post.relay.sent} == ids


def test_a_mail_that_was_being_sent_at_a_crash_goes_again_unchanged(post: Post) -> None:
    class Crash(BaseException):
        """The process ends."""

    def crash() -> DeliveryError:
        raise Crash

    post.relay.faults[ADA] = crash
    with pytest.raises(Crash):
        post.round()
    post.relay.faults.clear()
    assert post.round() == 2
    first, second = [mail for to, mail in post.relay.tried if to == ADA]
    assert first == second


@pytest.mark.parametrize(("mode", "path"), [("fixed", "support@localhost"), ("null", "")])
def test_the_reverse_path_is_as_configured_but_null_for_automatic_mail(
    begin: Callable[..., Post], mode: str, path: str
) -> None:
    made = begin(f'reverse_path = "{mode}"')
    made.round()
    assert {to: sender for sender, to, _ in made.relay.sent} == {ADA: "", AGENT: path}


def test_verp_gives_every_mail_a_bounce_address_that_we_take(begin: Callable[..., Post]) -> None:
    from maildesk.core.recipients import find_desk

    made = begin('reverse_path = "verp"')
    made.round()
    (sender,) = [f for f, to, _ in made.relay.sent if to == AGENT]
    assert sender.startswith("support+b.")
    found = find_desk(made.maildesk.policy, sender)
    assert found
    assert found.is_bounce


def test_files_over_the_allowance_are_named_and_not_sent(begin: Callable[..., Post]) -> None:
    made = begin('attach_up_to = "4B"')
    made.round()
    (mail,) = [mail for _, to, mail in made.relay.sent if to == AGENT]
    parsed = message_from_bytes(mail)
    assert not [p for p in parsed.walk() if p.get_filename()]
    text = next(p for p in parsed.walk() if p.get_content_type() == "text/plain")
    assert b"fire.png" in text.get_payload(decode=True)


def test_a_mail_text_of_the_admins_that_is_no_good_is_told_once_by_file_and_line(
    tmp_path: Path,
    begin: Callable[..., Post],
) -> None:
    own = tmp_path / "own"
    (own / "en").mkdir(parents=True)
    (own / "en/words.toml").write_text('[next]\njust-reply = "Answer {nobody}"')
    tables = f'transport = "maildir"\n[templates]\ndirectory = "{own}"'
    post = begin(tables)
    courier = post.maildesk.courier()
    for _ in range(3):
        courier.deliver_due()
    with post.maildesk.store.read() as conn:
        rows = lists.list_outbox(conn)
    assert [row["state"] for row in rows] == ["sent"] * 3
    (alert,) = [row for row in rows if row["event"] == "admin.alert"]
    assert alert["subject"].endswith(
        "A mail text of yours cannot be used; the delivered one goes out"
    )
    (mail,) = [
        path.read_text()
        for path in (post.maildesk.settings.data_dir / "out/new").iterdir()
        if "admin.alert" in path.read_text()
    ]
    assert "words.toml:2: next.just-reply: {nobody}" in mail.replace("=\n", "")

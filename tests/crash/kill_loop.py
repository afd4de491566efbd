"""Load from every side, and `kill -9` at random moments: what must lose and double nothing.

In: a daemon, how often to kill it, a seed. Out: what the clients were told, what was found in the
end. Clients never pause for a kill: they see a connection die, and try again until there is an
answer, as mail systems do.

*Fails:* AssertionError when the daemon does not come up again, or never finishes its work.
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash import checker
from tests.crash.clients import Client, ImapFolder, Pipe, Source, Wire
from tests.crash.daemon_process import Daemon, wait_for
from tests.crash.ledger import Ledger

_VANISHING = 0.04  # of the mails: the client hangs up behind the dot
# Kills at start after start, more than happen to a program that is well, may park the one message
# that was in work each time. It is kept, an admin is told, and it is counted here.
_TOLERATED = "blamed: "
_A_LIFES_WORK = 25  # mails
_ENDS = ("done", "ignored", "held", "failed", "sent", "dead")


@dataclass
class Outcome:
    """What came of it."""

    faults: list[str]
    acknowledged: int
    again: int
    kills: int
    kills_before_ready: int
    counts: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        return (
            f"{self.kills} kills ({self.kills_before_ready} before ready), "
            f"{self.acknowledged} acknowledged, {self.again} sent again, "
            f"{len(self.faults)} faults, {self.counts}"
        )


@dataclass
class Load:
    """Who sends. `imap` appends to a folder that the configuration names as a mailbox."""

    smtp: int = 4
    lmtp: int = 1
    pipe: int = 1
    imap: Callable[[bytes], None] | None = None
    pause: float = 0.04
    large_every: int = 97

    def clients(self, daemon: Daemon, ledger: Ledger, source: Source) -> list[Client]:
        """The threads, not yet started."""
        wires = [("smtp", 0)] * self.smtp + [("lmtp", 1)] * self.lmtp
        made = [
            Client(
                f"{name}{n}",
                ledger,
                source,
                Wire(daemon, place, vanishing=_VANISHING, seed=n),
                pause=self.pause,
            )
            for n, (name, place) in enumerate(wires)
        ]
        for n in range(self.pipe):
            pipe = Pipe(daemon, killing=0.2, seed=n)
            made.append(Client(f"pipe{n}", ledger, source, pipe, pause=1.0))
        if self.imap:
            folder = ImapFolder(self.imap)
            made.append(Client("imap", ledger, source, folder, pause=self.pause * 4))
        return made


def kill_again_and_again(daemon: Daemon, load: Load, *, kills: int, seed: int) -> Outcome:
    """The loop. The moments lie in the start, in taking mail, in processing and in sending it."""
    chance = random.Random(seed)
    ledger = Ledger(daemon.folder / "ledger")
    source = Source(seed, large_every=load.large_every)
    clients = load.clients(daemon, ledger, source)
    early = 0
    try:
        for client in clients:
            client.start()
        for _ in range(kills):
            early += _live_and_die(daemon, chance, ledger)
            source.known = _tickets(daemon.data)
        daemon.start()
        _end(daemon, clients)
        _work_off(daemon)
        counts = _count(daemon, ledger)
        assert daemon.stop() == 0, daemon.said()
        copy = daemon.folder / "copy.db"
        found = checker.faults_of(daemon.data, ledger, daemon.out, copy)
        faults = [fault for fault in found if not fault.startswith(_TOLERATED)]
        counts["tolerated"] = len(found) - len(faults)
    finally:
        for client in clients:
            client.give_up.set()
            client.is_ending.set()
        daemon.clean_up()
        for client in clients:
            client.join(30)
            if isinstance(client.attempt, Wire):
                client.attempt.hang_up()
        ledger.close()
    return Outcome(faults, len(ledger.acknowledged), ledger.again, kills, early, counts)


def _live_and_die(daemon: Daemon, chance: random.Random, ledger: Ledger) -> bool:
    """One life; whether it ended before it was ready."""
    daemon.spawn()
    before = len(ledger.acknowledged)
    match chance.choice(("start", "taking", "taking", "processed", "sent")):
        case "start":
            time.sleep(chance.uniform(0, 0.8))
        case "taking":
            assert daemon.wait_until_ready(), daemon.said()
            time.sleep(chance.uniform(0, 0.6))
        case event:
            # The first sign of that work, and then some moment while it goes on. A slow machine
            # is given the time to take as much mail as another.
            assert daemon.wait_until_ready(), daemon.said()
            wait_for(lambda: len(ledger.acknowledged) >= before + _A_LIFES_WORK, 20)
            wait_for(lambda: f" {event} " in daemon.said(), 10)
            time.sleep(chance.uniform(0, 0.25))
    was_ready = daemon.wait_until_ready(0)
    assert daemon.is_alive(), daemon.said()
    daemon.kill()
    return not was_ready


def _end(daemon: Daemon, clients: list[Client], seconds: float = 90) -> None:
    """Every client brings its last mail to its end; that takes a living daemon."""
    for client in clients:
        client.is_ending.set()
    wait_for(lambda: not daemon.is_alive() or not any(c.is_alive() for c in clients), seconds)
    assert daemon.is_alive(), f"somebody else has ended the daemon:\n{daemon.said()[-3000:]}"
    stuck = [f"{client.name}: {client.latest!r}" for client in clients if client.is_alive()]
    assert not stuck, f"no answer, after {stuck}:\n{daemon.said()[-3000:]}"


def _work_off(daemon: Daemon, seconds: float = 30) -> None:
    """Wait until nothing waits; a busy machine may take its time, as long as it gets on."""
    while True:
        # Counted first: what ends between the two looks must not be waited for.
        ended = waiting(daemon.data, *_ENDS)
        left = waiting(daemon.data)
        if not left:
            return
        gets_on = wait_for(lambda ended=ended: waiting(daemon.data, *_ENDS) > ended, seconds)
        assert gets_on, f"{left} still wait:\n{daemon.said()[-3000:]}"
        time.sleep(0.2)


def waiting(data: Path, *only: str) -> int:
    """How many messages and mails wait for their end; `only` names other states to count."""
    states = only or ("pending", "queued", "deferred", "sending")
    conn = checker.open_reader(data)
    try:
        rows = conn.execute("SELECT state FROM inbox UNION ALL SELECT state FROM outbox")
        return sum(row["state"] in states for row in rows)
    finally:
        conn.close()


def _tickets(data: Path) -> list[tuple[str, str]]:
    """The newest tickets with their requesters, as far as there is a database to be read."""
    try:
        conn = checker.open_reader(data)
    except sqlite3.OperationalError:
        return []
    try:
        rows = conn.execute("SELECT key, requester_email FROM tickets ORDER BY id DESC LIMIT 200")
        return [(row["key"], row["requester_email"]) for row in rows]
    except sqlite3.OperationalError:
        return []
    finally:
        conn.close()


def _count(daemon: Daemon, ledger: Ledger) -> dict[str, int]:
    """What the command line says, which must agree with itself and with what was sent."""
    tickets = daemon.cli("ticket", "list")
    inbox = daemon.cli("inbox", "list")
    outbox = daemon.cli("outbox", "list")
    status = daemon.cli("status")
    assert status["running"] is True
    assert status["inbox"]["pending"] == 0
    assert status["outbox"] == {"queued": 0, "deferred": 0, "dead": 0}, status
    states = [row["state"] for row in inbox]
    counts = {"tickets": len(tickets), "messages": len(inbox), "mails": len(outbox)}
    counts |= {state: states.count(state) for state in sorted(set(states))}
    assert len({row["message_id"] for row in inbox}) <= len(ledger.mails), "more mails than sent"
    return counts

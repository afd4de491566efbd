"""Who is blamed when the program ends while messages are in work."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from maildesk.config import load
from maildesk.core.model import Envelope
from maildesk.desk import Maildesk
from maildesk.errors import StoreBusy
from maildesk.inbox.receive import Door
from maildesk.process import Processor
from maildesk.store import lists

_CONFIG = """
data_dir = "{folder}/data"
[outgoing]
transport = "maildir"
[[desks]]
key = "HELP"
name = "Support"
address = "support@localhost"
agents = ["agent"]
[[agents]]
id = "agent"
name = "Agent"
emails = ["agent@localhost"]
"""


class Ended(BaseException):
    """The program ends here."""


@pytest.fixture
def maildesk(tmp_path: Path) -> Iterator[Maildesk]:
    config = tmp_path / "config.toml"
    config.write_text(_CONFIG.format(folder=tmp_path))
    made = Maildesk(load(config, os.environ))
    door = Door(made.store, policy=lambda: made.policy, host="h", knock=lambda: None)
    for number in range(5):
        raw = f"From: p{number}@x.example\r\nSubject: {number}\r\n\r\nhello {number}\r\n".encode()
        envelope = Envelope(
            source="smtp",
            received_at=made.now(),
            mail_from=f"p{number}@x.example",
            rcpt_to=("support@localhost",),
        )
        door.accept(envelope, raw).result()
    yield made
    door.close()
    made.close()


def states(maildesk: Maildesk) -> list[str]:
    with maildesk.store.read() as conn:
        return [row["state"] for row in lists.list_inbox(conn)]


def end_in_the_middle(maildesk: Maildesk) -> None:
    """One run of the program that counts its tries and gets no further."""
    processor = Processor(maildesk)

    def ended(*_: object) -> None:
        raise Ended

    processor._parse = ended
    with pytest.raises(Ended):
        processor.work_off()


def test_four_ended_runs_blame_only_who_was_taken_alone(maildesk: Maildesk) -> None:
    for _ in range(4):
        end_in_the_middle(maildesk)
    Processor(maildesk).work_off()
    assert states(maildesk) == ["failed", "done", "done", "done", "done"]


def test_three_ended_runs_blame_nobody(maildesk: Maildesk) -> None:
    for _ in range(3):
        end_in_the_middle(maildesk)
    Processor(maildesk).work_off()
    assert set(states(maildesk)) == {"done"}


def test_trouble_of_the_store_blames_no_message_however_often_it_comes(
    maildesk: Maildesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    processor = Processor(maildesk)
    real = processor._record

    def busy(*_: object) -> None:
        message = "the disk is full"
        raise StoreBusy(message)

    monkeypatch.setattr(processor, "_record", busy)
    for _ in range(10):
        with pytest.raises(StoreBusy):
            processor.work_off()
    assert set(states(maildesk)) == {"pending"}
    monkeypatch.setattr(processor, "_record", real)
    processor.work_off()
    assert set(states(maildesk)) == {"done"}

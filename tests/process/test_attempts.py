"""Who is blamed when the program ends while messages are in work."""

from __future__ import annotations

import pytest

from maildesk.desk import Maildesk
from maildesk.errors import StoreBusy
from maildesk.process import Processor
from tests.process.desk import receive, states


class Ended(BaseException):
    """The program ends here."""


@pytest.fixture
def five(maildesk: Maildesk) -> Maildesk:
    for number in range(5):
        receive(maildesk, f"hello {number}")
    return maildesk


def end_in_the_middle(five: Maildesk) -> None:
    """One run of the program that counts its tries and gets no further."""
    processor = Processor(five)

    def ended(*_: object) -> None:
        raise Ended

    processor._parse = ended
    with pytest.raises(Ended):
        processor.work_off()


def test_four_ended_runs_blame_only_who_was_taken_alone(five: Maildesk) -> None:
    for _ in range(4):
        end_in_the_middle(five)
    Processor(five).work_off()
    assert states(five) == ["failed", "done", "done", "done", "done"]


def test_three_ended_runs_blame_nobody(five: Maildesk) -> None:
    for _ in range(3):
        end_in_the_middle(five)
    Processor(five).work_off()
    assert set(states(five)) == {"done"}


def test_trouble_of_the_store_blames_no_message_however_often_it_comes(
    five: Maildesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    processor = Processor(five)
    real = processor._record

    def busy(*_: object) -> None:
        message = "the disk is full"
        raise StoreBusy(message)

    monkeypatch.setattr(processor, "_record", busy)
    for _ in range(10):
        with pytest.raises(StoreBusy):
            processor.work_off()
    assert set(states(five)) == {"pending"}
    monkeypatch.setattr(processor, "_record", real)
    processor.work_off()
    assert set(states(five)) == {"done"}

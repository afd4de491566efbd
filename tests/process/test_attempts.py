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


def test_an_orderly_end_counts_nothing_for_whoever_was_not_reached(five: Maildesk) -> None:
    for _ in range(6):
        answers = iter([True, False])
        assert Processor(five).work_off(lambda answers=answers: next(answers, False)) == 0
        assert attempts(five) == [0] * 5
    answers = iter([True, True, True, False])
    assert Processor(five).work_off(lambda: next(answers, False)) == 2
    assert attempts(five) == [1, 1, 0, 0, 0]


def test_a_kill_before_a_worker_is_there_to_read_blames_nobody(
    five: Maildesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ended(*_: object) -> None:
        raise Ended

    monkeypatch.setattr(five.parser, "submit", ended)
    with pytest.raises(Ended):
        Processor(five).work_off()
    assert attempts(five) == [0] * 5


def attempts(maildesk: Maildesk) -> list[int]:
    """How often each message was tried."""
    with maildesk.store.read() as conn:
        return [row["attempts"] for row in conn.execute("SELECT attempts FROM inbox ORDER BY id")]


def test_trouble_of_the_store_blames_no_message_however_often_it_comes(
    five: Maildesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    processor = Processor(five)

    def busy(*_: object) -> None:
        message = "the disk is full"
        raise StoreBusy(message)

    monkeypatch.setattr("maildesk.process.record_message", busy)
    for _ in range(10):
        with pytest.raises(StoreBusy):
            processor.work_off()
    assert set(states(five)) == {"pending"}
    monkeypatch.undo()
    processor.work_off()
    assert set(states(five)) == {"done"}

"""Between two pieces the work asks whether it may go on, and a lost file stops nobody else."""

from __future__ import annotations

from maildesk.desk import Maildesk
from maildesk.process import Processor
from maildesk.store.raw import IN_ROW
from tests.process.desk import receive, states


def test_processing_stops_between_two_messages_when_told_to(maildesk: Maildesk) -> None:
    for number in range(5):
        receive(maildesk, f"hello {number}")
    answers = iter([True, True, True, False])
    done = Processor(maildesk).work_off(lambda: next(answers, False))
    assert done == 2
    assert states(maildesk) == ["done", "done", "pending", "pending", "pending"]
    assert Processor(maildesk).work_off() == 3


def test_a_message_whose_file_is_lost_is_failed_and_the_next_goes_on(maildesk: Maildesk) -> None:
    receive(maildesk, "x" * IN_ROW)
    receive(maildesk, "the next one")
    (lost,) = [f for f in (maildesk.settings.data_dir / "raw").rglob("*") if f.is_file()]
    lost.unlink()
    Processor(maildesk).work_off()
    assert states(maildesk) == ["failed", "done"]

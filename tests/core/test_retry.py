"""When a mail is tried again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from maildesk.core.retry import next_attempt
from tests.core.build import NOW

MINUTE = timedelta(minutes=1)
DELAYS = (MINUTE, 5 * MINUTE, 60 * MINUTE)


@pytest.mark.parametrize(
    ("attempts", "delay"), [(1, MINUTE), (2, 5 * MINUTE), (3, 60 * MINUTE), (9, 60 * MINUTE)]
)
@pytest.mark.parametrize("jitter", [0.0, 0.5, 1.0])
def test_delays_follow_the_table_and_the_last_repeats(
    attempts: int, delay: timedelta, jitter: float
) -> None:
    at = next_attempt(
        attempts=attempts,
        created_at=NOW,
        now=NOW,
        delays=DELAYS,
        give_up_after=timedelta(days=5),
        jitter=jitter,
    )
    assert at
    assert delay * 0.75 <= at - NOW <= delay


def test_a_mail_that_waited_for_a_dead_relay_is_not_given_up_at_its_first_answer() -> None:
    late = NOW + timedelta(days=7)

    def after(attempts: int) -> object:
        return next_attempt(
            attempts=attempts,
            created_at=NOW,
            now=late,
            delays=DELAYS,
            give_up_after=timedelta(days=5),
            jitter=1.0,
        )

    assert [after(n) for n in (1, 2, 3)] == [late + MINUTE, late + 5 * MINUTE, None]


def test_the_last_attempt_is_at_the_give_up_moment_and_then_it_ends() -> None:
    end = NOW + timedelta(days=5)

    def after(now_offset: timedelta) -> object:
        return next_attempt(
            attempts=9,
            created_at=NOW,
            now=NOW + now_offset,
            delays=DELAYS,
            give_up_after=timedelta(days=5),
            jitter=1.0,
        )

    assert after(timedelta(days=5) - MINUTE) == end
    assert after(timedelta(days=5)) is None

"""Which packages of paid hours count, and what is left in them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from maildesk.core.packages import Package, Standing, current, span, standing

MARCH = Package(name="March", starts=date(2026, 3, 1), ends=date(2026, 3, 31), minutes=600)
SPRING = Package(name="Spring", starts=date(2026, 3, 15), ends=date(2026, 5, 31), minutes=1200)
BOTH = (SPRING, MARCH)


@pytest.mark.parametrize(
    ("now", "names"),
    [
        (datetime(2026, 2, 28, 22, 59, tzinfo=UTC), []),
        (datetime(2026, 2, 28, 23, 0, tzinfo=UTC), ["March"]),
        (datetime(2026, 3, 20, 12, 0, tzinfo=UTC), ["March", "Spring"]),
        (datetime(2026, 3, 31, 21, 59, tzinfo=UTC), ["March", "Spring"]),
        (datetime(2026, 3, 31, 22, 0, tzinfo=UTC), ["Spring"]),
        (datetime(2026, 6, 1, 12, 0, tzinfo=UTC), []),
    ],
)
def test_both_days_count_where_the_customer_lives(now: datetime, names: list[str]) -> None:
    assert [p.name for p in current(BOTH, now, "Europe/Rome")] == names


def test_the_span_is_that_of_all_of_them() -> None:
    begin, end = span(BOTH, "Europe/Rome")
    assert begin == datetime(2026, 2, 28, 23, 0, tzinfo=UTC)
    assert end == datetime(2026, 5, 31, 22, 0, tzinfo=UTC)


def test_what_is_spent_and_reserved_is_taken_off() -> None:
    assert standing((MARCH,), 60, 30) == Standing(package="March", left=510)
    assert standing((MARCH,), 600, 30) == Standing(package="March", left=-30)
    assert standing((MARCH, SPRING), 0, 0) == Standing(package="March", left=1800)

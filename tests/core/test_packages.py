"""What of an organisation's packages is spent, reserved and left."""

from __future__ import annotations

from datetime import date

import pytest

from maildesk.core.packages import Package, Standing, accounts, standing

MARCH = Package(name="March", starts=date(2026, 3, 1), ends=date(2026, 3, 31), minutes=600)
SPRING = Package(name="Spring", starts=date(2026, 3, 15), ends=date(2026, 5, 31), minutes=1200)
BOTH = (SPRING, MARCH)
EARLY, SHARED, LATE = date(2026, 3, 10), date(2026, 3, 20), date(2026, 4, 1)


@pytest.mark.parametrize(
    ("work", "spent"),
    [
        ((), [0, 0]),
        (((EARLY, 90),), [90, 0]),
        (((LATE, 90),), [0, 90]),
        (((SHARED, 90),), [90, 0]),
        (((SHARED, 700),), [600, 100]),
        (((EARLY, 700),), [700, 0]),
        (((SHARED, 2000),), [600, 1400]),
        (((SHARED, 700), (SHARED, -200)), [500, 0]),
        (((EARLY, 90), (EARLY, -30)), [60, 0]),
        (((date(2026, 2, 28), 90), (date(2026, 6, 1), 90)), [0, 0]),
        (((date(2026, 3, 1), 10), (date(2026, 3, 31), 10)), [20, 0]),
    ],
)
def test_the_oldest_package_is_used_first(
    work: tuple[tuple[date, int], ...], spent: list[int]
) -> None:
    found = accounts(BOTH, work, 0, SHARED)
    assert [account.package.name for account in found] == ["March", "Spring"]
    assert [account.spent for account in found] == spent


def test_what_is_reserved_is_taken_from_the_packages_of_today() -> None:
    work = ((EARLY, 550),)
    march, spring = accounts(BOTH, work, 100, SHARED)
    assert (march.reserved, march.left, spring.reserved) == (50, 0, 50)
    march, spring = accounts(BOTH, work, 100, LATE)
    assert (march.reserved, spring.reserved) == (0, 100)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (EARLY, Standing(package="March", left=540)),
        (SHARED, Standing(package="March", left=1740)),
        (LATE, Standing(package="Spring", left=1200)),
        (date(2026, 6, 1), Standing(package="")),
    ],
)
def test_what_is_left_today(today: date, expected: Standing) -> None:
    assert standing(accounts(BOTH, ((EARLY, 60),), 0, today), today) == expected


def test_more_than_there_is_is_owed() -> None:
    found = accounts((MARCH,), ((EARLY, 700),), 30, SHARED)
    assert standing(found, SHARED) == Standing(package="March", left=-130)

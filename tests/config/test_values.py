"""The small words: durations, sizes, thresholds, hours of a day."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest

from maildesk.config import values
from maildesk.config.promises import week
from maildesk.core.worktime import DaySpan, WorkSpan


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("60s", timedelta(seconds=60)),
        ("0s", timedelta(0)),
        ("90m", timedelta(minutes=90)),
        ("1h30m", timedelta(hours=1, minutes=30)),
        ("1h 30m", timedelta(hours=1, minutes=30)),
        ("36h", timedelta(hours=36)),
        ("2d", timedelta(days=2)),
        ("1d12h", timedelta(hours=36)),
        ("1.5h", timedelta(minutes=90)),
        ("1,5h", timedelta(minutes=90)),
        (timedelta(3), timedelta(3)),
    ],
)
def test_a_duration_reads_as_people_write_it(written: Any, meant: timedelta) -> None:
    assert values.duration(written) == meant


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "60",
        60,
        "1",
        "h",
        "1x",
        "-1h",
        "30m1h",
        "1h1h",
        "1 d x",
        "never",
        "99999d",
        "١h",
        None,
    ],
)
def test_what_is_no_duration_is_refused(written: Any) -> None:
    with pytest.raises(ValueError, match=r"must be (a duration|ten years)"):
        values.duration(written)


def test_never_is_none_and_zero_is_no_answer_to_when() -> None:
    assert values.duration_or_never("never") is None
    assert values.duration_or_never("5d") == timedelta(days=5)
    with pytest.raises(ValueError, match='or "never"'):
        values.duration_or_never("0s")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1B", 1),
        ("500KiB", 500 * 1024),
        ("25MiB", 25 * 1024 * 1024),
        ("25mib", 25 * 1024 * 1024),
        ("1.5 GiB", 1536 * 1024 * 1024),
        ("25MB", 25_000_000),
        ("0B", 0),
    ],
)
def test_a_size_is_a_number_of_bytes(written: str, meant: int) -> None:
    assert values.size(written) == meant


@pytest.mark.parametrize("written", ["25", 25, "25M", "MiB", "-1KiB", "25 ib", ""])
def test_a_size_without_a_unit_is_refused(written: Any) -> None:
    with pytest.raises(ValueError, match="must be a size such as"):
        values.size(written)


def test_a_goal_counts_days_and_hours_apart() -> None:
    assert values.work_span("1d4h") == WorkSpan(1, timedelta(hours=4))
    assert values.work_span("0.5d") == WorkSpan(0.5, timedelta(0))
    with pytest.raises(ValueError, match="longer than nothing"):
        values.work_span("0h")
    for wrong in ("99999999d", "99999999h"):
        with pytest.raises(ValueError, match="ten years at most"):
            values.work_span(wrong)


def test_a_budget_is_in_hours_because_a_day_has_no_length() -> None:
    assert values.hours("40h") == timedelta(hours=40)
    with pytest.raises(ValueError, match='such as "40h"'):
        values.hours("5d")


def test_a_threshold_is_a_share_gone_or_a_time_left() -> None:
    assert values.threshold("50%") == 0.5
    assert values.threshold("30m") == timedelta(minutes=30)
    for wrong in ("0%", "100%", "150%", "half", 50):
        with pytest.raises(ValueError, match="must be a share"):
            values.threshold(wrong)


def test_hours_of_a_day_end_after_they_start_and_may_end_at_midnight() -> None:
    assert values.day_span("09:00-13:30") == DaySpan(540, 810)
    assert values.day_span("00:00-24:00") == DaySpan(0, 1440)
    assert values.time_of_day("9:05") == time(9, 5)
    for wrong in ("13:00-09:00", "09:00", "09:00-24:01", "09:60-10:00", 9):
        with pytest.raises(ValueError, match="must"):
            values.day_span(wrong)
    with pytest.raises(ValueError, match="must be a time"):
        values.time_of_day("24:00")


def test_days_and_ranges_make_a_week_and_a_range_may_pass_sunday() -> None:
    morning = (DaySpan(540, 780),)
    assert week({"sat-mon": ["09:00-13:00"]}) == (morning, (), (), (), (), morning, morning)


@pytest.mark.parametrize(
    "hours",
    [
        {"mon-fri": [], "fri": []},
        {"monday": []},
        {"mon-": []},
        {"mon": "09:00-13:00"},
        {"mon": ["09:00-13:00", "12:00-14:00"]},
        {"mon": ["13:00-09:00"]},
        {"mon": ["22:00-06:00"]},
        ["09:00-13:00"],
    ],
)
def test_a_week_that_cannot_be_meant_is_refused(hours: Any) -> None:
    with pytest.raises(ValueError, match=r"must|second time|overlap"):
        week(hours)


@pytest.mark.parametrize(
    "written",
    [
        "Alice <a@example.com>",
        "a@b@c",
        "a",
        "@example.com",
        "a@",
        "a b@c",
        "a@b\n",
        "a@b,c@d",
        3,
        "",
    ],
)
def test_only_a_bare_address_is_an_address(written: Any) -> None:
    with pytest.raises(ValueError, match="must be"):
        values.address(written)


def test_addresses_and_domains_are_kept_in_lower_case() -> None:
    assert values.address("Support@Example.COM") == "support@example.com"
    assert values.domain("Acme.Example.") == "acme.example"


@pytest.mark.parametrize("name", ["Europe/Rom", "europe/rome", "", "../etc/passwd", "Europe", "\0"])
def test_an_unknown_time_zone_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="must be a time zone"):
        values.zone(name)

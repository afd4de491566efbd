"""What `#time` and `#estimate` take for an amount of time."""

from __future__ import annotations

import pytest

from maildesk.core.durations import Amount, DurationFault, read_entry, read_estimate, written


@pytest.mark.parametrize(
    ("words", "minutes", "rest"),
    [
        ("1h30m", 90, ""),
        ("1h 30m", 90, ""),
        ("90m", 90, ""),
        ("1.5h", 90, ""),
        ("1,5h", 90, ""),
        ("-30m", -30, ""),
        ("−30m", -30, ""),
        ("–1.5h took too much", -90, "took too much"),
        ("+30m", 30, ""),
        ("0,25h", 15, ""),
        (".5h", 30, ""),
        ("0.33h", 20, ""),
        ("1H30M", 90, ""),
        ("1 h 30 min", 90, ""),
        ("1h30", 90, ""),
        ("2 hours on the phone", 120, "on the phone"),
        ("1 Std. 15 Min.", 75, ""),
        ("1時間30分", 90, ""),
        ("30분", 30, ""),
        ("24h", 1440, ""),
        ("-24h", -1440, ""),
        ("1m", 1, ""),
        ("1h30m looked at the logs", 90, "looked at the logs"),
        ("1h30m: looked at the logs", 90, "looked at the logs"),
        ("1h, looked at the logs", 60, "looked at the logs"),
        ("1h - looked at the logs", 60, "looked at the logs"),
        ("1h 30 printers moved", 60, "30 printers moved"),
        ("30m 3d printer calibrated", 30, "3d printer calibrated"),
        ("1h: 4h battery test begun", 60, "4h battery test begun"),
        ("  45m  two  spaces ", 45, "two  spaces"),
    ],
)
def test_an_amount_stands_at_the_head_of_the_words(words: str, minutes: int, rest: str) -> None:
    assert read_entry(words, spent=2000) == Amount(minutes=minutes, rest=rest)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("", DurationFault.MISSING),
        ("   ", DurationFault.MISSING),
        ("90", DurationFault.UNREADABLE),
        ("1.5", DurationFault.UNREADABLE),
        ("soon", DurationFault.UNREADABLE),
        ("about 1h", DurationFault.UNREADABLE),
        ("1h90m", DurationFault.UNREADABLE),
        ("1.5h30m", DurationFault.UNREADABLE),
        ("1.5m", DurationFault.UNREADABLE),
        ("1,500h", DurationFault.UNREADABLE),
        ("1.500h", DurationFault.UNREADABLE),
        ("1⁄2h", DurationFault.UNREADABLE),
        ("11⁄2h", DurationFault.UNREADABLE),
        ("1h 30", DurationFault.UNREADABLE),
        ("1h 2h", DurationFault.UNREADABLE),
        ("30m 2h", DurationFault.UNREADABLE),
        ("1h -30m", DurationFault.UNREADABLE),
        ("- 30m", DurationFault.UNREADABLE),
        ("--30m", DurationFault.UNREADABLE),
        ("1h30mx", DurationFault.UNREADABLE),
        ("30months", DurationFault.UNREADABLE),
        ("30m/2", DurationFault.UNREADABLE),
        ("٣٠m", DurationFault.UNREADABLE),
        ("h", DurationFault.UNREADABLE),
        ("1" * 900 + "m", DurationFault.UNREADABLE),
        ("1d", DurationFault.DAYS),
        ("2 days of work", DurationFault.DAYS),
        ("0.5d", DurationFault.DAYS),
        ("1w", DurationFault.DAYS),
        ("0h", DurationFault.ZERO),
        ("0m", DurationFault.ZERO),
        ("-0m", DurationFault.ZERO),
        ("0h00m", DurationFault.ZERO),
        ("24h01m", DurationFault.TOO_LONG),
        ("24.01h", DurationFault.TOO_LONG),
        ("25h", DurationFault.TOO_LONG),
        ("1441m", DurationFault.TOO_LONG),
        ("-25h", DurationFault.TOO_LONG),
    ],
)
def test_what_is_no_amount_of_work_on_a_day_is_refused(words: str, why: DurationFault) -> None:
    assert read_entry(words, spent=100_000) is why


def test_no_more_is_taken_back_than_was_entered() -> None:
    assert read_entry("-30m", spent=30) == Amount(minutes=-30, rest="")
    assert read_entry("-31m", spent=30) is DurationFault.BELOW_ZERO
    assert read_entry("-30m") is DurationFault.BELOW_ZERO


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("8h by 2026-12-01 words", Amount(minutes=480, rest="by 2026-12-01 words")),
        ("120h", Amount(minutes=7200, rest="")),
        ("10000h", Amount(minutes=600_000, rest="")),
        ("10000h01m", DurationFault.TOO_LONG),
        ("999999h", DurationFault.TOO_LONG),
        ("2d", DurationFault.DAYS),
        ("-8h", DurationFault.NEGATIVE),
        ("0h", DurationFault.ZERO),
        ("", DurationFault.MISSING),
        ("cheap", DurationFault.UNREADABLE),
    ],
)
def test_an_estimate_is_above_nothing_and_may_be_long(
    words: str, expected: Amount | DurationFault
) -> None:
    assert read_estimate(words) == expected


@pytest.mark.parametrize(
    ("minutes", "shown"), [(90, "1h30m"), (480, "8h"), (45, "45m"), (-30, "-30m"), (0, "0m")]
)
def test_an_amount_is_shown_as_a_command_says_it(minutes: int, shown: str) -> None:
    assert written(minutes) == shown
    if minutes:
        assert read_entry(shown, spent=30) == Amount(minutes=minutes, rest="")

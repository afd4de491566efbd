"""Whatever stands behind a command is an amount, a day, a rating, or a reason; no word is lost."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from maildesk.core import dates, durations, intake, rating
from maildesk.core.dates import Day, Misread
from maildesk.core.durations import Amount, DurationFault
from maildesk.core.intake import Block
from maildesk.core.rating import Rating, RatingFault

SCRAPS = ["1h", "30m", "1.5", ",", "-", "+", " ", "h", "d", "2026", "-12-", "01", "Dec", "friday"]
SCRAPS += ["1.12.", "in", "2", "weeks", "tomorrow", "/", "★", "5", "next", "日", "12月", "by", "0"]
pieces = st.lists(st.one_of(st.sampled_from(SCRAPS), st.text(max_size=6)), max_size=8).map("".join)
days = st.dates(min_value=date(2020, 1, 1), max_value=date(2085, 1, 1))


@given(words=pieces, spent=st.integers(0, 5000))
def test_an_amount_is_bounded_and_keeps_the_words_behind_it(words: str, spent: int) -> None:
    found = durations.read_entry(words, spent=spent)
    assert isinstance(found, Amount | DurationFault)
    if isinstance(found, Amount):
        assert 0 < abs(found.minutes) <= 24 * 60
        assert spent + found.minutes >= 0
        assert words.rstrip().endswith(found.rest)


@given(words=pieces, today=days)
def test_a_day_is_never_past_and_keeps_the_words_behind_it(words: str, today: date) -> None:
    found = dates.read(words, today)
    assert isinstance(found, Day | Misread)
    if isinstance(found, Day):
        assert today <= found.day <= today + timedelta(days=3653)
        assert " ".join(words.replace("’", "'").split()).endswith(found.rest)


@given(today=days, ahead=st.integers(0, 3000), form=st.sampled_from(["%Y-%m-%d", "%d.%m.%Y"]))
def test_a_written_day_is_read_as_itself(today: date, ahead: int, form: str) -> None:
    day = today + timedelta(days=ahead)
    assert dates.read(day.strftime(form), today) == Day(day=day, rest="")


@given(minutes=st.integers(1, 24 * 60))
def test_a_written_amount_is_read_as_itself(minutes: int) -> None:
    assert durations.read_entry(durations.written(minutes)) == Amount(minutes=minutes, rest="")


@given(words=pieces)
def test_a_rating_is_one_to_five_stars(words: str) -> None:
    found = rating.read(words)
    assert isinstance(found, Rating | RatingFault)
    if isinstance(found, Rating):
        assert 1 <= found.stars <= 5


LINES = [
    "Version: 4",
    "> Version: 5",
    "Version:",
    "Urgency: high",
    "text",
    "",
    "> ",
    "- A: b",
    "A:",
]
texts = st.lists(st.one_of(st.sampled_from(LINES), st.text(max_size=12)), max_size=12).map(
    "\n".join
)


@given(text=texts, full_text=texts)
def test_what_is_filled_in_stands_in_the_mail(text: str, full_text: str) -> None:
    found = intake.read(text, full_text, (Block(text="Version:\nA:"),))
    for name, value in found.fields:
        assert name in ("Version", "A")
        assert value.split()[0] in text + full_text

"""What `#rate` takes for a rating."""

from __future__ import annotations

import pytest

from maildesk.core.rating import Rating, RatingFault, read


@pytest.mark.parametrize(
    ("words", "stars", "said"),
    [
        ("4", 4, ""),
        ("1 never again", 1, "never again"),
        ("5 quick and kind", 5, "quick and kind"),
        ("5: quick and kind", 5, "quick and kind"),
        ("5 - quick and kind", 5, "quick and kind"),
        ("5. Quick!", 5, "Quick!"),
        ("4/5 good", 4, "good"),
        ("4 / 5, good", 4, "good"),
        ("4 stars", 4, ""),
        ("4★", 4, ""),
        ("★★★★☆ good", 4, "good"),
        ("⭐⭐⭐", 3, ""),
        ("⭐️⭐️ slow", 2, "slow"),
        ("3 4 days were too long", 3, "4 days were too long"),
    ],
)
def test_a_rating_is_a_number_or_stars_and_words(words: str, stars: int, said: str) -> None:
    assert read(words) == Rating(stars=stars, words=said)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("", RatingFault.MISSING),
        ("  ", RatingFault.MISSING),
        ("good", RatingFault.UNREADABLE),
        ("1-5", RatingFault.UNREADABLE),
        ("4x", RatingFault.UNREADABLE),
        ("4/10", RatingFault.UNREADABLE),
        ("-4", RatingFault.UNREADABLE),
        ("☆☆", RatingFault.UNREADABLE),
        ("٤", RatingFault.UNREADABLE),
        ("0", RatingFault.OUT_OF_RANGE),
        ("6", RatingFault.OUT_OF_RANGE),
        ("4.5", RatingFault.OUT_OF_RANGE),
        ("4,5 good", RatingFault.OUT_OF_RANGE),
        ("100", RatingFault.OUT_OF_RANGE),
        ("★★★★★★", RatingFault.OUT_OF_RANGE),
    ],
)
def test_what_is_no_rating_is_refused(words: str, why: RatingFault) -> None:
    assert read(words) is why

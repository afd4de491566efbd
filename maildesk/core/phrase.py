"""What the desk says, by the name of the sentence: the reader's language gives it words.

In: a code of `templates/<language>/words.toml` and the values that stand in the sentence. Out: a
`Phrase`, which a layout shows. The core decides what is said and never how.
*Fails:* never; a code without words is found by the test that reads both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """One sentence: its code, and by name what is filled in.

    Values are plain text; moments, days (ISO 8601), durations (seconds) and sizes (bytes) become
    words in the reader's language where the sentence asks for them.
    """

    code: str
    values: tuple[tuple[str, str], ...] = ()


# A phrase, or somebody's own words: an error of a relay, a subject, an address.
Line = Phrase | str


class Teller(Protocol):
    """Whoever passes on to people what they must know: a title, and lines below it."""

    def __call__(self, title: Line, *lines: Line) -> None:
        """Tell them."""


def phrase(code: str, /, **values: str | int) -> Phrase:
    """`phrase("orders.took", name="Alice")`; numbers become text."""
    return Phrase(code=code, values=tuple((name, str(value)) for name, value in values.items()))

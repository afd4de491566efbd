"""How much of people's words goes into the HTML of one mail.

In: comments, as text and as sanitised HTML. Out: markup that keeps within what is left; what does
not fit is counted, and stands in the text part in full. Gmail cuts a mail's HTML at about 100 KB,
links and the reason for the mail with it.
*Fails:* never.
"""

from __future__ import annotations

from itertools import accumulate

from markupsafe import Markup, escape

from maildesk.outbox import wording
from maildesk.outbox.speech import Speaker

_A_PARAGRAPH = 100  # bytes of markup, its style included


class Room:
    """The bytes that are left, for one rendering."""

    def __init__(self, size: int, speaker: Speaker) -> None:
        self._left = size
        self._speaker = speaker

    def words(self, text: str, html: str | None = None) -> Markup:
        """A comment: the sanitised HTML where it is of use and fits, else as much text as fits.

        Pictures are left out: remote ones would tell who reads, and enclosed ones come as files.
        """
        shown = wording.without_pictures(html) if html else None
        if shown is None or len(shown.encode()) > self._left:
            shown = wording.paragraphs(text) if _cost(text) <= self._left else self._cut(text)
        self._left = max(0, self._left - len(shown.encode()))
        return shown

    def _cut(self, text: str) -> Markup:
        lines = text.strip().split("\n")
        ends = accumulate(map(_cost, lines))
        kept = sum(1 for end in ends if end <= self._left)
        more = self._speaker.say("words.more", count=len(lines) - kept)
        told = Markup('<p class="md-label">%s</p>') % more
        return wording.paragraphs("\n".join(lines[:kept])) + told if kept else told


def _cost(text: str) -> int:
    """Bytes of a text as HTML; every blank line ends a paragraph."""
    return sum(
        len(escape(line).encode()) + (5 if line else _A_PARAGRAPH) for line in text.split("\n")
    )

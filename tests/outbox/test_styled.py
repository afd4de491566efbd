"""Markdown of a comment's end: shown, or left alone where it is none."""

from __future__ import annotations

from datetime import UTC, datetime

from maildesk.core.message import Mailbox, Words
from maildesk.core.model import Decision, InboxState, NewComment, Visibility
from maildesk.outbox.styled import styled


def words_of(text: str, markdown: str) -> Words | None:
    comment = NewComment(
        author=Mailbox(email="alice@desk.example"),
        by_agent="alice",
        visibility=Visibility.PUBLIC,
        at=datetime(2026, 11, 21, tzinfo=UTC),
        words=Words(text=text, full_text=text, markdown=markdown),
    )
    shown = styled(Decision(state=InboxState.DONE, comment=comment)).comment
    return shown.words if shown else None


def test_the_end_is_shown_and_what_stands_above_it_stays_as_it_was_typed() -> None:
    words = words_of("*Dear* Ada,\n\n**Stop** it.", "**Stop** it.")
    assert words is not None
    assert words.text == "*Dear* Ada,\n\nStop it."
    assert words.html == "<p>*Dear* Ada,</p><p><strong>Stop</strong> it.</p>"


def test_what_is_no_end_of_the_text_is_left_alone() -> None:
    words = words_of("**Stop** it.\n\nNow.", "**Stop** it.")
    assert words is not None
    assert (words.text, words.html) == ("**Stop** it.\n\nNow.", None)


def test_a_comment_without_markdown_is_the_same() -> None:
    words = words_of("**Stop**", "")
    assert words is not None
    assert (words.text, words.html) == ("**Stop**", None)
    assert styled(Decision(state=InboxState.DONE)).comment is None

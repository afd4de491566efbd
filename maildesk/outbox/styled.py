"""A canned reply's Markdown, made HTML and readable text before it is recorded.

In: a decision. Out: the same decision; a comment that ends in Markdown has HTML, and its text is
what that HTML says, without marks. What an agent wrote above it by hand stays as it was typed.
*Fails:* never; what cannot be shown as HTML stays the text that it is.
"""

from __future__ import annotations

from dataclasses import replace

from maildesk.core.message import Words
from maildesk.core.model import Decision, NewComment
from maildesk.mail import markdown


def styled(decision: Decision) -> Decision:
    """The decision with its Markdown shown."""
    asides = tuple(replace(a, comment=_shown(a.comment)) for a in decision.asides)
    return replace(decision, comment=_shown(decision.comment), asides=asides)


def _shown(comment: NewComment | None) -> NewComment | None:
    if comment is None or comment.words is None or not comment.words.markdown:
        return comment
    if not comment.words.text.endswith(comment.words.markdown):
        return comment  # somebody has written below it since, and it is no end any more
    return replace(comment, words=_with_html(comment.words))


def _with_html(words: Words) -> Words:
    above = words.text.removesuffix(words.markdown).strip("\n")
    shown = markdown.to_html(words.markdown)
    if shown is None:
        return words
    typed = markdown.plain_to_html(above) if above else ""
    if typed is None:
        return words
    text = markdown.to_text(shown)
    return replace(
        words, text=f"{above}\n\n{text}" if above else text, html=typed + shown, markdown=""
    )

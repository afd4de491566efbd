"""Whatever the text: what is shown of it stands in it, in its order, and something is shown."""

from hypothesis import given, settings
from hypothesis import strategies as st

from maildesk.mail.parse import parse
from maildesk.mail.reply import strip_reply

SCRAPS = [
    "On Mon, 16 Nov 2026 at 09:00, Support <support@desk.example> wrote:",
    "Am 16.11.2026 um 09:00 schrieb Support:",
    "> quoted",
    ">",
    "> wrote:",
    "-- ",
    "--",
    "____",
    "-----Original Message-----",
    "---------- Forwarded message ---------",
    "From: Support <support@desk.example>",
    "Sent: Monday 09:00",
    "To: Anna",
    "Subject: x",
    "Best regards,",
    "Anna",
    "Sent from my iPhone",
    "Non-text part: text/html",
    "",
    "yes, and On 3 May 2026, b@c.example wrote:",
    "words of a letter, and so many that a program had to break the line here and",
    "went on",
]
texts = st.lists(st.one_of(st.sampled_from(SCRAPS), st.text(max_size=20)), max_size=14).map(
    "\n".join
)


@given(text=texts, is_forward=st.booleans(), is_reply=st.booleans())
@settings(max_examples=400, deadline=None)
def test_stripping_shows_words_of_the_text_in_their_order(
    text: str, is_forward: bool, is_reply: bool
) -> None:
    shown = strip_reply(text, is_forward=is_forward, is_reply=is_reply)
    rest = iter(text.split())
    assert all(word in rest for word in shown.split())


@given(text=texts)
@settings(max_examples=200, deadline=None)
def test_a_text_with_words_never_becomes_empty(text: str) -> None:
    assert bool(strip_reply(text).strip()) == bool(text.strip())


@given(text=texts)
@settings(max_examples=200, deadline=None)
def test_a_text_without_any_mark_is_shown_whole(text: str) -> None:
    plain = " ".join(word for word in text.split() if word.isalpha() and word.islower())
    assert strip_reply(plain) == plain


@given(text=texts, answers=st.booleans())
@settings(max_examples=200, deadline=None)
def test_stripping_never_takes_a_word_from_the_full_text(text: str, answers: bool) -> None:
    plain = "".join(c for c in text if c.isprintable() or c == "\n")
    head = "From: a@b.example\nContent-Type: text/plain; charset=utf-8\n"
    head += "In-Reply-To: <1@desk.example>\n" if answers else ""
    message = parse(f"{head}\n{plain}".encode(), None)
    assert message.full_text.split() == plain.split()
    rest = iter(message.full_text.split())
    assert all(word in rest for word in message.text.split())

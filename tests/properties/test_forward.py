"""Whatever a text holds: reading a forward in it ends, and names one sound address or nobody."""

from hypothesis import given, settings
from hypothesis import strategies as st

from maildesk.core.model import Mailbox
from maildesk.mail.forward import Outer, read_forward
from maildesk.mail.shown_date import read_shown_date

SCRAPS = [
    *("From:", "Von：", "*To:*", "Date:", "Subject: x", "Cc: a@b.example; c@d.example", "X-A: b"),
    *("---- Forwarded message ----", "____________________", "-----Original Message-----"),
    *("Begin forwarded message:", "> ", ">", "", "  ", "-- ", "From: Ada <ada@x.example>"),
    *("ada@x.example", "On 1/2/2026 9:50, A <a@b.example> wrote:", "Sent: 20.11.2026 9:50"),
    *("<mailto:a@b.example>", "on behalf of", ";", "=== Forwarded message ===", "\u200b", "𝕏"),
]
line = st.lists(st.sampled_from(SCRAPS) | st.text(max_size=8), max_size=4).map(" ".join)
text = st.lists(line, max_size=30).map("\n".join)


def refuse(raw: bytes) -> None:
    raise AssertionError(raw)


@settings(max_examples=300, deadline=None)
@given(text, st.sampled_from(["Fwd: x", "x", "Re: x", "I: x"]))
def test_a_forward_names_one_sound_address_or_nobody(words: str, subject: str) -> None:
    outer = Outer(
        subject=subject,
        sender=Mailbox(email="alice@desk.example", name="Alice Doe"),
        text=words,
        html=None,
        marked="",
        date="",
        ids=(),
        thread=(),
        parts=[],
        attachments=(),
    )
    found = read_forward(outer, refuse)
    if found and found.sender:
        local, at, domain = found.sender.email.partition("@")
        assert all((local, at, domain))
        assert not set(found.sender.email) & set(' <>()[],;:"\\\n')
        assert found.sender.email == found.sender.email.lower()
        assert "\n" not in found.sender.name


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60) | line, st.text(max_size=40))
def test_a_shown_date_is_a_moment_or_none(shown: str, outer: str) -> None:
    moment = read_shown_date(shown, outer)
    assert moment is None or moment.year >= 1990

"""Whatever a program makes of a note that is pasted into a mail, it is found there."""

from hypothesis import given, settings
from hypothesis import strategies as st

from maildesk.core.leak import internal_line

WORDS = st.lists(
    st.text(
        st.characters(categories=["Ll", "Lu"], exclude_characters="İŉǰ"), min_size=2, max_size=9
    ),
    min_size=8,
    max_size=30,
)
GAPS = st.sampled_from([" ", "  ", "\n", "\n> ", "\n>> ", "\u00a0", ", ", " *", "\n| ", ". "])


@given(note=WORDS, gaps=st.lists(GAPS, min_size=30, max_size=30), above=st.text(max_size=40))
@settings(max_examples=300, deadline=None)
def test_a_note_is_found_however_it_is_wrapped_and_marked(
    note: list[str], gaps: list[str], above: str
) -> None:
    pasted = "".join(word + gap for word, gap in zip(note, gaps, strict=False))
    assert internal_line(f"{above}\n{pasted}", [" ".join(note)], []) != ""


@given(text=st.text(max_size=200), notes=st.lists(st.text(max_size=200), max_size=3))
@settings(max_examples=300, deadline=None)
def test_a_line_that_is_told_stands_in_the_text(text: str, notes: list[str]) -> None:
    found = internal_line(text, notes, [])
    assert found in {" ".join(line.split())[:200] for line in text.split("\n")} | {""}
    assert internal_line(text, notes, [text]) == ""

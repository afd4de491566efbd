"""Which words of a text were said among agents alone."""

from __future__ import annotations

import pytest

from maildesk.core.leak import internal_line
from tests.cost import at_most

NOTE = "She never pays in time, so let us take it slowly.\nAccount: DE89370400440532013000 (closed)"
GREETING = "Dear Ada,\nwe look at it.\n\n"


@pytest.mark.parametrize(
    "pasted",
    [
        NOTE,
        NOTE.upper(),
        "> " + NOTE.replace("\n", "\n> "),
        "never pays in time, so let us take",
        "She\nnever\npays\nin\n> time,\n> so let\nus",
        "  Account:   DE89370400440532013000 (CLOSED)",
        "she\u00a0ne\u00adver pays in time, so let us take it slowly",
    ],
)
def test_a_run_of_eight_words_or_a_long_line_of_a_note_is_found(pasted: str) -> None:
    assert internal_line(GREETING + pasted, [NOTE], []) == " ".join(pasted.split("\n")[0].split())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Dear Ada,\nlet us take it slowly.",
        "You never pay in time, so let it be; we take it slowly.",
        "Your account is closed.",
    ],
)
def test_words_that_people_use_anyway_are_no_leak(text: str) -> None:
    assert internal_line(text, [NOTE], []) == ""


def test_letters_of_a_script_without_spaces_count_half_a_word() -> None:
    note = "この客は支払いが遅いのでゆっくり対応しましょう。"
    assert internal_line(f"了解しました。\n{note}", [note], []) == note
    assert internal_line("お世話になっております。", ["お世話になっております。" + note], []) == ""


def test_what_the_customer_has_seen_is_no_leak_unless_more_stands_with_it() -> None:
    shown = "the printer on the third floor has been burning since this morning"
    note = f"Ada says {shown} and she always exaggerates"
    assert internal_line(f"You say {shown}.", [note], [f"Hello,\n{shown}.\nAda"]) == ""
    assert internal_line(note, [note], [f"Hello,\n{shown}.\nAda"]) == note
    line = "printer-floor3.intranet.acme.example"
    assert internal_line(line, [f"See\n{line}"], [f"It is {line}, I think"]) == ""


def test_a_run_does_not_reach_from_one_note_into_the_next() -> None:
    notes = ["one two three four five", "six seven eight nine"]
    assert internal_line("one two three four five six seven eight nine", notes, []) == ""


def test_a_short_chance_hit_does_not_hide_the_run_behind_it() -> None:
    notes = ["a b c d of x", "c d e f g h i j k l"]
    assert internal_line("a b c d e f g h i j", notes, []) != ""


@pytest.mark.parametrize("piece", ["a ", "a b c d ", "word\n", "あ", "x" * 30 + "\n"])
def test_hostile_texts_cost_no_more_than_their_length(piece: str) -> None:
    text = (piece * 64_000)[: 128 * 1024]
    with at_most(8):
        internal_line(text, [text[:-7], text[3:]], [text[5:]])
        internal_line(text, [text], [])

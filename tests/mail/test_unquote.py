"""The very mail that we sent is taken out of a reply, whatever the language and the marks."""

import textwrap

import pytest

from maildesk.mail.unquote import Sent, own_words, unquote

OURS = """Alice Doe of Example Support has answered on The printer burns:

Dear Ada,

please pull the plug out of the wall and wait for a minute.
Which number stands below the machine, near the plug?
And does the lamp still blink?

Kind regards
Alice

To answer, just reply to this mail.

--\x20
Example Support <support@desk.example>
You get this because you wrote to us.
"""
SENT = Sent(OURS, ("support@desk.example", "Alice Doe (Example Support)", "ada@acme.example"))
MARKED = textwrap.indent(OURS, "> ", lambda _: True)
# Header lines in Basque, Esperanto and Hindi, which no table of ours knows.
BLOCKS = [
    "Nork: Example Support <support@desk.example>\nBidalia: asteazkena 9:00\nNori: Ada",
    "De kiu: Example Support <support@desk.example>\nSendita: merkredo\nAl: Ada\nTemo: presilo",
    "प्रेषक: Example Support <support@desk.example>\nदिनांक: 16 नवंबर 2026\nविषय: x",
]


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize(
    "rule", ["", "________________________________\n", "-----Jatorrizkoa-----\n"]
)
def test_an_unmarked_quote_in_a_language_that_nobody_knows_goes(rule: str, block: str) -> None:
    assert unquote(f"It works.\n\n{rule}{block}\n\n{OURS}", SENT) == "It works."


@pytest.mark.parametrize("mark", ["", "> ", "| ", "    ", ">> "])
@pytest.mark.parametrize("width", [30, 50, 200])
def test_marks_and_line_ends_do_not_matter(mark: str, width: int) -> None:
    lines = [part for line in OURS.split("\n") for part in textwrap.wrap(line, width) or [""]]
    quoted = "\n".join(mark + line for line in lines)
    assert unquote(f"It works.\n\n{quoted}", SENT) == "It works."
    assert unquote(f"{quoted}\n\nIt works.", SENT) == "It works."


def test_answers_between_the_lines_of_an_unmarked_quote_are_kept() -> None:
    text = OURS.replace("the plug?\n", "the plug?\nAB-12 C\n").replace("blink?\n", "blink?\nno!\n")
    own = own_words(f"See below.\n\n{BLOCKS[0]}\n\n{text}", "", [SENT])
    assert own.split() == ["See", "below.", "AB-12", "C", "no!"]


def test_a_line_of_ours_that_the_person_wrote_survives_outside_a_quote() -> None:
    line = "And does the lamp still blink?"
    assert unquote(f"You ask:\n{line}\nNo.", SENT) is None
    assert unquote(f"{line}\nNo.\n\n{MARKED}", SENT) == f"{line}\nNo."


def test_one_line_that_introduces_the_quote_goes_in_any_language() -> None:
    line = "Asteazkena, 2026-11-16 9:00, support@desk.example idatzi zuen:"
    assert unquote(f"It works.\n\n{line}\n\n{OURS}", SENT) == "It works."
    text = "I wrote to support@desk.example before."
    assert unquote(f"{text}\n\n{OURS}", SENT) == text


def test_a_reply_that_is_nothing_but_our_mail_is_left_as_it_is() -> None:
    assert unquote(MARKED, SENT) is None
    assert own_words(MARKED, "all", [SENT]) == "all"


def test_a_link_that_a_program_rewrote_does_not_break_the_quote() -> None:
    sent = Sent(OURS.replace("wall", "wall (https://desk.example/a?b=1)"))
    rewritten = "wall (https://desk.example/a<https://safe.example/?url=x>)"
    assert unquote(f"Yes.\n\n{OURS.replace('wall', rewritten)}", sent) == "Yes."


def test_an_answer_on_the_line_of_the_question_or_without_words_is_kept() -> None:
    text = MARKED.replace("the plug?\n", "the plug? AB-12\n").replace("blink?\n", "blink?\n👍\n")
    own = unquote(text, SENT)
    assert own is not None
    assert "AB-12" in own
    assert "👍" in own


def test_the_line_that_notmuch_writes_for_a_part_goes_with_the_quote() -> None:
    assert unquote(f"Yes.\n\n{MARKED}\nNon-text part: text/html\n", SENT) == "Yes."


def test_the_second_form_counts_when_the_first_is_not_quoted() -> None:
    forms = [Sent("something else that was never quoted at all by anybody"), SENT]
    assert own_words(f"It works.\n\n{OURS}", "all", forms) == "It works."


def test_what_is_left_loses_its_signature_and_other_quotes() -> None:
    text = f"It works.\n\nOn 2026-11-16 09:00, Bob wrote:\n> older\n\n-- \nAda\n\n{OURS}"
    assert own_words(text, "", [SENT]) == "It works."


LOOKALIKES = [
    "Set this:\n\nFrom: a@acme.example\nTo: b@acme.example\nSubject: x\nDate: now\n\nThen go.",
    "Type this:\n\n> enable\n> reload",
    "Search for\n-----Original Message-----\nand delete what is below.",
    "Run\n\n--\nselect 1;\n--\n\nand restart.",
]
INTRODUCTIONS = ["On 2026-11-16 09:00, Example Support <support@desk.example> wrote:", *BLOCKS]
INTRODUCTIONS += ["From: Desk\nSent: Monday, 16 November 2026 9:00\nTo: Alice\nSubject: x"]


@pytest.mark.parametrize("words", LOOKALIKES)
@pytest.mark.parametrize("introduction", INTRODUCTIONS)
@pytest.mark.parametrize("quoted", [OURS, MARKED])
def test_what_stands_above_our_mail_is_the_writers_whatever_it_looks_like(
    words: str, introduction: str, quoted: str
) -> None:
    for signature in ("", "\n\n-- \nAlice\nExample Inc.", "\n\nBest regards\nAlice"):
        text = f"{words}{signature}\n\n{introduction}\n{quoted}"
        assert own_words(text, "", [SENT], is_direct=True) == words


def test_another_persons_quote_goes_where_it_may_hold_ours() -> None:
    bob = "On 2026-11-16 09:00, Bob wrote:\n> For us alone.\n>\n> On 2026-11-15 09:00, X wrote:\n"
    nested = textwrap.indent(MARKED, ">", lambda _: True)
    assert own_words(f"Yes.\n\n{bob}{nested}", "", [SENT], is_direct=True) == "Yes."
    assert own_words(f"Yes.\n\n{bob}\n{MARKED}", "", [SENT]) == "Yes."


def test_a_quote_whose_first_line_was_altered_is_cut_as_any_other() -> None:
    altered = MARKED.replace("> Alice Doe of", "> Somebody at")
    text = f"Yes.\n\n{INTRODUCTIONS[0]}\n{altered}"
    assert own_words(text, "", [SENT], is_direct=True) == "Yes."


def test_an_answer_between_our_lines_is_read_as_before() -> None:
    text = f"See below.\n\n{INTRODUCTIONS[0]}\n" + MARKED.replace("plug?\n", "plug?\nAB-12\n")
    own = own_words(text, "", [SENT], is_direct=True)
    assert own.split() == ["See", "below.", "AB-12"]


@pytest.mark.parametrize("text", ["a " * 30_000, "\n" * 60_000, OURS * 100, "x" * 100_000])
def test_hostile_replies_cost_no_more_than_their_length(text: str) -> None:
    unquote(text, Sent(OURS * 50))

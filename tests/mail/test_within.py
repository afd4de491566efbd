"""Answers typed into the quote of our mail are in the text, whatever form the quote has.

tests/corpus/within/sent.eml is the mail of ours; the others answer it.
"""

import email.policy
import textwrap
from email.parser import BytesParser
from pathlib import Path

import pytest

from maildesk.mail.html import sanitise
from maildesk.mail.parse import parse
from maildesk.mail.unquote import Sent, own_words
from tests.cost import at_most

MAILS = Path(__file__).parent.parent / "corpus" / "within"
NAMES = ("support@example.com", "Alice Doe (Example Support)", "carol@acme.example")
REPLIES = sorted(path.stem for path in MAILS.glob("*.eml") if path.stem != "sent")
LINE = "On Mon, 23 Nov 2026 at 09:02, Example Support <support@example.com> wrote:"


def forms() -> list[Sent]:
    message = BytesParser(policy=email.policy.default).parsebytes((MAILS / "sent.eml").read_bytes())
    plain, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    return [Sent(plain.get_content(), NAMES), Sent(sanitise(html.get_content()).text(), NAMES)]


OURS = forms()[0].text
QUOTED = textwrap.indent(OURS, "> ", lambda _: True)


def own(text: str, *, is_direct: bool = True) -> list[str]:
    return own_words(text, "", forms(), is_direct=is_direct).split("\n")


@pytest.mark.parametrize("name", REPLIES)
def test_each_answer_inside_the_quote_is_shown_and_no_line_of_ours(name: str) -> None:
    message = parse((MAILS / f"{name}.eml").read_bytes(), "carol@acme.example")
    text = own_words(message.full_text, message.text, forms(), is_direct=True)
    assert "KEEP1 yes twice" in text
    assert "KEEP2 LX-350" in text
    assert "Hello Carol" not in text
    assert "opened this ticket" not in text


def test_an_answer_at_the_end_of_a_question_brings_the_question_along() -> None:
    text = f"Hi.\n\n{LINE}\n{QUOTED.replace('show to you?', 'show to you? LX-350, 42')}"
    assert own(text) == [
        "Hi.",
        "",
        "Which model is it, and what does the display show to you? LX-350, 42",
    ]


def test_answers_below_a_signature_stay_though_the_quote_stands_below_it() -> None:
    text = f"Hi.\n\n-- \nCarol\nACME\n\n{LINE}\n" + QUOTED.replace(
        "yesterday?", "yesterday?\n> twice"
    )
    assert own(text) == ["Hi.", "", "twice"]


def test_the_last_line_of_a_quote_that_was_cut_short_is_an_answer() -> None:
    asked = (
        "> Did you restart the printer on floor two yesterday?\n> yes\n> Which model is it?\n> LX"
    )
    assert own(f"{LINE}\n{asked}") == ["yes", "LX"]


def test_the_first_line_of_the_quote_is_an_answer_and_a_gateways_banner_is_none() -> None:
    banner = "> CAUTION: This mail originated outside. Do not click links or open attachments."
    text = f"{LINE}\n> We did, twice.\n>\n{QUOTED}"
    assert own(text) == ["We did, twice."]
    assert own(f"Yes.\n\n{LINE}\n{banner}\n{QUOTED}") == ["Yes."]


def test_what_is_quoted_below_our_mail_is_no_answer() -> None:
    older = "> On Sun, 22 Nov 2026 at 10:00, Carol <carol@acme.example> wrote:\n> > old words\n"
    assert own(f"Yes.\n\n{LINE}\n{QUOTED}\n>\n{older}") == ["Yes."]


def test_lines_marked_twice_between_ours_are_a_quote_in_the_quote() -> None:
    text = f"Yes.\n\n{LINE}\n" + QUOTED.replace("yesterday?", "yesterday?\n> > said before")
    assert own(text) == ["Yes."]


def test_who_answers_somebody_else_gets_no_words_of_his_shown_as_ones_own() -> None:
    text = f"Yes.\n\nBob wrote:\n> Bob says hello to all of you.\n> {LINE}\n"
    text += textwrap.indent(QUOTED, "> ", lambda _: True)
    assert own(text, is_direct=False) == ["Yes."]


def test_an_address_that_a_program_added_to_our_line_makes_it_no_answer() -> None:
    rewritten = QUOTED.replace("cto@acme.example.", "cto@acme.example<mailto:cto@acme.example>.")
    assert own(f"Yes.\n\n{LINE}\n{rewritten}") == ["Yes."]


@pytest.mark.parametrize("width", [30, 44, 60])
def test_answers_are_found_in_a_quote_that_was_wrapped_again(width: int) -> None:
    text = QUOTED.replace("yesterday?", "yesterday?\n> KEEP").replace("> ", "").split("\n")
    lines = [part for line in text for part in textwrap.wrap(line.strip("> "), width) or [""]]
    shown = own(f"{LINE}\n" + "\n".join(f"> {line}" for line in lines))
    assert shown == ["KEEP"]


@pytest.mark.parametrize("line", ["> a", "> > b", ">" * 300, "> caution", "x", ">"])
def test_hostile_gaps_cost_no_more_than_their_length(line: str) -> None:
    with at_most(2):
        own(f"{QUOTED}\n" + f"{line}\n" * 9_000 + QUOTED)


def test_words_below_an_htmls_signature_stay_though_our_mail_is_quoted_below_it() -> None:
    shown = "Yes.\n\nCall me"
    full_text = f"Yes.\n\n-- \nCarol\n\nCall me\n\n{LINE}\n{QUOTED}"
    assert own_words(full_text, shown, forms(), is_direct=True) == shown
    assert own_words(full_text, "Yes.", forms(), is_direct=True) == "Yes."


def test_a_line_above_the_quote_that_only_the_comparison_knows_does_not_come_back() -> None:
    line = "Asteazkena, 2026-11-23 9:02, support@example.com idatzi zuen:"
    full_text = f"Yes.\n\n{line}\n{QUOTED}"
    assert own_words(full_text, f"Yes.\n\n{line}", forms(), is_direct=True) == "Yes."
    assert own_words(full_text, full_text, forms(), is_direct=True) == "Yes."


def test_answers_at_the_end_of_every_line_that_is_quoted_are_shown() -> None:
    first = "Did you restart the printer on floor two yesterday? yes twice"
    second = "Which model is it, and what does the display show to you? LX-350"
    assert own(f"Hi.\n> {first}\n> {second}\n") == ["Hi.", first, second]

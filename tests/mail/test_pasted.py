"""What only looks quoted is the writer's: output of a prompt, a pasted header, indented words."""

import pytest

from maildesk.mail.html import sanitise
from maildesk.mail.parse import parse
from maildesk.mail.reply import strip_reply
from tests.cost import at_most

QUOTE = "On Mon, 16 Nov 2026 at 09:00, Support <support@desk.example> wrote:\n> Which version?"
HEADER = "From: bob@acme.example\nTo: eve@other.example\nSubject: Offer\nDate: Mon, 16 Nov 2026"


@pytest.mark.parametrize(
    "line",
    [
        "I did what you said:",
        "The boss said:",
        "My boss wrote:",
        "Mein Chef schrieb:",
        "Mon chef a écrit :",
        "Output:",
        "Das kommt heraus:",
        "これが出力です：",
    ],
)
def test_lines_with_marks_below_words_that_announce_them_are_the_writers(line: str) -> None:
    text = f"{line}\n\n> ping server\n\nrequest timed out\n\nWhat now?"
    assert strip_reply(text) == text
    assert strip_reply(f"{text}\n\n{QUOTE}") == text


@pytest.mark.parametrize(
    "line",
    ["Example Support wrote:", "Ada Lovelace schrieb:", "You wrote:", "See my answers inline:"],
)
def test_lines_with_marks_below_a_name_that_wrote_them_are_quoted(line: str) -> None:
    got = strip_reply(f"{line}\n> Which version?\n\nVersion 3.")
    assert got.endswith("Version 3.")
    assert "Which" not in got


def test_what_python_shows_is_no_quote() -> None:
    text = "I see\n\n>>> import os\n>>> os.getcwd()\n'/tmp'\n\nWhy?"
    assert strip_reply(f"{text}\n\n{QUOTE}") == text


def test_the_header_of_another_mail_that_the_writer_announces_ends_no_text() -> None:
    text = f"This mail fails:\n\n{HEADER}\n\nCan you look?"
    assert strip_reply(text) == text
    assert strip_reply(f"{text}\n\n{QUOTE}") == text


@pytest.mark.parametrize("field", ["Message-ID: <1@acme.example>", "Received: from a by b"])
def test_a_raw_header_ends_no_text(field: str) -> None:
    text = f"It failed.\n\n{HEADER}\n{field}\n\nCan you look?"
    assert strip_reply(text) == text


def test_header_lines_of_somebody_to_whom_the_mail_does_not_go_end_no_text() -> None:
    text = f"It failed.\n\n{HEADER}\n\nCan you look?"
    assert strip_reply(text, audience=frozenset(("support@desk.example",))) == text
    for known in ("bob@acme.example", "eve@mail.acme.example"):
        assert strip_reply(text, audience=frozenset((known,))) == "It failed."
    assert strip_reply(text) == "It failed."


@pytest.mark.parametrize(
    "text",
    [
        "First words.\n\nfrom:\nto: x\nsubject: y\n\nplease check the form",
        "First words.\n\nFrom: the office one sees it\nTo: the left is the fan\nSubject: loud",
    ],
)
def test_labels_without_a_date_and_an_address_end_no_text(text: str) -> None:
    assert strip_reply(text) == text


OUTLOOK = (
    "From: Example Support <support@desk.example>\nSent: Monday, 16 November 2026 09:00\n"
    "To: Ada\nSubject: [HELP-1] Printer\n\nDid you restart it?\n{}\n\nSupport"
)


@pytest.mark.parametrize(
    "cue",
    [
        "See my answers inline.",
        "Please find my comments below",
        "My replies are in red.",
        "Antworten siehe unten",
        "Meine Antworten in rot",
        "Réponses ci-dessous",
        "Respuestas en azul",
        "Risposte nel testo",
        "Antwoorden hieronder",
        "Odpowiedzi poniżej",
        "Svar i rött",
        "Ответы ниже",
    ],
)
def test_a_writer_who_says_that_answers_stand_below_loses_none(cue: str) -> None:
    answered = OUTLOOK.format("Yes, twice.")
    assert strip_reply(f"{cue}\n\n{answered}") == f"{cue}\n\n{answered}"


@pytest.mark.parametrize("answer", ["[Ada] Yes.", "<Ada> Yes.", "AL> Yes.", "--> Yes.", "→ Yes."])
def test_answers_with_a_name_or_an_arrow_in_an_unmarked_quote_are_not_lost(answer: str) -> None:
    assert answer in strip_reply(f"Hello,\n\n{OUTLOOK.format(answer)}")


def test_an_unmarked_quote_without_a_sign_of_answers_goes() -> None:
    for line in ("Yes, twice.", "[EXTERNAL] careful", "[1] see the manual", "a -> b"):
        assert strip_reply(f"Hello.\n\n{OUTLOOK.format(line)}") == "Hello."


RULED = (
    '<p>Hello.</p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt">'
    "<p><b>From:</b> Support<br><b>Sent:</b> Monday, 16 November 2026<br><b>To:</b> Ada<br>"
    "<b>Subject:</b> x</p></div></div><p>Did you restart it?</p>{}"
)


@pytest.mark.parametrize(
    ("answer", "is_kept"),
    [
        ('<p><span style="color:red">Yes, twice.</span></p>', True),
        ("<p><span style='font-size:11pt;color:#0070C0'>Yes, twice.</span></p>", True),
        ('<p><font color="#ff0000">Yes, twice.</font></p>', True),
        ('<p><span style="color:#1F497D">Yes, twice.</span></p>', False),
        (
            '<p><a href="https://x.example"><span style="color:blue">Yes, twice.</span></a></p>',
            False,
        ),
        ('<p><span style="background-color:red">Yes, twice.</span></p>', False),
        (
            '<p><span style="color:red">CAUTION: this mail is external. Yes, twice.</span></p>',
            False,
        ),
    ],
)
def test_words_of_a_colour_in_what_outlook_quotes_are_answers(answer: str, is_kept: bool) -> None:
    text = _read(RULED.format(answer))
    assert ("Yes, twice." in text) == is_kept


def test_a_cue_counts_in_html_as_in_text() -> None:
    assert "Did you restart it?" in _read(RULED.format("").replace("Hello.", "See below."))
    assert _read(RULED.format("")) == "Hello."


def _read(markup: str) -> str:
    head = (
        "From: Ada <ada@acme.example>\r\nTo: support@desk.example\r\nSubject: Re: x\r\n"
        "In-Reply-To: <1@desk.example>\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    )
    return parse((head + markup).encode(), "ada@acme.example").text


INDENTS = [
    "margin:0 0 0 40px;border:none;padding:0px",
    "margin: 0px 0px 0px 40px; border: none; padding: 0px;",
    "margin-top:0;margin-bottom:0",
    "margin-left:.5in",
]


@pytest.mark.parametrize("style", INDENTS)
@pytest.mark.parametrize("sign", ['"', "'"])
def test_indented_words_are_no_quote(style: str, sign: str) -> None:
    indented = (
        f"<div>Do this</div><blockquote style={sign}{style}{sign}><div>one</div></blockquote>"
    )
    quoted = '<blockquote type="cite">Which?</blockquote>'
    clean = sanitise(f"{indented}<div>Bye</div>{quoted}")
    assert clean.text() == "Do this\n\none\n\nBye\n\n> Which?"
    assert _read(f"{indented}<div>Bye</div>{quoted}") == "Do this\n\none\n\nBye"


@pytest.mark.parametrize(
    "attributes",
    [
        "",
        ' type="cite"',
        ' class="gmail_quote" style="margin:0 0 0 40px;border:none"',
        ' style="margin:0 0 0 .8ex;border-left:1px #ccc solid;padding-left:1ex"',
        ' style="border:1px solid red"',
    ],
)
def test_a_blockquote_with_a_line_or_a_name_is_a_quote(attributes: str) -> None:
    clean = sanitise(f"<p>a</p><blockquote{attributes}>Which?</blockquote>")
    assert clean.text() == "a\n\n> Which?"


def test_indented_words_in_a_quote_belong_to_it() -> None:
    inner = '<blockquote style="margin:0 0 0 40px;border:none">two</blockquote>'
    clean = sanitise(f'<blockquote type="cite">one{inner}three</blockquote>four')
    assert clean.text() == "> one\n>\n> two\n>\n> three\n\nfour"


@pytest.mark.parametrize(
    "scrap",
    [
        "a:\n\n> b\n",
        "From: a@b.example\nTo: c\nSubject: d 10:00\n",
        "[Ada] x\n",
        "see ",
        ">>> a\nb\n",
    ],
)
def test_hostile_pastes_cost_no_more_than_their_length(scrap: str) -> None:
    text = (scrap * 200_000)[:200_000]
    with at_most(5):
        strip_reply(text, audience=frozenset(("a@c.example",)))


@pytest.mark.parametrize(
    "scrap",
    [
        '<span style="color:red">',
        "<blockquote style='a'>",
        "<blockquote style='",
        "<a <span color=",
    ],
)
def test_hostile_colours_and_indents_cost_no_more_than_their_length(scrap: str) -> None:
    with at_most(5):
        sanitise(RULED.format((scrap * 60_000)[:60_000])).text()


def test_marked_lines_above_the_quote_that_a_program_introduced_are_the_writers() -> None:
    text = "I typed\n> help\nand nothing came.\n> exit\nworked."
    assert strip_reply(f"{text}\n\n{QUOTE}") == text
    assert strip_reply(f"{text}\n\n-----Original Message-----\nWhich version?") == text
    assert strip_reply(text) == "I typed\n\nand nothing came.\n\nworked."


def test_marked_lines_that_stand_in_the_introduced_quote_too_were_answered() -> None:
    assert strip_reply(f"> Which version?\nThe third.\n\n{QUOTE}") == "The third."
    assert strip_reply(f"{QUOTE}\n\nThe third.\n> And which system?\nDebian.") == (
        "The third.\n\nDebian."
    )


@pytest.mark.parametrize(
    "line",
    [
        "Wie ich am 3.11. schrieb:",
        "On 3 November I wrote:",
        "Le 3/11/2026, je vous ai écrit :",
        "Jak ja 3.11.2026 napisałam:",
    ],
)
def test_a_line_in_the_first_person_introduces_what_its_writer_shows(line: str) -> None:
    text = f"{line}\n\n> the fan is loud\n\nIt still is."
    assert strip_reply(f"{text}\n\n{QUOTE}") == text


@pytest.mark.parametrize(
    "lines",
    [
        "2026-11-16 09:00:01 ada@acme.example: failed\n2026-11-17 09:00:02 it wrote:\n3 files",
        "Name: Ada\nE-mail: ada@acme.example\nDate: 16.11.2026 10:00\nSubject: Fan\nMessage: loud",
        "От: склада 3\nКому: склад 4\nДата: 20.11\n\nПрошу подтвердить.",
        "日時：11月20日 10:00\n件名：会議\n場所：東京",
        "a: 1\nfrom: x\n---\nto: y\nsubject: z",
    ],
)
def test_labels_and_dates_near_the_introduction_of_a_quote_are_the_writers(lines: str) -> None:
    assert strip_reply(f"Look:\n\n{lines}\n\nWhy?\n\n{QUOTE}") == f"Look:\n\n{lines}\n\nWhy?"
    assert strip_reply(f"Look.\n\n{lines}\n\nWhy?\n\n{QUOTE}") == f"Look.\n\n{lines}\n\nWhy?"


def test_an_address_that_a_program_broke_off_belongs_to_the_header_lines() -> None:
    block = "From: Support\n<support@desk.example>\nSent: Monday\nTo: Ada\nSubject: x\n\nWhich?"
    assert strip_reply(f"The third.\n\n{block}") == "The third."


@pytest.mark.parametrize("scrap", ["> a\nb\n", "> a\nb\nOn 3 Nov x@y.example wrote:\n", ">a\n\n"])
def test_many_marked_lines_above_an_introduction_cost_no_more_than_their_length(
    scrap: str,
) -> None:
    text = (scrap * 200_000)[:200_000] + f"\n\n{QUOTE}"
    with at_most(5):
        strip_reply(text)


def test_the_words_original_message_in_a_sentence_begin_no_quote() -> None:
    text = "The scanner prints\n-----Original Message-----\non every page. Why?"
    assert strip_reply(text) == text
    assert strip_reply("It works.\n\n-----Original Message-----\nplease restart.") == "It works."


def test_a_bare_blockquote_above_a_named_quote_is_the_writers() -> None:
    named = '<div class="gmail_quote"><blockquote class="gmail_quote">Why?</blockquote></div>'
    own = "<div>As it says</div><blockquote>Never open.</blockquote><div>So be it.</div>"
    assert _read(own + named) == "As it says\n\nNever open.\n\nSo be it."
    assert _read(own) == "As it says\n\nSo be it."


def test_a_form_with_a_date_of_other_things_is_no_header_block() -> None:
    form = "Från: lager 3\nTill: lager 4\nDatum: 20 nov\nÄmne: pall 7"
    assert strip_reply(f"Hej.\n\n{form}\n\nKan ni?") == f"Hej.\n\n{form}\n\nKan ni?"
    dated = form.replace("20 nov", "20 nov 2026 09:00")
    assert strip_reply(f"Hej.\n\n{dated}\n\nKan ni?") == "Hej."

"""What looks like a signature and is content stays; what is one goes."""

import pytest

from maildesk.mail.reply import strip_reply
from tests.cost import at_most

QUOTE = "On Mon, 16 Nov 2026 at 09:00, Support <support@desk.example> wrote:\n> Which version?"

BELOW_DASHES = [
    "-- Table structure\n--\nDROP TABLE users;",
    "from dual\nwhy does it fail?",
    "SELECT a\nFROM b",
    ".Dd November 16\n.Dt MAILDESK 1",
    "[section]\nkey = value",
    "key = value\nother = value",
    "Position 1: 3 pieces\nPosition 2: 5 pieces",
    "3) the third I do not know",
    "The second printer burns as well.",
    "#include <stdio.h>\nint main(void) {",
    "Name\n--\nAddress",
]


@pytest.mark.parametrize("below", BELOW_DASHES)
def test_two_dashes_without_a_space_end_no_text_above_code_lists_and_sentences(
    below: str,
) -> None:
    text = f"Look at this.\n--\n{below}"
    assert strip_reply(text, is_reply=False) == text
    assert strip_reply(f"{text}\n\n{QUOTE}") == text


@pytest.mark.parametrize(
    "below",
    [
        "Ada",
        "ada",
        "Ada Lovelace\nACME GmbH & Co. KG\nTel. +49 30 1234567",
        "Mit freundlichen Grüßen\nAda",
        "+49 30 1234567",
        "https://acme.example",
        "*Ada Lovelace*\nHead of Engines",
        "ACME Ltd. | 12 High Street\n\nThis mail is confidential.",
        "",
    ],
)
def test_two_dashes_without_a_space_above_a_person_or_a_company_end_the_text(below: str) -> None:
    assert strip_reply(f"It works.\n--\n{below}\n", is_reply=False) == "It works."


def test_a_comment_of_sql_with_its_space_is_no_signature() -> None:
    text = "It stops:\n-- \n-- Host: localhost\n-- \nDROP TABLE users;"
    assert strip_reply(text, is_reply=False) == text


def test_what_stands_below_the_version_of_git_is_not_lost() -> None:
    text = "Patch:\n+2\n-- \n2.30.1 (Apple Git-130)\n\nIs that right?"
    assert strip_reply(text, is_reply=False) == text
    assert strip_reply("Patch:\n+2\n-- \n2.30.1\n", is_reply=False) == "Patch:\n+2"


@pytest.mark.parametrize(
    "text",
    [
        "Drivers for:\n\nDell\nLG\nSamsung",
        "We use\nVodafone\nATT\nOrange",
        "Parts list:\n\nMFG\nBosch\nType 3",
        "Sign all letters so:\n\nKind regards\nAda",
        "Wishes\nNew chairs\nA printer",
    ],
)
def test_a_short_closing_phrase_in_a_list_is_one_of_its_things(text: str) -> None:
    assert strip_reply(text, is_reply=False) == text


@pytest.mark.parametrize(
    "text", ["It works.\nLG\nAda", "It works.\n\nlg, \nAda", "Thanks!\nMfG\nAda"]
)
def test_a_short_closing_phrase_below_a_sentence_closes(text: str) -> None:
    assert strip_reply(text) == text.partition("\n")[0]


@pytest.mark.parametrize(
    "line",
    [
        "Get Outlook for Maria",
        "Sent by courier to your Samsung service point",
        "Sent from my laptop to printer 2.",
        "Outlook voor Marie downloaden",
    ],
)
def test_a_sentence_with_a_devices_words_right_below_another_is_kept(line: str) -> None:
    assert strip_reply(f"Which job fails?\n{line}") == f"Which job fails?\n{line}"


@pytest.mark.parametrize("line", ["Sent from my iPhone", "Gesendet von Outlook für iOS"])
def test_a_known_device_right_below_the_words_goes(line: str) -> None:
    assert strip_reply(f"It works\n{line}") == "It works"


def test_a_long_paragraph_below_the_line_of_a_device_is_the_writers() -> None:
    long = "And please tell my boss about the invoices that nobody answered, " * 5 + "thanks."
    assert strip_reply(f"Yes.\n\nSent from my iPhone\n\n{long}") == f"Yes.\n\n{long}"


@pytest.mark.parametrize(
    "line",
    [
        "Please call me on 030 1234567 before noon.",
        "Could you send it to ada@acme.example instead?",
        "The page that fails is https://acme.example/shop/cart and no other.",
    ],
)
def test_a_sentence_that_holds_a_number_or_an_address_is_not_a_signature(line: str) -> None:
    assert strip_reply(f"Yes.\n\nBest regards\nAda\n\n{line}").endswith(line)
    assert strip_reply(f"Yes.\n\nSent from my iPhone\n\n{line}").endswith(line)


def test_words_below_underscores_are_no_footer_without_an_address() -> None:
    text = "Hello\n____\nunsubscribe me from your mailing list"
    assert strip_reply(text) == text


@pytest.mark.parametrize("scrap", ["--\n", "-- x\n", "-- \n", "LG\nA\n", "a@", "(", "1 "])
def test_hostile_signatures_cost_no_more_than_their_length(scrap: str) -> None:
    text = "a\n\nSent from my b\n\n" + (scrap * 200_000)[:200_000]
    with at_most(5):
        strip_reply(text)
    with at_most(5):
        strip_reply("a.\n--\n" + (scrap * 200_000)[:200_000], is_reply=False)


@pytest.mark.parametrize(
    "text",
    ["Please give my\nBest regards\nto Tom.\nHe fixed it.", "Run\nmaildesk\n--\nand it hangs."],
)
def test_a_sentence_that_goes_on_below_a_mark_is_no_signature(text: str) -> None:
    assert strip_reply(text) == text


FACTS = [
    "Error log:\njava.lang.NullPointerException\n  at a.b.C(D.java:5)",
    "2026-11-02 10:00:01 ERROR disk full\n2026-11-02 10:00:02 ERROR disk full",
    "Serial number: 4711\nModel: LX\nFirmware: 5.1",
    "Seriennummer: 4711\nModell: LX",
    "Users to add:\nTom\nAnn",
]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("sign", ["Best regards,\nCarol", "Viele Grüße\nCarol", "-- \nCarol\nACME"])
def test_a_log_or_facts_below_a_name_are_shown(facts: str, sign: str) -> None:
    own = f"Our crane fails.\n\n{sign}\n\n{facts}"
    assert strip_reply(own, is_reply=False).endswith(facts)


CARDS = [
    "ACME Ltd\n1 High Street\nTel: +44 20 1234567\nMobile: +44 7700 900123",
    "E-Mail: carol@acme.example\nWeb: www.acme.example",
    "Geschäftsführer: Ada Roe\nSitz: Berlin\nAmtsgericht Charlottenburg HRB 4711",
    "Office hours: 9:00-17:00",
    "Follow us: acme",
]


@pytest.mark.parametrize("card", CARDS)
@pytest.mark.parametrize("sign", ["Best regards,\nCarol", "-- \nCarol\nACME"])
def test_how_to_reach_somebody_below_a_name_goes_with_it(card: str, sign: str) -> None:
    own = f"Our crane fails.\n\n{sign}\n\n{card}"
    assert strip_reply(own, is_reply=False) == "Our crane fails."


@pytest.mark.parametrize("text", ["a:" * 30_000, "Error" * 20_000, "x: \n" * 20_000, "A" * 90_000])
def test_hostile_words_below_a_name_cost_no_more_than_their_length(text: str) -> None:
    with at_most(0.5):
        strip_reply(f"Hi.\n\nBest regards\nCarol\n\n{text}", is_reply=False)

"""What stands below a closing phrase is a signature, or it is what the mail is about."""

import pytest

from maildesk.mail.reply import strip_reply
from tests.cost import at_most

MATTER = [
    "Error log:\njava.lang.NullPointerException\n  at a.b.C(D.java:5)",
    "2026-11-02 10:00:01 ERROR disk full\n2026-11-02 10:00:02 ERROR disk full",
    "10:00:01 pump stopped",
    "Serial number: 4711\nModel: LX\nFirmware: 5.1",
    "Seriennummer: 4711\nModell: LX",
    "Numéro de série : 4711",
    "AB12345678\nAB12345679",
    "C:\\> ping server",
    "max_connections = 100",
    "Traceback (most recent call last)",
    "I attached the log:\ndisk",
    "0x80070005",
]
CLOSINGS = [
    "Best regards,\nCarol",
    "Kind regards\nCarol Meyer\nACME GmbH",
    "Mit freundlichen Grüßen\nCarol",
]
SIGNATURES = [
    "Carol",
    "Carol Meyer\nHead of Engines\nACME GmbH & Co. KG\nHauptstraße 1\n12345 Berlin",
    "Carol Meyer\n\n12 High Street\nLondon SW1A 1AA\n\nTel: +44 20 7946 0958\nM: 07700 900123",
    "Carol\n\nT +49 30 1234567 | www.acme.example",
    "Carol Meyer\nPhone: +1 555 0100\nE-mail: carol@acme.example\nWeb: https://acme.example",
    "Carol\n\nConfidential; if received in error, delete it.",
    "Carol\nAmtsgericht München, HRB 12345\nGeschäftsführer: Max Muster\nUSt-IdNr.: DE123456789",
]


@pytest.mark.parametrize("matter", MATTER)
@pytest.mark.parametrize("closing", CLOSINGS)
@pytest.mark.parametrize("is_reply", [False, True])
def test_a_log_or_facts_below_a_closing_and_a_name_are_not_lost(
    matter: str, closing: str, is_reply: bool
) -> None:
    text = f"Our crane fails.\n\n{closing}\n\n{matter}"
    assert strip_reply(text, is_reply=is_reply) == text


@pytest.mark.parametrize("matter", MATTER)
@pytest.mark.parametrize("is_reply", [False, True])
def test_a_log_or_facts_below_two_dashes_and_a_name_are_not_lost(
    matter: str, is_reply: bool
) -> None:
    text = f"Our crane fails.\n-- \nCarol Meyer\nACME\n\n{matter}"
    assert strip_reply(text, is_reply=is_reply).endswith(f"Carol Meyer\nACME\n\n{matter}")


@pytest.mark.parametrize("signature", SIGNATURES)
@pytest.mark.parametrize("mark", ["-- ", "Best regards", "Viele Grüße,"])
@pytest.mark.parametrize("is_reply", [False, True])
def test_who_somebody_is_and_how_to_reach_them_ends_the_text(
    signature: str, mark: str, is_reply: bool
) -> None:
    text = f"Our crane fails.\n\n{mark}\n{signature}"
    assert strip_reply(text, is_reply=is_reply) == "Our crane fails."


@pytest.mark.parametrize(
    "below",
    [
        "Tom Smith wants access\nAnn Jones wants none",
        "one pump\ntwo cranes",
        "Please look at the scanner, too.",
        "what is still open?",
    ],
)
@pytest.mark.parametrize("mark", ["-- ", "Best regards,"])
def test_a_first_mail_shows_below_the_name_what_may_be_no_signature(below: str, mark: str) -> None:
    text = f"Our crane fails.\n\n{mark}\nCarol\n\n{below}"
    assert strip_reply(text, is_reply=False) == text


def test_a_first_mail_shows_all_that_stands_below_the_line_of_a_telephone() -> None:
    text = "Our crane fails.\n\nSent from my iPhone\n\n{}"
    assert "pump" in strip_reply(text.format("the pump\nthe motor"), is_reply=False)


def test_lines_below_a_closing_cost_what_they_are_long() -> None:
    text = "Hello.\n\nBest regards\nCarol\n\n" + "A-" * 40_000
    with at_most(seconds=0.5):
        strip_reply(text, is_reply=False)

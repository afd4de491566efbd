"""What customers fill in, and how it is found in their mail."""

from __future__ import annotations

import pytest

from maildesk.config.settings import Settings
from maildesk.core.intake import Block, Filled, block_for, fields_in, missing, read

BLOCK = Block(
    text="""
So that we can help at once, please fill in these lines.

Version: (see Help, About)
Operating system:
Urgency: high / medium / low
""",
    required=("Version", "Operating system"),
)
BOTH = (("Version", "4.2"), ("Operating system", "Debian 13"))


def filled(text: str, full_text: str = "", known: tuple[tuple[str, str], ...] = ()) -> Filled:
    return read(text, full_text or text, (BLOCK,), known)


def test_the_lines_with_a_colon_are_the_fields() -> None:
    assert fields_in(BLOCK.text) == (
        ("Version", "(see Help, About)"),
        ("Operating system", ""),
        ("Urgency", "high / medium / low"),
    )


@pytest.mark.parametrize(
    "text",
    [
        "Version: 4.2\nOperating system: Debian 13",
        "Hello,\n\nversion : 4.2\nOPERATING SYSTEM:Debian 13\n\nThanks",
        "*Version:* 4.2\n*Operating system*: Debian 13",
        "**Version:** 4.2\n__Operating system:__ Debian 13",
        "- Version: 4.2\n2) Operating system: Debian 13",
        "Version:\u00a04.2\nOperating\u00a0system:\u00a0\u200bDebian 13",
        "Version： 4.2\nOperating system： Debian 13",
        "Version:\n4.2\n\nOperating system:\nDebian 13\n\nThanks",
    ],
)
def test_fields_are_read_however_a_mail_program_dresses_them(text: str) -> None:
    assert dict(filled(text).fields) == dict(BOTH)


@pytest.mark.parametrize(
    "full_text",
    [
        "> Version: 4.2\n> Operating system: Debian 13\n> Urgency: high / medium / low",
        ">> *Version:* 4.2\n>> Operating system: Debian 13",
        "> Version: (see Help, About)\n4.2\n> Operating system:\nDebian 13\n>\n> Regards",
        "> Version:\n\n4.2\n\n> Operating system:\n\nDebian 13\n\n> Regards",
        "From: Support\n\nVersion: 4.2\nOperating system: Debian 13",
    ],
)
def test_what_is_filled_in_inside_the_quote_counts(full_text: str) -> None:
    assert dict(filled("See below.", f"See below.\n\n{full_text}").fields) == dict(BOTH)


@pytest.mark.parametrize(
    "text",
    [
        BLOCK.text,
        "Version: (see Help, About)\nOperating system:",
        "Version: ____\nOperating system: ...",
        "Version:\nOperating system:\n\nHello, it burns.",
        "> Version:\n> Operating system:\n> \n> Regards\n\nHello, it burns.",
        "The version: 4.2 is what we have\nNo version 4.2",
        "",
    ],
)
def test_what_is_not_filled_in_is_no_value(text: str) -> None:
    assert filled(text) == Filled()


def test_own_words_beat_the_quote_and_the_quote_never_brings_back_an_old_value() -> None:
    text, full = "Version: 4.3", "Version: 4.3\n> Version: 4.2\n> Operating system: Debian 12"
    assert dict(filled(text, full).fields) == {"Version": "4.3", "Operating system": "Debian 12"}
    known = (("Operating system", "Debian 13"),)
    assert dict(filled(text, full, known).fields) == {"Version": "4.3"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Urgency: high", ("high", "", "")),
        ("Urgency: High.\nImpact: low", ("high", "low", "")),
        ("Impact: MEDIUM\nType: Bug", ("", "medium", "bug")),
        ("Dringlichkeit: hoch\nAuswirkung: niedrig\nTyp: Störung", ("high", "low", "incident")),
        ("Urgence : élevée", ("high", "", "")),
        ("緊急度：高", ("high", "", "")),
        ("Urgency: yesterday", ("", "", "")),
        ("Urgency: high / medium / low", ("", "", "")),
        ("Type: HP LaserJet 4", ("", "", "")),
        ("Urgency: low\nUrgency: high", ("low", "", "")),
        ("Nothing urgent: high praise", ("", "", "")),
    ],
)
def test_levels_are_taken_from_any_customers_words(
    text: str, expected: tuple[str, str, str]
) -> None:
    found = read(text, text, ())
    assert (found.urgency, found.impact, found.type) == expected
    assert found.fields == ()


def test_a_quote_sets_no_level_that_the_block_does_not_ask_for() -> None:
    assert read("Hello", "Hello\n> Urgency: high\n> Impact: high", (BLOCK,)) == Filled(
        fields=(("Urgency", "high"),), urgency="high"
    )
    assert filled("Hello", "Hello\n> Urgency: high", (("Urgency", "low"),)) == Filled()


def test_the_closest_block_asks() -> None:
    anywhere = Block(text="A:")
    help_desk = Block(text="B:", desk="HELP")
    bugs = Block(text="C:", desk="HELP", type="bug")
    german = Block(text="D:", desk="HELP", type="bug", language="de")
    blocks = (anywhere, help_desk, bugs, german)

    def text(desk: str, kind: str, language: str) -> str:
        block = block_for(blocks, desk=desk, ticket_type=kind, language=language)
        return block.text if block else ""

    assert text("SALES", "bug", "de") == "A:"
    assert text("HELP", "request", "de") == "B:"
    assert text("HELP", "bug", "en") == "C:"
    assert text("HELP", "bug", "de") == "D:"
    assert block_for((bugs,), desk="SALES", ticket_type="bug", language="en") is None


def test_what_is_required_and_empty_is_missing() -> None:
    assert missing(BLOCK, ()) == ("Version", "Operating system")
    assert missing(BLOCK, (("version", "4.2"),)) == ("Operating system",)
    assert missing(BLOCK, BOTH) == ()


def test_a_long_text_costs_no_more_than_its_length() -> None:
    text = "Version:\n" * 20_000 + "x:" * 200_000 + "\n" + "> " * 100_000
    assert filled(text) == Filled()


def test_the_blocks_of_the_configuration_are_in_the_policy() -> None:
    settings = Settings.model_validate(
        {
            "desks": [{"key": "HELP", "address": "support@desk.example"}],
            "intake": [
                {"desk": "HELP", "type": "bug", "text": "\nVersion:\n", "required": ["Version"]}
            ],
        }
    )
    assert settings.policy().intake == (
        Block(desk="HELP", type="bug", text="Version:", required=("Version",)),
    )

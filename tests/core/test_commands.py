"""Which lines of an agent's mail are commands."""

from __future__ import annotations

import pytest

from maildesk.core.orders.forms import nearest_form
from maildesk.core.orders.reading import address_in, read


def names(text: str) -> list[tuple[str, str]]:
    return [(c.name, c.words) for c in read(text).commands]


@pytest.mark.parametrize(
    "line",
    [
        "#requester ada@x.example",
        "  #requester   ada@x.example  ",
        "#requester\u00a0ada@x.example",
        "\u200b#requester ada@x.example\u200d",
        "*#requester ada@x.example*",
        "*#requester* ada@x.example",
        "**#requester** ada@x.example",
        "_#requester ada@x.example_",
        "#Requester ada@x.example",
        "＃requester ada@x.example",
        "\ufeff#REQUESTER ada@x.example",
    ],
)
def test_a_command_is_read_however_a_mail_program_dresses_it(line: str) -> None:
    assert names(line) == [("requester", "ada@x.example")]


@pytest.mark.parametrize(
    "text",
    [
        "Hello\n#spam",
        "#1 the printer",
        "# spam",
        "#",
        "##spam",
        "> #spam",
        "spam #spam",
        "",
        "#" + "a" * 30,
    ],
)
def test_other_lines_are_text(text: str) -> None:
    reading = read(text)
    assert reading.commands == ()
    assert reading.rest == text


@pytest.mark.parametrize("line", ["#internal:", "#internal.", "#internal!", "*#internal:*"])
def test_a_sign_behind_a_command_changes_nothing(line: str) -> None:
    assert names(line) == [("internal", "")]


@pytest.mark.parametrize(
    "line", ["#internal-note", "#internal,please", "#internal/x", "#done..yes"]
)
def test_a_word_that_only_begins_as_a_command_is_no_text_either(line: str) -> None:
    assert names(line) == [(line[1:], "")]


def test_what_stands_below_the_commands_is_left() -> None:
    reading = read("\n#requester ada@x.example\n\n#spam\n\nHello Ada,\n#spam is a word.\n")
    assert [c.name for c in reading.commands] == ["requester", "spam"]
    assert reading.rest == "Hello Ada,\n#spam is a word."


@pytest.mark.parametrize(
    ("words", "address"),
    [
        ("ada@x.example", "ada@x.example"),
        ("Ada <ADA@x.example>", "ada@x.example"),
        ("ada@x.example <mailto:ada@x.example>", "ada@x.example"),
        ("“ada@x.example”", "ada@x.example"),
        ("ada@x.example.", "ada@x.example"),
        ("agent@localhost", "agent@localhost"),
        ("Ada", ""),
        ("", ""),
        ("ada@x.example, bea@x.example", ""),
        ("ada@", ""),
        ("a" * 900 + "@", ""),
    ],
)
def test_a_command_names_one_address_or_none(words: str, address: str) -> None:
    assert address_in(read(f"#requester {words}").commands[0].words) == address


def test_the_nearest_form_is_one_that_works() -> None:
    assert nearest_form("requestor") == "#requester name@example.com"
    assert nearest_form("spamm") == "#spam"
    assert nearest_form("statsu", "Done") == "#status Done"
    assert nearest_form("xyzzy") == ""
    assert nearest_form("rate") == "", "it is a customer's, and no other is near it"


def test_bare_commands_on_one_line_are_as_many_commands() -> None:
    found = read("#take #status In progress\n#subject #1 burns\n\nYes.")
    assert [(c.name, c.words) for c in found.commands] == [
        ("take", ""),
        ("status", "In progress"),
        ("subject", "#1 burns"),
    ]
    assert found.rest == "Yes."

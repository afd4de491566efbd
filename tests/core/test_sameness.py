"""When two mails of one Message-ID are one mail."""

from __future__ import annotations

import pytest

from maildesk.core.sameness import is_echo, is_same, sketch
from tests.cost import at_most

LONG = " ".join(f"word{n}" for n in range(2_000))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("It burns.", "It burns."),
        ("It burns.", "It burns.\n_____\nprinters mailing list\nhttps://lists.example/printers"),
        ("It burns.", "CAUTION: this mail came from outside.\n\nIt burns."),
        ("It burns: https://a.example/x", "It burns: https://links.example/?u=https%3A%2F%2Fa"),
        (LONG, f"{' '.join(f'warning{n}' for n in range(100))} {LONG}"),
        (LONG, LONG[:400]),
        (
            "プリンタが燃えています。助けてください。",
            "プリンタが燃えて\nいます。助けてください。\n--\n名簿",
        ),
        ("", "It burns."),
        ("!!!", "It burns."),
    ],
)
def test_a_footer_a_warning_and_other_links_make_no_other_mail(one: str, other: str) -> None:
    assert is_same(sketch(one), sketch(other))
    assert is_same(sketch(other), sketch(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Yes.", "No."),
        ("It burns.", "It drowns."),
        ("Dear support, the printer burns. Ada", "Dear support, the invoice is wrong. Ada"),
        ("Please find attached invoice 12.", "Please find attached invoice 13."),
        (LONG, LONG.replace("word", "other")),
        ("プリンタが燃えています。", "請求書が間違っています。"),
    ],
)
def test_other_words_make_another_mail(one: str, other: str) -> None:
    assert not is_same(sketch(one), sketch(other))
    assert not is_same(sketch(other), sketch(one))


def test_a_sketch_is_small_and_cheap_whatever_the_text() -> None:
    for text in ("a " * 200_000, "x" * 400_000, "字" * 400_000, LONG * 50, "https://" * 50_000):
        with at_most(0.1):
            assert len(sketch(text)) <= 1024


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Thanks, we will answer. Case 1001.", "Thanks, we will answer. Case 1002."),
        ("", ""),
        ("Ihre Anfrage hat die Nummer 7.", "Ihre Anfrage hat die Nummer 8a."),
        ("お問い合わせありがとうございます。番号1", "お問い合わせありがとうございます。番号2"),
    ],
)
def test_a_number_makes_no_other_words(one: str, other: str) -> None:
    assert is_echo(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The printer burns.", "The coffee machine burns."),
        ("The printer burns.", ""),
        ("プリンタが燃えています。", "請求書が届きません。"),
    ],
)
def test_another_matter_is_no_echo(one: str, other: str) -> None:
    assert not is_echo(one, other)

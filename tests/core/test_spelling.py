"""One person is one address, however a server spells the domain."""

from __future__ import annotations

import pytest

from maildesk.core.spelling import canonical, spelled


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Ada@ACME.example", "ada@acme.example"),
        ("ada@xn--bcher-kva.example", "ada@bücher.example"),
        ("ada@XN--Bcher-KVA.Example", "ada@bücher.example"),
        ("ada@BU\u0308CHER.example", "ada@bücher.example"),
        ("ada@xn--strae-oqa.example", "ada@straße.example"),
        ("ada@xn--r8jz45g.xn--zckzah", "ada@例え.テスト"),
    ],
)
def test_an_address_is_kept_in_one_spelling(given: str, kept: str) -> None:
    assert canonical(given) == kept
    assert canonical(kept) == kept


@pytest.mark.parametrize(
    "given",
    [
        "alice@xn--desk-.example",  # decodes to "desk"
        "alice@xn--desk-a.example",
        "alice@xn--.example",
        "alice@xn--0.example",
        "alice@xn--a@b-.example",
        "alice@xn--deskexample-.",  # decodes to a word without its dot
        f"alice@xn--{'9' * 60}.example",
    ],
)
def test_a_label_that_is_no_word_in_unicode_stays_as_it_is(given: str) -> None:
    assert canonical(given) == given
    assert spelled(given).domain != "desk.example"


@pytest.mark.parametrize("given", ["alice@des\u212a.example", "alice@desk.example\u037e"])
def test_nothing_becomes_ascii_that_was_not(given: str) -> None:
    assert canonical(given) == given

"""Which canned reply is meant, and what of it goes to the customer."""

from __future__ import annotations

import pytest

from maildesk.core.canned import Canned, filled, find, is_edited, names, nearest

TEXT = """Hello Ada,

please answer this mail and fill in these lines:

Version:
Operating system:

What you do not know can stay empty."""


def reply(name: str, language: str, text: str = "x") -> Canned:
    return Canned(name=name, language=language, text=text)


REPLIES = (
    reply("install-details", "de"),
    reply("install-details", "en"),
    reply("install-details", "pt-BR"),
    reply("goodbye", "fr"),
)


@pytest.mark.parametrize(
    ("name", "language", "found"),
    [
        ("install-details", "de", "de"),
        ("install-details", "de-AT", "de"),
        ("install-details", "pt-BR", "pt-BR"),
        ("install-details", "pt_br", "pt-BR"),
        ("install-details", "pt", "en"),
        ("Install-Details", "ko", "en"),
        ("goodbye", "en", "fr"),
        ("hello", "en", None),
    ],
)
def test_a_reply_comes_in_the_narrowest_language_there_is(
    name: str, language: str, found: str | None
) -> None:
    reply = find(REPLIES, name, language)
    assert (reply.language if reply else None) == found


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("install", "install-details"),
        ("instal-detials", "install-details"),
        ("good", "goodbye"),
        ("xyz", ""),
        ("", ""),
    ],
)
def test_the_nearest_name_is_offered(typed: str, meant: str) -> None:
    assert names(REPLIES) == ("goodbye", "install-details")
    assert nearest(REPLIES, typed) == meant


def test_values_are_filled_in_and_other_braces_stay() -> None:
    values = (("name", "Ada"), ("agent", ""))
    assert filled("Hello {name}, {x} {name}.", values) == "Hello Ada, {x} Ada."
    assert filled("Yours {agent}, {name}{", values) == "Yours, Ada{"
    assert filled("{name}", (("name", "{agent}"), ("agent", "x"))) == "{agent}"


@pytest.mark.parametrize(
    "edited",
    [
        TEXT,
        TEXT.replace("Operating system:", "Browser:"),
        TEXT.replace("\n", " "),
        "\n".join(f"> {line}" for line in TEXT.split("\n")),
        "Dear Ada,\n\nplease answer this mail and fill in these lines:\n\nVersion:\n\nAlice",
    ],
)
def test_the_text_is_known_when_it_is_edited(edited: str) -> None:
    assert is_edited(TEXT, edited)


@pytest.mark.parametrize("below", ["", " \n ", "As we said on the phone:", "Hello Ada,\n\nhere:"])
def test_words_of_ones_own_are_not_the_text(below: str) -> None:
    assert not is_edited(TEXT, below)


def test_japanese_is_compared_too() -> None:
    text = "原因を調べるため、ご利用の環境について教えてください。"
    assert is_edited(text, text.replace("教えて", "お知らせ"))
    assert not is_edited(text, "お電話でお話しした件です。")

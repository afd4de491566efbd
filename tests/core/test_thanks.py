"""A reply of thanks alone, in the languages people write us in; everything else is more."""

from __future__ import annotations

import pytest

from maildesk.core.thanks import is_thanks
from tests.cost import at_most

NAMES = ("Alice Doe", "Ada")


@pytest.mark.parametrize(
    "text",
    [
        "Thanks!",
        "thank you, it works now",
        "Hi Alice,\n\nthanks a lot for your help!",
        "Thank you Alice, that\u2019s perfect.",
        "ok thanks",
        "Thank you!!!! 🙏🙏",
        "👍🏽",
        "Thanks\n\nAda",
        "Danke schön!",
        "Vielen Dank für die schnelle Hilfe, jetzt funktioniert es.",
        "Merci beaucoup, ça marche !",
        "Parfait, merci à vous !",
        "Dziękuję bardzo",
        "Muchas gracias por su ayuda",
        "Tack så mycket!",
        "Grazie mille, tutto ok",
        "ありがとうございました。",
        "助かりました。ありがとうございます。",
        "감사합니다!",
        "Bedankt, het werkt weer",
        "Muito obrigado!",
        "Tak for hjælpen",
        "Tusen takk!",
        "Kiitos avusta!",
        "Díky moc",
        "Спасибо, все работает!",
        "谢谢您的帮助！",
        "謝謝",
        "Teşekkür ederim",
    ],
)
def test_thanks_and_nothing_else(text: str) -> None:
    assert is_thanks(text, NAMES)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ok",
        "works now",
        "Thanks?",
        "Thanks？",
        "Thanks, but it still burns",
        "Thanks in advance",
        "Danke im Voraus",
        "Thanks. And the other printer",
        "Thanks help",
        "no thanks",
        "Thanks, works not",
        "Thanks, is it fixed",
        "Thanks 2 more",
        "Thanks for nothing, reopen",
        "Thanks, please close my other ticket too",
        "Thanks. When will it be done",
        "Thanks Bob",
        "Danke, geht nicht",
        "Merci, mais ça ne marche pas",
        "Спасибо, не работает",
        "Grazie, non funziona",
        "tak det virker ikke",
        "tack men det fungerar inte",
        "谢谢，但是还是不行",
        "ありがとうございます。まだ動きません",
        "감사합니다 그런데 안 됩니다",
        "thanks " * 40,
    ],
)
def test_whatever_may_ask_for_something_is_more_than_thanks(text: str) -> None:
    assert not is_thanks(text, NAMES)


def test_a_hostile_text_costs_no_time() -> None:
    is_thanks("thanks")  # the patterns are made for the first one
    with at_most(0.1):
        for text in ("thanks " * 28 + "x", "a" * 200, "\u0301" * 200, "谢" * 200):
            is_thanks(text)


@pytest.mark.parametrize("text", ["Super, danke, funktioniert wieder!", "Thanks, it works again."])
def test_thanks_for_what_works_again_ask_for_nothing(text: str) -> None:
    assert is_thanks(text)
    assert not is_thanks(f"{text} But not always.")

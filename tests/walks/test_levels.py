"""Urgency, impact and type in people's own words: as commands, and in the answers to them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.walks.walk import ADA, ALICE, Walk, body, mail, reply


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("#urgency high", "urgency", "high"),
        ("#urgency hoch", "urgency", "high"),
        ("#impact élevée", "impact", "high"),
        ("#impact 中", "impact", "medium"),
        ("#type Störung", "type", "incident"),
        ("#type inc", "type", "incident"),
    ],
)
def test_a_level_is_said_in_the_customers_language(
    walk: Walk, line: str, field: str, value: str
) -> None:
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    walk.receive(reply(receipt, ADA, line))
    assert dict(walk.ticket("HELP-1"))[field] == value


def test_the_answer_names_them_in_its_readers_language(begin: Callable[..., Walk]) -> None:
    walk = begin(desk='language = "de"')
    told = walk.receive(mail()).mail_to("alice@desk.example")
    lines = "#type bug\n#priority P1\n#urgency low\n#organisation none"
    step = walk.receive(reply(told, ALICE, lines))
    answer = body(step.mail_to("alice@desk.example"))
    assert "Art: Anfrage → Fehler" in answer
    assert "Dringlichkeit: mittel → niedrig" in answer
    assert "Organisation: –; vorher: ACME." in answer
    again = walk.receive(reply(told, ALICE, "#urgency low"))
    assert "Dringlichkeit war schon: niedrig." in body(again.mail_to("alice@desk.example"))


def test_a_language_that_there_is_not_is_refused_and_the_desks_own_are_named(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    told = walk.receive(reply(news, ALICE, "#language xx")).mail_to("alice@desk.example")
    assert told["X-Maildesk-Event"] == "command.failed"
    said = " ".join(body(told).split())
    assert "xx is the code of no language. Our mails are written in de, en, es" in said
    assert walk.ticket("HELP-1")["language"] == "en"


def test_a_language_without_texts_of_ours_is_taken_and_its_mails_go_in_english(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    told = walk.receive(reply(news, ALICE, "#language nl")).mail_to("alice@desk.example")
    assert told["X-Maildesk-Event"] == "command.done"
    assert "mails go out in English" in " ".join(body(told).split())
    assert walk.ticket("HELP-1")["language"] == "nl"
    plain = walk.receive(reply(news, ALICE, "#language de-AT")).mail_to("alice@desk.example")
    assert "English" not in body(plain)

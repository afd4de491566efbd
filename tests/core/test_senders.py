"""Reading a person's address out of the body of a form, at a cost that is bounded."""

from __future__ import annotations

import pytest

from maildesk.config.arrivals import ADDRESS_LABELS, NAME_LABELS
from maildesk.core.senders import read_author
from tests.cost import at_most

FORMS = {
    "WPForms": "Name\nAda Lovelace\n\nEmail\nada@acme.example\n\nMessage\nIt burns.",
    "Contact Form 7": "From: Ada Lovelace <ada@acme.example>\nSubject: Printer\n\nIt burns.",
    "Formspree": "name:\nAda Lovelace\n\nemail:\nada@acme.example\n\nmessage:\nIt burns.",
    "Gravity Forms": "Name\n  Ada Lovelace\nE-Mail\n  ada@acme.example\nText\n  It burns.",
    "Markdown": "**Name:** Ada Lovelace\n**E-mail:** ada@acme.example\n",
    "a German form": "Name: Ada Lovelace\nE-Mail-Adresse: ada@acme.example",
    "an equals sign": "name = Ada Lovelace\nemail = ada@acme.example",
    "a link": "Name: Ada Lovelace\nEmail: ada@acme.example <mailto:ada@acme.example>",
    "a quote": "> Name: Ada Lovelace\n> Email: ada@acme.example",
}


@pytest.mark.parametrize("form", FORMS)
def test_the_usual_forms_are_read(form: str) -> None:
    found = read_author(FORMS[form], ADDRESS_LABELS, NAME_LABELS)
    assert found is not None
    assert found.email == "ada@acme.example"
    assert found.name in ("Ada Lovelace", "")


@pytest.mark.parametrize(
    "text",
    [
        "My address is ada@acme.example",
        "Emails to ada@acme.example come back",
        "Fromage: ada@acme.example",
        "Email: I have none",
        "",
    ],
)
def test_an_address_without_its_label_is_nobodys(text: str) -> None:
    assert read_author(text, ADDRESS_LABELS, NAME_LABELS) is None


def test_the_first_label_wins_over_what_the_visitor_writes_below() -> None:
    text = "Email: ada@acme.example\nMessage:\nEmail: mallory@elsewhere.example"
    found = read_author(text, ADDRESS_LABELS, NAME_LABELS)
    assert found is not None
    assert found.email == "ada@acme.example"


def test_labels_of_ones_own_replace_the_delivered_ones() -> None:
    text = "Email: wrong@acme.example\nKontakt: ada@acme.example"
    found = read_author(text, ("Kontakt",), ("Name",))
    assert found is not None
    assert found.email == "ada@acme.example"


def test_a_hostile_body_costs_nothing() -> None:
    with at_most(0.5):
        for piece in ("Email:", "a" * 64 + "@", "Email: " + "a@" * 200 + "\n", "\n", "*_" * 9):
            read_author(piece * 100_000, ADDRESS_LABELS, NAME_LABELS)


def test_words_about_an_address_are_no_address_of_the_author() -> None:
    text = "E-mail: mal@evil.example is wrong\nE-mail: {}"
    for value in ("gil@x.example", "Gil <gil@x.example>", "gil@x.example <mailto:gil@x.example>"):
        author = read_author(text.format(value), ("E-mail",), ())
        assert author is not None
        assert author.email == "gil@x.example"
    assert read_author(text.format("none"), ("E-mail",), ()) is None

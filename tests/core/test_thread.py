"""Keys, subjects and references as people, clients and gateways write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maildesk.core import thread
from tests.core.build import ENVELOPE, POLICY, message, signed_id


@pytest.mark.parametrize(
    "subject",
    [
        "[HELP-12] Printer",
        "re: [help-12] printer",
        "RE: [EXT] [HELP-12] printer",
        "［ＨＥＬＰ－１２］ printer",
        "\u202b[HELP-12]\u202c printer",
        "[HELP\u200b-12] printer",
        "[ HELP - 12 ] printer",
        "[HELP-0012] printer",
        "[HELP\u201312] printer",
        "[HELP \u2212 12] printer",
    ],
)
def test_a_key_is_found_however_a_gateway_wrote_it(subject: str) -> None:
    assert thread.subject_keys(subject) == ("HELP-12",)


@pytest.mark.parametrize("subject", ["[HELP-١] x", "HELP-12 x", "[HELP-] x", "[HELP-1234567890] x"])
def test_what_only_resembles_a_key_is_none(subject: str) -> None:
    assert thread.subject_keys(subject) == ()


@pytest.mark.parametrize(
    ("subject", "kept"),
    [
        ("Re: AW: SV: Printer", "Printer"),
        ("답장: Re[2]: Printer", "Printer"),
        ("Re: [HELP-12] Printer", "Printer"),
        ("Fwd: WG: TR: Printer", "Printer"),
        ("İLT: Videresend: Redir.: Továbbítás: Printer", "Printer"),
        ("RE：Printer", "Printer"),
        ("Recall: notice", "Recall: notice"),
        ("[OTHER-1] Printer", "[OTHER-1] Printer"),
        ("", "(no subject)"),
        ("Re: ", "(no subject)"),
        ("a\r\n b", "a b"),
    ],
)
def test_a_ticket_keeps_the_bare_subject(subject: str, kept: str) -> None:
    assert thread.ticket_subject(subject, POLICY) == kept


@given(st.integers(min_value=1, max_value=999_999_999), st.text(max_size=80))
def test_a_key_survives_the_way_out_and_back(number: int, words: str) -> None:
    line = thread.subject_line(f"HELP-{number}", thread.ticket_subject(words, POLICY))
    assert f"HELP-{number}" in thread.subject_keys(f"Re: {line}")


@given(st.text(max_size=300))
def test_a_bare_subject_stays_as_it_is(words: str) -> None:
    once = thread.ticket_subject(words, POLICY)
    assert thread.ticket_subject(once, POLICY) == once
    assert once == once.strip()
    assert "\n" not in once


def test_references_are_read_from_the_newest() -> None:
    mail = message(in_reply_to=("<c@x>",), references=("<a@x>", "<b@x>", "<c@x>"))
    assert thread.refs(mail, ENVELOPE, POLICY).message_ids == ("<c@x>", "<b@x>", "<a@x>")


def test_our_own_ids_are_kept_apart_from_foreign_ones() -> None:
    own = signed_id("ada@acme.example")
    refs = thread.refs(message(references=("<a@x>", own)), ENVELOPE, POLICY)
    assert [i for i, _ in refs.signed] == [own]
    assert refs.message_ids == ("<a@x>",)


def test_a_key_in_digits_of_another_script_is_no_key() -> None:
    # No program translates the digits of a subject, and two spellings of a key make one to forge.
    assert thread.subject_keys("Re: [HELP-\u0661\u0662] x") == ()
    assert thread.subject_keys("Re: [HELP-\uff11\uff12] x") == ("HELP-12",)

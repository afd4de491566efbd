"""Which addresses are ours."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maildesk.core.recipients import find_desk, is_known_sender, organisation_of
from maildesk.core.signature import bounce_tag
from tests.core.build import HELP, POLICY, SALES, SECRET

PLUS = replace(POLICY, desks=(replace(HELP, plus_addressing=True), SALES))


@pytest.mark.parametrize(
    ("address", "desk"),
    [
        ("support@desk.example", "HELP"),
        ("SUPPORT@Desk.Example", "HELP"),
        ("<help@desk.example>", "HELP"),
        ("sales@desk.example", "SALES"),
        ("postmaster", "HELP"),
        ("Postmaster@desk.example", "HELP"),
        ("postmaster@elsewhere.example", None),
        ("nobody@desk.example", None),
        ("support+HELP-1@desk.example", None),
        ("", None),
        ("@", None),
    ],
)
def test_an_address_finds_its_desk(address: str, desk: str | None) -> None:
    found = find_desk(POLICY, address)
    assert (found.desk.key if found else None) == desk


def test_plus_addresses_reach_a_desk_that_uses_them_in_any_case() -> None:
    found = find_desk(PLUS, "support+help-1@desk.example")
    assert found
    assert (found.desk.key, found.tag) == ("HELP", "help-1")


def test_bounce_addresses_are_taken_whatever_the_desk_says_of_plus() -> None:
    tag = bounce_tag(SECRET, 12, "ada@acme.example")
    found = find_desk(POLICY, f"support+{tag}@desk.example")
    assert found
    assert found.is_bounce


def test_a_person_beats_a_domain_and_agents_are_known() -> None:
    assert is_known_sender(POLICY, "anybody@acme.example")
    assert is_known_sender(POLICY, "al@home.example")
    assert not is_known_sender(POLICY, "eve@evil.example")
    assert organisation_of(POLICY, "eve@notacme.example") is None

"""Which addresses are ours."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maildesk.core.model import Organisation
from maildesk.core.recipients import find_desk, is_known_sender, organisation_of, timezone_of
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
        ('"support"@desk.example', "HELP"),
        ('"sup\\port"@desk.example', "HELP"),
        ('"support @desk.example', None),
        ('"support "@desk.example', None),
        ('"support@desk.example"@evil.example', None),
        ("@a.example,@b.example:support@desk.example", "HELP"),
        ("support@desk.example.", "HELP"),
        ("support@desk.example..", None),
        ('"Postmaster"@desk.example', "HELP"),
        ("support+@desk.example", None),
        ("s" * 65 + "@desk.example", None),
        ("support@" + "x" * 5000, None),
        ("support@xn--" + "9" * 59 + ".example", None),
        ("", None),
        ("@", None),
    ],
)
def test_an_address_finds_its_desk(address: str, desk: str | None) -> None:
    found = find_desk(POLICY, address)
    assert (found.desk.key if found else None) == desk


@pytest.mark.parametrize(
    "address",
    [
        "hjælp@køb.example",
        "HJÆLP@KØB.example",
        "hjælp@xn--kb-lka.example",
        "hjælp@XN--KB-LKA.example.",
    ],
)
@pytest.mark.parametrize("domain", ["køb.example", "xn--kb-lka.example"])
def test_a_domain_is_the_same_in_unicode_and_in_ascii(address: str, domain: str) -> None:
    desk = replace(HELP, address=f"hjælp@{domain}")
    assert find_desk(replace(POLICY, desks=(desk,)), address)


def test_a_letter_with_its_accent_behind_it_is_the_same_letter() -> None:
    desk = replace(HELP, address="aide-caf\u00e9@desk.example")
    assert find_desk(replace(POLICY, desks=(desk,)), "aide-cafe\u0301@desk.example")


def test_the_reverse_path_of_a_desk_with_a_plus_in_its_address_is_known() -> None:
    tag = bounce_tag(SECRET, 12, "ada@acme.example")
    second = replace(SALES, address="support+sales@desk.example")
    policy = replace(POLICY, desks=(replace(HELP, plus_addressing=True), second))
    found = find_desk(policy, f"support+sales+{tag}@desk.example")
    assert found
    assert (found.desk.key, found.is_bounce) == ("SALES", True)


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


def test_a_reader_lives_where_their_organisation_is_else_where_the_desk_is() -> None:
    rome = replace(HELP, timezone="Europe/Rome")
    acme = Organisation(name="ACME", domains=("acme.example",), timezone="Europe/Warsaw")
    policy = replace(POLICY, desks=(rome,), organisations=(acme,))
    assert timezone_of(policy, rome, "ada@acme.example") == "Europe/Warsaw"
    assert timezone_of(policy, rome, "alice@desk.example") == "Europe/Rome"
    moved = replace(policy, organisations=(replace(acme, timezone=""),))
    assert timezone_of(moved, rome, "ada@acme.example") == "Europe/Rome"

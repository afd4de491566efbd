"""A domain in Unicode and in ASCII is one domain, and odd addresses are answered, too."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.walks.walk import ALICE, Walk, body, mail, reply

UNICODE, ASCII = "ada@bücher.example", "ada@xn--bcher-kva.example"
BUECHER = '[[organisations]]\nname = "Bücher"\ndomains = ["{}"]\n'


def as_utf8(raw: bytes) -> bytes:
    """The mail with this From as a program writes it that knows SMTPUTF8."""
    return raw.replace(b"From: " + ASCII.encode(), f"From: {UNICODE}".encode())


@pytest.mark.parametrize("domain", ["bücher.example", "xn--bcher-kva.example"])
def test_both_spellings_are_one_person_of_one_organisation(
    begin: Callable[..., Walk], domain: str
) -> None:
    walk = begin(more=BUECHER.format(domain))
    walk.receive(mail(ASCII))
    step = walk.receive(as_utf8(mail(ASCII, "Re: [HELP-1] x", "It still burns.")))
    assert step.ticket == "HELP-1"
    ticket = walk.ticket("HELP-1")
    assert ticket["organisation"] == "Bücher"
    assert [p["email"] for p in ticket["participants"]] == [UNICODE]


def test_an_answer_in_the_other_spelling_is_by_the_one_who_got_the_mail(walk: Walk) -> None:
    receipt = walk.receive(as_utf8(mail(ASCII))).event("ticket.received")
    assert receipt["To"] == ASCII
    step = walk.receive(reply(receipt, ASCII, "It still burns."))
    assert (step.state, step.ticket) == ("done", "HELP-1")


def test_an_agent_is_one_agent_in_both_spellings(begin: Callable[..., Walk]) -> None:
    more = '[[agents]]\nid = "ada"\nname = "Ada"\nemails = ["ada@bücher.example"]\n'
    walk = begin(more=more)
    walk.receive(mail())
    step = walk.receive(mail(ASCII, "[HELP-1] x", "#take"), auth="ada")
    assert step.state == "done"
    assert walk.ticket("HELP-1")["owner"] == "ada"


@pytest.mark.parametrize(
    ("sender", "address"),
    [
        ("Zed <zed@z.example>;", "zed@z.example"),
        ("a..b.@docomo.example", "a..b.@docomo.example"),
        ('"a..b."@docomo.example', "a..b.@docomo.example"),
    ],
)
def test_whoever_can_be_answered_is_answered_and_may_answer(
    walk: Walk, sender: str, address: str
) -> None:
    raw = mail("zed@x.example").replace(b"zed@x.example", sender.encode())
    step = walk.receive(raw, sender=address)
    receipt = step.mail_to(address)
    assert receipt["X-Maildesk-Event"] == "ticket.received"
    answer = reply(receipt, "zed@x.example", "It still burns.")
    step = walk.receive(answer.replace(b"zed@x.example", sender.encode()), sender=address)
    assert (step.state, step.ticket) == ("done", "HELP-1")
    assert "still burns" in body(step.mail_to("alice@desk.example"))


def test_an_agent_behind_a_semicolon_is_a_claim_alone(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    raw = reply(news, ALICE, "#done").replace(ALICE.encode(), ALICE.encode() + b";")
    step = walk.receive(raw, auth="alice")
    assert (step.state, step.reason) == ("held", "not verified as alice")

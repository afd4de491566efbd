"""Intake blocks: asked for in the acknowledgement, read from customers' mail, shown to agents."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from maildesk.mail.worker import ParserPool
from maildesk.store.fields import fields_of
from tests.walks.walk import ADA, ALICE, Walk, begin, body, mail, reply

BLOCKS = '''
[[intake]]
desk = "HELP"
text = """
Please fill in these lines.

Version: (see Help, About)
Operating system:
Urgency: high / medium / low
"""
required = ["Version", "Operating system"]

[[intake]]
desk = "HELP"
type = "question"
text = "Page:"
'''
FILLED = "It burns.\n\nVersion: 4.2\nOperating system: Debian 13\n"


@pytest.fixture
def walk(tmp_path: Path, parser: ParserPool) -> Iterator[Walk]:
    """A desk that asks for a version and a system."""
    walk = begin(tmp_path, parser, more=BLOCKS)
    yield walk
    walk.close()


def fields(walk: Walk) -> dict[str, str]:
    with walk.desk.store.read() as conn:
        return dict(fields_of(conn, 1))


def flat(text: str) -> str:
    return " ".join(text.split())


def test_the_acknowledgement_asks_for_what_is_missing(walk: Walk) -> None:
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    for part in (body(receipt), body(receipt, "html")):
        assert "we still need to know: Version, Operating system." in flat(part)
        assert "Version: (see Help, About)" in flat(part)
    again = walk.receive(mail(text="It burns.\n\nVersion: 4.2")).mail_to("ada@acme.example")
    assert "need to know: Operating system." in flat(body(again))
    assert "Operating system:" in body(again)
    assert "4.2" not in again.as_string()


def test_nothing_is_asked_of_who_has_said_it_all(walk: Walk) -> None:
    receipt = walk.receive(mail(text=FILLED)).mail_to("ada@acme.example")
    assert "need to know" not in flat(body(receipt))
    assert "Version" not in body(receipt)
    assert fields(walk) == {"Version": "4.2", "Operating system": "Debian 13"}


def test_agents_see_what_was_filled_in(walk: Walk) -> None:
    news = walk.receive(mail(text=FILLED)).mail_to("alice@desk.example")
    assert body(news).index("Operating system: Debian 13") < body(news).index("It burns.")
    (filled,) = [
        event for event in walk.ticket("HELP-1")["events"] if event["kind"] == "fields filled in"
    ]
    assert filled["detail"]["Version"] == "4.2"


def test_a_reply_fills_in_inside_our_quote(walk: Walk) -> None:
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    quoted = "\n".join(f"> {line}" for line in body(receipt).splitlines())
    done = quoted.replace("(see Help, About)", "4.2").replace("system:", "system: Debian 13")
    step = walk.receive(
        mail(ADA, f"Re: {receipt['Subject']}", f"See below.\n\n{done}", answers=receipt)
    )
    assert step.ticket == "HELP-1"
    assert fields(walk) == {"Version": "4.2", "Operating system": "Debian 13"}


def test_an_old_quote_brings_back_no_old_value(walk: Walk) -> None:
    receipt = walk.receive(mail(text=FILLED)).mail_to("ada@acme.example")
    walk.receive(reply(receipt, ADA, "Version: 4.3"))
    walk.receive(reply(receipt, ADA, "And now?\n\n> Version: 4.2\n> It burns."))
    assert fields(walk)["Version"] == "4.3"


def test_levels_and_type_are_the_customers_words(walk: Walk) -> None:
    text = "It burns.\n\nUrgency: high\nImpact: high\nType: incident"
    step = walk.receive(mail(text=text))
    ticket = walk.ticket("HELP-1")
    assert (ticket["urgency"], ticket["impact"], ticket["priority"]) == ("high", "high", "P1")
    assert ticket["type"] == "incident"
    assert "P1 · incident" in body(step.mail_to("alice@desk.example"))
    walk.receive(reply(step.mail_to("ada@acme.example"), ADA, "Urgency: low"))
    assert walk.ticket("HELP-1")["priority"] == "P3"


def test_the_priority_that_an_agent_set_stays(walk: Walk) -> None:
    step = walk.receive(mail())
    walk.receive(reply(step.mail_to("alice@desk.example"), ALICE, "#priority P4"))
    walk.receive(reply(step.mail_to("ada@acme.example"), ADA, "Urgency: high\nImpact: high"))
    ticket = walk.ticket("HELP-1")
    assert (ticket["urgency"], ticket["impact"], ticket["priority"]) == ("high", "high", "P4")


def test_the_block_of_the_type_is_asked_for(walk: Walk) -> None:
    receipt = walk.receive(mail(text="Where is it?\n\nType: question")).mail_to("ada@acme.example")
    assert "Page:" in body(receipt)
    assert "Version" not in body(receipt)
    answer = walk.receive(reply(receipt, ADA, "Page: 12"))
    assert answer.ticket == "HELP-1"
    assert fields(walk) == {"Page": "12"}


def test_an_agents_lines_fill_in_nothing(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    walk.receive(reply(news, ALICE, "You wrote:\nVersion: 1.0\nUrgency: high"))
    assert fields(walk) == {}
    assert walk.ticket("HELP-1")["urgency"] == "medium"


def test_what_a_canned_reply_asks_for_is_read_from_the_answer(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    asked = walk.receive(reply(news, ALICE, "#reply install-details")).mail_to("ada@acme.example")
    quoted = body(asked).replace("Firewalls:", "Firewalls: nftables, none between them")
    lines = "\n".join(f"> {line}" for line in quoted.splitlines())
    walk.receive(mail(ADA, f"Re: {asked['Subject']}", lines, answers=asked))
    assert fields(walk) == {"Firewalls": "nftables, none between them"}


def test_a_desk_without_blocks_still_hears_urgency(tmp_path: Path, parser: ParserPool) -> None:
    walk = begin(tmp_path, parser)
    receipt = walk.receive(mail(text="It burns.\nUrgency: high")).mail_to("ada@acme.example")
    assert walk.ticket("HELP-1")["urgency"] == "high"
    assert "Version" not in body(receipt)
    walk.close()


def test_agents_see_in_their_mail_what_was_filled_in_inside_a_quote(walk: Walk) -> None:
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    quoted = "\n".join(f"> {line}" for line in body(receipt).splitlines())
    done = quoted.replace("(see Help, About)", "4.2")
    raw = mail(ADA, f"Re: {receipt['Subject']}", f"See below.\n\n{done}", answers=receipt)
    step = walk.receive(raw)
    for kind in ("plain", "html"):
        told = body(step.mail_to("alice@desk.example"), kind)
        assert "Version: 4.2" in told
        assert "See below." in told

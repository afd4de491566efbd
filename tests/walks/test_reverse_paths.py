"""Envelope senders: the desk, one of the mail's own, or nobody."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from maildesk.core.recipients import find_desk
from tests.walks.walk import ALICE, Walk, mail, reply

Begin = Callable[..., Walk]


def paths(walk: Walk) -> dict[str, set[str]]:
    """Event → the Return-Paths of a ticket's first three mails and an answer's two."""
    news = walk.receive(mail()).mail_to("alice@desk.example")
    walk.receive(reply(news, ALICE))
    found: dict[str, set[str]] = {}
    for each in walk.sent():
        found.setdefault(str(each["X-Maildesk-Event"]), set()).add(str(each["Return-Path"]))
    return found


def test_people_get_their_bounces_back_to_the_desk(begin: Begin) -> None:
    assert paths(begin(outgoing='reverse_path = "fixed"')) == {
        "ticket.received": {"<>"},
        "ticket.new": {"<support@desk.example>"},
        "comment.public": {"<support@desk.example>"},
    }


def test_or_nobody_does(begin: Begin) -> None:
    found = paths(begin(outgoing='reverse_path = "null"'))
    assert set.union(*found.values()) == {"<>"}


def test_or_every_mail_has_a_path_of_its_own(begin: Begin) -> None:
    walk = begin(outgoing='reverse_path = "verp"')
    found = paths(walk)
    assert found["ticket.received"] == {"<>"}
    own = found["ticket.new"] | found["comment.public"]
    assert len(own) == 4
    for path in own:
        assert re.fullmatch(r"<support\+b\.[0-9]+\.[a-z2-7]{26}@desk\.example>", path)
        # Accepted at RCPT though this desk has no plus addresses.
        delivery = find_desk(walk.desk.policy, path)
        assert delivery
        assert delivery.is_bounce


def test_a_report_to_a_mails_own_path_is_no_ticket(begin: Begin) -> None:
    walk = begin(outgoing='reverse_path = "verp"')
    paths(walk)
    [path] = [
        str(each["Return-Path"]).strip("<>")
        for each in walk.sent()
        if each["X-Original-To"] == "ada@acme.example"
        and each["X-Maildesk-Event"] != "ticket.received"
    ]
    step = walk.receive(mail("MAILER-DAEMON@mx.example", "failure", to=path), sender="", to=(path,))
    assert step.state in ("ignored", "done")
    assert {event for event, _ in step.events} == {"delivery.failed"}
    assert {to for _, to in step.events} == {"alice@desk.example", "boris@desk.example"}
    assert walk.keys() == ["HELP-1"]


@pytest.mark.parametrize("way", ["fixed", "null", "verp"])
def test_automatic_mail_has_the_null_path_whatever_is_configured(begin: Begin, way: str) -> None:
    walk = begin(outgoing=f'reverse_path = "{way}"')
    walk.receive(mail())
    for step in (walk.receive(mail(ALICE, "spoof")), walk.receive(mail(subject="two"))):
        for each in step.mails:
            if each["Auto-Submitted"]:
                assert each["Return-Path"] == "<>"

"""What an organisation's people get of its tickets, and how a ticket becomes private."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.walks.walk import ADA, ALICE, Step, Walk, body, flat, mail, reply

Begin = Callable[..., Walk]
CTO = "cto@acme.example"
OTHER = """[[organisations]]
name = "Globex"
domains = ["globex.example"]
people = ["boss@globex.example"]
share = true
"""


@pytest.fixture
def open_desk(begin: Begin) -> Walk:
    """ACME's tickets are shared with its people."""
    return begin(organisation="share = true", more=OTHER)


def ordered(walk: Walk, text: str) -> Step:
    return walk.receive(mail(ALICE, "[HELP-1]", text), auth="alice")


def people(walk: Walk, key: str = "HELP-1") -> list[str]:
    return [p["email"] for p in walk.ticket(key)["participants"] if p["role"] != "agent"]


def readers(step: Step) -> set[str]:
    return {to for _, to in step.events}


def test_a_shared_organisations_people_get_everything_from_the_first_mail_on(
    open_desk: Walk,
) -> None:
    first = open_desk.receive(mail())
    told = first.mail_to(CTO)
    assert told["X-Maildesk-Event"] == "participant.added"
    assert "it burns" in body(told)
    assert people(open_desk) == ["ada@acme.example", CTO]
    answer = open_desk.receive(reply(first.mail_to("alice@desk.example"), ALICE, "On my way."))
    assert {"ada@acme.example", CTO} <= readers(answer)
    heard = open_desk.receive(reply(told, CTO, "What does it cost?"))
    assert heard.ticket == "HELP-1"
    assert {"ada@acme.example", "alice@desk.example"} <= readers(heard)
    done = ordered(open_desk, "#done")
    assert done.mail_to(CTO)["X-Maildesk-Event"] == "ticket.resolved"


def test_who_had_the_first_mail_gets_no_second_copy(open_desk: Walk) -> None:
    assert CTO not in readers(open_desk.receive(mail(cc=CTO)))


def test_a_ticket_of_nobodys_organisation_is_shared_with_nobody(open_desk: Walk) -> None:
    step = open_desk.receive(mail("carl@nowhere.example"))
    assert CTO not in readers(step)
    assert people(open_desk) == ["carl@nowhere.example"]


def test_a_programs_ticket_is_shared_but_nobody_is_written_to(open_desk: Walk) -> None:
    headers = {"Auto-Submitted": "auto-generated"}
    step = open_desk.receive(mail(headers=headers))
    assert CTO not in readers(step)
    assert CTO in people(open_desk)


def test_private_from_the_first_line_on(open_desk: Walk) -> None:
    step = open_desk.receive(mail(text="#private\n\nI am ill."))
    assert CTO not in readers(step)
    assert people(open_desk) == ["ada@acme.example"]
    assert open_desk.receive(mail(CTO, "[HELP-1]", "What is it?")).ticket == "HELP-2"


def test_private_takes_the_organisations_people_off(open_desk: Walk) -> None:
    first = open_desk.receive(mail())
    told = first.mail_to(CTO)
    step = open_desk.receive(reply(first.mail_to("ada@acme.example"), ADA, "#private"))
    assert step.events == [("command.done", "ada@acme.example")]
    assert CTO in flat(step.mails[0])
    assert people(open_desk) == ["ada@acme.example"]
    assert CTO not in readers(ordered(open_desk, "Dear Ada, get well."))
    stranger = open_desk.receive(mail(CTO, "[HELP-1]", "What is it?"))
    assert stranger.ticket == "HELP-2"
    assert "HELP-1" not in stranger.mail_to(CTO).as_string()
    late = open_desk.receive(reply(told, CTO, "Is it done?"))
    assert late.ticket == "HELP-1"
    assert CTO not in people(open_desk)


def test_a_requester_of_the_people_stays_on_a_private_ticket(open_desk: Walk) -> None:
    open_desk.receive(mail(CTO))
    open_desk.receive(mail(CTO, "[HELP-1]", "#private"))
    assert people(open_desk) == [CTO]
    assert open_desk.receive(mail(CTO, "[HELP-1]", "Hello?")).ticket == "HELP-1"


def test_share_shows_the_organisation_what_was_said_and_no_note(walk: Walk) -> None:
    first = walk.receive(mail())
    walk.receive(reply(first.mail_to("alice@desk.example"), ALICE, "On my way."))
    ordered(walk, "#internal\n\nShe never pays.")
    assert walk.receive(mail(CTO, "[HELP-1]", "Hm?")).ticket == "HELP-2"
    step = walk.receive(reply(first.mail_to("ada@acme.example"), ADA, "#share"))
    told = step.mail_to(CTO)
    assert told["X-Maildesk-Event"] == "participant.added"
    assert "Ada Lovelace has added you" in flat(told)
    assert "it burns" in body(told)
    assert "On my way." in body(told)
    assert "never pays" not in told.as_string()
    assert walk.receive(mail(CTO, "[HELP-1]", "I see.")).ticket == "HELP-1"
    again = walk.receive(mail(text="#share", subject="[HELP-1]"))
    assert again.events == [("command.done", "ada@acme.example")]


def test_agents_share_and_close_tickets_too(walk: Walk) -> None:
    walk.receive(mail())
    assert ordered(walk, "#share").mail_to(CTO)["X-Maildesk-Event"] == "participant.added"
    ordered(walk, "#private")
    assert people(walk) == ["ada@acme.example"]


def test_there_must_be_somebody_to_share_with(walk: Walk) -> None:
    first = walk.receive(mail("carl@nowhere.example"))
    step = walk.receive(
        reply(first.mail_to("carl@nowhere.example"), "carl@nowhere.example", "#share")
    )
    assert "belongs to no organisation" in flat(step.event("command.failed"))


def test_another_organisations_ticket_is_another_ones_to_read(open_desk: Walk) -> None:
    open_desk.receive(mail())
    step = ordered(open_desk, "#organisation Globex")
    assert step.mail_to("boss@globex.example")["X-Maildesk-Event"] == "participant.added"
    assert people(open_desk) == ["ada@acme.example", "boss@globex.example"]
    assert open_desk.receive(mail(CTO, "[HELP-1]", "Hm?")).ticket == "HELP-2"
    ordered(open_desk, "#organisation none")
    assert people(open_desk) == ["ada@acme.example"]


def test_a_private_ticket_stays_private_in_another_organisation(open_desk: Walk) -> None:
    open_desk.receive(mail(text="#private\n\nI am ill."))
    ordered(open_desk, "#organisation Globex")
    assert people(open_desk) == ["ada@acme.example"]


def test_another_requester_brings_another_organisation(open_desk: Walk) -> None:
    open_desk.receive(mail())
    step = ordered(open_desk, "#requester eve@globex.example")
    assert "boss@globex.example" in readers(step)
    assert people(open_desk) == ["eve@globex.example", "ada@acme.example", "boss@globex.example"]


def test_what_is_split_off_is_as_shared_as_before(open_desk: Walk) -> None:
    open_desk.receive(mail())
    ordered(open_desk, "#split The cellar\n\nThere is water in it, too.")
    assert people(open_desk, "HELP-2") == ["ada@acme.example", CTO]
    ordered(open_desk, "#private")
    ordered(open_desk, "#split The roof\n\nIt is gone.")
    assert people(open_desk, "HELP-3") == ["ada@acme.example"]


def test_what_goes_on_with_a_private_ticket_is_private(begin: Begin) -> None:
    walk = begin(organisation="share = true", desk='reopen_within = "1d"')
    walk.receive(mail(text="#private\n\nI am ill."))
    ordered(walk, "#done")
    walk.advance(days=2)
    step = walk.receive(mail(ADA, "[HELP-1]", "I am ill again, I fear."))
    assert step.ticket == "HELP-2"
    assert people(walk, "HELP-2") == ["ada@acme.example"]


def test_a_newcomer_asks_and_sees_what_came_with_them_and_later(walk: Walk) -> None:
    walk.receive(mail())
    added = ordered(walk, "#cc bob@other.example\n\nBob knows printers.")
    step = walk.receive(reply(added.mail_to("bob@other.example"), "bob@other.example", "#show"))
    shown = body(step.mail_to("bob@other.example"))
    assert "Bob knows printers." in shown
    assert "it burns" not in shown
    whole = walk.receive(mail(ADA, "[HELP-1]", "#show"))
    assert "it burns" in body(whole.mail_to("ada@acme.example"))

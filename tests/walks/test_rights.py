"""What customers may order, on whose tickets, and for whom."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.walks.walk import ADA, ALICE, Step, Walk, body, flat, mail, reply

Begin = Callable[..., Walk]
BOB = "Bob Roe <bob@other.example>"
CTO = "Carol <cto@acme.example>"


def told(walk: Walk, who: str, text: str) -> Step:
    return walk.receive(mail(who, "[HELP-1]", text))


CHANGES = ["#close", "#urgency high", "#impact high", "#type bug", "#share", "#private"]


@pytest.mark.parametrize("line", CHANGES)
def test_the_requester_changes_the_ticket(walk: Walk, line: str) -> None:
    walk.receive(mail())
    assert told(walk, ADA, line).event("command.done")


@pytest.mark.parametrize("line", CHANGES)
def test_a_colleague_on_the_ticket_changes_it_too(walk: Walk, line: str) -> None:
    walk.receive(mail(cc="dora@acme.example"))
    assert told(walk, "dora@acme.example", line).event("command.done")


@pytest.mark.parametrize("line", CHANGES)
def test_somebody_from_elsewhere_only_writes(walk: Walk, line: str) -> None:
    walk.receive(mail(cc=BOB))
    before = walk.ticket("HELP-1")
    step = told(walk, BOB, f"{line}\n\nThat is my view.")
    failed = flat(step.mail_to("bob@other.example"))
    assert "Only its requester and the people of ACME can change this ticket." in failed
    assert ("comment.public", "ada@acme.example") in step.events
    after = walk.ticket("HELP-1")
    names = ("status", "urgency", "impact", "type", "participants")
    assert [before[n] for n in names] == [after[n] for n in names]  # type: ignore[literal-required]
    assert told(walk, BOB, "#mute").events == [("command.done", "bob@other.example")]


def test_a_refusal_says_what_became_of_the_words_and_offers_no_way_that_is_refused_too(
    walk: Walk,
) -> None:
    walk.receive(mail(cc=BOB))
    failed = flat(told(walk, BOB, "#close\n\nThat is my view.").mail_to("bob@other.example"))
    assert failed.startswith("Your words have arrived, but the command above them was not")
    assert "no customer" not in failed
    assert "Right would be" not in failed
    alone = flat(told(walk, BOB, "#close").mail_to("bob@other.example"))
    assert alone.startswith("Nothing in your mail was done.")
    assert "no customer" not in alone


def test_a_ticket_of_nobodys_organisation_is_its_requesters(walk: Walk) -> None:
    walk.receive(mail(BOB, cc="carl@other.example"))
    step = told(walk, "carl@other.example", "#close")
    assert "Only its requester can change" in flat(step.mail_to("carl@other.example"))
    assert told(walk, BOB, "#close").event("command.done")
    refused = told(walk, "carl@other.example", "#reopen")
    assert refused.event("command.failed")
    assert told(walk, BOB, "#reopen").event("command.done")


def test_lines_of_an_intake_block_obey_the_same_rule(walk: Walk) -> None:
    walk.receive(mail(cc=BOB))
    told(walk, BOB, "Urgency: high\n\nI think.")
    assert walk.ticket("HELP-1")["urgency"] == "medium"
    told(walk, ADA, "Urgency: high\n\nI know.")
    assert walk.ticket("HELP-1")["urgency"] == "high"


def test_a_plan_leaves_out_what_it_does_not_hold(begin: Begin) -> None:
    walk = begin(organisation='may = ["close", "reopen"]')
    step = walk.receive(mail(text="#urgency high\n\nUrgency: high\nIt burns."))
    assert "not part of what ACME can do here" in flat(step.event("command.failed"))
    assert walk.ticket("HELP-1")["urgency"] == "medium"
    assert told(walk, ADA, "#close").event("command.done")
    assert told(walk, ADA, "#mute").event("command.done")


def test_whoever_speaks_for_an_organisation_opens_a_ticket_for_somebody(walk: Walk) -> None:
    step = walk.receive(mail(CTO, "Ada's printer", "#requester ada@acme.example\n\nIt burns."))
    assert step.event("ticket.received")["X-Original-To"] == "ada@acme.example"
    assert ("command.done", "cto@acme.example") in step.events
    ticket = walk.ticket("HELP-1")
    assert ticket["requester"]["email"] == "ada@acme.example"
    assert {"email": "cto@acme.example", "role": "participant"} in ticket["participants"]
    assert told(walk, CTO, "#urgency high").event("command.done")
    answer = walk.receive(mail(ALICE, "[HELP-1]", "On my way."), auth="alice")
    assert {"ada@acme.example", "cto@acme.example"} <= {to for _, to in answer.events}


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("bob@other.example", "bob@other.example is nobody of ACME."),
        ("alice@desk.example", "alice@desk.example is one of us."),
        ("no-reply@acme.example", "Nobody reads at no-reply@acme.example."),
        ("support@desk.example", "is an address of this desk"),
    ],
)
def test_nobody_opens_a_ticket_for_strangers(walk: Walk, address: str, why: str) -> None:
    step = walk.receive(mail(CTO, "Printer", f"#requester {address}\n\nIt burns."))
    assert why in flat(step.event("command.failed"))
    assert address not in {to for _, to in step.events} - {"alice@desk.example"}
    assert walk.ticket("HELP-1")["requester"]["email"] == "cto@acme.example"


def test_in_anybody_elses_mail_the_line_is_text(walk: Walk) -> None:
    text = "#requester dora@acme.example\n\nIt burns."
    walk.receive(mail(text=text))
    assert walk.ticket("HELP-1")["requester"]["email"] == "ada@acme.example"
    assert walk.ticket("HELP-1")["comments"][0]["text"] == text
    assert len(walk.sent()) == 3


def test_help_shows_what_the_writer_may_use(walk: Walk) -> None:
    whole = flat(walk.receive(mail(CTO, "Help", "#help")).mail_to("cto@acme.example"))
    assert "#requester" in whole
    assert "#mute" in whole
    assert "#requester" not in flat(walk.receive(mail(text="#help")).mail_to("ada@acme.example"))


def test_an_agent_opens_a_ticket_for_somebody_who_reads_what_it_is_about(walk: Walk) -> None:
    text = "#requester ada@acme.example\n\nYour printer burns, as you told me."
    step = walk.receive(mail(ALICE, "Printer", text), auth="alice")
    receipt = step.mail_to("ada@acme.example")
    assert receipt["X-Maildesk-Event"] == "ticket.received"
    assert "Alice Doe has opened this ticket for you" in flat(receipt)
    assert "as you told me" in body(receipt)
    assert walk.receive(reply(receipt, ADA, "Thank you.")).ticket == "HELP-1"

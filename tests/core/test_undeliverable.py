"""What a mail that reached nobody means for its ticket: the table in `core.undeliverable`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maildesk.core.model import Decision, Event, Fact, InboxState, NewComment, Role, Visibility
from maildesk.core.status_code import read_status
from maildesk.core.undeliverable import Failure, is_for_good, reached, set_back
from tests.core.build import ADA, HELP, NOW, POLICY, TICKET, context, message


def failure(address: str = "ada@acme.example", **changes: object) -> Failure:
    base = Failure(ticket=TICKET, address=address, status="5.1.1", reason="550 5.1.1 no such user")
    return replace(base, **changes)


def marked(**flags: bool) -> object:
    first, *others = TICKET.participants
    return replace(TICKET, participants=(replace(first, **flags), *others))


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("550 5.1.1 <ada@acme.example>... User unknown", "5.1.1"),
        ("Sorry, no mailbox here by that name. (#5.1.1)", "5.1.1"),
        ("host mx[192.5.1.2] said: 550 no such user", "5.0.0"),
        ("450 try later", "4.0.0"),
        ("452-4.2.2 The recipient's inbox is over quota", "4.2.2"),
        ("5.4.310", "5.4.310"),
        ("version 5.1.1.2 of the program", ""),
        ("nothing of the kind", ""),
    ],
)
def test_a_status_is_read_out_of_a_servers_words(text: str, status: str) -> None:
    assert read_status(text) == status


@pytest.mark.parametrize(
    ("status", "reason", "for_good"),
    [
        ("5.1.1", "", True),
        ("5.2.1", "", True),
        ("5.4.4", "", True),
        ("5.0.0", "550 No such user here", True),
        ("5.0.0", "550 relaying denied", False),
        ("", "User Ada (ada@acme.example) not listed in Domino Directory", True),
        ("", "Delivery failed.", False),
        ("5.2.2", "mailbox full", False),
        ("5.3.4", "", False),
        ("5.6.1", "", False),
        ("5.7.1", "mailbox unavailable", False),
        ("4.1.1", "User unknown", False),
    ],
)
def test_only_what_is_wrong_with_the_address_is_for_good(
    status: str, reason: str, for_good: bool
) -> None:
    assert is_for_good(status, reason) is for_good


def test_the_first_failure_marks_withholds_and_tells_the_agents() -> None:
    setback = set_back(failure(), POLICY, HELP)
    [mark] = setback.marks
    assert (mark.email, mark.status, mark.is_withheld) == ("ada@acme.example", "5.1.1", True)
    assert [n.to.email for n in setback.notices] == ["alice@desk.example", "boris@desk.example"]
    assert {n.event for n in setback.notices} == {Event.DELIVERY_FAILED}
    assert [f.kind for f in setback.facts] == ["delivery failed"]


def test_the_owner_alone_is_told_where_there_is_one() -> None:
    setback = set_back(failure(ticket=replace(TICKET, owner="boris")), POLICY, HELP)
    assert [(n.to.email, n.reason) for n in setback.notices] == [("boris@desk.example", "owner")]


def test_a_second_failure_is_an_event_and_no_news() -> None:
    setback = set_back(failure(ticket=marked(is_undeliverable=True)), POLICY, HELP)
    assert setback.notices == ()
    assert len(setback.facts) == 1


def test_a_full_mailbox_does_not_end_what_is_withheld_for_good() -> None:
    gone = marked(is_undeliverable=True, is_withheld=True)
    setback = set_back(failure(ticket=gone, status="4.2.2"), POLICY, HELP)
    assert setback.marks[0].is_withheld


def test_an_agent_is_never_marked_and_the_others_are_told_once() -> None:
    setback = set_back(failure("alice@desk.example"), POLICY, HELP)
    assert setback.marks == ()
    assert [(n.to.email, n.once) for n in setback.notices] == [
        ("boris@desk.example", "undelivered:7:alice@desk.example")
    ]


def test_an_owner_whose_own_address_fails_leaves_the_news_to_the_desk() -> None:
    owned = replace(TICKET, owner="alice")
    setback = set_back(failure("al@home.example", ticket=owned), POLICY, HELP)
    assert [n.to.email for n in setback.notices] == ["boris@desk.example"]


def test_where_no_agent_is_left_the_admins_are_told() -> None:
    lonely = replace(HELP, agents=("alice",))
    setback = set_back(failure("alice@desk.example"), POLICY, lonely)
    assert [(n.event, n.to.email) for n in setback.notices] == [
        (Event.ADMIN_ALERT, "boris@desk.example")
    ]


def test_a_failure_without_proof_is_told_and_marks_nobody() -> None:
    setback = set_back(failure(is_proved=False), POLICY, HELP)
    assert setback.marks == ()
    assert len(setback.notices) == 2


@pytest.mark.parametrize(("writer", "is_back"), [(ADA.email, True), ("carl@acme.example", False)])
def test_a_mark_ends_when_its_person_writes(writer: str, is_back: bool) -> None:
    words = NewComment(
        author=replace(ADA, email=writer), by_agent=None, visibility=Visibility.PUBLIC, at=NOW
    )
    said = Fact(kind="comment added", actor=writer)
    decision = Decision(state=InboxState.DONE, ticket_id=7, comment=words, facts=(said,))
    known = context(message(), tickets=(marked(is_undeliverable=True),))
    after = reached(decision, known)
    assert after.reached == (writer if is_back else "")
    assert [f.kind for f in after.facts] == ["comment added", "delivery resumed"][: 1 + is_back]


def test_an_agent_on_the_ticket_is_not_marked_either() -> None:
    alice = replace(TICKET.participants[1], email="alice@desk.example", role=Role.AGENT)
    ticket = replace(TICKET, participants=(*TICKET.participants, alice))
    assert set_back(failure("alice@desk.example", ticket=ticket), POLICY, HELP).marks == ()

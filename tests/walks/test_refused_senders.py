"""A customer's From of which our own mail server says `dmarc=fail`: no more than a stranger's."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import pytest

from tests.walks.walk import ALICE, Step, Walk, body, mail, reply

Begin = Callable[..., Walk]
CAROL = "Carol <carol@acme.example>"
FAILS = {"Authentication-Results": "mx.desk.example; dmarc=fail header.from=acme.example"}
BY_IMAP = "imap:support"


@pytest.fixture
def receipt(walk: Walk) -> EmailMessage:
    """Carol's ticket is there; this is what she got."""
    return walk.receive(mail(CAROL, cc="dora@acme.example")).mail_to("carol@acme.example")


def people(walk: Walk, key: str = "HELP-1") -> list[str]:
    return sorted(p["email"] for p in walk.ticket(key)["participants"])


def forged(walk: Walk, text: str = "Please tell Mal.", subject: str = "Re: [HELP-1] x") -> Step:
    """What somebody writes in Carol's name who knows her ticket's key."""
    raw = mail(CAROL, subject, text, cc="mal@evil.example", headers=FAILS)
    return walk.receive(raw, by=BY_IMAP)


@pytest.mark.usefixtures("receipt")
def test_nobody_joins_a_ticket_by_the_cc_of_a_forged_mail_with_its_key(walk: Walk) -> None:
    before = people(walk)
    step = forged(walk)
    assert step.ticket == "HELP-2"
    assert people(walk) == before
    assert "mal@evil.example" not in people(walk, "HELP-2")
    assert len(walk.ticket("HELP-1")["comments"]) == 1
    answer = walk.receive(mail(ALICE, "[HELP-1]", "The code is 4711."), auth="alice")
    assert "carol@acme.example" in [to for _, to in answer.events]
    assert "mal@evil.example" not in [to for _, to in answer.events]


@pytest.mark.usefixtures("receipt")
@pytest.mark.parametrize("line", ["#mute", "#close", "#show", "#mine"])
def test_a_forged_command_of_a_customer_does_nothing(walk: Walk, line: str) -> None:
    before = walk.ticket("HELP-1")
    step = forged(walk, line)
    assert (step.reason, step.ticket) in [("command failed", None), ("question", None)]
    assert step.events == [("command.failed", "carol@acme.example")]
    assert "not from the address" in " ".join(body(step.mails[0]).split())
    assert walk.ticket("HELP-1") == before
    answer = walk.receive(mail(ALICE, "[HELP-1]", "Have a look."), auth="alice")
    assert "carol@acme.example" in [to for _, to in answer.events]


def test_neither_a_plus_address_nor_a_foreign_id_lets_a_forged_mail_in(walk: Walk) -> None:
    first = walk.receive(mail(CAROL, headers={"Message-ID": "<first@acme.example>"}))
    assert first.ticket == "HELP-1"
    by_plus = mail(CAROL, "Hello", to="support+HELP-1@desk.example", headers=FAILS)
    assert walk.receive(by_plus, by=BY_IMAP).ticket == "HELP-2"
    by_id = mail(CAROL, "Hey", headers={**FAILS, "In-Reply-To": "<first@acme.example>"})
    assert walk.receive(by_id, by=BY_IMAP).ticket == "HELP-3"
    assert len(walk.ticket("HELP-1")["comments"]) == 1


def test_an_answer_that_a_list_has_broken_still_comes_in_but_orders_nothing(
    walk: Walk, receipt: EmailMessage
) -> None:
    before = people(walk)
    raw = reply(receipt, CAROL, "#mute\n\nIt still burns.", cc="mal@evil.example", headers=FAILS)
    step = walk.receive(raw, by=BY_IMAP)
    assert step.ticket == "HELP-1"
    assert ("command.failed", "carol@acme.example") in step.events
    assert walk.ticket("HELP-1")["comments"][-1]["text"].strip() == "It still burns."
    assert people(walk) == before
    answer = walk.receive(mail(ALICE, "[HELP-1]", "Have a look."), auth="alice")
    assert "carol@acme.example" in [to for _, to in answer.events]


def test_a_question_in_such_an_answer_is_answered(walk: Walk, receipt: EmailMessage) -> None:
    step = walk.receive(reply(receipt, CAROL, "#mine", headers=FAILS), by=BY_IMAP)
    assert step.events == [("command.done", "carol@acme.example")]


def test_a_forged_customer_is_a_stranger_to_a_desk_that_holds_strangers(begin: Begin) -> None:
    walk = begin(desk='unknown_senders = "hold"')
    step = walk.receive(mail(CAROL, headers=FAILS), by=BY_IMAP)
    assert (step.state, step.reason) == ("held", "unknown sender")


UNHEARD = {
    "another server's": ("mx.elsewhere.example; dmarc=fail header.from=acme.example", BY_IMAP),
    "another domain's": ("mx.desk.example; dmarc=fail header.from=evil.example", BY_IMAP),
    "none": ("mx.desk.example; dmarc=none header.from=acme.example", BY_IMAP),
    "from a peer that is not listed": (FAILS["Authentication-Results"], "smtp"),
}


@pytest.mark.usefixtures("receipt")
@pytest.mark.parametrize("kind", UNHEARD)
def test_a_customer_of_whom_our_server_says_nothing_is_heard_as_ever(walk: Walk, kind: str) -> None:
    field, by = UNHEARD[kind]
    raw = mail(
        CAROL,
        "Re: [HELP-1] x",
        "It burns.",
        cc="bob@other.example",
        headers={"Authentication-Results": field},
    )
    assert walk.receive(raw, by=by).ticket == "HELP-1"
    assert "bob@other.example" in people(walk)

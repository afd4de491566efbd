"""Which desk a mail belongs to, where its own fields do not say so."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.walks.walk import ADA, ALICE, Walk, mail, reply

MAILBOXES = """
[[mailboxes]]
name = "shop"
host = "127.0.0.1"
username = "shop"
password = "x"
desk = "SALES"
[[mailboxes]]
name = "other"
host = "127.0.0.1"
username = "other"
password = "x"
"""


@pytest.mark.parametrize(("box", "key"), [("shop", "SALES-1"), ("other", "HELP-1")])
def test_a_mailbox_has_a_desk_for_mail_that_names_none(
    begin: Callable[..., Walk], box: str, key: str
) -> None:
    walk = begin(top=MAILBOXES)
    step = walk.receive(mail(to="info@old-name.example"), by=f"imap:{box}")
    assert step.ticket == key


def test_an_address_of_ours_in_the_mail_beats_the_mailboxes_desk(
    begin: Callable[..., Walk],
) -> None:
    walk = begin(top=MAILBOXES)
    assert walk.receive(mail(to="help@desk.example"), by="imap:shop").ticket == "HELP-1"


@pytest.mark.parametrize("field", ["Delivered-To", "X-Original-To", "Envelope-To"])
def test_what_a_hop_noted_decides_where_to_and_cc_name_nobody(walk: Walk, field: str) -> None:
    raw = f"{field}: sales@desk.example\r\n".encode() + mail(to="undisclosed-recipients:;")
    assert walk.receive(raw, by="imap:support").ticket == "SALES-1"


def test_mail_to_the_postmaster_reaches_the_first_desk(walk: Walk) -> None:
    to = "postmaster@desk.example"
    assert walk.receive(mail(to=to), to=(to,)).ticket == "HELP-1"


def test_an_agent_may_begin_the_conversation_with_the_desk_in_cc(walk: Walk) -> None:
    raw = mail(ALICE, "Our visit", to="ada@acme.example", cc="support@desk.example")
    step = walk.receive(raw, auth="alice")
    assert step.ticket == "HELP-1"
    assert ("ticket.received", "ada@acme.example") not in step.events
    assert {"email": "ada@acme.example", "role": "participant"} in walk.ticket("HELP-1")[
        "participants"
    ]
    about = {"In-Reply-To": str(step.row["message_id"])}
    answer = mail(ADA, "Re: Our visit", "Do come.", cc="alice@desk.example", headers=about)
    step = walk.receive(answer)
    assert step.ticket == "HELP-1"
    assert step.events == [("comment.public", "boris@desk.example")]


def test_a_reply_to_one_desks_ticket_stays_there_whatever_desk_it_is_sent_to(walk: Walk) -> None:
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    step = walk.receive(reply(receipt, ADA, to="sales@desk.example"), to=("sales@desk.example",))
    assert step.ticket == "HELP-1"
    assert ("comment.public", "alice@desk.example") in step.events

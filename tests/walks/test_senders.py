"""Mail that a program or a list hands on: it becomes a ticket of the person who wrote."""

from __future__ import annotations

import email.policy
from collections.abc import Callable
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

import pytest

from tests.walks.walk import ADA, ALICE, Walk, mail, reply

Begin = Callable[..., Walk]

FORM = """
[[senders]]
name = "contact form"
addresses = ["forms@www.shop.example"]
"""
CHAT = """
[[senders]]
name = "chat"
domains = ["chat.example"]
header = "X-Chat: transcript"
requester = "body"
"""
GROUP = """
[[senders]]
name = "support group"
list_ids = ["support.group.example"]
answer = true
"""
TRANSCRIPT = """\
Chat with Ada Lovelace
Visitor name: Ada Lovelace
Visitor email: Ada@ACME.example
Page: https://shop.example/printers

[12:01] Ada: My printer burns. You may also write to mallory@elsewhere.example
"""


def form(**headers: str) -> bytes:
    """What a web server sends for somebody who has filled in a form."""
    given = {"Reply-To": ADA, "X-Mailer": "PHPMailer 6.9.1", **headers}
    return mail("Website <forms@www.shop.example>", "Contact", "My printer burns.", headers=given)


def group(text: str = "My printer burns.", **more: Any) -> bytes:
    """Ada's mail as a Google Group hands it on when her domain has a DMARC policy."""
    headers = {
        "From": "'Ada Lovelace' via Support <support@group.example>",
        "X-Original-Sender": "ada@acme.example",
        "X-Original-From": ADA,
        "Reply-To": ADA,
        "Precedence": "list",
        "Mailing-list": "list support@group.example; contact support+owners@group.example",
        "List-ID": "<support.group.example>",
        "X-Google-Group-Id": "123456789",
        **more.pop("headers", {}),
    }
    return mail(None, "Printer", text, to="support@group.example", headers=headers, **more)


def test_a_contact_form_is_a_ticket_of_who_filled_it_in(begin: Begin) -> None:
    walk = begin(top=FORM)
    step = walk.receive(form(), sender="www-data@www.shop.example")
    ticket = walk.ticket("HELP-1")
    assert ticket["requester"] == {"email": "ada@acme.example", "name": "Ada Lovelace"}
    assert ticket["organisation"] == "ACME"
    assert [p["email"] for p in ticket["participants"]] == ["ada@acme.example"]
    assert ("ticket.received", "ada@acme.example") in step.events
    assert step.row["from"] == "forms@www.shop.example"
    detail = ticket["events"][0]["detail"]
    assert (detail["handed on by"], detail["rule"]) == ("forms@www.shop.example", "contact form")


def test_without_a_rule_the_form_itself_is_the_requester(walk: Walk) -> None:
    walk.receive(form())
    assert walk.ticket("HELP-1")["requester"]["email"] == "forms@www.shop.example"


@pytest.mark.parametrize(
    "headers", [{"Auto-Submitted": "auto-generated"}, {"Precedence": "bulk"}, {}]
)
def test_a_form_is_taken_however_its_server_marks_it(begin: Begin, headers: dict[str, str]) -> None:
    step = begin(top=FORM).receive(form(**headers), sender="")
    assert step.ticket == "HELP-1"
    assert ("ticket.received", "ada@acme.example") in step.events


def test_the_person_behind_a_form_answers_like_anybody(begin: Begin) -> None:
    walk = begin(top=FORM)
    receipt = walk.receive(form()).mail_to("ada@acme.example")
    assert walk.receive(reply(receipt, ADA, "It is out.")).ticket == "HELP-1"


def test_a_rule_may_leave_the_person_without_an_acknowledgement(begin: Begin) -> None:
    step = begin(top=FORM + "answer = false").receive(form())
    assert {event for event, _ in step.events} == {"ticket.new"}


@pytest.mark.parametrize("wanted", ["", "support@desk.example", "no-reply@www.shop.example"])
def test_a_form_that_names_nobody_is_a_ticket_all_the_same(begin: Begin, wanted: str) -> None:
    walk = begin(top=FORM)
    walk.receive(form(**{"Reply-To": wanted}))
    ticket = walk.ticket("HELP-1")
    assert ticket["requester"]["email"] == "forms@www.shop.example"
    assert ticket["events"][0]["detail"]["rule"] == "contact form: no author found"


def test_a_form_that_names_the_desk_as_its_author_is_not_answered(begin: Begin) -> None:
    step = begin(top=FORM).receive(form(**{"Reply-To": "support@desk.example"}))
    assert {to for _, to in step.events} == {"alice@desk.example", "boris@desk.example"}


def test_the_allowances_are_the_persons_and_not_the_forms(begin: Begin) -> None:
    walk = begin(top=FORM, limits="automatic_mails_per_address = 1\ntickets_per_sender = 2")
    people = [f"Person {n} <p{n}@acme.example>" for n in range(4)]
    steps = [walk.receive(form(**{"Reply-To": person})) for person in people]
    assert [("ticket.received", f"p{n}@acme.example") in s.events for n, s in enumerate(steps)] == [
        True
    ] * 4
    again = [walk.receive(form(**{"Reply-To": people[0], "Subject": f"x{n}"})) for n in range(2)]
    assert [step.state for step in again] == ["done", "held"]
    assert "ticket.received" not in {event for event, _ in again[0].events}


def test_a_chat_transcript_is_a_ticket_of_the_visitor(begin: Begin) -> None:
    walk = begin(top=CHAT)
    headers = {"X-Chat": "Transcript of a chat", "Auto-Submitted": "auto-generated"}
    sender = "Chat <transcripts@chat.example>"
    step = walk.receive(mail(sender, "Chat transcript", TRANSCRIPT, headers=headers))
    requester = walk.ticket("HELP-1")["requester"]
    assert requester == {"email": "ada@acme.example", "name": "Ada Lovelace"}
    assert ("ticket.received", "ada@acme.example") in step.events


def test_everything_that_a_rule_names_must_fit(begin: Begin) -> None:
    walk = begin(top=CHAT)
    walk.receive(mail("Chat <transcripts@chat.example>", "Chat transcript", TRANSCRIPT))
    assert walk.ticket("HELP-1")["requester"]["email"] == "transcripts@chat.example"


def test_a_group_that_rewrites_from_makes_a_ticket_of_the_author(walk: Walk) -> None:
    step = walk.receive(group())
    requester = walk.ticket("HELP-1")["requester"]
    assert requester == {"email": "ada@acme.example", "name": "Ada Lovelace"}
    # Contract: what comes through a list is never answered automatically.
    assert {event for event, _ in step.events} == {"ticket.new"}


def test_a_group_may_have_its_authors_answered(begin: Begin) -> None:
    step = begin(top=GROUP).receive(group())
    assert ("ticket.received", "ada@acme.example") in step.events


@pytest.mark.parametrize(
    "headers",
    [
        {"List-ID": "", "Precedence": "", "Mailing-list": ""},
        {"List-ID": "<support.elsewhere.example>"},
        {"From": "Support <support@group.example>"},
    ],
    ids=["no list", "another domain's list", "no via"],
)
def test_from_counts_where_the_marks_of_a_group_do_not_agree(
    walk: Walk, headers: dict[str, str]
) -> None:
    walk.receive(group(headers=headers))
    assert walk.ticket("HELP-1")["requester"]["email"] == "support@group.example"


def test_a_list_that_has_no_id_is_known_by_its_precedence(walk: Walk) -> None:
    walk.receive(group(headers={"List-ID": ""}))
    assert walk.ticket("HELP-1")["requester"]["email"] == "ada@acme.example"


def test_mailman_names_the_author_in_reply_to_alone(walk: Walk) -> None:
    headers = {
        "From": "Ada Lovelace via Printers <printers@lists.example>",
        "Reply-To": "printers@lists.example, Ada Lovelace <ada@acme.example>",
        "List-Id": "Printers <printers.lists.example>",
        "Precedence": "list",
    }
    walk.receive(mail(None, headers=headers))
    assert walk.ticket("HELP-1")["requester"]["email"] == "ada@acme.example"


def test_a_mail_that_a_group_hands_on_unchanged_is_its_authors(walk: Walk) -> None:
    marks = {"X-Original-Sender": "ada@acme.example", "List-ID": "<support.group.example>"}
    walk.receive(mail(headers=marks))
    assert walk.ticket("HELP-1")["requester"]["email"] == "ada@acme.example"


def test_a_group_may_be_the_desks_own_address(walk: Walk) -> None:
    headers = {
        "From": "'Ada Lovelace' via Help <help@desk.example>",
        "List-ID": "<help.desk.example>",
    }
    step = walk.receive(group(headers=headers))
    assert step.ticket == "HELP-1"
    assert walk.ticket("HELP-1")["requester"]["email"] == "ada@acme.example"


def test_a_desk_for_customers_alone_takes_what_their_form_brings(begin: Begin) -> None:
    walk = begin(top=FORM, desk='unknown_senders = "reject"')
    assert walk.receive(form()).ticket == "HELP-1"
    stranger = walk.receive(form(**{"Reply-To": "mallory@elsewhere.example"}))
    assert (stranger.refusal, stranger.reason) == ("", "unknown sender")


def test_the_key_alone_lets_nobody_in_under_anothers_name(begin: Begin) -> None:
    walk = begin(top=FORM)
    walk.receive(mail())
    for raw in (form(Subject="Re: [HELP-1] x"), group(headers={"Subject": "Re: [HELP-1] x"})):
        step = walk.receive(raw)
        assert step.ticket != "HELP-1"
    assert len(walk.ticket("HELP-1")["comments"]) == 1


def test_the_author_of_a_group_answers_by_the_mail_that_was_sent_to_her(walk: Walk) -> None:
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    step = walk.receive(group("It is out.", answers=receipt))
    assert (step.ticket, len(walk.ticket("HELP-1")["comments"])) == ("HELP-1", 2)
    others = mail("carl@acme.example", to="support@desk.example")
    theirs = walk.receive(others).mail_to("carl@acme.example")
    assert walk.receive(group(answers=theirs)).reason == "reply by another person"


@pytest.mark.parametrize("proof", [{}, {"auth": "alice"}, {"peer": "192.0.2.9"}])
def test_a_form_gives_nobody_an_agents_power(begin: Begin, proof: dict[str, str]) -> None:
    walk = begin(top=FORM)
    news = walk.receive(mail()).mail_to("alice@desk.example")
    results = "mx.desk.example; dkim=pass header.d=desk.example"
    headers = {
        "Reply-To": ALICE,
        "In-Reply-To": str(news["Message-ID"]),
        "Authentication-Results": results,
    }
    step = walk.receive(form(**headers), **proof)
    assert (step.state, step.reason, step.mails) == ("held", "not verified as alice", [])


def test_an_automatic_reply_that_a_form_hands_on_stays_one(begin: Begin) -> None:
    step = begin(top=FORM).receive(form(**{"Auto-Submitted": "auto-replied"}))
    assert (step.state, step.ticket) == ("ignored", None)


def passed_on(inner: bytes, text: str = "Please take this one.") -> bytes:
    """Alice's forward of a mail as a whole."""
    outer = EmailMessage(policy=email.policy.SMTP)
    outer["From"], outer["To"], outer["Subject"] = ALICE, "support@desk.example", "Fwd: Contact"
    outer["Message-ID"] = "<outer@desk.example>"
    outer.set_content(text)
    outer.add_attachment(BytesParser(policy=email.policy.SMTP).parsebytes(inner))
    return outer.as_bytes()


SHOWN_FORM = """Please take this one.

---------- Forwarded message ---------
From: Website <forms@www.shop.example>
Date: Fri, Nov 20, 2026 at 9:00 AM
Subject: Contact
To: Alice <alice@desk.example>
Reply-To: Ada Lovelace <ada@acme.example>

My printer burns.
"""


@pytest.mark.parametrize(
    "raw", [passed_on(form()), mail(ALICE, "Fwd: Contact", SHOWN_FORM)], ids=["whole", "shown"]
)
def test_a_form_that_an_agent_forwards_is_a_ticket_of_who_filled_it_in(
    begin: Begin, raw: bytes
) -> None:
    walk = begin(top=FORM)
    step = walk.receive(raw, auth="alice")
    ticket = walk.ticket("HELP-1")
    assert ticket["requester"] == {"email": "ada@acme.example", "name": "Ada Lovelace"}
    assert ("ticket.received", "ada@acme.example") in step.events
    assert ticket["events"][0]["detail"]["handed on by"] == "forms@www.shop.example"
    assert [c["visibility"] for c in ticket["comments"]] == ["public", "internal"]


def test_a_transcript_that_an_agent_forwards_is_read_by_its_labels(begin: Begin) -> None:
    walk = begin(top=CHAT.replace('header = "X-Chat: transcript"\n', ""))
    shown = SHOWN_FORM.replace("forms@www.shop.example", "bot@chat.example")
    text = shown.replace("My printer burns.", TRANSCRIPT)
    walk.receive(mail(ALICE, "Fwd: Contact", text), auth="alice")
    assert walk.ticket("HELP-1")["requester"]["email"] == "ada@acme.example"


def test_a_rule_that_asks_for_a_field_never_fits_a_forwarded_mail(begin: Begin) -> None:
    walk = begin(top=CHAT)
    text = SHOWN_FORM.replace("forms@www.shop.example", "bot@chat.example")
    walk.receive(mail(ALICE, "Fwd: Contact", text), auth="alice")
    assert walk.ticket("HELP-1")["requester"]["email"] == "bot@chat.example"


def test_a_forwarded_form_gives_its_author_a_ticket_and_no_comment(begin: Begin) -> None:
    walk = begin(top=FORM)
    walk.receive(mail(headers={"Message-ID": "<first@acme.example>"}))
    inner = form(**{"In-Reply-To": "<first@acme.example>"})
    walk.receive(passed_on(inner), auth="alice")
    assert walk.keys() == ["HELP-1", "HELP-2"]
    assert len(walk.ticket("HELP-1")["comments"]) == 1


def test_a_forwarded_form_that_names_an_agent_is_asked_about(begin: Begin) -> None:
    walk = begin(top=FORM)
    step = walk.receive(passed_on(form(**{"Reply-To": "boris@desk.example"})), auth="alice")
    assert ("command.failed", "alice@desk.example") in step.events

"""A first mail: the ticket, its acknowledgement, and the news for the agents."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.walks.walk import ALICE, NOON, Walk, body, mail

WAYS = ("smtp", "lmtp", "pipe", "imap:support")


@pytest.mark.parametrize("by", WAYS)
def test_a_first_mail_becomes_a_ticket_by_every_way_in(walk: Walk, by: str) -> None:
    step = walk.receive(mail(subject="Re: The printer  burns"), by=by)
    assert (step.state, step.reason, step.ticket) == ("done", "", "HELP-1")
    assert step.row["source"] == by
    ticket = walk.ticket("HELP-1")
    assert ticket["subject"] == "The printer burns"
    assert ticket["requester"] == {"email": "ada@acme.example", "name": "Ada Lovelace"}
    assert (ticket["desk"], ticket["status"], ticket["organisation"]) == ("HELP", "Open", "ACME")
    assert (ticket["owner"], ticket["type"], ticket["priority"]) == (None, "request", "P3")
    assert ticket["participants"] == [{"email": "ada@acme.example", "role": "requester"}]
    [comment] = ticket["comments"]
    assert comment["text"] == "Dear support,\n\nit burns."
    assert (comment["via"], comment["visibility"]) == ("email", "public")
    assert comment["inbox_id"] == step.row["id"]
    assert comment["message_id"] == step.row["message_id"]
    assert comment["at"] == ticket["created_at"] == "2026-11-20T12:00:00.000000Z"


def test_the_customer_gets_an_acknowledgement_and_every_agent_the_news(walk: Walk) -> None:
    step = walk.receive(mail())
    assert step.events == [
        ("ticket.new", "alice@desk.example"),
        ("ticket.new", "boris@desk.example"),
        ("ticket.received", "ada@acme.example"),
    ]


def test_the_acknowledgement_is_a_robot_that_says_so(walk: Walk) -> None:
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    assert receipt["Return-Path"] == "<>"
    assert receipt["Auto-Submitted"] == "auto-replied"
    assert receipt["From"] == "Example Support <support@desk.example>"
    assert receipt["To"] == "Ada Lovelace <ada@acme.example>"
    assert receipt["Reply-To"] == "support@desk.example"
    assert receipt["Subject"] == "[HELP-1] The printer burns"
    assert receipt["X-Maildesk-Ticket"] == "HELP-1"
    assert receipt["X-Maildesk-Event"] == "ticket.received"
    assert receipt["Date"] == "Fri, 20 Nov 2026 12:00:00 +0000"
    assert receipt.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in receipt.iter_parts()] == ["text/plain", "text/html"]
    assert "HELP-1" in body(receipt)
    # A forged From must not be a way to send somebody words of one's own.
    assert "it burns" not in body(receipt) + body(receipt, "html")


def test_agents_read_the_customers_words_under_the_desks_address(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    assert news["From"] == '"Ada Lovelace (Example Support)" <support@desk.example>'
    assert news["Reply-To"] == "support@desk.example"
    assert news["Auto-Submitted"] is None
    assert news["Return-Path"] == "<support@desk.example>"
    assert "it burns." in body(news)
    assert "it burns." in body(news, "html")
    assert "ada@acme.example" in body(news)


def test_one_mail_to_one_person_and_no_cc(walk: Walk) -> None:
    for each in walk.receive(mail(cc="Carl <carl@acme.example>")).mails:
        assert each["Cc"] is None
        assert len(each["To"].addresses) == 1
        assert each["To"].addresses[0].addr_spec == each["X-Original-To"]


def test_who_stands_in_cc_is_on_the_ticket_and_gets_the_answers(walk: Walk) -> None:
    first = walk.receive(mail(cc="Carl <carl@acme.example>"))
    assert {"email": "carl@acme.example", "role": "participant"} in walk.ticket("HELP-1")[
        "participants"
    ]
    assert ("ticket.received", "carl@acme.example") not in first.events


def test_an_agent_who_was_written_to_directly_gets_no_second_copy(walk: Walk) -> None:
    step = walk.receive(mail(cc="Alice <alice@home.example>"))
    assert step.events == [
        ("ticket.new", "boris@desk.example"),
        ("ticket.received", "ada@acme.example"),
    ]


def test_an_agents_own_first_mail_opens_a_ticket_of_hers(walk: Walk) -> None:
    step = walk.receive(mail(ALICE, subject="Order paper"), auth="alice")
    assert step.ticket == "HELP-1"
    assert step.events == [
        ("ticket.new", "boris@desk.example"),
        ("ticket.received", "alice@desk.example"),
    ]


def test_a_mail_without_a_subject_has_a_ticket_with_a_name(walk: Walk) -> None:
    walk.receive(mail(subject=""))
    assert walk.ticket("HELP-1")["subject"] == "(no subject)"


def test_numbers_of_a_desk_have_no_gaps(walk: Walk) -> None:
    walk.receive(mail(subject="one"))
    walk.receive(mail(subject="out of order", headers={"Auto-Submitted": "auto-replied"}))
    walk.receive(mail(subject="two"))
    walk.receive(mail(subject="three", to="sales@desk.example"), to=("sales@desk.example",))
    assert walk.keys() == ["HELP-1", "HELP-2", "SALES-1"]


def test_the_events_of_a_ticket_tell_how_it_came_about(walk: Walk) -> None:
    walk.receive(mail())
    [opened] = walk.ticket("HELP-1")["events"]
    assert (opened["kind"], opened["actor"]) == ("ticket opened", "ada@acme.example")
    assert opened["at"] == NOON.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert opened["detail"]["inbox_id"] == 1


@pytest.mark.parametrize(
    ("organisation", "desk", "language"),
    [("", "", "en"), ('language = "de"', "", "de"), ("", 'language = "it"', "it")],
)
def test_the_ticket_speaks_the_customers_language(
    begin: Callable[..., Walk], organisation: str, desk: str, language: str
) -> None:
    walk = begin(organisation=organisation, desk=desk)
    step = walk.receive(mail())
    assert walk.ticket("HELP-1")["language"] == language
    # A language without templates of its own is written in English, not left unsaid.
    assert "HELP-1" in body(step.mail_to("ada@acme.example"))


def test_stored_bytes_are_our_trace_and_then_the_senders_own(walk: Walk) -> None:
    raw = mail(text="Grüße\n.\n..\nFrom here on\n")
    step = walk.receive(raw)
    stored = walk.raw(step.row["id"])
    assert stored.endswith(raw)
    trace = stored.removesuffix(raw)
    assert trace.startswith(b"Return-Path: <ada@acme.example>\r\nReceived: from client.example (")
    assert trace.endswith(b"+0000\r\n")
    assert step.row["size"] == len(stored)


def test_mail_from_a_mailbox_has_no_return_path_of_ours(walk: Walk) -> None:
    raw = mail()
    step = walk.receive(raw, by="imap:support")
    trace = walk.raw(step.row["id"]).removesuffix(raw)
    assert trace.startswith(b"Received: by ")
    assert b"Return-Path" not in trace

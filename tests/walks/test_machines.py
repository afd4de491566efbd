"""Mail that nobody wrote: what opens a ticket, what is only noted, and what is never answered."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import pytest

from tests.walks.walk import ADA, ALICE, Walk, body, mail, reply

DSN = (
    b"From: Mail Delivery System <MAILER-DAEMON@mx.example>\r\n"
    b"To: support@desk.example\r\nSubject: Undelivered Mail Returned to Sender\r\n"
    b"Message-ID: <dsn-1@mx.example>\r\nDate: Fri, 20 Nov 2026 12:00:00 +0000\r\n"
    b"MIME-Version: 1.0\r\n%s"
    b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
    b"--b\r\n\r\nYour mail could not be delivered.\r\n"
    b"--b\r\nContent-Type: message/delivery-status\r\n\r\n"
    b"Reporting-MTA: dns; mx.example\r\n\r\n"
    b"Final-Recipient: rfc822; ada@acme.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
    b"--b--\r\n"
)

REPLIES = [
    {"Auto-Submitted": "auto-replied"},
    {"Auto-Submitted": "auto-replied (vacation)"},
    {"X-Autoreply": "yes"},
    {"X-Autorespond": "gone"},
    {"Precedence": "auto_reply"},
]
AUTOMATS = [
    {"Auto-Submitted": "auto-generated"},
    {"Precedence": "bulk"},
    {"Precedence": "list"},
    {"List-Id": "Printers <printers.lists.example>"},
]


@pytest.mark.parametrize("headers", REPLIES)
def test_an_automatic_reply_opens_nothing(walk: Walk, headers: dict[str, str]) -> None:
    step = walk.receive(mail(subject="I am away", headers=headers))
    assert (step.state, step.ticket, step.mails) == ("ignored", None, [])
    assert step.reason.startswith("automatic reply (")
    assert walk.keys() == []


@pytest.mark.parametrize("headers", REPLIES)
def test_an_automatic_reply_is_noted_on_the_ticket_it_answers(
    walk: Walk, headers: dict[str, str]
) -> None:
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    step = walk.receive(reply(receipt, ADA, "I am away.", headers=headers))
    assert (step.state, step.ticket, step.mails) == ("done", "HELP-1", [])
    ticket = walk.ticket("HELP-1")
    assert len(ticket["comments"]) == 1
    assert ticket["events"][-1]["kind"] == "automatic reply noted"
    assert ticket["updated_at"] == ticket["created_at"]


def test_an_out_of_office_subject_counts_in_replies_alone(walk: Walk) -> None:
    first = walk.receive(mail(subject="Out of office"))
    assert (first.state, first.ticket) == ("done", "HELP-1")
    away = reply(first.mail_to("ada@acme.example"), ADA, subject="Automatic reply: [HELP-1] x")
    step = walk.receive(away)
    assert (step.state, step.ticket, step.mails) == ("done", "HELP-1", [])
    assert len(walk.ticket("HELP-1")["comments"]) == 1


def test_agents_see_in_the_history_when_somebody_is_back(walk: Walk) -> None:
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    words = "\n\nI am back on 12 May.\nAsk Carl meanwhile.\n"
    away = {"Auto-Submitted": "auto-replied"}
    walk.receive(reply(receipt, ADA, words, subject="Away until 12 May", headers=away))
    detail = walk.ticket("HELP-1")["events"][-1]["detail"]
    assert detail["subject"] == "Away until 12 May"
    assert detail["text"] == "I am back on 12 May."


def test_replies_on_a_ticket_about_out_of_office_notices_are_comments(walk: Walk) -> None:
    receipt = walk.receive(mail(subject="Out of office is not set")).mail_to("ada@acme.example")
    step = walk.receive(reply(receipt, ADA, "It still is not."))
    assert step.events == [
        ("comment.public", "alice@desk.example"),
        ("comment.public", "boris@desk.example"),
    ]
    away = reply(receipt, ADA, "Away.", subject="Out of office: [HELP-1] Out of office is not set")
    assert walk.receive(away).mails == []
    assert len(walk.ticket("HELP-1")["comments"]) == 2


def test_a_delivery_report_opens_nothing(walk: Walk) -> None:
    step = walk.receive(DSN % b"", sender="")
    assert (step.state, step.ticket, step.mails) == ("ignored", None, [])
    assert step.reason.startswith("delivery report (")


def test_a_delivery_report_is_noted_on_the_ticket_whose_mail_came_back(walk: Walk) -> None:
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    about = b"In-Reply-To: %s\r\n" % str(receipt["Message-ID"]).encode()
    step = walk.receive(DSN % about, sender="")
    assert (step.state, step.ticket) == ("done", "HELP-1")
    assert {event for event, _ in step.events} == {"delivery.failed"}
    assert walk.ticket("HELP-1")["events"][-1]["kind"] == "delivery failed"
    assert len(walk.ticket("HELP-1")["comments"]) == 1


@pytest.mark.parametrize("kind", ["disposition-notification", "feedback-report"])
def test_receipts_and_complaints_open_nothing(walk: Walk, kind: str) -> None:
    raw = (DSN % b"").replace(b"delivery-status", kind.encode())
    step = walk.receive(raw, sender="someone@mx.example", by="lmtp")
    assert (step.state, step.ticket) == ("ignored", None)


@pytest.mark.parametrize("by", ["smtp", "lmtp", "pipe"])
def test_mail_that_is_a_report_by_its_null_sender_alone_is_held(walk: Walk, by: str) -> None:
    step = walk.receive(mail(), sender="", by=by)
    assert (step.state, step.reason, step.mails) == ("held", "null sender, but no report", [])
    let_in = walk.retry(step.row["id"])
    assert (let_in.state, let_in.ticket) == ("done", "HELP-1")
    assert "ada@acme.example" not in {to for _, to in let_in.events}


def test_a_postmaster_may_be_a_person(walk: Walk) -> None:
    step = walk.receive(mail("Ada <postmaster@acme.example>"))
    assert (step.state, step.mails) == ("held", [])
    assert step.reason == "From: postmaster@acme.example, but no report"


def test_a_daemons_mail_with_the_null_sender_is_a_report_whatever_it_says(walk: Walk) -> None:
    step = walk.receive(mail("MAILER-DAEMON@mx.example"), sender="")
    assert (step.state, step.reason) == ("ignored", "delivery report (null sender)")


def test_a_mailbox_tells_the_null_sender_by_the_return_path_of_its_own_system(walk: Walk) -> None:
    step = walk.receive(b"Return-Path: <>\r\n" + mail(), by="imap:support")
    assert (step.state, step.reason) == ("held", "null sender, but no report")


@pytest.mark.parametrize("headers", AUTOMATS)
def test_what_machines_and_lists_write_is_a_ticket_without_an_acknowledgement(
    walk: Walk, headers: dict[str, str]
) -> None:
    step = walk.receive(mail("Monitor <monitor@acme.example>", "Disk full", headers=headers))
    assert (step.state, step.ticket) == ("done", "HELP-1")
    assert step.events == [
        ("ticket.new", "alice@desk.example"),
        ("ticket.new", "boris@desk.example"),
    ]


@pytest.mark.parametrize(
    "sender", ["no-reply@shop.example", "noreply@shop.example", "do-not-reply@shop.example"]
)
def test_nobody_answers_a_no_reply_address(walk: Walk, sender: str) -> None:
    step = walk.receive(mail(sender, "Your order"))
    assert step.ticket == "HELP-1"
    assert {event for event, _ in step.events} == {"ticket.new"}


@pytest.mark.parametrize("wish", ["All", "OOF, AutoReply", "DR, AutoReply"])
def test_a_person_who_wants_no_automatic_answers_gets_none(walk: Walk, wish: str) -> None:
    step = walk.receive(mail(headers={"X-Auto-Response-Suppress": wish}))
    assert step.ticket == "HELP-1"
    assert {event for event, _ in step.events} == {"ticket.new"}


def test_a_lists_readers_do_not_join_the_ticket(walk: Walk) -> None:
    step = walk.receive(
        mail(cc="printers@lists.example", headers={"List-Id": "<printers.lists.example>"})
    )
    assert step.ticket == "HELP-1"
    assert [p["email"] for p in walk.ticket("HELP-1")["participants"]] == ["ada@acme.example"]


def test_our_own_mail_that_comes_back_opens_nothing(walk: Walk) -> None:
    sent = walk.receive(mail()).mails
    for each in sent:
        step = walk.receive(each.as_bytes(), by="imap:support")
        assert step.state == "ignored"
        assert step.mails == []
    assert walk.keys() == ["HELP-1"]


@pytest.mark.parametrize("marked", ["support@desk.example", "a list"])
def test_our_own_mail_is_known_when_a_list_has_given_it_a_new_message_id(
    walk: Walk, marked: str
) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    told = walk.receive(reply(news, ALICE, "Pull the plug.")).mail_to("ada@acme.example")
    del told["Message-ID"]
    told["Message-ID"] = "<anew@lists.example>"
    told["List-Id"] = "<printers.lists.example>"
    if marked == "a list":
        del told["From"]
        told["From"] = "Support via Printers <printers@lists.example>"
    step = walk.receive(told.as_bytes())
    assert (step.state, step.reason, step.mails) == ("ignored", "our own mail came back", [])


def test_two_programs_on_one_ticket_never_write_to_each_other(walk: Walk) -> None:
    receipt = walk.receive(mail(cc="robot@acme.example")).mail_to("ada@acme.example")
    marks = {"Auto-Submitted": "auto-generated"}
    step = walk.receive(reply(receipt, ADA, "Your request has number 7.", headers=marks))
    assert step.ticket == "HELP-1"
    assert [to for _, to in step.events] == ["alice@desk.example", "boris@desk.example"]


def test_an_agents_program_cannot_own_up_to_a_held_mail(walk: Walk) -> None:
    asked = walk.receive(mail(ALICE, "Delete everything")).mail_to("alice@desk.example")
    marks = {"Auto-Submitted": "auto-generated"}
    step = walk.receive(reply(asked, ALICE, "I read your mail on Monday.", headers=marks))
    assert "confirmed" not in step.reason
    assert walk.row(1)["state"] == "held"


@pytest.mark.parametrize(
    "address",
    [
        "help@desk.example",
        "sales@desk.example",
        "support+HELP-1@desk.example",
        "boris@desk.example",
        "no_reply@shop.example",
        "bounces+17@shop.example",
        "postmaster@shop.example",
    ],
)
def test_addresses_that_are_nobodys_or_ours_never_join_a_ticket(walk: Walk, address: str) -> None:
    walk.receive(mail(cc=f"{address}, carl@acme.example"))
    people = {p["email"] for p in walk.ticket("HELP-1")["participants"]}
    assert people == {"ada@acme.example", "carl@acme.example"}


def test_a_desk_does_not_write_to_itself_or_to_its_neighbour(walk: Walk) -> None:
    step = walk.receive(mail("Sales <sales@desk.example>"))
    assert all(to not in ("sales@desk.example", "support@desk.example") for _, to in step.events)


@pytest.mark.parametrize(
    "marks",
    [
        {"Auto-Submitted": "auto-replied"},
        {"X-Autoreply": "yes"},
        {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
        {"Subject": "Automatic reply: [HELP-1] The printer burns"},
        {"Subject": "Out of office: The printer burns"},
    ],
)
@pytest.mark.parametrize("proof", ["signed", "auth"])
def test_an_agents_vacation_does_not_reach_the_customer(
    walk: Walk, marks: dict[str, str], proof: str
) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    raw = reply(news, ALICE, "Away.", headers=marks)
    step = walk.receive(raw, auth="alice" if proof == "auth" else None)
    assert (step.state, step.ticket, step.mails) == ("done", "HELP-1", [])
    public = [c for c in walk.ticket("HELP-1")["comments"] if c["visibility"] == "public"]
    assert len(public) == 1


@pytest.mark.parametrize("who", ["MAILER-DAEMON", "", "not an address"])
def test_a_sender_nobody_can_answer_is_kept_for_a_person(walk: Walk, who: str) -> None:
    raw = mail(who or None, "odd")
    step = walk.receive(raw, sender="", by="smtp")
    assert step.state in ("ignored", "held")
    assert step.mails == []


def test_an_answer_that_nobody_wrote_is_sent_ten_times_an_hour_at_most(walk: Walk) -> None:
    steps = [walk.receive(mail(subject=f"number {n}")) for n in range(12)]
    told = [sum(e == "ticket.received" for e, _ in step.events) for step in steps]
    assert told == [1] * 10 + [0] * 2
    # Everything else goes on: the tickets, and the news for the agents.
    assert len(walk.keys()) == 12
    assert sum(e == "ticket.new" for e, _ in steps[-1].events) == 2
    assert walk.receive(mail("else@acme.example")).mail_to("else@acme.example")
    walk.advance(minutes=61)
    assert walk.receive(mail(subject="later")).mail_to("ada@acme.example")


def test_the_allowance_never_holds_back_what_a_person_wrote(begin: Callable[..., Walk]) -> None:
    walk = begin(limits="automatic_mails_per_address = 1")
    news = walk.receive(mail()).mail_to("alice@desk.example")
    for n in range(3):
        step = walk.receive(reply(news, ALICE, f"Answer {n}."))
        assert step.mail_to("ada@acme.example")["X-Maildesk-Event"] == "comment.public"
    assert ("ticket.received", "ada@acme.example") not in walk.receive(mail()).events


def test_no_limit_is_no_limit(begin: Callable[..., Walk]) -> None:
    walk = begin(limits="automatic_mails_per_address = 0")
    steps = [walk.receive(mail(subject=f"number {n}")) for n in range(12)]
    assert all(len(step.mails) == 3 for step in steps)


def test_the_question_was_this_you_draws_on_the_allowance_too(begin: Callable[..., Walk]) -> None:
    walk = begin(limits="automatic_mails_per_address = 2")
    steps = [walk.receive(mail(ALICE, subject=f"spoof {n}")) for n in range(4)]
    assert [step.state for step in steps] == ["held"] * 4
    assert [len(step.mails) for step in steps] == [1, 1, 0, 0]


def test_a_flood_of_new_tickets_is_held_with_one_alert(begin: Callable[..., Walk]) -> None:
    walk = begin(limits="tickets_per_sender = 3")
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    steps = [walk.receive(mail(subject=f"number {n}")) for n in range(6)]
    assert [step.state for step in steps] == ["done", "done", "held", "held", "held", "held"]
    assert steps[2].reason == "too many new tickets from this sender"
    assert steps[2].events == [("admin.alert", "boris@desk.example")]
    assert [step.mails for step in steps[3:]] == [[], [], []]
    assert walk.receive(reply(receipt, ADA, "A comment.")).state == "done"
    assert walk.receive(mail("else@acme.example")).state == "done"
    walk.advance(minutes=61)
    assert walk.receive(mail(subject="later")).state == "done"


@pytest.mark.parametrize("sender", ["", "desk@other.example"])
def test_the_acknowledgement_of_another_desk_like_ours_opens_nothing(
    walk: Walk, sender: str
) -> None:
    marks = {"Auto-Submitted": "auto-replied", "X-Maildesk-Event": "ticket.received"}
    raw = mail("Other Support <desk@other.example>", "[OTHER-1] Hello", headers=marks)
    step = walk.receive(raw, sender=sender)
    assert (step.state, step.ticket, step.mails) == ("ignored", None, [])


def test_an_answer_from_another_desk_like_ours_is_a_ticket_and_is_not_acknowledged(
    walk: Walk,
) -> None:
    marks = {"X-Maildesk-Event": "comment.public"}
    raw = mail("Ann (Other) <desk@other.example>", "[OTHER-1] Hello", headers=marks)
    step = walk.receive(raw)
    assert step.ticket == "HELP-1"
    assert {event for event, _ in step.events} == {"ticket.new"}


def test_an_agents_unmarked_absence_notice_reaches_no_customer(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    away = "Thank you for your message. I am currently out of the office with no access to email."
    step = walk.receive(reply(news, ALICE, away))
    assert "ada@acme.example" not in [to for _, to in step.events]
    assert walk.ticket("HELP-1")["comments"][1]["visibility"] == "internal"
    assert "#public" in body(step.mail_to("alice@desk.example"))


@pytest.mark.parametrize(
    "subject", ["Re: Out of office assistant broken", "Out of office assistant broken"]
)
def test_the_desk_brought_into_a_talk_about_absences_gets_a_ticket(
    walk: Walk, subject: str
) -> None:
    foreign = {"In-Reply-To": "<1@acme.example>", "References": "<1@acme.example>"}
    step = walk.receive(mail(subject=subject, headers=foreign))
    assert (step.state, step.ticket) == ("done", "HELP-1")


def test_a_bulk_mail_about_out_of_office_is_a_ticket_without_an_acknowledgement(
    walk: Walk,
) -> None:
    headers = {"Precedence": "bulk"}
    step = walk.receive(mail(subject="Out of office assistant broken", headers=headers))
    assert (step.state, step.ticket) == ("done", "HELP-1")
    assert {event for event, _ in step.events} == {"ticket.new"}


def test_an_unmarked_autoresponder_that_takes_its_time_is_not_answered_for_ever(
    begin: Callable[..., Walk],
) -> None:
    walk = begin(limits="automatic_mails_per_address = 2")
    answers, alerts = 0, []
    for number in range(1001, 1011):
        walk.advance(minutes=40)
        subject = f"We got your mail, case #{number}"
        step = walk.receive(mail(ADA, subject, f"Thanks, we will answer. case {number}"))
        assert step.state == "done"
        answers += ("ticket.received", "ada@acme.example") in step.events
        alerts += [to for event, to in step.events if event == "admin.alert"]
    assert (answers, alerts) == (4, ["boris@desk.example"])
    opened = walk.ticket("HELP-10")["events"][0]
    assert opened["detail"]["acknowledgement"] == "withheld"


def test_a_person_who_writes_often_is_acknowledged_each_time(
    begin: Callable[..., Walk],
) -> None:
    walk = begin(limits="automatic_mails_per_address = 2")
    things = ("printer", "lamp", "door", "screen", "coffee machine", "telephone")
    for thing in things:
        walk.advance(minutes=40)
        step = walk.receive(mail(ADA, thing, f"The {thing} is broken, who comes?"))
        assert ("ticket.received", "ada@acme.example") in step.events


def test_an_agents_unmarked_autoresponder_is_not_asked_for_ever(walk: Walk) -> None:
    asked = 0
    for number in range(60):
        walk.advance(minutes=20)
        step = walk.receive(mail(ALICE, f"Away {number}", "I am away."))
        assert step.state == "held"
        asked += len([m for m in step.mails if m["X-Maildesk-Event"] == "sender.unverified"])
    assert asked == 20


def _done(walk: Walk) -> EmailMessage:
    """Ada's ticket is done; the mail that told her so."""
    news = walk.receive(mail()).mail_to("alice@desk.example")
    step = walk.receive(reply(news, ALICE, "#done\nIt is repaired."), auth="alice")
    told = (m for m in step.mails if m["X-Maildesk-Event"] == "ticket.resolved")
    return next(m for m in told if m["X-Original-To"] == "ada@acme.example")


AWAY = {
    "English": "Thank you for your message. I am out of the office until 30 November with limited"
    " access to e-mail. For urgent matters please contact bob@acme.example.",
    "German": "Vielen Dank für Ihre Nachricht. Ich bin bis zum 30.11. nicht im Haus. Ihre E-Mail"
    " wird nicht weitergeleitet.",
    "French": "Bonjour,\n\nJe suis absente jusqu'au 30 novembre. En cas d'urgence, veuillez"
    " contacter Carl.\n\nCordialement\nAda",
    "Italian": "Sono in ferie fino al 30 novembre.",
    "Spanish": "Gracias por su mensaje. Estoy fuera de la oficina hasta el lunes.",
    "Polish": "Dziękuję za wiadomość. Jestem na urlopie do 30 listopada.",
    "Swedish": "Tack för ditt mejl. Jag är på semester till den 30 november.",
    "Japanese": "11月30日まで不在です。お急ぎの場合はご連絡ください。",
    "Korean": "11월 30일까지 휴가 중입니다. 급한 용무는 연락 바랍니다.",
}


@pytest.mark.parametrize("language", AWAY)
def test_an_answer_of_words_of_absence_alone_reopens_nothing_and_reaches_nobody(
    walk: Walk, language: str
) -> None:
    step = walk.receive(reply(_done(walk), ADA, AWAY[language]))
    assert (step.state, step.ticket, step.mails) == ("done", "HELP-1", [])
    assert step.reason == "automatic reply (words of absence)"
    ticket = walk.ticket("HELP-1")
    assert ticket["status"] == "Done"
    assert ticket["events"][-1]["kind"] == "automatic reply noted"


STILL_WORDS = [
    "I am out of the office until Monday, but the printer still burns.",
    "I am away from Monday. Can you come before?",
    "I am on holiday. Please postpone the visit.",
    "I am on holiday, please postpone the visit.",
    "Ich bin im Urlaub. Der Drucker brennt.",
    "The out of office assistant is broken.",
]


@pytest.mark.parametrize("text", STILL_WORDS)
def test_words_of_absence_beside_others_are_a_comment(walk: Walk, text: str) -> None:
    step = walk.receive(reply(_done(walk), ADA, text))
    assert walk.ticket("HELP-1")["comments"][-1]["text"] == text
    assert ("ticket.reopened", "alice@desk.example") in step.events


def test_a_first_mail_of_words_of_absence_is_a_ticket(walk: Walk) -> None:
    assert walk.receive(mail(text="I am out of the office until Monday.")).ticket == "HELP-1"


RECEIPTS = {
    "Gelesen: ": "Ihre Nachricht\n\n An: Ada\n Betreff: [HELP-1] The printer burns\n Gesendet:"
    " Freitag, 20. November 2026 12:02\n\nwurde am Freitag, 20. November 2026 12:10 gelesen.",
    "Not read: ": "Your message\n\n To: Ada\n Subject: x\n Sent: Friday\n\n"
    "was deleted without being read on Friday.",
    "Lu : ": "Votre message\n\n À : Ada\n Objet : x\n Envoyé : vendredi\n\na été lu vendredi.",
    "Leído: ": "El mensaje\n\n Para: Ada\n Asunto: x\n Enviados: viernes\n\nfue leído el viernes.",
}


@pytest.mark.parametrize("word", RECEIPTS)
def test_a_read_receipt_that_is_mere_text_is_noted_and_told_nobody(walk: Walk, word: str) -> None:
    told = _done(walk)
    receipt = mail(ADA, f"{word}{told['Subject']}", RECEIPTS[word], answers=told)
    step = walk.receive(receipt)
    assert (step.state, step.ticket, step.mails) == ("done", "HELP-1", [])
    assert step.reason == "automatic reply (a read receipt)"
    assert walk.ticket("HELP-1")["status"] == "Done"


def test_an_answer_under_the_word_read_is_a_comment(walk: Walk) -> None:
    told = _done(walk)
    walk.receive(mail(ADA, f"Read: {told['Subject']}", "Read: it still burns.", answers=told))
    assert walk.ticket("HELP-1")["comments"][-1]["text"] == "Read: it still burns."


def test_a_read_receipt_that_was_cut_off_is_no_comment(walk: Walk) -> None:
    told = _done(walk)
    kind = 'multipart/report; report-type=disposition-notification; boundary="x"'
    raw = mail(ADA, f"Read: {told['Subject']}", "Your message was displayed.", answers=told)
    raw = raw.replace(b'text/plain; charset="utf-8"', kind.encode())
    assert b"multipart/report" in raw
    step = walk.receive(raw)
    assert (step.state, step.ticket, step.mails) == ("done", "HELP-1", [])
    assert walk.ticket("HELP-1")["status"] == "Done"


def test_a_persons_answer_with_the_null_sender_is_a_comment(walk: Walk) -> None:
    told = walk.receive(mail()).mail_to("ada@acme.example")
    step = walk.receive(reply(told, ADA, "I restarted it, no help."), sender="")
    assert walk.ticket("HELP-1")["comments"][-1]["text"] == "I restarted it, no help."
    assert step.events == [
        ("comment.public", "alice@desk.example"),
        ("comment.public", "boris@desk.example"),
    ]


@pytest.mark.parametrize("language", AWAY)
def test_an_absence_notice_with_the_null_sender_and_no_other_mark_is_noted(
    walk: Walk, language: str
) -> None:
    told = walk.receive(mail()).mail_to("ada@acme.example")
    step = walk.receive(reply(told, ADA, AWAY[language]), sender="")
    assert (step.state, step.ticket, step.mails) == ("done", "HELP-1", [])
    assert step.reason == "automatic reply (null sender, words of absence)"


def test_a_strangers_answer_with_the_null_sender_is_no_comment(walk: Walk) -> None:
    told = walk.receive(mail()).mail_to("ada@acme.example")
    walk.receive(reply(told, "Mallory <mallory@elsewhere.example>", "It is mine."), sender="")
    assert len(walk.ticket("HELP-1")["comments"]) == 1

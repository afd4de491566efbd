"""What an agent forwards becomes the ticket of whoever wrote it."""

from __future__ import annotations

import email.policy
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

import pytest

from tests.walks.walk import ADA, ALICE, NOON, STRANGER, Step, Walk, body, mail, reply

MORNING = NOON - timedelta(hours=3)
SHOWN = """Please take this one.

---------- Forwarded message ---------
From: Ada Lovelace <ada@acme.example>
Date: Fri, Nov 20, 2026 at 9:00 AM
Subject: Printer
To: Alice <alice@desk.example>
Cc: Carl <carl@acme.example>, support@desk.example, Boris <boris@desk.example>

It burns.

Ada
"""


def original(subject: str = "Printer", text: str = "It burns.", **more: Any) -> bytes:
    """Ada's mail to Alice herself."""
    headers = {"Message-ID": "<original@acme.example>", "References": "<root@acme.example>"}
    wanted: dict[str, Any] = {
        "to": "Alice <alice@desk.example>",
        "cc": "carl@acme.example, no-reply@acme.example, support@desk.example",
        "date": MORNING,
        "headers": headers,
        "files": [("smoke.txt", b"grey smoke")],
    }
    return mail(more.pop("sender", ADA), subject, text, **{**wanted, **more})


def enclosing(
    inner: bytes, *, sender: str = ALICE, subject: str = "Fwd: Printer", text: str = ""
) -> bytes:
    outer = EmailMessage(policy=email.policy.SMTP)
    outer["From"] = sender
    outer["To"] = "support@desk.example"
    outer["Subject"] = subject
    outer["Message-ID"] = f"<outer-{abs(hash((inner, subject)))}@desk.example>"
    outer.set_content(text)
    outer.add_attachment(BytesParser(policy=email.policy.SMTP).parsebytes(inner))
    return outer.as_bytes()


def by_alice(walk: Walk, raw: bytes) -> Step:
    return walk.receive(raw, auth="alice")


def people(walk: Walk, key: str = "HELP-1") -> dict[str, str]:
    return {p["email"]: p["role"] for p in walk.ticket(key)["participants"]}


def test_a_forward_becomes_the_ticket_of_whoever_wrote_it(walk: Walk) -> None:
    step = by_alice(walk, enclosing(original(), text="Please take this one."))
    assert (step.state, step.ticket) == ("done", "HELP-1")
    ticket = walk.ticket("HELP-1")
    assert ticket["requester"] == {"email": "ada@acme.example", "name": "Ada Lovelace"}
    assert (ticket["subject"], ticket["organisation"]) == ("Printer", "ACME")
    assert people(walk) == {
        "ada@acme.example": "requester",
        "carl@acme.example": "participant",
        "alice@desk.example": "agent",
    }
    words, note = ticket["comments"]
    assert words["author"]["email"] == "ada@acme.example"
    assert (words["text"], words["visibility"]) == ("It burns.", "public")
    assert (words["message_id"], words["at"]) == (
        "<original@acme.example>",
        "2026-11-20T09:00:00.000000Z",
    )
    assert [f["name"] for f in words["attachments"]] == ["smoke.txt"]
    assert (note["author"]["email"], note["visibility"]) == ("alice@desk.example", "internal")
    assert (note["text"], note["attachments"]) == ("Please take this one.", [])
    assert ticket["created_at"] == "2026-11-20T12:00:00.000000Z"


def test_the_writer_gets_the_acknowledgement_and_the_forwarder_the_ticket(walk: Walk) -> None:
    step = by_alice(walk, enclosing(original(), text="Please take this one."))
    assert step.events == [
        ("ticket.new", "alice@desk.example"),
        ("ticket.new", "boris@desk.example"),
        ("ticket.received", "ada@acme.example"),
    ]
    receipt = step.mail_to("ada@acme.example")
    assert receipt["In-Reply-To"] == "<original@acme.example>"
    assert "Alice Doe has passed your message on to us" in " ".join(body(receipt).split())
    assert "Please take" not in receipt.as_string()
    news = step.mail_to("alice@desk.example")
    assert news["From"] == '"Ada Lovelace (Example Support)" <support@desk.example>'
    assert "> Please take this one." in body(news)
    assert "It burns." in body(news)
    [file] = list(news.iter_attachments())
    assert file.get_content().strip() in ("grey smoke", b"grey smoke")


def test_header_lines_in_the_text_do_as_well(walk: Walk) -> None:
    headers = {"In-Reply-To": "<original@acme.example>"}
    step = by_alice(walk, mail(ALICE, "Fwd: Printer", SHOWN, headers=headers))
    ticket = walk.ticket(step.ticket or "")
    words, note = ticket["comments"]
    assert ticket["requester"]["email"] == "ada@acme.example"
    assert (words["text"], words["message_id"]) == ("It burns.\n\nAda", "<original@acme.example>")
    assert words["at"] == "2026-11-20T09:00:00.000000Z"
    assert (note["text"], note["visibility"]) == ("Please take this one.", "internal")
    assert sorted(people(walk)) == ["ada@acme.example", "alice@desk.example", "carl@acme.example"]


@pytest.mark.parametrize("said", ["<original@acme.example>", "<root@acme.example>"])
def test_a_later_answer_in_the_original_conversation_finds_the_ticket(
    walk: Walk, said: str
) -> None:
    by_alice(walk, enclosing(original()))
    about = {"In-Reply-To": said}
    step = walk.receive(mail(ADA, "Re: Printer", "It is out.", headers=about))
    assert step.ticket == "HELP-1"
    stranger = walk.receive(mail(STRANGER, "Re: Printer", "Let me in.", headers=about))
    assert stranger.ticket == "HELP-2"


def test_the_agent_answers_the_news_and_the_customer_gets_it(walk: Walk) -> None:
    news = by_alice(walk, enclosing(original())).mail_to("alice@desk.example")
    step = walk.receive(reply(news, ALICE, "Pull the plug."))
    assert ("comment.public", "ada@acme.example") in step.events
    answer = step.mail_to("ada@acme.example")
    assert "<original@acme.example>" in answer["References"]


def test_the_files_of_the_original_travel_on(walk: Walk) -> None:
    step = by_alice(walk, enclosing(original(files=[("a.bin", b"A" * 9), ("b.bin", b"B" * 7)])))
    files = list(step.mail_to("boris@desk.example").iter_attachments())
    assert [f.get_content() for f in files] == [b"A" * 9, b"B" * 7]


def test_a_forward_without_a_word_of_the_agent_has_no_note(walk: Walk) -> None:
    by_alice(walk, enclosing(original(), text="-- \nAlice Doe\nExample Ltd\n"))
    assert len(walk.ticket("HELP-1")["comments"]) == 1


def test_a_file_that_the_agent_adds_stays_with_the_note(walk: Walk) -> None:
    raw = BytesParser(policy=email.policy.SMTP).parsebytes(enclosing(original(), text="See too."))
    assert isinstance(raw, EmailMessage)
    raw.add_attachment(b"plan", "application", "pdf", filename="plan.pdf")
    step = by_alice(walk, raw.as_bytes())
    words, note = walk.ticket("HELP-1")["comments"]
    assert [f["name"] for f in words["attachments"]] == ["smoke.txt"]
    assert [f["name"] for f in note["attachments"]] == ["plan.pdf"]
    assert "plan.pdf" not in step.mail_to("ada@acme.example").as_string()


def test_an_unverified_agents_forward_is_held(walk: Walk) -> None:
    step = walk.receive(enclosing(original()))
    assert (step.state, step.ticket) == ("held", None)
    assert step.events == [("sender.unverified", "alice@desk.example")]
    assert walk.keys() == []
    yes = walk.receive(reply(step.mail_to("alice@desk.example"), ALICE, "Yes."))
    assert yes.state == "done"
    assert walk.ticket("HELP-1")["requester"]["email"] == "ada@acme.example"


@pytest.mark.parametrize("raw", [enclosing(original(), sender=ADA), mail(ADA, "Fwd: x", SHOWN)])
def test_a_customers_forward_is_the_customers_own_mail(walk: Walk, raw: bytes) -> None:
    forged = raw.replace(b"ada@acme.example", b"eve@evil.example", 1)
    step = walk.receive(forged)
    ticket = walk.ticket(step.ticket or "")
    assert ticket["requester"]["email"] == "eve@evil.example"
    assert len(ticket["comments"]) == 1
    assert "ada@acme.example" not in {m["X-Original-To"] for m in step.mails}


def test_a_customers_forward_is_kept_whole(walk: Walk) -> None:
    walk.receive(mail("eve@evil.example", "Fwd: x", SHOWN))
    [comment] = walk.ticket("HELP-1")["comments"]
    assert "Please take this one." in comment["text"]
    assert "It burns." in comment["text"]


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("WG: Printer", "Please handle."),
        ("Fwd: Printer", SHOWN.replace("Ada Lovelace <ada@acme.example>", "Ada Lovelace")),
        ("Fwd: Printer", SHOWN.replace("<ada@acme.example>", "<boris@desk.example>")),
        ("Fwd: Printer", SHOWN.replace("<ada@acme.example>", "<support@desk.example>")),
    ],
)
def test_when_nobody_can_be_read_the_agent_is_asked(walk: Walk, subject: str, text: str) -> None:
    step = by_alice(walk, mail(ALICE, subject, text))
    assert step.ticket == "HELP-1"
    assert step.events == [
        ("command.failed", "alice@desk.example"),
        ("ticket.new", "boris@desk.example"),
    ]
    ticket = walk.ticket("HELP-1")
    assert ticket["requester"]["email"] == "alice@desk.example"
    assert ticket["subject"] == "Printer"
    assert [c["visibility"] for c in ticket["comments"]] == ["internal"]
    question = step.mail_to("alice@desk.example")
    assert "\n#requester " in body(question)
    assert "#requester" in body(question, "html")
    assert question["Auto-Submitted"] == "auto-replied"


BELOW = f"{SHOWN}\nHe never pays, let him wait.\n\n"


@pytest.mark.parametrize("signed", ["-- \nAlice Doe\nExample Ltd", "Alice", "alice@desk.example"])
def test_what_the_agent_writes_below_an_unquoted_forward_is_never_public(
    walk: Walk, signed: str
) -> None:
    raw = mail("Alice Doe <alice@desk.example>", "Fwd: Printer", BELOW + signed)
    step = by_alice(walk, raw)
    ticket = walk.ticket("HELP-1")
    assert ticket["requester"]["email"] == "ada@acme.example"
    assert [c["visibility"] for c in ticket["comments"]] == ["internal"]
    [whole] = ticket["comments"]
    assert whole["author"]["email"] == "alice@desk.example"
    assert "It burns." in whole["text"]
    assert "He never pays" in whole["text"]
    assert "never pays" not in step.mail_to("ada@acme.example").as_string()
    assert "nothing tells where the original ends" in str(ticket["events"][0]["detail"])


def test_the_customer_of_such_a_forward_is_in_the_thread_all_the_same(walk: Walk) -> None:
    headers = {"In-Reply-To": "<original@acme.example>"}
    raw = mail("Alice Doe <alice@desk.example>", "Fwd: Printer", BELOW + "Alice", headers=headers)
    receipt = by_alice(walk, raw).mail_to("ada@acme.example")
    assert walk.receive(reply(receipt, ADA, "It is out.")).ticket == "HELP-1"
    later = walk.receive(mail(ADA, "Re: Printer", "More.", headers=headers))
    assert later.ticket == "HELP-1"


@pytest.mark.parametrize(
    "text",
    [
        SHOWN.replace("It burns.", "Alice,\n\nit burns."),
        SHOWN.replace(
            "Ada\n", "Ada\n\nOn Monday Alice <alice@desk.example> wrote:\n> Hi\n> Alice\n"
        ),
        SHOWN.replace("It burns.", "I told Alice Doe, alice@desk.example, last week."),
        SHOWN + "\n-----Original Message-----\nFrom: Alice Doe <alice@desk.example>\n"
        "Sent: Monday, November 16, 2026 9:50 AM\nTo: Ada\nSubject: Printer\n\nHi\n\nAlice\n",
    ],
)
def test_an_original_that_only_names_the_agent_is_public(walk: Walk, text: str) -> None:
    by_alice(walk, mail("Alice Doe <alice@desk.example>", "Fwd: Printer", text))
    assert walk.ticket("HELP-1")["comments"][0]["visibility"] == "public"


def test_words_below_a_quoted_forward_are_the_agents_note(walk: Walk) -> None:
    quoted = "\n".join(f"> {line}" for line in SHOWN.splitlines()[2:])
    text = f"{quoted}\n\nHe never pays.\n\nAlice Doe\n"
    by_alice(walk, mail("Alice Doe <alice@desk.example>", "Fwd: Printer", text))
    words, note = walk.ticket("HELP-1")["comments"]
    assert (words["visibility"], words["author"]["email"]) == ("public", "ada@acme.example")
    assert "never pays" not in words["full_text"]
    assert (note["visibility"], "never pays" in note["text"]) == ("internal", True)


UNREAD = "#spam\n#requester eve@evil.example\n\nIt burns."


def test_a_forward_that_shows_no_header_lines_orders_nothing(walk: Walk) -> None:
    step = by_alice(walk, mail(ALICE, "Fwd: Printer", UNREAD))
    ticket = walk.ticket(step.ticket or "")
    assert ticket["requester"]["email"] == "alice@desk.example"
    assert [c["visibility"] for c in ticket["comments"]] == ["internal"]
    assert step.events == [
        ("command.failed", "alice@desk.example"),
        ("ticket.new", "boris@desk.example"),
    ]
    told = " ".join(body(step.mail_to("alice@desk.example")).split())
    assert "#spam It stands in a forward" in told
    assert "#requester name@example.com" in told


@pytest.mark.parametrize("line", ["#queue", "#show HELP-1", "#help"])
def test_nor_is_a_question_in_it_answered(walk: Walk, line: str) -> None:
    step = by_alice(walk, mail(ALICE, "Fwd: Printer", f"{line}\n\nIt burns."))
    assert ("command.failed", "alice@desk.example") in step.events
    assert "command.done" not in [event for event, _ in step.events]


def test_such_a_forward_under_a_tickets_key_goes_to_nobody(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    step = by_alice(walk, mail(ALICE, f"Fwd: {news['Subject']}", UNREAD, answers=news))
    assert step.events == [("command.failed", "alice@desk.example")]
    ticket = walk.ticket("HELP-1")
    assert (ticket["requester"]["email"], ticket["status"]) == ("ada@acme.example", "Open")
    assert ticket["comments"][-1]["visibility"] == "internal"


def test_a_customers_forward_that_shows_no_header_lines_orders_nothing(walk: Walk) -> None:
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    walk.receive(mail(ADA, f"Fwd: {receipt['Subject']}", "#close\n\nIt burns.", answers=receipt))
    ticket = walk.ticket("HELP-1")
    assert (ticket["status"], ticket["comments"][-1]["text"]) == ("Open", "#close\n\nIt burns.")


def test_commands_in_the_forwarded_words_are_words(walk: Walk) -> None:
    text = SHOWN.replace("Please take this one.\n", "").replace("It burns.", UNREAD)
    by_alice(walk, mail(ALICE, "Fwd: Printer", text))
    ticket = walk.ticket("HELP-1")
    assert ticket["requester"]["email"] == "ada@acme.example"
    assert ticket["comments"][0]["text"].startswith("#spam\n#requester eve@evil.example")


def test_commands_above_the_forwarded_mail_count(walk: Walk) -> None:
    by_alice(walk, mail(ALICE, "Fwd: Printer", f"#requester bea@acme.example\n\n{SHOWN}"))
    assert walk.ticket("HELP-1")["requester"]["email"] == "bea@acme.example"


def test_no_markup_around_the_original_becomes_the_customers(walk: Walk) -> None:
    outer = EmailMessage(policy=email.policy.SMTP)
    outer["From"], outer["To"], outer["Subject"] = ALICE, "support@desk.example", "Fwd: Printer"
    outer["Message-ID"] = "<html-forward@desk.example>"
    outer.set_content(SHOWN)
    lines = "".join(f"<div>{line}</div>" for line in SHOWN.replace("<", "&lt;").splitlines())
    marked = lines.replace("It burns.", "It <b>burns</b>.")
    outer.add_alternative(f"<p><b>He never pays.</b></p>{marked}", subtype="html")
    by_alice(walk, outer.as_bytes())
    words = walk.ticket("HELP-1")["comments"][0]
    assert "It <b>burns</b>." in str(words["html"])
    assert not [w for w in ("never pays", "From", "Please take") if w in str(words["html"])]
    assert "never pays" not in words["full_text"]


def test_the_answer_to_the_question_names_the_requester(walk: Walk) -> None:
    headers = {"In-Reply-To": "<original@acme.example>"}
    text = SHOWN.replace("<ada@acme.example>", "")
    asked = by_alice(walk, mail(ALICE, "Fwd: Printer", text, headers=headers))
    question = asked.mail_to("alice@desk.example")
    step = walk.receive(reply(question, ALICE, "#requester ada@acme.example"))
    assert step.events == [
        ("command.done", "alice@desk.example"),
        ("ticket.received", "ada@acme.example"),
    ]
    ticket = walk.ticket("HELP-1")
    assert (ticket["requester"]["email"], ticket["organisation"]) == ("ada@acme.example", "ACME")
    assert people(walk) == {"ada@acme.example": "requester", "alice@desk.example": "agent"}
    later = walk.receive(mail(ADA, "Re: Printer", "More.", headers=headers))
    assert later.ticket == "HELP-1"


def test_an_original_that_also_came_directly_stays_one_ticket(walk: Walk) -> None:
    raw = original()
    walk.receive(raw)
    step = by_alice(walk, enclosing(raw, text="This one is urgent."))
    assert step.ticket == "HELP-1"
    assert step.events == [("comment.internal", "boris@desk.example")]
    [_, note] = walk.ticket("HELP-1")["comments"]
    assert note["visibility"] == "internal"
    assert walk.keys() == ["HELP-1"]


def test_an_original_that_comes_directly_later_is_a_duplicate(walk: Walk) -> None:
    raw = original()
    by_alice(walk, enclosing(raw))
    step = walk.receive(raw)
    assert (step.state, step.reason) == ("ignored", "duplicate of 1")
    assert step.mails == []


def test_the_next_mail_of_the_same_conversation_is_the_customers_comment(walk: Walk) -> None:
    by_alice(walk, enclosing(original()))
    ids = {"Message-ID": "<second@acme.example>", "In-Reply-To": "<original@acme.example>"}
    second = original("Re: Printer", "And now the desk.", headers=ids)
    step = by_alice(walk, enclosing(second, subject="Fwd: Re: Printer", text="More of it."))
    assert step.ticket == "HELP-1"
    comments = walk.ticket("HELP-1")["comments"]
    assert [c["author"]["email"] for c in comments[:2]] == ["ada@acme.example"] * 2
    assert [c["visibility"] for c in comments] == ["public", "public", "internal"]
    assert ("comment.public", "alice@desk.example") in step.events
    assert "carl@acme.example" not in [to for _, to in step.events]


def test_an_answer_that_the_customer_sent_to_the_agent_alone_joins_its_ticket(walk: Walk) -> None:
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    alone = reply(receipt, ADA, "Here is more.", to="alice@desk.example")
    step = by_alice(walk, enclosing(alone, subject="Fwd: more"))
    assert step.ticket == "HELP-1"
    assert [c["text"] for c in walk.ticket("HELP-1")["comments"]][1:] == ["Here is more."]


def test_a_forward_of_our_own_mail_is_a_new_matter_linked_to_the_old(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    text = f"A new matter.\n\n---- Forwarded message ----\nFrom: {news['From']}\nSubject: x\n\nHi\n"
    raw = mail(ALICE, f"Fwd: {news['Subject']}", text, answers=news)
    step = by_alice(walk, raw)
    assert step.ticket == "HELP-2"
    assert walk.ticket("HELP-2")["links"] == [{"kind": "related", "to": "HELP-1"}]
    assert ("command.failed", "alice@desk.example") in step.events
    assert "ada@acme.example" not in [to for _, to in step.events]
    assert len(walk.ticket("HELP-1")["comments"]) == 1


def test_a_reply_that_quotes_a_forward_is_still_a_reply(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    step = walk.receive(reply(news, ALICE, SHOWN))
    assert ("comment.public", "ada@acme.example") in step.events
    assert walk.keys() == ["HELP-1"]


def test_a_forward_under_a_tickets_key_is_a_note_there(walk: Walk) -> None:
    walk.receive(mail())
    vendor = SHOWN.replace("ada@acme.example", "vendor@parts.example")
    step = by_alice(walk, mail(ALICE, "Fwd: [HELP-1] spare part", vendor))
    assert step.ticket == "HELP-1"
    assert step.events == [("comment.internal", "boris@desk.example")]
    assert "vendor@parts.example" not in people(walk)


def test_an_old_original_is_not_acknowledged(walk: Walk) -> None:
    step = by_alice(walk, enclosing(original(date=NOON - timedelta(days=5))))
    assert [event for event, _ in step.events] == ["ticket.new", "ticket.new"]
    assert walk.ticket("HELP-1")["comments"][0]["at"] == "2026-11-15T12:00:00.000000Z"


@pytest.mark.parametrize(
    "marks",
    [
        {"Auto-Submitted": "auto-generated"},
        {"Precedence": "bulk"},
        {"List-Id": "<a.b>"},
        {"X-Auto-Response-Suppress": "All"},
    ],
)
def test_what_a_program_wrote_is_not_acknowledged(walk: Walk, marks: dict[str, str]) -> None:
    step = by_alice(walk, enclosing(original(headers={"Message-ID": "<x@acme.example>", **marks})))
    assert walk.ticket("HELP-1")["requester"]["email"] == "ada@acme.example"
    assert [event for event, _ in step.events] == ["ticket.new", "ticket.new"]


def test_no_more_is_acknowledged_than_the_allowance(begin: Callable[..., Walk]) -> None:
    walk = begin(limits="automatic_mails_per_address = 2")
    for number in range(4):
        ids = {"Message-ID": f"<o{number}@acme.example>"}
        by_alice(walk, enclosing(original(f"Printer {number}", headers=ids)))
    sent = [m for m in walk.sent() if m["X-Maildesk-Event"] == "ticket.received"]
    assert len(sent) == 2
    assert len(walk.keys()) == 4


def test_a_date_in_the_future_is_not_believed(walk: Walk) -> None:
    by_alice(walk, enclosing(original(date=NOON + timedelta(days=30))))
    assert walk.ticket("HELP-1")["comments"][0]["at"] == "2026-11-20T12:00:00.000000Z"


@pytest.mark.parametrize("depth", [20, 50])
def test_mails_nested_in_mails_do_no_harm(walk: Walk, depth: int) -> None:
    raw = original()
    for number in range(depth):
        raw = enclosing(raw, subject=f"Fwd: {number}")
    step = by_alice(walk, raw)
    assert ("command.failed", "alice@desk.example") in step.events
    assert step.state == "done"
    assert "ada@acme.example" not in [to for _, to in step.events]


def test_a_forwarded_report_is_nobodys_ticket(walk: Walk) -> None:
    report = (
        b"From: MAILER-DAEMON@mx.example\r\nTo: alice@desk.example\r\nSubject: failed\r\n"
        b"Message-ID: <dsn@mx.example>\r\nDate: Fri, 20 Nov 2026 09:00:00 +0000\r\n"
        b"Auto-Submitted: auto-replied\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n"
    )
    step = by_alice(walk, enclosing(report, subject="Fwd: failed"))
    assert ("command.failed", "alice@desk.example") in step.events
    assert walk.ticket("HELP-1")["requester"]["email"] == "alice@desk.example"


def test_our_mail_forwarded_to_somebody_else_stays_with_its_ticket(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    text = f"Can you help?\n\n---- Forwarded message ----\nFrom: {news['From']}\nSubject: x\n\nHi\n"
    to = "Vendor <vendor@parts.example>, support@desk.example"
    walk.receive(mail(ALICE, f"Fwd: {news['Subject']}", text, answers=news, to=to))
    assert walk.keys() == ["HELP-1"]


def test_the_news_names_the_linked_ticket_and_blames_nobody(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    text = f"A new matter.\n\n---- Forwarded message ----\nFrom: {news['From']}\nSubject: x\n\nHi\n"
    step = by_alice(walk, mail(ALICE, f"Fwd: {news['Subject']}", text, answers=news))
    told = " ".join(body(step.mail_to("boris@desk.example")).split())
    assert "It is linked to HELP-1." in told
    assert "has no part" not in told


def test_a_forward_in_an_import_sends_nothing(walk: Walk) -> None:
    step = walk.receive(enclosing(original()), by="import")
    assert step.mails == []
    assert walk.ticket("HELP-1")["requester"]["email"] == "ada@acme.example"


def test_nobody_answers_a_mailbox_that_nobody_reads(walk: Walk) -> None:
    step = by_alice(walk, enclosing(original(sender="Shop <no-reply@shop.example>")))
    assert walk.ticket("HELP-1")["requester"]["email"] == "no-reply@shop.example"
    assert [event for event, _ in step.events] == ["ticket.new", "ticket.new"]
    shown = SHOWN.replace("ada@acme.example", "no-reply@shop.example")
    again = by_alice(walk, mail(ALICE, "Fwd: Bill", shown))
    assert "no-reply@shop.example" not in [to for _, to in again.events]


def test_who_forwards_to_another_desk_hears_of_the_ticket_all_the_same(walk: Walk) -> None:
    raw = enclosing(original(cc="")).replace(b"To: support@desk", b"To: sales@desk", 1)
    step = walk.receive(raw, auth="alice", to=("sales@desk.example",))
    assert step.ticket == "SALES-1"
    assert ("ticket.new", "alice@desk.example") in step.events


def test_another_person_of_the_conversation_gets_a_ticket_linked_to_it(walk: Walk) -> None:
    by_alice(walk, enclosing(original(cc="")))
    ids = {"Message-ID": "<other@far.example>", "In-Reply-To": "<original@acme.example>"}
    inner = original("Re: Printer", "Mine, too.", sender="bob@far.example", cc="", headers=ids)
    raw = BytesParser(policy=email.policy.SMTP).parsebytes(
        enclosing(inner, subject="Fwd: Re: Printer")
    )
    raw["References"] = "<original@acme.example>"
    step = by_alice(walk, raw.as_bytes())
    assert step.ticket == "HELP-2"
    assert walk.ticket("HELP-2")["requester"]["email"] == "bob@far.example"
    assert walk.ticket("HELP-2")["links"] == [{"kind": "related", "to": "HELP-1"}]


@pytest.mark.parametrize(
    ("subject", "kept"),
    [
        ("[Ada Lovelace] Printer", "Printer"),
        ("[ada@acme.example: Printer]", "Printer"),
        ("Fwd: Re: printer", "Printer"),
        ("Fwd: The floor burns", "The floor burns"),
        ("", "Printer"),
    ],
)
def test_the_ticket_has_the_originals_subject_or_the_agents_own(
    walk: Walk, subject: str, kept: str
) -> None:
    by_alice(walk, enclosing(original(), subject=subject))
    assert walk.ticket("HELP-1")["subject"] == kept


def test_a_finnish_reply_is_no_danish_forward(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    text = (
        f"Irrota pistoke.\n\nLähettäjä: {news['From']}\nLähetetty: perjantai 20. marraskuuta 2026"
        f" 12.00\nVastaanottaja: Alice\nAihe: {news['Subject']}\n\n{body(news)}"
    )
    step = walk.receive(mail(ALICE, f"VS: {news['Subject']}", text, answers=news))
    assert (step.ticket, walk.keys()) == ("HELP-1", ["HELP-1"])
    answer = step.mail_to("ada@acme.example")
    assert "Irrota pistoke." in body(answer)
    assert "Lähettäjä" not in body(answer)


def test_a_danish_forward_is_one(walk: Walk) -> None:
    text = (
        "Til jer.\n\nFra: Ada <ada@acme.example>\nSendt: 20. november 2026 10:00\nTil: Alice\n"
        "Emne: Printer\n\nDen brænder.\n"
    )
    headers = {"In-Reply-To": "<original@acme.example>"}
    by_alice(walk, mail(ALICE, "VS: Printer", text, headers=headers))
    assert walk.ticket("HELP-1")["requester"]["email"] == "ada@acme.example"


def _public(text: str, forwarded: str = SHOWN) -> bytes:
    _, _, below = forwarded.partition("----------")
    return mail(ALICE, "Fwd: Printer", f"{text}\n\n----------{below}")


def test_with_public_the_words_above_a_forward_are_the_first_answer(walk: Walk) -> None:
    step = by_alice(walk, _public("#public\n\nDear Ada, we look at it."))
    comments = walk.ticket("HELP-1")["comments"]
    assert [(c["author"]["email"], c["visibility"], c["text"]) for c in comments] == [
        ("ada@acme.example", "public", "It burns.\n\nAda"),
        ("alice@desk.example", "public", "Dear Ada, we look at it."),
    ]
    assert step.events == [
        ("command.done", "alice@desk.example"),
        ("comment.public", "ada@acme.example"),
        ("comment.public", "boris@desk.example"),
        ("comment.public", "carl@acme.example"),
        ("ticket.new", "alice@desk.example"),
        ("ticket.new", "boris@desk.example"),
    ]
    answer = step.mail_to("ada@acme.example")
    assert "Dear Ada, we look at it." in body(answer)
    assert "Auto-Submitted" not in answer
    walk.receive(reply(answer, ADA, "Thank you, I wait."))
    assert walk.ticket("HELP-1")["comments"][-1]["text"] == "Thank you, I wait."


def test_with_public_an_enclosed_mail_is_answered_too_with_the_agents_files(walk: Walk) -> None:
    step = by_alice(walk, enclosing(original(), text="#public\nDear Ada, we look at it."))
    _, answer = walk.ticket("HELP-1")["comments"]
    assert (answer["text"], answer["visibility"]) == ("Dear Ada, we look at it.", "public")
    assert ("comment.public", "ada@acme.example") in step.events


def test_a_canned_reply_above_a_forward_reaches_the_customer(walk: Walk) -> None:
    step = by_alice(walk, _public("#reply install-details"))
    answer = step.mail_to("ada@acme.example")
    assert answer["X-Maildesk-Event"] == "comment.public"
    assert "Hello Ada Lovelace," in body(answer)
    assert [c["visibility"] for c in walk.ticket("HELP-1")["comments"]] == ["public", "public"]


def test_the_words_of_close_above_a_forward_reach_the_customer_and_the_note_does_not(
    walk: Walk,
) -> None:
    step = by_alice(walk, _public("#close It is repaired.\n\nShe never reads."))
    comments = walk.ticket("HELP-1")["comments"]
    assert [c["visibility"] for c in comments] == ["public", "internal", "public"]
    assert [c["text"] for c in comments[1:]] == ["She never reads.", "It is repaired."]
    told = [body(m) for m in step.mails if "ada@" in m["To"]]
    assert any("It is repaired." in text for text in told)
    assert not any("never reads" in text for text in told)


def test_public_words_about_a_mail_that_is_here_already_go_to_its_writer(walk: Walk) -> None:
    raw = original(to="support@desk.example", cc="alice@desk.example")
    walk.receive(raw)
    step = by_alice(walk, enclosing(raw, text="#public\nDear Ada, we look at it."))
    assert step.ticket == "HELP-1"
    answer = walk.ticket("HELP-1")["comments"][-1]
    assert (answer["text"], answer["visibility"]) == ("Dear Ada, we look at it.", "public")
    assert "we look at it" in body(step.mail_to("ada@acme.example"))


def test_public_words_above_an_answer_to_a_ticket_reach_everybody_on_it(walk: Walk) -> None:
    walk.receive(mail(ADA, cc="carl@acme.example", headers={"Message-ID": "<root@acme.example>"}))
    later = original("Re: The printer burns", "It burns again.", date=NOON)
    step = by_alice(walk, enclosing(later, text="#public\nDear Ada, again?"))
    assert [(c["visibility"], c["text"]) for c in walk.ticket("HELP-1")["comments"]] == [
        ("public", "Dear support,\n\nit burns."),
        ("public", "It burns again."),
        ("public", "Dear Ada, again?"),
    ]
    assert "Dear Ada, again?" in body(step.mail_to("ada@acme.example"))
    carls = [m for m in step.mails if "carl@" in m["To"]]
    assert any("Dear Ada, again?" in body(m) for m in carls)


NOBODYS = SHOWN.replace("Ada Lovelace <ada@acme.example>", "Boris <boris@desk.example>")


@pytest.mark.parametrize(
    "text",
    [
        _public("#public\nDear Ada, we look at it.", NOBODYS),
        _public("#public"),
        _public("#public\nDear Ada.", SHOWN + "\n\nAnd call her.\n\n-- \nAlice"),
    ],
    ids=["a colleague's mail", "no words", "words below, too"],
)
def test_public_words_without_a_reader_are_refused_and_kept(walk: Walk, text: bytes) -> None:
    step = by_alice(walk, text)
    mine = [c for c in walk.ticket("HELP-1")["comments"] if c["author"]["email"] != ADA[14:-1]]
    assert all(c["visibility"] == "internal" for c in mine)
    assert ("command.done", "alice@desk.example") not in step.events
    assert ("command.failed", "alice@desk.example") in step.events
    assert not any("we look at it" in body(m) for m in step.mails if "acme" in m["To"])


def test_public_words_above_a_forward_say_no_note_of_its_ticket(walk: Walk) -> None:
    news = walk.receive(mail(ADA, headers={"Message-ID": "<root@acme.example>"}))
    secret = "the contract of this customer ends in May and nobody knows of it yet"
    walk.receive(
        reply(
            news.mail_to("boris@desk.example"), "Boris <boris@desk.example>", f"#internal\n{secret}"
        ),
        auth="boris",
    )
    later = original("Re: The printer burns", "It burns again.")
    step = by_alice(walk, enclosing(later, text=f"#public\nDear Ada, {secret}."))
    assert ("command.failed", "alice@desk.example") in step.events
    assert not any("contract" in body(m) for m in step.mails if "acme" in m["To"])


def shown_by(person: str, words: str, to: str = "Alice <alice@desk.example>") -> str:
    return (
        f"---------- Forwarded message ---------\nFrom: {person}\nDate: Fri, 20 Nov 2026 at 08:00\n"
        f"Subject: Printer\nTo: {to}\n\n{words}\n"
    )


EVE = "Eve <eve@other.example>"


@pytest.mark.parametrize(
    "below",
    [
        shown_by(EVE, "My scanner fails."),
        shown_by(EVE, "My scanner fails.", "Boris <boris@desk.example>"),
        "#take\nnever pays.",
    ],
    ids=["to the agent", "to a colleague", "a command"],
)
def test_a_second_mail_or_a_command_below_a_forward_is_told_and_never_public(
    walk: Walk, below: str
) -> None:
    raw = mail(ALICE, "Fwd: Printer", f"For you.\n\n{shown_by(ADA, 'It burns.')}\n\n{below}")
    step = by_alice(walk, raw)
    ticket = walk.ticket("HELP-1")
    assert ticket["requester"]["email"] == "ada@acme.example"
    assert [c["visibility"] for c in ticket["comments"]] == ["internal"]
    assert below.strip() in ticket["comments"][0]["full_text"].replace("\r\n", "\n")
    told = " ".join(body(step.mail_to("alice@desk.example")).split())
    assert "no command below it was carried out" in told
    assert "no command below it was carried out" in " ".join(
        body(step.mail_to("alice@desk.example"), "html").split()
    )
    assert "scanner" not in step.mail_to("ada@acme.example").as_string()
    assert ticket["owner"] is None


def test_a_mail_that_the_customer_forwarded_himself_is_his_own_words(walk: Walk) -> None:
    nested = f"See what Eve says.\n\n{shown_by(EVE, 'Yours burns?', ADA)}"
    step = by_alice(walk, mail(ALICE, "Fwd: Printer", shown_by(ADA, nested)))
    [comment] = walk.ticket("HELP-1")["comments"]
    assert comment["visibility"] == "public"
    assert "Yours burns?" in comment["full_text"]
    assert "carried out" not in body(step.mail_to("alice@desk.example"))

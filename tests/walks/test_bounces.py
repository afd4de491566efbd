"""Mail that comes back: tied to our own mail, marked on its ticket, told once, never answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from email.message import EmailMessage

import pytest

from maildesk.errors import NotFound
from maildesk.store import aliases
from tests.outbox import relay as relays
from tests.outbox.relay import Relay
from tests.walks.walk import ADA, ALICE, NOON, Step, Walk, body, mail, reply

BEN = "Ben <ben@other.example>"
VERP = 'reverse_path = "verp"'


def dsn(
    about: EmailMessage | None,
    *,
    recipient: str = "ada@acme.example",
    action: str = "failed",
    status: str = "5.1.1",
    to: str = "support@desk.example",
    number: int = 1,
) -> bytes:
    """A report as Postfix writes it; `about` is the mail of ours that it brings back."""
    enclosed = ""
    if about is not None:
        names = ("From", "To", "Subject", "Message-ID", "References", "Date")
        header = "".join(f"{name}: {about[name]}\r\n" for name in names if about[name])
        enclosed = f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\n{header}\r\n"
    return (
        "From: Mail Delivery System <MAILER-DAEMON@mx.example>\r\n"
        f"To: {to}\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        f"Message-ID: <dsn-{number}@mx.example>\r\nDate: Fri, 20 Nov 2026 12:00:00 +0000\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\n\r\nI'm sorry to have to inform you that your message could not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 said: User unknown\r\n\r\n"
        f"{enclosed}--b--\r\n"
    ).encode()


def text_bounce(words: str, *, sender: str = "MAILER-DAEMON@mx.example") -> bytes:
    return mail(sender, "failure notice", words, date=NOON)


def events(walk: Walk, kind: str, key: str = "HELP-1") -> list[dict[str, object]]:
    return [e["detail"] for e in walk.ticket(key)["events"] if e["kind"] == kind]


def answered(walk: Walk) -> tuple[EmailMessage, EmailMessage]:
    """A ticket of Ada's that Alice has answered: the answer to Ada, and the news to Alice."""
    news = walk.receive(mail()).mail_to("alice@desk.example")
    return walk.receive(reply(news, ALICE, "Switch it off.")).mail_to("ada@acme.example"), news


def told(step: Step) -> list[str]:
    assert {event for event, _ in step.events} <= {"delivery.failed"}
    return [to for _, to in step.events]


def test_a_bounce_by_the_mails_own_reverse_path_marks_its_reader(
    begin: Callable[..., Walk],
) -> None:
    walk = begin(outgoing=VERP)
    answer, _ = answered(walk)
    path = str(answer["Return-Path"]).strip("<>")
    assert path.startswith("support+b.")
    step = walk.receive(dsn(None, to=path), sender="", to=(path,))
    assert (step.state, step.ticket) == ("done", "HELP-1")
    assert told(step) == ["alice@desk.example", "boris@desk.example"]
    [detail] = events(walk, "delivery failed")
    assert (detail["status"], detail["by"]) == ("5.1.1", "reverse path")
    assert detail["mail"] == "withheld"


def test_a_reverse_path_with_a_wrong_signature_changes_nothing(begin: Callable[..., Walk]) -> None:
    walk = begin(outgoing=VERP)
    answer, _ = answered(walk)
    path = str(answer["Return-Path"]).strip("<>")
    local, _, domain = path.rpartition("@")
    forged = f"{local[:-1]}{'a' if local[-1] != 'a' else 'b'}@{domain}"
    step = walk.receive(dsn(None, to=forged), sender="", to=(forged,))
    assert (step.state, step.ticket, step.mails) == ("ignored", None, [])
    assert events(walk, "delivery failed") == []


def test_a_bounce_that_names_our_mail_in_its_enclosed_part_alone_is_found(walk: Walk) -> None:
    answer, _ = answered(walk)
    before = walk.ticket("HELP-1")
    step = walk.receive(dsn(answer), sender="")
    assert (step.state, step.ticket) == ("done", "HELP-1")
    assert told(step) == ["alice@desk.example", "boris@desk.example"]
    after = walk.ticket("HELP-1")
    assert len(after["comments"]) == len(before["comments"])
    assert (after["updated_at"], after["status"]) == (before["updated_at"], before["status"])
    assert after["events"][-1]["actor"] == "ada@acme.example"
    words = body(step.event("delivery.failed"))
    assert "ada@acme.example could not be delivered" in words
    assert "5.1.1" in words
    assert "What did not arrive:\n\n> Switch it off." in words


def test_the_agents_are_told_once_however_much_comes_back(walk: Walk) -> None:
    answer, _ = answered(walk)
    steps = [walk.receive(dsn(answer, number=n), sender="") for n in range(3)]
    assert [len(step.mails) for step in steps] == [2, 0, 0]
    assert len(events(walk, "delivery failed")) == 3


def test_an_address_that_is_gone_gets_no_more_mail_until_its_person_writes(walk: Walk) -> None:
    answer, news = answered(walk)
    walk.receive(dsn(answer), sender="")
    step = walk.receive(reply(news, ALICE, "Are you there?"))
    assert "ada@acme.example" not in [to for _, to in step.events]
    assert [e["event"] for e in events(walk, "mail withheld")] == ["comment.public"]
    step = walk.receive(reply(answer, ADA, "Yes, the mailbox is mended."))
    assert step.state == "done"
    assert "Are you there?" in body(step.mail_to("ada@acme.example"))
    assert events(walk, "delivery resumed") == [{"because": "wrote again", "inbox_id": 5}]
    newest = step.mail_to("alice@desk.example")
    step = walk.receive(reply(newest, ALICE, "Fine."))
    assert "ada@acme.example" in [to for _, to in step.events]
    again = walk.receive(dsn(answer, number=9), sender="")
    assert told(again) == ["alice@desk.example", "boris@desk.example"]


def test_what_was_withheld_is_sent_in_its_order_when_the_person_writes_again(walk: Walk) -> None:
    answer, news = answered(walk)
    walk.receive(dsn(answer), sender="")
    for words in ("Are you there?", "#internal\nHe is away.", "It is still smoking."):
        walk.receive(reply(news, ALICE, words))
    step = walk.receive(reply(answer, ADA, "Back again."))
    missed = [m for m in step.mails if m["X-Original-To"] == "ada@acme.example"]
    assert [m["X-Maildesk-Event"] for m in missed] == ["comment.public"] * 2
    assert ["Are you there?" in body(m) for m in missed] == [True, False]
    assert ["still smoking" in body(m) for m in missed] == [False, True]
    assert "He is away" not in "".join(m.as_string() for m in missed)
    assert missed[0]["From"].startswith('"Alice Doe (')
    assert [e["comments"] for e in events(walk, "withheld mail sent")] == ["2"]
    assert walk.receive(reply(missed[1], ADA, "Thank you.")).ticket == "HELP-1"


def test_what_was_withheld_is_one_mail_where_quick_changes_are(begin: Callable[..., Walk]) -> None:
    walk = begin(batch="2m")
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    walk.receive(dsn(receipt), sender="")
    for words in ("Are you there?", "It is still smoking."):
        walk.receive(mail(ALICE, "[HELP-1]", words), auth="alice")
    walk.receive(reply(receipt, ADA, "Back again."))
    walk.advance(minutes=3)
    [missed] = [m for m in walk.fresh() if m["X-Original-To"] == "ada@acme.example"]
    assert body(missed).index("Are you there?") < body(missed).index("still smoking")


def test_what_was_withheld_is_sent_once(walk: Walk) -> None:
    answer, news = answered(walk)
    walk.receive(dsn(answer), sender="")
    walk.receive(reply(news, ALICE, "Are you there?"))
    walk.receive(reply(answer, ADA, "Back again."))
    walk.receive(dsn(answer, number=9), sender="")
    step = walk.receive(reply(answer, ADA, "And again."))
    assert "ada@acme.example" not in [to for _, to in step.events]
    assert len(events(walk, "withheld mail sent")) == 1


def test_an_automatic_answer_of_a_withheld_address_resumes_nothing(walk: Walk) -> None:
    answer, news = answered(walk)
    walk.receive(dsn(answer), sender="")
    walk.receive(reply(news, ALICE, "Are you there?"))
    away = reply(answer, ADA, "I am away.", headers={"Auto-Submitted": "auto-replied"})
    assert walk.receive(away).mails == []
    assert events(walk, "delivery resumed") == []


def test_a_mail_that_came_back_can_be_sent_again_by_hand(walk: Walk) -> None:
    answer, _ = answered(walk)
    row = next(r for r in walk.outbox() if r["message_id"] == answer["Message-ID"])
    with pytest.raises(NotFound, match="is sent"):
        walk.revive(row["id"])
    failed = walk.receive(dsn(answer), sender="").event("delivery.failed")
    assert f"maildesk outbox retry {row['id']}" in body(failed)
    walk.revive(row["id"])
    assert events(walk, "delivery resumed") == [{"because": "sent again by hand"}]


def test_other_tickets_of_the_same_person_are_not_marked(walk: Walk) -> None:
    answer, _ = answered(walk)
    walk.receive(dsn(answer), sender="")
    second = walk.receive(mail(subject="another matter"))
    assert ("ticket.received", "ada@acme.example") in second.events


@pytest.mark.parametrize("status", ["5.2.2", "5.7.1", "4.4.7", "5.3.4"])
def test_a_full_mailbox_or_a_refused_mail_is_told_and_mail_goes_on(walk: Walk, status: str) -> None:
    answer, news = answered(walk)
    assert len(told(walk.receive(dsn(answer, status=status), sender=""))) == 2
    step = walk.receive(reply(news, ALICE, "Are you there?"))
    assert "ada@acme.example" in [to for _, to in step.events]


@pytest.mark.parametrize("action", ["delayed", "relayed", "expanded", "delivered"])
def test_a_delay_is_noted_quietly(walk: Walk, action: str) -> None:
    answer, news = answered(walk)
    status = "4.4.1" if action == "delayed" else "2.1.5"
    step = walk.receive(dsn(answer, action=action, status=status), sender="")
    assert (step.state, step.ticket, step.mails) == ("done", "HELP-1", [])
    assert len(events(walk, f"delivery {action}")) == 1
    step = walk.receive(reply(news, ALICE, "Are you there?"))
    assert "ada@acme.example" in [to for _, to in step.events]


def test_a_bounce_with_a_forged_message_id_changes_nothing(walk: Walk) -> None:
    answer, _ = answered(walk)
    forged = EmailMessage()
    forged["Message-ID"] = str(answer["Message-ID"]).replace(".p.", ".i.")
    step = walk.receive(dsn(forged), sender="")
    assert (step.state, step.ticket, step.mails) == ("ignored", None, [])
    assert events(walk, "delivery failed") == []


def test_a_message_id_counts_for_whom_it_was_signed_alone(walk: Walk) -> None:
    answer, _ = answered(walk)
    for table in ("outbox", "message_ids"):
        moved = f"UPDATE {table} SET recipient = 'eve@evil.example' WHERE message_id = :id"
        named = {"id": str(answer["Message-ID"])}
        walk.desk.store.write(lambda tx, moved=moved, named=named: tx.execute(moved, named))
    step = walk.receive(dsn(answer, recipient="eve@evil.example"), sender="")
    assert events(walk, "delivery failed")[0]["by"] == "Message-ID and recipient"
    assert step.ticket == "HELP-1"


def test_a_bounce_of_mail_that_others_sent_in_our_name_is_ignored(walk: Walk) -> None:
    answered(walk)
    spam = EmailMessage()
    spam["Message-ID"] = "<spam@botnet.example>"
    step = walk.receive(dsn(spam), sender="")
    assert (step.state, step.ticket, step.mails) == ("ignored", None, [])


def test_a_bounce_that_names_the_thread_and_whom_we_wrote_to_counts(walk: Walk) -> None:
    # Some relays put a Message-ID of their own in the place of ours; References stay.
    answer, _ = answered(walk)
    rewritten = EmailMessage()
    rewritten["Message-ID"] = "<0102@eu.ses.example>"
    rewritten["References"] = str(answer["References"])
    step = walk.receive(dsn(rewritten), sender="")
    assert (step.state, step.ticket) == ("done", "HELP-1")
    assert events(walk, "delivery failed")[0]["by"] == "Message-ID and recipient"
    other = walk.receive(dsn(rewritten, recipient="eve@evil.example", number=2), sender="")
    assert (other.state, other.ticket) == ("ignored", None)


def test_a_bounce_that_names_nothing_but_the_reader_is_told_and_marks_nobody(walk: Walk) -> None:
    _, news = answered(walk)
    step = walk.receive(
        text_bounce("<ada@acme.example>:\nSorry, no such user. (#5.1.1)"), sender=""
    )
    assert (step.state, step.ticket) == ("done", "HELP-1")
    assert told(step) == ["alice@desk.example", "boris@desk.example"]
    assert "does not prove" in body(step.mails[0])
    again = walk.receive(text_bounce("<ada@acme.example>:\nNo such user. (#5.1.1)"), sender="")
    assert (again.state, again.mails) == ("ignored", [])
    assert len(events(walk, "delivery failed")) == 1
    step = walk.receive(reply(news, ALICE, "Are you there?"))
    assert "ada@acme.example" in [to for _, to in step.events]


def test_a_bounce_in_plain_words_is_found_by_the_header_it_quotes(walk: Walk) -> None:
    answer, _ = answered(walk)
    quoted = f"Return-Path: <>\nMessage-ID: {answer['Message-ID']}\nSubject: {answer['Subject']}"
    words = (
        "Hi. This is the qmail-send program at mx.example.\n\n<ada@acme.example>:\n"
        "Sorry, no mailbox here by that name. (#5.1.1)\n\n"
        f"--- Below this line is a copy of the message.\n\n{quoted}\n"
    )
    step = walk.receive(text_bounce(words), by="imap:support")
    assert (step.state, step.ticket) == ("done", "HELP-1")
    assert events(walk, "delivery failed")[0]["by"] == "signed Message-ID"


def test_a_bounce_that_no_header_marks_is_found_by_the_mail_it_brings_back(walk: Walk) -> None:
    answer, _ = answered(walk)
    words = f"Nobody of that name here.\n\n-- Header --\nMessage-ID: {answer['Message-ID']}\n"
    raw = mail("gateway@acme.example", "Undeliverable: the printer", words)
    step = walk.receive(raw)
    assert (step.state, step.ticket) == ("done", "HELP-1")
    assert len(told(step)) == 2


def test_a_persons_words_about_a_bounce_are_a_ticket(walk: Walk) -> None:
    answered(walk)
    raw = mail(subject="Delivery failure: what does this mean?", text="I got <x@y.example>: 550")
    step = walk.receive(raw)
    assert (step.state, step.ticket) == ("done", "HELP-2")


def test_a_persons_answer_with_such_a_subject_is_a_comment(walk: Walk) -> None:
    answer, _ = answered(walk)
    words = f"It failed.\n\n> Message-ID: {answer['Message-ID']}\n> <ada@acme.example>: 550"
    raw = mail(subject="Undeliverable: my parcel", text=words, answers=answer)
    step = walk.receive(raw)
    assert (step.state, step.ticket) == ("done", "HELP-1")
    assert len(walk.ticket("HELP-1")["comments"]) == 3


def test_an_agents_address_that_bounces_is_told_to_the_others_and_goes_on(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    step = walk.receive(dsn(news, recipient="alice@desk.example"), sender="")
    assert told(step) == ["boris@desk.example"]
    again = walk.receive(dsn(news, recipient="alice@desk.example", number=2), sender="")
    assert again.mails == []
    step = walk.receive(mail(text="More.", answers=news, subject=f"Re: {news['Subject']}"))
    assert "alice@desk.example" in [to for _, to in step.events]


def test_a_bounce_of_the_news_that_a_mail_came_back_is_the_end_of_it(walk: Walk) -> None:
    answer, _ = answered(walk)
    first = walk.receive(dsn(answer), sender="")
    sad = first.mail_to("alice@desk.example")
    step = walk.receive(dsn(sad, recipient="alice@desk.example", number=2), sender="")
    assert (step.state, step.ticket, step.mails) == ("done", "HELP-1", [])
    assert len(events(walk, "bounce noted")) == 1


def test_a_bounce_of_the_acknowledgement_is_told_and_not_answered(walk: Walk) -> None:
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    step = walk.receive(dsn(receipt), sender="")
    assert told(step) == ["alice@desk.example", "boris@desk.example"]
    assert "What did not arrive" not in body(step.mails[0])


def test_a_mail_that_failed_behind_a_forward_is_told_and_mail_goes_on(walk: Walk) -> None:
    answer, news = answered(walk)
    step = walk.receive(dsn(answer, recipient="ada1815@freemail.example"), sender="")
    assert len(told(step)) == 2
    assert "ada1815@freemail.example" in body(step.mails[0])
    step = walk.receive(reply(news, ALICE, "Are you there?"))
    assert "ada@acme.example" in [to for _, to in step.events]


def test_a_bounce_finds_the_ticket_that_its_own_was_merged_into(walk: Walk) -> None:
    answer, _ = answered(walk)
    walk.receive(mail(subject="the same matter"))
    walk.desk.store.write(lambda tx: aliases.lead(tx, 1, 2))
    step = walk.receive(dsn(answer), sender="")
    assert (step.state, step.ticket) == ("done", "HELP-2")
    assert len(events(walk, "delivery failed", "HELP-2")) == 1


def complaint(about: EmailMessage | None) -> bytes:
    enclosed = (
        f"Message-ID: {about['Message-ID']}\r\n" if about else "Message-ID: <x@y.example>\r\n"
    )
    return (
        "From: feedback@isp.example\r\nTo: support@desk.example\r\nSubject: FW: The printer\r\n"
        "Message-ID: <fbl-1@isp.example>\r\nDate: Fri, 20 Nov 2026 12:00:00 +0000\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n"
        "--b\r\n\r\nThis is an email abuse report.\r\n"
        "--b\r\nContent-Type: message/feedback-report\r\n\r\n"
        "Feedback-Type: abuse\r\nUser-Agent: SomeGenerator/1.0\r\nVersion: 1\r\n\r\n"
        f"--b\r\nContent-Type: message/rfc822\r\n\r\n{enclosed}\r\nhi\r\n--b--\r\n"
    ).encode()


def test_a_complaint_is_noted_on_the_ticket_it_names_and_agents_are_told_once(walk: Walk) -> None:
    answer, news = answered(walk)
    step = walk.receive(complaint(answer))
    assert (step.state, step.ticket) == ("done", "HELP-1")
    assert step.events == [
        ("admin.alert", "alice@desk.example"),
        ("admin.alert", "boris@desk.example"),
    ]
    assert len(events(walk, "complaint noted")) == 1
    again = walk.receive(complaint(answer).replace(b"fbl-1", b"fbl-2"))
    assert (again.state, again.mails) == ("done", [])
    step = walk.receive(reply(news, ALICE, "Are you there?"))
    assert "ada@acme.example" in [to for _, to in step.events]


def test_a_complaint_about_nothing_of_ours_opens_nothing(walk: Walk) -> None:
    answered(walk)
    step = walk.receive(complaint(None))
    assert (step.state, step.ticket, step.mails) == ("ignored", None, [])


def test_a_read_receipt_is_noted_quietly(walk: Walk) -> None:
    answer, _ = answered(walk)
    raw = (
        "From: Ada <ada@acme.example>\r\nTo: support@desk.example\r\nSubject: Read: the printer\r\n"
        "Message-ID: <mdn@acme.example>\r\nDate: Fri, 20 Nov 2026 12:00:00 +0000\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\r\n\r\n"
        "--b\r\n\r\nYour message was read.\r\n"
        "--b\r\nContent-Type: message/disposition-notification\r\n\r\n"
        "Final-Recipient: rfc822; ada@acme.example\r\n"
        f"Original-Message-ID: {answer['Message-ID']}\r\n"
        "Disposition: manual-action/MDN-sent-manually; displayed\r\n\r\n--b--\r\n"
    )
    step = walk.receive(raw.encode())
    assert (step.state, step.ticket, step.mails) == ("done", "HELP-1", [])
    assert len(events(walk, "read receipt noted")) == 1


def test_an_automatic_reply_to_the_mails_own_reverse_path_is_noted(
    begin: Callable[..., Walk],
) -> None:
    walk = begin(outgoing=VERP)
    answer, _ = answered(walk)
    path = str(answer["Return-Path"]).strip("<>")
    away = mail(subject="I am away", to=path, headers={"Auto-Submitted": "auto-replied"})
    step = walk.receive(away, sender="", to=(path,))
    assert (step.state, step.ticket, step.mails) == ("done", "HELP-1", [])
    assert len(events(walk, "automatic reply noted")) == 1


@pytest.fixture
def relay() -> Iterator[Relay]:
    with relays.running() as running:
        yield running


def test_mail_that_our_relay_refuses_marks_its_reader_in_the_same_way(
    begin: Callable[..., Walk], relay: Relay
) -> None:
    smtp = f'host = "127.0.0.1"\nport = {relay.port}\nretry = ["1m"]\ngive_up_after = "1h"'
    walk = begin(outgoing=smtp, transport="smtp")
    relay.script["RCPT"] = ["550 5.1.1 no such user"]
    walk.receive(mail())
    [detail] = events(walk, "delivery failed")
    assert (detail["status"], detail["mail"], detail["by"]) == ("5.1.1", "withheld", "relay")
    walk.receive(mail(ALICE, "[HELP-1] hi", "Hello?"), auth="alice")
    to_ada = [row for row in walk.outbox() if row["to"] == "ada@acme.example"]
    assert [row["event"] for row in to_ada] == ["ticket.received"]
    assert sum(row["event"] == "delivery.failed" for row in walk.outbox()) == 2
    walk.revive(to_ada[0]["id"])
    assert events(walk, "delivery resumed") == [{"because": "sent again by hand"}]
    walk.receive(mail(ALICE, "[HELP-1] hi", "Hello again?"), auth="alice")
    assert sum(row["to"] == "ada@acme.example" for row in walk.outbox()) == 2


FORWARDED_BOUNCE = b"""From: Dan <dan@acme.example>
To: support@desk.example
Subject: Fwd: Undelivered Mail Returned to Sender
Date: Fri, 20 Nov 2026 11:02:00 +0000
Message-ID: <forwarded-bounce@acme.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="M"

--M
Content-Type: text/plain; charset=UTF-8

Hello support,

since this morning all our orders come back like this. Please help!

--M
Content-Type: message/delivery-status; name="details.txt"
Content-Disposition: attachment; filename="details.txt"

Reporting-MTA: dns; mail.acme.example

Final-Recipient: rfc822; orders@partner.example
Action: failed
Status: 5.1.1

--M--
"""


def test_a_person_who_sends_a_bounce_along_is_heard(walk: Walk) -> None:
    step = walk.receive(FORWARDED_BOUNCE.replace(b"\n", b"\r\n"))
    assert (step.state, step.ticket) == ("done", "HELP-1")
    assert "all our orders come back" in walk.ticket("HELP-1")["comments"][0]["text"]


@pytest.mark.parametrize("way", ["reverse path", "recipient"])
def test_a_bounce_of_a_ticket_that_is_part_of_another_is_that_ones(
    begin: Callable[..., Walk], way: str
) -> None:
    walk = begin(outgoing=VERP)
    answer, _ = answered(walk)
    walk.receive(mail(BEN, "Smoke"))
    walk.receive(mail(ALICE, "[HELP-1]", "#merge HELP-2"), auth="alice")
    path = str(answer["Return-Path"]).strip("<>")
    to = path if way == "reverse path" else "support@desk.example"
    step = walk.receive(dsn(None, to=to), sender="", to=(to,))
    assert (step.state, step.ticket) == ("done", "HELP-2")
    assert events(walk, "delivery failed", "HELP-2")


def by_relay(
    answer: EmailMessage, *, recipient: str = "ada@acme.example", number: int = 1
) -> bytes:
    """A report about our mail that a relay gave a Message-ID of its own, as Amazon SES does."""
    raw = dsn(answer, recipient=recipient, number=number)
    ours = str(answer["Message-ID"]).encode()
    at = raw.index(b"References: ")
    raw = raw[:at] + raw[raw.index(b"Date: ", at) :]
    return raw.replace(ours, b"<0102018c-000000@eu-west-1.amazonses.example>")


def test_a_bounce_under_a_relays_own_id_is_told_once_and_withholds_nothing(walk: Walk) -> None:
    answer, _ = answered(walk)
    step = walk.receive(by_relay(answer), sender="")
    assert (step.state, step.ticket) == ("done", "HELP-1")
    assert told(step) == ["alice@desk.example", "boris@desk.example"]
    [detail] = events(walk, "delivery failed")
    assert (detail["by"], "mail" in detail) == ("subject and recipient", False)
    assert not walk.receive(by_relay(answer, number=2), sender="").mails
    more = walk.receive(mail(ALICE, "[HELP-1] hi", "Hello?"), auth="alice")
    assert ("comment.public", "ada@acme.example") in more.events


@pytest.mark.parametrize("recipient", ["carl@acme.example", "mallory@elsewhere.example"])
def test_a_bounce_with_a_key_about_somebody_we_never_wrote_to_is_ignored(
    walk: Walk, recipient: str
) -> None:
    answer, _ = answered(walk)
    step = walk.receive(by_relay(answer, recipient=recipient), sender="")
    assert (step.state, step.mails) == ("ignored", [])

"""What users of mail desks complain of most, one symptom a test; `docs/PAINS.md` is the list.

Each number is a row of that page. Symptoms that need a real server or a kill have their tests in
those rooms, and the page names them.
"""

from __future__ import annotations

import email.policy
from email.message import EmailMessage

import pytest

from tests.walks.walk import (
    ADA,
    ALICE,
    STRANGER,
    TRUSTED,
    Walk,
    body,
    mail,
    reply,
)

DESK = "support@desk.example"
PASSES = {"Authentication-Results": "mx.desk.example; dmarc=pass header.from=desk.example"}


def whole(walk: Walk) -> str:
    """Everything that ever went out, as text."""
    return "\n".join(body(m) + body(m, "html") + str(m["Subject"]) for m in walk.sent())


# 1. Hijacking


def test_whoever_knows_the_number_gets_into_the_ticket(walk: Walk) -> None:
    walk.receive(mail(text="The secret is 4711."))
    step = walk.receive(mail(STRANGER, "Re: [HELP-1] The printer burns", "Send it to me."))
    assert step.ticket == "HELP-2"
    assert len(walk.ticket("HELP-1")["comments"]) == 1
    told = [m for m in step.mails if m["X-Original-To"] == "mallory@elsewhere.example"]
    assert all("4711" not in body(m) and "HELP-1]" not in str(m["Subject"]) for m in told)


def test_whoever_was_sent_the_customers_mail_acts_as_the_customer(walk: Walk) -> None:
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    step = walk.receive(reply(receipt, STRANGER, "Please close my ticket."))
    assert (step.state, step.reason) == ("held", "reply by another person")
    ticket = walk.ticket("HELP-1")
    assert ticket["requester"]["email"] == "ada@acme.example"
    assert len(ticket["comments"]) == 1


# 2. Wrong thread


def test_another_installations_message_ids_lead_into_a_ticket_of_ours(walk: Walk) -> None:
    walk.receive(mail())
    foreign = mail(
        STRANGER,
        "Re: your order",
        headers={"In-Reply-To": f"<help-1.p.abcdefghijkl.{'a' * 26}@desk.example>"},
    )
    step = walk.receive(foreign)
    assert step.ticket == "HELP-2"


# 3. Reply becomes a new ticket


@pytest.mark.parametrize(
    "subject",
    [
        "RE: [EXT] [help-1] The printer burns",
        "AW: [ HELP - 1 ] The printer burns",
        "回复: ［HELP-1］ The printer burns",
        "=?utf-8?q?Re=3A_=5BHELP-1=5D_The_printer_burns?=",
        "Re: \u200f[HELP-1]\u200e The printer burns",
        "Fwd: Re: Something else [HELP-1]",
    ],
)
def test_a_reply_becomes_a_new_ticket_since_the_client_changed_the_subject(
    walk: Walk, subject: str
) -> None:
    walk.receive(mail())
    raw = mail(subject="KEY").replace(b"Subject: KEY", f"Subject: {subject}".encode())
    assert walk.receive(raw).ticket == "HELP-1"


def test_a_reply_becomes_a_new_ticket_since_the_client_dropped_the_subject(walk: Walk) -> None:
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    assert walk.receive(reply(receipt, ADA, subject="a new subject")).ticket == "HELP-1"


# 4. Two of our addresses


def test_a_mail_to_two_of_our_addresses_becomes_two_tickets(walk: Walk) -> None:
    raw = mail(to=f"{DESK}, sales@desk.example")
    first = walk.receive(raw, to=("sales@desk.example",))
    again = walk.receive(raw, to=(DESK,))
    assert first.ticket == "HELP-1"
    assert (again.state, again.reason) == ("ignored", f"duplicate of {first.row['id']}")
    assert walk.keys() == ["HELP-1"]


# 6. The same mail fetched again


def test_the_same_mail_is_fetched_again_and_the_customer_told_again(walk: Walk) -> None:
    raw = mail()
    first = walk.receive(raw, by="imap:support")
    again = [walk.receive(raw, by=way) for way in ("imap:support", "smtp", "pipe", "imap:other")]
    assert len(first.mails) == 3
    assert all(step.mails == [] for step in again)
    assert len(walk.ticket("HELP-1")["comments"]) == 1


# 8. The directory of mail that could not be processed


def test_a_mail_that_cannot_be_parsed_lies_in_a_directory_for_weeks(walk: Walk) -> None:
    fields = b"".join(b"X-%d: y\r\n" % n for n in range(10_000))
    step = walk.receive(
        mail(subject="I am in need").replace(b"\r\n\r\n", b"\r\n" + fields + b"\r\n", 1)
    )
    assert (step.state, step.ticket) == ("done", "HELP-1")
    ticket = walk.ticket("HELP-1")
    assert ticket["requester"]["email"] == "ada@acme.example"
    assert ticket["subject"] == "I am in need"
    (file,) = ticket["comments"][0]["attachments"]
    assert file["type"] == "message/rfc822"


# 10. Loops


def test_two_robots_write_to_each_other_for_ever(walk: Walk) -> None:
    """A responder that marks nothing at all answers every mail of ours with a new one."""
    step = walk.receive(mail(subject="ping"))
    count = 0
    for _ in range(100):
        told = [m for m in step.mails if m["X-Original-To"] == "ada@acme.example"]
        if not told:
            break
        count += 1
        step = walk.receive(mail(subject=f"I got your mail {count}", text="I will read it soon."))
    assert count <= 10


# 11. Out of office


def test_an_out_of_office_reply_opens_or_reopens_a_ticket(walk: Walk) -> None:
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    before = walk.ticket("HELP-1")
    for headers in ({"Auto-Submitted": "auto-replied"}, {"X-Autoreply": "yes"}, {}):
        step = walk.receive(
            reply(receipt, ADA, "Back in May.", subject="Automatic reply: out", headers=headers)
        )
        assert (step.ticket, step.mails) == ("HELP-1", [])
    after = walk.ticket("HELP-1")
    assert (after["status"], after["updated_at"]) == (before["status"], before["updated_at"])
    assert len(after["comments"]) == 1


def test_the_agents_out_of_office_reply_goes_to_the_customer(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    away = reply(news, ALICE, "I am on the beach.", subject="Out of office: Re: [HELP-1]")
    assert walk.receive(away).mails == []
    assert "beach" not in whole(walk)


# 12, 13. After the end


def done(walk: Walk) -> EmailMessage:
    """A ticket that is done, and the answer that its customer read last."""
    news = walk.receive(mail()).mail_to("alice@desk.example")
    answer = walk.receive(reply(news, ALICE, "Pull the plug.")).mail_to("ada@acme.example")
    walk.receive(mail(ALICE, "[HELP-1]", "#done"), auth="alice")
    return answer


@pytest.mark.parametrize(
    "words", ["Thanks!", "Vielen Dank, das war's.", "Merci beaucoup !", "Dziękuję bardzo"]
)
def test_thanks_reopens_a_ticket_that_is_done(walk: Walk, words: str) -> None:
    step = walk.receive(reply(done(walk), ADA, words))
    ticket = walk.ticket("HELP-1")
    assert (step.ticket, ticket["status"], len(ticket["comments"])) == ("HELP-1", "Done", 3)


def test_a_customer_who_is_not_satisfied_stays_unheard(walk: Walk) -> None:
    walk.receive(reply(done(walk), ADA, "Thanks, but it burns again."))
    assert walk.ticket("HELP-1")["status"] == "Open"


def test_an_old_thread_is_used_for_a_new_matter(walk: Walk) -> None:
    answer = done(walk)
    walk.advance(days=40)
    step = walk.receive(reply(answer, ADA, "Now the scanner burns.", date=walk.moment))
    assert step.ticket == "HELP-2"
    assert walk.ticket("HELP-1")["status"] == "Done"
    assert [link["to"] for link in walk.ticket("HELP-2")["links"]] == ["HELP-1"]


# 14. Agents cannot work from their mail client


def test_agents_cannot_answer_from_their_mail_program(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    answer = walk.receive(reply(news, ALICE, "Pull the plug.")).mail_to("ada@acme.example")
    assert "Pull the plug." in body(answer)
    assert answer["From"] == '"Alice Doe (Example Support)" <support@desk.example>'
    assert walk.ticket("HELP-1")["comments"][1]["visibility"] == "public"


# 15. Forwarded in

FORWARDED = """This came to me, he is in a bad mood.

---------- Forwarded message ---------
From: Ada Lovelace <ada@acme.example>
Date: Thu, Nov 19, 2026 at 9:00 AM
Subject: The printer burns
To: Alice <alice@desk.example>
Cc: Carl <carl@acme.example>


It burns.
"""


def test_a_forwarded_mail_has_the_agent_as_its_requester(walk: Walk) -> None:
    raw = mail(ALICE, "Fwd: The printer burns", FORWARDED, headers=PASSES)
    step = walk.receive(raw, peer=TRUSTED)
    ticket = walk.ticket("HELP-1")
    assert (ticket["requester"]["email"], ticket["subject"]) == (
        "ada@acme.example",
        "The printer burns",
    )
    words = {c["visibility"]: c["text"] for c in ticket["comments"]}
    assert words["public"] == "It burns."
    assert "bad mood" in words["internal"]
    people = {p["email"] for p in ticket["participants"]}
    assert {"ada@acme.example", "carl@acme.example"} <= people
    customers = [m for m in step.mails if str(m["X-Original-To"]).endswith("acme.example")]
    assert all("bad mood" not in body(m) for m in customers)


# 16, 17. Outgoing


def test_one_bad_recipient_stops_the_mail_of_all_others(walk: Walk) -> None:
    step = walk.receive(mail(cc="broken address <nobody@bad_host..example>, bob@acme.example"))
    assert {"ada@acme.example", "alice@desk.example", "boris@desk.example"} <= {
        to for _, to in step.events
    }
    assert step.state == "done"


# 20. Charsets


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("iso-8859-1", "Zwölf Boxkämpfer jagen"),
        ("koi8-r", "Привет, мир"),
        ("cp-850", "Grüße aus München"),
        ("ks_c_5601-1987", "안녕하세요"),
        ("utf8mb4", "Grüße 🙂"),
        ("x-unknown", "Grüße"),
        ("", "Grüße"),
    ],
)
def test_umlauts_become_garbage(walk: Walk, charset: str, text: str) -> None:
    codecs = {"cp-850": "cp850", "ks_c_5601-1987": "cp949", "utf8mb4": "utf-8"}
    data = text.encode(codecs.get(charset, charset if charset[:1] in ("i", "k") else "utf-8"))
    declared = f"Content-Type: text/plain; charset={charset}\r\n" if charset else ""
    raw = (
        f"From: {ADA}\r\nTo: {DESK}\r\nSubject: words\r\nMIME-Version: 1.0\r\n{declared}"
        "Content-Transfer-Encoding: 8bit\r\n\r\n"
    ).encode() + data
    walk.receive(raw)
    assert walk.ticket("HELP-1")["comments"][0]["text"] == text


# 21. Parts


def test_parts_of_the_mail_are_missing(walk: Walk) -> None:
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"], message["To"], message["Subject"] = ADA, DESK, "parts"
    message.set_content("first words")
    message.add_attachment(b"\x89PNG", "image", "png")
    message.add_attachment("second words")
    message.add_attachment(
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Look at the printer\r\n"
        "DTSTART:20261124T090000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        subtype="calendar",
    )
    raw = message.as_bytes().replace(b"Content-Disposition: attachment\r\n", b"")
    walk.receive(raw)
    comment = walk.ticket("HELP-1")["comments"][0]
    assert all(w in comment["full_text"] for w in ("first words", "second words", "Look at the"))
    assert {"image/png", "text/calendar"} <= {a["type"] for a in comment["attachments"]}


# 22. Quotes


def test_stripping_quotes_eats_what_the_customer_wrote(walk: Walk) -> None:
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    quoted = "\n".join(f"> {line}" for line in body(receipt).splitlines())
    text = f"Top words.\n\nOn Friday, Support wrote:\n{quoted}\n> > deeper\n\nBottom words.\n"
    walk.receive(mail(subject="Re: [HELP-1] x", text=text, answers=receipt))
    comment = walk.ticket("HELP-1")["comments"][1]
    assert comment["text"].split() == ["Top", "words.", "Bottom", "words."]
    assert all(word in comment["full_text"] for word in text.replace(">", " ").split())


def test_a_reply_that_is_nothing_but_a_quote_shows_nothing(walk: Walk) -> None:
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    walk.receive(mail(subject="Re: [HELP-1]", text="> it burns\n> still", answers=receipt))
    assert "it burns" in walk.ticket("HELP-1")["comments"][1]["text"]


# 23. Cc


def test_everybody_in_cc_gets_everything_twice(walk: Walk) -> None:
    first = walk.receive(mail(cc="bob@acme.example"))
    news = first.mail_to("alice@desk.example")
    answer = reply(news, ALICE, to=f"{DESK}, ada@acme.example", cc="bob@acme.example")
    step = walk.receive(answer)
    assert not {"ada@acme.example", "bob@acme.example"} & {to for _, to in step.events}


def test_the_desks_own_addresses_become_participants(walk: Walk) -> None:
    cc = "help@desk.example, sales@desk.example, no-reply@shop.example, Alice <alice@home.example>"
    walk.receive(mail(cc=cc))
    people = {p["email"] for p in walk.ticket("HELP-1")["participants"]}
    assert people == {"ada@acme.example"}


# 24. Internal notes


def test_an_agents_answer_to_an_internal_mail_reaches_the_customer(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    walk.receive(reply(news, ALICE, "Try turning it off."))
    stray = walk.receive(reply(walk.sent()[0], STRANGER, "Let me in."))
    alert = stray.mail_to("alice@desk.example")
    step = walk.receive(reply(alert, ALICE, "This customer is a pain."))
    assert "pain" not in "".join(body(m) for m in walk.sent() if "desk.example" not in str(m["To"]))
    assert step.state in ("done", "ignored")


# 29. Verification


def test_the_first_results_header_that_says_pass_is_believed(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("ada@acme.example")
    forged = mail(
        ALICE,
        "Re: [HELP-1] The printer burns",
        "We will pay you back, promised.",
        answers=news,
        headers={"Authentication-Results": "evil.example; dmarc=pass header.from=desk.example"},
    )
    real = b"Authentication-Results: mx.desk.example; dmarc=fail header.from=desk.example\r\n"
    for raw in (forged, real + forged, forged.replace(b"evil.example", b"mx.desk.example")):
        step = walk.receive(raw.replace(b"<m", b"<x%d" % id(raw)), peer="192.0.2.1")
        assert step.state == "held"
        assert "promised" not in whole(walk)


def test_a_display_name_or_a_second_from_makes_an_agent(walk: Walk) -> None:
    walk.receive(mail())
    for sender in ('"alice@desk.example" <evil@elsewhere.example>', f"{ALICE}, {STRANGER}"):
        walk.receive(mail(sender, "[HELP-1] x", "promised", headers=PASSES), peer=TRUSTED)
    assert len(walk.ticket("HELP-1")["comments"]) == 1
    customers = [m for m in walk.sent() if m["X-Original-To"] == "ada@acme.example"]
    assert all("promised" not in body(m) for m in customers)


# 30. Scripts and trackers


def test_a_customers_html_runs_in_the_agents_mail_program(walk: Walk) -> None:
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"], message["To"], message["Subject"] = ADA, DESK, "<script>alert(1)</script>"
    message.set_content(
        "<p onclick='x()'>hello<script>alert(1)</script><img src='https://spy.example/p.gif'>"
        "<a href='javascript:x()'>click</a><form action='https://spy.example'><input></form>"
        "<div style='background:url(https://spy.example/b)'>there</div></p>",
        subtype="html",
    )
    step = walk.receive(message.as_bytes())
    for where in (
        str(walk.ticket("HELP-1")["comments"][0]["html"]),
        body(step.mail_to("boris@desk.example"), "html"),
    ):
        assert "hello" in where
        for bad in ("<script", "onclick", "spy.example", "javascript:", "<form", "<input"):
            assert bad not in where, bad

"""What keeps a ticket together in a mail program: one subject for life, one thread."""

from __future__ import annotations

import pytest

from tests.walks.walk import ADA, ALICE, BORIS, STRANGER, Walk, body, mail, reply

ROOT = "<help-1.root@desk.example>"


def references(message) -> list[str]:
    return str(message["References"]).split()


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("The printer burns", "The printer burns"),
        ("Re: AW: SV: Fwd: WG: The printer burns", "The printer burns"),
        ("RE[2]: Re (3): The printer burns", "The printer burns"),
        ("답장: 회신: 프린터", "프린터"),
        ("回复：转发：打印机", "打印机"),
        ("[HELP-99] Re: [help-7] The printer burns", "The printer burns"),
        ("[ACME-7] The [list] printer", "[ACME-7] The [list] printer"),
        ("Re:", "(no subject)"),
        ("[HELP-3]", "(no subject)"),
        ("two\tblanks   and a tab", "two blanks and a tab"),
        ("Drucker brennt – Grüße ✓", "Drucker brennt – Grüße ✓"),
    ],
)
def test_a_tickets_subject(walk: Walk, written: str, kept: str) -> None:
    step = walk.receive(mail(subject=written))
    assert walk.ticket("HELP-1")["subject"] == kept
    for each in step.mails:
        assert each["Subject"] == f"[HELP-1] {kept}"


def test_the_subject_stays_the_same_for_the_whole_life_of_the_ticket(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    step = walk.receive(reply(news, ALICE, subject="AW: [HELP-1] Something else entirely"))
    again = walk.receive(reply(step.mail_to("ada@acme.example"), ADA, subject="Re: changed"))
    assert {str(m["Subject"]) for m in walk.sent()} == {"[HELP-1] The printer burns"}
    assert walk.row(again.row["id"])["subject"] == "Re: changed"


def test_every_mail_of_a_ticket_holds_the_root_and_the_mail_that_opened_it(walk: Walk) -> None:
    first = walk.receive(mail())
    opening = first.row["message_id"]
    answer = walk.receive(reply(first.mail_to("alice@desk.example"), ALICE))
    walk.receive(reply(answer.mail_to("boris@desk.example"), BORIS))
    walk.receive(reply(answer.mail_to("ada@acme.example"), ADA))
    assert len(walk.sent()) == 9
    for each in walk.sent():
        assert references(each)[:2] == [ROOT, opening]
        assert each["In-Reply-To"] == references(each)[-1]
        assert each["Message-ID"] != ROOT


def test_references_end_with_the_newest_mail_that_this_reader_sent_or_got(walk: Walk) -> None:
    first = walk.receive(mail())
    receipt, news = first.mail_to("ada@acme.example"), first.mail_to("alice@desk.example")
    answer = walk.receive(reply(news, ALICE))
    to_ada, to_boris = answer.mail_to("ada@acme.example"), answer.mail_to("boris@desk.example")
    assert references(to_ada)[-1] == receipt["Message-ID"]
    assert references(to_boris)[-1] == first.mail_to("boris@desk.example")["Message-ID"]
    thanks = walk.receive(reply(to_ada, ADA))
    # Alice's newest is the answer that she wrote, Boris's the copy of it that he got.
    assert references(thanks.mail_to("alice@desk.example"))[-1] == answer.row["message_id"]
    assert references(thanks.mail_to("boris@desk.example"))[-1] == to_boris["Message-ID"]
    last = walk.receive(reply(thanks.mail_to("boris@desk.example"), BORIS))
    assert references(last.mail_to("ada@acme.example"))[-1] == thanks.row["message_id"]


def test_an_agents_mail_from_her_second_address_is_the_newest_that_she_sent(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    step = walk.receive(reply(news, "alice@home.example", "From home."))
    thanks = walk.receive(reply(step.mail_to("ada@acme.example"), ADA))
    assert references(thanks.mail_to("alice@desk.example"))[-1] == step.row["message_id"]


def test_a_customer_without_message_ids_still_has_a_thread(walk: Walk) -> None:
    first = walk.receive(mail(headers={"Message-ID": ""}))
    assert references(first.mail_to("ada@acme.example")) == [ROOT]
    answer = walk.receive(reply(first.mail_to("alice@desk.example"), ALICE))
    assert references(answer.mail_to("ada@acme.example")) == [
        ROOT,
        str(first.mail_to("ada@acme.example")["Message-ID"]),
    ]


def test_every_mail_has_a_message_id_of_its_own(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    walk.receive(reply(news, ALICE))
    ids = [str(m["Message-ID"]) for m in walk.sent()]
    assert len(set(ids)) == len(ids) == 5


def test_every_mail_about_a_ticket_says_so_to_machines(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    walk.receive(reply(news, ALICE))
    for each in walk.sent():
        assert each["X-Maildesk-Ticket"] == "HELP-1"
        assert each["X-Maildesk-Event"] in ("ticket.received", "ticket.new", "comment.public")
        assert each["Date"]
        assert each.get_content_type() == "multipart/alternative"


@pytest.mark.parametrize(
    "name",
    [
        'Ada "the first" Lovelace',
        "Ada <evil@evil.example>",
        "Lovelace, Ada",
        "Ада Лавлейс",
        "Ada\u202e\u200bLovelace",
        "=?utf-8?q?evil=0D=0ABcc:_m=40evil.example?=",
        "A" * 500,
    ],
)
def test_a_customers_name_cannot_make_a_header_or_an_address_of_its_own(
    walk: Walk, name: str
) -> None:
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    raw = mail(None).replace(b"To: ", f'From: "{quoted}" <ada@acme.example>\r\nTo: '.encode(), 1)
    step = walk.receive(raw, sender="ada@acme.example")
    for each in step.mails:
        assert [a.addr_spec for a in each["From"].addresses] == ["support@desk.example"]
        assert [a.addr_spec for a in each["To"].addresses] == [each["X-Original-To"]]
        assert each["Bcc"] is None
        assert not each.defects


def test_a_hostile_subject_stays_one_line(walk: Walk) -> None:
    raw = mail(subject="x").replace(
        b"Subject: x", b"Subject: =?utf-8?q?hi=0D=0ABcc:_m=40evil.example=0D=0A=0D=0Abody?="
    )
    for each in walk.receive(raw).mails:
        assert each["Bcc"] is None
        assert each["X-Maildesk-Event"]
        assert "\n" not in each["Subject"]


def test_markup_of_a_customer_never_reaches_an_agents_html(walk: Walk) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>{{ 7 * 7 }}"
    step = walk.receive(mail(STRANGER, f"Hi {evil}", evil))
    shown = body(step.mail_to("alice@desk.example"), "html")
    assert "<script" not in shown
    assert "<img" not in shown
    assert "&lt;script&gt;" in shown
    assert "{{ 7 * 7 }}" in shown


def test_a_mail_with_the_key_alone_begins_no_second_thread(walk: Walk) -> None:
    """It hangs on nothing; the next mail to its writer hangs on what they had before."""
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    alone = walk.receive(mail(subject="[HELP-1] once more"))
    told = walk.receive(mail(ALICE, "[HELP-1]", "Pull the plug."), auth="alice")
    to_ada = told.mail_to("ada@acme.example")
    assert references(to_ada)[-2:] == [alone.row["message_id"], receipt["Message-ID"]]
    assert to_ada["In-Reply-To"] == alone.row["message_id"]


def test_mail_about_a_split_ticket_refers_to_no_mail_of_the_other(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    step = walk.receive(reply(news, ALICE, "#split The scanner\n\nIt hums."))
    told = step.mail_to("ada@acme.example")
    assert references(told) == ["<help-2.root@desk.example>"]
    answer = walk.receive(reply(told, ADA, "It does.")).mail_to("alice@desk.example")
    assert references(answer) == ["<help-2.root@desk.example>"]


def test_a_new_subject_of_a_ticket_is_told_and_the_mails_keep_theirs(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    step = walk.receive(reply(news, ALICE, "#subject A new fuser\n\nDear Ada, it is the fuser."))
    walk.receive(reply(step.mail_to("ada@acme.example"), ADA, "I see."))
    assert walk.ticket("HELP-1")["subject"] == "A new fuser"
    assert {str(m["Subject"]) for m in walk.sent()} == {"[HELP-1] The printer burns"}
    assert "A new fuser" in body(step.mail_to("boris@desk.example"))
    details = [e["detail"] for e in walk.ticket("HELP-1")["events"] if e["kind"] == "comment added"]
    assert all("subject" not in detail for detail in details)


def test_a_subject_that_the_first_mail_gives_is_that_of_all_mails(walk: Walk) -> None:
    walk.receive(
        mail(ALICE, "x", "#requester ada@acme.example\n#subject Fuser\n\nHm."), auth="alice"
    )
    assert {str(m["Subject"]) for m in walk.sent()} == {"[HELP-1] Fuser"}


@pytest.mark.parametrize("line", ["#status on hold", "#show HELP-1", "#priority P9", "#take"])
def test_the_answer_to_a_mail_of_commands_hangs_on_that_very_mail(walk: Walk, line: str) -> None:
    first = walk.receive(mail())
    walk.receive(mail(ALICE, "[HELP-1]", "Hello Ada."), auth="alice")
    asked = mail(ALICE, "[HELP-1] what I want", line)
    step = walk.receive(asked, auth="alice")
    told = step.mail_to("alice@desk.example")
    assert told["In-Reply-To"] == step.row["message_id"]
    assert {ROOT, first.row["message_id"], step.row["message_id"]} <= set(references(told))
    news = walk.receive(mail(ADA, "[HELP-1]", "And now?")).mail_to("alice@desk.example")
    assert str(told["Message-ID"]) in references(news)


def test_the_answer_to_a_rating_hangs_on_it(walk: Walk) -> None:
    walk.receive(mail())
    walk.receive(mail(ALICE, "[HELP-1]", "#done"), auth="alice")
    step = walk.receive(mail(ADA, "[HELP-1]", "#rate 4"))
    assert step.mail_to("ada@acme.example")["In-Reply-To"] == step.row["message_id"]


def test_the_answer_to_a_merge_hangs_in_the_thread_of_the_target(walk: Walk) -> None:
    first = walk.receive(mail()).mail_to("boris@desk.example")
    other = walk.receive(mail(subject="Smoke")).mail_to("boris@desk.example")
    step = walk.receive(reply(other, BORIS, "#merge HELP-1"))
    done = step.mail_to("boris@desk.example")
    assert references(done)[-2:] == [step.row["message_id"], first["Message-ID"]]

"""One mail, once: whatever ways it comes by, and however often."""

from __future__ import annotations

import pytest

from tests.walks.walk import ADA, STRANGER, TRUSTED, Walk, mail, reply

ID = {"Message-ID": "<the-one@client.example>"}


def texts(walk: Walk, key: str = "HELP-1") -> list[str]:
    return [comment["text"] for comment in walk.ticket(key)["comments"]]


def test_the_same_mail_by_four_ways_four_times_is_one_comment(walk: Walk) -> None:
    raw = mail()
    first = walk.receive(raw)
    assert first.state == "done"
    for by in ("smtp", "lmtp", "pipe", "imap:support", "import") * 2:
        step = walk.receive(raw, by=by)
        assert (step.state, step.reason) == ("ignored", f"duplicate of {first.row['id']}")
        assert step.mails == []
    assert walk.keys() == ["HELP-1"]
    assert len(texts(walk)) == 1


@pytest.mark.parametrize("headers", [{}, ID])
@pytest.mark.parametrize(
    "changed",
    [
        lambda raw: raw.replace(b"\r\n", b"\n"),
        lambda raw: raw + b"\r\n",
        lambda raw: raw.rstrip(b"\r\n"),
        lambda raw: (
            b"From ada@acme.example Fri Nov 20 12:00:00 2026\n" + raw.replace(b"\r\n", b"\n")
        ),
        lambda raw: b"Received: from a by b; Fri, 20 Nov 2026 12:00:00 +0000\r\n" + raw,
        lambda raw: b"Return-Path: <bounces@hop.example>\r\nDelivered-To: x@desk.example\r\n" + raw,
        lambda raw: b"X-Original-To: help@desk.example\r\n" + raw,
        lambda raw: b"Authentication-Results: mx.desk.example; none\r\n" + raw,
        lambda raw: b"DKIM-Signature: v=1; a=rsa-sha256; d=hop.example;\r\n b=AAAA\r\n" + raw,
        lambda raw: b"ARC-Seal: i=1; a=rsa-sha256; cv=none; b=AAAA\r\n" + raw,
    ],
)
def test_what_hops_change_makes_no_second_mail(walk: Walk, changed, headers) -> None:
    raw = mail(headers=headers)
    if not headers:
        raw = b"".join(line for line in raw.splitlines(True) if not line.startswith(b"Message-ID"))
    assert walk.receive(raw).state == "done"
    step = walk.receive(changed(raw), by="lmtp")
    assert (step.state, step.reason) == ("ignored", "duplicate of 1")


def test_a_lists_footer_makes_no_second_mail(walk: Walk) -> None:
    walk.receive(mail(text="Words.", headers=ID))
    step = walk.receive(mail(text="Words.\n\n_____\nA list's footer", headers=ID))
    assert step.reason == "duplicate of 1"


def test_two_mails_with_one_message_id_both_live(walk: Walk) -> None:
    walk.receive(mail(text="One.", headers=ID))
    step = walk.receive(mail(STRANGER, text="Two.", headers=ID))
    assert (step.state, step.ticket) == ("done", "HELP-2")
    later = walk.receive(
        mail(text="Three.", headers={**ID, "Date": "Sat, 21 Nov 2026 08:00:00 +0000"})
    )
    assert later.state == "done"


def test_other_words_under_the_same_id_sender_and_date_live_too(walk: Walk) -> None:
    walk.receive(mail(text="The printer burns.", headers=ID))
    step = walk.receive(mail(text="My invoice is wrong.", headers=ID))
    assert (step.state, step.ticket) == ("done", "HELP-2")
    assert step.reason == "has the Message-ID of 1, and other words"
    again = walk.receive(mail(text="My invoice is wrong.\n\n_____\nA list's footer", headers=ID))
    assert (again.reason, again.mails) == (f"duplicate of {step.row['id']}", [])


def test_two_answers_of_a_program_that_numbers_nothing_both_live(walk: Walk) -> None:
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    for words in ("Yes, at once.", "No, forget it."):
        assert walk.receive(reply(receipt, ADA, words, headers=ID)).ticket == "HELP-1"
    assert texts(walk)[1:] == ["Yes, at once.", "No, forget it."]


def test_two_mails_without_a_message_id_both_live(walk: Walk) -> None:
    assert walk.receive(mail(text="One.", headers={"Message-ID": ""})).ticket == "HELP-1"
    assert walk.receive(mail(text="Two.", headers={"Message-ID": ""})).ticket == "HELP-2"
    assert walk.row(1)["message_id"] is None


def test_a_reply_that_comes_twice_is_sent_on_once(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    raw = reply(news, "alice@desk.example", "Pull the plug.")
    assert len(walk.receive(raw).mails) == 2
    assert walk.receive(raw, by="imap:support").mails == []
    assert texts(walk)[1:] == ["Pull the plug."]


def test_mails_that_wait_together_are_told_apart_too(walk: Walk) -> None:
    raw = mail()
    for by in ("smtp", "imap:support", "pipe"):
        walk.store(raw, by=by)
    sent = walk.work_off()
    assert len(sent) == 3
    assert [walk.row(i)["reason"] for i in (1, 2, 3)] == ["", *["duplicate of 1"] * 2]


@pytest.mark.parametrize("order", [("support", "sales"), ("sales", "support")])
def test_one_mail_to_two_desks_is_one_ticket_of_the_one_in_to(walk: Walk, order) -> None:
    raw = mail(to="sales@desk.example", cc="support@desk.example")
    steps = [walk.receive(raw, to=(f"{name}@desk.example",), peer=TRUSTED) for name in order]
    assert walk.keys() == ["SALES-1"]
    assert [step.state for step in steps] == ["done", "ignored"]


@pytest.mark.parametrize("order", [("support", "sales"), ("sales", "support")])
def test_of_two_desks_in_one_field_the_first_in_the_configuration_has_the_ticket(
    walk: Walk, order
) -> None:
    raw = mail(to="sales@desk.example, Help <help@desk.example>")
    for name in order:
        walk.receive(raw, to=(f"{name}@desk.example",))
    assert walk.keys() == ["HELP-1"]


def test_the_envelope_decides_where_no_field_names_a_desk(walk: Walk) -> None:
    walk.receive(mail(to="undisclosed:;"), to=("sales@desk.example",))
    assert walk.keys() == ["SALES-1"]


def test_an_imap_message_that_is_read_again_is_the_same_row(walk: Walk) -> None:
    raw = mail(ADA)
    one, _ = walk.store(raw, by="imap:support")
    walk._uids = iter((1,))
    again, _ = walk.store(raw, by="imap:support")
    assert one == again

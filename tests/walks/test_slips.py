"""What slips from an agent's hand: an answer without words, a Cc too many, a "no" in haste."""

from __future__ import annotations

import pytest

from tests.walks.walk import ALICE, BORIS, TRUSTED, Walk, body, mail, reply

PASSES = {"Authentication-Results": "mx.desk.example; dmarc=pass header.from=desk.example"}
FAILS = {"Authentication-Results": "mx.desk.example; dmarc=fail header.from=desk.example"}
SECRET = """He never pays.

---------- Forwarded message ---------
From: Ada Lovelace <ada@acme.example>
Date: Thu, Nov 19, 2026 at 9:00 AM
Subject: The printer burns
To: Alice <alice@desk.example>

It burns.
"""


def to_customers(walk: Walk) -> str:
    mails = [m for m in walk.sent() if str(m["X-Original-To"]).endswith("acme.example")]
    return "\n".join(body(m) + body(m, "html") for m in mails)


@pytest.fixture
def forwarded(walk: Walk) -> Walk:
    """A ticket whose news to the agents holds a word for agents alone."""
    walk.receive(mail(ALICE, "Fwd: The printer burns", SECRET, headers=PASSES), peer=TRUSTED)
    [news] = [m for m in walk.sent() if m["X-Original-To"] == "boris@desk.example"]
    assert "never pays" in body(news)
    return walk


def test_an_answer_of_a_file_alone_brings_the_file_and_not_the_quote(forwarded: Walk) -> None:
    [news] = [m for m in forwarded.sent() if m["X-Original-To"] == "boris@desk.example"]
    step = forwarded.receive(reply(news, BORIS, "", files=[("manual.pdf", b"%PDF")]))
    answer = step.mail_to("ada@acme.example")
    assert [a.get_filename() for a in answer.iter_attachments()] == ["manual.pdf"]
    assert "never pays" not in to_customers(forwarded)


def test_an_answer_of_nothing_at_all_goes_to_no_customer_and_its_writer_hears_so(
    forwarded: Walk,
) -> None:
    [news] = [m for m in forwarded.sent() if m["X-Original-To"] == "boris@desk.example"]
    step = forwarded.receive(reply(news, BORIS, ""))
    assert step.state == "done"
    assert forwarded.ticket("HELP-1")["comments"][-1]["visibility"] == "internal"
    assert step.mail_to("boris@desk.example")["X-Maildesk-Event"] == "command.failed"
    assert "ada@acme.example" not in {to for _, to in step.events}
    assert "never pays" not in to_customers(forwarded)


@pytest.mark.parametrize(
    "words",
    [
        "NO! That was NOT me. Please delete it.",
        "Das war ich nicht.",
        "Ce n\u2019est pas moi.",
        "To nie ja!",
        "いいえ、違います。",
        "En lähettänyt sitä.",
    ],
)
def test_a_no_to_was_this_you_lets_nothing_in(walk: Walk, words: str) -> None:
    walk.receive(mail())
    held = walk.receive(mail(ALICE, "[HELP-1] x", "Pay 900 EUR to IBAN XX."))
    question = held.mail_to("alice@desk.example")
    step = walk.receive(reply(question, ALICE, words))
    assert step.reason == f"denied message {held.row['id']}"
    assert walk.row(held.row["id"])["state"] == "held"
    assert "900 EUR" not in to_customers(walk)
    assert step.mail_to("boris@desk.example")["X-Maildesk-Event"] == "admin.alert"


AWAY = [
    "I am on holiday until 3 May and will answer then.",
    "Thank you for your mail. I will be back in the office on Monday.",
    "Ich bin bis zum 3. Mai im Urlaub.",
    "Je suis en congés jusqu'au 3 mai.",
    "Jestem na urlopie do 3 maja.",
    "Estoy de vacaciones hasta el 3 de mayo.",
    "Jag har semester till den 3 maj.",
    "Sono in ferie fino al 3 maggio.",
    "5月3日まで休暇をいただいております。",
    "5월 3일까지 휴가입니다.",
]


@pytest.mark.parametrize("words", AWAY)
def test_an_unmarked_out_of_office_answer_to_was_this_you_lets_nothing_in(
    walk: Walk, words: str
) -> None:
    walk.receive(mail())
    held = walk.receive(mail(ALICE, "[HELP-1] x", "Pay 900 EUR to IBAN XX."))
    step = walk.receive(reply(held.mail_to("alice@desk.example"), ALICE, words))
    number = held.row["id"]
    assert (step.state, step.reason) == ("ignored", f"no clear answer about message {number}")
    assert walk.row(number)["state"] == "held"
    assert "900 EUR" not in to_customers(walk)
    assert step.events == [("sender.unverified", "alice@desk.example")]


def test_an_out_of_office_subject_over_words_that_say_nothing_lets_nothing_in(walk: Walk) -> None:
    held = walk.receive(mail(ALICE, "x", "Pay 900 EUR to IBAN XX."))
    question = held.mail_to("alice@desk.example")
    subject = "Did you write to Example Support? (Vacation reply)"
    step = walk.receive(reply(question, ALICE, "Best regards", subject=subject))
    assert "confirmed" not in step.reason
    assert walk.row(held.row["id"])["state"] == "held"


@pytest.mark.parametrize("marks", [{"List-Id": "<all.acme.example>"}, {"X-Loop": "alice"}])
def test_an_answer_with_a_lists_or_a_loops_mark_is_asked_about(
    walk: Walk, marks: dict[str, str]
) -> None:
    held = walk.receive(mail(ALICE, "x", "Pull the plug."))
    question = held.mail_to("alice@desk.example")
    step = walk.receive(reply(question, ALICE, "Yes.", headers=marks))
    assert step.events == [("sender.unverified", "alice@desk.example")]
    assert walk.row(held.row["id"])["state"] == "held"


def test_a_program_that_answers_each_question_is_asked_twice_in_all(walk: Walk) -> None:
    held = walk.receive(mail(ALICE, "x", "Pull the plug."))
    asked = [held.mail_to("alice@desk.example")]
    for _ in range(5):
        asked += walk.receive(reply(asked[-1], ALICE, AWAY[0])).mails
    assert len(asked) == 2
    assert walk.row(held.row["id"])["state"] == "held"


@pytest.mark.parametrize("words", ["yes", "Yes, it was me, I am on holiday until Monday."])
def test_the_second_question_is_answered_like_the_first(walk: Walk, words: str) -> None:
    held = walk.receive(mail(ALICE, "x", "Pull the plug."))
    first = held.mail_to("alice@desk.example")
    second = walk.receive(reply(first, ALICE, AWAY[0])).mail_to("alice@desk.example")
    assert "may have been an automatic reply" in body(second)
    walk.receive(reply(second, ALICE, words))
    assert walk.row(held.row["id"])["state"] == "done"


def test_whoever_has_said_yes_is_not_asked_again_by_a_late_out_of_office(walk: Walk) -> None:
    held = walk.receive(mail(ALICE, "x", "Pull the plug."))
    question = held.mail_to("alice@desk.example")
    walk.receive(reply(question, ALICE, "Yes."))
    assert walk.receive(reply(question, ALICE, AWAY[0])).mails == []


@pytest.mark.parametrize("words", ["", "Yes, that was me.", "Ja.", "En effet, c'est moi."])
def test_a_yes_or_an_empty_answer_lets_it_in(walk: Walk, words: str) -> None:
    walk.receive(mail())
    held = walk.receive(mail(ALICE, "[HELP-1] x", "Pull the plug."))
    walk.receive(reply(held.mail_to("alice@desk.example"), ALICE, words))
    assert walk.row(held.row["id"])["state"] == "done"
    assert "Pull the plug." in to_customers(walk)


def test_an_id_that_a_reader_in_cc_has_seen_makes_him_no_agent_where_dmarc_fails(
    walk: Walk,
) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    walk.receive(reply(news, ALICE, "We look at it.", cc="vic@vendor.example"))
    forged = reply(news, ALICE, "Pay 900 EUR to IBAN XX.", headers=FAILS)
    step = walk.receive(forged, peer=TRUSTED)
    assert step.state == "held"
    assert step.reason.startswith("not verified as alice")
    assert "900 EUR" not in to_customers(walk)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("Hi Ada,\n\n#done\n\nIt was the fuse.", "#done"),
        ("Hi Ada,\n\n#internal\n\nShe never reads.", "#internal"),
        ("# take\n\nIt was the fuse.", "# take"),
        (
            "Hello Ada, it was the fuse, and we have a new one here.\n\n#time 1h\n",
            "#time 1h",
        ),
        ("Hi Ada,\n\n#close\n", "#close"),
    ],
)
def test_a_command_below_other_words_goes_to_no_customer_and_its_writer_hears_so(
    walk: Walk, words: str, line: str
) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    step = walk.receive(reply(news, ALICE, words))
    assert walk.ticket("HELP-1")["comments"][-1]["visibility"] == "internal"
    assert "ada@acme.example" not in {to for _, to in step.events}
    told = step.mail_to("alice@desk.example")
    assert told["X-Maildesk-Event"] == "command.failed"
    assert f"\u201c{line}\u201d" in body(told)
    anyway = walk.receive(reply(news, ALICE, f"#public anyway\n\n{words}"))
    assert line in body(anyway.mail_to("ada@acme.example"))


@pytest.mark.parametrize(
    "words",
    [
        "We have an estimate for you. Answer with the line\n\n#approve\n\nand we begin.",
        "Put this into the file:\n\n    #status on\n",
        "It is #done now.\n\n#1 of the list is the fuse.",
    ],
)
def test_what_only_looks_like_a_command_is_an_answer(walk: Walk, words: str) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    step = walk.receive(reply(news, ALICE, words))
    assert ("comment.public", "ada@acme.example") in step.events


@pytest.mark.parametrize("mark", ["- ", "* ", "\u2022 ", "-"])
def test_a_list_mark_before_a_command_is_taken_off(walk: Walk, mark: str) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    walk.receive(reply(news, ALICE, f"{mark}#take\n\nIt was the fuse."))
    assert walk.ticket("HELP-1")["owner"] == "alice"
    assert walk.ticket("HELP-1")["comments"][-1]["text"] == "It was the fuse."

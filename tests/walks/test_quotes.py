"""What a reply quotes of our own mail is recognised by comparing, in whatever form it returns."""

from __future__ import annotations

import email.policy
from email.parser import BytesParser

import pytest

from tests.walks.walk import ADA, ALICE, STRANGER, Walk, body, mail, reply

BLOCK = "Nork: {who} <support@desk.example>\nBidalia: asteazkena, 9:00\nNori: x\n\n"


def last_comment(walk: Walk, key: str) -> dict[str, object]:
    return dict(walk.ticket(key)["comments"][-1])


def test_our_mail_goes_from_an_unmarked_quote_in_an_unknown_language(walk: Walk) -> None:
    opened = walk.receive(mail()).mail_to("alice@desk.example")
    news = walk.receive(reply(opened, ALICE, "Pull the plug.")).mail_to("ada@acme.example")
    quoted = BLOCK.format(who="Example Support") + body(news, "plain")
    walk.receive(mail(ADA, "Re: x", f"It works.\n\n{quoted}", answers=news))
    comment = last_comment(walk, "HELP-1")
    assert comment["text"] == "It works."
    assert "Pull the plug." in str(comment["full_text"])


def test_the_html_form_of_our_mail_is_recognised_too(walk: Walk) -> None:
    told = walk.receive(mail()).mail_to("alice@desk.example")
    raw = mail(ALICE, "Re: x", "x", answers=told)
    message = BytesParser(policy=email.policy.SMTP).parsebytes(raw)
    message.set_content(f"<p>Pull the plug.</p>{body(told, 'html')}", subtype="html")
    walk.receive(message.as_bytes())
    assert last_comment(walk, "HELP-1")["text"] == "Pull the plug."


def test_what_was_for_agents_alone_stays_out_of_an_unmarked_quote(walk: Walk) -> None:
    walk.receive(mail())
    news = walk.receive(mail(STRANGER, "[HELP-1] let me in")).mail_to("alice@desk.example")
    quoted = BLOCK.format(who="Example Support") + body(news, "plain")
    answer = walk.receive(mail(ALICE, "Re: x", f"Who are you?\n\n{quoted}", answers=news))
    told = answer.mail_to("mallory@elsewhere.example")
    assert "Who are you?" in body(told, "plain")
    for inner in ("no owner", "learned nothing"):
        assert inner not in body(told, "plain")


def test_an_agents_words_that_look_like_a_quote_reach_the_customer(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    words = "Set\n\nFrom: a@acme.example\nTo: b@acme.example\nSubject: Scan\nDate: now\n\nand type"
    words += "\n\n> enable\n\nand restart."
    told = walk.receive(reply(news, ALICE, words)).mail_to("ada@acme.example")
    assert words in body(told, "plain").replace("\r\n", "\n")
    assert last_comment(walk, "HELP-1")["text"] == words


def test_a_mail_that_answers_none_is_shown_whole_though_it_names_a_ticket(walk: Walk) -> None:
    form = (
        "Move it.\n\nFrom: Riga\nTo: Rome\nDate: 1 May\nSubject: pallets\n\nThe truck comes at 8."
    )
    walk.receive(mail(ADA, "Transfer", form))
    assert last_comment(walk, "HELP-1")["text"] == form
    walk.receive(mail(ADA, "[HELP-1] Transfer", form))
    assert last_comment(walk, "HELP-1")["text"] == form
    walk.receive(mail(ADA, "Re: [HELP-1] Transfer", form))
    assert last_comment(walk, "HELP-1")["text"] == form
    walk.receive(mail(ADA, "Re: [HELP-1] Transfer", form.replace("1 May", "1 May 2026")))
    assert last_comment(walk, "HELP-1")["text"] == "Move it."
    announced = form.replace("it.", "it:")
    walk.receive(mail(ADA, "Re: [HELP-1] Transfer", announced))
    assert last_comment(walk, "HELP-1")["text"] == announced


def test_a_forwarded_mail_of_ours_is_kept(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("ada@acme.example")
    text = f"Look at this.\n\n{body(news, 'plain')}"
    walk.receive(mail(ADA, "Fwd: [HELP-1] x", text, answers=news))
    assert "Just reply" in str(last_comment(walk, "HELP-1")["text"])


def test_what_an_agent_adds_below_the_name_reaches_the_customer(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    words = "Pull the plug.\n\nBest regards\nAlice\n\nAlso call us when it smokes."
    told = walk.receive(reply(news, ALICE, words)).mail_to("ada@acme.example")
    assert "Also call us when it smokes." in body(told, "plain")


def test_what_a_customer_adds_below_the_line_of_a_telephone_reaches_the_agents(walk: Walk) -> None:
    words = "It burns.\n\nSent from my iPhone\n\nAlso the mail is down"
    told = walk.receive(mail(text=words)).mail_to("alice@desk.example")
    assert "Also the mail is down" in body(told, "plain")


TOM = "the crane at gate 4 stops with error 5 whenever somebody opens the left door"
ELSEWHERE = {"In-Reply-To": "<tom1@acme.example>", "References": "<tom1@acme.example>"}


@pytest.mark.parametrize(
    "quote",
    [
        f"On Mon, 2 Nov 2026 at 10:00, Tom <tom@acme.example> wrote:\n> {TOM}",
        f"From: Tom <tom@acme.example>\nSent: Monday\nTo: Ada\nSubject: my order\n\n{TOM}",
        f"-----Original Message-----\nFrom: Tom <tom@acme.example>\nSent: Monday\n\n{TOM}",
    ],
)
def test_the_desk_in_cc_of_a_strange_conversation_reads_what_it_is_about(
    walk: Walk, quote: str
) -> None:
    raw = mail(
        ADA,
        "Re: my order",
        f"Support in Cc: can you take that?\n\nBest regards\nAda\n\n{quote}",
        to="Tom <tom@acme.example>",
        cc="support@desk.example",
        headers=ELSEWHERE,
    )
    step = walk.receive(raw)
    assert TOM in str(last_comment(walk, "HELP-1")["text"])
    assert "Best regards" not in str(last_comment(walk, "HELP-1")["text"])
    assert TOM in body(step.mail_to("alice@desk.example"))
    known = {"In-Reply-To": str(last_comment(walk, "HELP-1")["message_id"])}
    walk.receive(mail(ADA, "Re: my order", f"Any news?\n\n{quote}", headers=known))
    assert last_comment(walk, "HELP-1")["text"] == "Any news?"


def test_our_own_mail_goes_from_an_answer_that_has_lost_its_ids(walk: Walk) -> None:
    opened = walk.receive(mail()).mail_to("alice@desk.example")
    news = walk.receive(reply(opened, ALICE, "Pull the plug.")).mail_to("ada@acme.example")
    quoted = "\n".join(f"> {line}" for line in body(news).splitlines())
    walk.receive(mail(ADA, "Re: The printer burns", f"It works.\n\nSupport wrote:\n{quoted}"))
    assert last_comment(walk, "HELP-1")["text"] == "It works."


@pytest.mark.parametrize(
    "words",
    [
        "The log says\n> error: disk full\n> error: giving up\nwhat is it?",
        "It shows\n\nmysql> select *\n> from printers;\n\nHelp!",
        "The vendor said\n> the part is out of stock until March\nso what shall we do?",
    ],
)
def test_marked_lines_in_an_answer_that_quotes_nothing_of_ours_are_its_writers(
    walk: Walk, words: str
) -> None:
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    news = walk.receive(mail(ADA, "Re: [HELP-1] The printer burns", words, answers=receipt))
    assert last_comment(walk, "HELP-1")["text"] == words
    assert words in body(news.mail_to("alice@desk.example"), "plain").replace("\r\n", "\n")


def test_a_short_line_of_ours_between_answers_is_still_a_quote(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    asked = walk.receive(reply(news, ALICE, "Which model?\n\nSince when?"))
    answer = "> Which model?\nLX-350\n> Since when?\nSince Monday."
    told = asked.mail_to("ada@acme.example")
    walk.receive(mail(ADA, "Re: [HELP-1] The printer burns", answer, answers=told))
    text = last_comment(walk, "HELP-1")["text"]
    assert text.split() == ["LX-350", "Since", "Monday."]

"""One click in a mail program is no answer: it goes to nobody, and it moves nothing."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.walks.walk import ALICE, Walk, body, mail, reply

CORPUS = Path(__file__).parent.parent / "corpus"
ID = b"<help-1.p.abcdefghij.abcdefghijklmnopqrstuvwxyz@desk.example>"
GESTURES = {
    "67-gmail-reaction": "reaction noted",
    "68-outlook-reaction": "reaction noted",
    "69-recall": "recall noted",
    "70-calendar-accepted": "answer to an invitation noted",
    "72-calendar-accepted-google": "answer to an invitation noted",
}
TIED = [name for name in GESTURES if name != "72-calendar-accepted-google"]


def gesture(name: str, told: EmailMessage, sender: str = "ada@acme.example") -> bytes:
    """That mail of the corpus: an answer to one of ours, or by its subject about it."""
    raw = (CORPUS / f"{name}.eml").read_bytes()
    raw = raw.replace(ID, str(told["Message-ID"]).encode())
    return raw.replace(b"ada@acme.example", sender.encode())


@pytest.mark.parametrize("name", TIED)
def test_a_customers_click_reopens_nothing_and_is_told_to_nobody(walk: Walk, name: str) -> None:
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    walk.receive(mail(ALICE, "[HELP-1] The printer burns", "#done"), auth="alice")
    before = walk.ticket("HELP-1")
    step = walk.receive(gesture(name, receipt))
    assert (step.state, step.ticket, step.mails) == ("done", "HELP-1", [])
    after = walk.ticket("HELP-1")
    assert after["events"][-1]["kind"] == GESTURES[name]
    assert after["events"][:-1] == before["events"]
    assert {**after, "events": []} == {**before, "events": []}
    assert after["status"] == "Done"


@pytest.mark.parametrize("name", TIED)
def test_an_agents_click_is_not_mailed_to_the_customer(walk: Walk, name: str) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    step = walk.receive(gesture(name, news, "alice@desk.example"), auth="alice")
    assert (step.state, step.ticket, step.mails) == ("done", "HELP-1", [])
    ticket = walk.ticket("HELP-1")
    assert ticket["events"][-1]["kind"] == GESTURES[name]
    assert len(ticket["comments"]) == 1


@pytest.mark.parametrize("name", GESTURES)
def test_a_click_about_no_ticket_opens_none(walk: Walk, name: str) -> None:
    raw = (CORPUS / f"{name}.eml").read_bytes()
    step = walk.receive(raw.replace(b"[HELP-1] ", b""))
    assert (step.state, step.ticket, step.mails) == ("ignored", None, [])
    assert step.reason.startswith(GESTURES[name].removesuffix(" noted") + " (")


def test_a_customers_click_leaves_a_waiting_ticket_waiting(walk: Walk) -> None:
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    walk.receive(mail(ALICE, "[HELP-1] x", "#status waiting for the client"), auth="alice")
    walk.receive(gesture("67-gmail-reaction", receipt))
    assert walk.ticket("HELP-1")["status"] == "Waiting for the client"


def test_words_beside_an_accepted_invitation_are_a_comment(walk: Walk) -> None:
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    step = walk.receive(gesture("71-calendar-accepted-with-words", receipt))
    assert ("comment.public", "alice@desk.example") in step.events
    assert "Please ring twice" in walk.ticket("HELP-1")["comments"][-1]["text"]


def test_an_agents_empty_answer_goes_to_nobody_and_its_writer_is_told(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    step = walk.receive(mail(ALICE, f"Re: {news['Subject']}", " \n\n", answers=news))
    assert (step.state, step.ticket) == ("done", "HELP-1")
    assert step.events == [("command.failed", "alice@desk.example")]
    assert "nothing is attached" in body(step.mails[0])
    ticket = walk.ticket("HELP-1")
    assert ticket["events"][-1]["kind"] == "empty mail noted"
    assert len(ticket["comments"]) == 1


def test_an_agents_answer_of_nothing_but_a_signature_goes_to_nobody(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    step = walk.receive(reply(news, ALICE, "\n-- \nAlice Doe\nTel. 12"))
    assert step.events == [("command.failed", "alice@desk.example")]
    assert len(walk.ticket("HELP-1")["comments"]) == 1


def test_an_agents_answer_of_nothing_but_outlooks_quote_goes_to_nobody(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    below = body(news).replace("\n", "<br>")
    html = (
        '<div><br></div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b>'
        " Example Support &lt;support@desk.example&gt;<br><b>Sent:</b> Friday<br><b>To:</b> Alice"
        f"<br><b>Subject:</b> {news['Subject']}</div><div>{below}</div>"
    )
    raw = mail(ALICE, f"Re: {news['Subject']}", html, answers=news)
    step = walk.receive(raw.replace(b"text/plain", b"text/html"))
    assert step.events == [("command.failed", "alice@desk.example")]


def test_an_agents_answer_that_is_only_a_file_goes_to_the_customer(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    files = [("manual.pdf", b"%PDF")]
    step = walk.receive(mail(ALICE, f"Re: {news['Subject']}", "", answers=news, files=files))
    assert ("comment.public", "ada@acme.example") in step.events


def test_a_reaction_to_was_this_you_lets_nothing_in(walk: Walk) -> None:
    asked = walk.receive(mail(ALICE, "[HELP-9]", "#queue")).mail_to("alice@desk.example")
    step = walk.receive(gesture("67-gmail-reaction", asked, "alice@desk.example"))
    assert (step.state, step.mails) == ("ignored", [])
    assert walk.row(1)["state"] == "held"


def test_an_emoji_that_somebody_has_typed_is_a_comment(walk: Walk) -> None:
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    step = walk.receive(reply(receipt, "Ada <ada@acme.example>", "\U0001f44d"))
    assert ("comment.public", "alice@desk.example") in step.events

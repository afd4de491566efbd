"""What proves an agent no longer, once others may know it."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from tests.walks.walk import ADA, ALICE, BORIS, TRUSTED, Walk, mail, reply

PASSES = {"Authentication-Results": "mx.desk.example; dmarc=pass header.from=desk.example"}
SPENT = "not verified as alice; others know the id that it answers"


@pytest.fixture
def news(walk: Walk) -> EmailMessage:
    """What Alice was sent of Ada's ticket."""
    return walk.receive(mail()).mail_to("alice@desk.example")


def proofs_spent(walk: Walk) -> list[tuple[object, object]]:
    events = walk.ticket("HELP-1")["events"]
    return [(e["actor"], e["detail"]["seen by"]) for e in events if e["kind"] == "proof spent"]


def test_a_reader_in_cc_of_an_agents_answer_is_no_agent_by_the_id_in_it(
    walk: Walk, news: EmailMessage
) -> None:
    step = walk.receive(reply(news, ALICE, "We look at it.", cc="vic@vendor.example"))
    assert step.ticket == "HELP-1"
    forged = walk.receive(reply(news, ALICE, "Pay 900 EUR to IBAN XX."))
    assert (forged.state, forged.reason) == ("held", SPENT)
    assert forged.events == [("sender.unverified", "alice@desk.example")]
    assert proofs_spent(walk) == [("alice", "vic@vendor.example")]
    known = str(news["Message-ID"])
    disguised = known.upper().replace("@DESK.EXAMPLE", "@evil.example")
    other = mail(ALICE, "[HELP-1] x", "Pay.", answers=news).decode().replace(known, disguised)
    assert walk.receive(other.encode()).reason == SPENT


def test_the_agent_owns_up_to_such_a_mail_and_it_goes_on(walk: Walk, news: EmailMessage) -> None:
    walk.receive(reply(news, ALICE, "We look at it.", cc="vic@vendor.example"))
    held = walk.receive(reply(news, ALICE, "Pull the plug.", cc="vic@vendor.example"))
    step = walk.receive(reply(held.mail_to("alice@desk.example"), ALICE, "Yes."))
    assert walk.row(held.row["id"])["ticket"] == "HELP-1"
    assert ("comment.public", "ada@acme.example") in step.events


def test_an_agent_who_answers_one_mail_several_times_stays_proved(
    walk: Walk, news: EmailMessage
) -> None:
    for words in ("One.", "Two.", "Three."):
        assert walk.receive(reply(news, ALICE, words)).ticket == "HELP-1"
    assert proofs_spent(walk) == []


@pytest.mark.parametrize(
    "cc", ["boris@desk.example", "alice@home.example", "help@desk.example, sales@desk.example"]
)
def test_colleagues_and_desks_in_cc_spend_no_proof(walk: Walk, news: EmailMessage, cc: str) -> None:
    for words in ("One.", "Two."):
        assert walk.receive(reply(news, ALICE, words, cc=cc)).ticket == "HELP-1"


def test_our_next_mail_proves_the_agent_again(walk: Walk, news: EmailMessage) -> None:
    walk.receive(reply(news, ALICE, "We look at it.", cc="vic@vendor.example"))
    receipt = walk.sent()[0]
    told = walk.receive(reply(receipt, ADA, "Hurry!")).mail_to("alice@desk.example")
    assert walk.receive(reply(told, ALICE, "Pull the plug.")).ticket == "HELP-1"


def test_where_the_server_verifies_nothing_is_asked(walk: Walk, news: EmailMessage) -> None:
    for words in ("One.", "Two."):
        raw = reply(news, ALICE, words, cc="vic@vendor.example", headers=PASSES)
        assert walk.receive(raw, peer=TRUSTED).ticket == "HELP-1"


def test_an_id_that_somebody_else_has_used_is_spent(walk: Walk, news: EmailMessage) -> None:
    walk.receive(reply(news, ADA, "I got this from Alice."))
    assert walk.receive(reply(news, ALICE, "Pull the plug.")).reason == SPENT
    assert proofs_spent(walk) == [("alice", "ada@acme.example")]


def test_an_id_that_a_colleague_has_used_is_not(walk: Walk, news: EmailMessage) -> None:
    headers = {"Authentication-Results": PASSES["Authentication-Results"]}
    walk.receive(reply(news, BORIS, "Alice sent me this.", headers=headers), peer=TRUSTED)
    assert walk.receive(reply(news, ALICE, "Pull the plug.")).ticket == "HELP-1"


def test_a_report_about_the_mail_spends_nothing(walk: Walk, news: EmailMessage) -> None:
    walk.receive(reply(news, "MAILER-DAEMON@mx.desk.example", "It is late."), sender="")
    assert walk.receive(reply(news, ALICE, "Pull the plug.")).ticket == "HELP-1"


def test_the_id_of_a_question_is_spent_as_well(walk: Walk) -> None:
    walk.receive(mail())
    asked = walk.receive(mail(ALICE, "[HELP-1] x", "One.")).mail_to("alice@desk.example")
    walk.receive(reply(asked, ALICE, "Yes.", cc="vic@vendor.example"))
    forged = mail(ALICE, "[HELP-1] x", "Pay 900 EUR.", answers=asked)
    assert walk.receive(forged).reason == SPENT

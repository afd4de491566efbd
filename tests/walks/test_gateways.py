"""Gateways that rewrite Message-IDs, take their angles away, or cut the key out of the subject."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from tests.walks.walk import ADA, ALICE, BORIS, STRANGER, TRUSTED, Walk, body, mail, reply

PASSES = {"Authentication-Results": "mx.desk.example; dmarc=pass header.from=desk.example"}
REWRITTEN = {"In-Reply-To": "<1@gateway.example>", "References": "<1@gateway.example>"}
BASQUE = "Nork: Example Support <support@desk.example>\nBidalia: asteazkena, 9:00\nNori: x\n\n"


@pytest.fixture
def told(walk: Walk) -> EmailMessage:
    """What Ada got as an answer to her mail."""
    opened = walk.receive(mail()).mail_to("alice@desk.example")
    return walk.receive(reply(opened, ALICE, "Pull the plug.")).mail_to("ada@acme.example")


def quoting(told: EmailMessage, words: str, mark: str = "> ") -> str:
    lines = "\n".join(f"{mark}{line}" for line in body(told).splitlines())
    return f"{words}\n\n{lines}\n"


@pytest.mark.parametrize("form", ["{}", " {} ", "<{}", "{}>", '"{}"', "{} x@gateway.example"])
def test_an_id_without_its_angles_is_read(walk: Walk, told: EmailMessage, form: str) -> None:
    bare = str(told["Message-ID"]).strip("<>")
    raw = mail(ADA, "Printer", "It works.", headers={"In-Reply-To": form.format(bare)})
    assert walk.receive(raw).ticket == "HELP-1"


def test_an_address_in_the_prose_of_an_old_program_is_no_id(walk: Walk) -> None:
    prose = "Your message of Mon, 16 Nov 2026 from ada@acme.example"
    walk.receive(mail(ADA, "Forms", "From: a\nTo: b\n\n> c", headers={"In-Reply-To": prose}))
    assert walk.ticket("HELP-1")["comments"][0]["text"] == "From: a\nTo: b\n\n> c"


def test_the_key_and_the_writer_are_enough_to_know_our_mail_in_any_form(
    walk: Walk, told: EmailMessage
) -> None:
    text = quoting(told, f"It works.\n\n{BASQUE}", "")
    walk.receive(mail(ADA, "Re: [HELP-1] x", text, headers=REWRITTEN))
    assert walk.ticket("HELP-1")["comments"][-1]["text"] == "It works."


@pytest.mark.parametrize("mark", ["> ", ""])
def test_the_quote_of_our_mail_finds_its_ticket_where_ids_and_key_are_gone(
    walk: Walk, told: EmailMessage, mark: str
) -> None:
    raw = mail(ADA, "Re: the printer", quoting(told, "It works.", mark), headers=REWRITTEN)
    step = walk.receive(raw)
    assert step.ticket == "HELP-1"
    assert walk.ticket("HELP-1")["comments"][-1]["text"] == "It works."
    hints = str(walk.ticket("HELP-1")["events"][-1]["detail"])
    assert "quoted mail" in hints


def test_a_stranger_with_somebody_elses_quote_gets_a_ticket_of_his_own(
    walk: Walk, told: EmailMessage
) -> None:
    raw = mail(STRANGER, "Re: the printer", quoting(told, "Let me in."), headers=REWRITTEN)
    assert walk.receive(raw).ticket == "HELP-2"


def test_a_key_that_is_only_named_and_a_mail_that_answers_nothing_lead_nowhere(
    walk: Walk, told: EmailMessage
) -> None:
    assert walk.receive(mail(ADA, "Re: lamp", "As with HELP-1, dark.")).ticket == "HELP-2"
    assert walk.receive(mail(ADA, "The lamp", quoting(told, "As here:"))).ticket == "HELP-3"


def test_an_agent_needs_more_than_a_quote_to_write_to_a_customer(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("boris@desk.example")
    raw = mail(BORIS, "Re: lunch", quoting(news, "What a fool."), headers=REWRITTEN | PASSES)
    walk.receive(raw, peer=TRUSTED)
    assert "fool" not in "".join(body(m) for m in walk.sent() if "acme" in str(m["To"]))


@pytest.mark.parametrize("form", ["first@own.example", "<first@own.example>"])
def test_a_customers_own_id_without_angles_finds_the_ticket(walk: Walk, form: str) -> None:
    walk.receive(mail(headers={"Message-ID": "first@own.example"}))
    raw = mail(ADA, "And the lamp", "It is dark.", headers={"In-Reply-To": form})
    assert walk.receive(raw).ticket == "HELP-1"

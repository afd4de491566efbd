"""What proves that a mail is an agent's, and what becomes of one that proves nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.walks.walk import ADA, ALICE, TRUSTED, Walk, body, mail, reply

ALICE_AT_THE_DESK = "alice@desk.example"
PASS = "mx.desk.example; dmarc=pass header.from=desk.example"


def by_header(results: str, text: str = "Pull the plug.") -> bytes:
    """Alice's mail about HELP-1, with what a receiving system says of it."""
    return mail(ALICE, "[HELP-1]", text, headers={"Authentication-Results": results})


def test_an_agents_address_without_proof_is_held_and_asked_about(walk: Walk) -> None:
    walk.receive(mail())
    before = walk.ticket("HELP-1")
    step = walk.receive(mail(ALICE, "[HELP-1]", "Pull the plug."))
    assert (step.state, step.reason, step.ticket) == ("held", "not verified as alice", None)
    assert step.events == [("sender.unverified", "alice@desk.example")]
    assert walk.ticket("HELP-1") == before
    assert walk.keys() == ["HELP-1"]


def test_the_question_goes_to_the_agents_real_address_and_is_automatic(walk: Walk) -> None:
    spoofed = mail(
        "Alice <alice@home.example>", "Wire money", headers={"Reply-To": "m@evil.example"}
    )
    step = walk.receive(spoofed, sender="m@evil.example")
    [asked] = step.mails
    assert asked["X-Original-To"] == "alice@home.example"
    assert (asked["Return-Path"], asked["Auto-Submitted"]) == ("<>", "auto-replied")
    assert asked["References"] == step.row["message_id"]
    assert "Was this you?" in body(asked)
    assert "Wire money" in body(asked)


def test_a_reply_with_a_signed_message_id_of_his_own_proves_the_agent(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    assert walk.receive(reply(news, ALICE, "Pull the plug.")).ticket == "HELP-1"


def test_a_message_id_that_another_agent_got_proves_nothing(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("boris@desk.example")
    step = walk.receive(reply(news, ALICE, "Pull the plug."))
    assert (step.state, step.reason) == ("held", "not verified as alice")


def test_smtp_auth_proves_the_agent_it_names_and_no_other(walk: Walk) -> None:
    walk.receive(mail())
    assert walk.receive(mail(ALICE, "[HELP-1]", "One."), auth="alice").ticket == "HELP-1"
    assert walk.receive(mail(ALICE, "[HELP-1]", "Two."), auth="boris").state == "held"


@pytest.mark.parametrize("by", ["imap:support", "pipe"])
def test_results_of_a_configured_id_count_from_a_mailbox_and_a_pipe(walk: Walk, by: str) -> None:
    walk.receive(mail())
    step = walk.receive(by_header(PASS), by=by)
    assert (step.state, step.ticket) == ("done", "HELP-1")
    assert walk.ticket("HELP-1")["comments"][1]["author"]["name"] == "Alice Doe"


@pytest.mark.parametrize("by", ["smtp", "lmtp"])
def test_over_smtp_results_count_from_a_configured_peer_alone(walk: Walk, by: str) -> None:
    walk.receive(mail())
    assert walk.receive(by_header(PASS, "One."), by=by).state == "held"
    assert walk.receive(by_header(PASS, "Two."), by=by, peer=TRUSTED).state == "done"


@pytest.mark.parametrize(
    "results",
    [
        PASS,
        "MX.Desk.Example 1; spf=fail smtp.helo=x; dmarc=pass (p=none) header.from=desk.example",
        "mx.desk.example; dkim=pass header.d=desk.example header.s=x",
        "mx.desk.example; dkim=fail header.d=desk.example; dkim=pass header.d=desk.example",
    ],
)
def test_what_proves(walk: Walk, results: str) -> None:
    walk.receive(mail())
    assert walk.receive(by_header(results), by="imap:support").state == "done"


@pytest.mark.parametrize(
    "results",
    [
        "mx.elsewhere.example; dmarc=pass header.from=desk.example",
        "mx.desk.example; dmarc=fail header.from=desk.example",
        "mx.desk.example; dmarc=pass header.from=evil.example",
        "mx.desk.example; dmarc=pass",
        "mx.desk.example; dkim=pass header.d=evil.example",
        "mx.desk.example; dkim=pass header.d=example",
        "mx.desk.example; dkim=pass header.i=@desk.example",
        "mx.desk.example; spf=pass smtp.mailfrom=desk.example",
        "mx.desk.example; none",
        "dmarc=pass header.from=desk.example",
        "evil.example (mx.desk.example; dmarc=pass header.from=desk.example); none",
    ],
)
def test_what_proves_nothing(walk: Walk, results: str) -> None:
    walk.receive(mail())
    assert walk.receive(by_header(results), by="imap:support").state == "held"


def test_a_results_header_of_another_id_above_does_not_hinder(walk: Walk) -> None:
    walk.receive(mail())
    raw = b"Authentication-Results: list.example; dmarc=fail header.from=desk.example\r\n"
    assert walk.receive(raw + by_header(PASS), by="imap:support").state == "done"


def test_below_our_systems_own_results_those_of_the_sender_do_not_count(walk: Walk) -> None:
    walk.receive(mail())
    raw = b"Authentication-Results: mx.desk.example; dmarc=fail header.from=desk.example\r\n"
    assert walk.receive(raw + by_header(PASS), by="imap:support").state == "held"


def test_a_header_without_an_id_counts_at_microsoft_365_alone(
    begin: Callable[..., Walk],
) -> None:
    walk = begin(trust="microsoft365 = true")
    walk.receive(mail())
    unnamed = (
        "spf=pass (x) smtp.mailfrom=desk.example; dmarc=pass action=none header.from=desk.example"
    )
    assert walk.receive(by_header(unnamed), by="imap:support").state == "done"
    above = b"Authentication-Results: other.example; none\r\n" + by_header(unnamed, "Two.")
    assert walk.receive(above, by="imap:support").state == "held"


def test_where_the_from_line_is_believed_no_proof_is_asked(begin: Callable[..., Walk]) -> None:
    walk = begin(trust='staff = "from"')
    walk.receive(mail())
    step = walk.receive(mail(ALICE, "[HELP-1]", "Pull the plug."))
    assert step.ticket == "HELP-1"
    assert step.mail_to("ada@acme.example")["From"].startswith('"Alice Doe (')


@pytest.mark.parametrize("writers", ["alice@desk.example, m@evil.example", None])
def test_a_mail_with_two_writers_or_none_is_no_agents(walk: Walk, writers: str | None) -> None:
    walk.receive(mail())
    step = walk.receive(mail(writers, "[HELP-1]", "Pull the plug."), sender=ALICE_AT_THE_DESK)
    assert (step.state, step.reason) == ("held", "not verified as alice")
    assert step.events == [("sender.unverified", "alice@desk.example")]
    assert walk.keys() == ["HELP-1"]


def test_a_display_name_makes_nobody_an_agent(walk: Walk) -> None:
    walk.receive(mail())
    step = walk.receive(mail('"alice@desk.example" <m@evil.example>', "[HELP-1]", "Pull the plug."))
    assert step.ticket == "HELP-2"


def test_an_agents_machine_that_proves_nothing_is_held_and_nobody_is_asked(walk: Walk) -> None:
    vacation = mail(ALICE, "cron", headers={"Auto-Submitted": "auto-generated"})
    step = walk.receive(vacation)
    assert (step.state, step.mails) == ("held", [])


def test_a_customer_needs_no_proof(walk: Walk) -> None:
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    assert walk.receive(reply(receipt, ADA)).ticket == "HELP-1"


def test_the_agents_answer_to_the_question_lets_the_held_mail_in(walk: Walk) -> None:
    walk.receive(mail())
    held = walk.receive(mail(ALICE, "[HELP-1]", "Pull the plug."))
    step = walk.receive(reply(held.mail_to("alice@desk.example"), ALICE, "Yes, that was me."))
    assert walk.row(held.row["id"])["state"] == "done"
    assert walk.row(held.row["id"])["ticket"] == "HELP-1"
    assert walk.ticket("HELP-1")["comments"][1]["text"] == "Pull the plug."
    assert walk.keys() == ["HELP-1"]
    assert step.mail_to("ada@acme.example")["From"].startswith('"Alice Doe (')

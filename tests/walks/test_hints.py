"""Which ticket a mail goes to, and what the ticket's history says of the reasons."""

from __future__ import annotations

from typing import Any

import pytest

from maildesk.store import aliases
from tests.walks.walk import ADA, ALICE, STRANGER, Walk, mail, reply


def hints(walk: Walk, key: str, place: int = -1) -> list[tuple[str, str | None, str]]:
    """Kind, ticket and fate of each hint of an event that has some."""
    events: list[Any] = [e["detail"] for e in walk.ticket(key)["events"]]
    found = [detail["hints"] for detail in events if "hints" in detail]
    return [(h["kind"], h["ticket"], h["use"]) for h in found[place]]


def test_a_first_mail_without_a_hint_says_none(walk: Walk) -> None:
    walk.receive(mail())
    assert "hints" not in walk.ticket("HELP-1")["events"][0]["detail"]


def test_a_reply_tells_every_hint_and_which_was_followed(walk: Walk) -> None:
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    walk.receive(reply(receipt, ADA, subject="RE: [EXT] [help-1] and [HELP-9] The printer"))
    assert hints(walk, "HELP-1") == [
        ("signed Message-ID", "HELP-1", "followed"),
        ("subject key", "HELP-1", "not needed"),
        ("subject key", None, "leads nowhere"),
        ("Message-ID", "HELP-1", "not needed"),
    ]


def test_a_new_ticket_tells_why_the_hints_were_not_followed(walk: Walk) -> None:
    walk.receive(mail())
    step = walk.receive(mail(STRANGER, "[HELP-1] let me in"))
    assert step.ticket == "HELP-2"
    stranger = "the writer has no part in that ticket"
    assert hints(walk, "HELP-2") == [("subject key", "HELP-1", stranger)]
    for each in step.mails:
        assert stranger not in each.as_string()


def test_no_mail_to_a_customer_shows_a_hint(walk: Walk) -> None:
    first = walk.receive(mail())
    receipt = first.mail_to("ada@acme.example")
    walk.receive(reply(first.mail_to("alice@desk.example"), ALICE, "Pull the plug."))
    walk.receive(reply(receipt, ADA, subject="Re: [HELP-1] [HELP-77] x"))
    for each in walk.sent():
        assert "HELP-77" not in each.as_string()
        assert "followed" not in each.as_string()


def test_a_thread_of_many_years_keeps_its_history_short(walk: Walk) -> None:
    walk.receive(mail())
    old = " ".join(f"<old-{number}@client.example>" for number in range(90))
    walk.receive(mail(subject="Re: [HELP-1] x", headers={"References": old}))
    assert len(hints(walk, "HELP-1")) == 20


@pytest.mark.parametrize(
    "subject",
    [
        "[HELP-1] x",
        "Re: [HELP\u20131] x",
        "\u202e[HELP-1]\u202c x",
        "［ＨＥＬＰ－１］",
        "[ help - 1 ]",
    ],
)
def test_an_old_key_leads_to_the_ticket_it_was_merged_into(walk: Walk, subject: str) -> None:
    walk.receive(mail())
    walk.receive(mail(subject="Another"))
    walk.desk.store.write(lambda tx: aliases.lead(tx, 1, 2))
    assert walk.receive(mail(subject=subject)).ticket == "HELP-2"
    assert walk.ticket("HELP-1")["key"] == "HELP-2"


def test_old_message_ids_lead_to_the_ticket_it_was_merged_into(walk: Walk) -> None:
    first = walk.receive(mail())
    walk.receive(mail(subject="Another"))
    walk.desk.store.write(lambda tx: aliases.lead(tx, 1, 2))
    receipt = first.mail_to("ada@acme.example")
    assert walk.receive(reply(receipt, ADA, subject="Re: no key")).ticket == "HELP-2"
    about = {"In-Reply-To": str(first.row["message_id"])}
    assert walk.receive(mail(subject="Re: no key", headers=about)).ticket == "HELP-2"
    stolen = walk.receive(reply(receipt, STRANGER, subject="Re: no key"))
    assert (stolen.state, stolen.reason) == ("held", "reply by another person")


def test_a_merge_of_a_merge_leads_to_the_last(walk: Walk) -> None:
    for subject in ("One", "Two", "Three"):
        walk.receive(mail(subject=subject))
    walk.desk.store.write(lambda tx: aliases.lead(tx, 1, 2))
    walk.desk.store.write(lambda tx: aliases.lead(tx, 2, 3))
    assert walk.receive(mail(subject="[HELP-1]")).ticket == "HELP-3"
    assert walk.receive(mail(subject="[HELP-2]")).ticket == "HELP-3"


def test_tickets_of_a_desk_that_has_another_key_now_are_found_by_their_old_key(walk: Walk) -> None:
    walk.receive(mail())
    walk.desk.store.write(
        lambda tx: tx.execute("UPDATE tickets SET key = 'OLD-1', desk = 'OLD' WHERE id = 1")
    )
    assert walk.receive(mail(subject="Re: [OLD-1] The printer")).ticket == "OLD-1"
    walk.desk.store.write(lambda tx: aliases.alias(tx, "help-1", 1))
    assert walk.receive(mail(subject="Re: [HELP-1] The printer")).ticket == "OLD-1"


def test_of_several_keys_the_first_counts_that_the_writer_may_use(walk: Walk) -> None:
    walk.receive(mail(STRANGER, "His own"))
    walk.receive(mail())
    walk.receive(mail(subject="Third"))
    step = walk.receive(mail(subject="[HELP-1] [HELP-3] [HELP-2] which?"))
    assert step.ticket == "HELP-3"

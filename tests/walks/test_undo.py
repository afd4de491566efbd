"""What an agent's last mail has done is taken back."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest

from tests.walks.walk import ADA, ALICE, BORIS, Step, Walk, body, mail, reply

KEYS = ("HELP-1", "HELP-2", "HELP-3")
EVE = "Eve <eve@other.example>"
Begin = Callable[..., Walk]


def by_alice(walk: Walk, key: str, text: str) -> Step:
    return walk.receive(mail(ALICE, f"[{key}]", text), auth="alice")


def shown(walk: Walk, key: str) -> dict[str, Any]:
    """The ticket as `ticket show` has it, but for what is only its history."""
    return {k: v for k, v in walk.ticket(key).items() if k not in ("events", "updated_at")}


def link_in(message: EmailMessage) -> str:
    """The command line of the undo link."""
    line = re.search(r"#undo ([0-9A-Z-]{19}) (HELP-[0-9]+)", " ".join(body(message).split()))
    assert line, body(message)
    return line[0]


@pytest.mark.parametrize(
    "text",
    [
        "#done",
        "#status waiting",
        "#take\n#priority P1\n#type incident\n#urgency high\n#subject Another",
        "#assign boris",
        "#requester bob@acme.example",
        "#cc carl@acme.example",
        "#link HELP-2\n#link https://bugs.example/1 public",
        "#due 2026-12-24",
        "#organisation none\n#language de",
    ],
)
def test_what_was_done_is_undone(walk: Walk, news: EmailMessage, text: str) -> None:
    walk.receive(mail(EVE, "Smoke"))
    before, other = shown(walk, "HELP-1"), shown(walk, "HELP-2")
    by_alice(walk, "HELP-1", text)
    assert shown(walk, "HELP-1") != before or text.startswith("#due")
    step = by_alice(walk, "HELP-1", "#undo")
    assert "command.failed" not in [event for event, _ in step.events]
    assert (shown(walk, "HELP-1"), shown(walk, "HELP-2")) == (before, other)


def test_spam_is_none_and_its_sender_is_heard_again(walk: Walk, news: EmailMessage) -> None:
    by_alice(walk, "HELP-1", "#spam")
    step = by_alice(walk, "HELP-1", "#undo")
    assert step.events == [("command.done", "alice@desk.example")]
    assert walk.ticket("HELP-1")["status"] == "Open"
    assert walk.receive(mail(ADA, "Hello")).ticket == "HELP-2"


def test_an_undo_in_an_answer_to_the_transcript(walk: Walk, news: EmailMessage) -> None:
    receipt = walk.receive(reply(news, ALICE, "#take")).mail_to("alice@desk.example")
    walk.receive(reply(receipt, ALICE, "#undo"))
    assert walk.ticket("HELP-1")["owner"] is None


def test_the_link_of_the_transcript_proves_its_writer(walk: Walk, news: EmailMessage) -> None:
    receipt = walk.receive(reply(news, ALICE, "#take")).mail_to("alice@desk.example")
    line = link_in(receipt)
    step = walk.receive(mail(ALICE, str(receipt["Subject"]), line))
    assert (step.state, walk.ticket("HELP-1")["owner"]) == ("done", None)
    again = walk.receive(mail(ALICE, str(receipt["Subject"]), line))
    assert again.events == [("command.done", "alice@desk.example")]
    assert "was taken back before" in " ".join(body(again.event("command.done")).split())


def test_a_link_takes_back_its_own_mail_and_no_other(walk: Walk, news: EmailMessage) -> None:
    first = by_alice(walk, "HELP-1", "#take").mail_to("alice@desk.example")
    by_alice(walk, "HELP-1", "#priority P1")
    walk.receive(mail(ALICE, "[HELP-1]", link_in(first)))
    ticket = walk.ticket("HELP-1")
    assert (ticket["owner"], ticket["priority"]) == (None, "P1")


def test_another_agents_link_is_refused(walk: Walk, news: EmailMessage) -> None:
    line = link_in(by_alice(walk, "HELP-1", "#take").mail_to("alice@desk.example"))
    step = walk.receive(mail(BORIS, "[HELP-1]", line), auth="boris")
    assert ("command.failed", "boris@desk.example") in step.events
    assert walk.ticket("HELP-1")["owner"] == "alice"


def test_each_takes_back_what_is_their_own(walk: Walk, news: EmailMessage) -> None:
    by_alice(walk, "HELP-1", "#take")
    step = walk.receive(mail(BORIS, "[HELP-1]", "#undo"), auth="boris")
    assert step.events == [("command.failed", "boris@desk.example")]
    assert walk.ticket("HELP-1")["owner"] == "alice"


def test_a_second_undo_does_nothing(walk: Walk, news: EmailMessage) -> None:
    by_alice(walk, "HELP-1", "#take")
    by_alice(walk, "HELP-1", "#priority P1")
    by_alice(walk, "HELP-1", "#undo")
    step = by_alice(walk, "HELP-1", "#undo")
    assert step.events == [("command.done", "alice@desk.example")]
    ticket = walk.ticket("HELP-1")
    assert (ticket["owner"], ticket["priority"]) == ("alice", "P3")


def test_after_ten_minutes_it_stays(walk: Walk, news: EmailMessage) -> None:
    by_alice(walk, "HELP-1", "#take")
    walk.advance(minutes=10)
    by_alice(walk, "HELP-1", "#priority P1")
    walk.advance(minutes=9, seconds=59)
    assert by_alice(walk, "HELP-1", "#undo").events[0][0] == "command.done"
    by_alice(walk, "HELP-1", "#priority P2")
    walk.advance(minutes=10, seconds=1)
    step = by_alice(walk, "HELP-1", "#undo")
    assert step.events == [("command.failed", "alice@desk.example")]
    assert walk.ticket("HELP-1")["priority"] == "P2"


def test_what_somebody_has_changed_since_is_named_and_stays(walk: Walk, news: EmailMessage) -> None:
    by_alice(walk, "HELP-1", "#take\n#priority P1")
    walk.receive(mail(BORIS, "[HELP-1]", "#assign boris"), auth="boris")
    step = by_alice(walk, "HELP-1", "#undo")
    assert "since: Owner." in body(step.event("command.failed"))
    ticket = walk.ticket("HELP-1")
    assert (ticket["owner"], ticket["priority"]) == ("boris", "P1")


def test_who_has_heard_hears_again_and_nobody_else(walk: Walk, news: EmailMessage) -> None:
    by_alice(walk, "HELP-1", "#done")
    step = by_alice(walk, "HELP-1", "#undo")
    assert step.events == [
        ("command.done", "alice@desk.example"),
        ("ticket.reopened", "ada@acme.example"),
    ]
    assert "ada@acme.example had mail" in " ".join(body(step.event("command.done")).split())


def test_a_former_owner_hears_that_it_is_not_his(walk: Walk, news: EmailMessage) -> None:
    by_alice(walk, "HELP-1", "#assign boris")
    step = by_alice(walk, "HELP-1", "#undo")
    assert ("status.changed", "boris@desk.example") in step.events


def test_mail_that_waits_does_not_go(begin: Begin) -> None:
    walk = begin(batch="2m")
    walk.receive(mail())
    step = by_alice(walk, "HELP-1", "#done\n\nThe plug was out.")
    assert step.events == [("command.done", "alice@desk.example")]
    by_alice(walk, "HELP-1", "#undo")
    walk.advance(minutes=5)
    assert [m["X-Maildesk-Event"] for m in walk.fresh()] == []
    last = walk.ticket("HELP-1")["comments"][-1]
    assert (last["text"], last["visibility"]) == ("The plug was out.", "internal")
    assert walk.ticket("HELP-1")["status"] == "Open"


def test_words_that_have_gone_stay_public(walk: Walk, news: EmailMessage) -> None:
    by_alice(walk, "HELP-1", "#done\n\nThe plug was out.")
    by_alice(walk, "HELP-1", "#undo")
    assert walk.ticket("HELP-1")["comments"][-1]["visibility"] == "public"


def test_time_is_taken_back(walk: Walk, news: EmailMessage) -> None:
    by_alice(walk, "HELP-1", "#time 30m")
    by_alice(walk, "HELP-1", "#undo")
    assert by_alice(walk, "HELP-1", "#time -30m").events[0][0] == "command.failed"


@pytest.mark.parametrize("text", ["#split A\n\nB.", "#estimate 8h"])
def test_what_cannot_be_undone_offers_no_link_and_is_refused(
    walk: Walk, news: EmailMessage, text: str
) -> None:
    receipt = by_alice(walk, "HELP-1", text).mail_to("alice@desk.example")
    assert "#undo" not in body(receipt)
    step = by_alice(walk, "HELP-1", "#undo")
    assert step.events == [("command.failed", "alice@desk.example")]


def test_an_undo_stands_alone(walk: Walk, news: EmailMessage) -> None:
    by_alice(walk, "HELP-1", "#take")
    by_alice(walk, "HELP-1", "#undo\n#priority P1")
    ticket = walk.ticket("HELP-1")
    assert (ticket["owner"], ticket["priority"]) == ("alice", "P3")


def test_a_merge_comes_apart_again(walk: Walk, news: EmailMessage) -> None:
    walk.receive(mail(EVE, "Smoke", "There is smoke.", cc="Fay <fay@other.example>"))
    receipt = walk.sent()
    by_alice(walk, "HELP-2", "#link https://bugs.example/1\n#link HELP-1\n#time 30m\n\nWhich room?")
    before = shown(walk, "HELP-1"), shown(walk, "HELP-2")
    by_alice(walk, "HELP-2", "#merge HELP-1")
    walk.receive(mail(EVE, "[HELP-2]", "Room 7."))
    walk.advance(days=3)
    step = by_alice(walk, "HELP-1", "#undo")
    assert ("status.changed", "eve@other.example") in step.events
    told = step.mail_to("eve@other.example")
    assert "HELP-2 is a ticket of its own again" in " ".join(body(told).split())
    assert str(told["Subject"]).startswith("[HELP-2]")
    after = shown(walk, "HELP-1"), shown(walk, "HELP-2")
    after[0]["comments"] = [c for c in after[0]["comments"] if c["text"] != "Room 7."]
    assert after == before
    answered = next(m for m in receipt if m["X-Original-To"] == "eve@other.example")
    assert walk.receive(reply(answered, EVE, "Room 8.", subject="Re: x")).ticket == "HELP-2"
    assert walk.keys() == ["HELP-1", "HELP-2"]


def test_of_two_merges_the_later_is_undone_first(walk: Walk, news: EmailMessage) -> None:
    walk.receive(mail(EVE, "Smoke"))
    walk.receive(mail("Zoe <zoe@other.example>", "Ash"))
    before = [shown(walk, key) for key in KEYS]
    first = by_alice(walk, "HELP-1", "#merge HELP-2").event("command.done")
    by_alice(walk, "HELP-2", "#merge HELP-3")
    early = walk.receive(mail(ALICE, "[HELP-3]", link_in(first)))
    assert early.events == [("command.failed", "alice@desk.example")]
    by_alice(walk, "HELP-3", "#undo")
    walk.receive(mail(ALICE, "[HELP-2]", link_in(first)))
    assert [shown(walk, key) for key in KEYS] == before


def test_commands_of_a_first_mail_are_undone_by_an_answer(walk: Walk) -> None:
    text = "#requester ada@acme.example\n#priority P1\n\nShe rang: it burns."
    step = walk.receive(mail(ALICE, "A call", text), auth="alice")
    receipt = step.event("command.done")
    assert "#undo" not in body(receipt)  # its ticket had no key yet when the answer was made
    walk.receive(reply(receipt, ALICE, "#undo"))
    ticket = walk.ticket("HELP-1")
    assert (ticket["requester"]["email"], ticket["priority"]) == ("alice@desk.example", "P3")
    assert [c["text"] for c in ticket["comments"]] == ["She rang: it burns."]


def test_an_undo_of_another_tickets_key_takes_nothing_back(walk: Walk, news: EmailMessage) -> None:
    walk.receive(reply(news, ALICE, "#take"))
    step = walk.receive(reply(news, ALICE, "#undo HELP-99"))
    assert ("command.failed", "alice@desk.example") in step.events
    assert "It is about HELP-99" in body(step.mail_to("alice@desk.example"))
    assert walk.ticket("HELP-1")["owner"] == "alice"
    walk.receive(reply(news, ALICE, "#undo HELP-1"))
    assert walk.ticket("HELP-1")["owner"] is None

"""Old mail: quiet, with its own times, and never twice."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.walks.walk import ADA, ALICE, NOON, Walk, mail

OLD = datetime(2019, 3, 4, 5, 6, 7, tzinfo=UTC)


def test_an_import_keeps_the_times_of_the_mails(walk: Walk) -> None:
    step = walk.receive(mail(date=OLD), by="import")
    ticket = walk.ticket("HELP-1")
    assert ticket["created_at"] == ticket["comments"][0]["at"] == "2019-03-04T05:06:07.000000Z"
    assert step.row["source"] == "import"
    assert step.row["received_at"].startswith("2026-11-20")


def test_no_mail_goes_out(walk: Walk) -> None:
    assert walk.receive(mail(date=OLD), by="import").mails == []
    assert walk.receive(mail(ALICE, "[HELP-1]", date=OLD), by="import").mails == []
    assert walk.outbox() == []


def test_agents_answers_of_old_stay_agents_answers(walk: Walk) -> None:
    first = walk.receive(mail(date=OLD), by="import")
    about = {"In-Reply-To": str(first.row["message_id"])}
    answer = mail(ALICE, "Re: printer", "Pull the plug.", to="ada@acme.example", headers=about)
    step = walk.receive(answer, by="import")
    assert (step.state, step.ticket) == ("done", "HELP-1")
    comment = walk.ticket("HELP-1")["comments"][1]
    assert comment["author"] == {"email": "alice@desk.example", "name": "Alice Doe"}
    assert comment["visibility"] == "public"


def test_a_second_import_adds_nothing(walk: Walk) -> None:
    raw = mail(date=OLD)
    walk.receive(raw, by="import")
    before = walk.ticket("HELP-1")
    assert walk.receive(raw, by="import").state == "ignored"
    assert walk.ticket("HELP-1") == before
    assert walk.keys() == ["HELP-1"]


def test_comments_are_listed_by_their_time_and_the_ticket_begins_with_the_first(walk: Walk) -> None:
    walk.receive(mail(text="Second.", date=OLD.replace(day=5)), by="import")
    walk.receive(mail(subject="[HELP-1]", text="First.", date=OLD.replace(day=4)), by="import")
    ticket = walk.ticket("HELP-1")
    assert [c["text"] for c in ticket["comments"]] == ["First.", "Second."]
    assert ticket["created_at"] == ticket["comments"][0]["at"]
    assert ticket["updated_at"] == ticket["comments"][1]["at"]


def test_a_date_that_cannot_be_believed_counts_as_the_arrival(walk: Walk) -> None:
    for number, date in enumerate(("nonsense", "Mon, 4 Mar 2199 05:06:07 +0000", ""), 1):
        walk.receive(mail(subject=f"n {number}", headers={"Date": date}), by="import")
        assert walk.ticket(f"HELP-{number}")["created_at"] == "2026-11-20T12:00:00.000000Z"


def test_a_conversation_goes_on_after_the_import(walk: Walk) -> None:
    first = walk.receive(mail(date=OLD), by="import")
    about = {"In-Reply-To": str(first.row["message_id"])}
    step = walk.receive(mail(ADA, "Re: printer", "It burns again.", headers=about))
    assert step.ticket == "HELP-1"
    assert {event for event, _ in step.events} == {"comment.public"}


def test_automatic_replies_of_old_open_nothing(walk: Walk) -> None:
    old = mail(date=OLD, headers={"Auto-Submitted": "auto-replied"})
    assert walk.receive(old, by="import").state == "ignored"


def test_a_mail_that_waited_is_answered_with_todays_date(walk: Walk) -> None:
    walk.store(mail())
    walk.advance(days=3)
    sent = walk.work_off()
    assert len(sent) == 3
    assert {str(m["Date"]) for m in sent} == {"Mon, 23 Nov 2026 12:00:00 +0000"}
    # The ticket itself counts from the mail's arrival.
    assert walk.ticket("HELP-1")["created_at"] == NOON.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

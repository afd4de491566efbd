"""What an agent takes out of a ticket and makes another of."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from tests.walks.walk import ADA, ALICE, BORIS, Walk, body, mail, reply

SPLIT = "#split The scanner\n\nAda also says that the scanner hums."


def links(walk: Walk, key: str) -> list[tuple[str, str]]:
    return [(x["kind"], x["to"]) for x in walk.ticket(key)["links"]]


def test_the_text_below_is_the_new_tickets_first_comment(walk: Walk, news: EmailMessage) -> None:
    step = walk.receive(reply(news, ALICE, SPLIT))
    assert step.ticket == "HELP-1"
    old, new = walk.ticket("HELP-1"), walk.ticket("HELP-2")
    assert [c["text"] for c in old["comments"]] == ["Dear support,\n\nit burns."]
    assert [c["text"] for c in new["comments"]] == ["Ada also says that the scanner hums."]
    assert new["comments"][0]["author"]["email"] == "alice@desk.example"
    assert new["comments"][0]["visibility"] == "public"
    assert (new["subject"], new["requester"]) == ("The scanner", old["requester"])
    assert (new["organisation"], new["desk"]) == ("ACME", "HELP")
    assert (links(walk, "HELP-1"), links(walk, "HELP-2")) == (
        [("split", "HELP-2")],
        [("split", "HELP-1")],
    )


def test_both_keys_are_told_to_the_requester_by_one_mail(walk: Walk, news: EmailMessage) -> None:
    step = walk.receive(reply(news, ALICE, SPLIT))
    assert step.events == [
        ("command.done", "alice@desk.example"),
        ("comment.public", "ada@acme.example"),
        ("ticket.new", "boris@desk.example"),
    ]
    told = step.mail_to("ada@acme.example")
    assert told["Subject"] == "[HELP-2] The scanner"
    assert "HELP-1" in body(told)
    assert "the scanner hums" in body(told)
    assert "HELP-2" in body(step.mail_to("alice@desk.example"))
    assert walk.receive(reply(told, ADA, "It does.")).ticket == "HELP-2"


def test_a_split_for_agents_alone_is_told_without_its_words(walk: Walk, news: EmailMessage) -> None:
    step = walk.receive(reply(news, ALICE, f"#internal\n{SPLIT}"))
    told = step.mail_to("ada@acme.example")
    assert told["X-Maildesk-Event"] == "status.changed"
    assert "HELP-1" in body(told)
    assert "HELP-2" in body(told)
    assert "hums" not in told.as_string()
    assert walk.ticket("HELP-2")["comments"][0]["visibility"] == "internal"


def test_an_answer_to_an_internal_mail_splits_off_a_note(walk: Walk, news: EmailMessage) -> None:
    note = walk.receive(reply(news, ALICE, "#internal\n\nTwo things at once?"))
    step = walk.receive(reply(note.mail_to("boris@desk.example"), BORIS, SPLIT))
    assert "hums" not in step.mail_to("ada@acme.example").as_string()


def test_files_go_with_the_words(walk: Walk, news: EmailMessage) -> None:
    walk.receive(reply(news, ALICE, "#split", files=[("scan.txt", b"hum")]))
    assert walk.ticket("HELP-2")["comments"][0]["attachments"][0]["name"] == "scan.txt"
    assert walk.ticket("HELP-2")["subject"] == "The printer burns"


def test_other_commands_beside_it_are_the_old_tickets(walk: Walk, news: EmailMessage) -> None:
    walk.receive(reply(news, ALICE, f"#done\n{SPLIT}"))
    assert (walk.ticket("HELP-1")["status"], walk.ticket("HELP-2")["status"]) == ("Done", "Open")


@pytest.mark.parametrize("text", ["#split The scanner", "#split A\n#split B\n\nWords."])
def test_a_split_of_nothing_or_of_two_is_refused(walk: Walk, news: EmailMessage, text: str) -> None:
    step = walk.receive(reply(news, ALICE, text))
    assert step.events == [("command.failed", "alice@desk.example")]
    assert walk.keys() == ["HELP-1"]


def test_a_first_mail_has_nothing_to_split(walk: Walk) -> None:
    text = "#requester ada@acme.example\n#split A\n\nWords."
    step = walk.receive(mail(ALICE, "A call", text), auth="alice")
    assert ("command.failed", "alice@desk.example") in step.events

"""How a reply finds its ticket, who may add to it, and who hears of it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.walks.walk import ADA, ALICE, BORIS, STRANGER, Walk, body, mail, reply

SUPPORT = "support@desk.example"


def texts(walk: Walk, key: str = "HELP-1") -> list[str]:
    return [comment["text"] for comment in walk.ticket(key)["comments"]]


def test_a_customers_reply_to_the_acknowledgement_is_a_comment(walk: Walk) -> None:
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    step = walk.receive(reply(receipt, ADA, "It is out.", subject="another subject"))
    assert (step.state, step.ticket) == ("done", "HELP-1")
    assert texts(walk) == ["Dear support,\n\nit burns.", "It is out."]
    assert step.events == [
        ("comment.public", "alice@desk.example"),
        ("comment.public", "boris@desk.example"),
    ]


@pytest.mark.parametrize("subject", ["Re: [HELP-1] printer", "AW: [help-1]", "hello [ Help-1 ]"])
def test_a_customers_mail_with_the_key_is_a_comment(walk: Walk, subject: str) -> None:
    walk.receive(mail())
    step = walk.receive(mail(subject=subject, text="It is out."))
    assert step.ticket == "HELP-1"
    assert texts(walk)[1:] == ["It is out."]


def test_a_reply_to_a_message_id_we_know_is_a_comment(walk: Walk) -> None:
    first = walk.receive(mail(cc="carl@acme.example"))
    about = {"In-Reply-To": str(first.row["message_id"])}
    step = walk.receive(mail("carl@acme.example", "printer", "Me too.", headers=about))
    assert step.ticket == "HELP-1"
    assert texts(walk)[1:] == ["Me too."]


def test_a_plus_address_leads_to_the_ticket_where_the_desk_has_them(
    begin: Callable[..., Walk],
) -> None:
    walk = begin(desk="plus_addressing = true")
    walk.receive(mail())
    tagged = "support+help-1@desk.example"
    step = walk.receive(mail(subject="no key", text="More.", to=tagged), to=(tagged,))
    assert step.ticket == "HELP-1"
    assert texts(walk)[1:] == ["More."]


def test_a_signed_message_id_beats_the_key_in_the_subject(walk: Walk) -> None:
    walk.receive(mail(subject="one"))
    second = walk.receive(mail(subject="two")).mail_to("ada@acme.example")
    step = walk.receive(reply(second, ADA, subject="Re: [HELP-1] one"))
    assert step.ticket == "HELP-2"


def test_of_several_keys_the_first_counts_on_whose_ticket_the_writer_is(walk: Walk) -> None:
    walk.receive(mail("other@far.example", subject="a secret"))
    walk.receive(mail(subject="mine"))
    step = walk.receive(mail(subject="[HELP-1] and [HELP-2]", text="Both."))
    assert step.ticket == "HELP-2"
    assert len(walk.ticket("HELP-1")["comments"]) == 1


def test_an_agents_answer_reaches_the_customer_under_the_desks_address(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    step = walk.receive(reply(news, ALICE, "Pull the plug."))
    assert step.events == [
        ("comment.public", "ada@acme.example"),
        ("comment.public", "boris@desk.example"),
    ]
    answer = step.mail_to("ada@acme.example")
    assert answer["From"] == '"Alice Doe (Example Support)" <support@desk.example>'
    assert answer["Reply-To"] == SUPPORT
    assert answer["Auto-Submitted"] is None
    assert answer["Return-Path"] == f"<{SUPPORT}>"
    assert "Pull the plug." in body(answer)
    assert "alice@" not in answer.as_string()
    assert "desk.example wrote" not in body(answer)
    [_, comment] = walk.ticket("HELP-1")["comments"]
    assert comment["author"] == {"email": "alice@desk.example", "name": "Alice Doe"}
    assert "wrote" in comment["full_text"]
    assert "wrote" not in comment["text"]


def test_an_agent_may_answer_from_any_address_that_is_hers(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    step = walk.receive(reply(news, "alice@home.example", "From home."))
    assert step.ticket == "HELP-1"
    assert step.events == [
        ("comment.public", "ada@acme.example"),
        ("comment.public", "boris@desk.example"),
    ]
    assert "alice@" not in step.mail_to("ada@acme.example").as_string()


def test_the_whole_conversation_back_and_forth(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    answer = walk.receive(reply(news, ALICE, "Pull the plug.")).mail_to("ada@acme.example")
    thanks = walk.receive(reply(answer, ADA, "It is out.")).mail_to("alice@desk.example")
    last = walk.receive(reply(thanks, ALICE, "Glad to hear."))
    assert texts(walk)[1:] == ["Pull the plug.", "It is out.", "Glad to hear."]
    assert last.mail_to("ada@acme.example")["Subject"] == "[HELP-1] The printer burns"
    assert walk.keys() == ["HELP-1"]
    assert [p["role"] for p in walk.ticket("HELP-1")["participants"]] == ["requester", "agent"]


def test_who_stands_in_to_or_cc_gets_no_second_copy(walk: Walk) -> None:
    news = walk.receive(mail(cc="carl@acme.example")).mail_to("alice@desk.example")
    step = walk.receive(
        reply(news, ALICE, to=f"{SUPPORT}, ADA@acme.example", cc="carl@ACME.example")
    )
    assert step.events == [("comment.public", "boris@desk.example")]
    assert len(walk.ticket("HELP-1")["comments"]) == 2


def test_a_third_person_in_cc_joins_the_ticket(walk: Walk) -> None:
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    walk.receive(reply(receipt, ADA, "Dora knows more.", cc="Dora <dora@acme.example>"))
    assert {"email": "dora@acme.example", "role": "participant"} in walk.ticket("HELP-1")[
        "participants"
    ]
    step = walk.receive(mail("dora@acme.example", "[HELP-1]", "I do."))
    assert step.ticket == "HELP-1"
    assert ("comment.public", "ada@acme.example") in step.events


def test_a_colleague_may_comment_only_where_the_organisation_shares(
    begin: Callable[..., Walk],
) -> None:
    walk = begin(organisation="share = true")
    walk.receive(mail())
    step = walk.receive(mail("cto@acme.example", "Re: [HELP-1] The printer burns", "How is it?"))
    assert step.ticket == "HELP-1"
    step = walk.receive(mail("intern@acme.example", "Re: [HELP-1] The printer burns", "And me?"))
    assert step.ticket == "HELP-2"


def test_a_stranger_with_a_right_key_gets_a_ticket_of_his_own_and_learns_nothing(
    walk: Walk,
) -> None:
    walk.receive(mail(subject="Salaries of the board"))
    step = walk.receive(mail(STRANGER, "Re: [HELP-1] hello", "What is this about?"))
    assert (step.state, step.ticket) == ("done", "HELP-2")
    assert texts(walk, "HELP-1") == ["Dear support,\n\nit burns."]
    assert walk.ticket("HELP-2")["subject"] == "hello"
    assert walk.ticket("HELP-2")["links"] == [{"kind": "related", "to": "HELP-1"}]
    assert walk.ticket("HELP-1")["links"] == [{"kind": "related", "to": "HELP-2"}]
    told = step.mail_to("mallory@elsewhere.example")
    assert "HELP-1" not in told.as_string()
    assert "Salaries" not in told.as_string()
    assert "acme.example" not in told.as_string()
    assert "HELP-1" in body(step.mail_to("alice@desk.example"))


def test_a_stranger_with_a_known_message_id_gets_a_ticket_of_his_own(walk: Walk) -> None:
    first = walk.receive(mail())
    about = {"References": str(first.row["message_id"])}
    step = walk.receive(mail(STRANGER, "Re: printer", headers=about))
    assert step.ticket == "HELP-2"
    assert "HELP-1" not in step.mail_to("mallory@elsewhere.example").as_string()


def test_later_mails_of_the_linked_ticket_name_the_other_one_to_agents_alone(walk: Walk) -> None:
    walk.receive(mail())
    step = walk.receive(mail(STRANGER, "Re: [HELP-1] hello"))
    answer = walk.receive(reply(step.mail_to("alice@desk.example"), ALICE, "Who are you?"))
    assert answer.ticket == "HELP-2"
    assert "HELP-1" not in answer.mail_to("mallory@elsewhere.example").as_string()


def test_a_reply_to_somebody_elses_mail_is_held_and_changes_nothing(walk: Walk) -> None:
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    before = walk.ticket("HELP-1")
    step = walk.receive(reply(receipt, STRANGER, "Send it to me instead."))
    assert (step.state, step.reason, step.ticket) == ("held", "reply by another person", None)
    assert walk.ticket("HELP-1") == before
    assert walk.keys() == ["HELP-1"]
    assert {event for event, _ in step.events} == {"admin.alert"}
    assert all(to.endswith("@desk.example") for _, to in step.events)


def test_a_participant_may_answer_a_mail_that_another_one_got(walk: Walk) -> None:
    receipt = walk.receive(mail(cc="carl@acme.example")).mail_to("ada@acme.example")
    step = walk.receive(reply(receipt, "carl@acme.example", "Ada forwarded me this."))
    assert (step.state, step.ticket) == ("done", "HELP-1")


def test_a_made_up_message_id_of_our_form_opens_an_ordinary_ticket(walk: Walk) -> None:
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    forged = re.sub(r"[a-z2-7]{26}@", "a" * 26 + "@", str(receipt["Message-ID"]))
    assert forged != receipt["Message-ID"]
    step = walk.receive(mail(STRANGER, "Re: printer", headers={"In-Reply-To": forged}))
    assert (step.state, step.ticket) == ("done", "HELP-2")
    assert "HELP-1" not in step.mail_to("mallory@elsewhere.example").as_string()


def test_a_reply_is_recognised_when_a_relay_changed_the_case_of_the_message_id(walk: Walk) -> None:
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    shouted = str(receipt["Message-ID"]).upper()
    step = walk.receive(mail(subject="printer", headers={"In-Reply-To": shouted}))
    assert step.ticket == "HELP-1"


def test_an_agent_who_is_not_on_the_desk_may_still_answer_its_tickets(walk: Walk) -> None:
    walk.receive(mail(to="sales@desk.example"), to=("sales@desk.example",))
    step = walk.receive(mail(ALICE, "Re: [SALES-1]", "We sell printers."), auth="alice")
    assert step.ticket == "SALES-1"
    assert step.mail_to("ada@acme.example")["From"] == (
        '"Alice Doe (Example Sales)" <sales@desk.example>'
    )
    # Having answered she belongs to it, and hears what comes next.
    step = walk.receive(mail(subject="Re: [SALES-1]", text="How much?"))
    assert step.events == [
        ("comment.public", "alice@desk.example"),
        ("comment.public", "boris@desk.example"),
    ]


def test_two_agents_see_each_others_answers(walk: Walk) -> None:
    news = walk.receive(mail())
    first = walk.receive(reply(news.mail_to("alice@desk.example"), ALICE, "I look."))
    second = walk.receive(reply(first.mail_to("boris@desk.example"), BORIS, "Me too."))
    assert second.events == [
        ("comment.public", "ada@acme.example"),
        ("comment.public", "alice@desk.example"),
    ]

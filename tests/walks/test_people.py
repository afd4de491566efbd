"""Who is on a ticket, who comes and goes, and what each of them gets."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import pytest

from tests.walks.walk import ALICE, BORIS, Walk, body, flat, mail, ordered, reply

Begin = Callable[..., Walk]
BOB = "Bob Roe <bob@other.example>"


def people(walk: Walk, key: str = "HELP-1") -> dict[str, str]:
    return {p["email"]: p["role"] for p in walk.ticket(key)["participants"]}


def facts(walk: Walk, kind: str) -> list[dict[str, str]]:
    return [
        {"actor": e["actor"], **e["detail"]}
        for e in walk.ticket("HELP-1")["events"]
        if e["kind"] == kind
    ]


def test_somebody_brought_in_hears_who_did_it_and_nothing_of_before(
    walk: Walk, news: EmailMessage
) -> None:
    step = walk.receive(reply(news, ALICE, "#cc bob@other.example"))
    assert step.events == [
        ("command.done", "alice@desk.example"),
        ("participant.added", "bob@other.example"),
    ]
    told = step.mail_to("bob@other.example")
    assert "Alice Doe has added you" in flat(told)
    assert told["Subject"] == "[HELP-1] The printer burns"
    assert "it burns" not in told.as_string()
    assert people(walk)["bob@other.example"] == "participant"
    fact = facts(walk, "participant added")[-1]
    assert (fact["actor"], fact["email"]) == ("alice@desk.example", "bob@other.example")
    answer = walk.receive(reply(told, BOB, "How can I help?"))
    assert answer.ticket == "HELP-1"
    assert ("comment.public", "ada@acme.example") in answer.events


def test_the_words_below_come_to_the_newcomer_in_the_same_mail(
    walk: Walk, news: EmailMessage
) -> None:
    step = walk.receive(
        reply(news, ALICE, "#cc Bob Roe <bob@other.example>\n\nBob knows printers.")
    )
    assert step.events == [
        ("command.done", "alice@desk.example"),
        ("comment.public", "ada@acme.example"),
        ("comment.public", "boris@desk.example"),
        ("participant.added", "bob@other.example"),
    ]
    told = step.mail_to("bob@other.example")
    assert "Bob knows printers." in body(told)
    assert told["To"] == "Bob Roe <bob@other.example>"
    assert str(told["From"]).startswith('"Alice Doe (Example Support)"')


def test_a_note_brings_nobody_its_words(walk: Walk, news: EmailMessage) -> None:
    step = walk.receive(reply(news, ALICE, "#cc bob@other.example\n#internal\n\nHe is slow."))
    assert "slow" not in step.mail_to("bob@other.example").as_string()
    assert "He is slow." in body(step.mail_to("boris@desk.example"))


def test_a_colleague_is_brought_in_as_an_agent_and_reads_notes(
    begin: Begin,
) -> None:
    walk = begin(more='[[agents]]\nid = "carla"\nname = "Carla"\nemails = ["carla@desk.example"]')
    news = walk.receive(mail()).mail_to("alice@desk.example")
    step = walk.receive(reply(news, ALICE, "#cc carla@desk.example\n#internal\n\nYour field?"))
    told = step.mail_to("carla@desk.example")
    assert told["X-Maildesk-Event"] == "participant.added"
    assert "Your field?" in body(told)
    assert "stays inside" in flat(told)
    answer = walk.receive(reply(told, "carla@desk.example", "It is."), auth="carla")
    assert walk.ticket("HELP-1")["comments"][-1]["visibility"] == "internal"
    assert ("comment.internal", "alice@desk.example") in answer.events
    assert people(walk)["carla@desk.example"] == "agent"


def test_several_people_on_one_line(walk: Walk, news: EmailMessage) -> None:
    line = '#cc bob@other.example, "Roe, Eve" <eve@other.example>; carl@other.example'
    step = walk.receive(reply(news, ALICE, line))
    added = [to for event, to in step.events if event == "participant.added"]
    assert added == ["bob@other.example", "carl@other.example", "eve@other.example"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("#cc", "There must be addresses"),
        ("#cc Bob", "There must be addresses"),
        ("#cc bob@other.example and Carl", "There must be addresses"),
        ("#cc bob@other.example, Carl", "There must be addresses"),
        ("#cc support@desk.example", "is an address of this desk"),
        ("#cc Support+x@desk.example", "is an address of this desk"),
        ("#cc no-reply@shop.example", "Nobody reads at no-reply@shop.example"),
        ("#cc friends@lists.example.org", "is a mailing list"),
        ("#cc printers@googlegroups.com", "is a mailing list"),
        ("#cc bob@other.example, printers-request@x.example", "is a mailing list"),
        ("#uncc ada@acme.example", "is the requester, who cannot be taken off"),
        ("#uncc nobody@other.example", "is not on the ticket"),
    ],
)
def test_who_cannot_be_on_a_ticket_or_off_it(
    walk: Walk, news: EmailMessage, line: str, why: str
) -> None:
    before = people(walk)
    step = walk.receive(reply(news, ALICE, f"{line}\n\nDear Ada."))
    assert step.events == [("command.failed", "alice@desk.example")]
    assert why in flat(step.mails[0])
    assert people(walk) == {**before, "alice@desk.example": "agent"}


def test_a_rules_list_is_a_list(begin: Begin) -> None:
    rule = '[[senders]]\nname = "list"\nlist_ids = ["team.acme.example"]'
    walk = begin(more=rule)
    walk.receive(mail(cc="team@acme.example, carl@acme.example"))
    assert people(walk) == {"ada@acme.example": "requester", "carl@acme.example": "participant"}


def test_who_is_taken_off_gets_no_more_and_has_no_key(walk: Walk, news: EmailMessage) -> None:
    added = ordered(walk, "#cc bob@other.example").mail_to("bob@other.example")
    step = ordered(walk, "#uncc bob@other.example\n\nDear Ada, all is well.")
    assert "bob@other.example" not in [to for _, to in step.events]
    assert facts(walk, "participant removed")[-1]["email"] == "bob@other.example"
    assert walk.receive(mail(BOB, "[HELP-1]", "And me?")).ticket == "HELP-2"
    heard = walk.receive(reply(added, BOB, "And what of this?", cc="eve@other.example"))
    assert heard.ticket == "HELP-1"
    assert sorted(people(walk)) == ["ada@acme.example", "alice@desk.example"]
    back = ordered(walk, "#cc bob@other.example")
    assert ("participant.added", "bob@other.example") in back.events
    assert walk.receive(mail(BOB, "[HELP-1]", "Here I am.")).ticket == "HELP-1"


def test_a_near_name_is_offered(walk: Walk, news: EmailMessage) -> None:
    ordered(walk, "#cc bob@other.example")
    step = ordered(walk, "#uncc bob@othr.example")
    assert "#uncc bob@other.example" in flat(step.mail_to("alice@desk.example"))


def test_a_person_in_cc_hears_of_the_ticket_but_has_the_words_already(
    walk: Walk, news: EmailMessage
) -> None:
    step = walk.receive(reply(news, ALICE, "Bob knows.", cc=BOB))
    told = step.mail_to("bob@other.example")
    assert told["X-Maildesk-Event"] == "participant.added"
    assert told["Auto-Submitted"] == "auto-generated"
    assert "Bob knows." not in told.as_string()
    again = walk.receive(reply(news, ALICE, "Bob knows more.", cc=BOB))
    assert "bob@other.example" not in [to for _, to in again.events]


def test_who_is_in_cc_of_the_first_mail_gets_nothing_of_it(walk: Walk) -> None:
    step = walk.receive(mail(cc=BOB))
    assert "bob@other.example" not in [to for _, to in step.events]


def test_a_ticket_is_opened_with_somebody_brought_in(walk: Walk) -> None:
    first = mail(ALICE, "A plan", "#requester ada@acme.example\n#cc bob@other.example\n\nWe begin.")
    step = walk.receive(first, auth="alice")
    assert step.mail_to("ada@acme.example")["X-Maildesk-Event"] == "ticket.received"
    told = step.mail_to("bob@other.example")
    assert (told["X-Maildesk-Event"], "We begin." in body(told)) == ("participant.added", True)


def test_a_failing_command_brings_nobody(walk: Walk, news: EmailMessage) -> None:
    step = walk.receive(reply(news, ALICE, "#status nowhere\n\nBob?", cc=BOB))
    assert step.events == [("command.failed", "alice@desk.example")]
    assert "bob@other.example" not in people(walk)
    assert all(f["email"] != "bob@other.example" for f in facts(walk, "participant added"))


def test_a_new_owner_gets_one_mail_with_the_words(walk: Walk, news: EmailMessage) -> None:
    step = walk.receive(reply(news, ALICE, "#assign boris\n\nDear Ada, Boris is on his way."))
    told = step.mail_to("boris@desk.example")
    assert told["X-Maildesk-Event"] == "ticket.assigned"
    assert "on his way" in body(told)
    assert told["Auto-Submitted"] == "auto-generated"


def test_a_new_owner_who_gets_a_note_answers_with_a_note(walk: Walk, news: EmailMessage) -> None:
    step = walk.receive(reply(news, ALICE, "#assign boris\n#internal\n\nAda is in a mood."))
    told = step.mail_to("boris@desk.example")
    assert told["X-Maildesk-Event"] == "ticket.assigned"
    assert "mood" in body(told)
    answer = walk.receive(reply(told, BORIS, "I know her."))
    assert answer.events == [("comment.internal", "alice@desk.example")] or (
        "ada@acme.example" not in [to for _, to in answer.events]
    )


def test_a_new_requester_who_gets_the_words_needs_no_receipt(
    walk: Walk, news: EmailMessage
) -> None:
    step = walk.receive(reply(news, ALICE, "#requester bob@other.example\n\nDear Bob."))
    assert step.mail_to("bob@other.example")["X-Maildesk-Event"] == "comment.public"


def test_who_had_the_last_words_directly_hears_that_they_are_the_last(
    walk: Walk, news: EmailMessage
) -> None:
    to = "support@desk.example, ada@acme.example"
    step = walk.receive(reply(news, ALICE, "#done\n\nIt was the plug.", to=to))
    told = [m for m in step.mails if m["X-Original-To"] == "ada@acme.example"]
    assert [m["X-Maildesk-Event"] for m in told] == ["ticket.resolved", "rating.requested"]
    assert "It was the plug." not in body(told[0])


def test_who_is_asked_for_help_and_had_the_words_gets_no_copy(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    step = walk.receive(reply(news, ALICE, "#escalate\n#internal\n\nHelp me.", cc=BORIS))
    told = step.mail_to("boris@desk.example")
    assert told["X-Maildesk-Event"] == "ticket.escalated"
    assert "Help me." not in body(told)


def test_everybody_sees_who_else_reads_an_answer(walk: Walk, news: EmailMessage) -> None:
    walk.receive(reply(news, ALICE, '#cc "Roe & Sons" <bob@other.example>, eve@other.example'))
    step = ordered(walk, "On my way.")
    to_ada, to_boris = (step.mail_to(a) for a in ("ada@acme.example", "boris@desk.example"))
    assert "On this ticket, too: Roe & Sons, eve@other.example." in flat(to_ada)
    assert "Roe &amp; Sons, eve@" in body(to_ada, "html")
    assert "too: Ada Lovelace, eve@" in flat(step.mail_to("bob@other.example"))
    assert "too: Roe & Sons, eve@other.example." in flat(to_boris)
    alone = walk.receive(mail(subject="Another matter"))
    assert "On this ticket, too" not in flat(alone.mail_to("alice@desk.example"))


def test_a_forged_customers_mail_brings_nobody_to_the_ticket(walk: Walk) -> None:
    walk.receive(mail())
    for verdict, key, is_there in (("fail", "HELP-2", False), ("pass", "HELP-1", True)):
        results = f"mx.desk.example; dmarc={verdict} header.from=acme.example"
        raw = mail(
            "ada@acme.example",
            "[HELP-1]",
            "And?",
            cc="eve@other.example",
            headers={"Authentication-Results": results},
        )
        step = walk.receive(raw, peer="192.0.2.9")
        assert step.ticket == key
        assert ("eve@other.example" in people(walk)) is is_there


def test_who_was_taken_off_and_answers_an_old_mail_is_heard_by_agents_alone(walk: Walk) -> None:
    walk.receive(mail(cc="Zed <zed@zed.example>"))
    news = next(m for m in walk.sent() if m["X-Original-To"] == "alice@desk.example")
    his = walk.receive(reply(news, ALICE, "We look at it.")).mail_to("zed@zed.example")
    walk.receive(reply(news, ALICE, "#uncc zed@zed.example\n\nFor you alone, Ada."))
    step = walk.receive(reply(his, "Zed <zed@zed.example>", "What is the state?"))
    assert {to for _, to in step.events} == {"alice@desk.example", "boris@desk.example"}
    told = " ".join(body(step.mail_to("alice@desk.example")).split())
    assert "Zed was taken off this ticket" in told
    assert "#cc zed@zed.example" in told
    assert walk.ticket("HELP-1")["comments"][-1]["visibility"] == "internal"
    back = walk.receive(
        reply(step.mail_to("alice@desk.example"), ALICE, "#cc zed@zed.example\n#public\n\nHello.")
    )
    assert "zed@zed.example" in {to for _, to in back.events}


def test_who_was_taken_off_is_not_told_that_he_takes_part(walk: Walk) -> None:
    walk.receive(mail(cc="Zed <zed@zed.example>"))
    news = next(m for m in walk.sent() if m["X-Original-To"] == "alice@desk.example")
    his = walk.receive(reply(news, ALICE, "We look at it.")).mail_to("zed@zed.example")
    walk.receive(reply(news, ALICE, "#uncc zed@zed.example\n#status On hold\n\nFor you alone."))
    step = walk.receive(reply(his, "Zed <zed@zed.example>", "#close\n\nI close."))
    failed = step.mail_to("zed@zed.example")
    assert failed["X-Maildesk-Event"] == "command.failed"
    for kind in ("plain", "html"):
        assert "take part" not in body(failed, kind)
        assert "On hold" not in body(failed, kind)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("no-reply@other.example", "Nobody reads at no-reply@other.example."),
        ("users@lists.other.example", "users@lists.other.example is a mailing list."),
    ],
)
def test_nobody_makes_a_requester_of_an_address_without_a_reader(
    walk: Walk, news: EmailMessage, address: str, why: str
) -> None:
    step = walk.receive(reply(news, ALICE, f"#requester {address}"))
    assert why in " ".join(body(step.mail_to("alice@desk.example")).split())
    assert walk.ticket("HELP-1")["requester"]["email"] == "ada@acme.example"


def test_a_new_requester_has_the_name_that_the_line_gives(walk: Walk, news: EmailMessage) -> None:
    walk.receive(reply(news, ALICE, "#requester Zoe Moss <zoe@zoe.example>"))
    assert walk.ticket("HELP-1")["requester"] == {"email": "zoe@zoe.example", "name": "Zoe Moss"}

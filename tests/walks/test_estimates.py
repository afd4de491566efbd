"""Estimates from mail to mail: asked, approved, rejected, answered twice, too late, by others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from html import unescape
from pathlib import Path

import pytest

from maildesk.core.estimates import Estimate
from maildesk.mail.worker import ParserPool
from maildesk.store.estimates import estimates_of
from maildesk.sweeps import sweep
from tests.walks.walk import ADA, ALICE, BORIS, STRANGER, Step, Walk, begin, body, mail, reply

CTO = "Carla <cto@acme.example>"
CODE = re.compile(r"#(approve|reject) ((?:[0-9A-Z]{4}-){3}[0-9A-Z]{4})")


@pytest.fixture
def walk(tmp_path: Path, parser: ParserPool) -> Iterator[Walk]:
    """A desk whose customer has an approver, who is on no ticket."""
    walk = begin(tmp_path, parser, organisation='approvers = ["cto@acme.example"]')
    yield walk
    walk.close()


@pytest.fixture
def alice(walk: Walk) -> Callable[[str], Step]:
    """Ada's ticket is there, and Alice answers its news with a text."""
    told = walk.receive(mail()).mail_to("alice@desk.example")
    return lambda text: walk.receive(reply(told, ALICE, text))


def codes_in(asked: EmailMessage) -> dict[str, str]:
    """The lines of a mail that asks, by command."""
    return {found[1]: found[0] for found in CODE.finditer(body(asked))}


def click(line: str, sender: str = CTO, *, subject: str = "[HELP-1] The printer burns") -> bytes:
    """The mail that a link opens, sent as it is."""
    return mail(sender, subject, line)


def estimates(walk: Walk) -> list[Estimate]:
    with walk.desk.store.read() as conn:
        return list(estimates_of(conn, 1))


def states(walk: Walk) -> list[str]:
    return [estimate.state.value for estimate in estimates(walk)]


def words(message: EmailMessage, kind: str = "plain") -> str:
    return " ".join(unescape(body(message, kind)).split())


def test_the_approver_is_asked_and_the_ticket_waits(
    walk: Walk, alice: Callable[[str], Step]
) -> None:
    step = alice("#estimate 8h by 2026-12-01 New rollers and a day of cleaning.")
    asked = step.mail_to("cto@acme.example")
    assert asked["X-Maildesk-Event"] == "estimate.requested"
    assert asked["Auto-Submitted"] == "auto-generated"
    assert set(codes_in(asked)) == {"approve", "reject"}
    for part in ("8 h", "1 Dec 2026", "New rollers and a day of cleaning."):
        assert part in words(asked)
        assert part in words(asked, "html")
    assert walk.ticket("HELP-1")["status"] == "Waiting for the client"
    assert states(walk) == ["asked"]
    assert "Estimate 1, 8 h, has gone to cto@acme.example." in words(
        step.mail_to("alice@desk.example")
    )


def test_a_click_approves_and_agents_and_requester_hear_of_it(
    walk: Walk, alice: Callable[[str], Step]
) -> None:
    asked = alice("#estimate 8h by 2026-12-01 rollers").mail_to("cto@acme.example")
    step = walk.receive(click(codes_in(asked)["approve"]))
    assert step.ticket == "HELP-1"
    assert [e for e in step.events if e[0] != "command.done"] == [
        ("estimate.decided", "ada@acme.example"),
        ("estimate.decided", "alice@desk.example"),
        ("estimate.decided", "boris@desk.example"),
    ]
    assert "Carla has approved the estimate of 8 h" in words(step.mail_to("alice@desk.example"))
    assert "Estimate 1, 8 h, is approved." in words(step.mail_to("cto@acme.example"))
    assert walk.ticket("HELP-1")["status"] == "Approved"
    (estimate,) = estimates(walk)
    assert (estimate.state, estimate.decided_by) == ("approved", "cto@acme.example")
    kinds = [event["kind"] for event in walk.ticket("HELP-1")["events"]]
    assert "estimate asked" in kinds
    assert "estimate approved" in kinds
    assert len(walk.ticket("HELP-1")["comments"]) == 1


def test_a_reply_to_the_very_mail_approves_without_a_code(
    walk: Walk, alice: Callable[[str], Step]
) -> None:
    asked = alice("#estimate 8h rollers").mail_to("cto@acme.example")
    walk.receive(reply(asked, CTO, "#approve"))
    assert states(walk) == ["approved"]


def test_a_rejection_says_why_and_ends_the_ticket(walk: Walk, alice: Callable[[str], Step]) -> None:
    asked = alice("#estimate 8h rollers").mail_to("cto@acme.example")
    step = walk.receive(click(codes_in(asked)["reject"] + " too much for that old thing"))
    assert states(walk) == ["rejected"]
    ticket = walk.ticket("HELP-1")
    assert (ticket["status"], ticket["resolved_at"] is None) == ("Rejected", False)
    assert ticket["comments"][-1]["text"] == "too much for that old thing"
    told = step.mail_to("alice@desk.example")
    assert told["X-Maildesk-Event"] == "estimate.decided"
    assert "too much for that old thing" in words(told)
    others = [m for m in step.mails if m["X-Original-To"] != "cto@acme.example"]
    assert not CODE.search("".join(body(m) for m in others))


def test_what_is_written_to_all_stands_in_the_approvers_question(
    walk: Walk, alice: Callable[[str], Step]
) -> None:
    step = alice("#estimate 8h\n\nDear Ada, so.")
    asked = step.mail_to("cto@acme.example")
    assert "Dear Ada, so." in body(asked)
    assert "Dear Ada, so." in body(step.mail_to("ada@acme.example"))


def test_the_second_use_of_a_code_is_harmless(walk: Walk, alice: Callable[[str], Step]) -> None:
    asked = alice("#estimate 8h rollers").mail_to("cto@acme.example")
    walk.receive(click(codes_in(asked)["approve"]))
    alice("#status In progress")
    again = walk.receive(click(codes_in(asked)["approve"]))
    assert again.events == [("command.done", "cto@acme.example")]
    assert "approved already" in words(again.mail_to("cto@acme.example"))
    other = walk.receive(click(codes_in(asked)["reject"]))
    assert other.events == [("command.failed", "cto@acme.example")]
    assert "was approved by cto@acme.example on" in words(other.mail_to("cto@acme.example"))
    assert walk.ticket("HELP-1")["status"] == "In progress"
    assert states(walk) == ["approved"]


def test_an_answer_to_an_older_estimate_never_approves_the_newer(
    walk: Walk, alice: Callable[[str], Step]
) -> None:
    older = alice("#estimate 8h rollers").mail_to("cto@acme.example")
    newer = alice("#estimate 40h a new printer").mail_to("cto@acme.example")
    for answer in (click(codes_in(older)["approve"]), reply(older, CTO, "#approve")):
        step = walk.receive(answer)
        assert step.events == [("command.failed", "cto@acme.example")]
        assert "A newer estimate" in words(step.mail_to("cto@acme.example"))
        assert states(walk) == ["replaced", "asked"]
    walk.receive(click(codes_in(newer)["approve"]))
    assert states(walk) == ["replaced", "approved"]


def test_a_code_in_a_colleagues_hands_is_refused_and_reported(
    walk: Walk, alice: Callable[[str], Step]
) -> None:
    asked = alice("#estimate 8h rollers").mail_to("cto@acme.example")
    line = codes_in(asked)["approve"]
    step = walk.receive(click(line, ADA))
    assert states(walk) == ["asked"]
    assert step.mail_to("ada@acme.example")["X-Maildesk-Event"] == "command.failed"
    assert "made for somebody else" in words(step.mail_to("ada@acme.example"))
    alert = step.mail_to("alice@desk.example")
    assert alert["X-Maildesk-Event"] == "admin.alert"
    assert "cto@acme.example" in body(alert)
    assert walk.ticket("HELP-1")["status"] == "Waiting for the client"
    assert len(walk.ticket("HELP-1")["comments"]) == 1


def test_a_code_in_a_strangers_hands_is_refused_and_reported(
    walk: Walk, alice: Callable[[str], Step]
) -> None:
    asked = alice("#estimate 8h rollers").mail_to("cto@acme.example")
    step = walk.receive(click(codes_in(asked)["approve"], STRANGER))
    assert states(walk) == ["asked"]
    assert ("admin.alert", "alice@desk.example") in step.events
    to_mallory = "".join(
        body(m) for m in step.mails if m["X-Original-To"] == "mallory@elsewhere.example"
    )
    for secret in ("HELP-1 ", "rollers", "8 h", "printer"):
        assert secret not in to_mallory


def test_without_a_code_the_key_alone_approves_nothing(
    walk: Walk, alice: Callable[[str], Step]
) -> None:
    alice("#estimate 8h rollers")
    step = walk.receive(click("#approve", ADA))
    assert "needs the code" in words(step.mail_to("ada@acme.example"))
    walk.receive(click("#approve 7K3M-7K3M-7K3M-7K3M", ADA))
    walk.receive(click("#approve"))
    assert states(walk) == ["asked"]


def test_a_code_is_too_old_after_a_season_but_the_mail_still_counts(
    walk: Walk, alice: Callable[[str], Step]
) -> None:
    asked = alice("#estimate 8h rollers").mail_to("cto@acme.example")
    walk.advance(days=91)
    step = walk.receive(click(codes_in(asked)["approve"]))
    assert states(walk) == ["asked"]
    del step
    walk.receive(reply(asked, CTO, "#approve"))
    assert states(walk) == ["approved"]


def test_without_approvers_the_requester_decides(tmp_path: Path, parser: ParserPool) -> None:
    walk = begin(tmp_path, parser)
    told = walk.receive(mail()).mail_to("alice@desk.example")
    asked = walk.receive(reply(told, ALICE, "#estimate 2h")).mail_to("ada@acme.example")
    assert asked["X-Maildesk-Event"] == "estimate.requested"
    walk.receive(reply(asked, ADA, "#approve\n\nThank you!"))
    assert states(walk) == ["approved"]
    ticket = walk.ticket("HELP-1")
    assert ticket["status"] == "Approved"
    assert ticket["comments"][-1]["text"] == "Thank you!"
    walk.close()


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("#estimate", "An amount of time is missing"),
        ("#estimate 2d", "please write hours"),
        ("#estimate -2h", "less than nothing"),
        ("#estimate 8h by 2026-11-01", "1 Nov 2026 has gone by"),
        ("#estimate 8h by 12/01/2026", "12 Jan 2026 or 1 Dec 2026"),
        ("#estimate 8h by far the best", "begins with no day"),
    ],
)
def test_a_wrong_estimate_goes_to_nobody(
    walk: Walk, alice: Callable[[str], Step], line: str, why: str
) -> None:
    step = alice(f"{line}\n\nDear Ada, look.")
    assert step.events == [("command.failed", "alice@desk.example")]
    assert why in words(step.mail_to("alice@desk.example"))
    assert estimates(walk) == []


def test_an_approved_day_is_when_the_ticket_is_due(
    walk: Walk, alice: Callable[[str], Step]
) -> None:
    asked = alice("#estimate 8h by 2026-12-01 rollers").mail_to("cto@acme.example")
    walk.receive(click(codes_in(asked)["approve"]))
    with walk.desk.store.read() as conn:
        assert conn.execute("SELECT due_on FROM tickets").fetchone()["due_on"] == "2026-12-01"


def test_an_answer_to_a_merged_tickets_estimate_never_approves_the_targets(
    walk: Walk, alice: Callable[[str], Step]
) -> None:
    own = alice("#estimate 8h rollers").mail_to("cto@acme.example")
    other = walk.receive(mail(subject="The same printer")).mail_to("alice@desk.example")
    source = walk.receive(reply(other, ALICE, "#estimate 80h a printer")).mail_to(
        "cto@acme.example"
    )
    walk.receive(reply(other, ALICE, "#merge HELP-1"))
    line = codes_in(source)["approve"]
    walk.receive(click(line, subject="[HELP-2] The same printer"))
    walk.receive(click(line, subject="[HELP-1] [HELP-2] The same printer"))
    walk.receive(reply(source, CTO, "#approve"))
    assert sorted(states(walk)) == ["asked", "replaced"]
    walk.receive(click(codes_in(own)["approve"]))
    assert sorted(states(walk)) == ["approved", "replaced"]


PACKAGE = """approvers = ["cto@acme.example"]
[[organisations.budgets]]
name = "Support 2026"
starts = 2026-11-01
ends = 2026-11-30
amount = "10h"
"""


def test_what_is_left_of_the_package_stands_in_the_question(
    tmp_path: Path, parser: ParserPool
) -> None:
    walk = begin(tmp_path, parser, organisation=PACKAGE)
    told = walk.receive(mail()).mail_to("alice@desk.example")
    asked = walk.receive(reply(told, ALICE, "#time 1h\n#estimate 4h rollers"))
    question = words(asked.mail_to("cto@acme.example"))
    assert "Left in Support 2026: 9 h" in question
    assert "more than what is left" not in question
    walk.receive(click(codes_in(asked.mail_to("cto@acme.example"))["approve"]))
    walk.advance(minutes=1)
    walk.receive(reply(told, ALICE, "#time 30m"))
    second = walk.receive(reply(told, ALICE, "#estimate 8h a drum"))
    question = words(second.mail_to("cto@acme.example"))
    assert "Left in Support 2026: 5 h" in question
    assert "3 h more than what is left" in question
    assert "Only 5 h are left in Support 2026." in words(second.mail_to("alice@desk.example"))
    walk.close()


def test_where_no_package_counts_any_more_it_says_so(tmp_path: Path, parser: ParserPool) -> None:
    walk = begin(tmp_path, parser, organisation=PACKAGE.replace("2026-11-30", "2026-11-19"))
    told = walk.receive(mail()).mail_to("alice@desk.example")
    step = walk.receive(reply(told, ALICE, "#estimate 4h rollers"))
    for reader in ("cto@acme.example", "alice@desk.example"):
        assert "There is no package" in words(step.mail_to(reader))
    walk.close()


def test_who_pays_in_no_packages_reads_nothing_of_them(alice: Callable[[str], Step]) -> None:
    assert "package" not in words(alice("#estimate 4h").mail_to("cto@acme.example"))


def test_an_estimate_in_a_first_mail_is_one_of_its_ticket(
    tmp_path: Path, parser: ParserPool
) -> None:
    walk = begin(tmp_path, parser, organisation=PACKAGE)
    text = "#requester ada@acme.example\n#estimate 4h a drum\n\nDear Ada, as you said on the phone."
    step = walk.receive(mail(ALICE, "A new drum", text), auth="alice")
    asked = step.mail_to("cto@acme.example")
    assert "Left in Support 2026: 10 h" in words(asked)
    assert "as you said on the phone" in words(asked)
    assert walk.ticket("HELP-1")["status"] == "Waiting for the client"
    walk.receive(click(codes_in(asked)["approve"], subject="[HELP-1] A new drum"))
    assert states(walk) == ["approved"]
    walk.close()


def test_what_stands_inside_beside_an_estimate_goes_to_no_approver(
    alice: Callable[[str], Step],
) -> None:
    step = alice("#estimate 8h rollers\n#internal\n\nThey will pay whatever we ask.")
    asked = step.mail_to("cto@acme.example")
    assert "rollers" in words(asked)
    assert "whatever" not in asked.as_string()
    assert "whatever" not in "".join(
        m.as_string() for m in step.mails if "desk.example" not in str(m["X-Original-To"])
    )


def test_show_tells_an_agent_what_lies_beside_the_ticket(
    walk: Walk, alice: Callable[[str], Step]
) -> None:
    asked = alice("#time 1h30m\n#estimate 8h by 2026-12-01 rollers").mail_to("cto@acme.example")
    assert "Estimate 1: 8 h, not decided since 20 Nov 2026" in words(
        alice("#show").mail_to("alice@desk.example")
    )
    walk.receive(click(codes_in(asked)["approve"]))
    walk.receive(mail(text="Urgency: high", subject="[HELP-1]"))
    shown = words(alice("#show").mail_to("alice@desk.example"))
    for part in (
        "Due: 1 Dec 2026",
        "Estimate 1: 8 h, approved by cto@acme.example on 20 Nov 2026",
        "Worked: 1 h 30 min",
    ):
        assert part in shown
    told = words(walk.receive(mail(ADA, "[HELP-1]", "#show")).mail_to("ada@acme.example"))
    assert "Worked" not in told
    assert "Estimate" not in told


def test_a_strangers_words_behind_a_command_are_not_sent_to_the_address_shown(walk: Walk) -> None:
    step = walk.receive(mail(STRANGER, "x", "#approve buy this at https://spam.example"))
    assert step.ticket == "HELP-1"
    told = [m for m in step.mails if m["X-Original-To"] == "mallory@elsewhere.example"]
    assert [m["X-Maildesk-Event"] for m in told] == ["ticket.received"]
    assert "spam.example" not in told[0].as_string()


@pytest.mark.parametrize(
    "body_",
    [
        "<div>{line}</div><div><br></div><div>Sent from my iPhone</div>",
        "<p>{line}</p><p>-- <br>Carla Rossi<br>CTO, ACME</p>",
        "<div dir='ltr'><b>{line}</b></div>",
        "<p>#approve&nbsp;{code}</p>",
    ],
)
def test_a_phone_may_dress_the_line_up(
    walk: Walk, alice: Callable[[str], Step], body_: str
) -> None:
    asked = alice("#estimate 8h rollers").mail_to("cto@acme.example")
    line = codes_in(asked)["approve"]
    html = body_.format(line=line, code=line.split()[1])
    raw = click(line).replace(line.encode(), html.encode()).replace(b"text/plain", b"text/html")
    step = walk.receive(raw)
    assert states(walk) == ["approved"], [body(m) for m in step.mails]
    assert len(walk.ticket("HELP-1")["comments"]) == 1


def test_who_has_muted_the_ticket_is_asked_all_the_same(tmp_path: Path, parser: ParserPool) -> None:
    walk = begin(tmp_path, parser)
    opened = walk.receive(mail())
    walk.receive(reply(opened.mail_to("ada@acme.example"), ADA, "#mute"))
    step = walk.receive(reply(opened.mail_to("alice@desk.example"), ALICE, "#estimate 2h"))
    assert ("estimate.requested", "ada@acme.example") in step.events
    walk.close()


def test_neither_a_code_nor_an_id_approves_where_our_server_denies_the_approver(
    walk: Walk, alice: Callable[[str], Step]
) -> None:
    asked = alice("#estimate 8h rollers").mail_to("cto@acme.example")
    line = codes_in(asked)["approve"]
    fails = {"Authentication-Results": "mx.desk.example; dmarc=fail header.from=acme.example"}
    for raw in (
        mail(CTO, "[HELP-1] The printer burns", line, headers=fails),
        mail(CTO, "[HELP-1] The printer burns", f"{line}\n\nGo on.", headers=fails),
        reply(asked, CTO, f"{line}\n\nGo on.", headers=fails),
    ):
        step = walk.receive(raw, by="imap:support")
        assert ("command.failed", "cto@acme.example") in step.events
    assert states(walk) == ["asked"]
    keys = walk.keys()
    said = [c["text"] for key in keys for c in walk.ticket(key)["comments"]]
    assert not any(line in text for text in said)
    walk.receive(click(line))
    assert states(walk) == ["approved"]


def test_a_yes_in_words_approves_nothing_and_both_sides_hear_so(
    walk: Walk, alice: Callable[[str], Step]
) -> None:
    asked = alice("#take\n#estimate 8h rollers").event("estimate.requested")
    step = walk.receive(reply(asked, CTO, "Yes, go on."))
    assert states(walk) == ["asked"]
    news = step.mail_to("alice@desk.example")
    assert "These words answer estimate 1, and are no approval yet" in words(news)
    assert "Yes, go on." in body(news)
    told = step.mail_to("cto@acme.example")
    assert told["X-Maildesk-Event"] == "estimate.requested"
    assert told["Auto-Submitted"] == "auto-replied"
    assert "Your words have arrived; the estimate of 8 h still waits" in words(told)
    assert "no approval yet" not in step.mail_to("ada@acme.example").as_string()
    again = walk.receive(reply(asked, CTO, "Yes, I said."))
    assert "cto@acme.example" not in [to for _, to in again.events]
    walk.receive(click(codes_in(told)["approve"]))
    assert states(walk) == ["approved"]


def test_the_mail_that_says_so_may_be_answered_with_the_line(
    walk: Walk, alice: Callable[[str], Step]
) -> None:
    asked = alice("#estimate 8h rollers").event("estimate.requested")
    told = walk.receive(reply(asked, CTO, "Yes, go on.")).event("estimate.requested")
    walk.receive(reply(told, CTO, "#approve"))
    assert states(walk) == ["approved"]


def test_words_after_the_decision_are_words(walk: Walk, alice: Callable[[str], Step]) -> None:
    asked = alice("#estimate 8h rollers").event("estimate.requested")
    walk.receive(reply(asked, CTO, "#approve"))
    step = walk.receive(reply(asked, CTO, "When will it be ready?"))
    assert "estimate.requested" not in [event for event, _ in step.events]
    assert "no approval" not in words(step.mail_to("alice@desk.example"))


def test_nobody_but_who_was_asked_is_told_how_to_decide(
    walk: Walk, alice: Callable[[str], Step]
) -> None:
    step = alice("#estimate 8h rollers")
    told = walk.receive(reply(step.mail_to("ada@acme.example"), ADA, "Yes, go on."))
    assert "estimate.requested" not in [event for event, _ in told.events]


def test_an_absence_notice_is_not_told_how_to_decide(
    walk: Walk, alice: Callable[[str], Step]
) -> None:
    asked = alice("#estimate 8h rollers").event("estimate.requested")
    away = reply(asked, CTO, "I am away.", headers={"Auto-Submitted": "auto-replied"})
    assert walk.receive(away).mails == []


def test_a_reader_in_cc_of_the_approvers_question_cannot_approve_by_its_id(
    walk: Walk, alice: Callable[[str], Step]
) -> None:
    asked = alice("#estimate 8h").mail_to("cto@acme.example")
    walk.receive(reply(asked, CTO, "Is that much, Vic?", cc="vic@vendor.example"))
    forged = reply(asked, CTO, "#approve")
    assert walk.receive(forged).event("command.failed")["X-Original-To"] == "cto@acme.example"
    assert states(walk) == ["asked"]
    spent = [e for e in walk.ticket("HELP-1")["events"] if e["kind"] == "proof spent"]
    assert [e["detail"]["seen by"] for e in spent] == ["vic@vendor.example"]
    walk.receive(click(codes_in(asked)["approve"]))
    assert states(walk) == ["approved"]


def test_a_forwarded_question_no_longer_approves_by_its_id(
    walk: Walk, alice: Callable[[str], Step]
) -> None:
    asked = alice("#estimate 8h").mail_to("cto@acme.example")
    walk.receive(reply(asked, STRANGER, "Carla asks me about this."))
    walk.receive(reply(asked, CTO, "#approve"))
    assert states(walk) == ["asked"]


def test_an_approval_that_others_read_along_counts(
    walk: Walk, alice: Callable[[str], Step]
) -> None:
    asked = alice("#estimate 8h").mail_to("cto@acme.example")
    walk.receive(reply(asked, CTO, "#approve", cc="vic@vendor.example"))
    assert states(walk) == ["approved"]


def test_the_words_of_an_estimate_that_say_what_a_note_says_go_to_nobody(
    walk: Walk, alice: Callable[[str], Step]
) -> None:
    secret = "all three rollers are worn since she never has them cleaned"
    told = alice("Hello Ada.").mail_to("boris@desk.example")
    walk.receive(reply(told, BORIS, f"#internal\n{secret}"))
    step = alice(f"#estimate 1h30m {secret}")
    assert step.events == [("command.failed", "alice@desk.example")]
    assert "#estimate 1h30m" in words(step.mails[0])
    assert states(walk) == []
    alice("#estimate 1h30m new rollers")
    assert states(walk) == ["asked"]


def later(walk: Walk, **span: float) -> list[EmailMessage]:
    """The clock goes on; the mails that go out because of it."""
    walk.advance(**span)
    sweep(walk.desk)
    walk.courier.deliver_due()
    return walk.fresh()


def test_while_an_estimate_waits_its_approvers_are_reminded_and_can_answer_the_reminder(
    walk: Walk, alice: Callable[[str], Step]
) -> None:
    alice("#estimate 8h rollers\n\nDear Ada, this is what it takes.")
    (reminded,) = later(walk, days=5)
    assert reminded["X-Maildesk-Event"] == "waiting.reminder"
    assert reminded["X-Original-To"] == "cto@acme.example"
    assert set(codes_in(reminded)) == {"approve", "reject"}
    for kind in ("plain", "html"):
        text = words(reminded, kind)
        assert "Please decide about 8 h of work" in text
        assert "rollers" in text
        assert "Dear Ada" not in text
    walk.receive(reply(reminded, CTO, "#approve"))
    assert states(walk) == ["approved"]


def test_the_requester_learns_with_whom_an_estimate_is(
    walk: Walk, alice: Callable[[str], Step]
) -> None:
    line = "An estimate of 8 h is with cto@acme.example, to be approved or rejected."
    told = alice("#estimate 8h rollers").mail_to("ada@acme.example")
    assert told["X-Maildesk-Event"] == "status.changed"
    assert line in words(told)
    assert line in words(told, "html")


def test_an_estimate_beside_words_says_with_whom_it_is_in_their_mail(
    alice: Callable[[str], Step],
) -> None:
    told = alice("#estimate 8h\n\nDear Ada, so.").mail_to("ada@acme.example")
    assert told["X-Maildesk-Event"] == "comment.public"
    assert "An estimate of 8 h is with cto@acme.example" in words(told)


def test_nobody_but_an_approver_ends_the_waiting_for_a_decision(
    walk: Walk, alice: Callable[[str], Step]
) -> None:
    step = alice("#estimate 8h rollers")
    walk.receive(reply(step.mail_to("ada@acme.example"), ADA, "It still burns."))
    assert walk.ticket("HELP-1")["status"] == "Waiting for the client"
    walk.receive(reply(step.mail_to("cto@acme.example"), CTO, "How long will it take?"))
    assert walk.ticket("HELP-1")["status"] == "Open"


def test_a_late_approval_says_to_all_that_the_ticket_is_open_again(
    walk: Walk, alice: Callable[[str], Step]
) -> None:
    asked = alice("#estimate 8h rollers").mail_to("cto@acme.example")
    walk.receive(mail(ADA, "[HELP-1]", "#close not needed any more"))
    step = walk.receive(click(codes_in(asked)["approve"]))
    assert walk.ticket("HELP-1")["status"] == "Approved"
    for person in ("ada@acme.example", "alice@desk.example", "cto@acme.example"):
        assert "This ticket is open again" in words(step.mail_to(person))


def test_a_code_below_other_words_is_mailed_on_to_nobody(
    walk: Walk, alice: Callable[[str], Step]
) -> None:
    asked = alice("#estimate 8h rollers").mail_to("cto@acme.example")
    line = codes_in(asked)["approve"]
    step = walk.receive(reply(asked, CTO, f"Yes please.\n\n{line}\n\nThat is {line[9:].lower()}."))
    assert states(walk) == ["asked"]
    others = [m for m in step.mails if m["X-Original-To"] != "cto@acme.example"]
    assert len(others) == 3
    for told in others:
        for kind in ("plain", "html"):
            assert "Yes please." in words(told, kind)
            assert line[9:] not in words(told, kind).upper()
    assert line[9:] not in walk.ticket("HELP-1")["comments"][-1]["text"].upper()


@pytest.mark.parametrize("behind", [".", ",", '"', " HELP-1", " [HELP-1]."])
def test_what_stands_right_behind_a_code_is_no_comment(
    walk: Walk, alice: Callable[[str], Step], behind: str
) -> None:
    asked = alice("#estimate 8h rollers").mail_to("cto@acme.example")
    walk.receive(click(codes_in(asked)["approve"] + behind))
    assert states(walk) == ["approved"]
    assert len(walk.ticket("HELP-1")["comments"]) == 1


def test_the_line_of_a_link_holds_its_tickets_key(walk: Walk, alice: Callable[[str], Step]) -> None:
    asked = alice("#estimate 8h rollers").mail_to("cto@acme.example")
    line = codes_in(asked)["approve"] + " HELP-1"
    assert line in words(asked)
    step = walk.receive(mail(CTO, "Your printer", f"{line} before Friday"))
    assert step.ticket == "HELP-1"
    assert states(walk) == ["approved"]
    assert walk.ticket("HELP-1")["comments"][-1]["text"] == "before Friday"


def test_a_strangers_line_with_a_key_and_anothers_code_is_reported(
    walk: Walk, alice: Callable[[str], Step]
) -> None:
    asked = alice("#estimate 8h rollers").mail_to("cto@acme.example")
    step = walk.receive(mail(STRANGER, "Hello", codes_in(asked)["approve"] + " HELP-1"))
    assert states(walk) == ["asked"]
    assert ("admin.alert", "alice@desk.example") in step.events


@pytest.mark.parametrize(
    "lines",
    [
        "#estimate 2h x\n#estimate 3h y",
        "#estimate 2h x\n#done",
        "#done\n#estimate 2h x",
        "#estimate 2h x\n#close as you wished",
    ],
)
def test_one_mail_asks_once_and_ends_nothing(
    walk: Walk, alice: Callable[[str], Step], lines: str
) -> None:
    step = alice(lines)
    assert step.events == [("command.failed", "alice@desk.example")]
    assert "One mail asks for one estimate" in words(step.mails[0])
    assert states(walk) == []
    assert walk.ticket("HELP-1")["status"] == "Open"


def test_who_merges_a_ticket_learns_that_its_estimate_is_lost_and_so_does_its_approver(
    walk: Walk, alice: Callable[[str], Step]
) -> None:
    asked = alice("#estimate 8h rollers").mail_to("cto@acme.example")
    news = walk.receive(mail(subject="The other printer")).mail_to("alice@desk.example")
    assert news["X-Maildesk-Ticket"] == "HELP-2"
    merged = alice("#merge HELP-2").mail_to("alice@desk.example")
    assert "Estimate 1 of HELP-1 can no longer be decided" in words(merged)
    assert "Undo: mailto:" in words(merged)
    refused = walk.receive(reply(asked, CTO, "#approve")).mail_to("cto@acme.example")
    assert "was asked for on a ticket that is part of this one now" in words(refused)


def test_words_below_commands_that_answer_a_note_are_told_to_stay_inside(
    walk: Walk, alice: Callable[[str], Step]
) -> None:
    note = alice("#internal\n\nShe has an old one.").mail_to("boris@desk.example")
    step = walk.receive(reply(note, BORIS, "#estimate 3h rollers\n\nThat should do."))
    told = words(step.mail_to("boris@desk.example"))
    assert "The words below are an internal note" in told
    assert "#public" in told
    assert "That should do." not in words(step.mail_to("cto@acme.example"))
    plain = alice("#internal\n#take\n\nMine.").mail_to("alice@desk.example")
    assert "The words below are an internal note" not in words(plain)


def test_the_answer_to_an_estimate_says_how_it_is_replaced(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    told = walk.receive(reply(news, ALICE, "#estimate 4h rollers")).mail_to("alice@desk.example")
    assert "another #estimate takes its place" in " ".join(body(told).split())

"""What becomes of a message: new tickets, comments, and the reasons for neither."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maildesk.core.authres import AuthResult, AuthResults
from maildesk.core.lately import Lately
from maildesk.core.model import Decision, Event, InboxState, Machine, Mailbox, Role, Visibility
from maildesk.core.signature import Scope
from tests.core.build import (
    ADA,
    ENVELOPE,
    HELP,
    NOW,
    POLICY,
    TICKET,
    context,
    decided,
    message,
    signed_id,
)

ALICE_MAIL = Mailbox(email="alice@desk.example", name="alice at home")
STRANGER = Mailbox(email="eve@evil.example", name="Eve")
PASS = AuthResults(
    authserv_id="mx.desk.example",
    results=(
        AuthResult(method="dmarc", result="pass", properties=(("header.from", "desk.example"),)),
    ),
)


def told(decision: Decision, event: Event) -> list[str]:
    return [n.to.email for n in decision.notices if n.event is event]


def test_a_first_mail_opens_a_ticket_with_acknowledgement_and_news_for_each_agent() -> None:
    decision = decided(message())
    assert decision.new_ticket
    assert decision.new_ticket.desk == "HELP"
    assert decision.new_ticket.organisation == "ACME"
    assert decision.comment
    assert decision.comment.visibility is Visibility.PUBLIC
    assert told(decision, Event.TICKET_RECEIVED) == ["ada@acme.example"]
    assert told(decision, Event.TICKET_NEW) == ["alice@desk.example", "boris@desk.example"]


def test_the_people_a_customer_addressed_come_along_but_never_ourselves_or_machines() -> None:
    addressed = (
        Mailbox(email="support@desk.example"),
        Mailbox(email="carl@acme.example", name="Carl"),
        Mailbox(email="no-reply@acme.example"),
        Mailbox(email="alice@desk.example"),
        Mailbox(email="sales@desk.example"),
    )
    decision = decided(message(to=addressed))
    assert decision.new_ticket
    people = {p.email: p.role for p in decision.new_ticket.participants}
    assert people == {"ada@acme.example": Role.REQUESTER, "carl@acme.example": Role.PARTICIPANT}


def test_a_list_mail_brings_nobody_along_and_is_not_acknowledged() -> None:
    mail = message(
        machine=Machine.LIST,
        cc=(Mailbox(email="list@lists.example"),),
        may_be_answered=False,
    )
    decision = decided(mail)
    assert decision.new_ticket
    assert [p.email for p in decision.new_ticket.participants] == ["ada@acme.example"]
    assert told(decision, Event.TICKET_RECEIVED) == []
    assert told(decision, Event.TICKET_NEW) != []


@pytest.mark.parametrize(
    "mail",
    [
        message(in_reply_to=(signed_id("ada@acme.example"),)),
        message(subject="Re: [help-7] Printer"),
        message(references=("<first@acme.example>",)),
    ],
    ids=["signed Message-ID", "subject key", "known Message-ID"],
)
def test_the_requester_comments_by_every_kind_of_hint(mail: object) -> None:
    decision = decided(mail)
    assert decision.ticket_id == 7
    assert decision.comment
    assert told(decision, Event.COMMENT_PUBLIC) == [
        "carl@acme.example",
        "alice@desk.example",
        "boris@desk.example",
    ]


def test_a_plus_address_leads_to_the_ticket_where_the_desk_uses_them() -> None:
    plus = replace(POLICY, desks=(replace(HELP, plus_addressing=True),))
    mail = message(to=(Mailbox(email="support+help-7@desk.example"),))
    assert decided(mail, policy=plus).ticket_id == 7
    assert decided(mail).new_ticket


def test_a_stranger_with_the_right_key_gets_a_linked_ticket_of_his_own() -> None:
    decision = decided(message(STRANGER, subject="[HELP-7] let me in"))
    assert decision.new_ticket
    assert decision.new_ticket.related_to == "HELP-7"
    assert decision.new_ticket.requester == STRANGER
    assert decision.new_ticket.subject == "let me in"


def test_a_signed_message_id_that_somebody_else_got_is_held_and_changes_nothing() -> None:
    decision = decided(message(STRANGER, in_reply_to=(signed_id("ada@acme.example"),)))
    assert (decision.state, decision.reason) == (InboxState.HELD, "reply by another person")
    assert decision.comment is None
    assert told(decision, Event.ADMIN_ALERT) == ["alice@desk.example", "boris@desk.example"]


def test_a_reply_by_another_person_that_was_let_in_joins_the_ticket() -> None:
    envelope = replace(ENVELOPE, is_let_in=True)
    mail = message(STRANGER, in_reply_to=(signed_id("ada@acme.example"),))
    decision = decided(mail, envelope)
    assert decision.ticket_id == 7
    assert [p.email for p in decision.new_participants] == ["eve@evil.example"]


def test_whatever_was_held_for_its_sender_can_be_let_in() -> None:
    envelope = replace(ENVELOPE, is_let_in=True)
    strict = replace(POLICY, desks=(replace(HELP, unknown_senders="hold"),))
    assert decided(message(STRANGER), envelope, policy=strict).new_ticket
    assert decided(message(), envelope, lately=Lately(tickets=500)).new_ticket
    claimed = decided(message(ALICE_MAIL, subject="[HELP-7] done"), envelope)
    assert claimed.comment
    assert claimed.comment.by_agent == "alice"


def test_a_stranger_who_was_let_in_with_a_mere_key_still_gets_a_ticket_of_his_own() -> None:
    envelope = replace(ENVELOPE, is_let_in=True)
    assert decided(message(STRANGER, subject="[HELP-7] hello"), envelope).new_ticket


def test_a_forged_signature_says_no_more_than_a_subject_key() -> None:
    forged = signed_id("ada@acme.example").replace(".p.abc", ".p.abd")
    decision = decided(message(STRANGER, in_reply_to=(forged,)))
    assert decision.new_ticket
    assert decision.new_ticket.related_to == "HELP-7"
    assert told(decision, Event.ADMIN_ALERT) == []


def test_a_participant_may_answer_with_the_mail_that_another_participant_got() -> None:
    carl = Mailbox(email="carl@acme.example")
    decision = decided(message(carl, in_reply_to=(signed_id("ada@acme.example"),)))
    assert decision.ticket_id == 7


def test_an_agents_answer_to_his_own_mail_goes_to_the_customer_in_the_desks_name() -> None:
    decision = decided(message(ALICE_MAIL, in_reply_to=(signed_id("alice@desk.example"),)))
    assert decision.comment
    assert decision.comment.by_agent == "alice"
    assert decision.comment.author.name == "Alice Doe"
    public = told(decision, Event.COMMENT_PUBLIC)
    assert public == ["ada@acme.example", "carl@acme.example", "boris@desk.example"]
    assert {n.words_of for n in decision.notices} == {"Alice Doe"}


def test_an_agent_may_answer_from_any_of_his_addresses() -> None:
    home = Mailbox(email="al@home.example")
    decision = decided(message(home, in_reply_to=(signed_id("alice@desk.example"),)))
    assert decision.comment
    assert decision.comment.by_agent == "alice"
    assert "alice@desk.example" not in told(decision, Event.COMMENT_PUBLIC)


def test_an_agents_address_without_a_proof_is_held_and_the_agent_is_asked() -> None:
    decision = decided(message(ALICE_MAIL, subject="[HELP-7] close it"))
    assert decision.state is InboxState.HELD
    assert decision.comment is None
    assert told(decision, Event.SENDER_UNVERIFIED) == ["alice@desk.example"]


def test_an_agent_releases_a_held_message_by_answering_the_question_about_it() -> None:
    question = signed_id("alice@desk.example", scope=Scope.CONFIRM, key="31")
    decision = decided(message(ALICE_MAIL, in_reply_to=(question,)))
    assert decision.release
    assert (decision.release.inbox_id, decision.release.agent.id) == (31, "alice")
    assert decision.comment is None


def test_nobody_else_releases_a_held_message() -> None:
    question = signed_id("alice@desk.example", scope=Scope.CONFIRM, key="31")
    assert decided(message(STRANGER, in_reply_to=(question,))).release is None
    boris = Mailbox(email="boris@desk.example")
    assert decided(message(boris, in_reply_to=(question,))).release is None


def test_an_agents_answer_to_an_internal_mail_stays_a_note() -> None:
    mail = message(ALICE_MAIL, in_reply_to=(signed_id("alice@desk.example", scope=Scope.INTERNAL),))
    decision = decided(mail)
    assert decision.comment
    assert decision.comment.visibility is Visibility.INTERNAL
    assert told(decision, Event.COMMENT_INTERNAL) == ["boris@desk.example"]
    assert told(decision, Event.COMMENT_PUBLIC) == []


@pytest.mark.parametrize(
    ("source", "peer", "peers", "is_agent"),
    [
        ("imap:box", "", (), True),
        ("pipe", "", (), True),
        ("smtp", "192.0.2.1", (), False),
        ("smtp", "192.0.2.1", ("192.0.2.1",), True),
        ("lmtp", "192.0.2.2", ("192.0.2.1",), False),
        ("lmtp", "", ("192.0.2.1",), False),
        ("lmtp", "", ("socket",), True),
        ("smtp", "192.0.2.1", ("socket",), False),
    ],
)
def test_authentication_results_are_believed_by_the_way_they_came(
    source: str, peer: str, peers: tuple[str, ...], is_agent: bool
) -> None:
    envelope = replace(ENVELOPE, source=source, peer=peer)
    policy = replace(POLICY, trusted_peers=peers)
    mail = message(ALICE_MAIL, auth_results=(PASS,), subject="[HELP-7] done")
    decision = decided(mail, envelope, policy=policy)
    assert (decision.ticket_id == 7) is is_agent
    assert (decision.state is InboxState.HELD) is not is_agent


def test_two_desks_in_one_mail_are_one_ticket_on_the_one_in_to() -> None:
    mail = message(
        to=(Mailbox(email="sales@desk.example"),), cc=(Mailbox(email="support@desk.example"),)
    )
    decision = decided(mail)
    assert decision.new_ticket
    assert decision.new_ticket.desk == "SALES"


def test_two_desks_in_to_are_one_ticket_on_the_first_of_the_configuration() -> None:
    both = (Mailbox(email="sales@desk.example"), Mailbox(email="help@desk.example"))
    decision = decided(message(to=both))
    assert decision.new_ticket
    assert decision.new_ticket.desk == "HELP"


def test_mail_that_names_none_of_our_addresses_goes_to_the_mailboxs_desk() -> None:
    envelope = replace(ENVELOPE, source="imap:box", rcpt_to=())
    decision = decided(message(to=()), envelope, default_desk="SALES")
    assert decision.new_ticket
    assert decision.new_ticket.desk == "SALES"


@pytest.mark.parametrize("machine", [Machine.REPLY, Machine.BOUNCE])
def test_automatic_replies_and_bounces_open_nothing(machine: Machine) -> None:
    decision = decided(message(machine=machine))
    assert decision.state is InboxState.IGNORED
    assert not decision.notices


@pytest.mark.parametrize("machine", [Machine.REPLY, Machine.BOUNCE])
def test_automatic_replies_and_bounces_are_noted_on_the_ticket_they_answer(
    machine: Machine,
) -> None:
    decision = decided(message(machine=machine, in_reply_to=(signed_id("ada@acme.example"),)))
    assert (decision.state, decision.ticket_id) == (InboxState.DONE, 7)
    assert decision.comment is None
    assert not decision.notices


def test_our_own_mail_that_comes_back_is_ignored() -> None:
    own = signed_id("ada@acme.example")
    decision = decided(message(message_id=own, to=(ADA,)))
    assert decision.reason == "our own mail came back"


@pytest.mark.parametrize("address", ["support@desk.example", '"Sales"@Desk.example'])
def test_mail_from_an_address_of_our_own_is_held_and_never_answered(address: str) -> None:
    sender = Mailbox(email=address)
    decision = decided(message(sender=sender))
    assert (decision.state, decision.notices) == (InboxState.HELD, ())
    assert decision.reason == "written from an address of our own"
    assert decided(message(sender=sender), replace(ENVELOPE, is_let_in=True)).new_ticket
    archived = decided(message(sender=sender), replace(ENVELOPE, quiet=True))
    assert archived.new_ticket
    assert not archived.notices


def test_what_a_postmaster_writes_is_not_written_by_us() -> None:
    assert decided(message(sender=Mailbox(email="postmaster@desk.example"))).new_ticket


def test_a_message_id_that_only_looks_like_ours_does_not_hide_a_mail() -> None:
    own = signed_id("somebody@else.example")
    assert decided(message(message_id=own)).new_ticket


def test_without_a_sender_that_can_be_read_the_message_is_held() -> None:
    decision = decided(message(None, shown_from=""))
    assert decision.state is InboxState.HELD


def test_a_mail_that_asks_for_no_answer_gets_none() -> None:
    decision = decided(message(may_be_answered=False))
    assert told(decision, Event.TICKET_RECEIVED) == []
    assert told(decision, Event.TICKET_NEW)


def test_an_answer_to_an_alert_proves_who_wrote_it_and_opens_nothing() -> None:
    alert = signed_id("alice@desk.example", scope=Scope.ALERT, key="0")
    decision = decided(message(ALICE_MAIL, in_reply_to=(alert,)))
    assert (decision.state, decision.reason) == (InboxState.IGNORED, "answer to an alert")
    about = decided(message(ALICE_MAIL, in_reply_to=(alert,), subject="[HELP-7] look at this"))
    assert about.comment
    assert about.comment.by_agent == "alice"


def test_nobody_else_hides_a_mail_behind_an_alert() -> None:
    alert = signed_id("alice@desk.example", scope=Scope.ALERT, key="0")
    assert decided(message(STRANGER, in_reply_to=(alert,))).new_ticket
    assert decided(message(ALICE_MAIL, in_reply_to=(alert.replace("0.a.a", "0.a.b"),))).notices


def test_who_got_an_internal_mail_without_being_an_agent_answers_with_a_note() -> None:
    boss = Mailbox(email="boss@desk.example")
    about = signed_id("boss@desk.example", scope=Scope.INTERNAL)
    decision = decided(message(boss, in_reply_to=(about,), cc=(STRANGER,)))
    assert decision.comment
    assert decision.comment.visibility is Visibility.INTERNAL
    assert decision.new_participants == ()
    leaked = decided(message(in_reply_to=(signed_id("alice@desk.example", scope=Scope.INTERNAL),)))
    assert leaked.comment
    assert leaked.comment.visibility is Visibility.PUBLIC


def test_several_from_addresses_make_a_ticket_that_is_not_acknowledged() -> None:
    decision = decided(message(None, shown_from="ada@acme.example"))
    assert decision.new_ticket
    assert told(decision, Event.TICKET_RECEIVED) == []


def test_several_from_addresses_never_reach_a_ticket_by_its_key() -> None:
    decision = decided(message(None, shown_from="ada@acme.example", subject="[HELP-7] x"))
    assert decision.new_ticket


@pytest.mark.parametrize(("used", "is_answered"), [(9, True), (10, False)])
def test_automatic_answers_stop_at_the_hourly_allowance(used: int, is_answered: bool) -> None:
    decision = decided(message(), lately=Lately(automatic_mails=used))
    assert bool(told(decision, Event.TICKET_RECEIVED)) is is_answered
    assert told(decision, Event.TICKET_NEW)


@pytest.mark.parametrize(("opened", "is_held"), [(49, False), (50, True)])
def test_a_flood_of_new_tickets_is_held_with_one_alert(opened: int, is_held: bool) -> None:
    decision = decided(message(), lately=Lately(tickets=opened))
    assert (decision.state is InboxState.HELD) is is_held
    if is_held:
        assert {n.once for n in decision.notices} == {
            f"tickets-per-sender:ada@acme.example:{NOW:%Y-%m-%dT%H}"
        }


def test_a_comment_is_never_held_back_by_the_ticket_cap() -> None:
    decision = decided(message(subject="[HELP-7] more"), lately=Lately(tickets=500))
    assert decision.comment


@pytest.mark.parametrize(
    ("sender", "is_held"), [(ADA, False), (STRANGER, True)], ids=["customer", "stranger"]
)
def test_unknown_senders_can_be_held(sender: Mailbox, is_held: bool) -> None:
    strict = replace(POLICY, desks=(replace(HELP, unknown_senders="hold"),))
    assert (decided(message(sender), policy=strict).state is InboxState.HELD) is is_held


def test_whoever_stood_in_to_or_cc_gets_no_second_copy() -> None:
    mail = message(
        subject="[HELP-7] more",
        cc=(Mailbox(email="carl@acme.example"), Mailbox(email="al@home.example")),
    )
    assert told(decided(mail), Event.COMMENT_PUBLIC) == ["boris@desk.example"]


def test_the_owner_alone_hears_of_a_ticket_that_has_one() -> None:
    owned = replace(TICKET, owner="boris")
    mail = message(subject="[HELP-7] more")
    decision = decided(mail, tickets=(owned,))
    assert told(decision, Event.COMMENT_PUBLIC) == ["carl@acme.example", "boris@desk.example"]


def test_a_colleague_of_a_sharing_organisation_may_comment() -> None:
    cto = Mailbox(email="cto@acme.example")
    assert decided(message(cto, subject="[HELP-7] more")).ticket_id == 7
    other = Mailbox(email="dora@acme.example")
    assert decided(message(other, subject="[HELP-7] more")).new_ticket
    private = (replace(TICKET, is_shared=False),)
    assert decided(message(cto, subject="[HELP-7] more"), tickets=private).new_ticket


def test_an_import_is_quiet_and_believes_its_agents() -> None:
    envelope = replace(ENVELOPE, source="import", quiet=True)
    decision = decided(message(ALICE_MAIL, subject="[HELP-7] done"), envelope)
    assert decision.comment
    assert decision.comment.by_agent == "alice"
    assert not decision.notices


def test_of_several_keys_the_first_counts_on_whose_ticket_the_writer_may_comment() -> None:
    mail = message(subject="[SALES-3] [HELP-7] two keys")
    foreign = replace(TICKET, id=3, key="SALES-3", desk="SALES", organisation=None, participants=())
    base = context(mail)
    hints = (replace(base.hints[0], value="SALES-3", ticket_id=3), base.hints[-1])
    assert decided(mail, hints=hints, tickets=(foreign, TICKET)).ticket_id == 7

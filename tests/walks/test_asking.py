"""What people ask the desk by mail, and the one mail that answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.message import EmailMessage
from urllib.parse import unquote

import pytest

from tests.walks.walk import ADA, ALICE, BORIS, STRANGER, Step, Walk, body, mail, reply


@pytest.fixture
def ask(walk: Walk) -> Callable[..., Step]:
    """Alice writes lines to the desk, as a proved agent, in a mail of their own."""
    return lambda text, subject="hello": walk.receive(mail(ALICE, subject, text), auth="alice")


def plain(step: Step, to: str = "alice@desk.example") -> str:
    """The text of the one answer, in a line."""
    assert step.events == [("command.done", to)], step.reason
    return " ".join(body(step.mail_to(to)).split())


def test_the_queue_names_what_is_open_the_most_urgent_first(
    walk: Walk, ask: Callable[..., Step]
) -> None:
    told = walk.receive(mail(subject="A slow door")).mail_to("alice@desk.example")
    walk.receive(mail(subject="The printer burns"))
    walk.receive(mail(subject="Solved")).mail_to("alice@desk.example")
    walk.receive(mail(ALICE, "[HELP-3]", "#done"), auth="alice")
    walk.receive(reply(told, ALICE, "#priority P4"))
    walk.receive(mail(ALICE, "[HELP-2]", "#priority P1"), auth="alice")
    text = plain(ask("#queue"))
    assert "2 tickets are open" in text
    assert text.index("HELP-2") < text.index("HELP-1")
    assert "HELP-3" not in text
    assert "Ada Lovelace" in text


def test_a_question_opens_no_ticket_and_makes_no_comment(
    walk: Walk, ask: Callable[..., Step]
) -> None:
    step = ask("#queue\n\nAlice Doe\nExample Support Ltd")
    assert (step.state, step.reason, step.ticket) == ("done", "question", None)
    assert "No ticket is open" in plain(step)
    assert "What stands below your question was not kept." in plain(step)
    assert "was not kept" not in plain(ask("#queue"))
    assert walk.keys() == []
    told = walk.receive(mail()).mail_to("alice@desk.example")
    before = walk.ticket("HELP-1")
    walk.advance(minutes=1)
    assert walk.receive(reply(told, ALICE, "#mine")).state == "done"
    assert walk.ticket("HELP-1") == before


def test_an_agents_own_tickets_are_those_that_they_took(
    walk: Walk, ask: Callable[..., Step]
) -> None:
    told = walk.receive(mail(subject="A slow door")).mail_to("alice@desk.example")
    walk.receive(mail(subject="The printer burns"))
    walk.receive(reply(told, ALICE, "#take"))
    text = plain(ask("#mine"))
    assert "1 open ticket is yours" in text
    assert "A slow door" in text
    assert "HELP-2" not in text


def test_show_tells_where_a_ticket_stands_and_what_was_said(
    walk: Walk, ask: Callable[..., Step]
) -> None:
    told = walk.receive(mail()).mail_to("alice@desk.example")
    walk.receive(reply(told, BORIS, "#internal\n\nAda is in a hurry."), auth="boris")
    answer = ask("#show help-1").mail_to("alice@desk.example")
    assert answer["Subject"] == "[HELP-1] The printer burns"
    assert "it burns." in body(answer)
    assert "a note for agents alone:\n\nAda is in a hurry." in body(answer)
    step = walk.receive(reply(answer, ALICE, "#take"))
    assert step.events == [("command.done", "alice@desk.example")]
    assert walk.ticket("HELP-1")["owner"] == "alice"


def test_show_alone_in_a_reply_shows_that_ticket(walk: Walk) -> None:
    told = walk.receive(mail()).mail_to("alice@desk.example")
    assert "it burns." in plain(walk.receive(reply(told, ALICE, "#show")))
    assert len(walk.ticket("HELP-1")["comments"]) == 1


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("#show HELP-9", "There is no ticket HELP-9."),
        ("#show", "Which ticket?"),
        ("#show the printer", "the printer is no ticket's key."),
        ("#help stauts", "#status"),
        ("#quee", "#queue"),
    ],
)
def test_a_wrong_question_is_answered_and_leaves_nothing(
    walk: Walk, ask: Callable[..., Step], line: str, why: str
) -> None:
    step = ask(line)
    assert step.events == [("command.failed", "alice@desk.example")]
    assert why in " ".join(body(step.mail_to("alice@desk.example")).split())
    assert walk.keys() == []


def test_help_lists_what_an_agent_may_write_and_one_command_alone(
    walk: Walk, ask: Callable[..., Step]
) -> None:
    text = plain(ask("#help"))
    assert "#status In progress" in text
    assert "#queue" in text
    text = plain(ask("#help status"))
    assert "Sets the status." in text
    assert "#queue" not in text.partition("Sets the status.")[0]


def test_search_finds_words_in_notes_and_subjects_the_newest_first(
    walk: Walk, ask: Callable[..., Step]
) -> None:
    told = walk.receive(mail(subject="A slow door")).mail_to("alice@desk.example")
    walk.receive(mail(subject="The printer", text="It is café-coloured now."))
    walk.receive(reply(told, ALICE, "#internal\n\nThe hinge wants oil, says the Café."))
    text = plain(ask("#search CAFE"))
    assert "Tickets with CAFE" in text
    assert text.index("HELP-1") < text.index("HELP-2")
    assert "hinge wants oil" in text
    assert "No ticket with café burns" in plain(ask("#search café burns"))
    assert 'No ticket with " OR' in plain(ask('#search " OR'))


def test_search_finds_a_word_inside_a_sentence_without_spaces(
    walk: Walk, ask: Callable[..., Step]
) -> None:
    walk.receive(mail(subject="請求書の件", text="先月分の請求書をまだ受け取っていません。"))
    walk.receive(mail(subject="문의", text="어제부터 로그인이 안됩니다."))
    for words in ("請求書", "請求", "請求書の件"):
        text = plain(ask(f"#search {words}"))
        assert "HELP-1" in text, words
        assert "HELP-2" not in text, words
    text = plain(ask("#search 로그인"))
    assert "로그인이 안됩니다" in text
    assert "HELP-2" in text


def test_search_and_queue_keep_to_the_desks_of_who_asks(
    walk: Walk, ask: Callable[..., Step]
) -> None:
    walk.receive(mail(subject="A large order", to="sales@desk.example"), to=("sales@desk.example",))
    assert "No ticket with order" in plain(ask("#search order"))
    assert "No ticket is open" in plain(ask("#queue"))
    step = walk.receive(mail(BORIS, "x", "#search order"), auth="boris")
    assert "SALES-1" in plain(step, "boris@desk.example")


def test_a_long_list_is_cut_and_says_so(walk: Walk, ask: Callable[..., Step]) -> None:
    for number in range(22):
        walk.receive(mail(f"c{number}@far.example", f"Matter {number}"))
    answer = ask("#queue").mail_to("alice@desk.example")
    assert "22 tickets are open" in body(answer)
    assert len(set(re.findall(r"HELP-\d+", body(answer)))) == 20
    assert "2 more tickets are left out." in body(answer)
    assert "These are the newest; there may be others." in body(
        ask("#search burns").mail_to("alice@desk.example")
    )


def test_several_questions_have_one_answer(walk: Walk, ask: Callable[..., Step]) -> None:
    walk.receive(mail())
    text = plain(ask("#queue\n#mine\n#help take"))
    assert "1 TICKET IS OPEN" in text
    assert "No open ticket is yours" in text
    assert "The ticket is yours." in text


def test_a_question_beside_commands_is_answered_with_them(walk: Walk) -> None:
    told = walk.receive(mail()).mail_to("alice@desk.example")
    text = plain(walk.receive(reply(told, ALICE, "#take\n#mine")))
    assert "The ticket is Alice Doe's now." in text
    assert "1 OPEN TICKET IS YOURS" in text


def test_a_fault_beside_a_question_answers_neither(walk: Walk) -> None:
    told = walk.receive(mail()).mail_to("alice@desk.example")
    step = walk.receive(reply(told, ALICE, "#take\n#show HELP-9"))
    assert step.events == [("command.failed", "alice@desk.example")]
    assert walk.ticket("HELP-1")["owner"] is None


def test_nobody_asks_in_an_agents_name_without_a_proof(walk: Walk) -> None:
    walk.receive(mail())
    step = walk.receive(mail(ALICE, "hello", "#queue"))
    assert step.state == "held"
    assert step.events == [("sender.unverified", "alice@desk.example")]


def test_a_customer_sees_their_own_tickets_alone(walk: Walk) -> None:
    walk.receive(mail())
    walk.receive(mail(STRANGER, "Other people's printer"))
    text = plain(walk.receive(mail(ADA, "hello", "#mine")), "ada@acme.example")
    assert "1 open ticket is yours" in text
    assert "The printer burns" in text
    assert "Other people" not in text
    assert "P3" not in text
    assert walk.keys() == ["HELP-1", "HELP-2"]


def test_a_customer_is_shown_no_note_and_no_ticket_of_others(walk: Walk) -> None:
    told = walk.receive(mail()).mail_to("alice@desk.example")
    walk.receive(reply(told, ALICE, "#internal\n\nAda forgets everything."))
    answer = walk.receive(mail(ADA, "hello", "#show HELP-1")).mail_to("ada@acme.example")
    assert "it burns." in body(answer)
    assert "forgets" not in body(answer) + body(answer, "html")
    step = walk.receive(mail(STRANGER, "hello", "#show HELP-1"))
    assert step.events == [("command.failed", "mallory@elsewhere.example")]
    assert "There is no ticket HELP-1." in body(step.mail_to("mallory@elsewhere.example"))
    nothing = walk.receive(mail(STRANGER, "hello", "#show HELP-77"))
    assert "There is no ticket HELP-77." in body(nothing.mail_to("mallory@elsewhere.example"))


def test_who_was_brought_in_later_is_shown_what_was_said_since(walk: Walk) -> None:
    receipt = walk.receive(mail(text="My password is swordfish.")).mail_to("ada@acme.example")
    walk.advance(minutes=5)
    walk.receive(reply(receipt, ADA, "Bea knows more.", cc="bea@far.example"))
    walk.advance(minutes=5)
    text = plain(walk.receive(mail("bea@far.example", "x", "#show HELP-1")), "bea@far.example")
    assert "Bea knows more." in text
    assert "swordfish" not in text


@pytest.mark.parametrize(
    "text", ["#help my printer burns", "#show me the way", "#mine is broken", "#queue", "#search x"]
)
def test_a_customers_cry_is_no_question(walk: Walk, text: str) -> None:
    assert walk.receive(mail(ADA, "Please", text)).ticket == "HELP-1"


def test_a_customers_words_below_a_question_open_a_ticket(walk: Walk) -> None:
    step = walk.receive(mail(ADA, "Printer", "#help\n\nMy printer burns."))
    assert step.ticket == "HELP-1"
    assert walk.ticket("HELP-1")["comments"][0]["text"] == "My printer burns."


def test_help_for_a_customer_names_no_command_of_the_staff(walk: Walk) -> None:
    text = plain(walk.receive(mail(ADA, "hello", "#help")), "ada@acme.example")
    assert "#mine" in text
    assert "#spam" not in text
    assert "#queue" not in text


def test_answers_to_customers_draw_on_their_allowance(begin: Callable[..., Walk]) -> None:
    walk = begin(limits="automatic_mails_per_address = 2")
    steps = [walk.receive(mail(ADA, f"hello {n}", "#mine")) for n in range(3)]
    assert [len(step.mails) for step in steps] == [1, 1, 0]
    assert steps[2].state == "done"
    for n in range(4):
        assert len(walk.receive(mail(ALICE, f"hello {n}", "#mine"), auth="alice").mails) == 1


def links(answer: EmailMessage) -> dict[str, tuple[str, str]]:
    """The subject and the line of each mailto link of a mail, by the first word of the line."""
    found = re.findall(r"mailto:support@desk\.example\?subject=(\S+?)&body=(\S+)", body(answer))
    mails = ((unquote(subject), unquote(line)) for subject, line in found)
    return {line.split()[0]: (subject, line) for subject, line in mails}


@pytest.fixture
def queue(walk: Walk, ask: Callable[..., Step]) -> EmailMessage:
    """A queue with one ticket on it."""
    walk.receive(mail())
    return ask("#queue").mail_to("alice@desk.example")


def test_a_link_proves_its_agent_without_any_other_proof(walk: Walk, queue: EmailMessage) -> None:
    subject, line = links(queue)["#take"]
    step = walk.receive(mail(ALICE, subject, line))
    assert step.events == [("command.done", "alice@desk.example")]
    assert walk.ticket("HELP-1")["owner"] == "alice"
    subject, line = links(queue)["#show"]
    assert "it burns." in plain(walk.receive(mail(ALICE, subject, line)))


def test_the_line_of_a_list_works_in_an_answer_to_it(walk: Walk, queue: EmailMessage) -> None:
    _, line = links(queue)["#take"]
    walk.receive(reply(queue, ALICE, line))
    assert walk.ticket("HELP-1")["owner"] == "alice"


def test_a_code_does_what_it_says_and_no_more(walk: Walk, queue: EmailMessage) -> None:
    subject, line = links(queue)["#take"]
    for text in (
        f"{line}\n#spam",
        f"{line}\n\nDear Ada, send me your password.",
        line.replace("#take", "#undo"),
        line.replace("#take", "#show"),
        line.replace("HELP-1", "HELP-2"),
        line[:-12] + "AAAA HELP-1",
    ):
        step = walk.receive(mail(ALICE, subject, text))
        assert step.state == "held", text
        assert step.events == [("sender.unverified", "alice@desk.example")]
    assert walk.ticket("HELP-1")["owner"] is None


def test_another_agents_code_changes_nothing_and_is_answered(
    walk: Walk, queue: EmailMessage
) -> None:
    subject, line = links(queue)["#take"]
    before = walk.ticket("HELP-1")["comments"]
    step = walk.receive(mail(BORIS, subject, line), auth="boris")
    assert step.events == [("command.failed", "boris@desk.example")]
    assert "made for somebody else" in body(step.mail_to("boris@desk.example"))
    assert walk.ticket("HELP-1")["owner"] is None
    assert walk.ticket("HELP-1")["comments"] == before


def test_an_old_code_changes_nothing_and_is_answered(walk: Walk, queue: EmailMessage) -> None:
    subject, line = links(queue)["#take"]
    walk.advance(days=91)
    step = walk.receive(mail(ALICE, subject, line))
    assert step.events == [("command.failed", "alice@desk.example")]
    assert "too old" in body(step.mail_to("alice@desk.example"))
    assert walk.ticket("HELP-1")["owner"] is None


def test_a_code_used_twice_is_harmless(walk: Walk, queue: EmailMessage) -> None:
    subject, line = links(queue)["#take"]
    walk.receive(mail(ALICE, subject, line))
    walk.receive(mail(BORIS, "[HELP-1]", "#assign boris"), auth="boris")
    again = walk.receive(mail(ALICE, subject, line))
    assert again.events[0] == ("command.done", "alice@desk.example")


def test_a_customer_gets_nothing_by_an_agents_code(walk: Walk, queue: EmailMessage) -> None:
    subject, line = links(queue)["#show"]
    step = walk.receive(mail(STRANGER, subject, line))
    assert step.events == [("command.failed", "mallory@elsewhere.example")]
    assert "burns" not in body(step.mails[0])


def test_two_lines_of_a_list_are_two_mails(walk: Walk, ask: Callable[..., Step]) -> None:
    walk.receive(mail())
    walk.receive(mail(subject="A slow door"))
    answer = ask("#queue").mail_to("alice@desk.example")
    lines = re.findall(r"line (#take \S+ HELP-\d)", " ".join(body(answer).split()))
    assert len(lines) == 2
    step = walk.receive(reply(answer, ALICE, "\n".join(lines)))
    assert "in a mail of its own" in " ".join(body(step.mail_to("alice@desk.example")).split())
    assert [walk.ticket(key)["owner"] for key in ("HELP-1", "HELP-2")] == [None, None]


def test_a_free_answer_to_a_list_opens_no_ticket(walk: Walk, queue: EmailMessage) -> None:
    step = walk.receive(reply(queue, ALICE, "Who is going to take the printer?"))
    assert step.ticket is None
    assert walk.keys() == ["HELP-1"]
    assert step.events == [("command.failed", "alice@desk.example")]


def test_what_is_shown_can_be_taken_by_a_link(walk: Walk, queue: EmailMessage) -> None:
    subject, line = links(queue)["#show"]
    answer = walk.receive(mail(ALICE, subject, line)).mail_to("alice@desk.example")
    walk.receive(mail(ALICE, *links(answer)["#take"]))
    assert walk.ticket("HELP-1")["owner"] == "alice"


def test_a_customers_help_has_customers_examples_and_only_what_they_may_use(walk: Walk) -> None:
    told = body(walk.receive(mail(ADA, "x", "#help")).mail_to("ada@acme.example"))
    assert "\n#close\n" in told
    assert "what the customer should know" not in told
    assert "#budget" not in told


def test_a_person_whose_mail_shows_no_name_is_called_as_the_ticket_knows_them(walk: Walk) -> None:
    walk.receive(mail())
    told = walk.receive(mail("ada@acme.example", "[HELP-1]", "It still burns."))
    news = told.mail_to("alice@desk.example")
    assert news["From"] == '"Ada Lovelace (Example Support)" <support@desk.example>'
    assert "Ada Lovelace has written" in body(news)

"""A problem's words for the customers of all its incidents."""

from __future__ import annotations

import pytest

from tests.walks.walk import ALICE, BORIS, Step, Walk, body, mail, reply

EVE = "Eve <eve@other.example>"


def by_alice(walk: Walk, key: str, text: str) -> Step:
    return walk.receive(mail(ALICE, f"[{key}]", text), auth="alice")


@pytest.fixture
def problem(walk: Walk) -> Walk:
    """HELP-1 and HELP-2 are incidents, HELP-3 is the problem behind them, HELP-4 a question."""
    walk.receive(mail(cc="Carl <carl@acme.example>"))
    walk.receive(mail(EVE, "Smoke"))
    walk.receive(mail("Alice <alice@desk.example>", "The printers burn"), auth="alice")
    walk.receive(mail("Zoe <zoe@other.example>", "What is a printer?"))
    for key in ("HELP-1", "HELP-2"):
        by_alice(walk, key, "#type incident\n#link HELP-3")
    by_alice(walk, "HELP-3", "#type problem\n#link HELP-4")
    return walk


def test_the_words_go_to_the_customers_of_all_incidents(problem: Walk) -> None:
    step = by_alice(problem, "HELP-3", "#public incidents\n\nA new driver puts it out.")
    told = [to for event, to in step.events if event == "comment.public"]
    assert told == [
        "ada@acme.example",
        "boris@desk.example",
        "carl@acme.example",
        "eve@other.example",
    ]
    assert "HELP-1, HELP-2" in " ".join(body(step.event("command.done")).split())
    for key in ("HELP-1", "HELP-2", "HELP-3"):
        last = problem.ticket(key)["comments"][-1]
        assert (last["text"], last["visibility"]) == ("A new driver puts it out.", "public")
    assert len(problem.ticket("HELP-4")["comments"]) == 1


def test_an_answer_goes_to_the_readers_own_incident(problem: Walk) -> None:
    step = by_alice(problem, "HELP-3", "#public all\n\nA new driver puts it out.")
    told = step.mail_to("eve@other.example")
    assert str(told["Subject"]).startswith("[HELP-2]")
    assert problem.receive(reply(told, EVE, "It does.")).ticket == "HELP-2"


def test_without_the_word_they_hear_nothing(problem: Walk) -> None:
    step = by_alice(problem, "HELP-3", "#public\n\nA new driver puts it out.")
    assert "eve@other.example" not in [to for _, to in step.events]


@pytest.mark.parametrize("key", ["HELP-1", "HELP-4"])
def test_only_a_problem_with_incidents_speaks_to_them(problem: Walk, key: str) -> None:
    step = by_alice(problem, key, "#public incidents\n\nA new driver puts it out.")
    assert step.events == [("command.failed", "alice@desk.example")]


def test_what_a_note_on_an_incident_says_is_not_spread(problem: Walk) -> None:
    secret = "Their administrator has left the root password on a sticky note again."
    problem.receive(mail(BORIS, "[HELP-2]", f"#internal\n\n{secret}"), auth="boris")
    step = by_alice(problem, "HELP-3", f"#public incidents\n\n{secret}")
    assert step.events == [("command.failed", "alice@desk.example")]
    assert "#public incidents anyway" in body(step.mail_to("alice@desk.example"))

"""`#time`: what agents have worked, entered from mail."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.walks.walk import ADA, ALICE, Step, Walk, body, mail, reply


@pytest.fixture
def news(walk: Walk) -> Callable[[str], Step]:
    """Ada's ticket is there, and Alice answers its news with a text."""
    told = walk.receive(mail()).mail_to("alice@desk.example")
    return lambda text: walk.receive(reply(told, ALICE, text))


def entries(walk: Walk) -> list[tuple[str, int, str]]:
    with walk.desk.store.read() as conn:
        rows = conn.execute("SELECT agent, minutes, words FROM time_entries ORDER BY id")
        return [(row["agent"], row["minutes"], row["words"]) for row in rows]


def transcript(step: Step) -> str:
    return " ".join(body(step.mail_to("alice@desk.example")).split())


def test_time_is_entered_and_added_up(walk: Walk, news: Callable[[str], Step]) -> None:
    assert "1 h 30 min entered; 1 h 30 min on this ticket" in transcript(news("#time 1h30m logs"))
    assert "30 min taken back; 1 h on this ticket" in transcript(news("#time -30m"))
    assert entries(walk) == [("alice", 90, "logs"), ("alice", -30, "")]
    kinds = [event["kind"] for event in walk.ticket("HELP-1")["events"]]
    assert kinds.count("time entered") == 2


def test_time_beside_words_stays_between_us(walk: Walk, news: Callable[[str], Step]) -> None:
    step = news("#time 45m changed the drum\n\nDear Ada, it prints again.")
    assert entries(walk) == [("alice", 45, "changed the drum")]
    to_ada = step.mail_to("ada@acme.example")
    assert "it prints again" in body(to_ada)
    assert "drum" not in body(to_ada)
    assert "45" not in body(to_ada)


def test_several_entries_of_one_mail_count_one_after_the_other(
    walk: Walk, news: Callable[[str], Step]
) -> None:
    news("#time 1h\n#time -1h\n#time 20m")
    assert [minutes for _, minutes, _ in entries(walk)] == [60, -60, 20]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("#time", "An amount of time is missing"),
        ("#time 90", "90 begins with no amount of time"),
        ("#time 1d", "please write hours"),
        ("#time 25h", "at most 24 hours"),
        ("#time 0m", "no time at all"),
        ("#time -5m", "Only 0 min are entered"),
        ("#time 1h\n#time -2h", "Only 1 h are entered"),
    ],
)
def test_what_is_no_time_changes_nothing(
    walk: Walk, news: Callable[[str], Step], line: str, why: str
) -> None:
    step = news(f"{line}\n\nDear Ada, done.")
    assert step.events == [("command.failed", "alice@desk.example")]
    assert why in transcript(step)
    assert "#time 1h30m" in transcript(step)
    assert entries(walk) == []
    assert walk.ticket("HELP-1")["comments"][-1]["visibility"] == "internal"


def test_a_customers_time_is_text(walk: Walk) -> None:
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    walk.receive(reply(receipt, ADA, "#time 1h30m wasted"))
    assert entries(walk) == []
    assert walk.ticket("HELP-1")["comments"][-1]["text"].startswith("#time 1h30m wasted")

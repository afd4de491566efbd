"""`#due`: by when a ticket is to be settled."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.walks.walk import ALICE, Step, Walk, body, mail, reply


@pytest.fixture
def news(walk: Walk) -> Callable[[str], Step]:
    """Ada's ticket is there, and Alice answers its news with a text."""
    told = walk.receive(mail()).mail_to("alice@desk.example")
    return lambda text: walk.receive(reply(told, ALICE, text))


def due(walk: Walk) -> str | None:
    with walk.desk.store.read() as conn:
        found: str | None = conn.execute("SELECT due_on FROM tickets").fetchone()["due_on"]
    return found


def transcript(step: Step) -> str:
    return " ".join(body(step.mail_to("alice@desk.example")).split())


def test_a_day_is_set_and_taken_away(walk: Walk, news: Callable[[str], Step]) -> None:
    assert "It is due on 27 Nov 2026 now." in transcript(news("#due friday"))
    assert due(walk) == "2026-11-27"
    assert "It was due on 27 Nov 2026 already." in transcript(news("#due 27.11."))
    assert "It has no due day now." in transcript(news("#due none"))
    assert due(walk) is None
    kinds = [event["kind"] for event in walk.ticket("HELP-1")["events"]]
    assert kinds.count("due changed") == 2


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("#due", "A day is missing"),
        ("#due soon", "begins with no day"),
        ("#due 2026-02-30", "no such day"),
        ("#due 12/01/2026", "12 Jan 2026 or 1 Dec 2026; please write it as 2026-01-12"),
        ("#due friday 1 dec", "1 Dec 2026 is another day of the week"),
        ("#due 2026-11-19", "19 Nov 2026 has gone by"),
        ("#due 2126-11-19", "more than ten years away"),
        ("#due friday at noon", "Behind the day stands: at noon"),
    ],
)
def test_a_day_in_doubt_is_asked_back(
    walk: Walk, news: Callable[[str], Step], line: str, why: str
) -> None:
    step = news(line)
    assert step.events == [("command.failed", "alice@desk.example")]
    assert why in transcript(step)
    assert due(walk) is None

"""What is done and undone leaves a ticket as it was, and links stand on both ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maildesk.mail.worker import ParserPool
from tests.walks import walk as walks
from tests.walks.walk import ALICE, Walk, mail

LINES = (
    *("#status in progress", "#status waiting", "#done", "#close enough", "#take"),
    *("#assign boris", "#assign nobody", "#priority P1", "#priority auto", "#type incident"),
    *("#urgency high", "#impact high", "#subject Another", "#language de", "#organisation none"),
    *("#requester bob@acme.example", "#cc carl@acme.example", "#cc fay@other.example"),
    *("#uncc carl@acme.example", "#link {other}", "#link https://bugs.example/1"),
    *("#link https://bugs.example/1 public", "#time 1h", "#time 30m words", "#due 2026-12-24"),
)
commands = st.lists(st.sampled_from(LINES), min_size=1, max_size=6)


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory, parser: ParserPool) -> Iterator[Walk]:
    walk = walks.begin(tmp_path_factory.mktemp("undo"), parser, limits="tickets_per_sender = 0")
    yield walk
    walk.close()


def opened(walk: Walk, sender: str) -> str:
    step = walk.receive(
        mail(f"<{sender}>", "A matter", f"It is {sender}'s.", cc="<gus@acme.example>")
    )
    assert step.ticket
    return step.ticket


def order(walk: Walk, key: str, lines: list[str], other: str = "") -> bool:
    """Whether the lines were carried out."""
    text = "\n".join(lines).replace("{other}", other)
    step = walk.receive(mail(ALICE, f"[{key}]", text), auth="alice")
    return "command.failed" not in [event for event, _ in step.events]


def shown(walk: Walk, key: str) -> dict[str, Any]:
    return {k: v for k, v in walk.ticket(key).items() if k not in ("events", "updated_at")}


@settings(max_examples=8, deadline=None)
@given(before=commands, done=commands)
def test_done_and_undone_is_as_before(walk: Walk, before: list[str], done: list[str]) -> None:
    key, other = opened(walk, "ada@acme.example"), opened(walk, "eve@other.example")
    order(walk, key, before, other)
    as_it_was = shown(walk, key), shown(walk, other)
    # Words for the customer are a comment, and what was said stays said.
    lines = [line for line in done if not line.startswith("#close")]
    if lines and order(walk, key, lines, other):
        assert order(walk, key, ["#undo"])
    assert (shown(walk, key), shown(walk, other)) == as_it_was


@settings(max_examples=6, deadline=None)
@given(one=commands, two=commands, beside=commands)
def test_merged_and_undone_is_as_before(
    walk: Walk, one: list[str], two: list[str], beside: list[str]
) -> None:
    target, source = opened(walk, "ada@acme.example"), opened(walk, "eve@other.example")
    third = opened(walk, "zoe@other.example")
    order(walk, target, one, third)
    order(walk, source, two, target)
    as_it_was = shown(walk, target), shown(walk, source), shown(walk, third)
    lines = [line for line in beside if not line.startswith("#close")]
    if order(walk, source, [f"#merge {target}", *lines], third):
        assert shown(walk, source) == shown(walk, target)
        assert order(walk, target, ["#undo"])
    assert (shown(walk, target), shown(walk, source), shown(walk, third)) == as_it_was


@settings(max_examples=6, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 3), st.sampled_from(["link", "merge", "undo"])),
        max_size=8,
    )
)
def test_a_link_stands_on_both_ends(walk: Walk, steps: list[tuple[int, int, str]]) -> None:
    keys = [opened(walk, f"p{n}@other.example") for n in range(4)]
    for first, second, what in steps:
        line = "#undo" if what == "undo" else f"#{what} {keys[second]}"
        order(walk, keys[first], [line])
    for key in keys:
        ticket = walk.ticket(key)
        for link in ticket["links"]:
            other = walk.ticket(link["to"])
            assert other["key"] == link["to"]
            assert {"kind": link["kind"], "to": ticket["key"]} in other["links"]

"""What stands beside a ticket: estimates, time, its rating, the fields a customer filled in."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import TypeVar

import pytest

from maildesk.core.estimates import Estimate, EstimateState
from maildesk.core.rating import Rating
from maildesk.core.time_entry import TimeEntry
from maildesk.store import estimates, fields, ratings, time_entries
from maildesk.store.store import Store
from tests.store.rows import MINUTE, NOW

T = TypeVar("T")
FIRST = Estimate(
    number=1,
    minutes=480,
    by=date(2026, 12, 1),
    words="New disks.",
    asked_by="alice",
    asked_at=NOW,
)
SECOND = replace(FIRST, number=2, minutes=960, by=None, asked_at=NOW + MINUTE)
ENTRY = TimeEntry(agent="alice", minutes=90, words="logs", at=NOW)


@pytest.fixture
def ticket(store: Store) -> int:
    def add(tx: sqlite3.Connection) -> int:
        row = tx.execute(
            """INSERT INTO tickets (key, desk, number, subject, language, requester_email,
                   requester_name, created_at, updated_at)
               VALUES ('HELP-1', 'HELP', 1, 'x', 'en', 'ada@x', 'Ada', 'n', 'n') RETURNING id"""
        ).fetchone()
        return int(row["id"])

    return store.write(add)


def read(store: Store, question: Callable[[sqlite3.Connection], T]) -> T:
    with store.read() as conn:
        return question(conn)


def test_an_estimate_comes_back_as_it_was_asked(store: Store, ticket: int) -> None:
    store.write(lambda tx: estimates.add_estimate(tx, ticket, FIRST))
    assert read(store, lambda conn: estimates.estimates_of(conn, ticket)) == (FIRST,)
    assert read(store, lambda conn: estimates.estimates_of(conn, ticket + 1)) == ()


def test_a_newer_estimate_replaces_the_one_that_waits(store: Store, ticket: int) -> None:
    store.write(lambda tx: estimates.add_estimate(tx, ticket, FIRST))
    store.write(lambda tx: estimates.add_estimate(tx, ticket, SECOND))
    found = read(store, lambda conn: estimates.estimates_of(conn, ticket))
    assert [e.state for e in found] == [EstimateState.REPLACED, EstimateState.ASKED]


def test_an_estimate_is_decided_once(store: Store, ticket: int) -> None:
    def decide(state: EstimateState, by: str) -> bool:
        decided = replace(
            FIRST, state=state, decided_by=by, decided_at=NOW + MINUTE, decided_words="Yes."
        )
        return store.write(lambda tx: estimates.decide_estimate(tx, ticket, decided))

    store.write(lambda tx: estimates.add_estimate(tx, ticket, FIRST))
    assert decide(EstimateState.APPROVED, "cto@x")
    assert not decide(EstimateState.REJECTED, "cfo@x")
    store.write(lambda tx: estimates.add_estimate(tx, ticket, SECOND))
    approved, asked = read(store, lambda conn: estimates.estimates_of(conn, ticket))
    assert approved == replace(
        FIRST,
        state=EstimateState.APPROVED,
        decided_by="cto@x",
        decided_at=NOW + MINUTE,
        decided_words="Yes.",
    )
    assert asked == SECOND


def test_time_adds_up_and_can_be_taken_back(store: Store, ticket: int) -> None:
    assert read(store, lambda conn: time_entries.minutes_of(conn, ticket)) == 0
    store.write(lambda tx: time_entries.add_time_entry(tx, ticket, ENTRY))
    back = replace(ENTRY, minutes=-30, words="")
    store.write(lambda tx: time_entries.add_time_entry(tx, ticket, back))
    assert read(store, lambda conn: time_entries.minutes_of(conn, ticket)) == 60


def test_the_newest_rating_counts_on_the_ticket_too(store: Store, ticket: int) -> None:
    def on_the_ticket(conn: sqlite3.Connection) -> int | None:
        rating: int | None = conn.execute("SELECT rating FROM tickets").fetchone()["rating"]
        return rating

    for rating in (Rating(stars=2, words="slow"), Rating(stars=4, words="")):
        store.write(lambda tx, r=rating: ratings.set_rating(tx, ticket, r, "ada@x", NOW))
        assert read(store, lambda conn: ratings.rating_of(conn, ticket)) == rating
        assert read(store, on_the_ticket) == rating.stars


def test_a_later_value_of_a_field_counts(store: Store, ticket: int) -> None:
    store.write(lambda tx: fields.set_fields(tx, ticket, (("Version", "4.1"), ("Browser", "x"))))
    store.write(lambda tx: fields.set_fields(tx, ticket, (("Version", "4.2"),)))
    kept = read(store, lambda conn: fields.fields_of(conn, ticket))
    assert kept == (("Browser", "x"), ("Version", "4.2"))

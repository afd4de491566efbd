"""Who waits behind whom for the one writer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from maildesk.store import writer as writing
from maildesk.store.store import Store


class Race:
    """A store whose writer is held by one job, and the order in which the others are done."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.order: list[str] = []
        self.is_free = threading.Event()
        begun = threading.Event()

        def hold(_: object) -> None:
            begun.set()
            self.is_free.wait(60)
            self.order.append("held")

        self.futures = [store.submit(hold)]
        begun.wait(60)

    def enter(self, *names: str) -> None:
        self.futures += [self.store.submit(self._noting(name)) for name in names]

    def run(self) -> list[str]:
        self.is_free.set()
        for future in self.futures:
            future.result(60)
        return self.order

    def _noting(self, name: str) -> Callable[[object], None]:
        return lambda _: self.order.append(name)


@pytest.fixture
def race(tmp_path: Path) -> Iterator[Race]:
    store = Store.open(tmp_path)
    yield Race(store)
    store.close()


def test_what_somebody_waits_for_goes_first(race: Race) -> None:
    with race.store.patiently():
        race.enter(*"abcde")
    race.enter("urgent")
    assert race.run() == ["held", "urgent", *"abcde"]


def test_the_patient_get_their_turn_in_the_end(race: Race, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "TURN", 0.0)
    monkeypatch.setattr(writing, "GROUP", 1)
    with race.store.patiently():
        race.enter(*"ab")
    race.enter("first", "second")
    assert race.run() == ["held", "first", "a", "second", "b"]


def test_patience_ends_with_its_block(race: Race) -> None:
    with race.store.patiently():
        race.enter("a")
    race.enter("b")
    assert race.run() == ["held", "b", "a"]

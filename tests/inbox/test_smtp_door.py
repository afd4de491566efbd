"""The listener in front of the real door and the real store: what was acknowledged is there."""

from __future__ import annotations

import threading
from pathlib import Path

from maildesk.inbox.receive import Door
from maildesk.store.store import Store
from tests.inbox.smtp_room import POLICY, room


def test_every_acknowledged_mail_is_in_the_store_and_no_other(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    door = Door(store, policy=lambda: POLICY, host="desk.example", knock=lambda: None)
    answers: list[str] = []

    def send(number: int) -> None:
        client = inside.greeted()
        for count in range(5):
            answers.append(client.deliver(b"Subject: %d.%d\r\n\r\nx\r\n" % (number, count)))

    with room(door=door) as inside:
        threads = [threading.Thread(target=send, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        large = inside.greeted().deliver(b"Subject: large\r\n\r\n" + b"x" * 2_000_000)
        assert inside.greeted().deliver(b"\r\n") == "554 5.6.0 The message is empty"
    door.close()
    with store.read() as connection:
        ids = [row["id"] for row in connection.execute("SELECT id FROM inbox ORDER BY id")]
    store.close()
    assert sorted([*answers, large]) == sorted(f"250 2.0.0 Stored as {n}" for n in ids)
    assert len(ids) == 41

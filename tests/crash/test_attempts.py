"""A program that is killed, and a disk that is full, blame no message that did nothing."""

from __future__ import annotations

import pytest

from maildesk.config import load
from maildesk.core.model import Envelope
from maildesk.desk import Maildesk
from maildesk.errors import StoreError
from maildesk.inbox.receive import Door
from maildesk.process import Processor
from tests.crash.clients import send_once
from tests.crash.daemon_process import DESK, Daemon, wait_for
from tests.crash.kill_loop import waiting
from tests.crash.ledger import make_mail
from tests.crash.reading import attempts, states


def test_three_kills_in_a_row_park_no_innocent_mail(daemon: Daemon) -> None:
    for life in range(3):
        daemon.start()
        tried = attempts(daemon.data)
        for number in range(4):
            mail = make_mail(f"{life}.{number}", to=DESK)
            assert send_once(daemon.ports[0], mail)[:3] == "250"
        assert wait_for(lambda tried=tried: attempts(daemon.data) > tried)
        daemon.kill()
    daemon.start()
    assert wait_for(lambda: waiting(daemon.data) == 0)
    assert states(daemon.data) == ["done"] * 12


def test_a_full_disk_is_not_held_against_the_message(daemon: Daemon) -> None:
    maildesk = Maildesk(load(daemon.config, {}))
    try:
        door = Door(maildesk.store, policy=lambda: maildesk.policy, host="h", knock=lambda: None)
        mail = make_mail("large", to=DESK, size=60_000)
        envelope = Envelope(
            source="smtp", received_at=maildesk.now(), mail_from=mail.sender, rcpt_to=(DESK,)
        )
        door.accept(envelope, mail.raw).result()
        processor = Processor(maildesk)
        limit_pages(maildesk, 1)
        for _ in range(3):
            with pytest.raises(StoreError):
                processor.work_off()
        limit_pages(maildesk, 1_000_000)
        processor.work_off()
        assert states(maildesk.store.data_dir) == ["done"]
        door.close()
    finally:
        maildesk.close()


def limit_pages(maildesk: Maildesk, pages: int) -> None:
    """Let the database grow to so many pages, and no further than it is if it has more."""
    maildesk.store.write(lambda tx: tx.execute(f"PRAGMA max_page_count = {pages}").fetchone())

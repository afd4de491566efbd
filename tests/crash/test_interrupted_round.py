"""A store that fails in the middle of sending leaves no mail behind, without a new start."""

from __future__ import annotations

import os

import pytest

from maildesk.config import load
from maildesk.core.model import Envelope
from maildesk.desk import Maildesk
from maildesk.errors import StoreBusy, StoreError
from maildesk.inbox.receive import Door
from maildesk.loops import Sending
from maildesk.process import Processor
from maildesk.store import outbox
from maildesk.supervision import Pulse
from tests.crash.daemon_process import DESK, Daemon
from tests.crash.ledger import make_mail
from tests.crash.reading import ask


def test_what_was_being_sent_when_the_disk_was_full_is_sent_later(
    daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    maildesk = Maildesk(load(daemon.config, os.environ))
    sending = Sending(maildesk, Pulse())
    try:
        receive(maildesk)

        def full(*_: object) -> None:
            message = "the disk is full"
            raise StoreBusy(message)

        with monkeypatch.context() as failing:
            failing.setattr(outbox, "mark_sent", full)
            with pytest.raises(StoreError):
                sending._work(lambda: True)
        sending._work(lambda: True)
        assert ask(daemon.data, "SELECT DISTINCT state FROM outbox") == [("sent",)]
        assert len(list((daemon.out / "new").iterdir())) == 2
    finally:
        sending.close()
        maildesk.close()


def receive(maildesk: Maildesk) -> None:
    """One mail becomes a ticket with its two mails."""
    door = Door(maildesk.store, policy=lambda: maildesk.policy, host="h", knock=lambda: None)
    mail = make_mail("one", to=DESK)
    envelope = Envelope(
        source="smtp", received_at=maildesk.now(), mail_from=mail.sender, rcpt_to=(DESK,)
    )
    door.accept(envelope, mail.raw).result()
    Processor(maildesk).work_off()
    door.close()

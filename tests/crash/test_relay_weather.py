"""Days of a relay that is down, busy or gone in the middle: every mail ends, always itself."""

from __future__ import annotations

import contextlib
import random
from pathlib import Path

import pytest

from maildesk.errors import DeliveryError, RelayDown, TemporaryDelivery
from maildesk.mail.worker import ParserPool
from tests.outbox.test_courier import ADA, AGENT, START, Post


class Killed(BaseException):
    """The program ends while the relay has the mail."""


def killed() -> DeliveryError:
    """What a relay's answer is when there is nobody left to hear it."""
    raise Killed


SLOW = pytest.mark.slow
WEATHER = (
    lambda: RelayDown("connection refused"),
    lambda: TemporaryDelivery("451 4.7.1 greylisted"),
    lambda: TemporaryDelivery("the connection broke"),
    killed,
)


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=SLOW), 2, pytest.param(3, marks=SLOW)])
def test_mail_that_outlives_any_weather_was_the_same_at_every_attempt(
    tmp_path: Path, parser: ParserPool, seed: int
) -> None:
    post = Post(tmp_path, parser)
    try:
        chance = random.Random(seed)
        give_up = post.maildesk.settings.outgoing.give_up_after
        clears_at = START + chance.random() * 2 * give_up
        while waiting(post):
            post.relay.faults.clear()
            if post.now < clears_at:
                post.relay.faults |= {to: chance.choice(WEATHER) for to in (ADA, AGENT)}
            with contextlib.suppress(Killed):
                post.round()
            post.now += chance.random() * give_up / 50
            assert post.now < max(clears_at, START) + 2 * give_up
        end_well_or_late(post)
    finally:
        post.maildesk.store.close()


def waiting(post: Post) -> bool:
    """Whether a mail about the ticket has not ended."""
    return any(row["state"] not in ("sent", "dead") for row in post.rows().values())


def end_well_or_late(post: Post) -> None:
    """Sent, or dead after the whole time; and each address has seen one mail a Message-ID."""
    for row in post.rows().values():
        if row["state"] == "dead":
            assert post.now >= START + post.maildesk.settings.outgoing.give_up_after
            assert row["last_error"]
    assert len(set(post.relay.sent)) == len(post.relay.sent)
    for to in (ADA, AGENT):
        mails = {mail for recipient, mail in post.relay.tried if recipient == to}
        about = [row for row in post.rows().values() if row["to"] == to]
        assert len(mails) <= len(about), "one mail had two shapes"

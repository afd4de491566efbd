"""What the walks share: desks that are closed again.

In: nothing. Out: `walk`, an ordinary desk, and `begin`, which makes one with more configuration;
`news`, the first mail about a ticket on it.

*Fails:* as the desk does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from maildesk.mail.worker import ParserPool
from tests.walks import walk as walks
from tests.walks.walk import Walk, mail


@pytest.fixture
def begin(tmp_path: Path, parser: ParserPool) -> Iterator[Callable[..., Walk]]:
    """Begins a desk; each keyword adds lines to that table of the configuration."""
    begun: list[Walk] = []

    def begin(**lines: str) -> Walk:
        begun.append(walks.begin(tmp_path, parser, **lines))
        return begun[-1]

    yield begin
    for one in begun:
        one.close()


@pytest.fixture
def walk(begin: Callable[..., Walk]) -> Walk:
    """An ordinary desk."""
    return begin()


@pytest.fixture
def news(walk: Walk) -> EmailMessage:
    """Ada's ticket is there; this is what Alice got of it."""
    return walk.receive(mail()).mail_to("alice@desk.example")

"""What the service manager hears, and when it hears nothing."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from maildesk.supervision import Pulse, inherited_sockets, notify, watchdog_interval


@pytest.mark.parametrize("is_abstract", [False, True])
def test_words_reach_the_service_manager(tmp_path: Path, is_abstract: bool) -> None:
    path = f"@maildesk-test-{os.getpid()}" if is_abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind("\0" + path[1:] if is_abstract else path)
        assert notify({"NOTIFY_SOCKET": path}, "READY=1", "STATUS=well")
        assert manager.recv(1000) == b"READY=1\nSTATUS=well"


def test_without_a_service_manager_nothing_is_said(tmp_path: Path) -> None:
    assert not notify({}, "READY=1")
    assert not notify({"NOTIFY_SOCKET": str(tmp_path / "nobody")}, "READY=1")


@pytest.mark.parametrize(
    ("env", "seconds"),
    [
        ({"WATCHDOG_USEC": "60000000"}, 30.0),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": str(os.getpid())}, 30.0),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({}, None),
    ],
)
def test_the_watchdog_is_fed_at_half_its_time(env: dict[str, str], seconds: float | None) -> None:
    assert watchdog_interval(env) == seconds


def test_inherited_sockets_are_ours_only_by_our_process_id() -> None:
    mine = {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "2"}
    assert inherited_sockets(mine) == (3, 4)
    assert inherited_sockets({**mine, "LISTEN_PID": "1"}) == ()
    assert inherited_sockets({}) == ()


def test_who_keeps_no_promise_is_named_and_who_rests_is_not() -> None:
    now = 0.0
    pulse = Pulse(lambda: now)
    pulse.beat("courier", 10)
    pulse.beat("poller", 10)
    now = 9
    pulse.beat("courier", 10)
    now = 11
    assert pulse.silent() == ("poller",)
    pulse.rest("poller")
    assert pulse.silent() == ()

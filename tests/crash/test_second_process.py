"""Another process that writes and goes away takes nothing from the daemon."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from tests.crash import checker
from tests.crash.clients import send_once
from tests.crash.daemon_process import DESK, Daemon, wait_for
from tests.crash.kill_loop import waiting
from tests.crash.ledger import make_mail


@pytest.mark.slow
def test_a_process_that_ends_does_not_take_the_log_with_it(daemon: Daemon) -> None:
    # SQLite's last connection removes the log. Whether it is the last it asks the kernel, whose
    # locks a process loses on all its connections when it closes any handle on the file.
    daemon.start()
    before = make_mail("before", to=DESK)
    between = make_mail("between", to=DESK)
    behind = make_mail("behind", to=DESK)
    assert send_once(daemon.ports[0], before)[:3] == "250"
    words = ("--sender", between.sender, "--recipient", DESK)
    done = daemon.run("deliver", *words, stdin=between.raw)
    assert done.returncode == 0, done.stderr
    assert send_once(daemon.ports[0], behind)[:3] == "250"
    assert not deleted_files(daemon.pid)

    daemon.kill()
    daemon.start()
    assert wait_for(lambda: waiting(daemon.data) == 0)
    conn = checker.open_reader(daemon.data)
    found = {row["message_id"] for row in conn.execute("SELECT message_id FROM comments")}
    conn.close()
    assert found == {before.message_id, between.message_id, behind.message_id}


def test_a_second_daemon_is_refused_in_a_sentence(daemon: Daemon) -> None:
    daemon.start()
    done = daemon.run("run")
    assert done.returncode == 1
    assert f"another maildesk is running on {daemon.data}" in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()
    assert send_once(daemon.ports[0], make_mail("still-here", to=DESK))[:3] == "250"


def deleted_files(pid: int) -> list[str]:
    """Files of the database that the process holds open and that have no name any more."""
    targets = []
    for handle in Path(f"/proc/{pid}/fd").iterdir():
        # The daemon goes on working while we look.
        with contextlib.suppress(FileNotFoundError):
            targets.append(str(handle.readlink()))
    return [name for name in targets if "maildesk.db" in name and name.endswith("(deleted)")]

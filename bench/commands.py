"""What a short command costs beside Python itself: a pipe transport runs one for each mail.

In: a folder, how often. Out: processor milliseconds of `maildesk deliver` and `ticket list`, of a
bare interpreter, and of one that loads the libraries that the two need; ratios.

*Fails:* CalledProcessError when a command does.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
from pathlib import Path

from bench import desk, load
from tests.crash.daemon_process import Daemon, environment

_LIBRARIES = """import click, concurrent.futures, email.utils, secrets, sqlite3, tomllib
from pydantic import BaseModel
class Table(BaseModel):
    key: str
"""


def commands(folder: Path, times: int) -> dict[str, float]:
    """Medians of calls in turn, so that a busy moment falls on all of them."""
    daemon = Daemon(folder / "commands", config=desk.NOWHERE)
    ours = [sys.executable, "-m", "maildesk", "-c", str(daemon.config)]
    calls = {
        "bare_python": [sys.executable, "-c", "pass"],
        "libraries": [sys.executable, "-c", _LIBRARIES],
        "deliver": [*ours, "deliver", "--sender", "a@customer.test"],
        "ticket_list": [*ours, "ticket", "list"],
    }
    mail = load.make_mail("command", 4096)
    found: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(times + 1):
        for name, words in calls.items():
            found[name].append(_spent(words, mail, daemon.folder))
    # The first of each made the desk and the bytecode.
    figures = {f"{name}_cpu_ms": statistics.median(each[1:]) for name, each in found.items()}
    for name in ("bare_python", "libraries"):
        figures[f"deliver_to_{name}"] = figures["deliver_cpu_ms"] / figures[f"{name}_cpu_ms"]
    return figures


def _spent(words: list[str], mail: bytes, folder: Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        words,
        input=mail,
        cwd=folder,
        env=environment(),
        stdout=subprocess.DEVNULL,
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000

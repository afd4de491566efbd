"""The daemon as a process of its own, to be killed: start, ready, SIGKILL, and what must be gone.

In: a folder; optionally a program in front (strace) or a known-bad variant instead of maildesk.
Out: a running daemon with its ports, its log, its exit code, and the command line's JSON about it.

*Fails:* AssertionError with the daemon's log when it does not start, or leaves something behind.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DESK = "support@desk.test"
AGENT = "alice@desk.test"
# Deadlines of what must come at all: they cost nothing, and machines are slow at times.
START_SECONDS = 60.0

BASE = f"""
data_dir = "{{data}}"
[[listener]]
protocol = "smtp"
port = 0
[[listener]]
protocol = "lmtp"
port = 0
[outgoing]
transport = "maildir"
maildir = "{{out}}"
batch = "0s"
[limits]
automatic_mails_per_address = 0
tickets_per_sender = 0
[[desks]]
key = "HELP"
address = "{DESK}"
agents = ["alice"]
[[agents]]
id = "alice"
name = "Alice"
emails = ["{AGENT}"]
"""


class Daemon:
    """One data directory, and the daemon on it, however often it is started."""

    def __init__(
        self,
        folder: Path,
        *,
        data: Path | None = None,
        config: str = BASE,
        program: Sequence[str] = ("-m", "maildesk"),
    ) -> None:
        self.folder = folder
        self.data = data or folder / "data"
        self.out = folder / "out"
        self.config = folder / "config.toml"
        self.log = folder / "daemon.log"
        self.program = program
        self.process: subprocess.Popen[bytes] | None = None
        self.ports: tuple[int, ...] = ()
        self._log_from = 0
        folder.mkdir(parents=True, exist_ok=True)
        self.configure(config)

    def configure(self, config: str) -> None:
        """Write the configuration file; `{data}` and `{out}` are filled in."""
        self.config.write_text(config.format(data=self.data, out=self.out))

    def spawn(self, *, front: Sequence[str] = (), **options: Any) -> None:
        """Start it, in a session of its own, and wait for nothing."""
        self.ports = ()
        self._log_from = self.log.stat().st_size if self.log.exists() else 0
        words = [*front, sys.executable, *self.program, "-c", str(self.config), "run"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env=environment(),
                cwd=self.folder,
                **options,
            )

    def start(self, *, front: Sequence[str] = ()) -> Daemon:
        """Start it and wait until it is ready."""
        self.spawn(front=front)
        assert self.wait_until_ready(), self.said()
        return self

    def wait_until_ready(self, seconds: float = START_SECONDS) -> bool:
        """Whether it said `maildesk ready`; False when it ended before that."""
        wait_for(lambda: self._is_ready() or not self.is_alive(), seconds)
        if not self._is_ready():
            return False
        listening = [line for line in self.said().splitlines() if " listening at=" in line]
        self.ports = tuple(int(line.rpartition(":")[2]) for line in listening)
        return True

    def _is_ready(self) -> bool:
        return "maildesk ready" in self.said().splitlines()

    def said(self) -> str:
        """What it has logged since its latest start."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as log:
            log.seek(self._log_from)
            return log.read().decode(errors="replace")

    def waits_to_say(self, words: str, seconds: float = 60.0) -> None:
        """Wait until these words are in the log."""
        assert wait_for(lambda: words in self.said(), seconds), self.said()

    @property
    def pid(self) -> int:
        """The process id of the latest start."""
        assert self.process is not None
        return self.process.pid

    def is_alive(self) -> bool:
        """Whether it runs."""
        return self.process is not None and self.process.poll() is None

    def signal(self, number: int) -> None:
        """Send it a signal."""
        assert self.process is not None
        self.process.send_signal(number)

    def kill(self) -> None:
        """SIGKILL; its workers go with it, and the right to write is free again."""
        self.signal(signal.SIGKILL)
        self.wait(30)
        self.leaves_nothing_behind()

    def stop(self, seconds: float = 60.0) -> int:
        """SIGTERM; the exit code."""
        self.signal(signal.SIGTERM)
        code = self.wait(seconds)
        self.leaves_nothing_behind()
        return code

    def wait(self, seconds: float) -> int:
        """Wait for the end; the exit code."""
        assert self.process is not None
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it does not end:\n{self.said()}") from None
        finally:
            self.ports = () if self.process.returncode is not None else self.ports

    def clean_up(self) -> None:
        """Whatever state it is in: end it and its workers."""
        if self.process is not None:
            for pid in self.members():
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
            self.process.wait(30)

    def leaves_nothing_behind(self, seconds: float = 30.0) -> None:
        """No process of it lives, and nobody holds a lock on the data directory."""
        gone = wait_for(lambda: not self.members(), seconds)
        assert gone, f"still there: {self.members()}"
        for name in ("write.lock", "daemon.lock"):
            # Somebody else may be writing, but not for long.
            is_free = wait_for(lambda path=self.data / name: is_lock_free(path), seconds)
            assert is_free, f"{name} is held, and by nobody"

    def members(self) -> list[int]:
        """Its processes that live: numbers come around, so somebody else may have one by now."""
        return [pid for pid in session_members(self.pid) if _cwd(pid) == self.folder.resolve()]

    def cli(self, *words: str, stdin: bytes = b"", seconds: float = 60) -> Any:
        """What `maildesk WORDS --json` prints."""
        done = self.run(*words, "--json", stdin=stdin, seconds=seconds)
        return json.loads(done.stdout)

    def run(
        self, *words: str, stdin: bytes = b"", seconds: float = 60, **options: Any
    ) -> subprocess.CompletedProcess[bytes]:
        """Run one command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "maildesk", "-c", str(self.config), *words],
            input=stdin,
            capture_output=True,
            check=False,
            timeout=seconds,
            env=environment(),
            cwd=self.folder,
            **options,
        )


def environment() -> dict[str, str]:
    """Our environment without what belongs to a service manager, and with this checkout."""
    foreign = ("NOTIFY_SOCKET", "LISTEN_FDS", "LISTEN_PID", "JOURNAL_STREAM", "MAILDESK_CONFIG")
    kept = {name: value for name, value in os.environ.items() if name not in foreign}
    return {**kept, "PYTHONPATH": str(ROOT)}


def wait_for(is_so: Callable[[], object], seconds: float = 60.0) -> bool:
    """Look again and again until it is so; False when it never is."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def session_members(session: int) -> list[int]:
    """The processes of a session that are not yet dead."""
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            words = Path("/proc", name, "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(words[3]) == session and words[0] not in ("Z", "X"):
            found.append(int(name))
    return found


def _cwd(pid: int) -> Path | None:
    """Where a process is at home; None when it is gone."""
    try:
        return Path(f"/proc/{pid}/cwd").readlink()
    except OSError:
        return None


def is_lock_free(path: Path) -> bool:
    """Whether the flock on a file could be had now."""
    if not path.exists():
        return True
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

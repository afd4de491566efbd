"""The command line as a user calls it, in this process or in one of its own.

In: arguments, bytes on stdin, variables of the environment. Out: exit code, stdout, stderr.

*Fails:* AssertionError where JSON was expected and something else came.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from maildesk import cli

ROOT = Path(__file__).parents[2]
NAMES = ("MAILDESK_CONFIG", "STATE_DIRECTORY", "NOTIFY_SOCKET", "SENDER", "RECIPIENT", "COLUMNS")


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def maildesk(
    *arguments: str | Path, stdin: bytes = b"", cwd: Path | None = None, **env: str
) -> Done:
    """Call the command line in this process."""
    out, err = io.BytesIO(), io.BytesIO()
    code: object = 0
    with _as_program(arguments, stdin, out, err, env), contextlib.chdir(cwd or Path.cwd()):
        try:
            cli.main()
        except SystemExit as ending:
            code = ending.code
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
    assert isinstance(code, int)
    return Done(code, out.getvalue(), err.getvalue().decode())


def in_a_process(
    *arguments: str | Path, stdin: bytes = b"", cwd: Path | None = None, **env: str
) -> Done:
    """Call it in a process of its own, and wait for its end."""
    done = subprocess.run(
        command(*arguments),
        input=stdin,
        cwd=cwd,
        env=environment(env),
        capture_output=True,
        check=False,
        timeout=120,
    )
    return Done(done.returncode, done.stdout, done.stderr.decode())


def spawn(*arguments: str | Path, cwd: Path, **env: str) -> subprocess.Popen[bytes]:
    """Call it in a process of its own, which is not waited for."""
    return subprocess.Popen(
        command(*arguments), cwd=cwd, env=environment(env), stderr=subprocess.PIPE
    )


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "maildesk", *map(str, arguments)]


def environment(more: dict[str, str]) -> dict[str, str]:
    """This process's variables without those that maildesk reads, and `more`."""
    kept = {name: value for name, value in os.environ.items() if name not in NAMES}
    return {**kept, "PYTHONPATH": str(ROOT), **more}


@contextmanager
def running(*arguments: str | Path, cwd: Path, **env: str) -> Iterator[list[str]]:
    """`maildesk … run`, ready; what it says, all of it when the block is over."""
    daemon = spawn(*arguments, "run", cwd=cwd, **env)
    said: list[str] = []
    is_ready = threading.Event()
    listener = threading.Thread(target=_listen, args=(daemon, said, is_ready))
    listener.start()
    try:
        assert is_ready.wait(60), said
        assert daemon.poll() is None, said
        yield said
        daemon.terminate()
        assert daemon.wait(60) == 0, said
    finally:
        if daemon.poll() is None:
            daemon.kill()
        daemon.wait()
        listener.join()


def _listen(daemon: subprocess.Popen[bytes], said: list[str], is_ready: threading.Event) -> None:
    """Take every line as it comes: a full pipe would stop the daemon."""
    assert daemon.stderr
    with daemon.stderr:
        for line in daemon.stderr:
            said.append(line.decode().rstrip())
            if said[-1] == "maildesk ready":
                is_ready.set()
    is_ready.set()


@contextmanager
def _as_program(
    arguments: tuple[str | Path, ...],
    stdin: bytes,
    out: io.BytesIO,
    err: io.BytesIO,
    env: dict[str, str],
) -> Iterator[None]:
    streams = {
        "argv": ["maildesk", *map(str, arguments)],
        "stdin": io.TextIOWrapper(io.BytesIO(stdin)),
        "stdout": io.TextIOWrapper(out, encoding="utf-8", write_through=True),
        "stderr": io.TextIOWrapper(err, encoding="utf-8", write_through=True),
    }
    with (
        mock.patch.multiple(sys, **streams),
        mock.patch.dict(os.environ, environment(env), clear=True),
    ):
        try:
            yield
        finally:
            for name in ("stdout", "stderr", "stdin"):
                streams[name].detach()

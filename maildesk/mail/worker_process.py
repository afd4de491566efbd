"""One parse worker as a process: start it, feed it, hear it, end it.

In: limits; bytes to send. Out: frames as they come; how the process ended. It inherits no
descriptor and no environment of ours but what Python needs to start.
*Fails:* OSError, when the process cannot be started.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections import deque
from pathlib import Path

import maildesk
from maildesk.mail import frames

_CHUNK = 256 * 1024
_END_SECONDS = 2.0


class WorkerProcess:
    """One worker process and our ends of its pipes."""

    def __init__(self, cpu_seconds: int, memory_bytes: int) -> None:
        limits = (os.getpid(), cpu_seconds, memory_bytes)
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "maildesk.mail.worker_main", *map(str, limits)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=Path(maildesk.__file__).parent.parent,
            env=_environment(),
            bufsize=0,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self.pid = self._process.pid
        self.stdin = self._process.stdin.fileno()
        self.stdout = self._process.stdout.fileno()
        os.set_blocking(self.stdin, False)
        self.is_ready = False
        self.answered = 0
        self.received = bytearray()
        self.to_send: deque[memoryview] = deque()

    def end(self, *, kill: bool) -> int:
        """Close the pipes, wait, and say how the process ended."""
        if kill:
            self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        try:
            return self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def send(self, kind: bytes, head: bytes, body: bytes) -> None:
        """Put a frame behind what is still to be sent."""
        self.to_send.append(memoryview(frames.prefix(kind, head, len(body))))
        if body:
            self.to_send.append(memoryview(body))

    def send_some(self) -> None:
        """As much as the pipe takes now."""
        with contextlib.suppress(BlockingIOError):
            while self.to_send:
                sent = os.write(self.stdin, self.to_send[0][:_CHUNK])
                if sent == len(self.to_send[0]):
                    self.to_send.popleft()
                else:
                    self.to_send[0] = self.to_send[0][sent:]

    def next_frame(self) -> frames.Frame | None:
        """A whole frame of what was received, None until there is one."""
        size = frames.PREFIX.size
        if len(self.received) < size:
            return None
        kind, head_length, body_length = frames.PREFIX.unpack_from(self.received)
        end = size + head_length + body_length
        if len(self.received) < end:
            return None
        with memoryview(self.received) as view:
            head, body = (
                bytes(view[size : size + head_length]),
                bytes(view[size + head_length : end]),
            )
        del self.received[:end]
        return frames.Frame(kind, head, body)


def _environment() -> dict[str, str]:
    """What Python needs to start; passwords may stand in the rest."""
    names = ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "VIRTUAL_ENV")
    kept = {name: os.environ[name] for name in names if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}

"""The parse worker: a process that reads messages for the daemon and may die of one.

In: frames on standard input. Out: frames on standard output. Address space and processor
time are limited by the kernel; the worker ends at the end of its input and with its parent.
*Fails:* by dying; the parent knows which message it was.

    python -m maildesk.mail.worker_main PARENT_PID CPU_SECONDS MEMORY_BYTES
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import resource
import signal
import sys
from datetime import datetime
from typing import Any, BinaryIO

from maildesk.errors import UnparseableMessage
from maildesk.log import place_of
from maildesk.mail import frames
from maildesk.mail.parse import extract, parse, read_in_part

_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
_OPEN_FILES = 16


def main(arguments: list[str]) -> int:
    """Read and answer until the input ends."""
    parent, cpu_seconds, memory_bytes = map(int, arguments)
    _die_with(parent)
    # A terminal or systemd sends these to the whole group; the daemon still drains through us.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    source, out = _take_pipes()
    _limit(memory_bytes)
    gc.collect()
    gc.freeze()
    out.write(frames.prefix(frames.READY, b"", 0))
    out.flush()
    while frame := frames.read_frame(source):
        _arm_cpu_limit(cpu_seconds)
        kind, head, bodies = _answer(frame)
        del frame
        out.write(frames.prefix(kind, head, sum(map(len, bodies))))
        for body in bodies:
            out.write(body)
        out.flush()
        if kind == frames.LEAVING:
            return 1
    return 0


def _die_with(parent: int) -> None:
    """Ask the kernel to kill us when the daemon goes, and see whether it has gone already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)


def _take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Our two ends; whatever a library prints goes nowhere instead of into a frame."""
    out = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return os.fdopen(0, "rb"), os.fdopen(out, "wb")


def _limit(memory_bytes: int) -> None:
    for name, value in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        _, hard = resource.getrlimit(name)
        resource.setrlimit(name, (value if hard < 0 else min(value, hard), hard))


def _arm_cpu_limit(seconds: int) -> None:
    """So many more seconds of processor time from now; then the kernel sends SIGXCPU."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(
        resource.RLIMIT_CPU, (int(usage.ru_utime + usage.ru_stime) + 1 + seconds, hard)
    )


def _answer(frame: frames.Frame) -> tuple[bytes, bytes, tuple[bytes, ...]]:
    try:
        if frame.kind == frames.EXTRACT:
            found = extract(frame.body, tuple(json.loads(frame.head)))
            return frames.PARTS, json.dumps([len(part) for part in found]).encode(), found
        if frame.kind == frames.SALVAGE:
            sender, reason = json.loads(frame.head)
            return frames.MESSAGE, _to_json(read_in_part(frame.body, sender, reason)), ()
        message = parse(frame.body, json.loads(frame.head))
        return frames.MESSAGE, _to_json(message), ()
    except UnparseableMessage as error:
        kind = frames.LEAVING if isinstance(error.__cause__, MemoryError) else frames.REFUSED
        return kind, _reason(str(error)), ()
    except MemoryError:
        return frames.LEAVING, _reason("reading it takes more memory than allowed"), ()
    except Exception as error:  # a bug of ours: the message is kept, and the log can say where
        return frames.REFUSED, _reason(f"the reader failed: {place_of(error)}"), ()


def _reason(text: str) -> bytes:
    return json.dumps(text).encode()


def _to_json(message: Any) -> bytes:
    return json.dumps(message, default=_fields, ensure_ascii=False).encode("utf-8", "replace")


def _fields(value: Any) -> Any:
    """A frozen dataclass as a dict of its slots, a moment in ISO 8601."""
    if isinstance(value, datetime):
        return value.isoformat()
    return {name: getattr(value, name) for name in value.__slots__}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Parsing in processes of its own: a message that hangs, grows or crashes costs only itself.

In: raw bytes and the envelope sender. Out: a future of the `InboundMessage`, validated: a worker
has read hostile bytes, so its answer is JSON and is believed no further than its types.
A message that the worker dies of, or is too long about, is handed in once more, for its header
and itself as a file alone (`mail.salvage`).
*Fails:* UnparseableMessage in the future, for the one message of which not even that can be had;
ParserDown when no worker can be started, which says nothing about the message.

One thread drives one worker over two pipes. A few messages wait in the pipe so that the worker
never does; when it dies, the first of them is to blame, and the others go to the next worker.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import cache
from select import POLLERR, POLLHUP, POLLIN, POLLOUT, poll
from typing import Any

from pydantic import TypeAdapter, ValidationError

from maildesk.core.message import InboundMessage
from maildesk.errors import ParserDown, UnparseableMessage
from maildesk.mail import frames
from maildesk.mail.worker_process import WorkerProcess

_AHEAD = 8  # messages in the pipe of one worker
_AHEAD_BYTES = 1024 * 1024
_ANSWER_LIMIT = 16 * 1024 * 1024
_CHUNK = 256 * 1024
_START_SECONDS = 30.0
_STARTS = 3  # workers in a row that die before they are ready


@dataclass(slots=True)
class _Job:
    """One message, and what is wanted of it."""

    kind: bytes
    head: bytes
    raw: bytes
    read: Callable[[frames.Frame], Any]
    future: Future[Any]
    answer_limit: int = _ANSWER_LIMIT
    was_killed: bool = False


class ParserPool:
    """Parse workers behind `submit` and `extract`; safe to use from any thread.

    `wall_seconds` and `cpu_seconds` count for one message. Workers start with the first messages,
    end after `recycle_after` of them, and never outlive this process.
    """

    def __init__(
        self,
        workers: int = 1,
        wall_seconds: float = 10.0,
        cpu_seconds: int = 5,
        memory_bytes: int = 512 * 1024 * 1024,
        recycle_after: int = 5_000,
    ) -> None:
        self.wall_seconds = wall_seconds
        self.cpu_seconds = cpu_seconds
        self.memory_bytes = memory_bytes
        self.recycle_after = recycle_after
        self._workers = workers
        self._lock = threading.Lock()
        self._jobs: deque[_Job] = deque()
        self._drivers: list[_Driver] = []
        self.is_closed = False

    def submit(self, raw: bytes, envelope_sender: str | None) -> Future[InboundMessage]:
        """The message as a value; None says that there was no envelope, "" the null sender."""
        head = json.dumps(envelope_sender).encode()
        return self._add(_Job(frames.PARSE, head, raw, _read_message, Future()))

    def extract(self, raw: bytes, parts: tuple[int, ...]) -> Future[tuple[bytes, ...]]:
        """The decoded bytes of the parts that `Attachment.part` names."""
        limit = len(raw) * max(1, len(parts)) + _ANSWER_LIMIT
        head = json.dumps(parts).encode()
        return self._add(_Job(frames.EXTRACT, head, raw, _read_parts, Future(), limit))

    def close(self) -> None:
        """Let the messages in the pipes be answered, cancel the waiting ones, end the workers."""
        with self._lock:
            self.is_closed = True
            waiting, drivers = list(self._jobs), list(self._drivers)
            self._jobs.clear()
            self._drivers.clear()
        for job in waiting:
            # One that a dead worker gave back is running already and cannot be cancelled.
            if not job.future.cancel():
                job.future.set_exception(ParserDown("the parser pool was closed"))
        for driver in drivers:
            driver.wake()
        for driver in drivers:
            driver.join(self.wall_seconds + _START_SECONDS)
            driver.forget()

    def pids(self) -> tuple[int, ...]:
        """The process ids of the workers that live now."""
        with self._lock:
            drivers = list(self._drivers)
        return tuple(pid for driver in drivers if (pid := driver.pid) is not None)

    def take(self) -> _Job | None:
        """The next job that nobody cancelled, for a driver."""
        with self._lock:
            while self._jobs:
                job = self._jobs.popleft()
                if job.future.running() or job.future.set_running_or_notify_cancel():
                    return job
        return None

    def give_back(self, jobs: list[_Job]) -> None:
        """Jobs that a dead worker had not begun, to the front again."""
        with self._lock:
            self._jobs.extendleft(reversed(jobs))

    def _add(self, job: _Job) -> Future[Any]:
        with self._lock:
            if self.is_closed:
                message = "the parser pool is closed"
                raise RuntimeError(message)
            is_behind = bool(self._jobs) or not self._drivers
            self._jobs.append(job)
            if is_behind and len(self._drivers) < self._workers:
                driver = _Driver(self)
                self._drivers.append(driver)
                driver.start()
            for driver in self._drivers:
                driver.wake()
        return job.future


class _Driver(threading.Thread):
    """The thread that keeps one worker alive and busy.

    It also is the thread that starts the worker: the kernel's parent-death signal follows the
    thread that forked, not the process.
    """

    def __init__(self, pool: ParserPool) -> None:
        super().__init__(name="parser", daemon=True)
        self._pool = pool
        self._worker: WorkerProcess | None = None
        self._in_pipe: deque[_Job] = deque()
        self._since = 0.0  # when the first job in the pipe got the worker to itself
        self._failed_starts = 0
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        os.set_blocking(self._wake_write, False)

    @property
    def pid(self) -> int | None:
        """The worker's process id, None while there is none."""
        worker = self._worker
        return worker.pid if worker else None

    def wake(self) -> None:
        """There is something to do."""
        with contextlib.suppress(BlockingIOError):
            os.write(self._wake_write, b"!")

    def forget(self) -> None:
        """Close what `wake` writes to, once nobody can call it any more."""
        if not self.is_alive():
            os.close(self._wake_read)
            os.close(self._wake_write)

    def run(self) -> None:
        """Until the pool closes and the pipe is empty."""
        while True:
            self._fill()
            if self._pool.is_closed and not self._in_pipe:
                break
            try:
                self._step()
            except Exception as error:  # it must not take this thread and all futures with it
                self._bury(f"the parse worker cannot be used ({error})", kill=True)
        if self._worker:
            self._worker.end(kill=False)
            self._worker = None

    def _fill(self) -> None:
        """Jobs into the pipe, as far as it helps."""
        worker = self._worker
        ahead = sum(len(job.raw) for job in self._in_pipe)
        while len(self._in_pipe) < _AHEAD and (not self._in_pipe or ahead < _AHEAD_BYTES):
            if worker and worker.answered + len(self._in_pipe) >= self._pool.recycle_after:
                return
            job = self._pool.take()
            if job is None:
                return
            if not self._in_pipe:
                self._since = time.monotonic()
            self._in_pipe.append(job)
            ahead += len(job.raw)
            if worker:
                worker.send(job.kind, job.head, job.raw)

    def _step(self) -> None:
        """Wait for the worker, for work or for the deadline, and do what came."""
        if self._in_pipe and self._worker is None:
            self._start()
        worker = self._worker
        waiter = poll()
        waiter.register(self._wake_read, POLLIN)
        if worker:
            waiter.register(worker.stdout, POLLIN)
            if worker.to_send:
                waiter.register(worker.stdin, POLLOUT)
        events = dict(waiter.poll(self._patience()))
        if self._wake_read in events:
            with contextlib.suppress(BlockingIOError):
                os.read(self._wake_read, 4096)
        if worker is None:
            return
        if events.get(worker.stdin, 0) & POLLOUT:
            with contextlib.suppress(BrokenPipeError):
                worker.send_some()
        if events.get(worker.stdout, 0) & (POLLIN | POLLHUP | POLLERR):
            self._receive(worker)
        elif self._in_pipe and self._patience() == 0:
            self._bury(f"reading it takes more than {self._pool.wall_seconds:g} s", kill=True)

    def _start(self) -> None:
        self._worker = WorkerProcess(self._pool.cpu_seconds, self._pool.memory_bytes)
        self._since = time.monotonic()
        for job in self._in_pipe:
            self._worker.send(job.kind, job.head, job.raw)

    def _patience(self) -> int | None:
        """Milliseconds until the first job in the pipe has had its time; None: no hurry."""
        if not self._in_pipe or self._worker is None:
            return None
        limit = self._pool.wall_seconds if self._worker.is_ready else _START_SECONDS
        return max(0, int((self._since + limit - time.monotonic()) * 1000 + 0.999))

    def _receive(self, worker: WorkerProcess) -> None:
        data = os.read(worker.stdout, _CHUNK)
        if not data:
            self._bury("")
            return
        worker.received += data
        while self._worker is worker and (frame := worker.next_frame()):
            self._take_answer(worker, frame)
        limit = self._in_pipe[0].answer_limit if self._in_pipe else _ANSWER_LIMIT
        if len(worker.received) > limit:
            self._bury("the reader's answer is larger than any message", kill=True)

    def _take_answer(self, worker: WorkerProcess, frame: frames.Frame) -> None:
        self._since = time.monotonic()
        if frame.kind == frames.READY:
            worker.is_ready, self._failed_starts = True, 0
            return
        if not self._in_pipe:
            self._bury("the reader answers what nobody asked", kill=True)
            return
        job = self._in_pipe.popleft()
        worker.answered += 1
        if frame.kind in (frames.REFUSED, frames.LEAVING) and _degrade(job, _reason(frame)):
            self._pool.give_back([job])
        else:
            _settle(job, frame)
        if frame.kind == frames.LEAVING or worker.answered >= self._pool.recycle_after:
            self._retire(worker)

    def _retire(self, worker: WorkerProcess) -> None:
        """End a worker that has done its work; what still is in the pipe goes to the next one."""
        self._worker = None
        worker.end(kill=False)
        self._hand_on()

    def _bury(self, reason: str, *, kill: bool = False) -> None:
        """The worker is dead or must die: blame the first job, hand on the others."""
        worker, self._worker = self._worker, None
        status = worker.end(kill=kill) if worker else 0
        if worker is None or not worker.is_ready:
            self._failed_starts += 1
            if self._failed_starts < _STARTS:
                time.sleep(0.1 * self._failed_starts)
                return
            self._failed_starts = 0
            self._give_up(reason or f"the parse worker does not start (status {status})")
        elif self._in_pipe:
            self._blame(self._in_pipe.popleft(), reason or self._explain(status), status, kill=kill)
        self._hand_on()

    def _blame(self, job: _Job, reason: str, status: int, *, kill: bool) -> None:
        # Nothing in a mail makes the kernel send SIGKILL: somebody else did, so the mail
        # gets one more chance.
        if status == -signal.SIGKILL and not kill and not job.was_killed:
            job.was_killed = True
            self._in_pipe.appendleft(job)
            return
        if _degrade(job, reason):
            self._in_pipe.appendleft(job)
            return
        job.future.set_exception(UnparseableMessage(reason))

    def _give_up(self, reason: str) -> None:
        """No worker can be had: our fault, not the mail's, so it is no UnparseableMessage."""
        if self._in_pipe:
            self._in_pipe.popleft().future.set_exception(ParserDown(reason))

    def _explain(self, status: int) -> str:
        if status == -signal.SIGXCPU:
            return f"reading it takes more than {self._pool.cpu_seconds} s of processor time"
        memory = self._pool.memory_bytes // (1024 * 1024)
        if status == -signal.SIGABRT:
            return f"reading it takes more than {memory} MiB of memory"
        return f"the reader died of it (status {status}; it may use {memory} MiB of memory)"

    def _hand_on(self) -> None:
        self._pool.give_back(list(self._in_pipe))
        self._in_pipe.clear()


def _degrade(job: _Job, reason: str) -> bool:
    """Ask for less of a message that cannot be read whole; False when that was asked already."""
    if job.kind != frames.PARSE:
        return False
    job.kind = frames.SALVAGE
    job.head = json.dumps([json.loads(job.head), reason]).encode()
    return True


def _reason(frame: frames.Frame) -> str:
    try:
        return str(json.loads(frame.head))[:500]
    except ValueError:
        return "the reader's answer is no message"


def _settle(job: _Job, frame: frames.Frame) -> None:
    try:
        if frame.kind in (frames.REFUSED, frames.LEAVING):
            job.future.set_exception(UnparseableMessage(_reason(frame)))
            return
        answer = job.read(frame)
    except (ValidationError, ValueError):
        job.future.set_exception(UnparseableMessage("the reader's answer is no message"))
        return
    job.future.set_result(answer)


def _read_message(frame: frames.Frame) -> InboundMessage:
    return _messages().validate_json(frame.head)


@cache
def _messages() -> TypeAdapter[InboundMessage]:
    """Who believes an answer; made for the first one."""
    return TypeAdapter(InboundMessage)


def _read_parts(frame: frames.Frame) -> tuple[bytes, ...]:
    lengths = TypeAdapter(list[int]).validate_json(frame.head)
    ends = [sum(lengths[: index + 1]) for index in range(len(lengths))]
    return tuple(frame.body[end - length : end] for end, length in zip(ends, lengths, strict=True))

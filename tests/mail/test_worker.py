"""Parse workers: real processes, killed, starved and orphaned for real."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from maildesk.core.model import InboundMessage
from maildesk.errors import MaildeskError, UnparseableMessage
from maildesk.mail.parse import parse
from maildesk.mail.worker import ParserPool

ROOT = Path(__file__).parent.parent.parent
MAIL = (
    b"From: Anna <anna@customer.example>\r\nTo: help@desk.example\r\nSubject: %d\r\n"
    b"Message-ID: <%d@x>\r\nDate: Mon, 16 Nov 2026 10:00:00 +0100\r\n\r\nHello.\r\n"
)
# As many lines that look like boundaries as are read at all; it takes about a second.
ENDLESS = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--zz\r\n" * 1_400_000
HUGE = b"From: a@b.c\r\nSubject: huge\r\n\r\n" + b"x" * 100_000_000
HUNGRY = (
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n" + "ü€\r\n".encode() * 1_400_000
)


@pytest.fixture
def pool() -> Iterator[ParserPool]:
    pool = ParserPool()
    yield pool
    pool.close()


def mail(number: int) -> bytes:
    return MAIL % (number, number)


def wait_until(is_true: Callable[[], bool], seconds: float = 40.0) -> None:
    end = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_a_worker_gives_the_same_message_as_reading_it_here(pool: ParserPool) -> None:
    raw = (ROOT / "tests/corpus/21-inline-image.eml").read_bytes()
    assert pool.submit(raw, "anna@customer.example").result() == parse(raw, "anna@customer.example")


def test_no_envelope_and_the_null_sender_are_told_apart(pool: ParserPool) -> None:
    assert pool.submit(mail(1), None).result().machine == "person"
    assert pool.submit(mail(1), "").result().machine == "bounce"


def test_answers_belong_to_their_messages(pool: ParserPool) -> None:
    futures = [pool.submit(mail(number), "a@b.c") for number in range(300)]
    assert [future.result().subject for future in futures] == [str(n) for n in range(300)]


def test_parts_are_extracted_as_the_attachments_say(pool: ParserPool) -> None:
    raw = (ROOT / "tests/corpus/21-inline-image.eml").read_bytes()
    attachments = pool.submit(raw, None).result().attachments
    found = pool.extract(raw, tuple(item.part for item in attachments)).result()
    assert [hashlib.sha256(data).hexdigest() for data in found] == [a.sha256 for a in attachments]
    assert pool.extract(raw, (99,)).result() == (b"",)


def test_a_message_over_a_limit_costs_the_worker_nothing(pool: ParserPool) -> None:
    pool.submit(mail(1), None).result()
    pids = pool.pids()
    flood = pool.submit(b"X: y\r\n" * 1_001 + b"\r\n", None).result()
    assert "1,000 fields" in flood.unread
    assert pool.submit(mail(2), None).result().subject == "2"
    assert pool.pids() == pids


def test_workers_start_with_the_first_message(pool: ParserPool) -> None:
    assert pool.pids() == ()
    pool.submit(mail(1), None).result()
    assert len(pool.pids()) == 1


def test_a_message_that_takes_too_long_fails_alone() -> None:
    pool = ParserPool(wall_seconds=1.0)
    try:
        before = pool.submit(mail(1), None)
        slow = pool.submit(ENDLESS, None)
        after = [pool.submit(mail(number), None) for number in range(2, 5)]
        assert "more than 1 s" in slow.result().unread
        assert before.result().subject == "1"
        assert [future.result().subject for future in after] == ["2", "3", "4"]
    finally:
        pool.close()


def test_a_stopped_worker_is_replaced() -> None:
    pool = ParserPool(wall_seconds=1.0)
    try:
        pool.submit(mail(1), None).result()
        (pid,) = pool.pids()
        os.kill(pid, signal.SIGSTOP)
        # It tells nothing against this very mail, which is then read for its header alone.
        halted = pool.submit(mail(2), None).result()
        assert (halted.subject, "1 s" in halted.unread) == ("2", True)
        assert pool.submit(mail(3), None).result().subject == "3"
        assert not is_alive(pid)
    finally:
        pool.close()


def test_a_message_that_needs_too_much_memory_fails_alone() -> None:
    pool = ParserPool(memory_bytes=120 * 1024 * 1024)
    try:
        hungry, after = pool.submit(HUNGRY, None), pool.submit(mail(2), None)
        assert "memory" in hungry.result().unread
        assert after.result().subject == "2"
    finally:
        pool.close()


def test_a_message_that_needs_too_much_processor_time_fails_alone() -> None:
    # The limit is armed anew for each message, so a worker's age does not count. It is counted in
    # whole seconds from the next one on: 0 is the least there is.
    pool = ParserPool(cpu_seconds=0, wall_seconds=50)
    try:
        endless, after = pool.submit(ENDLESS, None), pool.submit(mail(2), None)
        assert "more than 0 s of processor time" in endless.result().unread
        assert after.result().subject == "2"
    finally:
        pool.close()


def test_a_killed_worker_costs_no_message(pool: ParserPool) -> None:
    futures: list[Future[InboundMessage]] = []
    for number in range(200):
        futures.append(pool.submit(mail(number), None))
        if number in (50, 150):
            futures[number - 20].result()
            os.kill(pool.pids()[0], signal.SIGKILL)
    assert [future.result().subject for future in futures] == [str(n) for n in range(200)]


def test_a_message_whose_worker_is_killed_twice_is_read_for_its_header_alone() -> None:
    pool = ParserPool(wall_seconds=50, cpu_seconds=50)
    try:
        doomed, killed = pool.submit(ENDLESS, None), set[int]()
        for _ in range(2):
            wait_until(lambda: any(cpu_seconds(pid) > 0.4 for pid in set(pool.pids()) - killed))
            (pid,) = pool.pids()
            killed.add(pid)
            os.kill(pid, signal.SIGKILL)
        assert "died" in doomed.result().unread
        assert pool.submit(mail(3), None).result().subject == "3"
    finally:
        pool.close()


def test_a_message_of_which_not_even_the_header_can_be_had_fails_alone() -> None:
    pool = ParserPool(memory_bytes=120 * 1024 * 1024)
    try:
        doomed, after = pool.submit(HUGE, None), pool.submit(mail(2), None)
        with pytest.raises(UnparseableMessage, match="memory"):
            doomed.result()
        assert after.result().subject == "2"
    finally:
        pool.close()


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) / os.sysconf("SC_CLK_TCK")


def test_an_idle_worker_that_is_killed_is_replaced(pool: ParserPool) -> None:
    pool.submit(mail(1), None).result()
    (pid,) = pool.pids()
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: pool.pids() != (pid,))
    assert pool.submit(mail(2), None).result().subject == "2"


def test_a_worker_is_recycled() -> None:
    pool = ParserPool(recycle_after=10)
    try:
        futures = [pool.submit(mail(number), None) for number in range(25)]
        first = futures[0].result() and pool.pids()
        assert [future.result().subject for future in futures] == [str(n) for n in range(25)]
        assert pool.pids() != first
    finally:
        pool.close()


def test_two_workers_share_the_messages() -> None:
    pool = ParserPool(workers=2)
    try:
        futures = [pool.submit(mail(number), None) for number in range(200)]
        assert [future.result().subject for future in futures] == [str(n) for n in range(200)]
        assert len(pool.pids()) == 2
    finally:
        pool.close()


def test_signals_for_the_group_do_not_end_a_worker(pool: ParserPool) -> None:
    pool.submit(mail(1), None).result()
    (pid,) = pool.pids()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(pid, number)
    assert pool.submit(mail(2), None).result().subject == "2"
    assert pool.pids() == (pid,)


def test_close_answers_what_is_in_the_pipe_and_ends_the_workers() -> None:
    pool = ParserPool()
    futures = [pool.submit(mail(number), None) for number in range(100)]
    futures[0].result()
    (pid,) = pool.pids()
    pool.close()
    assert all(future.cancelled() or future.result() for future in futures)
    assert not is_alive(pid)
    with pytest.raises(RuntimeError, match="closed"):
        pool.submit(mail(1), None)


def test_a_worker_knows_no_secret_and_no_descriptor_of_the_daemon(
    pool: ParserPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELAY_PASSWORD", "hunter2")
    with (tmp_path / "database").open("wb") as database:
        os.set_inheritable(database.fileno(), True)
        pool.submit(mail(1), None).result()
        (pid,) = pool.pids()
        assert b"hunter2" not in Path(f"/proc/{pid}/environ").read_bytes()
        opened = {os.readlink(path) for path in Path(f"/proc/{pid}/fd").iterdir()}
        assert str(tmp_path / "database") not in opened


def test_no_worker_at_all_is_not_the_messages_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    pool = ParserPool()
    try:
        with pytest.raises(MaildeskError, match="does not start") as caught:
            pool.submit(mail(1), None).result()
        assert not isinstance(caught.value, UnparseableMessage)
        monkeypatch.undo()
        assert pool.submit(mail(2), None).result().subject == "2"
    finally:
        pool.close()


@pytest.mark.parametrize("is_busy", [False, True])
def test_workers_end_with_a_daemon_that_is_killed(is_busy: bool) -> None:
    # A worker that hangs never reads the end of its input: the kernel must end it.
    program = (
        "import os, signal, sys, time\n"
        "from maildesk.mail.worker import ParserPool\n"
        "pool = ParserPool(workers=1)\n"
        "pool.submit(b'Subject: x\\r\\n\\r\\nhi', None).result()\n"
        "print(pool.pids()[0], flush=True)\n"
        "time.sleep(60)\n"
    )
    daemon = subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert daemon.stdout is not None
    with daemon:
        worker = int(daemon.stdout.readline())
        if is_busy:
            os.kill(worker, signal.SIGSTOP)
        daemon.kill()
        wait_until(lambda: not is_alive(worker))

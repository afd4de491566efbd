"""The two loops between the doors: one processes what came in, one sends what is to go out.

In: the wiring and its bells. Out: threads that end when told to, after the piece in hand.
*Fails:* never; trouble is logged and met with a pause, and a broken store ends the daemon.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from maildesk import log
from maildesk.desk import Maildesk
from maildesk.errors import MaildeskError
from maildesk.outbox.courier import Courier
from maildesk.process import Processor
from maildesk.supervision import Pulse
from maildesk.sweeps import sweep

_PAUSE_SECONDS = 2.0
# One mail may keep the relay busy for each phase of a dialogue (RFC 5321 §4.5.3.2).
_PATIENCE_WITH_RELAY = 45 * 60.0


class Loop:
    """A thread that works each time its bell rings; `patience` is for one piece, in seconds."""

    def __init__(
        self,
        name: str,
        bell: threading.Event,
        work: Callable[[Callable[[], bool]], object],
        pulse: Pulse,
        *,
        patience: float = 60.0,
    ) -> None:
        self._name, self._bell, self._work = name, bell, work
        self._pulse, self._patience = pulse, patience
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the piece in hand; `join` waits for it."""
        self._is_stopping = True
        self._bell.set()

    def join(self, seconds: float) -> bool:
        """Whether the loop has ended within the time."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._is_stopping:
            self._pulse.beat(self._name)
            # The bell is a hint: were it lost, or the clock dead, the work would still be seen.
            self._bell.wait(timeout=10.0)
            self._bell.clear()
            if self._is_stopping:
                break
            self._try()
        self._pulse.rest(self._name)

    def _try(self) -> None:
        try:
            self._work(self._may_go_on)
        except MaildeskError as error:
            log.error(f"{self._name}-trouble", error=error)
            self._wait()
        except Exception:
            log.bug(f"{self._name}-bug")
            self._wait()

    def _may_go_on(self) -> bool:
        """Asked by the work between two pieces, which is a sign of life, too."""
        self._pulse.beat(self._name, self._patience)
        return not self._is_stopping

    def _wait(self) -> None:
        """Give whatever is wrong a moment, unless the end is near."""
        pause = threading.Event()
        self._pulse.beat(self._name)
        pause.wait(0 if self._is_stopping else _PAUSE_SECONDS)


def processing(maildesk: Maildesk, pulse: Pulse) -> Loop:
    """The loop that works off the inbox."""
    processor = Processor(maildesk)

    def work_off(may_go_on: Callable[[], bool]) -> None:
        # Whoever hands mail in waits for the disk; nobody waits for a ticket in the same second.
        with maildesk.store.patiently():
            processor.work_off(may_go_on)
            sweep(maildesk)

    return Loop("processing", maildesk.new_mail, work_off, pulse, patience=120.0)


class Sending:
    """The loop that works off the outbox; it takes up a new configuration between two rounds."""

    def __init__(self, maildesk: Maildesk, pulse: Pulse) -> None:
        self._maildesk = maildesk
        self._courier: Courier | None = None
        self._settings = maildesk.settings
        self._is_in_doubt = False  # whether the last round ended before its results were written
        self.loop = Loop(
            "sending",
            maildesk.new_letters,
            self._work,
            pulse,
            patience=_PATIENCE_WITH_RELAY,
        )

    def _work(self, may_go_on: Callable[[], bool]) -> None:
        if self._courier and self._settings is not self._maildesk.settings:
            self._courier.close()
            self._courier = None
        if self._courier is None:
            self._settings = self._maildesk.settings
            self._courier = self._maildesk.courier()
        with self._maildesk.store.patiently():
            self._deliver(self._courier, may_go_on)

    def _deliver(self, courier: Courier, may_go_on: Callable[[], bool]) -> None:
        """One round; what an interrupted one was sending is found first, as at a start."""
        if self._is_in_doubt:
            courier.recover()
        self._is_in_doubt = True
        courier.deliver_due(may_go_on)
        self._is_in_doubt = False

    def close(self) -> None:
        """Let go of the relay."""
        if self._courier:
            self._courier.close()

"""Bars on processor time that hold on slow machines, too.

In: the seconds that some work may take on the machine where the bars were set; they are many times
what it takes there. Out: a block that fails when it takes more, this machine's pace allowed for.

*Fails:* AssertionError when it does.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

_USUAL = 0.008  # seconds of the yardstick, where the bars were set


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """What this thread does in the block takes no more processor time than that."""
    began = time.thread_time()
    yield
    spent = time.thread_time() - began
    assert spent < seconds or spent < seconds * slowness(), f"{spent:.2f} s"


def slowness() -> float:
    """How many times longer than usual this machine takes for anything just now; at least 1."""
    return max(1.0, min(_yardstick() for _ in range(3)) / _USUAL)


def _yardstick() -> float:
    began = time.thread_time()
    words = [f"{number:x}" for number in range(20_000)]
    text = " ".join(words)
    assert len(re.findall(r"[a-f]+[0-9]+\b", text)) < len(set(words)) < len(text)
    counts: dict[str, int] = {}
    for word in words:
        counts[word[:2]] = counts.get(word[:2], 0) + 1
    return time.thread_time() - began

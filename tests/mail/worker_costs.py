"""What a message costs the worker that reads it: processor time, and memory at its highest.

In: the worker's process id. Out: seconds and bytes since this was made. Linux only: /proc.
*Fails:* FileNotFoundError, when the worker has died.
"""

from __future__ import annotations

import os
from pathlib import Path


class Costs:
    """Counts from the moment it is made."""

    def __init__(self, pid: int) -> None:
        self._folder = Path(f"/proc/{pid}")
        (self._folder / "clear_refs").write_text("5")  # the highest mark begins anew
        self._began = self._cpu()

    def so_far(self) -> tuple[float, int]:
        """Seconds of processor time, bytes of memory."""
        return self._cpu() - self._began, self._highest()

    def _cpu(self) -> float:
        fields = (self._folder / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _highest(self) -> int:
        lines = (self._folder / "status").read_text().splitlines()
        mark = next(line for line in lines if line.startswith("VmHWM:"))
        return int(mark.split()[1]) * 1024

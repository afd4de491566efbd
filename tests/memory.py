"""Where the default tests have their files: in memory, where this machine has room for them there.

In: nothing. Out: the folder for pytest's temporary ones, or None to leave them where they are.

A commit waits for the disk, a walk commits a dozen times, and a disk that others use makes each of
them ten times as long. No default test asks what a disk keeps when the power goes. The whole suite
(`--slow`) stays on the disk all the same: there commits take their time, and many share one.
*Fails:* never.
"""

from __future__ import annotations

import os
from pathlib import Path

SHARED_MEMORY = Path("/dev/shm")
# The default tests need a twentieth of it; in a container there is often no more than 64 MiB.
_NEEDED_BYTES = 1024**3


def roomy_folder(folder: Path = SHARED_MEMORY) -> Path | None:
    """The folder, if it is memory that has room and lets programs run."""
    try:
        found = os.statvfs(folder)
    except OSError:
        return None
    has_room = found.f_bavail * found.f_frsize >= _NEEDED_BYTES
    is_closed = bool(found.f_flag & (os.ST_NOEXEC | os.ST_RDONLY))
    return folder if has_room and not is_closed and os.access(folder, os.W_OK | os.X_OK) else None

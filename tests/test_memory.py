"""The default tests have their files in memory only where that can hold them."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.memory import roomy_folder


@pytest.mark.parametrize(
    ("free", "flags", "is_taken"),
    [
        (4 * 1024**3, 0, True),
        (64 * 1024**2, 0, False),
        (4 * 1024**3, os.ST_NOEXEC, False),
        (4 * 1024**3, os.ST_RDONLY, False),
    ],
)
def test_memory_is_taken_where_it_has_room_and_lets_programs_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, flags: int, is_taken: bool
) -> None:
    found = SimpleNamespace(f_bavail=free // 4096, f_frsize=4096, f_flag=flags)
    monkeypatch.setattr(os, "statvfs", lambda _: found)
    assert roomy_folder(tmp_path) == (tmp_path if is_taken else None)


def test_a_machine_without_shared_memory_uses_its_disk(tmp_path: Path) -> None:
    assert roomy_folder(tmp_path / "shm") is None

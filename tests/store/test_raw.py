"""The raw files: what a kill leaves behind is removed in time, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from maildesk.store.raw import IN_ROW, RawFiles

HOUR = 3600.0
NAME = "ab" + "0" * 62


@pytest.fixture
def raw(tmp_path: Path) -> RawFiles:
    return RawFiles(tmp_path)


def aged(file: Path, now: float, hours: float) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"half")
    os.utime(file, (now - hours * HOUR, now - hours * HOUR))
    return file


def test_a_draft_goes_after_36_hours_and_nothing_else(raw: RawFiles, tmp_path: Path) -> None:
    whole = raw.path_of(str(raw.keep(b"x" * (IN_ROW + 1)).file))
    now = whole.stat().st_mtime
    os.utime(whole, (0, 0))
    shelf = tmp_path / "raw" / "ab"
    draft = aged(shelf / f"{NAME}.4711.140001.tmp", now, 37)
    kept = [
        aged(shelf / f"{NAME}.4711.140002.tmp", now, 35),
        aged(shelf / NAME, now, 999),
        aged(shelf / "notes.tmp", now, 999),
        aged(tmp_path / "raw" / f"{NAME}.4711.140001.tmp", now, 999),
        aged(tmp_path / "raw" / "other" / f"{NAME}.4711.140001.tmp", now, 999),
        aged(tmp_path / f"{NAME}.4711.140001.tmp", now, 999),
        whole,
    ]
    assert raw.tidy(now) == 1
    assert not draft.exists()
    assert all(file.exists() for file in kept)


def test_a_shelf_that_leads_elsewhere_is_not_followed(raw: RawFiles, tmp_path: Path) -> None:
    elsewhere = aged(tmp_path / "elsewhere" / f"{NAME}.1.1.tmp", 0, 0)
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "ab").symlink_to(elsewhere.parent)
    assert raw.tidy(999 * HOUR) == 0
    assert elsewhere.exists()


def test_no_folder_at_all_is_tidy(raw: RawFiles, tmp_path: Path) -> None:
    assert raw.tidy(999 * HOUR) == 0
    assert list(tmp_path.iterdir()) == []

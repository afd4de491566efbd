"""Mail made to hurt: files of tests/corpus/hostile, large ones as the pieces they are made of.

In: a .toml file; beside it the .eml, or in it `[[piece]]` with `text` (or `pieces`) and `times`. In
a piece `{n}` is the number of the repetition, `{m}` the next one; a character is a byte.
Out: the bytes, at most 25 MB as any listener would take.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "corpus" / "hostile"
CASES = sorted(FOLDER.glob("*.toml"))
LIMIT = 26_000_000


@dataclass(frozen=True)
class HostileMail:
    """One mail, why it is here, and what must become of it."""

    raw: bytes
    why: str
    refused: str  # words of the reason, "" when it is read
    expected: dict[str, Any]


def load(case: Path) -> HostileMail:
    """The mail of one .toml file."""
    told = tomllib.loads(case.read_text(encoding="utf-8"))
    file = case.with_suffix(".eml")
    raw = file.read_bytes() if file.exists() else b"".join(map(_make, told["piece"]))
    assert len(raw) <= LIMIT
    return HostileMail(raw, told["why"], told.get("refused", ""), told.get("expected", {}))


def _make(piece: dict[str, Any]) -> bytes:
    times = piece.get("times", 1)
    if "pieces" in piece:
        return b"".join(map(_make, piece["pieces"])) * times
    text = piece["text"]
    if "{n}" not in text:
        return text.encode("latin-1") * times
    numbered = (text.replace("{n}", str(n)).replace("{m}", str(n + 1)) for n in range(times))
    return "".join(numbered).encode("latin-1")

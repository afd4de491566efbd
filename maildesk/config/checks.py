"""Faults."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from maildesk.config.faults import Fault


def check(data: dict[str, Any], folder: Path) -> Iterator[Fault]:
    if not data.get("desks"):
        yield Fault(("desks",), "at least one [[desks]] is needed")

"""A desk in a folder of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from maildesk.config import load
from maildesk.desk import Maildesk
from tests.process.desk import CONFIG


@pytest.fixture
def maildesk(tmp_path: Path) -> Iterator[Maildesk]:
    config = tmp_path / "config.toml"
    config.write_text(CONFIG.format(folder=tmp_path))
    made = Maildesk(load(config, os.environ))
    yield made
    made.close()

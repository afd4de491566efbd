"""A desk in a folder of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from maildesk.config import load
from maildesk.desk import Maildesk
from tests.desk_config import write_config


@pytest.fixture
def maildesk(tmp_path: Path) -> Iterator[Maildesk]:
    made = Maildesk(load(write_config(tmp_path), os.environ))
    yield made
    made.close()

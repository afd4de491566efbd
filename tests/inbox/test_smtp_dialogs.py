"""Every script in `dialogs/`, spoken with a real listener; `smtp_dialog` explains the marks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.inbox import smtp_dialog
from tests.inbox.smtp_room import room

SCRIPTS = sorted((Path(__file__).parent / "dialogs").glob("*.dialog"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_the_listener_answers_as_the_script_says(script: Path) -> None:
    dialog = smtp_dialog.read(script)
    with room(limits=dialog.limits, **dialog.room) as inside:
        smtp_dialog.play(dialog, inside)


def test_there_are_scripts() -> None:
    assert len(SCRIPTS) > 20

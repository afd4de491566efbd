"""What a wheel holds: the program, its templates and the example, and nothing of the tests.

In: the checkout. Out: a wheel, built as pip builds it.

*Fails:* as every test does.
"""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names in the wheel."""
    place = tmp_path_factory.mktemp("wheel")
    # An environment of its own: the one that runs the tests may have been made without pip.
    subprocess.run([sys.executable, "-m", "venv", str(place / "venv")], check=True)
    pip = [str(place / "venv" / "bin" / "pip"), "--disable-pip-version-check"]
    command = [*pip, "wheel", "--quiet", "--no-deps", "--wheel-dir", str(place), str(ROOT)]
    subprocess.run(command, check=True)
    (file,) = place.glob("maildesk-*.whl")
    return set(zipfile.ZipFile(file).namelist())


def test_every_module_is_in_the_wheel(wheel: set[str]) -> None:
    sources = (ROOT / "maildesk").rglob("*.py")
    assert {str(path.relative_to(ROOT)) for path in sources} <= wheel


def test_templates_and_the_example_are_in_the_wheel(wheel: set[str]) -> None:
    templates = [path for path in (ROOT / "templates").rglob("*") if path.is_file()]
    assert {path.suffix for path in templates} == {".j2", ".md", ".toml"}
    wanted = {f"maildesk/_data/{path.relative_to(ROOT)}" for path in templates}
    assert wanted | {"maildesk/_data/config.example.toml"} <= wheel


def test_tests_and_benchmarks_are_not_in_the_wheel(wheel: set[str]) -> None:
    rooms = {name.partition("/")[0] for name in wheel}
    assert {room for room in rooms if not room.startswith("maildesk-")} == {"maildesk"}


def test_the_licence_is_in_the_wheel(wheel: set[str]) -> None:
    assert any(name.endswith("/LICENSE") for name in wheel)

"""A missing part is named, never silently left out.

In: a small suite run by a pytest of its own. Out: what that run prints and its exit code.

*Fails:* as every test does.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import parts

ROOT = Path(__file__).resolve().parent.parent
SUITE = """
import pytest
from tests import parts
pytestmark = parts.need("swaks", "openssl")
def test_one(): pass
def test_two(): pass
@pytest.mark.slow
def test_three(): pass
"""


@pytest.fixture
def run_pytest(tmp_path: Path):
    """Runs the little suite with nothing on the PATH."""
    (tmp_path / "conftest.py").write_text("from tests.conftest import *\n")
    (tmp_path / "test_little.py").write_text(SUITE)
    fake = (
        "import tests.parts\ntests.parts._SBIN = ''\nimport pytest, sys\nsys.exit(pytest.main())\n"
    )

    def run(*options: str) -> subprocess.CompletedProcess[str]:
        ini = f"--config-file={ROOT / 'pyproject.toml'}"
        command = [sys.executable, "-c", fake, ini, f"--rootdir={tmp_path}", str(tmp_path)]
        env = {**os.environ, "PATH": str(tmp_path), "PYTHONPATH": str(ROOT)}
        return subprocess.run(
            [*command, *options], env=env, cwd=tmp_path, capture_output=True, text=True, check=False
        )

    return run


def test_a_missing_part_skips_with_its_package_and_is_listed_last(run_pytest) -> None:
    done = run_pytest()
    assert done.returncode == 0, done.stdout + done.stderr
    last = done.stdout.splitlines()[-3:]
    assert last[0] == "openssl (package openssl): 2 tests skipped"
    assert last[1] == "swaks (package swaks): 2 tests skipped"
    assert "2 skipped" in last[2]
    assert "1 deselected" in last[2]


@pytest.mark.slow
def test_a_required_part_that_is_missing_fails(run_pytest) -> None:
    done = run_pytest("--require-parts=all", "--slow")
    assert done.returncode == 1
    assert "3 failed" in done.stdout.splitlines()[-1] or "3 errors" in done.stdout.splitlines()[-1]
    assert "missing: swaks (package swaks), openssl (package openssl)" in done.stdout


@pytest.mark.slow
def test_requiring_one_part_lets_the_others_be_skipped(run_pytest) -> None:
    assert run_pytest("--require-parts=dovecot").returncode == 0
    assert run_pytest("--require-parts=swaks").returncode == 1


def test_a_part_nobody_knows_is_a_usage_error(run_pytest) -> None:
    done = run_pytest("--require-parts=dovecote")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "no part named dovecote" in done.stdout + done.stderr


@pytest.mark.slow
def test_the_tier_selects_the_tests_that_need_the_part(run_pytest) -> None:
    assert "2 skipped" in run_pytest("-m", "mta").stdout
    assert "3 deselected" in run_pytest("-m", "clients").stdout


def test_needing_an_unknown_part_is_an_error_at_once() -> None:
    with pytest.raises(KeyError):
        parts.need("dovecote")


def test_ci_installs_every_part() -> None:
    script = (ROOT / ".ci" / "run").read_text()
    installed = set(script.partition("PARTS=(")[2].partition(")")[0].split())
    unpacked = set(re.findall(r"\bdownload ([\w-]+)", script))
    needed = {part.package for part in parts.PARTS.values() if not part.module}
    # The rest are libraries of what is unpacked, and choices between what Debian asks for.
    assert needed <= installed | unpacked

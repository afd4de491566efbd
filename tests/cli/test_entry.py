"""The way in when a part of the installation is missing, as in the middle of an upgrade."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.cli.shell import ROOT, environment

WAYS = {
    "module": ["-m", "maildesk"],
    # What pip writes into the `maildesk` command.
    "script": ["-c", "import sys; from {} import {}; sys.exit({}())"],
}


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A place on the path where click cannot be had."""
    (tmp_path / "click.py").write_text("raise ImportError('half an upgrade')\n")
    return tmp_path


def call(way: str, broken: Path, *words: str) -> subprocess.CompletedProcess[str]:
    place = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]["maildesk"]
    module, _, name = place.partition(":")
    started = [word.format(module, name, name) for word in WAYS[way]]
    return subprocess.run(
        [sys.executable, *started, *words],
        env=environment({"PYTHONPATH": f"{broken}:{ROOT}"}),
        input="Subject: x\n\nx\n",
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("way", WAYS)
def test_a_broken_installation_tells_a_pipe_to_try_again(way: str, broken: Path) -> None:
    done = call(way, broken, "-c", "config.toml", "deliver", "--sender", "ada@acme.example")
    assert (done.returncode, done.stdout) == (75, "")
    assert done.stderr == ("maildesk: the installation is broken: ImportError: half an upgrade\n")
    done = call(way, broken, "deliver", "--json")
    assert done.returncode == 75
    assert list(json.loads(done.stdout)) == ["error"]


@pytest.mark.parametrize("way", WAYS)
def test_a_broken_installation_fails_every_other_command(way: str, broken: Path) -> None:
    assert call(way, broken, "ticket", "list").returncode == 1
    assert call(way, broken).returncode == 1


@pytest.mark.parametrize("way", WAYS)
def test_a_whole_installation_is_started_by_either_way(way: str, tmp_path: Path) -> None:
    done = call(way, tmp_path, "--version")
    assert (done.returncode, done.stdout[:8], done.stderr) == (0, "maildesk", "")

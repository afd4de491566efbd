"""What the mail servers' tests share: a desk that a pipe may deliver to.

In: nothing. Out: `nobodys_desk`. Skips where no Python can be run by another user.

*Fails:* as every test does.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.shell import ROOT


@pytest.fixture
def nobodys_desk() -> Iterator[tuple[Path, str]]:
    """A desk of the user nobody, and the command that delivers to it."""
    folder = Path(tempfile.mkdtemp(prefix="md-"))
    config = folder / "config.toml"
    config.write_text(
        f'data_dir = "{folder}/data"\n[listener]\nport = 0\nmax_message_size = "20KiB"\n'
        '[outgoing]\ntransport = "maildir"\n[[desks]]\nkey = "HELP"\n'
        'address = "support@desk.example"\nagents = ["alice"]\nunknown_senders = "reject"\n'
        '[[agents]]\nid = "alice"\nname = "Alice"\nemails = ["alice@desk.example"]\n'
        '[[organisations]]\nname = "ACME"\ndomains = ["acme.example"]\n'
    )
    python = interpreter_for_everybody()
    program = folder / "maildesk"
    site = ":".join(path for path in sys.path if path.endswith("-packages"))
    program.write_text(
        f'#!/bin/sh\nPYTHONPATH={ROOT}:{site} exec {python} -m maildesk -c {config} "$@"\n'
    )
    program.chmod(0o755)
    shutil.chown(folder, "nobody", "nogroup")
    folder.chmod(0o755)
    try:
        yield config, str(program)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def interpreter_for_everybody() -> str:
    """A Python of this version that another user may run; ours may lie in a closed home."""
    this = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    for python in (sys.executable, f"/usr/bin/{this}", f"/usr/local/bin/{this}"):
        with contextlib.suppress(OSError):
            nobody = {"user": "nobody", "group": "nogroup", "extra_groups": []}
            subprocess.run([python, "-V"], check=True, capture_output=True, **nobody)
            return python
    pytest.skip(f"no {this} that the user nobody may run")

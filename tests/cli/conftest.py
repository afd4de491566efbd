"""A desk that has seen a few mails, for all commands that only look.

In: nothing. Out: `seen` (its configuration; never written to by a test) and `desk`, a fresh one.

*Fails:* AssertionError when the commands that prepare it do.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.shell import maildesk
from tests.desk_config import EXAMPLE, write_config
from tests.walks.walk import ADA, STRANGER, mail

TABLES = """
rehearsal = true
[listener]
port = 0
max_message_size = "2MiB"
[outgoing]
transport = "maildir"
batch = "0s"
"""
MORE = """
[[desks]]
key = "SHOP"
name = "Example Shop"
address = "shop@desk.example"
agents = ["alice"]
unknown_senders = "reject"
[[organisations]]
name = "ACME"
domains = ["acme.example"]
"""
NINE = "2026-11-20T09:00:00Z"
TEN = "2026-11-20T10:00:00Z"


def made(folder: Path) -> Path:
    return write_config(folder, TABLES, desk=EXAMPLE + MORE)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """The configuration of a desk that nobody has used."""
    return made(tmp_path)


@pytest.fixture(scope="package")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two tickets, a duplicate, a vacation, a spoof and a message that cannot be read."""
    config = made(tmp_path_factory.mktemp("seen"))
    first = mail(ADA, "Der Drucker brennt ✓", files=[("foto.png", b"\x89PNG")])
    for raw in (
        first,
        first,
        mail(STRANGER, "A second one", "Paper jam in the attic."),
        mail(ADA, "Re: [HELP-1]", "I am away.", headers={"Auto-Submitted": "auto-replied"}),
        mail("alice@desk.example", "[HELP-1]", "Spoofed."),
        mail(ADA, "A lost one", "x\n" * 200_000),
    ):
        words = ("deliver", "--sender", "someone@acme.example", "--at", NINE)
        assert maildesk("-c", config, *words, stdin=raw).code == 0
    (lost,) = (f for f in (config.parent / "data" / "raw").rglob("*") if f.is_file())
    kept = lost.rename(config.parent / "kept")
    assert maildesk("-c", config, "process", "--at", TEN).code == 0
    kept.rename(lost)
    return config
